"""Facts of how to enter a job, from National Careers Service job profiles. No sentences.

The profiles' requirement lines follow a few fixed patterns ("4 or 5 GCSEs at grades 9 to 4 ... for
a level 3 course"); only the numbers in them are kept.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmi.official.errors import UnexpectedFile

ROUTE_KEYS = {  # in the order that the tables use; the source's name for each
    "university": "university",
    "college": "college",
    "apprenticeship": "apprenticeship",
    "work": "work",
    "volunteering": "volunteering",
    "direct": "direct_application",
}
OTHER_ROUTE_KEY = "other_routes"
APPRENTICESHIP_LEVELS = ("intermediate", "advanced", "higher", "degree")
LEVEL_NAMES = {
    "2": "intermediate",
    "3": "advanced",
    "4": "higher",
    "5": "higher",
    "6": "degree",
    "7": "degree",
}
LINK = "https://nationalcareers.service.gov.uk/job-profiles/{slug}"
PROFILE_COLUMNS = (
    "slug",
    "title",
    "soc2010",
    "soc2020",
    "routes",
    "other_route",
    "min_hours",
    "max_hours",
    "university_a_levels",
    "university_award",
    "postgraduate",
    "university_gcses",
    "college_gcses",
    "apprenticeship_gcses",
    "apprenticeship_levels",
    "standards",
    "link",
)
STANDARD_COLUMNS = ("reference", "title", "level", "duration_months")

_NUMBERS = (
    r"(?:(?P<least>at least )?(?:between )?(?P<low>\d+)"
    r"(?: (?:or|to|and) (?P<high>\d+|more|fewer))?)"
)
_A_LEVELS = re.compile(_NUMBERS + r" A levels?", re.IGNORECASE)
_GCSES = re.compile(_NUMBERS + r" GCSEs", re.IGNORECASE)
_LEVEL_WORDS = re.compile(
    r"\b(?P<first>intermediate|advanced|higher|degree)"
    r"(?:(?:,| or| and) (?P<second>advanced|higher|degree))?[\w ]*? apprenticeships?",
    re.IGNORECASE,
)

Range = tuple[int, "int | None"]  # the highest is None where the source says "or more"


@dataclass(frozen=True)
class ProfileFacts:
    """What one profile says about entry, as codes, numbers and yes/no facts."""

    slug: str
    title: str
    soc2010: str
    routes: tuple[str, ...]
    other_route: bool
    min_hours: str
    max_hours: str
    university_a_levels: str
    university_award: str
    postgraduate: bool
    university_gcses: str
    college_gcses: str
    apprenticeship_gcses: str
    apprenticeship_levels: tuple[str, ...]
    standards: tuple[str, ...]

    def cells(self, soc2020: Iterable[str]) -> tuple[object, ...]:
        """Return the row of `profiles.csv`; `soc2020` are its unit groups, likeliest first."""
        return (
            self.slug,
            self.title,
            self.soc2010,
            " ".join(soc2020),
            " ".join(self.routes),
            _yes(self.other_route),
            self.min_hours,
            self.max_hours,
            self.university_a_levels,
            self.university_award,
            _yes(self.postgraduate),
            self.university_gcses,
            self.college_gcses,
            self.apprenticeship_gcses,
            " ".join(self.apprenticeship_levels),
            " ".join(self.standards),
            LINK.format(slug=self.slug),
        )


def read_profiles(path: Path) -> list[ProfileFacts]:
    """Read the profiles file and keep the facts, sorted by slug."""
    try:
        profiles = json.loads(path.read_text(encoding="utf-8"))["profiles"]
        facts = [profile_facts(profile) for profile in profiles]
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedFile(
            f"{path.name}: National Careers Service job profiles were expected ({error})."
        ) from error
    return sorted(facts, key=lambda profile: profile.slug)


def profile_facts(profile: dict[str, Any]) -> ProfileFacts:
    """Keep the facts of one profile of the source file."""
    entry = profile.get("entry_routes") or {}
    university = _requirements(entry, "university")
    apprenticeship = _requirements(entry, "apprenticeship")
    a_levels, award = university_entry(university)
    linked = profile.get("apprenticeship_standards") or []
    return ProfileFacts(
        slug=profile["slug"],
        title=re.sub(r"\s+", " ", profile["title"]).strip(),
        soc2010=profile["soc2010"],
        routes=tuple(route for route, key in ROUTE_KEYS.items() if entry.get(key)),
        other_route=bool(entry.get(OTHER_ROUTE_KEY)),
        min_hours=_hours(profile["min_hours"]),
        max_hours=_hours(profile["max_hours"]),
        university_a_levels=a_levels,
        university_award=award,
        postgraduate=any("postgraduate" in line for line in university),
        university_gcses=gcses(university),
        college_gcses=gcses(_requirements(entry, "college")),
        apprenticeship_gcses=gcses(apprenticeship),
        apprenticeship_levels=apprenticeship_levels(
            [*apprenticeship, (entry.get("apprenticeship") or {}).get("relevant_subjects", "")],
            [standard["level"] for standard in linked],
        )
        if entry.get("apprenticeship")
        else (),
        standards=tuple(dict.fromkeys(standard["reference"] for standard in linked)),
    )


def university_entry(lines: Iterable[str]) -> tuple[str, str]:
    """Return the A levels asked for and the award that they are for.

    A degree's line counts before a foundation degree's or a higher national diploma's. A line
    that names no award is about the degree.
    """
    found: dict[str, list[Range]] = {}
    for line in lines:
        asked = _ranges(_A_LEVELS, line)
        without_foundation = line.replace("foundation degree", "")
        if "degree" in without_foundation or ("diploma" not in line and "foundation" not in line):
            award = "degree"
        elif "foundation degree" in line:
            award = "foundation degree"
        else:
            award = "higher national diploma"
        if asked:
            found.setdefault(award, []).extend(asked)
    for award in ("degree", "foundation degree", "higher national diploma"):
        if award in found:
            return _span(found[award]), award
    return "", ""


def gcses(lines: Iterable[str]) -> str:
    """Return how many GCSEs are asked for, over all the levels that the lines name.

    "2-5" at a college means 2 for a level 2 course and up to 5 for a level 3 course. A level 1
    course asks for "2 or fewer"; it counts only where the college names nothing above it.
    """
    ranges = [found for line in lines for found in _ranges(_GCSES, line)]
    above = [found for found in ranges if found[0] > 0]
    return _span(above or ranges)


def apprenticeship_levels(lines: Iterable[str], standard_levels: Iterable[str]) -> tuple[str, ...]:
    """Return the levels of apprenticeship named, lowest first.

    Where no line names one, the levels of the linked apprenticeship standards stand in.
    """
    named = {
        word.casefold()
        for line in lines
        for match in _LEVEL_WORDS.finditer(line)
        for word in match.groups()
        if word
    }
    if not named:
        named = {LEVEL_NAMES[level] for level in standard_levels if level in LEVEL_NAMES}
    return tuple(level for level in APPRENTICESHIP_LEVELS if level in named)


def read_standards(path: Path) -> list[tuple[str, ...]]:
    """Return the rows of `standards.csv`; frameworks, which have no reference, are left out."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows or any(column not in rows[0] for column in STANDARD_COLUMNS):
        raise UnexpectedFile(f"{path.name} has no columns {', '.join(STANDARD_COLUMNS)}.")
    return sorted(
        tuple(row[column].strip() for column in STANDARD_COLUMNS)
        for row in rows
        if row["reference"]
    )


def _requirements(entry: dict[str, Any], key: str) -> list[str]:
    return list((entry.get(key) or {}).get("requirements") or [])


def _ranges(pattern: re.Pattern[str], line: str) -> list[Range]:
    found: list[Range] = []
    for match in pattern.finditer(line):
        low, high = int(match["low"]), match["high"]
        if high == "fewer":
            found.append((0, low))
        elif high == "more" or match["least"]:
            found.append((low, None))
        else:
            found.append((low, int(high) if high else low))
    return found


def _span(ranges: list[Range]) -> str:
    if not ranges:
        return ""
    low = min(found[0] for found in ranges)
    closed = [found[1] for found in ranges if found[1] is not None]
    if not closed:
        return f"{low}+"
    return f"{low}-{max(closed)}" if max(closed) > low else str(low)


def _hours(hours: float) -> str:
    return f"{hours:g}" if hours else ""  # the source writes 0 where it gives no hours


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"
