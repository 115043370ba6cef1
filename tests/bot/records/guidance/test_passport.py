"""A record from school to school: the same there, what is at odds is asked, all of it is marked."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.records.guidance.bodies import ENCOUNTERS
from bot.records.guidance.destinations import (
    ACTUAL,
    INTENDED,
    add_destination,
    destinations_of,
)
from bot.records.guidance.known_schools import forget_school, know_school, known_schools
from bot.records.guidance.lines import (
    KINDS,
    RecordLineRow,
    add_line,
    correct_line,
    dispute_line,
    finish_action,
    lines_of,
    versions_of,
    versions_of_pupil,
)
from bot.records.guidance.passport import (
    Choices,
    compared,
    passport_of,
    signer_of,
    take_passport,
)
from bot.records.guidance.passport_file import Passport, opened, packed
from tests.bot.records.guidance.conftest import BODIES, NOW, SEALING, Held, bare_store
from tests.bot.records.guidance.full import fill

KEY = Ed25519PrivateKey.generate()
LATER = NOW + timedelta(days=400)
ALL = Choices({}, {}, all_new=True)


def exported(held: Held, twin: bool = False) -> Passport:
    work = held.of_twin if twin else held
    record, school = work(passport_of)
    return opened(packed(record, school, NOW, KEY))


def content(line: RecordLineRow) -> tuple[Any, ...]:
    return (
        *(line.kind, line.status, line.body, line.happened_on, line.due_on),
        *(line.confirmed_at, line.disputed_at, line.changed_at, line.corrected),
    )


def record(work: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """All that a record says, in its order, without ids and where each line came from."""
    lines = work(lines_of)
    before = work(versions_of_pupil)
    versions = [
        [(one.body, one.status, one.changed_by, one.replaced_at) for one in before.get(line.id, [])]
        for line in lines
    ]
    places = [
        (
            *(one.kind, one.category, one.year_group, one.sustained, one.reported_on),
            *(one.details.place, one.details.course, one.details.comment),
        )
        for one in work(destinations_of)
    ]
    return [content(line) for line in lines], versions, places


def test_the_same_record_at_the_next_school(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    passport = exported(held)
    assert compared_with_twin(held, passport).count("new") == len(held(lines_of)) + 1
    assert held.of_twin(take_passport, passport, ALL, LATER) == len(held(lines_of)) + 1
    assert record(held.of_twin) == record(held)
    for line in held.of_twin(lines_of):
        assert line.provenance == "import"
        assert line.source["school"] == "one"
        assert line.source["on"] == "2026-11-22"
        assert line.source["key"] == passport.key
    (place,) = held.of_twin(destinations_of)
    assert place.reported_by == "import"
    assert (place.details.brought_from, place.details.brought_on) == ("one", "2026-11-22")


def compared_with_twin(held: Held, passport: Passport) -> Any:
    return held.of_twin(compared, passport)


def test_a_second_time_all_is_the_same(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    passport = exported(held)
    held.of_twin(take_passport, passport, ALL, LATER)
    before = record(held.of_twin)
    found = compared_with_twin(held, passport)
    assert (found.count("new"), found.count("conflict")) == (0, 0)
    assert held.of_twin(take_passport, passport, ALL, LATER) == 0
    assert record(held.of_twin) == before


def test_only_what_is_ticked(held: Held):
    held.line("note")
    held.line("decision")
    passport = exported(held)
    assert held.of_twin(take_passport, passport, Choices({}, {}), LATER) == 0
    number = next(
        one.number for one in compared_with_twin(held, passport).lines if one.line.kind == "note"
    )
    assert held.of_twin(take_passport, passport, Choices({number: "take"}, {}), LATER) == 1
    assert [line.kind for line in held.of_twin(lines_of)] == ["note"]


def test_a_view_of_a_line_points_to_the_imported_line(held: Held):
    advice = held.line("advice")
    held(dispute_line, advice.id, NOW, "It was not like that")
    held.of_twin(take_passport, exported(held), ALL, LATER)
    lines = {line.kind: line for line in held.of_twin(lines_of)}
    assert lines["note"].source["disputes"] == lines["advice"].id
    assert lines["advice"].disputed_at == NOW


def test_every_line_keeps_whether_its_signer_was_known(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    passport = exported(held)
    with held.engine.begin() as connection:
        # The school that the pupil left knows it, which is nothing to the next one.
        know_school(connection, held.school, passport.key, "One School", NOW)
        assert signer_of(connection, held.twin_school, passport) is None
        assert signer_of(connection, held.school, passport) == "One School"
    held.of_twin(take_passport, passport, ALL, LATER)
    assert {line.source["signed_by"] for line in held.of_twin(lines_of)} == {None}
    assert {one.details.signed_by for one in held.of_twin(destinations_of)} == {None}


def test_a_known_key_names_its_school_whatever_the_file_says(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    passport = exported(held)
    with held.engine.begin() as connection:
        know_school(connection, held.twin_school, passport.key, "Hill School", NOW)
    held.of_twin(take_passport, passport, ALL, LATER)
    with held.engine.begin() as connection:
        assert forget_school(connection, held.twin_school, passport.key, LATER) is not None
        assert forget_school(connection, held.twin_school, passport.key, LATER) is None
    for line in held.of_twin(lines_of):
        assert (line.source["school"], line.source["signed_by"]) == ("one", "Hill School")
    (place,) = held.of_twin(destinations_of)
    assert place.details.signed_by == "Hill School"


def test_somebody_elses_signature_under_a_known_name_is_not_known(held: Held):
    held.line("note")
    record, school = held(passport_of)
    forged = opened(packed(record, school, NOW, Ed25519PrivateKey.generate()))
    true = exported(held)
    with held.engine.begin() as connection:
        know_school(connection, held.twin_school, true.key, "one", NOW)
        assert signer_of(connection, held.twin_school, forged) is None


def test_a_passport_of_this_very_installation_is_known(held: Held):
    held.line("note")
    passport = exported(held)
    held.of_twin(take_passport, passport, ALL, LATER, own_key=passport.key)
    (line,) = held.of_twin(lines_of)
    assert line.source["signed_by"] == "one"


def test_a_known_school_gets_another_name(held: Held):
    with held.engine.begin() as connection:
        for name in ("Hill Academy", "Hill School"):
            know_school(connection, held.school, "aa", name, NOW)
        know_school(connection, held.school, "bb", "Dale School", NOW)
        known = known_schools(connection, held.school)
        assert [(one.key, one.name) for one in known] == [
            ("bb", "Dale School"),
            ("aa", "Hill School"),
        ]
        assert known_schools(connection, held.twin_school) == []


def test_from_a_third_school_it_still_says_the_first(held: Held):
    held.line("experience")
    held.of_twin(take_passport, exported(held), ALL, LATER)
    record_there, _ = held.of_twin(passport_of)
    (line,) = record_there["lines"]
    assert line["was"] == "pupil"
    assert line["first"] == {"school": "one", "on": "2026-11-22"}
    # Back where it came from it is known.
    passport = exported(held, twin=True)
    assert held(compared, passport).count("same") == 1


# ---- in conflict


def at_odds(held: Held) -> tuple[Passport, RecordLineRow]:
    """A skill that was imported and then corrected at the first school."""
    line = held.line("skill")
    held.of_twin(take_passport, exported(held), ALL, LATER)
    held(correct_line, line.id, {"name": "Patience", "evidence": "Better words"}, NOW)
    (here,) = held.of_twin(lines_of)
    return exported(held), here


def test_a_line_corrected_there_is_in_conflict(held: Held):
    passport, here = at_odds(held)
    (found,) = compared_with_twin(held, passport).lines
    assert (found.state, found.here, found.replaceable) == ("conflict", here, True)
    # All that is new is not what is in conflict.
    assert held.of_twin(take_passport, passport, ALL, LATER) == 0
    assert held.of_twin(lines_of) == [here]


def test_the_other_takes_its_place_and_the_old_text_stays(held: Held):
    passport, here = at_odds(held)
    held.of_twin(take_passport, passport, Choices({0: "take"}, {}), LATER)
    (line,) = held.of_twin(lines_of)
    assert line.body.evidence == "Better words"
    with held.engine.begin() as connection:
        before = versions_of(connection, SEALING, held.twin_school, line.id)
    assert [one.body for one in before] == [here.body, here.body]  # here, and there before


def test_both_can_stand(held: Held):
    passport, _ = at_odds(held)
    held.of_twin(take_passport, passport, Choices({0: "both"}, {}), LATER)
    assert len(held.of_twin(lines_of)) == 2
    # And both can go on: each line has an id of its own.
    assert len({one["id"] for one in held.of_twin(passport_of)[0]["lines"]}) == 2
    assert exported(held, twin=True)


def test_the_same_event_told_in_other_words_is_in_conflict(held: Held):
    held.line("experience", twin=True, body={**BODIES["experience"], "did": "Fed the animals."})
    held.line("experience")
    (found,) = compared_with_twin(held, exported(held)).lines
    assert found.state == "conflict"


def test_what_others_wrote_is_not_replaced(held: Held):
    held.line("skill", twin=True, provenance="staff", body={"name": "Patience", "evidence": "x"})
    held.line("skill")
    passport = exported(held)
    (found,) = compared_with_twin(held, passport).lines
    assert (found.state, found.replaceable) == ("conflict", False)
    held.of_twin(take_passport, passport, Choices({0: "take"}, {}), LATER)
    assert {line.provenance for line in held.of_twin(lines_of)} == {"staff", "import"}


def test_of_another_schools_pupil_there_is_nothing_to_pack(held: Held):
    held.line("note")
    with held.engine.begin() as connection:
        assert passport_of(connection, SEALING, held.twin_school, held.pupil) is None
        assert passport_of(connection, SEALING, held.school, held.twin) is None


# ---- any record

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.strip)
words = texts.map(str.strip)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 1), timezones=st.just(UTC))
BY = {
    "information": ("service",),
    "advice": ("adviser",),
    "experience": ("pupil", "staff", "service"),
    "skill": ("pupil", "staff", "service"),
    "note": ("pupil", "staff", "service", "adviser"),
}


@st.composite
def bodies(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    body = dict(BODIES[kind])
    for name in ("text", "title", "where", "did", "learnt", "name", "evidence", "helper"):
        if name in body:
            body[name] = draw(words)
    if kind == "experience":
        body["type"] = draw(st.sampled_from(ENCOUNTERS))
    return body


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    return {
        "kind": kind,
        "body": draw(bodies(kind)),
        "provenance": draw(st.sampled_from(BY.get(kind, ("pupil",)))),
        "happened_on": draw(days),
        "due_on": draw(st.none() | days) if kind == "action" else None,
        "now": draw(moments),
        "then": draw(st.sampled_from(("", "correct", "dispute", "done", "dropped"))),
        "new": draw(bodies(kind)),
    }


@st.composite
def places(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(("intended", "actual")))
    return {
        "kind": kind,
        "category": draw(st.sampled_from(INTENDED if kind == "intended" else ACTUAL)),
        "details": {"place": draw(st.none() | words), "course": draw(st.none() | words)},
        "year_group": draw(st.integers(7, 16)),
        "reported_by": draw(st.sampled_from(("pupil", "staff", "leaver"))),
        "reported_on": draw(days),
        "sustained": draw(st.sampled_from((None, True, False))) if kind == "actual" else None,
        "now": NOW,
    }


@contextmanager
def two_schools() -> Iterator[Held]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        held = Held(path, *bare_store(f"sqlite:///{path}"))
        yield held
        held.engine.dispose()


def live(held: Held, step: dict[str, Any]) -> None:
    then, new = step.pop("then"), step.pop("new")
    line = held(add_line, source={}, **step)
    if then == "correct" and line.correctable:
        held(correct_line, line.id, new, NOW)
    elif then == "dispute":
        held(dispute_line, line.id, NOW, "I see it differently")
    elif then in ("done", "dropped") and line.kind == "action":
        held(finish_action, line.id, then, NOW, "because")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps(), max_size=8), st.lists(places(), max_size=3))
def test_any_record_is_the_same_in_an_empty_school(done: list[Any], went: list[Any]):
    with two_schools() as held:
        for step in done:
            live(held, step)
        for place in went:
            held(add_destination, **place)
        here = record(held)
        held.of_twin(take_passport, exported(held), ALL, LATER)
        assert record(held.of_twin) == here
        assert record(held) == here
        assert all(line.provenance == "import" for line in held.of_twin(lines_of))
        # And on to a third place it is still the same: back home nothing is new.
        assert held(compared, exported(held, twin=True)).count("same") == sum(map(len, here[::2]))


@pytest.mark.parametrize("kind", ["aspiration", "decision", "action", "barrier"])
def test_the_choice_is_the_yes_where_the_file_has_none(held: Held, kind: str):
    held.line(kind)
    found, school = held(passport_of)
    found["lines"][0]["confirmed_at"] = None
    passport = opened(packed(found, school, NOW, KEY))
    held.of_twin(take_passport, passport, ALL, LATER)
    assert held.of_twin(lines_of)[0].confirmed_at == LATER
