"""Clocks: what is due is listed row by row, just that is deleted, and a new day brings the next."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from bot.records.belongings import OF_STAFF
from bot.records.guidance.lines import KINDS
from bot.records.models import Base, ConversationOwner, Pupil
from bot.records.models.guidance import CONFIRMED_KINDS
from bot.records.pupils import PupilDetails
from bot.records.retention import (
    AGE_25,
    RECORD,
    WrongClock,
    clocks,
    clocks_of,
    count_kept,
    delete_due,
    due_rows,
    last_run,
    months_before,
    note_run,
    set_clock,
)
from tests.bot.records.clockwork import OF_THE_SCHOOL, SEALING, age, due, keys, made
from tests.bot.records.planted import NOW, TABLES, Planted, plant, rows_of


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = made(tmp_path)
    yield found
    found.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as found:
        yield found


@pytest.fixture
def planted(connection: Connection) -> Planted:
    found = plant(connection, SEALING, "a")
    details = PupilDetails("Testy", "Exampleton", birth_date=date(2011, 3, 14))
    age(connection, "pupils", found, details=SEALING.seal(details.to_json()))
    return found


# ---- how clocks are set


def test_every_default_is_allowed_and_has_a_reason():
    for name, clock in clocks().items():
        assert clock.reason.endswith(".")
        assert clock.allows(clock.default) or name == "wrong_sign_ins"
    assert set(KINDS) < set(clocks())


def test_leavers_are_kept_until_the_last_asking_is_over_at_first(
    connection: Connection, planted: Planted
):
    assert clocks_of(connection, planted.school_id)["leavers"] == 48


def test_a_school_sets_its_own(connection: Connection, planted: Planted):
    other = plant(connection, SEALING, "b")
    set_clock(connection, planted.school_id, "leavers", AGE_25, NOW)
    set_clock(connection, planted.school_id, "barrier", 6, NOW)
    found = clocks_of(connection, planted.school_id)
    assert (found["leavers"], found["barrier"], found["note"]) == (AGE_25, 6, RECORD)
    assert clocks_of(connection, other.school_id)["barrier"] == 24


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no such", 3),
        ("leavers", 0),
        ("leavers", RECORD),
        ("leavers", True),
        ("note", -1),
        ("note", 601),
        ("note", "for ever"),
        ("guest_chats", 0),
        ("guest_chats", AGE_25),
        ("wrong_sign_ins", 3),
    ],
)
def test_what_cannot_be_set(connection: Connection, planted: Planted, name: str, value: int | str):
    with pytest.raises(WrongClock):
        set_clock(connection, planted.school_id, name, value, NOW)


def test_a_setting_that_makes_no_sense_is_the_default(connection: Connection, planted: Planted):
    connection.execute(
        TABLES["school_settings"]
        .insert()
        .values(
            school_id=planted.school_id,
            name="retention",
            value={"leavers": 0, "note": 3},
            changed_at=NOW,
        )
    )
    found = clocks_of(connection, planted.school_id)
    assert (found["leavers"], found["note"]) == (48, 3)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 22), 36, date(2023, 11, 22)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 12, date(2025, 12, 15)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_before(day: date, months: int, before: date):
    assert months_before(day, months) == before


# ---- what is due


def test_nothing_is_due_of_what_is_new(connection: Connection, planted: Planted):
    assert due(connection, planted, NOW) == {}


OF_NO_PUPIL = {"staff", *(table.__tablename__ for table in OF_STAFF), "content_tasks", "mails"}
"""What stays when a school's only pupil is deleted, and has a clock of its own."""


def test_a_leaver_goes_whole(connection: Connection, planted: Planted):
    age(connection, "pupils", planted, left_on=date(2026, 7, 20))
    assert "leavers" not in due(connection, planted, datetime(2030, 7, 19, 12, tzinfo=UTC))
    now = datetime(2030, 7, 20, 12, tzinfo=UTC)
    found = due(connection, planted, now)
    assert found["leavers"].ids == (planted.pupil_id,)
    before = keys(connection, planted.school_id)
    told = set(found["leavers"].rows)
    assert {table for table, held in before.items() if held} == told | OF_NO_PUPIL
    for clock, one in found.items():
        assert clock == "leavers" or set(one.rows) <= OF_NO_PUPIL
    ids = found["leavers"].ids
    assert delete_due(connection, SEALING, planted.school_id, "leavers", ids, now) == 1
    after = keys(connection, planted.school_id)
    assert {table for table, held in after.items() if held} == OF_NO_PUPIL
    assert len(rows_of(connection, "audit_events", planted.school_id)) == 1
    assert len(rows_of(connection, "erasures", planted.school_id)) == 2


def test_past_year_13_is_a_leaver_without_a_roster(connection: Connection, planted: Planted):
    # Year 7 from 2022: Year 13 ends on 31 August 2029.
    assert "leavers" not in due(connection, planted, datetime(2033, 8, 30, 12, tzinfo=UTC))
    assert "leavers" in due(connection, planted, datetime(2033, 8, 31, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("born", "last"), [(date(2011, 3, 14), date(2036, 3, 13)), (None, date(2036, 8, 30))]
)
def test_until_the_25th_birthday(
    connection: Connection, planted: Planted, born: date | None, last: date
):
    details = PupilDetails("Testy", "Exampleton", birth_date=born)
    age(connection, "pupils", planted, left_on=NOW.date(), details=SEALING.seal(details.to_json()))
    set_clock(connection, planted.school_id, "leavers", AGE_25, NOW)
    day = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    assert "leavers" not in due(connection, planted, day)
    assert "leavers" in due(connection, planted, day + timedelta(days=1))


def test_who_came_back_stays(connection: Connection, planted: Planted):
    age(connection, "pupils", planted, left_on=date(2026, 7, 20))
    now = datetime(2030, 7, 21, tzinfo=UTC)
    listed = due(connection, planted, now)["leavers"].ids
    age(connection, "pupils", planted, left_on=None, year_7_in=2027)
    assert delete_due(connection, SEALING, planted.school_id, "leavers", listed, now) == 0
    assert rows_of(connection, "pupils", planted.school_id)


def test_what_is_not_listed_stays(connection: Connection, planted: Planted):
    now = NOW + timedelta(days=1000)
    assert due(connection, planted, now)["proposals"].ids
    assert delete_due(connection, SEALING, planted.school_id, "proposals", [], now) == 0
    assert rows_of(connection, "proposals", planted.school_id)


@pytest.mark.parametrize("outcome", [None, "confirmed", "declined", "lapsed"])
@pytest.mark.parametrize("in_chat", [True, False])
def test_a_no_to_what_came_in_a_file_stays_with_the_record(
    connection: Connection, planted: Planted, outcome: str | None, in_chat: bool
):
    chat = {} if in_chat else {"conversation_id": None}
    age(connection, "proposals", planted, outcome=outcome, **chat)
    found = due(connection, planted, NOW + timedelta(days=1000))
    assert ("proposals" in found) == (in_chat or outcome != "declined")


def test_guests_chats_go_sooner(connection: Connection, planted: Planted):
    now = NOW + timedelta(days=100)
    assert "conversations" not in due(connection, planted, now)
    connection.execute(ConversationOwner.__table__.delete())
    found = due(connection, planted, now)["guest_chats"]
    assert set(found.rows) == {
        *("conversations", "entries", "offers", "handovers", "handover_events", "private_notes"),
        *("conversation_tags", "read_marks", "entry_opinions"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_line_has_its_clock(connection: Connection, planted: Planted, kind: str):
    status = "open" if kind == "action" else "standing"
    age(connection, "record_lines", planted, kind=kind, status=status)
    set_clock(connection, planted.school_id, kind, 6, NOW)
    found = due(connection, planted, datetime(2027, 5, 22, 12, tzinfo=UTC))
    assert set(found[kind].rows) == {"record_lines", "line_versions"}
    assert kind not in due(connection, planted, datetime(2027, 5, 21, 12, tzinfo=UTC))
    age(connection, "record_lines", planted, changed_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert kind not in due(connection, planted, datetime(2027, 5, 22, 12, tzinfo=UTC))


def test_files_go_with_their_contents_if_the_school_says_so(
    connection: Connection, planted: Planted
):
    now = NOW + timedelta(days=1000)
    assert "attachments" not in due(connection, planted, now)
    set_clock(connection, planted.school_id, "attachments", 12, NOW)
    assert "attachments" not in due(connection, planted, datetime(2027, 11, 22, 8, tzinfo=UTC))
    found = due(connection, planted, datetime(2027, 11, 22, 9, tzinfo=UTC))["attachments"]
    assert set(found.rows) == {"attachments", "attachment_contents"}
    assert delete_due(connection, SEALING, planted.school_id, "attachments", found.ids, now) == 1
    for table in found.rows:
        assert rows_of(connection, table, planted.school_id) == []


def test_standing_codes_and_present_staff_stay(connection: Connection, planted: Planted):
    found = due(connection, planted, NOW + timedelta(days=600))
    assert not {"codes", "staff", "leavers"} & set(found)
    age(connection, "sign_in_codes", planted, revoked_at=NOW)
    age(connection, "staff", planted, left_on=NOW.date())
    found = due(connection, planted, NOW + timedelta(days=600))
    assert {"codes", "staff"} <= set(found)


def test_counts_and_last_run(connection: Connection, planted: Planted):
    counts = count_kept(connection, planted.school_id)
    assert (counts["conversations"], counts["guest_chats"], counts["action"]) == (1, 0, 1)
    assert (counts["leavers"], counts["codes"]) == (0, 0)
    assert (counts["meetings"], counts["group_sessions"], counts["staff"]) == (1, 0, 0)
    assert last_run(connection, planted.school_id) is None
    note_run(connection, planted.school_id, {"sessions": 2}, NOW)
    assert last_run(connection, planted.school_id) == (NOW, {"sessions": 2})


# ---- whatever there is, at whatever time

DAYS = st.integers(-1600, 0)
WHENS: dict[str, tuple[str, ...]] = {
    "conversations": ("last_seen_at",),
    "record_lines": ("happened_on", "changed_at"),
    "line_versions": ("replaced_at",),
    "proposals": ("created_at",),
    "destinations": ("reported_on",),
    "destination_invitations": ("expires_at",),
    "attachments": ("created_at",),
    "record_views": ("viewed_at",),
    "sign_in_codes": ("revoked_at",),
    "pupil_sessions": ("ends_at",),
    "staff": ("left_on",),
    "pupils": ("left_on",),
    "waiting_places": ("since", "ended_at"),
    "referrals": ("created_at", "ended_at"),
    "content_tasks": ("created_at", "ended_at"),
    "mails": ("sent_at",),
    "staff_sessions": ("ends_at",),
    "staff_invitations": ("expires_at",),
    "staff_devices": ("last_seen_at",),
    "audit_events": ("at",),
}
SPANS = {"meetings": ("begins_at", "ends_at"), "absences": ("begins_at", "ends_at")}
"""What has a beginning and an end, in that order."""
GO_ALONG = {
    *("attachment_contents", "entries", "offers", "conversation_owners", "audit_details"),
    *("handovers", "handover_events", "private_notes", "conversation_tags", "read_marks"),
    *("entry_opinions", "taken_cells", "invitees", "action_plans", "plan_shares", "sign_offs"),
    *("staff_roles", "staff_secrets", "passkeys", "recovery_codes", "working_hours"),
}
"""What goes with something else, or is as old as it."""
COLUMNS = [(table, column) for table, columns in WHENS.items() for column in columns]


def values_of(table: str, column: str, days: int) -> date | datetime:
    moment = NOW + timedelta(days=days)
    kind = TABLES[table].c[column].type.python_type if column.endswith("_on") else datetime
    return moment.date() if kind is date else moment


@given(
    dates=st.lists(
        st.fixed_dictionaries(dict.fromkeys([*COLUMNS, *SPANS], DAYS)), min_size=1, max_size=3
    ),
    kinds=st.lists(st.sampled_from(KINDS), min_size=3, max_size=3),
    present=st.booleans(),
    months=st.dictionaries(
        st.sampled_from(sorted({*clocks()} - {"wrong_sign_ins", "audit_details"})),
        st.integers(1, 40),
        max_size=8,
    ),
    steps=st.lists(st.integers(1, 700), min_size=1, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_a_run_deletes_what_the_dry_run_lists_and_nothing_else(
    dates, kinds, present, months, steps
):
    with tempfile.TemporaryDirectory() as folder:
        engine = made(Path(folder))
        try:
            with engine.begin() as connection:
                stranger = plant(connection, SEALING, "z")
                schools = []
                for mark, days, kind in zip("abc", dates, kinds, strict=False):
                    one = plant(connection, SEALING, mark)
                    schools.append(one)
                    status = "open" if kind == "action" else "standing"
                    age(connection, "record_lines", one, kind=kind, status=status)
                    for table, (begins, ends) in SPANS.items():
                        begun = NOW + timedelta(days=days[table])
                        span = {begins: begun, ends: begun + timedelta(minutes=30)}
                        age(connection, table, one, **span)
                    for table, column in COLUMNS:
                        if present and column == "left_on":
                            continue
                        values = {column: values_of(table, column, days[table, column])}
                        age(connection, table, one, **values)
                    for name, number in months.items():
                        set_clock(connection, one.school_id, name, number, NOW)
            now = NOW
            untouched = everything(engine, stranger)
            for step in steps:
                now += timedelta(days=step)
                for one in schools:
                    look(engine, one, now)
            assert everything(engine, stranger) == untouched
        finally:
            engine.dispose()


def everything(engine: Engine, planted: Planted) -> dict[str, set[Any]]:
    with engine.begin() as connection:
        return keys(connection, planted.school_id)


def look(engine: Engine, planted: Planted, now: datetime) -> None:
    """List, delete, and hold the one against the other."""
    before = everything(engine, planted)
    with engine.begin() as connection:
        listed = due_rows(connection, SEALING, planted.school_id, now)
    assert everything(engine, planted) == before
    with engine.begin() as connection:
        for one in listed:
            delete_due(connection, SEALING, planted.school_id, one.clock, one.ids, now)
    after = everything(engine, planted)
    told: dict[str, set[Any]] = {}
    for one in listed:
        for table, found in one.rows.items():
            assert not told.get(table, set()) & found, "listed twice"
            told.setdefault(table, set()).update(found)
    gone = {table: before[table] - after[table] for table in before}
    assert {table: found for table, found in gone.items() if found} == told
    with engine.begin() as connection:
        assert due_rows(connection, SEALING, planted.school_id, now) == []


def test_every_table_that_holds_something_of_people_has_a_clock():
    """A new table must be thought of: here, and in docs/retention.md."""
    by_clock = {*WHENS, *SPANS, *GO_ALONG} - OF_THE_SCHOOL
    assert {table.name for table in Base.metadata.tables.values()} == by_clock | OF_THE_SCHOOL
    told = (Path(__file__).resolve().parents[3] / "docs" / "retention.md").read_text("utf-8")
    named = [*clocks()][:-1]  # the last one is never stored
    assert [name for name in named if f"`{name}`" not in told] == []
    assert set(CONFIRMED_KINDS) <= set(KINDS)
    assert Pupil.__tablename__ in by_clock
