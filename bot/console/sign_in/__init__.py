"""Pages for signing in to the console, for joining by a link, and of one's own account."""

from bot.console.rows import ConsoleRow
from bot.console.sign_in import account, first_time, joining, second, signing_in

_IN = "/console/sign-in"
_JOIN = "/console/join"
_OWN = "/console/account"
_MINE = "own_account"

ROWS: tuple[ConsoleRow, ...] = (
    ConsoleRow("GET", _IN, None, signing_in.show, "sign_in"),
    ConsoleRow("POST", _IN, None, signing_in.send, "sign_in_send"),
    ConsoleRow("GET", f"{_IN}/second", None, second.show, "second"),
    ConsoleRow("POST", f"{_IN}/second", None, second.send, "second_send"),
    ConsoleRow("POST", f"{_IN}/second/passkey", None, second.send_passkey, "second_passkey"),
    ConsoleRow("GET", f"{_IN}/set-up", None, first_time.show, "set_up"),
    ConsoleRow("POST", f"{_IN}/set-up/app", None, first_time.app, "set_up_app"),
    ConsoleRow("POST", f"{_IN}/set-up/passkey", None, first_time.passkey, "set_up_passkey"),
    ConsoleRow("GET", f"{_IN}/{{way}}", None, signing_in.start, "sign_in_elsewhere"),
    ConsoleRow("GET", f"{_IN}/{{way}}/callback", None, signing_in.come_back, "sign_in_back"),
    ConsoleRow("POST", "/console/sign-out", None, account.sign_out, "sign_out"),
    ConsoleRow("GET", _JOIN, None, joining.show, "join"),
    ConsoleRow("POST", _JOIN, None, joining.use_link, "join_use"),
    ConsoleRow("POST", f"{_JOIN}/details", None, joining.say_details, "join_details"),
    ConsoleRow("POST", f"{_JOIN}/renew", None, joining.renew, "join_renew"),
    ConsoleRow("POST", f"{_JOIN}/app", None, joining.set_up_app, "join_app"),
    ConsoleRow("POST", f"{_JOIN}/passkey", None, joining.set_up_passkey, "join_passkey"),
    ConsoleRow("GET", f"{_JOIN}/{{token}}", None, joining.show_link, "join_link"),
    ConsoleRow("GET", _OWN, _MINE, account.show, "account"),
    ConsoleRow("GET", f"{_OWN}/password", _MINE, account.show_password, "password"),
    ConsoleRow("POST", f"{_OWN}/password", _MINE, account.change_password, "password_change"),
    ConsoleRow("GET", f"{_OWN}/second", _MINE, account.show_second, "account_second"),
    ConsoleRow("POST", f"{_OWN}/second/app", _MINE, account.add_app, "account_app"),
    ConsoleRow("POST", f"{_OWN}/second/passkey", _MINE, account.add_passkey, "account_passkey"),
    ConsoleRow("POST", f"{_OWN}/second/app/remove", _MINE, account.take_app, "app_remove"),
    ConsoleRow(
        "POST", f"{_OWN}/second/passkey/remove", _MINE, account.take_passkey, "passkey_remove"
    ),
    ConsoleRow("POST", f"{_OWN}/codes", _MINE, account.new_codes, "codes_new"),
    ConsoleRow("POST", f"{_OWN}/places", _MINE, account.sign_out_there, "sign_out_there"),
    ConsoleRow("POST", f"{_OWN}/everywhere", _MINE, account.sign_out_everywhere, "everywhere"),
)
