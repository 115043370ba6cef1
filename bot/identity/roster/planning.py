"""What a roster would change: who is added, changed, back, gone or the same. Writes nothing."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.identity.roster.columns import Refused, sentence, shown
from bot.identity.roster.matching import Matched, match_rows
from bot.identity.roster.rows import BadRow, RosterRow, RosterRows, bad_row
from bot.records.pupils import (
    FIRST_YEAR,
    LAST_YEAR,
    PupilDetails,
    PupilRow,
    name_key,
    school_year,
)

_OPTIONAL = ("birth_date", "upn", "email", "gender", "send", "pupil_premium", "eal")
_DETAILS = ("given_name", "family_name", *_OPTIONAL)
_FEW = 5
"""As many pupils leaving are nothing to warn of."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the office should know, with the key of its sentence in words.yml."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def says(self) -> str:
        """The sentence; numbers, years and names of columns are all that is in it."""
        return sentence("notes", self.code, self.values)


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """A pupil who is held, as the roster has them. `columns` names what differs."""

    pupil: PupilRow
    line: int
    details: PupilDetails
    year_7_in: int
    tutor_group: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """What would be written, and what not. `versions` says of which state of the store it holds.

    `waiting` are pupils who are not in the file but stay: their row is bad, or nobody can tell.
    `emptied` are pupils outside the file who lose a column that is no longer held.
    """

    adds: tuple[RosterRow, ...]
    changes: tuple[Change, ...]
    returns: tuple[Change, ...]
    leavers: tuple[PupilRow, ...]
    same: int
    bad: tuple[BadRow, ...]
    waiting: int
    emptied: tuple[tuple[PupilRow, PupilDetails], ...]
    notes: tuple[Note, ...]
    most_leave: bool
    held: frozenset[str]
    versions: Mapping[str, datetime]

    @property
    def writes(self) -> int:
        """How many pupils it would write."""
        return sum(map(len, (self.adds, self.changes, self.returns, self.leavers, self.emptied)))


def plan_roster(
    read: RosterRows,
    pupils: Sequence[PupilRow],
    held: frozenset[str],
    today: date,
    *,
    part: bool = False,
    same: Collection[int] = (),
    new: Collection[int] = (),
) -> Plan:
    """Compare a file's rows with all pupils of the school, leavers too.

    `part` says that the file holds only some pupils, so that nobody leaves. `same` and `new` are
    the lines of rows that looked like a pupil who is held and are one, or are not. Raises Refused
    for a line among them on which there is nothing to decide.
    """
    found = match_rows(read.rows, pupils, same, new)
    _refuse_lines([*same, *new], found)
    bad = [*read.bad, *found.bad]
    pairs = [(row, pupil, _target(row, pupil, held, read.given)) for row, pupil in found.pairs]
    paired = {pupil.id for _, pupil, _ in pairs}
    pairs, adds, taken = _without_taken_emails(pairs, found.adds, pupils)
    bad += taken
    claimed = {pupil.id for _, pupil, _ in pairs}
    held_back = found.looked_like | (paired - claimed)
    absent = [pupil for pupil in pupils if pupil.id not in claimed]
    gone, waiting, unknown = _leavers(absent, bad, held_back, part)
    differing = [one for one in (_change(*pair) for pair in pairs) if one is not None]
    returns = tuple(one for one in differing if one.pupil.left_on is not None)
    changes = tuple(one for one in differing if one.pupil.left_on is None)
    emptied = tuple(
        (pupil, kept)
        for pupil in absent
        if (kept := _only_held(pupil.details, held)) != pupil.details
        or ("tutor_group" not in held and pupil.tutor_group is not None)
    )
    current = [pupil for pupil in pupils if pupil.left_on is None]
    most_leave = len(gone) > max(_FEW, len(current) // 2)
    notes = [
        *_notes_of_file(read, held),
        *_notes_of_leavers(gone, current, unknown, part, most_leave, today),
        *_notes_of_columns(pupils, held, read.given),
    ]
    return Plan(
        adds=tuple(adds),
        changes=changes,
        returns=returns,
        leavers=tuple(gone),
        same=len(pairs) - len(differing),
        bad=tuple(sorted(bad, key=lambda one: one.line)),
        waiting=len(waiting),
        emptied=emptied,
        notes=tuple(notes),
        most_leave=most_leave,
        held=held,
        versions={pupil.id: pupil.updated_at for pupil in pupils},
    )


def _refuse_lines(lines: Iterable[int], found: Matched) -> None:
    for line in lines:
        if line not in found.decided:
            raise Refused("unknown_line", line=line)


def _only_held(details: PupilDetails, held: frozenset[str]) -> PupilDetails:
    let_go: dict[str, Any] = {name: None for name in _OPTIONAL if name not in held}
    return replace(details, **let_go)


def _target(row: RosterRow, pupil: PupilRow, held: frozenset[str], given: frozenset[str]) -> Change:
    """The pupil as the file has them; what the file has no column for stays as it is."""
    kept = {
        name: getattr(pupil.details, name)
        for name in _OPTIONAL
        if name in held and name not in given
    }
    tutor_group = row.tutor_group
    if "tutor_group" in held and "tutor_group" not in given:
        tutor_group = pupil.tutor_group
    return Change(
        pupil, row.line, replace(row.details, **kept), row.year_7_in, tutor_group, columns=()
    )


def _change(row: RosterRow, pupil: PupilRow, target: Change) -> Change | None:
    """The target with what differs; None where nothing does and the pupil had not left."""
    old = pupil.details
    differing = [name for name in _DETAILS if getattr(old, name) != getattr(target.details, name)]
    if pupil.year_7_in != target.year_7_in:
        differing.append("year_group")
    if pupil.tutor_group != target.tutor_group:
        differing.append("tutor_group")
    if not differing and pupil.left_on is None:
        return None
    return replace(target, columns=tuple(differing))


_Pair = tuple[RosterRow, PupilRow, Change]


def _without_taken_emails(
    pairs: list[_Pair], adds: Sequence[RosterRow], pupils: Sequence[PupilRow]
) -> tuple[list[_Pair], list[RosterRow], list[BadRow]]:
    """The rows without those whose e-mail address stays another pupil's.

    A row taken out lets its pupil keep the address they have, which may be another row's: so it
    is done again until nothing more is found. Those who have left hold no address.
    """
    left = list(adds)
    bad: list[BadRow] = []
    while True:
        claimed = {pupil.id for _, pupil, _ in pairs}
        owners: dict[str, list[int | None]] = defaultdict(list)
        for pupil in pupils:
            if pupil.id not in claimed and pupil.details.email and pupil.left_on is None:
                owners[pupil.details.email].append(None)
        for row, _, target in pairs:
            if target.details.email:
                owners[target.details.email].append(row.line)
        for row in left:
            if row.details.email:
                owners[row.details.email].append(row.line)
        wrong = {line for lines in owners.values() if len(lines) > 1 for line in lines}
        more = [row for row, _, _ in pairs if row.line in wrong]
        more += [row for row in left if row.line in wrong]
        if not more:
            return pairs, left, bad
        bad += [bad_row(row, "email_taken") for row in more]
        pairs = [pair for pair in pairs if pair[0].line not in wrong]
        left = [row for row in left if row.line not in wrong]


def _leavers(
    absent: Sequence[PupilRow],
    bad: Sequence[BadRow],
    held_back: Collection[str],
    part: bool,
) -> tuple[list[PupilRow], list[PupilRow], bool]:
    """Who leaves, who waits, and whether all wait because of rows that are nobody's.

    A pupil whose row is bad has not left.
    """
    there = [pupil for pupil in absent if pupil.left_on is None]
    if part:
        return [], [], False
    upns = {row.upn for row in bad} - {None}
    names = {row.names for row in bad} - {None}
    waiting = [
        pupil
        for pupil in there
        if pupil.id in held_back
        or pupil.details.upn in upns
        or (name_key(pupil.details.given_name), name_key(pupil.details.family_name)) in names
    ]
    if any(row.upn is None and row.names is None for row in bad):
        return [], there, len(there) > len(waiting)
    ids = {pupil.id for pupil in waiting}
    return [pupil for pupil in there if pupil.id not in ids], waiting, False


def _notes_of_file(read: RosterRows, held: frozenset[str]) -> list[Note]:
    notes = []
    if read.repeated:
        notes.append(Note("repeated", {"count": read.repeated}))
    if read.with_unseen:
        notes.append(Note("unseen", {"count": read.with_unseen}))
    shifts = Counter(
        row.year_7_in - (school_year(row.birth_date) + 12) for row in read.rows if row.birth_date
    )
    for shift, way in ((1, "above"), (-1, "below")):
        if shifts[shift] > _FEW and shifts[shift] * 2 > shifts.total():
            year = read.beginning_in - shift
            notes.append(Note("other_year", {"way": way, "year": year}))
    return notes


def _notes_of_leavers(
    gone: Sequence[PupilRow],
    current: Sequence[PupilRow],
    unknown: bool,
    part: bool,
    most_leave: bool,
    today: date,
) -> list[Note]:
    if part:
        return [Note("part")]
    if unknown:
        return [Note("leavers_wait")]
    if most_leave:
        return [Note("most_leave", {"count": len(gone), "held": len(current)})]
    there = Counter(pupil.year_group(today) for pupil in current)
    leaving = Counter(pupil.year_group(today) for pupil in gone)
    return [
        Note("year_leaves", {"year": year, "count": count})
        for year, count in sorted(leaving.items())
        if count > _FEW and count == there[year] and FIRST_YEAR <= year <= LAST_YEAR
    ]


def _notes_of_columns(
    pupils: Sequence[PupilRow], held: frozenset[str], given: frozenset[str]
) -> list[Note]:
    had = {
        name
        for name in _OPTIONAL
        if any(getattr(pupil.details, name) is not None for pupil in pupils)
    }
    if any(pupil.tutor_group is not None for pupil in pupils):
        had.add("tutor_group")
    notes = []
    if had - held:
        notes.append(Note("dropped", {"columns": shown(had - held)}))
    if held - given:
        notes.append(Note("not_there", {"columns": shown(held - given)}))
    return notes
