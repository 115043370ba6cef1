"""`python -m bench.records`: a school with five years of guidance records, timed."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine

from bench import conditions
from bench.measures import Spread, median
from bench.records import school
from bench.results import save, table
from bot.identity.roster.applying import apply, preview
from bot.identity.roster.columns import held_columns
from bot.identity.roster.reading import read_table
from bot.records.guidance.aggregates import report
from bot.records.guidance.destinations import add_destination, destinations_of
from bot.records.guidance.lines import add_line, lines_of, versions_of_pupil
from bot.records.guidance.proposals import proposals_of
from bot.records.guidance.views import views_of
from bot.records.migrate import upgrade
from bot.records.pupils import find_pupil, list_pupils
from bot.records.retention import due_rows
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing

TODAY = date(2026, 7, 20)
FIRST = datetime(2021, 9, 6, 9, tzinfo=UTC)
LAST = datetime(2026, 7, 17, 15, tzinfo=UTC)
HELD = "upn,birth_date,tutor_group,send,pupil_premium"
LOOKS = 400
WINDOW = 0.05
"""The first and the last share of added lines that are held against each other."""


def main() -> None:
    """Read the arguments, measure, print, save."""
    parser = argparse.ArgumentParser(prog="python -m bench.records", description=__doc__)
    parser.add_argument("--pupils", type=int, default=2000, help="how many pupils  [2000]")
    parser.add_argument("--lines", type=int, default=40, help="lines for each  [40]")
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="signpost-bench-") as folder:
        told = measure(Path(folder), arguments.pupils, arguments.lines, arguments.seed)
    save("records", told)


def measure(folder: Path, pupils: int, lines: int, seed: int) -> dict[str, Any]:
    """Fill a store and time it; the conditions and all figures, also printed."""
    told: dict[str, Any] = {
        "conditions": conditions.conditions(
            pupils=pupils,
            lines_each=lines,
            seed=seed,
            notes=[
                "SQLite with its write-ahead log, in a temporary folder, nobody else at work",
                "lines of five years, in the order of time: each pupil's are spread over the file",
                "a line is added in a transaction of its own, committed, as in the service",
                "a timeline: pupil, lines, corrections, proposals, destinations and views, opened",
                f"{LOOKS} timelines of pupils drawn at random; Python's time, no HTTP, no page",
                "the roster: read, previewed and written, as the command does it",
            ],
        )
    }
    conditions.show(told["conditions"])
    store = folder / "signpost.sqlite3"
    upgrade(f"sqlite:///{store}")
    engine = writing(open_engine(f"sqlite:///{store}"))
    sealing = Sealing([Fernet.generate_key().decode()], "k" * 43)
    try:
        with engine.begin() as connection:
            school_id = keep_school(connection, "default", "Invented School", FIRST)
        told["roster_s"], again = _import(engine, sealing, school_id, pupils, seed)
        told["roster_again_s"] = again
        ids = _in_transaction(
            engine, lambda c: [one.id for one in list_pupils(c, sealing, school_id)]
        )
        told["adding"] = _add(engine, sealing, school_id, ids, lines, seed)
        told["timeline_ms"] = _timelines(engine, sealing, school_id, ids, seed)
        told["aggregates_s"] = _timed(
            lambda: _in_transaction(engine, lambda c: report(c, sealing, school_id, 2025))
        )
        told["retention_s"] = _timed(
            lambda: _in_transaction(engine, lambda c: due_rows(c, sealing, school_id, LAST))
        )
        with engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    told["size_mb"] = round(store.stat().st_size / 1e6, 1)
    told["kb_each"] = round(store.stat().st_size / 1e3 / pupils, 1)
    _print(told)
    return told


def _in_transaction(engine: Engine, work: Callable[[Connection], Any]) -> Any:
    with engine.begin() as connection:
        return work(connection)


def _timed(work: Callable[[], Any], times: int = 3) -> float:
    """Seconds, the median of a few."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return round(median(took), 3)


def _import(
    engine: Engine, sealing: Sealing, school_id: int, pupils: int, seed: int
) -> tuple[float, float]:
    """Seconds for the first import, and for the same file again."""
    content = school.roster(pupils, TODAY, seed)
    took = []
    for _ in range(2):
        began = time.perf_counter()
        with engine.begin() as connection:
            read = read_table(content)
            held = held_columns(HELD)
            found = preview(connection, sealing, school_id, read, TODAY, held=held)
            if len(found.plan.bad):
                raise SystemExit(f"bench.records: {len(found.plan.bad)} bad rows in the roster")
            apply(connection, sealing, school_id, found, TODAY, FIRST)
        took.append(round(time.perf_counter() - began, 3))
    return took[0], took[1]


def _add(
    engine: Engine, sealing: Sealing, school_id: int, ids: list[str], lines: int, seed: int
) -> dict[str, Any]:
    """Add all lines and a destination of each pupil; milliseconds a line."""
    rng = random.Random(seed)
    took = []
    total = lines * len(ids)
    for number in range(total):
        kind = rng.choice(school.KINDS)
        body = school.line(kind, rng)
        now = school.moment(number, total, FIRST, LAST)
        pupil_id = ids[number % len(ids)]
        by = {"information": "service", "advice": "adviser"}.get(kind, "pupil")
        began = time.perf_counter()
        with engine.begin() as connection:
            add_line(
                connection,
                sealing,
                school_id,
                pupil_id,
                kind=kind,
                body=body,
                provenance=by,
                source={"conversation": f"{number:032x}", "seq": 3},
                now=now,
            )
        took.append((time.perf_counter() - began) * 1000)
    with engine.begin() as connection:
        for pupil_id in ids:
            add_destination(
                connection,
                sealing,
                school_id,
                pupil_id,
                kind="intended",
                category=rng.choice(school.ROUTES),
                details={"place": "Invented College"},
                year_group=rng.choice(school.YEARS),
                reported_by="pupil",
                reported_on=LAST.date(),
                now=LAST,
            )
    window = max(1, int(len(took) * WINDOW))
    first, last = Spread.of(took[:window]), Spread.of(took[-window:])
    return {
        "lines": total,
        "all_s": round(sum(took) / 1000, 1),
        "first_ms": _spread(first),
        "last_ms": _spread(last),
        "last_to_first": round(last.p50 / first.p50, 3),
    }


def _timelines(
    engine: Engine, sealing: Sealing, school_id: int, ids: list[str], seed: int
) -> dict[str, float]:
    rng = random.Random(seed + 1)
    took = []
    for _ in range(LOOKS):
        pupil_id = rng.choice(ids)
        began = time.perf_counter()
        with engine.begin() as connection:
            of_pupil = (connection, sealing, school_id, pupil_id)
            find_pupil(*of_pupil)
            lines_of(*of_pupil)
            versions_of_pupil(*of_pupil)
            proposals_of(*of_pupil)
            destinations_of(*of_pupil)
            views_of(*of_pupil)
        took.append((time.perf_counter() - began) * 1000)
    return _spread(Spread.of(took))


def _spread(found: Spread) -> dict[str, float]:
    return {
        name: round(getattr(found, name), 3) for name in ("count", "p50", "p95", "p99", "largest")
    }


def _print(told: dict[str, Any]) -> None:
    adding, names = told["adding"], ("count", "p50", "p95", "p99", "largest")
    rows = [
        [what, *(found[name] for name in names)]
        for what, found in (
            ("timeline of a pupil, ms", told["timeline_ms"]),
            ("adding a line, first 5%, ms", adding["first_ms"]),
            ("adding a line, last 5%, ms", adding["last_ms"]),
        )
    ]
    print(table(("", *names), rows))
    print(f"\n  last to first, medians    {adding['last_to_first']}")
    print(f"  adding {adding['lines']:,} lines took   {adding['all_s']} s")
    print(
        f"  roster import             {told['roster_s']} s, the same file again "
        f"{told['roster_again_s']} s"
    )
    print(f"  destinations, all tables  {told['aggregates_s']} s")
    print(f"  retention, dry run        {told['retention_s']} s")
    print(f"  database                  {told['size_mb']} MB, {told['kb_each']} KB a pupil")


if __name__ == "__main__":
    main()
