"""Who needs a guidance meeting: a first one by 16, and a further one by 18. Works things out only.

By 16 is by the end of Year 11, by 18 by the end of Year 13. A meeting counts once it is signed
off, and for the stage that the pupil was in on its day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.records.pupils import FIRST_YEAR, LAST_YEAR, school_year

LAST_YEARS = {"16": 11, "18": 13}
"""The last year group of each stage."""
STATES = ("none", "missed", "absent", "booked", "held", "met")
"""What there is of the stage so far: nothing; the last one missed, or the pupil was away that day;
booked; held and not signed off; one that counts. In the order in which somebody has to act."""
GROUPS = ("looked after", "send", "pupil premium", "neet")
"""Vulnerable groups, named first where somebody is in several."""
_SUMMER = (7, 22)
"""The day by which a school year's meetings are over, as pupils are gone after it."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Seen:
    """One meeting of a pupil, as far as the list goes by it. `counts` is that it is signed off."""

    meeting_id: str
    on: date
    state: str
    counts: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil as the list needs one; `name` is for its readers and is not looked at."""

    id: str
    year_7_in: int
    tutor_group: str | None
    groups: frozenset[str] = frozenset()
    meetings: tuple[Seen, ...] = ()
    name: str = field(default="", repr=False)

    def year_group(self, day: date) -> int:
        """The year group on that day."""
        return FIRST_YEAR + school_year(day) - self.year_7_in


@dataclass(frozen=True, slots=True)
class Due:
    """One row: what a pupil still needs, or has had, by when."""

    pupil: Pupil
    year_group: int
    stage: str
    state: str
    by: date
    meeting: Seen | None

    @property
    def is_met(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state == "met"

    @property
    def groups(self) -> tuple[str, ...]:
        """The vulnerable groups that the pupil is in, in their order."""
        return tuple(one for one in GROUPS if one in self.pupil.groups)


def stage_of(year_group: int) -> str | None:
    """Of which stage a year group is; None for one that is not of a school."""
    if FIRST_YEAR <= year_group <= LAST_YEARS["16"]:
        return "16"
    return "18" if LAST_YEARS["16"] < year_group <= LAST_YEAR else None


def due_by(year_group: int, today: date) -> date:
    """The last day of school of the year in which the pupil's stage ends."""
    stage = stage_of(year_group)
    if stage is None:
        raise ValueError("not a year group of a school")
    ends_in = school_year(today) + 1 + LAST_YEARS[stage] - year_group
    return date(ends_in, *_SUMMER)


def due_list(pupils: Iterable[Pupil], today: date) -> list[Due]:
    """A row for each pupil of a year group of the school, who needs it most first.

    First those without one that counts; of these by the day it is due, then vulnerable groups,
    then what there is so far; at last by tutor group and name.
    """
    rows = []
    for pupil in pupils:
        year_group = pupil.year_group(today)
        stage = stage_of(year_group)
        if stage is not None:
            state, meeting = _state(pupil, stage, today)
            rows.append(Due(pupil, year_group, stage, state, due_by(year_group, today), meeting))
    return sorted(
        rows,
        key=lambda row: (
            row.is_met,
            row.by,
            min((GROUPS.index(one) for one in row.groups), default=len(GROUPS)),
            STATES.index(row.state),
            row.pupil.tutor_group or "",
            row.pupil.name.casefold(),
            row.pupil.id,
        ),
    )


def _state(pupil: Pupil, stage: str, today: date) -> tuple[str, Seen | None]:
    """What there is of a stage, and the meeting that it is known from."""
    of_stage = sorted(
        (one for one in pupil.meetings if stage_of(pupil.year_group(one.on)) == stage),
        key=lambda one: one.on,
    )
    for wanted, state in ((lambda one: one.counts, "met"), (_is_held, "held")):
        found = next((one for one in of_stage if wanted(one)), None)
        if found is not None:
            return state, found
    booked = next((one for one in of_stage if one.state == "booked" and one.on >= today), None)
    if booked is not None:
        return "booked", booked
    # Whoever does not say what became of a meeting has not held it.
    past = [one for one in of_stage if one.state == "missed"]
    if past:
        return ("absent" if past[-1].absent else "missed"), past[-1]
    return "none", None


def _is_held(one: Seen) -> bool:
    return one.state in ("held", "signed off")


@dataclass(frozen=True, slots=True)
class Count:
    """How a year group stands: how many pupils, and of them in each of STATES."""

    year_group: int
    pupils: int
    states: Mapping[str, int]

    @property
    def to_see(self) -> int:
        """Pupils without a meeting that was held."""
        return self.pupils - self.states["met"] - self.states["held"]


def counts(rows: Collection[Due]) -> list[Count]:
    """How each year group stands, the lowest first."""
    found = []
    for year_group in sorted({row.year_group for row in rows}):
        of_year = [row for row in rows if row.year_group == year_group]
        states = Counter(row.state for row in of_year)
        found.append(Count(year_group, len(of_year), {one: states[one] for one in STATES}))
    return found


@dataclass(frozen=True, slots=True)
class Forecast:
    """What comes of the year group whose stage ends this summer, at the rate of late.

    `weekly` is how many pupils of it were seen in a school week, over `weeks_seen` weeks;
    `unseen` how many would not have been by `by`, None where there is no rate to go by.
    """

    year_group: int
    to_see: int
    weeks_left: int
    weeks_seen: int
    weekly: float
    by: date
    unseen: int | None


def forecast(
    rows: Sequence[Due], today: date, is_open: Mapping[date, bool] | None = None, *, weeks: int = 6
) -> list[Forecast]:
    """For Years 11 and 13: who would not be seen by the summer, as things went lately.

    School weeks are those with an open day; without `is_open` every one is. The rate is that of
    the last `weeks` of them before this one, in this school year.
    """
    found = []
    for year_group in LAST_YEARS.values():
        of_year = [row for row in rows if row.year_group == year_group]
        if not of_year:
            continue
        by = due_by(year_group, today)
        monday = today - timedelta(days=today.weekday())
        begins = date(school_year(today), 9, 1)
        past = [one for one in _weeks(begins, monday - timedelta(days=1), is_open) if one < monday][
            -weeks:
        ]
        seen = [row for row in of_year if row.state in ("met", "held")]
        of_late = [
            row for row in seen if row.meeting is not None and past and past[0] <= row.meeting.on
        ]
        weekly = len(of_late) / len(past) if past else 0.0
        left = len(_weeks(monday, by, is_open))
        to_see = len(of_year) - len(seen)
        booked = sum(row.state == "booked" for row in of_year)
        unseen = max(0, to_see - max(booked, int(weekly * left + 1e-9))) if past else None
        found.append(Forecast(year_group, to_see, left, len(past), weekly, by, unseen))
    return found


def _weeks(first: date, last: date, is_open: Mapping[date, bool] | None) -> list[date]:
    """The Mondays of the school weeks from day to day."""
    monday, found = first - timedelta(days=first.weekday()), []
    while monday <= last:
        days = [monday + timedelta(days=number) for number in range(5)]
        if is_open is None or any(is_open.get(day, True) for day in days if first <= day <= last):
            found.append(monday)
        monday += _WEEK
    return found
