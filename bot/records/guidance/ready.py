"""Ready for my meeting: the record gathered on one page before the choices at 14, 16 and 18."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection

from bot.records.guidance.bodies import Experience
from bot.records.guidance.destinations import DestinationRow
from bot.records.guidance.documents import drawn
from bot.records.guidance.encounters import Expectation, Met, met_of, years_between
from bot.records.guidance.lines import (
    RecordLineRow,
    add_line,
    correct_line,
    delete_line,
    lines_of,
)
from bot.records.pupils import PupilRow
from bot.records.sealing import Sealing

Part = Literal["talk", "questions"]
PARTS: tuple[Part, ...] = get_args(Part)
LONGEST_PART = 800
"""Characters of each note for a meeting, so that the whole still fits on one page."""

# Of each list the document shows so many at most, each no longer than so many characters.
_MOST = {"aspirations": 3, "actions": 6, "experiences": 5, "decisions": 5}
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Stage:
    """The years that lead to a choice, and the age at which it is made."""

    age: int
    first_year: int
    last_year: int


STAGES = (Stage(14, 7, 9), Stage(16, 10, 11), Stage(18, 12, 13))


@dataclass(frozen=True, slots=True, repr=False)
class Ready:
    """What a meeting is about. Lists are newest first, actions by the day they are due.

    Without a `stage` the pupil is past Year 13. Experiences and decisions are those of the
    stage's years.
    """

    stage: Stage | None
    year_group: int
    today: date
    notes: dict[Part, str]
    aspirations: list[RecordLineRow]
    actions: list[RecordLineRow]
    met: list[Met]
    experiences: list[RecordLineRow]
    decisions: list[RecordLineRow]
    intended: DestinationRow | None = field(default=None)


def stage_of(year_group: int) -> Stage | None:
    """The stage that a year group belongs to; None past Year 13."""
    return next((one for one in STAGES if year_group <= one.last_year), None)


def gathered(
    pupil: PupilRow,
    lines: Sequence[RecordLineRow],
    destinations: Iterable[DestinationRow],
    expected: Iterable[Expectation],
    today: date,
) -> Ready:
    """The page for a pupil's meeting. `lines` and `destinations` are newest first."""
    year_group = pupil.year_group(today)
    stage = stage_of(year_group)
    if stage is None:
        ours = list(lines)
    else:
        first, last = years_between(pupil.year_7_in, stage.first_year, stage.last_year)
        ours = [line for line in lines if first <= line.happened_on <= last]
    open_actions = [line for line in lines if (line.kind, line.status) == ("action", "open")]
    return Ready(
        stage=stage,
        year_group=year_group,
        today=today,
        notes={part: _words(_note(lines, stage, part)) for part in PARTS},
        aspirations=[line for line in lines if line.kind == "aspiration"],
        actions=sorted(open_actions, key=lambda line: (line.due_on or date.max, line.happened_on)),
        met=met_of(lines, pupil.year_7_in, expected, today),
        experiences=[line for line in ours if line.kind == "experience"],
        decisions=[line for line in ours if line.kind == "decision"],
        intended=next((one for one in destinations if one.kind == "intended"), None),
    )


def keep_notes(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    stage: Stage | None,
    words: dict[Part, str],
    now: datetime,
) -> None:
    """Keep what the pupil notes for a meeting; without words the note is taken out.

    Each part is one note of the record, corrected as it changes. Raises NoPupil; ValueError for
    more than LONGEST_PART characters.
    """
    if any(len(text) > LONGEST_PART for text in words.values()):
        raise ValueError("too long for one page")
    whose = (connection, sealing, school_id, pupil_id)
    lines = lines_of(*whose, kinds=("note",))
    for part, said in words.items():
        text, line = said.strip(), _note(lines, stage, part)
        if line is None and text:
            source = {"meeting": _mark(stage, part)}
            body = {"text": text}
            add_line(*whose, kind="note", body=body, provenance="pupil", source=source, now=now)
        elif line is not None and text:
            correct_line(*whose, line.id, {"text": text}, now)
        elif line is not None:
            delete_line(connection, school_id, pupil_id, line.id)


def ready_pdf(ready: Ready, *, name: str, school: str) -> bytes:
    """The page as a tagged PDF of one page; what is long is shortened. Raises NotDrawn."""
    stage, intended = ready.stage, ready.intended
    shown: dict[str, Any] = {
        "name": name,
        "school": school,
        "today": ready.today.isoformat(),
        "age": stage.age if stage else None,
        "year_group": ready.year_group,
        "notes": ready.notes,
        "met": [{**asdict(one), "by": one.by.isoformat() if one.by else None} for one in ready.met],
        "intended": intended
        and {
            "category": intended.category,
            "details": {key: _short(text) for key, text in intended.details.fields().items()},
        },
    }
    for one in _MOST:
        lines = getattr(ready, one)
        shown[one] = [_shown(line) for line in lines[: _MOST[one]]]
        shown[f"more_{one}"] = max(0, len(lines) - _MOST[one])
    return drawn("ready", shown)


def _note(lines: Iterable[RecordLineRow], stage: Stage | None, part: Part) -> RecordLineRow | None:
    mark = _mark(stage, part)
    return next((line for line in lines if line.source.get("meeting") == mark), None)


def _mark(stage: Stage | None, part: Part) -> str:
    return f"{part}-{stage.age}" if stage else part


def _words(line: RecordLineRow | None) -> str:
    return str(line.body.fields()["text"]) if line else ""


def _shown(line: RecordLineRow) -> dict[str, Any]:
    fields = line.body.fields()
    shown: dict[str, Any] = {
        "on": line.happened_on.isoformat(),
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "helper": _short(fields.get("helper") or ""),
    }
    if isinstance(line.body, Experience):
        return {**shown, "type": line.body.type, "text": _short(line.body.where)}
    return {**shown, "text": _short(fields["text"])}


def _short(text: str) -> str:
    """The text in one line, cut after a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST:
        return line
    cut = line[: _LONGEST - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
