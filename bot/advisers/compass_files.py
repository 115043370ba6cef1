"""Careers records to and from a file in the style of Compass+: looked at first, then written."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.advisers.compass_rows import (
    PROPOSED,
    WORDING,
    Bad,
    LeftOut,
    Refused,
    Row,
    Who,
    Words,
    csv_cell,
    read_rows,
)
from bot.identity.roster.upn import upn_typed
from bot.records.guidance.bodies import ENCOUNTERS, Experience
from bot.records.guidance.destinations import DestinationRow, add_destination, destinations_of
from bot.records.guidance.imported import FILE, said_no_to
from bot.records.guidance.lines import RecordLineRow, add_line, day_in_england, lines_of
from bot.records.guidance.proposals import ProposalRow, proposals_of, propose
from bot.records.guidance.views import note_view, purposes
from bot.records.pupils import LAST_YEAR, PupilRow, list_pupils, name_key
from bot.records.sealing import Sealing
from knowledge.wording import Wording

PURPOSE = "systems"


@dataclass(frozen=True, slots=True, repr=False)
class NewExperience:
    """An experience that the pupil's record does not have yet."""

    pupil_id: str
    body: Mapping[str, str]
    day: date
    said: str


@dataclass(frozen=True, slots=True, repr=False)
class NewPlace:
    """Where a pupil means to go, which is not held yet."""

    pupil_id: str
    category: str
    place: str | None
    course: str | None
    year_group: int
    day: date


@dataclass(frozen=True, slots=True, repr=False)
class NewProposal:
    """What a pupil hopes for, decided or will do: it waits for that pupil's yes."""

    pupil_id: str
    kind: str
    text: str
    helper: str | None
    due_on: date | None
    day: date
    said: str


Add = NewExperience | NewPlace | NewProposal


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a file would do. `conflicts` and `bad` are left out, each with its line and reason."""

    adds: tuple[Add, ...]
    same: int
    conflicts: tuple[LeftOut, ...]
    bad: tuple[LeftOut, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many would be added: experiences, places and proposals."""
        names = {NewExperience: "experiences", NewPlace: "places", NewProposal: "proposals"}
        return Counter(names[type(one)] for one in self.adds)


@dataclass(frozen=True, slots=True)
class _Roster:
    """The school's pupils, leavers too, by what a file may name them with."""

    by_upn: Mapping[str, PupilRow] = field(repr=False)
    by_person: Mapping[tuple[str, str, date], list[PupilRow]] = field(repr=False)

    @classmethod
    def of(cls, pupils: Iterable[PupilRow]) -> "_Roster":
        by_upn: dict[str, PupilRow] = {}
        by_person: dict[tuple[str, str, date], list[PupilRow]] = defaultdict(list)
        for pupil in pupils:
            held = pupil.details
            if held.upn:
                by_upn[upn_typed(held.upn)] = pupil
            if held.birth_date:
                by_person[(*_names(pupil), held.birth_date)].append(pupil)
        return cls(by_upn, by_person)

    def find(self, who: Who) -> PupilRow:
        """The pupil of a row: by UPN, else by names and date of birth. Raises Bad."""
        pupil = self.by_upn.get(who.upn) if who.upn else None
        if pupil is not None:
            # A column that has slipped would write into somebody else's record.
            told = [
                (one, held)
                for one, held in zip((who.given, who.family), _names(pupil), strict=True)
                if one
            ]
            if told and not any(one == held for one, held in told):
                raise Bad("upn_of_another")
            return pupil
        if not (who.given and who.family and who.born):
            raise Bad("no_pupil" if who.upn else "nobody")
        found = self.by_person.get((who.given, who.family, who.born), [])
        # A UPN that is held and differs is somebody else's.
        found = [one for one in found if not (who.upn and one.details.upn)]
        if len(found) != 1:
            raise Bad("two_pupils" if found else "no_pupil")
        return found[0]


class _Conflict(Exception):
    pass


class _Held:
    """What is held of pupils, and what the file has added to it so far."""

    def __init__(self, connection: Connection, sealing: Sealing, school_id: int) -> None:
        self._whose = (connection, sealing, school_id)
        self._connection, self._sealing, self._school_id = connection, sealing, school_id
        self._experiences: dict[str, dict[tuple[str, date, str], str]] = {}
        self._came: dict[str, set[str]] = {}
        self._places: dict[str, dict[date, set[str]]] = {}
        self._said: dict[str, set[str]] = {}

    def experience(self, pupil_id: str, body: Mapping[str, str], day: date) -> str | None:
        """The keyed hash of a new experience, held from now on; None where it is there or was.

        Raises _Conflict.
        """
        held = self._experiences.get(pupil_id)
        if held is None:
            lines = lines_of(*self._whose, pupil_id, kinds=("experience",))
            held = {
                _key(line.body, line.happened_on): line.body.did
                for line in lines
                if isinstance(line.body, Experience)
            }
            self._experiences[pupil_id] = held
            # What the pupil has changed or deleted since does not come once more.
            self._came[pupil_id] = {
                *(line.source["said"] for line in lines if line.source.get("said")),
                *said_no_to(self._connection, self._school_id, pupil_id),
            }
        key = (body["type"], day, name_key(body["where"]))
        if key in held:
            # A file that says nothing of it does not contradict what the pupil wrote.
            if body["did"] not in (WORDING.say("compass.not_said"), held[key]):
                raise _Conflict
            return None
        said = self._hash("experience", f"{key[0]} {day.isoformat()} {key[2]}")
        if said in self._came[pupil_id]:
            return None
        held[key] = body["did"]
        return said

    def place(self, pupil_id: str, category: str, day: date) -> bool:
        """Whether an intended destination is new; it is held from now on. Raises _Conflict."""
        held = self._places.get(pupil_id)
        if held is None:
            held = defaultdict(set)
            for one in destinations_of(*self._whose, pupil_id, kind="intended"):
                held[one.reported_on].add(one.category)
            self._places[pupil_id] = held
        if category in held[day]:
            return False
        if held[day]:
            raise _Conflict
        held[day].add(category)
        return True

    def said(self, pupil_id: str, kind: str, text: str) -> str | None:
        """The keyed hash of what is to be proposed; None where it is held, waits or was refused."""
        held = self._said.get(pupil_id)
        if held is None:
            lines: list[RecordLineRow | ProposalRow] = [
                *lines_of(*self._whose, pupil_id, kinds=PROPOSED),
                *proposals_of(*self._whose, pupil_id),
            ]
            held = {
                self._hash(one.kind, one.body.fields()["text"])
                for one in lines
                if one.kind in PROPOSED
            }
            # What the pupil has changed since is not proposed once more.
            held |= {one.source["said"] for one in lines if one.source.get("said")}
            held |= said_no_to(self._connection, self._school_id, pupil_id)
            self._said[pupil_id] = held
        said = self._hash(kind, text)
        if said in held:
            return None
        held.add(said)
        return said

    def _hash(self, kind: str, text: str) -> str:
        # As the chat makes it (record_talk/offers.py): a no in one place is a no in the other.
        return self._sealing.lookup("said", f"{kind} {text}")


def read_compass(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    content: bytes,
    wording: Wording,
    made_on: date,
    today: date,
) -> Reading:
    """Read a file and say what it would do; nothing is written. `made_on` is the file's day.

    Rows without a day of their own are of the file's day, experiences excepted: those need one.
    Raises Refused, SealBroken.
    """
    if made_on > today:
        raise Refused("made_on")
    rows, bad = read_rows(content, Words.of(wording), today)
    roster = _Roster.of(list_pupils(connection, sealing, school_id, leavers=True))
    held = _Held(connection, sealing, school_id)
    adds: list[Add] = []
    conflicts: list[LeftOut] = []
    same = 0
    for row in rows:
        try:
            new = _new(row, roster.find(row.who), held, made_on)
        except Bad as problem:
            bad.append(LeftOut(row.line, f"bad_{problem.reason}"))
        except _Conflict:
            what = "intended" if row.type == "intended" else "experience"
            conflicts.append(LeftOut(row.line, f"conflict_{what}"))
        else:
            if new is None:
                same += 1
            else:
                adds.append(new)
    bad.sort(key=lambda one: one.line)
    return Reading(tuple(adds), same, tuple(conflicts), tuple(bad))


def _new(row: Row, pupil: PupilRow, held: _Held, made_on: date) -> Add | None:
    """What a row adds; None where it is there already. Raises _Conflict."""
    day = row.day or made_on
    if row.type in ENCOUNTERS:
        not_said = WORDING.say("compass.not_said")
        body = {
            "type": row.type,
            "where": row.organisation or row.activity,
            "did": row.activity if row.organisation and row.activity else not_said,
            "learnt": not_said,
        }
        said = held.experience(pupil.id, body, day)
        return None if said is None else NewExperience(pupil.id, body, day, said)
    if row.category is not None:
        if not held.place(pupil.id, row.category, day):
            return None
        year_group = max(7, min(pupil.year_group(day), LAST_YEAR))
        place, course = row.organisation or None, row.course or None
        return NewPlace(pupil.id, row.category, place, course, year_group, day)
    said = held.said(pupil.id, row.type, row.activity)
    if said is None:
        return None
    helper = (row.organisation or None) if row.type == "action" else None
    return NewProposal(pupil.id, row.type, row.activity, helper, row.due_on, day, said)


def write_compass(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    reading: Reading,
    content: bytes,
    wording: Wording,
    made_on: date,
    now: datetime,
) -> None:
    """Write what was read, all of it in this transaction; every line says the file's day.

    Experiences and intended destinations enter as imported. What a pupil hopes for, decided or
    will do enters nothing: it is proposed. Raises Refused when it would do something else by now.
    """
    today = day_in_england(now)
    again = read_compass(connection, sealing, school_id, content, wording, made_on, today)
    if again.adds != reading.adds:
        raise Refused("changed")
    source = {"file": FILE, "on": made_on.isoformat()}
    for new in reading.adds:
        whose = (connection, sealing, school_id, new.pupil_id)
        if isinstance(new, NewExperience):
            add_line(
                *whose,
                kind="experience",
                body=new.body,
                provenance="import",
                source={**source, "said": new.said},
                happened_on=new.day,
                now=now,
            )
        elif isinstance(new, NewPlace):
            add_destination(
                *whose,
                kind="intended",
                category=new.category,
                details={
                    "place": new.place,
                    "course": new.course,
                    "brought_on": made_on.isoformat(),
                },
                year_group=new.year_group,
                reported_by="import",
                reported_on=new.day,
                now=now,
            )
        else:
            body: dict[str, Any] = {"text": new.text}
            if new.helper:
                body["helper"] = new.helper
            propose(
                *whose,
                kind=new.kind,
                body=body,
                source={**source, "day": new.day.isoformat(), "said": new.said},
                due_on=new.due_on,
                now=now,
            )


# ---- out


def export_compass(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    wording: Wording,
    *,
    name: str,
    role: str,
    now: datetime,
    leavers: bool = False,
) -> tuple[str, int]:
    """Experiences and intended destinations as CSV that `read_compass` reads; how many rows.

    The pupils' own words of what they did and learnt are not in it. Every pupil who is in it is
    told that `name`, `role` took it out. In a writing transaction. Raises SealBroken.
    """
    words = Words.of(wording)
    today = day_in_england(now)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.label for column in words.columns])
    number = 0
    for pupil in list_pupils(connection, sealing, school_id, leavers=leavers):
        if not leavers and pupil.has_left(today):
            continue
        whose = (connection, sealing, school_id, pupil.id)
        rows = [
            *(_experience(line, words) for line in lines_of(*whose, kinds=("experience",))),
            *(_intended(one, words) for one in destinations_of(*whose, kind="intended")),
        ]
        if not rows:
            continue
        note_view(*whose, name=name, role=role, purpose=purposes()[PURPOSE], now=now)
        held = pupil.details
        who = {
            "upn": held.upn,
            "family_name": held.family_name,
            "given_name": held.given_name,
            "birth_date": held.birth_date.isoformat() if held.birth_date else None,
            "year_group": str(pupil.year_group(today)),
        }
        for row in sorted(rows, key=lambda one: (one["date"], one["type"])):
            values = {**who, **row}
            writer.writerow([csv_cell(values.get(column.id)) for column in words.columns])
        number += len(rows)
    return text.getvalue(), number


def _experience(line: RecordLineRow, words: Words) -> dict[str, str]:
    body = line.body
    assert isinstance(body, Experience)
    # What came in a file goes out again; what the pupil wrote is the pupil's.
    from_file = line.source.get("file") == FILE and not line.corrected
    told = from_file and body.did != WORDING.say("compass.not_said")
    return {
        "benchmark": words.benchmarks.get(body.type, ""),
        "type": words.type_label(body.type),
        "activity": body.did if told else words.type_label(body.type),
        "organisation": body.where,
        "date": line.happened_on.isoformat(),
    }


def _intended(one: DestinationRow, words: Words) -> dict[str, str]:
    return {
        "benchmark": words.benchmarks["intended"],
        "type": words.type_label("intended"),
        "organisation": one.details.place or "",
        "date": one.reported_on.isoformat(),
        "destination": next(each.label for each in words.destinations if each.id == one.category),
        "course": one.details.course or "",
    }


def _names(pupil: PupilRow) -> tuple[str, str]:
    return name_key(pupil.details.given_name), name_key(pupil.details.family_name)


def _key(body: Experience, day: date) -> tuple[str, date, str]:
    return body.type, day, name_key(body.where)
