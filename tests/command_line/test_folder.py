"""`folder`: files in and out of a pupil's folder, with the name of whoever looked for the pupil."""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from sqlalchemy import Engine, select

from bot.command_line.folder import PDF, ROLES, ZIP, folder
from bot.command_line.roster import roster
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.guidance.attachments import attachments_of
from bot.records.guidance.views import RecordViewRow, purposes, views_of
from bot.records.models import Pupil, RecordView
from bot.records.pupils import PupilDetails, add_pupil, find_by_upn
from bot.records.schools import keep_school
from bot.records.store import open_engine, writing
from tests.bot.identity.roster.exports import export, person, upn
from tests.bot.records.guidance.conftest import NOW
from tests.bot.records.guidance.files import EVERY, SECRET, jpeg, pdf, png

WHO = ("--actor", "Quorra Plinth", "--purpose", "files")
PUPIL = ("--pupil", upn(1))


class Desk:
    """A school with a roster, and the command run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        export_file = folder / "roster.csv"
        export_file.write_bytes(export([person(n, year="11") for n in (1, 2)]))
        wanted = ["import", str(export_file), "--yes", "--on", "2026-11-22", "--hold", "upn"]
        done = CliRunner().invoke(roster, wanted)
        assert done.exit_code == 0, done.output
        self.sealing = sealing_of(load_or_make(self.data / "secrets"))

    def __call__(self, *arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(folder, arguments, prog_name="folder")
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        assert SECRET.decode() not in found.output
        return found

    def add(self, content: bytes, *more: str, code: int = 0, name: str = "scan.pdf") -> Result:
        file = self.folder / name
        file.write_bytes(content)
        told = ("--kind", "certificate", "--title", "First aid", "--actor", "Quorra Plinth")
        return self(
            "add", str(file), *(PUPIL if "--pupil" not in more else ()), *told, *more, code=code
        )

    def engine(self) -> Engine:
        return writing(open_engine(f"sqlite:///{self.data / 'signpost.sqlite3'}"))

    def ask(self, work: Any, number: int = 1) -> Any:
        engine = self.engine()
        with engine.begin() as connection:
            pupil = find_by_upn(connection, self.sealing, 1, upn(number))
            assert pupil is not None
            found = work(connection, self.sealing, 1, pupil.id)
        engine.dispose()
        return found

    def views(self, number: int = 1) -> list[RecordViewRow]:
        return self.ask(views_of, number)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")
    return Desk(tmp_path)


@pytest.mark.parametrize("media_type", EVERY)
def test_added_under_a_cleaned_name(desk: Desk, media_type: str):
    done = desk.add(
        EVERY[media_type], "--given-by", "An exam board", "--dated", "2026-07-01", name="My: scan"
    )
    said = r"Added for T\. Exampletonb: certificate, (PDF|PNG|JPEG), 1 KB, .*\. The pupil sees it\."
    assert re.fullmatch(said, done.output.strip()), done.output
    (row,) = desk.ask(attachments_of)
    told = row.details
    assert told.file_name.startswith("My scan.")
    assert (told.given_by, told.added_by) == ("An exam board", "Quorra Plinth")
    assert desk.ask(attachments_of, 2) == []


def test_by_the_rosters_id_too(desk: Desk):
    engine = desk.engine()
    with engine.begin() as connection:
        pupils = list(connection.execute(select(Pupil.id)).scalars())
    engine.dispose()
    for number, pupil in enumerate(pupils):
        desk.add(pdf(), "--pupil", pupil)
        assert len(desk.ask(attachments_of, 1) + desk.ask(attachments_of, 2)) == number + 1


@pytest.mark.parametrize("said", ["A000000000000", "f" * 32, "Exampleton", "%", ""])
def test_nobody_is_nobody_and_is_not_repeated(desk: Desk, said: str):
    done = desk.add(pdf(), "--pupil", said, code=1)
    assert done.stderr == "Error: No pupil of this school has that UPN or id.\n"
    for command in (
        ["list"],
        ["remove", "f" * 32, "--yes"],
        ["make", "--to", str(desk.folder / "o")],
    ):
        done = desk(*command, "--pupil", said, *WHO, code=1)
        assert done.stderr == "Error: No pupil of this school has that UPN or id.\n"
    assert not (desk.folder / "o").exists()


def test_a_pupil_of_another_school_is_nobody(desk: Desk):
    engine = desk.engine()
    with engine.begin() as connection:
        school = keep_school(connection, "other", "Other", NOW)
        details = PupilDetails("Ann", "Quillfeather", upn=upn(9))
        pupil = add_pupil(connection, desk.sealing, school, details, 2023, "10B", NOW)
    engine.dispose()
    for said in (upn(9), pupil):
        assert "No pupil of this school" in desk("list", "--pupil", said, *WHO, code=1).stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"GIF89a", "The file is not a PDF, a JPEG or a PNG, whatever its name says."),
        (png()[:-4], "The end of the file is missing. Scan or copy it once more."),
        (png() + b"\0" * 2**20, "The file is larger than 1 MB."),
    ],
)
def test_refused_with_the_reason(desk: Desk, content: bytes, sentence: str):
    desk("limits", "--largest", "1")
    assert desk.add(content, code=1).stderr.startswith(f"Error: {sentence}")
    assert desk.ask(attachments_of) == []


def test_twice_too_many_and_what_cannot_be(desk: Desk):
    assert "most 20 files" in desk("limits").output
    assert desk("limits", "--most", "2").output == (
        "A file: at most 5 MB. A pupil: at most 2 files.\n"
    )
    desk.add(pdf())
    assert "this very file already" in desk.add(pdf(), code=1).stderr
    assert "--title" in desk.add(png(), "--title", " ", code=1).stderr
    assert "--dated" in desk.add(png(), "--dated", "2999-01-01", code=1).stderr
    desk.add(png())
    assert "has 2 files already" in desk.add(jpeg(), code=1).stderr
    assert "No such file" in desk("add", str(desk.folder / "none.pdf"), *PUPIL, "--kind", "other",
                                  "--title", "x", "--actor", "x", code=1).stderr  # fmt: skip


# ---- who looked


def test_nobody_looks_without_a_name_and_a_reason(desk: Desk):
    desk.add(pdf())
    where = desk.folder / "out"
    for command in (["list"], ["remove", "f" * 32, "--yes"], ["make", "--to", str(where)]):
        for given in ((), WHO[:2], WHO[2:], ("--actor", " ", *WHO[2:])):
            done = desk(*command, *PUPIL, *given, code=1)
            assert "Error: Say who you are and why: add --" in done.stderr
            assert "First aid" not in done.output
        done = desk(*command, *PUPIL, *WHO[:2], "--purpose", "Ann's mother rang", code=2)
        assert "is not one of 'leaving'" in done.stderr
    file = desk.folder / "scan.pdf"
    told = ("--kind", "other", "--title", "x")
    assert "add --actor" in desk("add", str(file), *PUPIL, *told, code=1).stderr
    assert desk.views() == []
    assert not where.exists()


def test_every_look_is_shown_to_the_pupil(desk: Desk):
    desk.add(pdf())
    assert desk.views() == []  # nothing was shown
    (row,) = desk.ask(attachments_of)
    listed = desk("list", *PUPIL, *WHO).output
    assert row.id in listed
    assert "First aid, added by Quorra Plinth" in listed
    desk("make", *PUPIL, "--to", str(desk.folder / "out"), *WHO, "--role", "careers leader")
    desk("remove", row.id, *PUPIL, "--actor", "A Head", "--purpose", "asked", "--yes")
    assert [(one.name, one.role, one.purpose) for one in desk.views()] == [
        ("A Head", "careers staff", purposes()["asked"]),
        ("Quorra Plinth", "careers leader", purposes()["files"]),
        ("Quorra Plinth", "careers staff", purposes()["files"]),
    ]
    assert desk.views(2) == []
    assert ROLES[0] == "careers staff"
    assert max(map(len, purposes().values())) <= RecordView.__table__.c.purpose.type.length


# ---- out


def test_removed_after_a_yes_only(desk: Desk):
    desk.add(pdf())
    (row,) = desk.ask(attachments_of)
    done = desk("remove", row.id, *PUPIL, *WHO)
    assert done.stdout.endswith("Nothing was removed.\n")
    assert done.stderr == "Add --yes to remove it.\n"
    assert desk.ask(attachments_of) == [row]
    other = desk("remove", row.id, "--pupil", upn(2), *WHO, "--yes", code=1)
    assert "has no file with that id" in other.stderr
    assert desk("remove", row.id, *PUPIL, *WHO, "--yes").output.endswith("Removed.\n")
    assert desk.ask(attachments_of) == []
    assert row.id.encode() not in (desk.data / "signpost.sqlite3").read_bytes()


def test_the_whole_folder_for_its_owner_only(desk: Desk):
    desk.add(pdf())
    desk.add(jpeg(), "--kind", "reference", name="Ann's reference.jpeg")
    where = desk.folder / "new" / "out"
    done = desk("make", *PUPIL, "--to", str(where), *WHO)
    assert done.output.endswith(f"{PDF} and {ZIP}.\n")
    assert stat.S_IMODE(where.stat().st_mode) == 0o700
    assert sorted(path.name for path in where.iterdir()) == [PDF, ZIP]
    for path in where.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(where / ZIP) as archive:
        assert archive.testzip() is None
        assert archive.read("certificates/scan.pdf") == pdf()
        assert archive.read("references/Ann's reference.jpg") == jpeg()
    text = " ".join(page.extract_text() for page in PdfReader(where / PDF).pages)
    assert "Certificate: First aid" in " ".join(text.split())
    before = {path: path.read_bytes() for path in where.iterdir()}
    looks = len(desk.views())
    refused = desk("make", *PUPIL, "--to", str(where), *WHO, code=1)
    assert refused.stderr == f"Error: {PDF} is there already. Name another folder.\n"
    assert {path: path.read_bytes() for path in where.iterdir()} == before
    assert len(desk.views()) == looks


def test_other_keys_open_nothing_and_say_so(desk: Desk):
    desk.add(pdf())
    (desk.data / "secrets" / "record-keys").unlink()
    done = desk("list", *PUPIL, *WHO, code=1)
    assert done.stderr.count("\n") == 1
    assert "First aid" not in done.output
