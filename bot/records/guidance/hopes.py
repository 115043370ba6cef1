"""What a pupil hoped for over time: each wording with its days, and what took its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.records.guidance.bodies import Aspiration
from bot.records.guidance.lines import RecordLineRow, day_in_england
from bot.records.guidance.versions import LineVersionRow


@dataclass(frozen=True, slots=True)
class Hope:
    """Something hoped for from `since` on; to `until`, when the pupil put `then` in its place.

    Without `until` it still stands in the record. Two hopes may stand at the same time: a new
    one takes the place of another only where the pupil changed that one.
    """

    text: str = field(repr=False)
    since: date
    until: date | None = None
    then: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Line:
    began: date
    earlier: Sequence[tuple[str, date]]
    """Texts with the day on which each was replaced, oldest first."""
    text: str


def hopes_of(
    lines: Iterable[RecordLineRow], versions: Mapping[str, Sequence[LineVersionRow]]
) -> list[Hope]:
    """The hopes in a record, oldest first, one that replaced another right after it.

    `versions` are what lines said before, newest first. A text that was changed on the day that
    it was written was a slip, and is left out.
    """
    return _hopes(
        _Line(
            line.happened_on,
            [
                (one.body.text, day_in_england(one.replaced_at))
                for one in reversed(versions.get(line.id, ()))
                if isinstance(one.body, Aspiration)
            ],
            line.body.text,
        )
        for line in lines
        if isinstance(line.body, Aspiration)
    )


def hopes_in(lines: Iterable[Mapping[str, Any]]) -> list[Hope]:
    """The same out of the lines of a bundle (`bundle_of`)."""
    return _hopes(
        _Line(
            date.fromisoformat(line["happened_on"]),
            [
                (one["body"]["text"], day_in_england(datetime.fromisoformat(one["replaced_at"])))
                for one in reversed(line["earlier"])
            ],
            line["body"]["text"],
        )
        for line in lines
        if line["kind"] == "aspiration"
    )


def shares(hopes: Sequence[Hope], today: date) -> list[tuple[float, float]]:
    """Where each hope begins and ends between the first one's day (0) and today (1).

    All begin at 0 and end at 1 where that is one day.
    """
    first = min((one.since for one in hopes), default=today)
    last = max(today, *(one.until or one.since for one in hopes)) if hopes else today
    days = (last - first).days
    if days == 0:
        return [(0.0, 1.0) for _ in hopes]
    return [
        ((one.since - first).days / days, ((one.until or last) - first).days / days)
        for one in hopes
    ]


def _hopes(lines: Iterable[_Line]) -> list[Hope]:
    # Newest first they come: of two of one day the one that was added first goes first.
    oldest = [*lines][::-1]
    return [hope for line in sorted(oldest, key=_began) for hope in _of_line(line)]


def _began(line: _Line) -> date:
    return line.began


def _of_line(line: _Line) -> list[Hope]:
    kept: list[tuple[str, date, date]] = []
    since = line.began
    for text, until in line.earlier:
        if until <= since:
            continue
        if kept and kept[-1][0] == text:
            kept[-1] = (text, kept[-1][1], until)
        else:
            kept.append((text, since, until))
        since = until
    if kept and kept[-1][0] == line.text:
        # Changed and changed back, or changed in something else than its words.
        since = kept.pop()[1]
    texts = [*(text for text, _, _ in kept[1:]), line.text]
    found = (
        [
            Hope(text, begins, ends, then)
            for (text, begins, ends), then in zip(kept, texts, strict=True)
        ]
        if kept
        else []
    )
    return [*found, Hope(line.text, since)]
