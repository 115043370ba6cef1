"""`destinations ask, withdraw, set, missing`: links in a file of its owner's; who has not said."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from bot.command_line.destinations import destinations
from bot.command_line.roster import roster
from bot.identity.destination_links import DestinationLinks
from bot.identity.secrets import load_or_make
from tests.bot.identity.roster.exports import export, person, upn

Run = Callable[..., Result]
ON = ("--on", "2026-10-05")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A school whose Year 11 of last year is gone, but for two in its own sixth form."""
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")
    monkeypatch.setenv("SIGNPOST_PUBLIC_URL", "https://chat.school.example")

    def call(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(destinations, arguments, prog_name="destinations")
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    def bring_in(day: str, *pupils: dict[str, str]) -> None:
        file = tmp_path / "roster.csv"
        file.write_bytes(export(pupils))
        options = ["--yes", "--on", day, "--hold", "upn,birth_date,tutor_group"]
        done = CliRunner().invoke(roster, ["import", str(file), *options])
        assert done.exit_code == 0, done.output

    born = {"born": "14/03/2010"}
    strange = person(5, year="11", given="=Testyf", **born)
    bring_in("2025-11-22", *(person(n, year="11", **born) for n in range(1, 5)), strange)
    stay = [person(n, year="12", **born) for n in (1, 2, 3)]
    bring_in("2026-09-21", *stay, *(person(n, year="9", form=f"9{n % 2}") for n in range(20, 24)))
    return call


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def stored(folder: Path) -> str:
    """The whole table of links as it lies in the store."""
    engine = create_engine(f"sqlite:///{folder / 'data' / 'signpost.sqlite3'}")
    with engine.begin() as connection:
        found = str(connection.execute(text("SELECT * FROM destination_invitations")).all())
    engine.dispose()
    return found


def test_those_who_left_get_a_link_each(run: Run, tmp_path: Path):
    file = tmp_path / "links.csv"
    done = run("ask", "--csv", str(file), *ON)
    assert "Leavers who are due: 2 (2 at leaving)." in done.output
    assert "Links written to links.csv: 2, good to the end of 4 December 2026." in done.output
    assert "Exampleton" not in done.output and "/destination/" not in done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = rows_of(file)
    assert [row["First name"] for row in rows] == ["Testye", "'=Testyf"]  # no formula
    assert {(row["Left after"], row["Asked"], row["Answer by"]) for row in rows} == {
        ("Year 11", "At leaving", "2026-12-04")
    }
    links = DestinationLinks(load_or_make(tmp_path / "data" / "secrets").token_key)
    held = stored(tmp_path)
    for row in rows:
        address, _, token = row["Link"].rpartition("/")
        assert address == "https://chat.school.example/destination"
        assert links.read(token) in held
        assert token not in held and token.split(".")[0] not in held


def test_asked_twice_nobody_has_two_links(run: Run, tmp_path: Path):
    run("ask", "--csv", str(tmp_path / "links.csv"), *ON)
    before = stored(tmp_path)
    again = run("ask", "--csv", str(tmp_path / "again.csv"), *ON)
    assert "No leaver is due." in again.output
    assert "With a link that waits for an answer: 2." in again.output
    assert not (tmp_path / "again.csv").exists()
    assert stored(tmp_path) == before
    # Once they have ended, there are new ones.
    later = run("ask", "--dry-run", "--on", "2026-12-05")
    assert "Leavers who are due: 2 (2 at leaving)." in later.output


def test_a_dry_run_makes_nothing(run: Run, tmp_path: Path):
    done = run("ask", "--dry-run", "--csv", str(tmp_path / "links.csv"), *ON)
    assert "Leavers who are due: 2" in done.output
    assert done.output.endswith("Nothing was made or written.\n")
    assert not (tmp_path / "links.csv").exists()
    assert stored(tmp_path) == "[]"


def test_a_file_that_cannot_be_written_leaves_no_link(run: Run, tmp_path: Path):
    (tmp_path / "links.csv").write_text("mine")
    refused = run("ask", "--csv", str(tmp_path / "links.csv"), *ON, code=1)
    assert refused.stderr == "Error: links.csv is there already. Name another file.\n"
    assert (tmp_path / "links.csv").read_text() == "mine"
    run("ask", "--csv", str(tmp_path / "nowhere" / "links.csv"), *ON, code=1)
    assert stored(tmp_path) == "[]"


def test_what_fails_half_way_leaves_neither_link_nor_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = []

    def broken(cell: str) -> str:
        made.append(cell)
        if len(made) > 8:
            raise OSError(28, "No space left on device")
        return cell

    monkeypatch.setattr("bot.command_line.destination_asking.csv_cell", broken)
    done = run("ask", "--csv", str(tmp_path / "links.csv"), *ON, code=1)
    assert "No space left on device" in done.stderr
    assert stored(tmp_path) == "[]"
    assert not (tmp_path / "links.csv").exists()


def test_without_an_address_or_a_file_nothing_is_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert "--csv FILE.csv" in run("ask", *ON, code=1).stderr
    monkeypatch.setenv("SIGNPOST_PUBLIC_URL", "")
    refused = run("ask", "--csv", str(tmp_path / "links.csv"), *ON, code=1)
    assert "Set SIGNPOST_PUBLIC_URL first" in refused.stderr
    assert not (tmp_path / "links.csv").exists()
    run("ask", "--dry-run", *ON)


def test_a_link_that_was_withdrawn_is_made_anew(run: Run, tmp_path: Path):
    run("ask", "--csv", str(tmp_path / "links.csv"), *ON)
    first, second = rows_of(tmp_path / "links.csv")
    assert run("withdraw", first["Link number"], *ON).output.startswith("Links closed: 1.")
    run("withdraw", first["Link number"], *ON, code=1)
    run("withdraw", *ON, code=1)
    run("withdraw", "--all", second["Link number"], *ON, code=1)
    run("ask", "--csv", str(tmp_path / "again.csv"), *ON)
    (row,) = rows_of(tmp_path / "again.csv")
    assert row["First name"] == first["First name"] and row["Link"] != first["Link"]
    assert run("withdraw", "--all", *ON).output.startswith("Links closed: 2.")


def test_lost_links_are_replaced_all_at_once(run: Run, tmp_path: Path):
    run("ask", "--csv", str(tmp_path / "links.csv"), *ON)
    done = run("ask", "--again", "--csv", str(tmp_path / "again.csv"), *ON)
    assert "closed and replaced: 2." in done.output
    old, new = (rows_of(tmp_path / f"{name}.csv") for name in ("links", "again"))
    assert not {row["Link"] for row in old} & {row["Link"] for row in new}
    assert len(new) == 2


def test_how_long_is_a_setting(run: Run, tmp_path: Path):
    assert "for 3 years after. A link is good for 60 days." in run("set").output
    assert (
        "for 0 years after. A link is good for 7 days."
        in run("set", "--years", "0", "--days", "7").output
    )
    assert "for 0 years after. A link is good for 7 days." in run("set").output
    run("set", "--years", "11", code=2)
    run("ask", "--csv", str(tmp_path / "links.csv"), *ON)
    assert {row["Answer by"] for row in rows_of(tmp_path / "links.csv")} == {"2026-10-12"}
    assert "No leaver is due." in run("ask", "--dry-run", "--on", "2027-10-05").output


def test_a_clock_that_ends_before_the_last_asking_is_told(run: Run):
    assert run("set").stderr == ""
    told = run("set", "--years", "4").stderr
    assert "kept for 48 months" in told and "retention set leavers 60" in told
    assert "kept for 48 months" in run("ask", "--dry-run", *ON).stderr
    assert run("set", "--years", "3").stderr == ""


# ---- who has not said


def tell(folder: Path, run: Run, *numbers: int, day: str = "2026-10-01") -> None:
    file = folder / "told.csv"
    lines = [f"{upn(n)},Intended,Apprenticeship,{day}" for n in numbers]
    file.write_text("\n".join(["UPN,Kind,Destination,Date", *lines]))
    run("import", str(file), "--yes", *ON)


def views(folder: Path) -> int:
    engine = create_engine(f"sqlite:///{folder / 'data' / 'signpost.sqlite3'}")
    with engine.begin() as connection:
        found = connection.execute(text("SELECT count(*) FROM record_views")).scalar_one()
    engine.dispose()
    return int(found)


def test_who_has_said_this_year_by_tutor_group(run: Run, tmp_path: Path):
    tell(tmp_path, run, 20)
    tell(tmp_path, run, 21, day="2026-08-31")  # last school year
    done = run("missing", "--year", "9", *ON)
    assert done.output.splitlines() == [
        "Year 9: 1 of 4 have said this school year where they plan to go.",
        "90: 1 of 2",
        "91: 0 of 2",
    ]
    assert views(tmp_path) == 0
    assert run("missing", "--year", "10", *ON).output == "Nobody is in Year 10.\n"
    run("missing", "--year", "8", *ON, code=2)


def test_who_is_named_sees_who_looked(run: Run, tmp_path: Path):
    tell(tmp_path, run, 20)
    assert "--actor" in run("missing", "--year", "9", "--names", *ON, code=1).stderr
    assert views(tmp_path) == 0
    done = run("missing", "--year", "9", "--names", "--actor", "Ms Reef", *ON)
    named = [line.strip() for line in done.output.splitlines() if line.startswith("  ")]
    assert len(named) == 3
    assert "Testyca Exampletonca" not in named
    assert views(tmp_path) == 3
