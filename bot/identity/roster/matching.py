"""Which row of a roster is which pupil who is held: by UPN, else by name with date of birth."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.identity.roster.rows import BadRow, RosterRow, bad_row
from bot.records.pupils import PupilRow, name_key

_Names = tuple[str, str]
_Person = tuple[str, str, date | None]


@dataclass(slots=True, repr=False)
class Matched:
    """Rows with their pupils, rows of nobody who is held, and rows left out.

    `looked_like` are the ids of pupils whom a row left out looks like; `decided` the lines of
    rows about which the office has said whether they are that pupil.
    """

    pairs: list[tuple[RosterRow, PupilRow]] = field(default_factory=list)
    adds: list[RosterRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    looked_like: set[str] = field(default_factory=set)
    decided: set[int] = field(default_factory=set)


def match_rows(
    rows: Sequence[RosterRow],
    pupils: Sequence[PupilRow],
    same: Collection[int] = (),
    new: Collection[int] = (),
) -> Matched:
    """Find each row's pupil among all of the school's, leavers too.

    A UPN counts most; but a row that has the UPN of one pupil and little else of theirs waits, or
    somebody would be given another's record. So does a row that only looks like a pupil. What
    waits is decided by its line being among `same` or `new`.
    """
    found = Matched()
    claimed: set[str] = set()
    rest = _by_upn(rows, pupils, found, claimed, same)
    rest = _by_person(rest, pupils, found, claimed)
    _by_looks(rest, pupils, found, claimed, same, new)
    return found


def _names(pupil: PupilRow) -> _Names:
    return name_key(pupil.details.given_name), name_key(pupil.details.family_name)


def _by_upn(
    rows: Sequence[RosterRow],
    pupils: Sequence[PupilRow],
    found: Matched,
    claimed: set[str],
    same: Collection[int],
) -> list[RosterRow]:
    """Pair the rows that have a held pupil's UPN; the rows still to be paired."""
    of_upn = {pupil.details.upn: pupil for pupil in pupils if pupil.details.upn}
    people = {(*_names(pupil), pupil.details.birth_date) for pupil in pupils}
    rest = []
    for row in rows:
        pupil = of_upn.get(row.upn) if row.upn else None
        if pupil is None:
            rest.append(row)
            continue
        sure = _is_them(row, pupil, people)
        if not sure and row.line in same:
            found.decided.add(row.line)
            sure = True
        if sure:
            found.pairs.append((row, pupil))
            claimed.add(pupil.id)
        else:
            found.bad.append(bad_row(row, "upn_of_another"))
    return rest


def _is_them(row: RosterRow, pupil: PupilRow, people: Collection[_Person]) -> bool:
    """Whether a row with a pupil's UPN is that pupil's: who changes keeps most of what they had.

    Of first name, family name and date of birth two must be as they were, or one of the names
    where a date is not held. With the name and birthday of somebody else who is held the number
    is that of a brother or sister.
    """
    given, family = row.names()
    born, was_born = row.birth_date, pupil.details.birth_date
    agree = (given == _names(pupil)[0]) + (family == _names(pupil)[1])
    if born is None or was_born is None:
        return agree > 0
    if agree == 2:
        return True
    return agree + (born == was_born) == 2 and row.person() not in people


def _by_person(
    rows: Sequence[RosterRow], pupils: Sequence[PupilRow], found: Matched, claimed: set[str]
) -> list[RosterRow]:
    """Pair the rows that have name and date of birth of a pupil who is not paired yet."""
    of_person: dict[_Person, list[PupilRow]] = defaultdict(list)
    for pupil in pupils:
        if pupil.details.birth_date is not None and pupil.id not in claimed:
            of_person[(*_names(pupil), pupil.details.birth_date)].append(pupil)
    rows_of_person = defaultdict(list)
    for row in rows:
        rows_of_person[row.person()].append(row)
    rest = []
    for row in rows:
        fitting = of_person.get(row.person(), []) if row.birth_date else []
        # One who is still there rather than one of the same name and birthday who has left.
        fitting = [pupil for pupil in fitting if pupil.left_on is None] or fitting
        if not fitting:
            rest.append(row)
        elif len(fitting) > 1 or len(rows_of_person[row.person()]) > 1:
            found.bad.append(bad_row(row, "fits_two"))
        else:
            found.pairs.append((row, fitting[0]))
            claimed.add(fitting[0].id)
    return rest


def _by_looks(
    rows: Sequence[RosterRow],
    pupils: Sequence[PupilRow],
    found: Matched,
    claimed: set[str],
    same: Collection[int],
    new: Collection[int],
) -> None:
    """Pair, add or hold back the rows that so far are nobody's.

    A row looks like a pupil when of the two names and the date of birth two are the same, and
    there are not two UPNs to tell them apart.
    """
    by_birth: dict[date | None, list[PupilRow]] = defaultdict(list)
    by_names: dict[_Names, list[PupilRow]] = defaultdict(list)
    for pupil in pupils:
        if pupil.id not in claimed:
            by_names[_names(pupil)].append(pupil)
            if pupil.details.birth_date is not None:
                by_birth[pupil.details.birth_date].append(pupil)
    for row in rows:
        given, family = row.names()
        near = [
            pupil
            for pupil in by_birth.get(row.birth_date, [])
            if (_names(pupil)[0] == given or _names(pupil)[1] == family)
            and not (row.upn and pupil.details.upn)
            and pupil.year_7_in == row.year_7_in
        ] + [
            pupil
            for pupil in by_names.get(row.names(), [])
            if not (row.upn and pupil.details.upn)
            and (
                pupil.year_7_in == row.year_7_in
                or row.birth_date is None
                or pupil.details.birth_date is None
            )
        ]
        near = [pupil for pupil in near if pupil.id not in claimed]
        if near and (row.line in same or row.line in new):
            found.decided.add(row.line)
        if not near or row.line in new:
            found.adds.append(row)
        elif row.line not in same:
            found.bad.append(bad_row(row, "looks_like"))
            found.looked_like.update(pupil.id for pupil in near)
        elif len(near) > 1:
            found.bad.append(bad_row(row, "fits_two"))
            found.looked_like.update(pupil.id for pupil in near)
        else:
            found.pairs.append((row, near[0]))
            claimed.add(near[0].id)
