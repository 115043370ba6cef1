"""The chain: whatever is written verifies, and whatever is done to it afterwards is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from bot.records.audit.actors import SERVICE, Actor
from bot.records.audit.chain import (
    HEAD,
    LOST,
    Fault,
    Head,
    _sentences,
    hash_of,
    head_of,
    noted_head,
    verify,
)
from bot.records.audit.log import actions
from bot.records.models import ACTORS, AuditEvent
from bot.records.sealing import Sealing
from tests.bot.records.audit.conftest import NOW, SEALING, STAFF, Audited, copied

JSON = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=8),
    max_size=3,
)
EVENTS = st.fixed_dictionaries(
    {
        "school": st.integers(0, 1),
        "minutes": st.integers(-500, 500),
        "action": st.sampled_from(sorted({*actions()} - {LOST})),
        "actor": st.sampled_from([STAFF, SERVICE, Actor("operator", None, "somebody")]),
        "object_kind": st.sampled_from(["setting", "school", "mail"]),
        "object_id": st.none() | st.text("abc0", min_size=1, max_size=9),
    },
    optional={"purpose": st.text(max_size=9), "before": JSON, "after": JSON},
)
ROWS = st.lists(EVENTS, min_size=1, max_size=8)
CHANGED = {
    "at": st.just((NOW + timedelta(days=9)).strftime("%Y-%m-%d %H:%M:%S.%f")),
    "actor_kind": st.sampled_from(ACTORS),
    "actor_id": st.sampled_from(["t" * 32, None]),
    "action": st.sampled_from(["record viewed", "roster applied", "x"]),
    "object_kind": st.sampled_from(["pupil", "setting", ""]),
    "object_id": st.sampled_from(["f" * 64, None]),
    "detail_hash": st.sampled_from(["f" * 64, None]),
    "previous": st.just("f" * 64),
    "hash": st.just("f" * 64),
    "number": st.integers(-3, 20),
    "school_id": st.just(2),
}
ONE = st.integers(0, 7)


@pytest.fixture(scope="module")
def empty(empty_store: Path) -> Path:
    return empty_store


def write(audited: Audited, events: list[dict[str, Any]]) -> int:
    """Write the events; how many rows the first school has."""
    for event in events:
        audited.add(**event)
    return sum(event["school"] == 0 for event in events)


def column(audited: Audited, name: str) -> list[Any]:
    with closing(sqlite3.connect(audited.path)) as file:
        chosen = f"SELECT {name} FROM audit_events WHERE school_id = 1 ORDER BY number"
        return [value for (value,) in file.execute(chosen)]


def cut(audited: Audited, condition: str, **values: Any) -> int:
    of = f"school_id = 1 AND {condition}"
    return audited.meddle(
        f"DELETE FROM audit_details WHERE event_id IN (SELECT id FROM audit_events WHERE {of})",
        f"DELETE FROM audit_events WHERE {of}",
        **values,
    )


# ---- whatever is written


@given(ROWS)
@settings(max_examples=30)
def test_any_rows_verify(empty: Path, events: list[dict[str, Any]]):
    with copied(empty) as audited:
        rows = write(audited, events)
        for school in (0, 1):
            for keys in (True, False):
                assert audited.faults(school, keys=keys) == []
        assert column(audited, "number") == list(range(1, rows + 1))


def test_nothing_is_whole(audited: Audited):
    assert audited.faults() == []


# ---- whatever is done to it


@given(ROWS, st.sampled_from(sorted(CHANGED)), ONE, st.data())
@settings(max_examples=60)
def test_any_change_is_found(
    empty: Path, events: list[dict[str, Any]], name: str, which: int, data: st.DataObject
):
    with copied(empty) as audited:
        rows = write(audited, [*events, events[0] | {"school": 0}])
        number = which % rows + 1
        value = data.draw(CHANGED[name])
        assume(column(audited, name)[number - 1] != value)
        change = f"UPDATE audit_events SET {name} = :value WHERE school_id = 1 AND number = :number"
        details = (
            f"UPDATE audit_details SET {name} = :value WHERE event_id = (SELECT id FROM "
            "audit_events WHERE school_id = 1 AND number = :number)"
        )
        both = [details, change] if name == "school_id" else [change]
        try:
            assert audited.meddle(*both, value=value, number=number)
        except sqlite3.IntegrityError:
            assume(False)  # there is a row of that number
        for keys in (True, False):
            assert audited.faults(keys=keys), (name, value)


@given(ROWS, ONE)
@settings(max_examples=25)
def test_any_removal_is_found(empty: Path, events: list[dict[str, Any]], which: int):
    with copied(empty) as audited:
        rows = write(audited, [*events, events[0] | {"school": 0}])
        number = which % rows + 1
        assert cut(audited, "number = :number", number=number)
        kind = "cut off" if number == rows else "missing"
        assert audited.faults(keys=False)[0] == Fault(kind, number)
        # Nor does it help to close the gap.
        audited.meddle(
            "UPDATE audit_events SET number = -number WHERE school_id = 1 AND number > :number",
            "UPDATE audit_events SET number = -number - 1 WHERE school_id = 1 AND number < 0",
            number=number,
        )
        assert column(audited, "number") == list(range(1, rows))
        assert audited.faults(keys=False)
        assert audited.faults(1) == []


@given(ROWS, ONE, ONE)
@settings(max_examples=25)
def test_any_swap_is_found(empty: Path, events: list[dict[str, Any]], one: int, other: int):
    with copied(empty) as audited:
        rows = write(audited, [*events, *(events[0] | {"school": 0},) * 2])
        first, second = one % rows + 1, other % rows + 1
        assume(first != second)
        move = "UPDATE audit_events SET number = {} WHERE school_id = 1 AND number = {}"
        audited.meddle(move.format(-1, first), move.format(first, second), move.format(second, -1))
        found = audited.faults(keys=False)
        assert {Fault("altered", first), Fault("altered", second)} <= set(found)


@given(ROWS, ONE)
@settings(max_examples=25)
def test_any_cut_off_tail_is_found(empty: Path, events: list[dict[str, Any]], kept: int):
    with copied(empty) as audited:
        rows = write(audited, [*events, events[0] | {"school": 0}])
        cut(audited, "number > :kept", kept=kept % rows)
        assert audited.faults(keys=False) == [Fault("cut off", rows)]
        # And still once more was written: the gap stays.
        audited.add()
        assert audited.faults(keys=False)[0] == Fault("missing", kept % rows + 1)


@given(ROWS, ONE)
@settings(max_examples=20)
def test_a_detail_of_another_row_is_found(empty: Path, events: list[dict[str, Any]], which: int):
    with copied(empty) as audited:
        rows = write(audited, [*events, *(events[0] | {"school": 0},) * 2])
        number = which % (rows - 1) + 1
        of = "(SELECT {} FROM audit_details d JOIN audit_events e ON e.id = d.event_id WHERE "
        of += "e.school_id = 1 AND e.number = {})"
        audited.meddle(
            f"UPDATE audit_details SET detail = {of.format('d.detail', number)} "
            f"WHERE event_id = {of.format('d.event_id', number + 1)}"
        )
        assert audited.faults() == [Fault("detail altered", number + 1)]


# ---- the note of the last row


def test_a_note_that_is_taken_away_is_found_and_stays_found(audited: Audited):
    audited.add()
    audited.add()
    audited.meddle("DELETE FROM school_settings WHERE name = :head", head=HEAD)
    assert audited.faults() == [Fault("head missing")]
    assert audited.add() == 4
    assert audited.faults() == [Fault("head lost", 3)]
    assert audited.add() == 5
    assert audited.kinds() == {"head lost"}


def test_a_note_that_says_less_is_found_and_the_service_goes_on(audited: Audited):
    for _ in range(3):
        audited.add()
    with audited.engine.begin() as connection:
        (first, *_) = connection.execute(select(AuditEvent.hash).order_by(AuditEvent.number))
    audited.meddle(
        "UPDATE school_settings SET value = :value WHERE name = :head",
        value=f'{{"number":1,"hash":"{first[0]}","proof":"x"}}',
        head=HEAD,
    )
    assert audited.kinds() == {"beyond", "head forged"}
    assert audited.add() == 5
    assert audited.faults() == [Fault("head lost", 4)]


@pytest.mark.parametrize("value", ["{}", "[]", '{"number":"x","hash":1}', "null"])
def test_a_note_that_is_none_is_found(audited: Audited, value: str):
    audited.add()
    changed = "UPDATE school_settings SET value = :value WHERE name = :head"
    assert audited.meddle(changed, value=value, head=HEAD) == 1
    assert audited.kinds() == {"head missing"}
    assert audited.add() == 3


def rewritten(audited: Audited) -> None:
    """A chain written anew, with another actor, by somebody who has the database and the code."""
    with audited.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_events_no_update"))
        rows = connection.execute(
            select(AuditEvent.__table__)
            .where(AuditEvent.school_id == 1)
            .order_by(AuditEvent.number)
        ).all()
        last = "0" * 64
        for row in rows:
            said = dict(row._mapping) | {"actor_id": "e" * 32, "previous": last}
            said["hash"] = last = hash_of(said)
            connection.execute(update(AuditEvent).where(AuditEvent.id == row.id).values(said))
        value = f'{{"number":{len(rows)},"hash":"{last}","proof":"{"0" * 64}"}}'
        changed = text("UPDATE school_settings SET value = :value WHERE name = :head")
        connection.execute(changed, {"value": value, "head": HEAD})


def test_a_chain_that_was_written_anew_is_found_with_the_keys_only(audited: Audited):
    for _ in range(3):
        audited.add()
    rewritten(audited)
    assert audited.faults(keys=False) == []
    assert audited.faults() == [Fault("head forged")]
    with audited.engine.begin() as connection:
        stranger = Sealing([Fernet.generate_key().decode()], "l" * 43)
        assert Fault("head forged") in verify(connection, 1, stranger)


def test_what_was_put_back_as_it_was_is_found_by_a_note_elsewhere(audited: Audited):
    audited.add()
    with audited.engine.begin() as connection:
        before = connection.execute(
            text("SELECT value FROM school_settings WHERE name = :head"), {"head": HEAD}
        ).scalar_one()
        early = head_of(connection, 1)
    audited.add()
    audited.add()
    with audited.engine.begin() as connection:
        noted = head_of(connection, 1)
    assert noted is not None and early is not None
    assert noted_head(f" {noted}\n") == noted
    assert audited.faults(noted=noted) == audited.faults(noted=early) == []
    cut(audited, "number > 1")
    changed = "UPDATE school_settings SET value = :value WHERE name = :head"
    audited.meddle(changed, value=before, head=HEAD)
    assert audited.faults() == []  # this is what it cannot notice by itself
    assert audited.faults(noted=noted) == [Fault("noted", 3)]
    other = Head(1, "f" * 64)
    assert audited.faults(noted=other) == [Fault("noted", 1)]


@pytest.mark.parametrize("told", ["", "3", "0:" + "f" * 64, "3:xyz", "3:" + "f" * 63, "x:y"])
def test_what_is_no_note(told: str):
    assert noted_head(told) is None


# ---- besides


def test_the_other_school_is_another_chain(audited: Audited):
    for school in (0, 1, 0, 1, 1):
        audited.add(school)
    cut(audited, "number = 1")
    assert audited.faults(0) == [Fault("missing", 1)]
    assert audited.faults(1) == []


def test_the_database_refuses_to_change_or_take_out(either: Audited):
    either.add()
    for statement in (
        "UPDATE audit_events SET action = 'x'",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET hash = previous",
    ):
        with pytest.raises(IntegrityError), either.engine.begin() as connection:
            connection.execute(text(statement))
    assert either.faults() == []


def test_every_fault_is_a_sentence():
    for kind in _sentences():
        said = Fault(kind, 7).says()
        assert said.endswith(".")
        assert "{" not in said


def test_many_rows_are_read_in_pieces(audited: Audited):
    for number in range(1105):
        audited.add(minutes=number)
    assert audited.faults() == []
    cut(audited, "number = 1001")
    assert audited.faults() == [Fault("missing", 1001)]


def test_sealing_has_its_own_word_for_it():
    assert SEALING.lookup_exact("audit", "x") != SEALING.lookup_exact("button", "x")
