"""The roster: brought in from a CSV file after a look at what would change, and slips of codes."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.people.wording import words
from bot.console.visit import NotHere, Visit
from bot.identity.codes import issue_codes
from bot.identity.roster.applying import Preview, apply, choices_of, preview
from bot.identity.roster.columns import ALWAYS, COLUMNS, IDENTITY, NAMED, Refused, shown
from bot.identity.roster.reading import Table, read_table
from bot.identity.slips import pdf
from bot.records.pupils import LAST_YEAR, PupilRow, count_pupils, list_pupils, school_year
from bot.records.sealing import Sealing

PAGE = "/console/roster"
SHOWN = 100
HELD_FOR = timedelta(minutes=30)
MOST_HELD = 4


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    """What was shown and waits for a yes."""

    session_hash: str
    found: Preview
    until: datetime


@dataclass(slots=True)
class Waiting:
    """Previews that wait for a yes, in memory only; after a restart a file is chosen again."""

    _held: dict[str, _Held] = field(default_factory=dict)

    def keep(self, session_hash: str, found: Preview, now: datetime) -> str:
        """Keep a preview of that session; what it is called for by."""
        self._held = {key: one for key, one in self._held.items() if one.until > now}
        while len(self._held) >= MOST_HELD:
            self._held.pop(next(iter(self._held)))
        key = secrets.token_hex(16)
        self._held[key] = _Held(session_hash, found, now + HELD_FOR)
        return key

    def take(self, key: str, session_hash: str, now: datetime) -> Preview | None:
        """The preview that this session was shown, once."""
        one = self._held.get(key)
        if one is None or one.session_hash != session_hash:
            return None
        del self._held[key]
        return one.found if one.until > now else None


def _waiting(visit: Visit) -> Waiting:
    state = visit.request.app.state
    found: Waiting | None = getattr(state, "console_rosters", None)
    if found is None:
        found = state.console_rosters = Waiting()
    return found


async def show(visit: Visit) -> Response:
    """GET /console/roster: the form for a file, and tutor groups with their slips."""
    return await _show(visit, {})


async def _show(visit: Visit, wrong: dict[str, str]) -> Response:
    counts = await visit.desk.store.read(count_pupils, visit.desk.school_id)
    choices = await visit.desk.store.read(choices_of, visit.desk.school_id)
    groups = [
        (one.tutor_group, 7 + school_year(visit.today) - one.year_7_in, one.pupils)
        for one in counts
        if not one.left
    ]
    there = [one for one in groups if one[1] <= LAST_YEAR]
    return visit.page(
        "people/roster.html",
        422 if wrong else 200,
        groups=sorted(there, key=lambda one: (one[1], one[0] or "")),
        pupils=sum(one[2] for one in there),
        held=sorted(choices.held),
        columns=[
            (name, f"{column.shown}: {column.reason}" if column.reason else column.shown)
            for name, column in COLUMNS.items()
            if name not in ALWAYS
        ],
        year_began=school_year(visit.today),
        wrong=wrong,
    )


async def look(visit: Visit) -> Response:
    """POST /console/roster: what the file would change; nothing is written."""
    chosen = await visit.uploaded("file")
    if chosen is None:
        return await _show(visit, {"file": words()["mistakes"]["file"]})
    year = visit.typed("school_year")
    try:
        options: dict[str, Any] = {
            "held": _held(visit.ticked("held")),
            "beginning_in": int(year)
            if year.isascii() and year.isdigit() and len(year) == 4
            else None,
            "part": visit.typed("part") == "yes",
            "same": _numbers(visit.typed("same")),
            "new": _numbers(visit.typed("new")),
        }
        # Reading a large file takes a moment, which nobody else should wait for.
        table = await asyncio.to_thread(read_table, chosen[1])
        found = await visit.read(preview, table, visit.today, **options)
    except Refused as refused:
        return await _show(visit, {"file": refused.says()})
    before = await visit.desk.store.read(choices_of, visit.desk.school_id)
    nothing = not found.plan.writes and found.choices == before
    key = "" if nothing else _waiting(visit).keep(visit.staff.session_hash, found, visit.now)
    return _looked_at(visit, found, table, key)


def _looked_at(visit: Visit, found: Preview, table: Table, key: str) -> Response:
    plan = found.plan
    return visit.page(
        "people/roster_preview.html",
        key=key,
        rows=len(table.rows),
        system=found.system,
        read_as=[
            (heading, "not read" if name is None else NAMED[name].shown)
            for heading, name in found.columns.read_as()
            if heading
        ],
        plan=plan,
        adds=[
            (row.line, row.details, f"Year {row.year_group}", row.tutor_group or "")
            for row in plan.adds[:SHOWN]
        ],
        changes=[(one.line, one.details, shown(one.columns)) for one in plan.changes[:SHOWN]],
        returns=[(one.line, one.details, shown(one.columns)) for one in plan.returns[:SHOWN]],
        leavers=[
            (one.details, f"Year {one.year_group(visit.today)}", one.tutor_group or "")
            for one in plan.leavers[:SHOWN]
        ],
        bad=[(one.line, one.says()) for one in plan.bad[:SHOWN]],
        notes=[note.says() for note in plan.notes],
        most=SHOWN,
    )


async def write(visit: Visit) -> Response:
    """POST /console/roster/write: all of what was shown, or nothing."""
    found = _waiting(visit).take(visit.typed("key"), visit.staff.session_hash, visit.now)
    if found is None:
        return await _show(visit, {"file": words()["mistakes"]["roster_again"]})
    if found.plan.most_leave and visit.typed("most_leave") != "yes":
        return await _show(visit, {"file": words()["mistakes"]["most_leave"]})
    try:
        await visit.write(_write, visit, found)
    except Refused as refused:
        return await _show(visit, {"file": refused.says()})
    return visit.seen(PAGE, words()["notices"]["roster"])


def _write(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, found: Preview
) -> None:
    plan = found.plan
    apply(connection, sealing, school_id, found, visit.today, visit.now)
    after = {
        "added": len(plan.adds),
        "changed": len(plan.changes),
        "back": len(plan.returns),
        "left": len(plan.leavers),
        "held": sorted(found.choices.held),
    }
    visit.audit(connection, "roster applied", "roster", after=after)


def _held(ticked: Iterable[str]) -> frozenset[str]:
    chosen = {name for name in ticked if name in COLUMNS}
    if not chosen.intersection(IDENTITY):
        raise Refused("no_identity")
    return ALWAYS | chosen


def _numbers(typed: str) -> tuple[int, ...]:
    """Numbers of lines, with commas or spaces between."""
    found = typed.replace(",", " ").split()
    return tuple(int(one) for one in found if one.isascii() and one.isdigit() and len(one) < 8)


# ---- slips


async def ask_slips(visit: Visit) -> Response:
    """GET /console/roster/slips: whether a tutor group's codes should be made anew."""
    group, year = visit.asked("tutor_group"), visit.asked("year")
    number = len(await visit.read(_of_group, group, year, visit))
    if not number:
        raise NotHere
    told = words()["slips"]
    return visit.page(
        "people/slips.html",
        ask=told["ask"].format(group=group, year=year),
        what=told["what"].format(number=number),
        yes=told["go"],
        group=group,
        year=year,
    )


async def make_slips(visit: Visit) -> Response:
    """POST /console/roster/slips: new codes as a PDF; the old ones stop working."""
    group, year = visit.typed("tutor_group"), visit.typed("year")
    content = await visit.write(_slips, visit, group, year)
    return visit.file(content, "application/pdf", f"slips-year-{year}.pdf")


def _of_group(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    group: str,
    year: str,
    visit: Visit,
) -> list[PupilRow]:
    if not group or not year:
        return []
    return [
        pupil
        for pupil in list_pupils(connection, sealing, school_id, tutor_group=group)
        if not pupil.has_left(visit.today) and str(pupil.year_group(visit.today)) == year
    ]


def _slips(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    group: str,
    year: str,
) -> bytes:
    """The slips; the codes count only with them: what is not on paper is known to nobody."""
    pupils = _of_group(connection, sealing, school_id, group, year, visit)
    if not pupils:
        raise NotHere
    codes = issue_codes(connection, sealing, school_id, [one.id for one in pupils], visit.now)
    settings = visit.desk.settings
    here = settings.public_url or str(visit.request.base_url).rstrip("/")
    content = pdf(
        pupils, codes, group=group, school=settings.school_name, address=f"{here}/sign-in"
    )
    visit.audit(connection, "codes issued", "tutor group", group, after={"pupils": len(pupils)})
    return content
