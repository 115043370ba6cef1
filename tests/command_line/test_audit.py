"""`audit`: whole or not, what was done, and every command that touches a record writes it down."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.command_line.school_store import school_store
from bot.records.audit.chain import verify
from bot.records.audit.search import AuditRow, search
from bot.records.conversations import add_conversation
from bot.records.guidance.erasure import erase_pupil
from bot.records.pupils import find_by_upn, list_pupils, update_pupils
from bot.records.retention import clocks_of
from tests.bot.identity.roster.exports import export, person, upn
from tests.bot.records.guidance.files import pdf

Run = Callable[..., Result]
ON = ("--on", "2026-11-22")
WHO = ("--actor", "Quorra Plinth", "--purpose", "files")
PUPIL = ("--pupil", upn(1))
SECRET = "quill~feather.Secret"
TENANT = "0F8FAD5B-D9CB-469F-A165-70867728950E"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")
    monkeypatch.setenv("SIGNPOST_PUBLIC_URL", "https://careers.school.example")
    # What a name of the machine would be.
    monkeypatch.setenv("LOGNAME", "frontoffice")

    def call(*arguments: str, code: int = 0, typed: str | None = None) -> Result:
        found = CliRunner().invoke(cli, arguments, prog_name="signpost", input=typed)
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    return call


@pytest.fixture
def enrolled(run: Run, tmp_path: Path) -> Run:
    file = tmp_path / "roster.csv"
    file.write_bytes(export([person(n, year="11") for n in (1, 2)]))
    run("roster", "import", str(file), "--yes", *ON, "--hold", "upn,tutor_group")
    return run


def rows() -> list[AuditRow]:
    """All rows, oldest first; the chain is whole."""
    with school_store() as school:
        assert school.read(verify, school.id, school.sealing) == []
        return [*reversed(school.read(search, school.sealing, school.id).rows)]


def said() -> list[str]:
    return [row.action for row in rows()]


def meddle(tmp_path: Path, statement: str) -> None:
    with closing(sqlite3.connect(tmp_path / "data" / "signpost.sqlite3")) as file, file:
        for what in ("update", "delete"):
            file.execute(f"DROP TRIGGER IF EXISTS audit_events_no_{what}")
        file.execute(statement)


# ---- every command that reads or changes a record


def test_the_roster(enrolled: Run, tmp_path: Path):
    (row,) = rows()
    assert (row.action, row.actor_kind, row.actor_name) == (
        *("roster applied", "operator"),
        "frontoffice",
    )
    assert row.after is not None
    assert (row.after["added"], row.after["left"]) == (2, 0)
    assert "upn" in row.after["held"]
    file = str(tmp_path / "roster.csv")
    assert "Nothing to write" in enrolled("roster", "import", file, "--yes", *ON).output
    assert len(rows()) == 1


def test_a_pupils_folder(enrolled: Run, tmp_path: Path):
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf())
    told = ("--kind", "certificate", "--title", "First aid", "--actor", "Quorra Plinth")
    enrolled("folder", "add", str(file), *PUPIL, *told)
    listed = enrolled("folder", "list", *PUPIL, *WHO).output
    attachment = listed.split("\n")[1].split()[0]
    enrolled("folder", "make", *PUPIL, "--to", str(tmp_path / "out"), *WHO)
    enrolled("folder", "remove", attachment, *PUPIL, *WHO, "--yes")
    enrolled("folder", "limits", "--most", "3")
    enrolled("folder", "limits")
    found = rows()[1:]
    assert [row.action for row in found] == [
        *("file added", "record viewed", "record viewed", "record viewed", "file removed"),
        "setting changed",
    ]
    with school_store() as school:
        pupil = school.read(find_by_upn, school.sealing, school.id, upn(1))
    assert pupil is not None
    for row in found[:-1]:
        assert (row.object_kind, row.object_id) == ("pupil", pupil.id)
        assert (row.actor_kind, row.actor_name) == ("operator", "Quorra Plinth")
    assert found[0].after == {"file": attachment, "kind": "certificate"} == found[4].after
    assert found[1].purpose and found[1].after == {"role": "careers staff"}
    assert found[5].after is not None and found[5].after["most_files"] == 3
    for row in found:
        assert "First aid" not in f"{row.before} {row.after} {row.purpose}"


def test_codes_and_ways_to_sign_in(enrolled: Run, tmp_path: Path):
    with school_store() as school:
        pupils = school.read(list_pupils, school.sealing, school.id)
    group = pupils[0].tutor_group or ""
    enrolled("slips", str(tmp_path / "slips.pdf"), "--tutor-group", group)
    enrolled("sign-in", "microsoft", "--tenant", TENANT, "--client-id", "an-id", typed=SECRET)
    enrolled("sign-in", "show")
    enrolled("sign-in", "off", "microsoft")
    enrolled("sign-in", "off", "microsoft")
    codes, *ways = rows()[1:]
    assert (codes.action, codes.object_id, codes.after) == ("codes issued", group, {"pupils": 2})
    assert [(row.action, row.object_id) for row in ways] == [
        ("sign-in set up", "microsoft"),
        ("sign-in turned off", "microsoft"),
    ]


def test_careers_records_and_destinations(enrolled: Run, tmp_path: Path):
    records = tmp_path / "records.csv"
    records.write_text(
        f"UPN,Type,Activity,Organisation,Date\n{upn(1)},Employer talk,Welding,Kelp,01/10/2026\n"
    )
    places = tmp_path / "places.csv"
    places.write_text(f"UPN,Kind,Destination,Date\n{upn(1)},Intended,Apprenticeship,01/10/2026\n")
    enrolled("compass", "import", str(records), "--yes", *ON)
    enrolled("compass", "export", str(tmp_path / "out.csv"), "--actor", "Quorra Plinth")
    enrolled("destinations", "import", str(places), "--yes", *ON)
    enrolled("destinations", "export", str(tmp_path / "to.csv"), "--actor", "Quorra Plinth")
    enrolled("destinations", "missing", "--year", "11", *ON)
    enrolled("destinations", "missing", "--year", "11", *ON, "--names", "--actor", "A Head")
    enrolled("destinations", "set", "--days", "30")
    enrolled("destinations", "set")
    assert said()[1:] == [
        *("careers records imported", "record viewed", "careers records exported"),
        *("destinations imported", "record viewed", "destinations exported"),
        *("record viewed", "setting changed"),
    ]


def test_links_for_leavers(enrolled: Run, tmp_path: Path):
    with school_store() as school:
        pupils = school.read(list_pupils, school.sealing, school.id)
        now = datetime.now(UTC)
        gone = [replace(one, left_on=now.date() - timedelta(days=10)) for one in pupils]
        school.write(update_pupils, school.sealing, school.id, gone, now)
    enrolled("destinations", "ask", "--dry-run")
    assert said() == ["roster applied"]
    enrolled("destinations", "ask", "--csv", str(tmp_path / "links.csv"))
    enrolled("destinations", "withdraw", "--all")
    enrolled("destinations", "withdraw", "--all")
    made, closed = rows()[1:]
    assert (made.action, made.after) == ("destination links made", {"made": 2, "replaced": 0})
    assert (closed.action, closed.after) == ("destination links closed", {"closed": 2})


def test_clocks_keys_and_passports(run: Run):
    run("retention", "set", "barrier", "6")
    run("retention", "set", "barrier", "nonsense", code=1)
    run("retention", "run", "--yes")  # nothing was due
    run("passport", "trust", "0" * 32, "--name", "Hill School", "--yes")
    run("passport", "untrust", "0" * 32)
    run("passport", "untrust", "0" * 32, code=1)
    run("keys", "rotate")
    found = rows()
    assert [(row.action, row.object_kind) for row in found] == [
        *(("clock set", "clock"), ("school trusted", "key"), ("school untrusted", "key")),
        ("keys renewed", "installation"),
    ]
    assert (found[0].object_id, found[0].after) == ("barrier", {"months": 6})
    assert found[1].after == {"name": "Hill School"}
    assert found[3].after == {"keys": 2}


def test_what_the_clocks_took(run: Run):
    with school_store() as school:
        school.write(
            add_conversation,
            school.sealing,
            conversation_id="c" * 32,
            school_id=school.id,
            channel="web",
            scene={},
            opening={},
            standing=[],
            now=datetime.now(UTC) - timedelta(days=200),
        )
    run("retention", "run", "--yes")
    (row,) = rows()
    assert (row.action, row.actor_kind, row.after) == (
        *("clocks run", "operator"),
        {"guest_chats": 1},
    )


def test_what_cannot_be_written_down_is_not_done(run: Run, tmp_path: Path):
    """Both or neither: a database that takes no row of the audit lets nothing be changed."""
    run("retention", "set", "barrier", "6")
    with closing(sqlite3.connect(tmp_path / "data" / "signpost.sqlite3")) as file, file:
        file.execute(
            "CREATE TRIGGER no_more BEFORE INSERT ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    assert "could not be used" in run("retention", "set", "barrier", "9", code=1).stderr
    run("passport", "trust", "0" * 32, "--name", "Hill School", "--yes", code=1)
    assert run("passport", "list").output == "No school is known yet.\n"
    with school_store() as school:
        assert school.read(clocks_of, school.id)["barrier"] == 6
    assert len(rows()) == 1


# ---- verify


def test_whole_and_with_what_was_noted(run: Run):
    assert run("audit", "verify").output == "The audit is whole: 0 rows.\n"
    run("retention", "set", "barrier", "6")
    told = run("audit", "verify").output
    assert told.startswith("The audit is whole: 1 row.\nThe last row, to note elsewhere: 1:")
    noted = told.split()[-1]
    run("retention", "set", "barrier", "7")
    run("audit", "verify", "--noted", noted)
    run("audit", "verify", "--noted", noted.upper())
    other = f"1:{'f' * 64}"
    assert "noted as 1 is not there" in run("audit", "verify", "--noted", other, code=1).output
    assert "not a number, a colon" in run("audit", "verify", "--noted", "x", code=2).stderr


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM audit_events WHERE number = 2", "Row 2 is missing."),
        ("DELETE FROM audit_events WHERE number = 3", "The last row that was written is 3."),
        ("UPDATE audit_events SET action = 'x' WHERE number = 1", "Row 1 is not as it was"),
        ("UPDATE audit_details SET detail = 'x' WHERE event_id = 2", "What row 2 says beside"),
        ("DELETE FROM school_settings WHERE name = 'audit_head'", "note of the last row is gone"),
    ],
)
def test_what_is_wrong_is_told_and_ends_with_1(
    run: Run, tmp_path: Path, statement: str, sentence: str
):
    for months in "678":
        run("retention", "set", "barrier", months)
    meddle(tmp_path, statement)
    done = run("audit", "verify", code=1)
    assert sentence in done.stdout
    assert done.stderr == "The audit is not whole.\n"
    assert "whole:" not in done.stdout


# ---- show


def test_shown_newest_first_and_that_it_was(enrolled: Run):
    enrolled("folder", "list", *PUPIL, *WHO)
    told = enrolled("audit", "show").output.splitlines()
    assert len(told) == 2
    assert told[0].split()[0] == "2"
    assert "operator Quorra Plinth: Looked at a pupil's record [pupil " in told[0]
    assert told[1].endswith("operator frontoffice: Brought in the roster")
    assert "Searched the audit" in enrolled("audit", "show").output.splitlines()[0]
    with_changes = enrolled("audit", "show", "--action", "record viewed", "--changes").output
    assert with_changes.splitlines()[1:] == ["        after: role careers staff"]
    assert said()[-1] == "audit viewed"


def test_a_name_does_not_steer_the_terminal(enrolled: Run):
    enrolled("folder", "list", *PUPIL, "--actor", "Q\x1b[2JPlinth\r", "--purpose", "files")
    told = enrolled("audit", "show").output
    assert "operator Q [2JPlinth: Looked at" in told
    assert "\x1b" not in told and "\r" not in told


def test_shown_by_kind_object_actor_and_day(enrolled: Run):
    enrolled("folder", "list", *PUPIL, *WHO)
    with school_store() as school:
        pupils = school.read(list_pupils, school.sealing, school.id)
        looked_at = school.read(find_by_upn, school.sealing, school.id, upn(1))
    for one in pupils:
        found = enrolled("audit", "show", "--kind", "pupil", "--object", one.id).output
        assert ("Looked at" in found) is (one.id == looked_at.id if looked_at else False)
    none = "There is no such row.\n"
    assert enrolled("audit", "show", "--actor", "s" * 32).output == none
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert enrolled("audit", "show", "--since", today, "--until", today).output != none
    assert enrolled("audit", "show", "--until", "2020-01-01").output == none
    assert "takes --kind" in enrolled("audit", "show", "--object", "x", code=2).stderr
    assert "not one of" in enrolled("audit", "show", "--action", "x", code=2).stderr


def test_of_a_deleted_pupil_it_says_that_the_detail_was_removed(enrolled: Run):
    enrolled("folder", "list", *PUPIL, *WHO)
    with school_store() as school:
        pupil = school.read(find_by_upn, school.sealing, school.id, upn(1))
        assert pupil is not None
        school.write(erase_pupil, school.id, pupil.id, datetime.now(UTC))
    told = enrolled("audit", "show", "--kind", "pupil").output
    assert told.endswith("operator: Looked at a pupil's record (detail removed)\n")
    assert "Quorra" not in told
    assert enrolled("audit", "verify").exit_code == os.EX_OK


def test_more_than_a_page(run: Run):
    for _ in range(52):
        run("retention", "set", "barrier", "6")
        run("retention", "set", "barrier", "7")
    assert "Page 1 of 2: 104 rows." in run("audit", "show", "--kind", "clock").output
    last = run("audit", "show", "--kind", "clock", "--page", "2").output.splitlines()
    assert len(last) == 5
    assert last[3].split()[0] == "1"
