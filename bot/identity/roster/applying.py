"""From a file to a plan, and from a plan to the store: all of it in one transaction, or nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from bot.identity.roster.columns import ALWAYS, COLUMNS, DEFAULT, NAMED, Refused, system_of
from bot.identity.roster.mapping import IGNORED, FileColumns, map_columns
from bot.identity.roster.planning import Plan, plan_roster
from bot.identity.roster.reading import Table
from bot.identity.roster.rows import read_rows
from bot.records.pupils import (
    NewPupil,
    PupilRow,
    add_pupils,
    list_pupils,
    pupil_versions,
    update_pupils,
)
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting

SETTING = "roster"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a school holds of a pupil, and how it has said to read headings (normalised)."""

    held: frozenset[str]
    headings: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """A file read and compared: what the office sees before it says yes."""

    columns: FileColumns
    system: str | None
    plan: Plan
    choices: Choices


def choices_of(connection: Connection, school_id: int) -> Choices:
    """What the school has chosen; before it has, names, year, tutor group, date of birth, UPN.

    Columns that this version does not know are passed over.
    """
    value = get_setting(connection, school_id, SETTING)
    if value is None:
        return Choices(DEFAULT, {})
    held = frozenset(name for name in value["held"] if name in COLUMNS) | ALWAYS
    headings = {
        heading: name
        for heading, name in value["headings"].items()
        if name in NAMED or name == IGNORED
    }
    return Choices(held, headings)


def preview(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    table: Table,
    today: date,
    *,
    held: frozenset[str] | None = None,
    typed: Mapping[str, str] | None = None,
    beginning_in: int | None = None,
    part: bool = False,
    same: Collection[int] = (),
    new: Collection[int] = (),
) -> Preview:
    """Work out what a file would change; writes nothing.

    `held` and `typed` (headings normalised) change what the school has chosen. Raises Refused,
    and SealBroken when the keys of the store are not here.
    """
    chosen = choices_of(connection, school_id)
    held = chosen.held if held is None else held
    columns = map_columns(table.headings, chosen.headings, typed or {})
    read = read_rows(table, columns, held, today, beginning_in)
    pupils = list_pupils(connection, sealing, school_id, leavers=True)
    plan = plan_roster(read, pupils, held, today, part=part, same=same, new=new)
    return Preview(columns, system_of(table.headings), plan, Choices(held, columns.told))


def apply(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    shown: Preview,
    today: date,
    now: datetime,
) -> None:
    """Write what was shown, and remember the choices.

    To be run in a writing transaction of its own: whatever is raised must undo all of it. Raises
    Refused ("changed") when the school's pupils are not as they were when it was shown.
    """
    plan = shown.plan
    if pupil_versions(connection, school_id) != plan.versions:
        raise Refused("changed")
    rows = _rows(plan, today)
    if update_pupils(connection, sealing, school_id, rows, now) != len(rows):
        raise Refused("changed")
    new = [NewPupil(row.details, row.year_7_in, row.tutor_group) for row in plan.adds]
    add_pupils(connection, sealing, school_id, new, now)
    keep_choices(connection, school_id, shown.choices, now)


def keep_choices(connection: Connection, school_id: int, choices: Choices, now: datetime) -> None:
    """Remember what the school holds and how it reads headings."""
    value = {"held": _in_order(choices.held), "headings": dict(choices.headings)}
    if get_setting(connection, school_id, SETTING) != value:
        set_setting(connection, school_id, SETTING, value, now)


def _rows(plan: Plan, today: date) -> list[PupilRow]:
    """Every pupil who is held and would be written, as they will be, each once.

    Who leaves keeps no e-mail address of the school: it may be somebody else's next.
    """
    rows = {
        one.pupil.id: replace(
            one.pupil,
            details=one.details,
            year_7_in=one.year_7_in,
            tutor_group=one.tutor_group,
            left_on=None,
        )
        for one in (*plan.changes, *plan.returns)
    }
    for pupil, details in plan.emptied:
        group = pupil.tutor_group if "tutor_group" in plan.held else None
        rows[pupil.id] = replace(pupil, details=details, tutor_group=group)
    for pupil in plan.leavers:
        row = rows.get(pupil.id, pupil)
        rows[pupil.id] = replace(row, details=replace(row.details, email=None), left_on=today)
    return list(rows.values())


def _in_order(names: Iterable[str]) -> list[str]:
    chosen = set(names)
    return [name for name in COLUMNS if name in chosen]
