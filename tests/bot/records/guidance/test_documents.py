"""The record as a PDF: its text, its tags, its language."""

import io
import traceback
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.records.guidance.bodies import Figure
from bot.records.guidance.bundle import bundle_of
from bot.records.guidance.destinations import ACTUAL, INTENDED
from bot.records.guidance.documents import NotDrawn, record_pdf
from bot.records.guidance.labels import labels
from bot.records.guidance.lines import correct_line, dispute_line, finish_action
from bot.records.models import MEETING_KINDS, MEETING_STATES
from tests.bot.records.guidance.conftest import BODIES, NOW, Held
from tests.bot.records.guidance.full import fill
from tests.bot.records.guidance.full_of_advisers import PRIVATE

BARE = {
    "school": {"name": "One"},
    "pupil": {"given_name": "Zebedee", "family_name": "Quillfeather"},
    "made_at": "2026-11-22T09:00:00+00:00",
    "lines": [],
    "destinations": [],
    "attachments": [],
    "meetings": [],
    "views": [],
}
NOTE = {
    "kind": "note",
    "status": "standing",
    "happened_on": "2026-11-22",
    "due_on": None,
    "provenance": "pupil",
    "confirmed_at": None,
    "disputed_at": None,
    "changed_at": "2026-11-22T09:00:00+00:00",
    "earlier": [],
}


def read(pdf: bytes) -> tuple[str, PdfReader]:
    reader = PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split()), reader


def with_note(text: str) -> bytes:
    return record_pdf({**BARE, "lines": [{**NOTE, "body": {"text": text}}]})


def test_text_tags_and_language(held: Held):
    lines = {kind: held.line(kind, due_on=date(2026, 12, 4)) for kind in BODIES}
    held(correct_line, lines["decision"].id, {"text": "Go to college"}, NOW)
    held(dispute_line, lines["advice"].id, NOW, "It was not like that")
    text, reader = read(record_pdf(held(bundle_of, NOW)))
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert reader.metadata.title == "Guidance record of Zebedee Quillfeather"
    for said in (
        "Look at apprenticeships (by 4 December 2026)",
        "Typical pay: £38,064 a year (2024). Source: ONS",
        "Quorra Plinth, Level 6 Diploma in Career Guidance (Level 6)",
        "Time in a workplace, A vet's practice",
        "What you learnt: Calm helps.",
        "You see this differently (since 22 November 2026)",
        "Go to college",
        "Changed on 22 November 2026",
        "Nobody but you has looked at it.",
    ):
        assert said.replace("'", "’") in text.replace("'", "’")


def test_everything_that_can_be_held(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    held(finish_action, held.line("action").id, "done", NOW)
    text, _ = read(record_pdf(held(bundle_of, NOW)))
    assert "Xanthippe" in text
    assert "Quorra Plinth, adviser (meeting)" in text
    assert "Done" in text


def meeting_in(bundle: dict[str, Any]) -> dict[str, Any]:
    (meeting,) = bundle["meetings"]
    return meeting


def test_meetings_with_their_plans(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    bundle = held(bundle_of, NOW)
    text, reader = read(record_pdf(bundle))
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    for said in (
        "Meetings with a careers adviser",
        "Guidance meeting, 22 November 2026, 09:00 to 09:35",
        "Held, and signed off",
        "What you want to talk about: wants to count narwhals",
        "What you agreed to talk about: Xanthippe: wants to count narwhals",
        "Advice: See one at work.",
        "Ways on that you looked at: Sixth form; Apprenticeship",
        "Why not all ways on: The rest another time.",
        "Xanthippe: wants to count narwhals (you, by 4 December 2026)",
        "Ask a practice (the adviser)",
        "Your comment: Xanthippe: wants to count narwhals",
        "Shared with: Xanthippe’s tutor",
        "We look at it again on: 20 January 2027",
        "You agreed to it on: 22 November 2026",
        "Signed off: 22 November 2026, 35 minutes, by an adviser of Level 6",
    ):
        assert said in text.replace("'", "’"), said
    assert PRIVATE not in text
    unwritten = {**bundle["meetings"][0]["plan"], "says": None}
    text, _ = read(record_pdf({**bundle, "meetings": [{**meeting_in(bundle), "plan": unwritten}]}))
    assert "The action plan is still being written." in text
    # In summer, clocks show an hour more.
    moved = {"begins_at": "2027-06-01T09:00:00+00:00", "ends_at": "2027-06-01T09:35:00+00:00"}
    text, _ = read(
        record_pdf({**bundle, "meetings": [{**meeting_in(bundle), **moved, "plan": None}]})
    )
    assert "1 June 2027, 10:00 to 10:35" in text


@pytest.mark.parametrize("state", MEETING_STATES)
@pytest.mark.parametrize("kind", MEETING_KINDS)
def test_every_state_of_a_meeting_has_words(state: str, kind: str):
    words = labels()["meetings"]
    assert words["kinds"][kind] and words["states"][state]


def test_every_category_has_words():
    for category in {*INTENDED, *ACTUAL}:
        label = labels()["destinations"][category]["label"]
        one = {
            "kind": "intended",
            "category": category,
            "details": {},
            "reported_on": "2026-11-22",
        }
        text = read(record_pdf({**BARE, "destinations": [one]}))[0]
        assert f"{label} (22 November 2026)" in text


def test_an_empty_record():
    assert "There is nothing in it yet." in read(record_pdf(BARE))[0]


def test_what_no_font_shows_costs_the_standard_not_the_tags():
    text, reader = read(with_note("vet \N{CAT FACE} helper"))
    assert "helper" in text
    assert "/StructTreeRoot" in reader.trailer["/Root"]


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_drawn(text: str):
    assert with_note(text)


@pytest.mark.parametrize("text", ["*bold* #panic()", "= no heading", "$x$ @ref <a> \\ //"])
def test_text_is_not_markup(text: str):
    assert text in read(with_note(text))[0]


def test_what_breaks_is_told_without_the_text():
    with pytest.raises(NotDrawn) as found:
        record_pdf({**BARE, "lines": [{**NOTE, "kind": "zebracrossing", "body": {}}]})
    told = "".join(traceback.TracebackException.from_exception(found.value).format_exception_only())
    assert "zebracrossing" not in told
    assert found.value.__context__ is None


@pytest.mark.parametrize(
    ("value", "unit", "amount"),
    [
        (38064, "£ a year", "£38,064 a year"),
        ("£38,064", "a year", "£38,064 a year"),
        (41.5, "hours", "41.5 hours"),
    ],
)
def test_amounts(value: float | str, unit: str, amount: str):
    figure = Figure(label="l", value=value, unit=unit, year=2024, publisher="p")
    assert figure.amount == amount
