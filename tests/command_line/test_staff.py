"""`./signpost staff`: links are shown once, never mailed where they would let anybody in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.identity.staff.invitations import find_joining, open_link
from bot.identity.staff.staff_sessions import begin_session, find_session
from bot.records.models import Mail, StaffInvitation, StaffMember
from bot.records.staff import find_by_email
from bot.records.staff_secrets import find_secret, set_password_hash, set_totp
from bot.service.run import _first_administrator
from bot.settings import Settings
from tests.bot.console.staffed import Staffed, now

EMAIL = "jo.marsh@school.example"
LINK = re.compile(r"^https://careers\.school\.example/console/join/([\w-]{43})$", re.MULTILINE)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*arguments: str, code: int = 0, typed: str = "", **more: str) -> Result:
        environment = {
            "SIGNPOST_DATA_DIR": str(tmp_path),
            "SIGNPOST_DATABASE_URL": "",
            "SIGNPOST_PUBLIC_URL": "https://careers.school.example",
            "SIGNPOST_SCHOOL_NAME": "Test School",
        }
        found = CliRunner().invoke(cli, ["staff", *arguments], input=typed, env=environment | more)
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    return call


@pytest.fixture
def school(run: Run, tmp_path: Path) -> Iterator[Staffed]:
    run("list")  # makes the store
    found = Staffed(tmp_path)
    yield found
    found.close()


@pytest.fixture
def jo(run: Run) -> str:
    return token_in(run("invite", EMAIL, "--name", "Jo Marsh", "--role", "adviser"))


def token_in(result: Result) -> str:
    found = LINK.search(result.stdout)
    assert found, result.output
    return found[1]


def opens(school: Staffed, token: str) -> str | None:
    with school.engine.begin() as connection:
        return open_link(connection, school.school_id, token, now())


def with_second_factor(school: Staffed) -> str:
    row = school.run(find_by_email, EMAIL)
    with school.engine.begin() as connection:
        set_password_hash(connection, school.school_id, row.id, "hash", now())
        set_totp(
            connection, school.sealing, school.school_id, row.id, pyotp.random_base32(), 1, now()
        )
    return str(row.id)


def test_from_invitation_to_list(run: Run, school: Staffed, jo: str):
    row = school.run(find_by_email, EMAIL)
    assert (row.details.name, row.roles) == ("Jo Marsh", {"adviser"})
    cookie = opens(school, jo)
    assert school.run(find_joining, cookie, now()).staff.id == row.id
    assert "Jo Marsh <jo.marsh@school.example>: adviser; has not joined" in run("list").stdout
    with_second_factor(school)
    assert "adviser; can sign in" in run("list").stdout
    invited = school.audited("staff invited")
    assert [one.actor_kind for one in invited] == ["operator"]
    assert school.rows(Mail) == []


def test_a_new_link_voids_the_old_one(run: Run, school: Staffed, jo: str):
    again = token_in(run("invite", EMAIL))
    assert opens(school, jo) is None
    assert opens(school, again) is not None
    assert len(school.rows(StaffMember)) == 1


def test_the_link_by_mail_as_well(run: Run, school: Staffed):
    shown = run("invite", EMAIL, "--name", "Jo", "--role", "dsl", "--mail")
    assert "put into the outbox" in shown.stderr
    mail = school.sealing.open(school.rows(Mail)[0].message)
    assert mail["to"] == EMAIL and token_in(shown) in mail["text"]
    # In the store it is sealed.
    assert token_in(shown) not in repr(school.rows(Mail)) + repr(school.rows(StaffInvitation))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invite", EMAIL), "give --name and --role"),
        (("invite", EMAIL, "--name", "Jo"), "give --name and --role"),
        (("invite", EMAIL, "--name", " ", "--role", "dsl"), "give --name and --role"),
        (("reset", EMAIL), "Nobody on the staff has that address"),
        (("leave", EMAIL, "--yes"), "Nobody on the staff has that address"),
    ],
)
def test_what_cannot_be_done(run: Run, school: Staffed, arguments: tuple[str, ...], said: str):
    shown = run(*arguments, code=1)
    assert said in shown.stderr and "Nothing was changed" in shown.stderr
    assert school.rows(StaffMember) == [] and school.audited() == []


def test_what_is_typed_wrong(run: Run, school: Staffed, jo: str):
    assert "not an e-mail address" in run("invite", "jo", "--name", "J", code=2).stderr
    run("invite", "a@b.example", "--name", "J", "--role", "pupil", code=2)
    shown = run("invite", EMAIL, "--name", "Somebody else", "--role", "dsl", code=1)
    assert "has that address" in shown.stderr
    assert opens(school, jo) is not None  # its link still stands


def test_reset_keeps_the_second_factor(run: Run, school: Staffed, jo: str):
    staff_id = with_second_factor(school)
    session = school.session(school.run(find_by_email, EMAIL))
    token = token_in(run("reset", EMAIL, "--mail"))
    with school.engine.begin() as connection:
        assert find_session(connection, school.sealing, session, now()) is None
    secret = school.run(find_secret, staff_id)
    assert secret.password_hash is None and secret.totp is not None
    assert token in school.sealing.open(school.rows(Mail)[0].message)["text"]


def test_a_link_that_lets_anybody_in_is_never_mailed(run: Run, school: Staffed, jo: str):
    shown = run("reset", EMAIL, "--second-factor-too", "--mail", code=2)
    assert "never sent by mail" in shown.stderr
    shown = run("reset", EMAIL, "--mail", code=1)  # who has no second factor
    assert "never sent by mail" in shown.stderr and "Nothing was changed" in shown.stderr
    assert opens(school, jo) is not None
    staff_id = with_second_factor(school)
    token = token_in(run("reset", EMAIL, "--second-factor-too"))
    assert school.run(find_secret, staff_id).totp is None
    assert "never sent by mail" in run("invite", EMAIL, "--mail", code=1).stderr
    told = [school.sealing.open(row.message) for row in school.rows(Mail)]
    assert [one["subject"] for one in told] == ["Your sign-in was taken back"]
    assert token not in told[0]["text"]
    assert opens(school, token) is not None


def test_leaving(run: Run, school: Staffed, jo: str):
    session = school.run(begin_session, with_second_factor(school), "password", now(), device="")
    run("leave", EMAIL, code=1, typed="n\n")
    assert len(school.audited("staff left")) == 0
    run("leave", EMAIL, typed="y\n")
    with school.engine.begin() as connection:
        assert find_session(connection, school.sealing, session, now()) is None
    assert "Nobody is on the staff yet" in run("list").stdout
    assert len(school.audited("staff left")) == 1
    # Back again, under the same address.
    token_in(run("invite", EMAIL, "--name", "Jo Marsh", "--role", "dsl"))
    assert len(school.rows(StaffMember)) == 1


def test_the_last_administrator_stays(run: Run, school: Staffed):
    run("invite", EMAIL, "--name", "Jo", "--role", "administrator")
    assert "last administrator" in run("leave", EMAIL, "--yes", code=1).stderr


def test_a_start_makes_a_link_until_there_is_an_administrator(
    run: Run, school: Staffed, tmp_path: Path
):
    settings = Settings(data_dir=tmp_path, school_name="Test School")
    first, second = _first_administrator(settings), _first_administrator(settings)
    assert first is not None and second not in (None, first)
    assert second.startswith("/console/join/")
    assert opens(school, first.rpartition("/")[2]) is None
    run("invite", EMAIL, "--name", "Jo", "--role", "administrator")
    assert _first_administrator(settings) is not None  # nobody can sign in yet
    with_second_factor(school)
    assert _first_administrator(settings) is None
