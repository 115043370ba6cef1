"""Searching the audit: by who, what, to what and when; a page at a time; one school only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.records.audit.actors import SERVICE, Actor
from bot.records.audit.search import search
from bot.records.resealing import SEALED
from tests.bot.records.audit.conftest import NOW, STAFF, Audited

OTHER = Actor("staff", "o" * 32, "Umber Vale")


def numbers(audited: Audited, school: int = 0, **wanted: object) -> list[int]:
    found = audited(search, audited.schools[school], **wanted)
    assert found.total == len(found.rows)
    return [row.number for row in found.rows]


@pytest.fixture
def searched(audited: Audited) -> Audited:
    pupil = Actor("pupil", audited.pupils[0], "Zebedee")
    audited.add(purpose="before a meeting", after={"role": "adviser"})
    audited.add(actor=OTHER, minutes=1)
    audited.add(actor=OTHER, minutes=2, action="clock set", object_kind="clock", object_id="note")
    audited.add(actor=SERVICE, minutes=3, action="clocks run", object_kind="clock", object_id=None)
    audited.add(actor=pupil, minutes=4, action="setting changed", object_kind="setting")
    audited.add(1, actor=STAFF, minutes=5)
    return audited


def test_newest_first_and_of_one_school(searched: Audited):
    assert numbers(searched) == [5, 4, 3, 2, 1]
    assert numbers(searched, 1) == [1]


def test_by_who_what_to_what_and_when(searched: Audited):
    pupil = searched.pupils[0]
    assert numbers(searched, actor_id=OTHER.id) == [3, 2]
    assert numbers(searched, actor_id=pupil) == [5]
    assert numbers(searched, action="clock set") == [3]
    assert numbers(searched, object_kind="clock") == [4, 3]
    assert numbers(searched, object_kind="clock", object_id="note") == [3]
    assert numbers(searched, object_kind="pupil", object_id=pupil) == [2, 1]
    assert numbers(searched, object_kind="pupil", object_id=pupil, actor_id=OTHER.id) == [2]
    later = NOW + timedelta(minutes=2)
    assert numbers(searched, since=later) == [5, 4, 3]
    assert numbers(searched, until=later) == [2, 1]
    assert numbers(searched, object_kind="pupil", object_id=searched.pupils[1]) == []
    assert numbers(searched, 1, actor_id=OTHER.id) == []
    with pytest.raises(ValueError, match="kind"):
        numbers(searched, object_id=pupil)


def test_a_row_is_told_whole(searched: Audited):
    first = searched(search, searched.schools[0]).rows[-1]
    assert (first.number, first.at, first.actor_kind) == (1, NOW, "staff")
    assert (first.actor_id, first.actor_name) == (STAFF.id, STAFF.name)
    assert first.says == "Looked at a pupil's record"
    assert (first.object_kind, first.object_id) == ("pupil", searched.pupils[0])
    assert (first.purpose, first.before, first.after) == (
        *("before a meeting", None),
        {"role": "adviser"},
    )
    assert not first.removed
    assert "Plinth" not in repr(first)
    by_pupil = searched(search, searched.schools[0]).rows[0]
    assert (by_pupil.actor_kind, by_pupil.actor_id) == ("pupil", searched.pupils[0])


def test_pages(audited: Audited):
    for number in range(7):
        audited.add(minutes=number)
    found = [audited(search, audited.schools[0], page=n, at_a_page=3) for n in (0, 1, 2, 3, 9)]
    assert [[row.number for row in page.rows] for page in found] == [
        *([7, 6, 5], [7, 6, 5], [4, 3, 2], [1], [1]),
    ]
    assert [(page.number, page.pages, page.total) for page in found][3:] == [(3, 3, 7)] * 2
    none = audited(search, audited.schools[1])
    assert (none.rows, none.number, none.pages, none.total) == ((), 1, 1, 0)


def test_details_are_sealed_anew_with_a_new_key():
    assert ("audit_details", "detail") in SEALED
