"""The leavers' folder: what is in it, and a CV in which nothing is invented."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.records.guidance.attachments import (
    NoAttachment,
    add_attachment,
    remove_attachment,
)
from bot.records.guidance.folder import (
    Folder,
    cv_pdf,
    cv_text,
    find_folder,
    folder_files,
    folder_pdf,
    folder_zip,
)
from bot.records.guidance.lines import add_line, dispute_line
from bot.records.guidance.proposals import confirm_proposal, propose
from tests.bot.records.guidance.conftest import ADVICE, BODIES, EXPERIENCE, NOW, SEALING, Held
from tests.bot.records.guidance.files import jpeg, pdf, png
from tests.bot.records.guidance.full import fill


def folder(held: Held) -> Folder:
    found = held(find_folder, NOW)
    assert found is not None
    return found


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


def test_an_experience_without_words_for_its_time_has_its_day(held: Held):
    told = {name: text for name, text in EXPERIENCE.items() if name not in ("when", "reflection")}
    held(
        add_line,
        kind="experience",
        body=told,
        provenance="pupil",
        source={},
        happened_on=date(2026, 6, 1),
        now=NOW,
    )
    assert "A vet's practice, 1 June 2026" in cv_text(folder(held))
    assert "A vet's practice, 1 June 2026" in read(cv_pdf(folder(held)))
    assert "cv.txt" in with_files(held)


def bare() -> Folder:
    head = {"name": "Zebedee", "school": "One", "today": "2026-11-22", "left_on": None}
    lists = ("skills", "experiences", "aspirations", "decisions", "advice", "destinations", "files")
    shown = {**head, **{name: [] for name in lists}}
    return Folder(NOW, shown, {**head, "aim": None, "skills": [], "experiences": []})


def opened(content: bytes) -> dict[str, bytes]:
    """What is in a ZIP, by name; two of one name would be one too few."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
        assert len(found) == len(archive.namelist())
    return found


def with_files(held: Held) -> dict[str, bytes]:
    found = folder(held)
    return opened(folder_zip(found, held(lambda *whose: list(folder_files(*whose, found)))))


def test_the_zip(held: Held):
    held(fill, "Xanthippe", "wants to count narwhals")
    found = with_files(held)
    assert sorted(found) == [
        "cv.pdf",
        "cv.txt",
        "experiences.csv",
        "folder.json",
        "leavers-folder.pdf",
        "references/Xanthippe.pdf",
    ]
    assert json.loads(found["folder.json"])["name"] == "Xanthippe Xanthippe"
    (row,) = csv.DictReader(io.StringIO(found["experiences.csv"].decode("utf-8-sig")))
    assert row["where"] == EXPERIENCE["where"]
    assert "A vet's practice" in read(found["cv.pdf"])


def test_files_have_names_of_their_own_and_are_what_they_were(held: Held):
    files = (
        ("certificate", "Scan.pdf", pdf(b"1")),
        ("certificate", "../scan.PDF", pdf(b"2")),
        ("reference", "Scan.pdf", jpeg()),
        ("other", "cv.pdf", png()),
    )
    for number, (kind, name, content) in enumerate(files):
        told = {"kind": kind, "title": f"Paper {number}", "file_name": name, "content": content}
        at = NOW + timedelta(days=number)
        held(add_attachment, **told, given_by="Quorra Plinth", dated=date(2026, 7, 1), now=at)
    found = with_files(held)
    assert {name: content for name, content in found.items() if "/" in name} == {
        "certificates/Scan.pdf": files[0][2],
        "certificates/scan (2).pdf": files[1][2],
        "references/Scan.jpg": files[2][2],
        "other-files/cv.png": files[3][2],
    }
    listed = json.loads(found["folder.json"])["files"]
    assert [one["title"] for one in listed] == ["Paper 3", "Paper 2", "Paper 1", "Paper 0"]
    for one in listed:
        assert hashlib.sha256(found[one["path"]]).hexdigest() == one["sha256"]
    text = read(found["leavers-folder.pdf"])
    assert (
        "Certificate: Paper 1, from Quorra Plinth, 1 July 2026 (certificates/scan (2).pdf)" in text
    )
    assert "Certificates and references" not in read(folder_pdf(bare()))


def test_a_file_that_has_gone_meanwhile_is_not_passed_over(held: Held):
    row = held(add_attachment, content=pdf(), kind="other", title="A", file_name="a.pdf", now=NOW)
    found = folder(held)
    held.unsealed(remove_attachment, row.id)
    with pytest.raises(NoAttachment):
        held(lambda *whose: list(folder_files(*whose, found)))


def test_nobody_has_no_folder(held: Held):
    with held.engine.begin() as connection:
        assert find_folder(connection, SEALING, held.school, held.twin, NOW) is None


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
