"""A record from school to school: what is packed, what is new at the next school, what is taken.

Every imported line has the provenance "import" and a source that names the school, the day of the
passport, the fingerprint of its key, by which name that key was known here (`signed_by`, None for
a key that was not known), and the line's id, which stays the same wherever it goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from bot.records.guidance.bodies import Action, Body, Experience, Skill, body_of
from bot.records.guidance.destinations import (
    DestinationDetails,
    DestinationRow,
    add_destination,
    destinations_of,
)
from bot.records.guidance.known_schools import name_of_key
from bot.records.guidance.lines import (
    CONFIRMED_KINDS,
    RecordLineRow,
    add_line,
    delete_line,
    lines_of,
)
from bot.records.guidance.passport_file import Passport, PassportDestination, PassportLine
from bot.records.guidance.versions import LineVersionRow, versions_of_pupil
from bot.records.models import LineVersion, RecordLine, School
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing

State = Literal["new", "same", "conflict"]
Choice = Literal["keep", "take", "both"]
"""Of a line in conflict: the one here stays, the other one takes its place, or both stand."""


@dataclass(frozen=True, slots=True, repr=False)
class LineFound:
    """A line of a passport beside the record here. `here` is the one it is the same as or not."""

    number: int
    line: PassportLine
    body: Body
    state: State
    here: RecordLineRow | None

    @property
    def replaceable(self) -> bool:
        """Whether it may take the place of the one here: what others wrote stays."""
        return self.here is not None and not (
            self.here.kind == "advice" or self.here.provenance in ("adviser", "staff")
        )


@dataclass(frozen=True, slots=True, repr=False)
class PlaceFound:
    """A destination of a passport beside those here."""

    number: int
    place: PassportDestination
    state: State
    here: DestinationRow | None


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """A passport beside the record here."""

    lines: list[LineFound]
    places: list[PlaceFound]

    def count(self, state: State) -> int:
        """How many of both are new, the same or in conflict."""
        states = [one.state for one in self.lines] + [one.state for one in self.places]
        return states.count(state)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the pupil takes: numbers of new lines and places, choices for those in conflict."""

    lines: Mapping[int, Choice]
    places: Mapping[int, Choice]
    all_new: bool = False

    def line(self, found: LineFound) -> Choice:
        """The choice for a line; "keep" leaves it out."""
        return _choice(found, self.lines, self.all_new)

    def place(self, found: PlaceFound) -> Choice:
        """The choice for a destination; none here is replaced."""
        choice = _choice(found, self.places, self.all_new)
        return "both" if choice == "take" else choice


def _choice(found: LineFound | PlaceFound, said: Mapping[int, Choice], all_new: bool) -> Choice:
    if found.state == "same":
        return "keep"
    if found.state == "new" and all_new:
        return "take"
    return said.get(found.number, "keep")


def passport_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> tuple[dict[str, Any], str] | None:
    """What a pupil's passport holds, as JSON holds it, and the school's name; None without one."""
    pupil = find_pupil(connection, sealing, school_id, pupil_id)
    if pupil is None:
        return None
    school = connection.execute(select(School.name).where(School.id == school_id)).scalar_one()
    whose = (connection, sealing, school_id, pupil_id)
    before = versions_of_pupil(*whose)
    lines = lines_of(*whose)
    ids = {line.id: _root(line) for line in lines}
    names = {"given_name": pupil.details.given_name, "family_name": pupil.details.family_name}
    record = {
        "pupil": names,
        "lines": _once([_packed(line, ids, before.get(line.id, [])) for line in lines]),
        "destinations": [
            {
                "kind": one.kind,
                "category": one.category,
                "details": one.details.fields(),
                "year_group": one.year_group,
                "sustained": one.sustained,
                "reported_on": one.reported_on.isoformat(),
            }
            for one in destinations_of(*whose)
        ],
    }
    return record, school


def _packed(
    line: RecordLineRow, ids: Mapping[str, str], before: list[LineVersionRow]
) -> dict[str, Any]:
    source, imported = line.source, line.provenance == "import"
    came_from = {"school": source.get("school"), "on": source.get("on")}
    return {
        "id": _root(line),
        "kind": line.kind,
        "status": line.status,
        "body": line.body.fields(),
        "happened_on": line.happened_on.isoformat(),
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "was": source.get("was", "import") if imported else line.provenance,
        "first": source.get("first", came_from if all(came_from.values()) else None)
        if imported
        else None,
        "disputes": ids.get(source.get("disputes", "")),
        "meeting": source.get("meeting"),
        "confirmed_at": _said(line.confirmed_at),
        "disputed_at": _said(line.disputed_at),
        "changed_at": _said(line.changed_at),
        "earlier": [
            {
                "body": version.body.fields(),
                "status": version.status,
                "changed_by": version.changed_by,
                "replaced_at": _said(version.replaced_at),
            }
            for version in before
        ],
    }


def _once(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines, each id once: a pupil may have kept two readings of a line that was imported."""
    seen: set[str] = set()
    for at, line in enumerate(lines):
        while line["id"] in seen:
            line["id"] = f"{(int(line['id'], 16) + at + 1) % 16**32:032x}"
        seen.add(line["id"])
    return lines


def _root(line: RecordLineRow) -> str:
    root = line.source.get("line") if line.provenance == "import" else None
    return root if isinstance(root, str) else line.id


def _said(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


# ---- comparing


def compared(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, passport: Passport
) -> Comparison:
    """A passport beside the record of a pupil here."""
    whose = (connection, sealing, school_id, pupil_id)
    return Comparison(
        _lines_compared(passport, lines_of(*whose)),
        _places_compared(passport, destinations_of(*whose)),
    )


def _lines_compared(passport: Passport, here: list[RecordLineRow]) -> list[LineFound]:
    lines = [(line, body_of(line.kind, line.body)) for line in passport.record.lines]
    alike: dict[Any, list[RecordLineRow]] = {}
    for one in here:
        alike.setdefault(_content(one, one.body), []).append(one)
    # The very line rather than one that only says the same.
    same = {
        line.id: min(found, key=lambda one: line.id not in (one.id, _root(one)))
        for line, body in lines
        if (found := alike.get(_content(line, body)))
    }
    taken = {one.id for one in same.values()}
    odds: dict[Any, list[RecordLineRow]] = {}
    for one in here:
        for mark in {one.id, _root(one), _about(one, one.body)}:
            odds.setdefault((one.kind, mark), []).append(one)
    found_lines = []
    for number, (line, body) in enumerate(lines):
        twin = same.get(line.id)
        state: State = "same" if twin else "new"
        if twin is None:
            marks = [line.id, *filter(None, [_about(line, body)])]
            rivals = [one for mark in marks for one in odds.get((line.kind, mark), [])]
            twin = next((one for one in rivals if one.id not in taken), None)
            if twin is not None:
                state = "conflict"
                taken.add(twin.id)
        found_lines.append(LineFound(number, line, body, state, twin))
    return found_lines


def _content(line: RecordLineRow | PassportLine, body: Body) -> tuple[Any, ...]:
    return (line.kind, line.status, body, line.happened_on, line.due_on)


def _about(line: RecordLineRow | PassportLine, body: Body) -> tuple[Any, ...] | None:
    """What an experience, a skill or an action is about: two of that day are at odds."""
    if isinstance(body, Experience):
        return (line.happened_on, body.type, body.where.casefold())
    if isinstance(body, Skill):
        return (line.happened_on, body.name.casefold())
    if isinstance(body, Action):
        return (line.happened_on, body.text.casefold())
    return None


def _places_compared(passport: Passport, here: list[DestinationRow]) -> list[PlaceFound]:
    found = []
    for number, place in enumerate(passport.record.destinations):
        same = next((one for one in here if _place(one) == _place(place)), None)
        odd = next((one for one in here if _place(one)[:2] == _place(place)[:2]), None)
        state: State = "same" if same else "conflict" if odd else "new"
        found.append(PlaceFound(number, place, state, same or odd))
    return found


def _place(one: DestinationRow | PassportDestination) -> tuple[Any, ...]:
    told = one.details
    where = (one.category, told.place, told.course, told.comment)
    return (one.kind, one.reported_on, *where, one.year_group, one.sustained)


# ---- taking


def take_passport(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    passport: Passport,
    choices: Choices,
    now: datetime,
    *,
    own_key: str | None = None,
) -> int:
    """Take what the pupil chose, each line marked with the school and day; how many were taken.

    `own_key` is the fingerprint of the installation's own key: a passport of this very school is
    known to it. The choice is the pupil's yes to a line that needs one. A line that takes the
    place of one here keeps that one's text in its history. Raises NoPupil.
    """
    whose = (connection, sealing, school_id, pupil_id)
    signed_by = signer_of(connection, school_id, passport, own_key)
    comparison = compared(*whose, passport)
    chosen = [one for one in comparison.lines if choices.line(one) != "keep"]
    ids = {one.line.id: one.here.id for one in comparison.lines if one.here is not None}
    before = versions_of_pupil(*whose)
    # What disputes a line comes after the line that it points to.
    for one in sorted(chosen, key=lambda one: one.line.disputes is not None):
        # In the order of the passport, as the list of lines is by the moment they were added.
        added_at = now + timedelta(microseconds=len(comparison.lines) - one.number)
        line_id = _add(*whose, passport, signed_by, one, ids, now, added_at)
        ids[one.line.id] = line_id
        replaced = one.here if choices.line(one) == "take" and one.replaceable else None
        _keep_history(connection, sealing, school_id, line_id, one.line, replaced, before, now)
        if replaced is not None:
            delete_line(connection, school_id, pupil_id, replaced.id)
    places = [one for one in comparison.places if choices.place(one) != "keep"]
    for found in places:
        order = len(comparison.places) - found.number
        _add_place(*whose, passport, signed_by, found, now, order)
    return len(chosen) + len(places)


def signer_of(
    connection: Connection, school_id: int, passport: Passport, own_key: str | None = None
) -> str | None:
    """The school that signed a passport, as it is known here; None when nobody here knows the key.

    `own_key` is the fingerprint of the installation's own key.
    """
    if own_key is not None and passport.key == own_key:
        return passport.school
    return name_of_key(connection, school_id, passport.key)


def _add(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    passport: Passport,
    signed_by: str | None,
    found: LineFound,
    ids: Mapping[str, str],
    now: datetime,
    added_at: datetime,
) -> str:
    line = found.line
    source: dict[str, Any] = {
        "school": passport.school,
        "on": passport.made_on.isoformat(),
        "key": passport.key,
        "signed_by": signed_by,
        "line": line.id,
        "was": line.was,
    }
    if line.first is not None:
        source["first"] = {"school": line.first.school, "on": line.first.on.isoformat()}
    if line.disputes is not None and line.disputes in ids:
        source["disputes"] = ids[line.disputes]
    if line.meeting:
        source["meeting"] = line.meeting
    confirmed_at = min(line.confirmed_at, now) if line.confirmed_at else None
    if confirmed_at is None and line.kind in CONFIRMED_KINDS:
        confirmed_at = now
    added = add_line(
        connection,
        sealing,
        school_id,
        pupil_id,
        kind=line.kind,
        body=line.body,
        provenance="import",
        source=source,
        now=added_at,
        happened_on=line.happened_on,
        due_on=line.due_on,
        status=line.status,
        confirmed_at=confirmed_at,
    )
    values = {"disputed_at": line.disputed_at, "changed_at": line.changed_at}
    connection.execute(
        update(RecordLine)
        .where(RecordLine.id == added.id, RecordLine.school_id == school_id)
        .values(values)
    )
    return added.id


def _keep_history(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    line_id: str,
    line: PassportLine,
    replaced: RecordLineRow | None,
    before: Mapping[str, list[LineVersionRow]],
    now: datetime,
) -> None:
    """What the line said before, oldest first, with the line that it takes the place of."""
    rows: list[tuple[dict[str, Any], str, str, datetime]] = [
        (one.body, one.status, one.changed_by, one.replaced_at) for one in reversed(line.earlier)
    ]
    if replaced is not None:
        rows += [
            (one.body.fields(), one.status, one.changed_by, one.replaced_at)
            for one in reversed(before.get(replaced.id, []))
        ]
        rows.append((replaced.body.fields(), replaced.status, "pupil", now))
    for body, status, changed_by, replaced_at in rows:
        connection.execute(
            insert(LineVersion).values(
                school_id=school_id,
                line_id=line_id,
                body=sealing.seal(body_of(line.kind, body).fields()),
                status=status,
                changed_by=changed_by,
                replaced_at=replaced_at,
            )
        )


def _add_place(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    passport: Passport,
    signed_by: str | None,
    found: PlaceFound,
    now: datetime,
    order: int,
) -> None:
    place = found.place
    marks = {
        "brought_from": passport.school,
        "brought_on": passport.made_on.isoformat(),
        "signed_by": signed_by,
    }
    add_destination(
        connection,
        sealing,
        school_id,
        pupil_id,
        kind=place.kind,
        category=place.category,
        details={**_told(place.details), **marks},
        year_group=place.year_group,
        reported_by="import",
        reported_on=place.reported_on,
        sustained=place.sustained,
        now=now + timedelta(microseconds=order),
    )


def _told(details: DestinationDetails) -> dict[str, str | None]:
    return {"place": details.place, "course": details.course, "comment": details.comment}
