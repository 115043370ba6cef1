"""When a meeting can be: working hours minus what is taken, worked out and never stored.

All moments are UTC and all hours of a day are the school's own, in England: a clock change moves
nobody's lunch. Meetings begin and end on whole cells of CELL_MINUTES.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.records.guidance.lines import ENGLAND
from bot.records.meetings.cells import LONGEST_NAME
from bot.records.models import CELL_MINUTES

CELL = timedelta(minutes=CELL_MINUTES)
DAY = timedelta(days=1)
BOOKABLE = ("guidance", "results")
"""Kinds of hours that are given out one by one; to a drop-in pupils come as they like."""
IN_HOLIDAYS = ("results",)
"""Results come out while the school is closed: hours for them are named by their dates."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, the end not included."""

    begins_at: datetime
    ends_at: datetime

    def meets(self, other: Span) -> bool:
        """Whether the two share a moment."""
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Hours:
    """A weekday's hours (Monday is 0) of somebody of staff, from and to a day where given."""

    staff_id: str
    weekday: int
    begins: time
    ends: time
    kind: str = "guidance"
    room: str | None = None
    first_on: date | None = None
    last_on: date | None = None

    def are_on(self, day: date) -> bool:
        """Whether there are such hours on that day."""
        return (
            day.weekday() == self.weekday
            and (self.first_on is None or self.first_on <= day)
            and (self.last_on is None or day <= self.last_on)
        )


@dataclass(frozen=True, slots=True)
class LessonTime:
    """A lesson that is not to be missed; `week` is "A", "B", or "" for every week."""

    weekday: int
    begins: time
    ends: time
    week: str = ""


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How long meetings are, what lies between them, and how soon one may be. Minutes and hours."""

    minutes: int = 40
    buffer_minutes: int = 10
    every_minutes: int = 10
    notice_hours: int = 24
    days_ahead: int = 28

    def __post_init__(self) -> None:
        steps = (self.minutes, self.buffer_minutes, self.every_minutes)
        if any(one % CELL_MINUTES for one in steps) or self.minutes < CELL_MINUTES:
            raise ValueError("minutes of meetings are whole cells")
        if min(self.buffer_minutes, self.notice_hours, self.days_ahead) < 0 or not (
            self.every_minutes >= CELL_MINUTES
        ):
            raise ValueError("no time runs backwards")

    @property
    def length(self) -> timedelta:
        """Of a meeting."""
        return timedelta(minutes=self.minutes)

    @property
    def buffer(self) -> timedelta:
        """After each meeting, for whoever gives it: notes, and the way."""
        return timedelta(minutes=self.buffer_minutes)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a meeting can be."""

    begins_at: datetime
    ends_at: datetime
    staff_id: str
    kind: str
    room: str | None = None


def key_of(slot: Slot) -> str:
    """A slot as one word of a form or a button; `slot_in` reads it. No length is in it."""
    return f"{slot.begins_at:%Y%m%dT%H%MZ}.{slot.kind}.{slot.staff_id}.{slot.room or ''}"


def slot_in(key: str) -> Slot | None:
    """What `key_of` wrote, ending as it begins; None for anything else."""
    at, _, rest = key.partition(".")
    kind, _, rest = rest.partition(".")
    staff_id, dot, room = rest.partition(".")
    try:
        begins_at = datetime.strptime(at, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Slot(begins_at, begins_at, staff_id, kind, room or None) if dot else None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The school's days: closed ones, and which Monday began a week A (None: weeks are alike)."""

    closed: frozenset[date] = frozenset()
    week_a: date | None = None

    def is_open(self, day: date) -> bool:
        """Whether it is a school day."""
        return day.weekday() < 5 and day not in self.closed

    def week_of(self, day: date) -> str:
        """ "A" or "B", counted from a week A over the weeks with a school day in them; "" if alike.

        A week without a school day, as in holidays, is neither and is not counted.
        """
        if self.week_a is None:
            return ""
        here, start = _monday(day), _monday(self.week_a)
        back = here < start
        first, last = (here, start) if back else (start, here)
        weeks = 0
        while first < last:
            weeks += self._counts(first)
            first += 7 * DAY
        return "AB"[weeks % 2]

    def _counts(self, monday: date) -> bool:
        return any(self.is_open(monday + number * DAY) for number in range(5))


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def moment(day: date, at: time) -> datetime:
    """That time of that day in England, in UTC. One that the clocks leave out is an hour on."""
    local = datetime.combine(day, at, ENGLAND)
    return local.astimezone(UTC)


def span_of(day: date, begins: time, ends: time) -> Span:
    """Those hours of that day in England."""
    return Span(moment(day, begins), moment(day, ends))


def cells_of(span: Span) -> list[datetime]:
    """The beginnings of the cells that a span touches."""
    seconds = CELL_MINUTES * 60
    first = int(span.begins_at.timestamp()) // seconds * seconds
    last = -int(-span.ends_at.timestamp() // seconds) * seconds
    return [datetime.fromtimestamp(one, UTC) for one in range(first, last, seconds)]


def slots_of(
    hours: Iterable[Hours],
    rules: SlotRules,
    calendar: Calendar,
    *,
    first_on: date,
    last_on: date,
    now: datetime,
    away: Iterable[Span] = (),
    lessons: Sequence[LessonTime] = (),
    taken: Collection[tuple[str, datetime]] = frozenset(),
    pupil_id: str | None = None,
) -> list[Slot]:
    """Every slot from the first day to the last (both included), in order of time.

    `taken` are cells by whose they are, as the store names them (`staff_key`, `pupil_key`,
    `room_key`); those of staff reach over the buffer after a meeting. `away` is one person's, so
    all `hours` are to be that person's too. Slots may overlap: each is free by itself.
    """
    absences = tuple(away)
    earliest = now + timedelta(hours=rules.notice_hours)
    last_on = min(last_on, now.astimezone(ENGLAND).date() + rules.days_ahead * DAY)
    found = set()
    for one in hours:
        if one.kind not in BOOKABLE:
            continue
        for day in _days(first_on, last_on):
            if not one.are_on(day) or not (calendar.is_open(day) or one.kind in IN_HOLIDAYS):
                continue
            avoided = [
                span_of(day, lesson.begins, lesson.ends)
                for lesson in lessons
                if lesson.weekday == day.weekday()
                and lesson.week in ("", calendar.week_of(day))
                and calendar.is_open(day)
            ]
            for span in _within(span_of(day, one.begins, one.ends), rules):
                if span.begins_at < earliest:
                    continue
                if any(span.meets(other) for other in (*absences, *avoided)):
                    continue
                if _is_taken(span, one, rules, taken, pupil_id):
                    continue
                found.add(Slot(span.begins_at, span.ends_at, one.staff_id, one.kind, one.room))
    return sorted(found, key=lambda slot: (slot.begins_at, slot.staff_id, slot.room or ""))


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _within(hours: Span, rules: SlotRules) -> Iterator[Span]:
    begins = hours.begins_at
    # Hours that were put in oddly begin at the next whole cell.
    seconds = CELL_MINUTES * 60
    begins = datetime.fromtimestamp(-int(-begins.timestamp() // seconds) * seconds, UTC)
    while begins + rules.length <= hours.ends_at:
        yield Span(begins, begins + rules.length)
        begins += timedelta(minutes=rules.every_minutes)


def _is_taken(
    span: Span,
    hours: Hours,
    rules: SlotRules,
    taken: Collection[tuple[str, datetime]],
    pupil_id: str | None,
) -> bool:
    return any(
        cell in taken
        for cell in cells_needed(span, hours.staff_id, pupil_id, hours.room, rules.buffer)
    )


def cells_needed(
    span: Span, staff_id: str, pupil_id: str | None, room: str | None, buffer: timedelta
) -> list[tuple[str, datetime]]:
    """The cells that a meeting takes, in the one order in which all meetings take theirs.

    The adviser's reach over the buffer, so that the store itself keeps it between two meetings.
    """
    after = Span(span.begins_at, span.ends_at + buffer)
    found = [(staff_key(staff_id), cell) for cell in cells_of(after)]
    if pupil_id is not None:
        found += [(pupil_key(pupil_id), cell) for cell in cells_of(span)]
    if room is not None:
        found += [(room_key(room), cell) for cell in cells_of(span)]
    return sorted(found)


def staff_key(staff_id: str) -> str:
    """How the store names the cells of somebody of staff."""
    return f"staff:{staff_id}"


def pupil_key(pupil_id: str) -> str:
    """How the store names the cells of a pupil."""
    return f"pupil:{pupil_id}"


def room_key(room: str) -> str:
    """How the store names the cells of a room: a room is the same in any case of letters."""
    return f"room:{' '.join(room.split()).casefold()}"[:LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class Session:
    """Hours that are not given out one by one: a drop-in, or a session for a group."""

    begins_at: datetime
    ends_at: datetime
    staff_id: str
    kind: str
    room: str | None = None


def sessions_of(
    hours: Iterable[Hours],
    calendar: Calendar,
    *,
    first_on: date,
    last_on: date,
    now: datetime,
    away: Iterable[Span] = (),
) -> list[Session]:
    """The drop-in and group sessions that are still to come, in order of time."""
    absences = tuple(away)
    found = []
    for one in hours:
        if one.kind in BOOKABLE:
            continue
        for day in _days(first_on, last_on):
            if not one.are_on(day) or not calendar.is_open(day):
                continue
            span = span_of(day, one.begins, one.ends)
            if span.ends_at > now and not any(span.meets(other) for other in absences):
                found.append(
                    Session(span.begins_at, span.ends_at, one.staff_id, one.kind, one.room)
                )
    return sorted(found, key=lambda session: (session.begins_at, session.staff_id))
