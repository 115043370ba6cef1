"""How a school holds its meetings: how long, how soon, how far ahead, which weeks are A."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.advisers.meetings.slots import Calendar, SlotRules
from bot.advisers.opening_hours import hours_of
from bot.records.settings import get_setting, set_setting

SETTING = "meetings"
LEAST_MINUTES = 30
"""A guidance meeting is at least so long unless the school says otherwise, or there is a reason."""
_LONGEST_HOLIDAY = 366


@dataclass(frozen=True, slots=True)
class MeetingRules:
    """What a school has set. `week_a` is a Monday on which a week A began; None: no two weeks."""

    slots: SlotRules = field(default_factory=SlotRules)
    least_minutes: int = LEAST_MINUTES
    week_a: date | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        kept = {**asdict(self.slots), "least_minutes": self.least_minutes}
        return kept | ({} if self.week_a is None else {"week_a": self.week_a.isoformat()})

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> MeetingRules:
        """What `to_json` gave; what is not set is as usual. Raises ValueError."""
        known = {one.name: int(value[one.name]) for one in fields(SlotRules) if one.name in value}
        least = int(value.get("least_minutes", LEAST_MINUTES))
        if least < 1:
            raise ValueError("a meeting lasts at least a minute")
        week_a = value.get("week_a")
        return cls(SlotRules(**known), least, None if not week_a else date.fromisoformat(week_a))


def rules_of(connection: Connection, school_id: int) -> MeetingRules:
    """What the school has set, or what is usual."""
    found = get_setting(connection, school_id, SETTING)
    return MeetingRules() if found is None else MeetingRules.of_json(found)


def set_rules(connection: Connection, school_id: int, rules: MeetingRules, now: datetime) -> None:
    """Set how the school holds its meetings."""
    set_setting(connection, school_id, SETTING, rules.to_json(), now)


def calendar_of(connection: Connection, school_id: int, rules: MeetingRules) -> Calendar:
    """The school's days: its holidays are those of its opening hours."""
    closed = set()
    for first, last in hours_of(connection, school_id).holidays:
        days = min((last - first).days, _LONGEST_HOLIDAY)
        closed |= {first + timedelta(days=number) for number in range(days + 1)}
    return Calendar(frozenset(closed), rules.week_a)
