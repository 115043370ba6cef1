"""Lines: who may add, correct, end, dispute and take out what, and what is kept of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from bot.records.guidance.bodies import BodyWrong
from bot.records.guidance.lines import (
    CONFIRMED_KINDS,
    KINDS,
    NoLine,
    NoPupil,
    NotTheirs,
    RecordLineRow,
    Unconfirmed,
    add_line,
    correct_line,
    day_in_england,
    delete_line,
    dispute_line,
    finish_action,
    line_of,
    lines_of,
    reopen_action,
    versions_of,
    versions_of_pupil,
)
from bot.records.models import RecordLine
from tests.bot.records.guidance.conftest import BODIES, NOW, SEALING, Held

LATER = NOW + timedelta(days=1)


def versions(held: Held, line: RecordLineRow):
    with held.engine.begin() as connection:
        return versions_of(connection, SEALING, held.school, line.id)


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_comes_back_as_it_went_in(held: Held, kind: str):
    line = held.line(kind, due_on=date(2026, 12, 1), source={"conversation": "c", "seq": 3})
    assert line.body.fields() == BODIES[kind]
    assert (line.kind, line.pupil_id, line.happened_on) == (kind, held.pupil, date(2026, 11, 22))
    assert line.status == ("open" if kind == "action" else "standing")
    assert line.source == {"conversation": "c", "seq": 3}
    assert (line.confirmed_at is not None) == (kind not in ("advice", "information"))
    assert not line.corrected
    assert held(lines_of) == [line] == [held(line_of, line.id)]


def test_newest_first_by_the_day_that_it_happened(held: Held):
    days = [date(2026, 3, 1), date(2026, 9, 1), date(2025, 1, 1)]
    for day in days:
        held.line("note", happened_on=day)
    assert [row.happened_on for row in held(lines_of)] == sorted(days, reverse=True)


def test_chosen_by_kind_and_status(held: Held):
    note, action = held.line("note"), held.line("action")
    ended = held(finish_action, held.line("action").id, "done", NOW)
    assert held(lines_of, kinds=["note"]) == [note]
    assert held(lines_of, kinds=["action"], status="open") == [action]
    assert held(lines_of, status="done") == [ended]
    assert held(lines_of, kinds=[]) == []


def test_a_day_is_the_day_in_england():
    assert day_in_england(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert day_in_england(datetime(2026, 1, 1, 23, 30, tzinfo=UTC)) == date(2026, 1, 1)


@pytest.mark.parametrize("provenance", ["service", "adviser", "staff", "import"])
@pytest.mark.parametrize("kind", CONFIRMED_KINDS)
def test_what_a_pupil_decided_needs_that_pupils_yes(held: Held, kind: str, provenance: str):
    with pytest.raises(Unconfirmed):
        held.line(kind, provenance=provenance)
    if provenance != "import":
        with pytest.raises(Unconfirmed):
            held.line(kind, provenance=provenance, confirmed_at=NOW)
    with pytest.raises(Unconfirmed):
        held.line(kind, provenance=provenance, proposal_id="0" * 32)
    assert held(lines_of) == []


def test_an_imported_decision_has_the_moment_of_the_yes(held: Held):
    line = held.line("decision", provenance="import", confirmed_at=NOW)
    assert line.confirmed_at == NOW


@pytest.mark.parametrize("kind", CONFIRMED_KINDS)
def test_the_database_refuses_it_as_well(held: Held, kind: str):
    line = held.line(kind)
    with pytest.raises(IntegrityError), held.engine.begin() as connection:
        connection.execute(update(RecordLine).values(confirmed_at=None))
    with pytest.raises(IntegrityError), held.engine.begin() as connection:
        connection.execute(
            insert(RecordLine).values(
                id="f" * 32,
                school_id=held.school,
                pupil_id=held.pupil,
                kind=kind,
                status=line.status,
                body="x",
                happened_on=line.happened_on,
                provenance="service",
                source={},
                created_at=NOW,
                changed_at=NOW,
            )
        )


def test_advice_comes_from_an_adviser(held: Held):
    for provenance in ("pupil", "service", "staff"):
        with pytest.raises(NotTheirs):
            held.line("advice", provenance=provenance)
    assert held.line("advice", provenance="import").provenance == "import"


def test_no_line_without_a_pupil_or_with_a_wrong_body(held: Held):
    with held.engine.begin() as connection, pytest.raises(NoPupil):
        add_line(
            connection,
            SEALING,
            held.school,
            "0" * 32,
            kind="note",
            body=BODIES["note"],
            provenance="pupil",
            source={},
            now=NOW,
        )
    with pytest.raises(BodyWrong):
        held.line("note", body={"words": "x"})
    assert held(lines_of) == []


def test_correcting_keeps_the_old_text(held: Held):
    line = held.line("decision")
    first = held(correct_line, line.id, {"text": "Go to college"}, LATER)
    second = held(correct_line, line.id, {"text": "Go to work"}, LATER, due_on=date(2027, 1, 1))
    assert (second.body.text, second.due_on) == ("Go to work", date(2027, 1, 1))
    assert second.corrected
    assert (second.created_at, second.changed_at) == (NOW, LATER)
    kept = versions(held, line)
    assert [one.body for one in kept] == [first.body, line.body]
    assert {(one.changed_by, one.status, one.replaced_at) for one in kept} == {
        ("pupil", "standing", LATER)
    }
    assert held(versions_of_pupil) == {line.id: kept}
    # The same words again are no correction.
    assert held(correct_line, line.id, {"text": " Go to work "}, NOW) == second
    assert versions(held, line) == kept


def test_a_day_alone_is_changed_without_a_version(held: Held):
    line = held.line("experience")
    moved = held(correct_line, line.id, BODIES["experience"], LATER, happened_on=date(2026, 6, 1))
    assert moved.happened_on == date(2026, 6, 1)
    assert not moved.corrected


def test_a_wrong_correction_changes_nothing(held: Held):
    line = held.line("decision")
    for body in ({"text": ""}, {"words": "x"}):
        with pytest.raises(BodyWrong):
            held(correct_line, line.id, body, LATER)
    assert held(line_of, line.id) == line
    assert versions(held, line) == []


def test_what_others_said_is_not_the_pupils_to_rewrite(held: Held):
    said = [
        held.line("advice"),
        held.line("information"),
        held.line("note", provenance="staff"),
        held.line("skill", provenance="adviser"),
    ]
    for line in said:
        assert not line.correctable
        with pytest.raises(NotTheirs):
            held(correct_line, line.id, BODIES[line.kind] | {"text": "x"}, LATER)
    assert {row.id: row for row in held(lines_of)} == {line.id: line for line in said}


def test_staff_correct_what_staff_wrote_only(held: Held):
    advice = held.line("advice")
    body = BODIES["advice"] | {"text": "Compare three routes."}
    changed = held(correct_line, advice.id, body, LATER, by="staff")
    assert changed.body.text == "Compare three routes."
    assert versions(held, advice)[0].changed_by == "staff"
    for kind in ("decision", "note", "experience"):
        with pytest.raises(NotTheirs):
            held(correct_line, held.line(kind).id, BODIES[kind], LATER, by="staff")


def test_an_action_ends_once_and_opens_again(held: Held):
    line = held.line("action")
    ended = held(finish_action, line.id, "dropped", LATER, "Too far")
    assert (ended.status, ended.body.reason) == ("dropped", "Too far")
    assert held(finish_action, line.id, "done", LATER) == ended
    opened = held(reopen_action, line.id, LATER)
    assert (opened.status, opened.body) == ("open", line.body)
    assert [one.status for one in versions(held, line)] == ["dropped", "open"]
    assert held(reopen_action, line.id, LATER) == opened


def test_only_actions_end(held: Held):
    for kind in KINDS:
        if kind == "action":
            continue
        line = held.line(kind)
        with pytest.raises(NotTheirs):
            held(finish_action, line.id, "done", LATER)
        with pytest.raises(NotTheirs):
            held(reopen_action, line.id, LATER)
        with pytest.raises(IntegrityError), held.engine.begin() as connection:
            connection.execute(
                text("UPDATE record_lines SET status = 'done' WHERE id = :id"), {"id": line.id}
            )


def test_a_dispute_marks_the_line_and_keeps_the_pupils_view_beside_it(held: Held):
    line = held.line("advice")
    disputed = held(dispute_line, line.id, LATER, "That was not said.")
    assert disputed.disputed_at == LATER
    assert disputed.body == line.body
    (note,) = held(lines_of, kinds=["note"])
    assert note.body.text == "That was not said."
    assert (note.source, note.provenance) == ({"disputes": line.id}, "pupil")
    held(dispute_line, line.id, LATER, "  ")
    assert len(held(lines_of)) == 2


def test_a_line_is_taken_out_with_all_it_said(held: Held):
    line = held.line("decision")
    held(correct_line, line.id, {"text": "Other"}, LATER)
    assert held.unsealed(delete_line, line.id)
    assert not held.unsealed(delete_line, line.id)
    assert held(lines_of) == []
    with held.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM line_versions")).scalar_one() == 0
    with pytest.raises(NoLine):
        held(line_of, line.id)
    for other in (held.line("advice"), held.line("note", provenance="staff")):
        with pytest.raises(NotTheirs):
            held.unsealed(delete_line, other.id)


def test_no_line_no_change(held: Held):
    nowhere = "0" * 32
    for work, args in (
        (line_of, ()),
        (correct_line, ({"text": "x"}, NOW)),
        (finish_action, ("done", NOW)),
        (reopen_action, (NOW,)),
        (dispute_line, (NOW, "x")),
    ):
        with pytest.raises(NoLine):
            held(work, nowhere, *args)
    assert held(lines_of) == []


def test_words_are_in_no_repr(held: Held):
    assert "sixth form" not in repr(held.line("decision"))
