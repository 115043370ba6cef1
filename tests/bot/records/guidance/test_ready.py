"""Ready for my meeting: gathered by year group, noted, one page."""

import io
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.channels.web.record.expected import expected_in
from bot.records.guidance.destinations import add_destination, destinations_of
from bot.records.guidance.encounters import Expectation
from bot.records.guidance.lines import lines_of, versions_of
from bot.records.guidance.ready import (
    LONGEST_PART,
    STAGES,
    Ready,
    gathered,
    keep_notes,
    ready_pdf,
    stage_of,
)
from bot.records.pupils import find_pupil
from knowledge.wording import Wording
from tests.bot.records.guidance.conftest import NOW, SEALING, Held

TODAY = date(2026, 11, 22)
EXPECTED = [Expectation("employer", 10, 10, 1), Expectation("workplace", 7, 11, 2)]


def ready(held: Held, today: date = TODAY) -> Ready:
    pupil = held(find_pupil)
    return gathered(pupil, held(lines_of), held(destinations_of), EXPECTED, today)


def text_of(pdf: bytes) -> tuple[str, PdfReader]:
    reader = PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split()), reader


@pytest.mark.parametrize(
    ("year", "age"), [(7, 14), (9, 14), (10, 16), (11, 16), (12, 18), (13, 18), (14, None)]
)
def test_by_year_group(year: int, age: int | None):
    stage = stage_of(year)
    assert (stage.age if stage else None) == age


def test_what_it_gathers(held: Held):
    for kind in ("aspiration", "decision", "action", "experience", "skill", "barrier", "advice"):
        held.line(kind)
    held.line("decision", body={"text": "Chose art"}, happened_on=date(2026, 3, 1))  # in Year 9
    held.line("action", body={"text": "Ring the vet"}, due_on=TODAY - timedelta(days=1))
    found = ready(held)
    assert found.year_group == 10
    assert found.stage == STAGES[1]
    assert [line.body.text for line in found.decisions] == ["Stay for sixth form"]
    assert [line.body.text for line in found.actions] == ["Ring the vet", "Look at apprenticeships"]
    assert [(one.encounter, one.had, one.expected) for one in found.met] == [
        ("employer", 0, 1),
        ("workplace", 1, 2),
    ]
    assert len(found.experiences) == 1


def test_past_year_13_there_is_no_stage(held: Held):
    held.line("decision", happened_on=date(2024, 1, 1))
    found = ready(held, date(2031, 1, 1))
    assert found.stage is None
    assert len(found.decisions) == 1
    assert ready_pdf(found, name="Z", school="One")


def test_notes_are_kept_corrected_and_taken_out(held: Held):
    stage = STAGES[1]
    held(keep_notes, stage, {"talk": "Courses", "questions": ""}, NOW)
    (note,) = held(lines_of)
    assert (note.kind, note.body.text, note.provenance) == ("note", "Courses", "pupil")
    held(keep_notes, stage, {"talk": "Money", "questions": "How long?"}, NOW)
    assert ready(held).notes == {"talk": "Money", "questions": "How long?"}
    with held.engine.begin() as connection:
        before = versions_of(connection, SEALING, held.school, note.id)
    assert [one.body.text for one in before] == ["Courses"]
    # Those of another choice are others.
    held(keep_notes, STAGES[2], {"talk": "University"}, NOW)
    assert ready(held).notes["talk"] == "Money"
    held(keep_notes, stage, {"talk": " ", "questions": ""}, NOW)
    assert [line.body.text for line in held(lines_of)] == ["University"]
    with pytest.raises(ValueError, match="too long"):
        held(keep_notes, stage, {"talk": "x" * (LONGEST_PART + 1)}, NOW)


def test_one_tagged_page(held: Held):
    held.line("aspiration")
    held.line("action", due_on=date(2026, 12, 4))
    held.line("experience")
    held.line("decision")
    held(keep_notes, STAGES[1], {"talk": "The bus", "questions": "Who pays?"}, NOW)
    held(
        add_destination,
        kind="intended",
        category="apprenticeship",
        details={"place": "Vets4All"},
        year_group=10,
        reported_by="pupil",
        reported_on=TODAY,
        now=NOW,
    )
    text, reader = text_of(ready_pdf(ready(held), name="Zebedee Quillfeather", school="One"))
    for said in (
        "Ready for my meeting: Zebedee Quillfeather",
        "One, Year 10, 22 November 2026. Before the choices at 16.",
        "The bus",
        "Be a vet (22 November 2026)",
        "Apprenticeship, Vets4All",
        "Look at apprenticeships (by 4 December 2026), with the tutor",
        "Time in a workplace: 1 of 2 hoped for by the end of Year 11",
        "Stay for sixth form",
        "Who pays?",
    ):
        assert said in text, said
    assert len(reader.pages) == 1
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()


def test_the_fullest_record_is_one_page(held: Held):
    for _ in range(12):
        for kind in ("aspiration", "decision", "action", "experience"):
            body = {"text": "many words " * 150}
            more = {"body": body} if kind != "experience" else {}
            held.line(kind, due_on=date(2026, 12, 4), **more)
    notes = {"talk": ("many words " * 80)[:LONGEST_PART], "questions": "\n".join("abcdefgh" * 2)}
    held(keep_notes, STAGES[1], notes, NOW)
    found = ready(held)
    expected = expected_in(Wording.load(), 10)
    assert len(expected) == 3
    text, reader = text_of(ready_pdf(found, name="Z", school="One"))
    assert len(reader.pages) == 1
    assert "And 9 more in my record." in text


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_drawn(text: str):
    found = Ready(None, 14, TODAY, {"talk": text, "questions": text}, [], [], [], [], [])
    assert ready_pdf(found, name=text, school=text)
