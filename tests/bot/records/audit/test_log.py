"""Writing the audit: numbered without gaps, of which pupil, and nothing in clear."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.records.audit.actors import Actor, at_the_keyboard
from bot.records.audit.chain import START
from bot.records.audit.log import actions, append
from bot.records.audit.search import search
from bot.records.guidance.erasure import erase_pupil
from bot.records.guidance.views import note_view
from bot.records.models import (
    ACTORS,
    AuditDetail,
    AuditEvent,
    Base,
    Conversation,
    ConversationOwner,
    Meeting,
    Referral,
)
from bot.records.store import Store
from tests.bot.records.audit.conftest import NOW, SEALING, STAFF, Audited

AT_ONCE = 12


def details(audited: Audited) -> list[Any]:
    with audited.engine.begin() as connection:
        chosen = select(AuditDetail.__table__).order_by(AuditDetail.event_id)
        return list(connection.execute(chosen))


def test_numbers_and_hashes_go_on(either: Audited):
    assert [either.add(), either.add(1), either.add(), either.add(1)] == [1, 1, 2, 2]
    with either.engine.begin() as connection:
        rows = connection.execute(
            select(AuditEvent.__table__)
            .where(AuditEvent.school_id == either.schools[0])
            .order_by(AuditEvent.number)
        ).all()
    assert rows[0].previous == START
    assert rows[1].previous == rows[0].hash
    assert rows[0].detail_hash != rows[1].detail_hash  # the same is told, with another salt
    assert either.faults() == either.faults(1) == []


def test_many_at_once_leave_no_gap(either: Audited):
    """Also the first ones, before there is a note of a last row."""
    urls = either.engine.url.render_as_string(hide_password=False)
    stores = [Store(urls, wait_s=30, threads=4) for _ in range(2)]

    async def one(number: int) -> int:
        return await stores[number % 2].write(
            append,
            SEALING,
            either.schools[0],
            actor=STAFF,
            action="record viewed",
            object_kind="pupil",
            object_id=either.pupils[0],
            now=NOW + timedelta(seconds=number),
        )

    async def every() -> list[int]:
        return await asyncio.gather(*map(one, range(AT_ONCE)))

    try:
        for times in (1, 2):
            found = sorted(asyncio.run(every()))
            assert found == list(range((times - 1) * AT_ONCE + 1, times * AT_ONCE + 1))
    finally:
        for store in stores:
            store.close()
    assert either.faults() == []


def test_what_is_undone_leaves_no_row(audited: Audited):
    with pytest.raises(ZeroDivisionError), audited.engine.begin() as connection:
        append(
            connection,
            SEALING,
            audited.schools[0],
            actor=STAFF,
            action="record viewed",
            object_kind="pupil",
            object_id=audited.pupils[0],
            now=NOW,
        )
        raise ZeroDivisionError
    assert audited.add() == 1


def test_an_action_that_is_not_listed_is_refused(audited: Audited):
    with pytest.raises(ValueError, match="does not know"):
        audited.add(action="looked around")
    assert audited.add() == 1


def test_every_action_has_a_sentence_and_fits():
    assert len(actions()) > 10
    for name, says in actions().items():
        assert len(name) <= AuditEvent.__table__.c.action.type.length
        assert name == name.lower()
        assert says[0].isupper() and not says.endswith(".")


def test_actors():
    for kind in ACTORS:
        assert Actor(kind).kind == kind
    with pytest.raises(ValueError, match="kind"):
        Actor("robot")
    assert "Plinth" not in repr(STAFF)
    assert at_the_keyboard("Quorra").name == "Quorra"
    assert at_the_keyboard().kind == "operator"
    assert isinstance(at_the_keyboard().name, str)


def test_no_name_and_no_id_is_in_the_file(audited: Audited):
    audited.add(purpose="before a meeting", after={"role": "adviser"})
    audited.add(actor=Actor("pupil", audited.pupils[0], "Zebedee"))
    assert audited.path is not None
    rows = []
    with audited.engine.begin() as connection:
        for table in (AuditEvent, AuditDetail):
            rows += [str(row) for row in connection.execute(select(table.__table__))]
    for word in ("Plinth", "Zebedee", "before a meeting", "role"):
        assert not any(word in row for row in rows)
    with audited.engine.begin() as connection:
        events = [str(row) for row in connection.execute(select(AuditEvent.__table__))]
    assert not any(audited.pupils[0] in row for row in events)
    assert any(STAFF.id in row for row in events)


def test_days_and_moments_and_other_time_zones(either: Audited):
    there = timezone(timedelta(hours=5))
    either.add(
        now=datetime(2026, 7, 1, 14, 0, 0, 123456, tzinfo=there),
        before={"on": date(2026, 7, 1), 10: "x", 9: "y", "rooms": ("a", "b")},
        after={"at": datetime(2026, 7, 1, tzinfo=UTC)},
    )
    assert either.faults() == []
    (row,) = either(search, either.schools[0]).rows
    assert row.at == datetime(2026, 7, 1, 9, 0, 0, 123456, tzinfo=UTC)
    assert row.before == {"on": "2026-07-01", "10": "x", "9": "y", "rooms": ["a", "b"]}
    assert row.after == {"at": "2026-07-01T00:00:00+00:00"}


@pytest.mark.parametrize("wrong", [{"x": object()}, {"x": float("nan")}])
def test_what_json_has_no_form_for_is_refused(audited: Audited, wrong: dict[str, Any]):
    with pytest.raises((TypeError, ValueError)):
        audited.add(after=wrong)
    assert audited.add() == 1


# ---- of which pupil


def rows_of_pupil(audited: Audited) -> dict[str, str]:
    """A chat, a meeting and a referral of the first school's pupil: their ids by kind."""
    school, pupil = audited.schools[0], audited.pupils[0]
    common = {"school_id": school, "created_at": NOW}
    sealed = SEALING.seal({})
    with audited.engine.begin() as connection:
        connection.execute(
            insert(Conversation).values(
                **common, id="c" * 32, channel="web", scene={}, opening={}, last_seen_at=NOW
            )
        )
        connection.execute(
            insert(ConversationOwner).values(
                conversation_id="c" * 32,
                school_id=school,
                pupil_id=pupil,
                from_seq=1,
                joined_at=NOW,
            )
        )
        connection.execute(
            insert(Meeting).values(
                **common,
                id="m" * 32,
                pupil_id=pupil,
                staff_id="s" * 32,
                kind="guidance",
                state="booked",
                begins_at=NOW,
                ends_at=NOW + timedelta(minutes=30),
                calendar_id="m",
                details=sealed,
                changed_at=NOW,
            )
        )
        connection.execute(
            insert(Referral).values(
                **common, id="r" * 32, pupil_id=pupil, origin="tutor", details=sealed, urgency=1
            )
        )
    return {"conversation": "c" * 32, "meeting": "m" * 32, "referral": "r" * 32}


def test_it_is_known_of_which_pupil_a_row_tells(either: Audited):
    pupil = either.pupils[0]
    for kind, object_id in rows_of_pupil(either).items():
        either.add(object_kind=kind, object_id=object_id)
    either.add(object_kind="setting", object_id="asking", actor=Actor("pupil", pupil))
    either.add(object_kind="setting", object_id="asking", pupil_id=pupil)
    assert [row.pupil_id for row in details(either)] == [pupil] * 5
    either.add(object_kind="setting", object_id="asking")
    either.add(object_kind="conversation", object_id="d" * 32)
    either.add(object_kind="meeting", object_id=None)
    assert [row.pupil_id for row in details(either)[5:]] == [None] * 3


def test_a_deleted_pupil_takes_the_details_along_and_the_chain_is_whole(either: Audited):
    school, pupil = either.schools[0], either.pupils[0]
    for kind, object_id in rows_of_pupil(either).items():
        either.add(object_kind=kind, object_id=object_id, after={"of": pupil})
    either(note_view, school, pupil, name="Quorra Plinth", role="adviser", purpose="x", now=NOW)
    either.add(object_kind="setting", object_id="asking")
    either.add(1)
    with either.engine.begin() as connection:
        assert erase_pupil(connection, school, pupil, NOW) is not None
    assert either.faults() == either.faults(1) == []
    *gone, setting = reversed(either(search, school).rows)
    assert [row.removed for row in gone] == [True] * 4
    for row in gone:
        assert (row.actor_name, row.object_id, row.purpose, row.after) == (None,) * 4
    assert gone[3].says == "Looked at a pupil's record"
    assert not setting.removed and setting.object_id == "asking"
    assert not either(search, either.schools[1]).rows[0].removed
    with either.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            rows = [str(row) for row in connection.execute(select(table))]
            assert not any(pupil in row for row in rows), table.name


def test_what_was_done_before_the_pupil_signed_in_goes_too(audited: Audited):
    school, pupil = audited.schools[0], audited.pupils[0]
    audited.add(object_kind="conversation", object_id="c" * 32)
    rows_of_pupil(audited)
    assert [row.pupil_id for row in details(audited)] == [None]
    with audited.engine.begin() as connection:
        erased = erase_pupil(connection, school, pupil, NOW)
    assert erased is not None and erased.certificate.counts["audit_details"] == 1
    assert details(audited) == []


def test_of_a_pupil_who_is_gone_nothing_new_is_kept(audited: Audited):
    school, pupil = audited.schools[0], audited.pupils[0]
    with audited.engine.begin() as connection:
        erase_pupil(connection, school, pupil, NOW)
    audited.add(actor=Actor("pupil", pupil))
    audited.add()
    audited.add(object_id=audited.pupils[1])  # nobody of this school
    for row in audited(search, school).rows:
        assert row.object_id is None
        assert row.actor_id in (None, STAFF.id)
    assert all(row.pupil_id is None for row in details(audited))
