"""Destinations, and who looked at the record."""

from datetime import date, timedelta

import pytest

from bot.records.guidance.destinations import (
    ACTUAL,
    INTENDED,
    REPORTERS,
    add_destination,
    destinations_of,
    set_sustained,
)
from bot.records.guidance.lines import NoPupil
from bot.records.guidance.views import note_view, views_of
from tests.bot.records.guidance.conftest import NOW, SEALING, Held

DESTINATION = {
    "kind": "intended",
    "category": "apprenticeship",
    "details": {"place": "Kelp and Sons", "course": "Electrician"},
    "year_group": 11,
    "reported_by": "pupil",
    "reported_on": date(2026, 11, 1),
    "now": NOW,
}
LOOK = {"name": "Quorra Plinth", "role": "adviser", "purpose": "meeting", "now": NOW}


def keep(held: Held, **more):
    return held(add_destination, **{**DESTINATION, **more})


def test_kept_newest_first_and_by_kind(held: Held):
    old = keep(held)
    new = keep(held, category="undecided", details={}, reported_on=date(2026, 11, 5))
    actual = keep(held, kind="actual", category="employment", reported_on=date(2027, 9, 1))
    assert held(destinations_of) == [actual, new, old]
    assert held(destinations_of, kind="intended") == [new, old]
    assert old.details.fields() == DESTINATION["details"]


@pytest.mark.parametrize(
    ("kind", "category", "right"),
    [
        *(("intended", name, True) for name in INTENDED),
        *(("actual", name, True) for name in ACTUAL),
        ("intended", "unknown", False),
        ("actual", "undecided", False),
        ("actual", "party", False),
    ],
)
def test_categories(held: Held, kind: str, category: str, right: bool):
    if right:
        assert keep(held, kind=kind, category=category).category == category
    else:
        with pytest.raises(ValueError, match="category"):
            keep(held, kind=kind, category=category)


def test_names_of_categories_and_reporters_fit_their_columns():
    assert max(map(len, (*INTENDED, *ACTUAL))) <= 32
    assert max(map(len, REPORTERS)) <= 8


def test_who_reports_and_what_is_told(held: Held):
    for reporter in REPORTERS:
        keep(held, reported_by=reporter)
    with pytest.raises(ValueError, match="report"):
        keep(held, reported_by="rumour")
    with pytest.raises(ValueError, match="DestinationDetails") as found:
        keep(held, details={"zebracrossing": "zebracrossing"})
    assert "input" not in str(found.value).replace("Extra inputs", "")
    with held.engine.begin() as connection, pytest.raises(NoPupil):
        add_destination(connection, SEALING, held.school, held.twin, **DESTINATION)


def test_sustained_for_six_months(held: Held):
    intended, actual = keep(held), keep(held, kind="actual")
    assert held.unsealed(set_sustained, actual.id, True)
    assert not held.unsealed(set_sustained, intended.id, True)
    assert {row.kind: row.sustained for row in held(destinations_of)} == {
        "intended": None,
        "actual": True,
    }


def test_every_look_is_noted_and_shown(held: Held):
    held(note_view, **LOOK)
    held(note_view, **{**LOOK, "staff_id": "s", "now": NOW + timedelta(hours=1)})
    found = held(views_of)
    assert [row.staff_id for row in found] == ["s", None]
    assert (found[1].name, found[1].role, found[1].purpose, found[1].viewed_at) == (
        *("Quorra Plinth", "adviser", "meeting"),
        NOW,
    )
    assert "Quorra" not in repr(found)


def test_a_look_needs_an_actor_and_a_purpose(held: Held):
    for name in ("name", "role", "purpose"):
        with pytest.raises(ValueError, match="look"):
            held(note_view, **{**LOOK, name: " "})
    with held.engine.begin() as connection, pytest.raises(NoPupil):
        note_view(connection, SEALING, held.school, held.twin, **LOOK)
    assert held(views_of) == []
