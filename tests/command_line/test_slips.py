"""`./signpost slips`: codes on paper and nowhere else."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from sqlalchemy import Engine, select

from bot.command_line import slips as module
from bot.command_line.slips import pdf, slips
from bot.identity.codes import ALPHABET, as_issued, spend_code
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.migrate import upgrade
from bot.records.models import SignInCode
from bot.records.pupils import PupilDetails, PupilRow, add_pupil, leave_pupil
from bot.records.schools import keep_school
from bot.records.store import open_engine, writing

CODE = re.compile(f"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}")


class School:
    """A school in a store of its own: two tutor groups, and a pupil who has left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        url = f"sqlite:///{folder / 'signpost.sqlite3'}"
        upgrade(url)
        self.engine: Engine = writing(open_engine(url))
        self.sealing = sealing_of(load_or_make(folder / "secrets"))
        self.now = datetime.now(UTC)
        year = self.now.year if self.now.month >= 9 else self.now.year - 1
        with self.engine.begin() as connection:
            self.id = keep_school(connection, "default", "St Test's", self.now)
        self.ada = self.add("Ada", "Zebrowski", year - 3, "10A")
        self.ben = self.add("Ben", "Abbot", year - 3, "10A")
        self.cy = self.add("Cy", "Moss", year - 3, "10B")
        self.older = self.add("Dee", "Moss", year - 4, "10A")
        gone = self.add("Eve", "Moss", year - 3, "10A")
        self.add("Fay", "Moss", year - 7, "10A")  # past Year 13
        with self.engine.begin() as connection:
            today = self.now.date()
            leave_pupil(connection, self.sealing, self.id, gone, today, self.now)

    def add(self, given: str, family: str, year_7_in: int, group: str) -> str:
        details = PupilDetails(given, family)
        with self.engine.begin() as connection:
            return add_pupil(connection, self.sealing, self.id, details, year_7_in, group, self.now)

    def spend(self, code: str) -> str | None:
        with self.engine.begin() as connection:
            return spend_code(connection, self.sealing, self.id, code, self.now)

    def standing(self) -> int:
        with self.engine.begin() as connection:
            chosen = select(SignInCode.id).where(SignInCode.revoked_at.is_(None))
            return len(connection.execute(chosen).all())

    def run(self, *arguments: str, **environment: str) -> Result:
        values = {
            "SIGNPOST_DATA_DIR": str(self.folder),
            "SIGNPOST_SCHOOL_NAME": "St Test's",
            "SIGNPOST_PUBLIC_URL": "https://careers.school.example",
        }
        return CliRunner().invoke(slips, arguments, env=values | environment)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    found = School(tmp_path / "data")
    yield found
    found.engine.dispose()


def words(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_each_pupil_of_the_group_gets_a_slip(school: School, tmp_path: Path):
    file = tmp_path / "10A.pdf"
    done = school.run(str(file), "--tutor-group", "10A", "--year", "10")
    assert (done.exit_code, done.stdout) == (0, "2 slips written to 10A.pdf.\n")
    told = words(file)
    codes = CODE.findall(told)
    assert [school.spend(code) for code in codes] == [school.ben, school.ada]
    assert told.index("Ben A.") < told.index("Ada Z.")
    for said in (
        "careers.school.example/sign-in",
        "Signing in keeps a record of your careers guidance",
        "Only you and the school's careers staff can see it",
    ):
        assert told.replace("’", "'").count(said) == 2
    for name in ("Zebrowski", "Abbot", "Cy", "Eve", "Fay"):
        assert name not in told
    # On the terminal stands no code and no name, and only the owner may read the file.
    assert not CODE.search(done.output)
    assert "Ada" not in done.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_without_a_year_it_is_the_whole_group(school: School, tmp_path: Path):
    file = tmp_path / "all.pdf"
    done = school.run(str(file), "--tutor-group", "10A")
    assert done.stdout == "3 slips written to all.pdf.\n"
    spent = {school.spend(code) for code in CODE.findall(words(file))}
    assert spent == {school.ada, school.ben, school.older}


def test_new_slips_make_the_old_ones_worthless(school: School, tmp_path: Path):
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    for file in (first, second):
        school.run(str(file), "--tutor-group", "10B")
    old, new = (CODE.findall(words(file))[0] for file in (first, second))
    assert school.spend(old) is None
    assert school.spend(new) == school.cy


def test_no_code_is_in_the_data_folder(school: School, tmp_path: Path):
    file = tmp_path / "10A.pdf"
    school.run(str(file), "--tutor-group", "10A")
    stored = b"".join(path.read_bytes() for path in school.folder.rglob("*") if path.is_file())
    for code in CODE.findall(words(file)):
        plain = as_issued(code)
        assert plain is not None
        assert code.encode() not in stored
        assert plain.encode() not in stored
    assert b"Zebrowski" not in stored


def test_a_group_that_there_is_not(school: School, tmp_path: Path):
    file = tmp_path / "x.pdf"
    done = school.run(str(file), "--tutor-group", "10Z", "--year", "10")
    assert done.exit_code == 1
    assert done.stderr == (
        "Error: There is no pupil in tutor group 10Z in Year 10. No code was changed.\n"
    )
    assert not file.exists()


def test_a_file_that_is_there_stays(school: School, tmp_path: Path):
    file = tmp_path / "x.pdf"
    file.write_text("mine")
    done = school.run(str(file), "--tutor-group", "10A")
    assert (done.exit_code, file.read_text()) == (1, "mine")
    assert "x.pdf is there already." in done.stderr
    assert school.standing() == 0


def test_a_file_that_cannot_be_written_changes_no_code(school: School, tmp_path: Path):
    done = school.run(str(tmp_path / "nowhere" / "x.pdf"), "--tutor-group", "10A")
    assert done.exit_code == 1
    assert "x.pdf cannot be written: No such file or directory." in done.stderr
    assert "No code was changed." in done.stderr
    assert school.standing() == 0


def test_a_store_that_stays_locked_changes_no_code(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "WAIT_S", 0.3)
    with school.engine.begin():
        done = school.run(str(tmp_path / "x.pdf"), "--tutor-group", "10A")
    assert done.exit_code == 1
    assert "The store could not be used. No code was changed." in done.stderr
    assert list(tmp_path.glob("*.pdf")) == []


def test_without_an_address_it_says_so(school: School, tmp_path: Path):
    file = tmp_path / "x.pdf"
    done = school.run(str(file), "--tutor-group", "10B", SIGNPOST_PUBLIC_URL="")
    assert "SIGNPOST_PUBLIC_URL is not set" in done.stderr
    assert "127.0.0.1:8080/sign-in" in words(file)


def test_names_are_text_whatever_is_in_them():
    names = ("Seán #let", "*Bo* $x$", "@Ann <b>", "O'Neil \\", "Zoë [x]", "Łucja")
    rows = [
        PupilRow(str(n), 1, PupilDetails(name, "ödön"), 2023, "10A", None, datetime.now(UTC))
        for n, name in enumerate(names * 5)
    ]
    made = pdf(
        rows,
        {row.id: "22222-33333" for row in rows},
        group="10#A",
        school="S & C",
        address="https://a.example/sign-in",
    )
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) == 3
    told = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for name in names:
        assert told.count(f"{name} Ö.") == 5
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("en")
    assert reader.metadata.title == "Sign-in slips: 10#A, S & C"
