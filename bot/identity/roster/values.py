"""What the cells of a roster mean: names, dates as they are written in the UK, years, yes and no.

Functions raise Unread with a key of `rows` in words.yml; no cell's text is ever in it.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from bot.identity.roster.columns import SAYS
from bot.records.pupils import FIRST_YEAR, LAST_YEAR

NAME_LENGTH = 100
TUTOR_GROUP_LENGTH = 32
YOUNGEST, OLDEST = 9, 25
"""Ages that a pupil of Years 7 to 13 can have; with an education, health and care plan to 25."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_MONTH_NAMED = re.compile(
    r"(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ \-/]([a-z]{3,9})\.?,?[ \-/](\d{4}|\d{2})"
)
_TIME_OF_DAY = re.compile(r"[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m|z|[+-]\d{2}:?\d{2})?$")
_YEAR_GROUP = re.compile(
    r"(?:(?:national )?curriculum )?(?:nc ?)?(?:year(?: group)?|yr|y)?\.? ?0?(\d{1,2})(?:\.0)?"
)
_EMAIL = re.compile(r"[^\s@<>,;:\"()\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
# Marks that turn the direction of text, and marks of no width; joiners are part of some scripts.
_UNSEEN = dict.fromkeys(
    map(
        ord,
        "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"
        "\u2066\u2067\u2068\u2069",
    )
)
_JOINERS = {0x200C: None, 0x200D: None}


class Unread(Exception):
    """A cell that makes no sense; `reason` is a key of `rows` in words.yml."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def seen(text: str) -> str:
    """The text without control characters and marks that cannot be seen, single spaces, NFC."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(
        " " if one in "\t\r\n\v\f\x85\u2028\u2029" else one
        for one in text.translate(_UNSEEN)
        if one in "\t\r\n\v\f\x85" or unicodedata.category(one) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def has_unseen(text: str) -> bool:
    """Whether `seen` takes more out of the text than spaces."""
    if text.isascii() and text.isprintable():
        return False
    return unicodedata.normalize("NFC", "".join(text.split())) != "".join(seen(text).split())


def name_of(text: str, missing: str) -> str:
    """A name as it is held; `missing` is the reason where there is none."""
    name = seen(text)
    if not name:
        raise Unread(missing)
    if len(name) > NAME_LENGTH:
        raise Unread("name_long", most=NAME_LENGTH)
    if not any(one.isalpha() for one in name.translate(_JOINERS)):
        raise Unread("name_empty")
    return name


def names_of(text: str) -> tuple[str, str]:
    """First and family name out of "Family name, First name"."""
    family, comma, given = seen(text).partition(",")
    if not comma or "," in given:
        raise Unread("full_name")
    return name_of(given, "full_name"), name_of(family, "full_name")


def tutor_group_of(text: str) -> str | None:
    """The tutor group, None where the cell is empty."""
    group = seen(text)
    if len(group) > TUTOR_GROUP_LENGTH:
        raise Unread("tutor_group_long", most=TUTOR_GROUP_LENGTH)
    return group or None


def year_group_of(text: str) -> int:
    """The year group, 7 to 13, written as 9, 09, Y9, Yr 9, Year 9 or NC Year 9."""
    words = seen(text).casefold()
    if not words:
        raise Unread("no_year_group")
    found = _YEAR_GROUP.fullmatch(words)
    if found is None:
        raise Unread("year_group")
    year = int(found[1])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unread("year_group_outside", year=year)
    return year


def birth_date_of(text: str, today: date) -> date | None:
    """The date of birth, None where the cell is empty; the day comes before the month.

    Raises Unread for what is no day, or gives an age that no pupil has.
    """
    words = _without_time(text)
    if not words:
        return None
    born = _day(words)
    if born is None:
        raise Unread("birth_date")
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if not YOUNGEST <= age <= OLDEST:
        raise Unread("birth_date_outside", age=age)
    return born


def day_of(text: str) -> date:
    """A day as it is written in the UK or by ISO 8601. Raises Unread for what is none."""
    day = _day(_without_time(text))
    if day is None:
        raise Unread("birth_date")
    return day


def _without_time(text: str) -> str:
    return _TIME_OF_DAY.sub("", seen(text).casefold()).strip()


def _day(words: str) -> date | None:
    if found := _YEAR_FIRST.fullmatch(words):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(words):
        day, month, year = found.groups()
    elif (found := _MONTH_NAMED.fullmatch(words)) and found[2][:3] in _MONTHS:
        day, year = found[1], found[3]
        month = str(_MONTHS.index(found[2][:3]) + 1)
    else:
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def email_of(text: str) -> str | None:
    """The e-mail address in lower case, None where the cell is empty."""
    address = seen(text).lower()
    if not address:
        return None
    if len(address) > 254 or _EMAIL.fullmatch(address) is None:
        raise Unread("email")
    return address


def _said(text: str) -> str:
    """A cell's words as they are compared, without the comma and the apostrophe."""
    return " ".join(re.findall(r"[^\s,.'’]+", seen(text).casefold()))


def flag_of(text: str, reason: str) -> bool | None:
    """Yes or no, None where the cell is empty. Raises Unread(reason) for anything else."""
    words = _said(text)
    if not words:
        return None
    if words in SAYS["yes"]:
        return True
    if words in SAYS["no"]:
        return False
    raise Unread(reason)


def gender_of(text: str) -> str | None:
    """F, M or X, None where the cell is empty or says that it is not known or not said."""
    words = _said(text)
    if not words:
        return None
    for gender, said in SAYS["gender"].items():
        if words in said:
            return None if gender == "unsaid" else str(gender)
    raise Unread("gender")


def send_of(text: str) -> str | None:
    """N, K or E, None where the cell is empty; "K - SEN support" is read by its first letter."""
    words = _said(text)
    if not words:
        return None
    code, dash, meaning = words.partition(" - ")
    for status, said in SAYS["send"].items():
        if words in said or (dash and code in said and _is_meaning(meaning, SAYS["send"])):
            return str(status)
    raise Unread("send")


def _is_meaning(words: str, statuses: dict[str, Iterable[str]]) -> bool:
    return any(words in said for said in statuses.values())
