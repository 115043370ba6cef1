"""Links open once, for a while, for whom they were made; and never past a second factor."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.identity.staff.invitations import (
    LASTS,
    OPEN_FOR,
    find_joining,
    finish,
    first_administrator_link,
    invite,
    is_open,
    leave,
    may_be_mailed,
    open_link,
    reset,
    say_who,
    sweep,
)
from bot.identity.staff.second_factor import AppDraft, factors_of, keep_app
from bot.identity.staff.staff_sessions import begin_session, find_session
from bot.records.audit.actors import Actor
from bot.records.audit.search import search
from bot.records.models import StaffInvitation
from bot.records.staff import EmailTaken, LastAdministrator, NoStaff, find_by_email, list_staff
from bot.records.staff_secrets import find_secret, set_password_hash
from tests.bot.identity.conftest import NOW
from tests.bot.identity.staff.conftest import Staffed
from tests.bot.identity.staff.test_second_factor import SECRET, code_at

BY = Actor("operator", None, "Root")
SECOND = timedelta(seconds=1)


def opened(staffed: Staffed, token: str, now=NOW) -> str | None:
    return open_link(staffed.connection, staffed.school_id, token, now)


def joining(staffed: Staffed, cookie: str | None, now=NOW):
    return find_joining(*staffed.school, cookie, now)


def with_app(staffed: Staffed, staff) -> None:
    draft = AppDraft(SECRET, "")
    assert keep_app(*staffed.school, staff.id, draft, code_at(SECRET, NOW), NOW)


def invited(staffed: Staffed) -> str:
    return invite(*staffed.school, staffed.kit.id, by=BY, now=NOW)


def test_a_link_opens_once(staffed: Staffed):
    token = invited(staffed)
    assert is_open(staffed.connection, staffed.school_id, token, NOW)
    assert is_open(staffed.connection, staffed.school_id, token, NOW)  # looking uses nothing up
    cookie = opened(staffed, token)
    assert cookie not in (None, token)
    assert opened(staffed, token) is None
    assert not is_open(staffed.connection, staffed.school_id, token, NOW)
    found = joining(staffed, cookie)
    assert found is not None and found.staff is not None and found.staff.id == staffed.kit.id
    assert joining(staffed, token) is None


def test_how_long_it_is_open(staffed: Staffed):
    token = invited(staffed)
    assert opened(staffed, token, NOW + LASTS) is None
    late = NOW + LASTS - SECOND
    cookie = opened(staffed, token, late)
    assert joining(staffed, cookie, late + OPEN_FOR - SECOND) is not None
    assert joining(staffed, cookie, late + OPEN_FOR) is None


def test_a_new_link_voids_the_old_one_opened_or_not(staffed: Staffed):
    first = invited(staffed)
    second = invited(staffed)
    assert opened(staffed, first) is None
    cookie = opened(staffed, second)
    third = invited(staffed)
    assert joining(staffed, cookie) is None
    assert opened(staffed, third) is not None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 4000, "\ud800"])
def test_what_was_never_given_out(staffed: Staffed, token: str):
    invited(staffed)
    assert opened(staffed, token) is None
    assert joining(staffed, token) is None


def test_at_another_school_it_opens_nothing(staffed: Staffed):
    token = invited(staffed)
    assert open_link(staffed.connection, staffed.other_school_id, token, NOW) is None
    cookie = opened(staffed, token)
    assert find_joining(*staffed.other, cookie, NOW) is None
    with pytest.raises(NoStaff):
        invite(*staffed.other, staffed.kit.id, by=BY, now=NOW)


def test_only_a_hash_is_kept(staffed: Staffed):
    token = invited(staffed)
    assert token not in repr(staffed.connection.execute(select(StaffInvitation.__table__)).all())


def test_from_link_to_joined(staffed: Staffed):
    found = joining(staffed, opened(staffed, invited(staffed)))
    assert found is not None and not found.has_password and not found.factors.any
    staff = say_who(
        staffed.connection,
        staffed.sealing,
        found,
        name="Kit M. Marsh",
        email="another@school.example",
        password_hash="hash",
        now=NOW,
    )
    assert staff is not None and staff.id == staffed.kit.id
    assert staff.details.name == "Kit M. Marsh"
    assert staff.details.email == staffed.kit.details.email  # as they were invited
    assert staff.roles == staffed.kit.roles
    assert finish(staffed.connection, found, NOW)
    assert not finish(staffed.connection, found, NOW)


def test_who_has_a_second_factor_is_not_changed_by_a_link(staffed: Staffed):
    with_app(staffed, staffed.kit)
    found = joining(staffed, opened(staffed, invited(staffed)))
    assert found is not None and found.factors.any
    said = say_who(
        staffed.connection,
        staffed.sealing,
        found,
        name="Mallory",
        email="",
        password_hash="hers",
        now=NOW,
    )
    assert said is None
    assert find_secret(*staffed.school, staffed.kit.id).password_hash is None


def test_reset_keeps_the_second_factor_unless_told(staffed: Staffed):
    with_app(staffed, staffed.kit)
    set_password_hash(staffed.connection, staffed.school_id, staffed.kit.id, "old", NOW)
    session = begin_session(
        *staffed.school, staffed.kit.id, "password", NOW, device="", second=True
    )
    reset(*staffed.school, staffed.kit.id, second_factor_too=False, by=BY, now=NOW)
    assert find_session(staffed.connection, staffed.sealing, session, NOW) is None
    assert find_secret(*staffed.school, staffed.kit.id).password_hash is None
    assert factors_of(*staffed.school, staffed.kit.id).any
    assert may_be_mailed(*staffed.school, staffed.kit.id, "reset")
    reset(*staffed.school, staffed.kit.id, second_factor_too=True, by=BY, now=NOW)
    assert not factors_of(*staffed.school, staffed.kit.id).any
    secret = find_secret(*staffed.school, staffed.kit.id)
    assert secret is not None and secret.password_hash is None and secret.totp is None


def test_which_links_may_be_mailed(staffed: Staffed):
    """A link that lets in whoever opens it goes by mail to somebody new only."""

    def mailed(purpose: str) -> bool:
        return may_be_mailed(*staffed.school, staffed.kit.id, purpose)

    assert mailed("join") and not mailed("reset")
    set_password_hash(staffed.connection, staffed.school_id, staffed.kit.id, "half joined", NOW)
    assert mailed("join") and not mailed("reset")
    with_app(staffed, staffed.kit)
    assert mailed("join") and mailed("reset")
    reset(*staffed.school, staffed.kit.id, second_factor_too=True, by=BY, now=NOW)
    assert not mailed("join") and not mailed("reset")


def test_leaving_closes_everything(staffed: Staffed):
    cookie = opened(staffed, invited(staffed))
    session = begin_session(
        *staffed.school, staffed.kit.id, "password", NOW, device="", second=True
    )
    leave(*staffed.school, staffed.kit.id, by=BY, now=NOW)
    assert joining(staffed, cookie) is None
    assert find_session(staffed.connection, staffed.sealing, session, NOW) is None
    for act in (invite, leave):
        with pytest.raises(NoStaff):
            act(*staffed.school, staffed.kit.id, by=BY, now=NOW)
    with pytest.raises(LastAdministrator):
        leave(*staffed.school, staffed.jo.id, by=BY, now=NOW)


def test_all_of_it_is_in_the_audit(staffed: Staffed):
    invited(staffed)
    reset(*staffed.school, staffed.kit.id, second_factor_too=False, by=BY, now=NOW)
    reset(*staffed.school, staffed.kit.id, second_factor_too=True, by=BY, now=NOW)
    leave(*staffed.school, staffed.kit.id, by=BY, now=NOW)
    rows = search(*staffed.school, object_kind="staff").rows
    assert [row.action for row in rows] == [
        "staff left",
        "sign-in begun anew",
        "password taken away",
        "staff invited",
    ]


def test_sweep(staffed: Staffed):
    invited(staffed)
    month = timedelta(days=30)
    assert sweep(staffed.connection, staffed.school_id, NOW + LASTS + month - SECOND) == 0
    assert sweep(staffed.connection, staffed.other_school_id, NOW + LASTS + month) == 0
    assert sweep(staffed.connection, staffed.school_id, NOW + LASTS + month) == 1


# ---- the first administrator


def first_link(staffed: Staffed, now=NOW) -> str | None:
    return first_administrator_link(staffed.connection, staffed.school_id, now)


def say_first(staffed: Staffed, cookie: str | None, email: str):
    found = joining(staffed, cookie)
    assert found is not None and found.staff is None
    return say_who(
        staffed.connection,
        staffed.sealing,
        found,
        name="Ash",
        email=email,
        password_hash="hash",
        now=NOW,
    )


def test_a_link_only_while_nobody_can_let_staff_in(staffed: Staffed):
    before = first_link(staffed)  # Jo is an administrator, and has not joined
    assert before is not None
    after = first_link(staffed)
    assert after not in (None, before)
    assert opened(staffed, before) is None
    with_app(staffed, staffed.kit)  # who is no administrator
    assert first_link(staffed) is not None
    link = first_link(staffed)
    with_app(staffed, staffed.jo)
    assert opened(staffed, link) is None
    assert first_link(staffed) is None
    # The other school's is its own matter.
    assert first_administrator_link(staffed.connection, staffed.other_school_id, NOW) is not None


def test_the_first_administrator_says_who_they_are(staffed: Staffed):
    cookie = opened(staffed, first_link(staffed))
    staff = say_first(staffed, cookie, "ash@school.example")
    assert staff is not None and staff.roles == {"administrator"}
    found = joining(staffed, cookie)
    assert found is not None and found.staff is not None and found.staff.id == staff.id
    assert found.has_password and not found.factors.any
    # A later start makes a new link; this one goes on for its hour.
    assert first_link(staffed) is not None
    assert joining(staffed, cookie) is not None


def test_the_first_administrator_may_be_on_the_list(staffed: Staffed):
    staff = say_first(staffed, opened(staffed, first_link(staffed)), "KIT@school.example")
    assert staff is not None and staff.id == staffed.kit.id
    row = find_by_email(*staffed.school, "kit@school.example")
    assert row is not None and row.roles == {"adviser", "administrator"}
    assert len(list_staff(*staffed.school)) == 2


def test_nobody_with_a_second_factor_is_taken_over(staffed: Staffed):
    with_app(staffed, staffed.kit)
    with pytest.raises(EmailTaken):
        say_first(staffed, opened(staffed, first_link(staffed)), "kit@school.example")
