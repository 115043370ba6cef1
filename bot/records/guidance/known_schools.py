"""Schools whose key a school knows: whose passports it can tell from anybody's.

A whole signature shows only that nothing was changed since. Who made it is told by its key, once
people of both schools have compared the fingerprint, say by telephone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.records.guidance.lines import day_in_england
from bot.records.settings import get_setting, set_setting

SETTING = "passport_schools"


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """A school by the fingerprint of its key, under the name that it is known by here."""

    key: str
    name: str
    since: date


def known_schools(connection: Connection, school_id: int) -> list[KnownSchool]:
    """The schools that a school knows, by name."""
    held = get_setting(connection, school_id, SETTING) or {"keys": {}}
    found = [
        KnownSchool(key, one["name"], date.fromisoformat(one["since"]))
        for key, one in held["keys"].items()
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.key))


def name_of_key(connection: Connection, school_id: int, key: str) -> str | None:
    """The name that a key is known by at this school; None for one that it does not know."""
    known = known_schools(connection, school_id)
    return next((one.name for one in known if one.key == key), None)


def know_school(
    connection: Connection, school_id: int, key: str, name: str, now: datetime
) -> KnownSchool:
    """Know a key (`fingerprint`) as that school's from now on, under a new name if it is known."""
    new = KnownSchool(key, name, day_in_england(now))
    others = [one for one in known_schools(connection, school_id) if one.key != key]
    _keep(connection, school_id, [*others, new], now)
    return new


def forget_school(
    connection: Connection, school_id: int, key: str, now: datetime
) -> KnownSchool | None:
    """Know a key no more; the school that it was, None if it was not known.

    Lines that were brought in before stay, and say what was known then.
    """
    known = known_schools(connection, school_id)
    gone = next((one for one in known if one.key == key), None)
    if gone is not None:
        _keep(connection, school_id, [one for one in known if one.key != key], now)
    return gone


def _keep(connection: Connection, school_id: int, known: list[KnownSchool], now: datetime) -> None:
    keys = {one.key: {"name": one.name, "since": one.since.isoformat()} for one in known}
    set_setting(connection, school_id, SETTING, {"keys": keys}, now)
