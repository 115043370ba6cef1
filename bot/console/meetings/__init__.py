"""The room of meetings: the diary, one meeting, its plan, one's hours, and who is due."""

from bot.console.meetings import agenda, due, hours, one, plan
from bot.console.rows import HOME, ConsoleRow

_ALL = f"{HOME}/meetings"
_ONE = f"{_ALL}/{{meeting}}"
_HOURS = f"{HOME}/meetings/hours"
_DUE = f"{HOME}/due"

ROWS = (
    ConsoleRow("GET", _ALL, "meetings", agenda.show, "meetings"),
    ConsoleRow("GET", f"{_ALL}/new", "meetings", agenda.ask_new, "book a meeting"),
    ConsoleRow("POST", f"{_ALL}/new", "meetings", agenda.book_new, "book it"),
    ConsoleRow("GET", _HOURS, "meetings", hours.show, "own hours"),
    ConsoleRow("POST", _HOURS, "meetings", hours.add, "add hours"),
    ConsoleRow("POST", f"{_HOURS}/remove", "meetings", hours.remove, "take hours out"),
    ConsoleRow("POST", f"{_HOURS}/away", "meetings", hours.go_away, "away"),
    ConsoleRow("POST", f"{_HOURS}/back", "meetings", hours.come_back, "there after all"),
    ConsoleRow("POST", f"{_HOURS}/feed", "meetings", hours.make_feed, "calendar address"),
    ConsoleRow("POST", f"{_HOURS}/feed/close", "meetings", hours.close, "close it"),
    ConsoleRow("GET", _ONE, "meetings", one.show, "one meeting"),
    ConsoleRow("POST", f"{_ONE}/move", "meetings", one.move_it, "move it"),
    ConsoleRow("POST", f"{_ONE}/cancel", "meetings", one.cancel_it, "call it off"),
    ConsoleRow("POST", f"{_ONE}/missed", "meetings", one.miss_it, "did not come"),
    ConsoleRow("POST", f"{_ONE}/held", "meetings", one.hold_it, "took place"),
    ConsoleRow("POST", f"{_ONE}/invite", "meetings", one.invite, "ask somebody along"),
    ConsoleRow("GET", f"{_ONE}/plan", "plan", plan.show, "the plan"),
    ConsoleRow("POST", f"{_ONE}/plan", "plan", plan.keep, "keep the plan"),
    ConsoleRow("POST", f"{_ONE}/plan/give", "plan", plan.give_it, "give the plan"),
    ConsoleRow("GET", f"{_ONE}/plan.pdf", "plan", plan.download, "the plan as a PDF"),
    ConsoleRow("POST", f"{_ONE}/sign-off", "sign_off", one.sign_it, "sign off"),
    ConsoleRow("GET", _DUE, "due_list", due.show, "due list"),
    ConsoleRow("POST", f"{_DUE}/times", "due_list", due.ask_times, "times for many"),
    ConsoleRow("POST", f"{_DUE}/book", "due_list", due.book_many, "book for many"),
)
