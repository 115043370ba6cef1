"""The leavers' folder: what is in it, and a CV in which nothing is invented."""

import csv
import io
import json
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.records.guidance.destinations import destinations_of
from bot.records.guidance.folder import (
    Folder,
    cv_pdf,
    cv_text,
    folder_of,
    folder_pdf,
    folder_zip,
)
from bot.records.guidance.lines import dispute_line, lines_of
from bot.records.guidance.proposals import confirm_proposal, propose
from bot.records.pupils import find_pupil
from tests.bot.records.guidance.conftest import ADVICE, BODIES, EXPERIENCE, NOW, Held
from tests.bot.records.guidance.full import fill


def folder(held: Held) -> Folder:
    return folder_of(held(find_pupil), "One", held(lines_of), held(destinations_of), NOW)


def read(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return text.replace("’", "'")


def test_everything_that_a_leaver_takes(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    text = read(folder_pdf(folder(held)))
    for said in (
        "Leavers' folder of Xanthippe Xanthippe",
        "Patience",
        "Time in a workplace, A vet's practice",
        "What I think of it",
        "Planned: Work, Xanthippe",
        ADVICE["adviser_name"],
        "CV draft",
    ):
        assert said in text, said
    assert "What makes it harder" not in text


def test_an_empty_record():
    assert "No skill is noted." in read(folder_pdf(bare()))
    assert "No skill is in your record yet." in cv_text(bare())


def bare() -> Folder:
    head = {"name": "Zebedee", "school": "One", "today": "2026-11-22", "left_on": None}
    lists = ("skills", "experiences", "aspirations", "decisions", "advice", "destinations")
    shown = {**head, **{name: [] for name in lists}}
    return Folder(NOW, shown, {**head, "aim": None, "skills": [], "experiences": []})


def test_the_zip(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    with zipfile.ZipFile(io.BytesIO(folder_zip(folder(held)))) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(found) == [
        "cv.pdf",
        "cv.txt",
        "experiences.csv",
        "folder.json",
        "leavers-folder.pdf",
    ]
    assert json.loads(found["folder.json"])["name"] == "Xanthippe Xanthippe"
    (row,) = csv.DictReader(io.StringIO(found["experiences.csv"].decode("utf-8-sig")))
    assert row["where"] == EXPERIENCE["where"]
    assert "A vet's practice" in read(found["cv.pdf"])


def test_a_cell_is_no_formula(held: Held):
    held.line("experience", body={**EXPERIENCE, "where": "=1+1"})
    with zipfile.ZipFile(io.BytesIO(folder_zip(folder(held)))) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("experiences.csv").decode("utf-8-sig")))
    assert row["where"] == "'=1+1"


# ---- the CV


@pytest.mark.parametrize("provenance", ["staff", "adviser", "service"])
def test_what_the_pupil_did_not_confirm_is_not_in_the_cv(held: Held, provenance: str):
    held.line("skill", provenance=provenance)
    held.line("experience", provenance=provenance)
    found = folder(held)
    assert (found.cv["skills"], found.cv["experiences"]) == ([], [])
    assert "Patience" in read(folder_pdf(found))


def test_what_was_confirmed_in_the_chat_is(held: Held):
    row = held(propose, kind="skill", body=BODIES["skill"], source={}, now=NOW)
    held(confirm_proposal, row.id, NOW)
    assert [one["name"] for one in folder(held).cv["skills"]] == ["Patience"]


def test_what_is_disputed_is_not(held: Held):
    line = held.line("skill")
    held(dispute_line, line.id, NOW)
    assert folder(held).cv["skills"] == []


def test_an_imported_line_is_if_it_was_the_pupils(held: Held):
    for was in ("pupil", "staff"):
        held.line("skill", provenance="import", confirmed_at=NOW, source={"was": was})
    assert len(folder(held).cv["skills"]) == 1


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


@settings(max_examples=50, deadline=None)
@given(words, words, words)
def test_nothing_is_invented(name: str, evidence: str, did: str):
    """Without the pupil's words the CV is the CV of an empty record, but for its headings."""
    found = bare()
    skill = {"kind": "skill", "on": "2026-11-22", "name": f"<{name}>", "evidence": f"<{evidence}>"}
    experience: dict[str, Any] = {"kind": "experience", "on": "2026-11-22", **EXPERIENCE}
    experience |= {"did": f"<{did}>", "learnt": "", "where": "", "when": ""}
    found.cv.update(skills=[skill], experiences=[experience])
    text = cv_text(found)
    for said in (name, evidence, did):
        assert f"<{said}>" in text
        text = text.replace(f"<{said}>", "", 1)
    text = text.replace("Time in a workplace, , 22 November 2026", "")
    empty = re.sub(r"\(No .*\)", "", cv_text(bare()))
    assert text.split() == empty.split()


def test_the_cv_says_what_the_pupil_said(held: Held):
    for kind in ("skill", "experience", "aspiration"):
        held.line(kind)
    text = read(cv_pdf(folder(held)))
    for said in ("Be a vet", "Held a nervous cat for ten minutes.", "Held the animals."):
        assert said in text
    assert EXPERIENCE["reflection"] not in text
