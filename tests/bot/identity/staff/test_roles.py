"""Who may do what: the table in the code, the page in docs/, and what a day makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.identity.staff.roles import PERMISSIONS, QUALIFIED_ONLY, WHAT, may
from bot.records.models import ROLES
from bot.records.staff import StaffDetails, StaffRow

TODAY = date(2026, 11, 22)
DOC = Path(__file__).resolve().parents[4] / "docs" / "roles.md"
HEADS = {
    "Careers staff": "careers staff",
    "Adviser": "adviser",
    "Careers leader": "careers leader",
    "DSL": "dsl",
    "Administrator": "administrator",
    "Operator": "operator",
}
OF_PUPILS = {
    *("queue", "chat", "claim", "pupils", "record", "referrals", "meetings", "plan", "sign_off"),
    *("due_list", "dashboards", "evidence", "review", "content_queue", "tutor_refer", "alerts"),
}


def staff(*roles: str, level: int | None = 6, left_on: date | None = None) -> StaffRow:
    details = StaffDetails("Quorra Plinth", "q@school.example", register_number="CDI-1")
    return StaffRow("s" * 32, 1, details, level, TODAY, frozenset(roles), left_on)


def told() -> tuple[list[str], dict[str, list[str]]]:
    """The heads of the page's table, and its rows by permission."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOC.read_text(encoding="utf-8").splitlines()
        if line.startswith(("| Permission", "| `"))
    ]
    return rows[0][1:-1], {row[0].strip("`"): row[1:] for row in rows[1:]}


def test_the_page_says_what_the_code_does():
    heads, rows = told()
    assert [HEADS[head] for head in heads] == list(ROLES)
    assert list(rows) == list(PERMISSIONS)
    for permission, (*cells, what) in rows.items():
        yes = "qualified" if permission in QUALIFIED_ONLY else "yes"
        expected = [yes if role in PERMISSIONS[permission] else "" for role in ROLES]
        assert cells == expected, permission
        assert what == WHAT[permission]


def test_the_permissions_that_the_console_is_built_on():
    assert set(PERMISSIONS) == {
        *("queue", "chat", "claim", "pupils", "record", "referrals", "tutor_refer", "meetings"),
        *("plan", "sign_off", "due_list", "dashboards", "evidence", "review", "content_queue"),
        *("audit", "staff_admin", "school_settings", "own_account", "operator_page", "alerts"),
    }
    for roles in PERMISSIONS.values():
        assert roles and roles <= set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_just_what_the_table_says(role: str):
    one = staff(role)
    allowed = {permission for permission in PERMISSIONS if may(one, permission, TODAY)}
    assert allowed == {name for name, roles in PERMISSIONS.items() if role in roles}
    assert "own_account" in allowed


def test_the_operator_sees_nothing_of_any_pupil():
    allowed = {name for name in PERMISSIONS if may(staff("operator"), name, TODAY)}
    assert allowed == {"own_account", "operator_page"}
    assert not allowed & OF_PUPILS


def test_only_the_dsl_sees_alerts():
    assert PERMISSIONS["alerts"] == {"dsl"}


def test_several_roles_add_up():
    one = staff("dsl", "administrator")
    assert may(one, "alerts", TODAY) and may(one, "staff_admin", TODAY)
    assert not may(one, "record", TODAY)


def test_signing_off_takes_a_qualification_on_the_day():
    assert sorted(QUALIFIED_ONLY) == ["sign_off"]
    adviser = staff("adviser")
    assert may(adviser, "sign_off", TODAY)
    assert not may(adviser, "sign_off", TODAY + timedelta(days=1))
    assert not may(staff("adviser", level=4), "sign_off", TODAY)
    assert may(staff("adviser", level=4), "plan", TODAY)
    assert not may(staff("careers leader"), "sign_off", TODAY)


def test_who_has_left_may_nothing():
    gone = staff(*ROLES, left_on=TODAY)
    assert not any(may(gone, permission, TODAY) for permission in PERMISSIONS)
    assert may(gone, "record", TODAY - timedelta(days=1))
    assert not any(may(replace(gone, roles=frozenset()), one, TODAY) for one in PERMISSIONS)


def test_a_permission_that_there_is_not():
    with pytest.raises(KeyError):
        may(staff("administrator"), "everything", TODAY)
