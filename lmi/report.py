"""A plain-text report on one job for the command line: pay, outlook, ways in, sources."""

from __future__ import annotations

import difflib
from pathlib import Path

from lmi.official.title_words import natural_words
from lmi.snapshot import Profile, Snapshot
from lmi.table_files import read_table

OUTLOOK_FROM, OUTLOOK_TO = 2025, 2035
PROFILES_SHOWN = 5


class UnknownJob(Exception):
    """No unit group is known by that code or title; the message names near ones."""


def job_report(snapshot: Snapshot, words: str, folder: Path) -> str:
    """Return the report for a SOC 2020 code or a job title.

    `folder` holds `job_titles.csv`. Raises `UnknownJob`.
    """
    codes = find_unit_groups(snapshot, words, folder)
    parts = [_heading(snapshot, codes[0])]
    if len(codes) > 1:
        others = "; ".join(f"{code} {snapshot.unit_groups[code].title}" for code in codes[1:])
        parts.append(f"Also possible: {others}")
    parts += [
        _pay(snapshot, codes[0]),
        _outlook(snapshot, codes[0]),
        _ways_in(snapshot, codes[0]),
        _sources(snapshot),
    ]
    return "\n\n".join(parts)


def find_unit_groups(snapshot: Snapshot, words: str, folder: Path) -> tuple[str, ...]:
    """Return the unit groups for a code, a unit group's title or a job title, likeliest first."""
    if words in snapshot.unit_groups:
        return (words,)
    for code, group in snapshot.unit_groups.items():
        if group.title.casefold() == words.casefold():
            return (code,)
    asked = " ".join(natural_words(words))
    titles: dict[str, tuple[str, ...]] = {}
    for row in read_table(folder / "job_titles.csv"):
        codes = tuple(row["soc2020"].split())
        if row["title"].casefold() == words.casefold():
            return codes
        titles.setdefault(" ".join(natural_words(row["title"])), codes)
    for code, group in snapshot.unit_groups.items():
        titles.setdefault(" ".join(natural_words(group.title)), (code,))
    if asked in titles:
        return titles[asked]
    near = difflib.get_close_matches(asked, titles, n=3, cutoff=0.75)
    hint = f" Near it: {', '.join(near)}." if near else ""
    raise UnknownJob(f'No job is known as "{words}".{hint}')


def _heading(snapshot: Snapshot, code: str) -> str:
    group = snapshot.unit_groups[code]
    above = " > ".join(snapshot.groups[part] for part in (group.major, group.sub_major))
    lines = [f"{code} {group.title}", f"in: {above}"]
    if code in snapshot.summaries:
        lines.append(snapshot.summaries[code])
    return "\n".join(lines)


def _pay(snapshot: Snapshot, code: str) -> str:
    lines = ["PAY, pounds a year before tax, all employees, full and part time"]
    for year in reversed(snapshot.pay_years()):
        row = snapshot.pay(code, year)
        if row is None:
            continue
        women, men = (snapshot.pay(code, year, sex) for sex in ("women", "men"))
        lines.append(
            f"{year}: median {_money(row.median)}; middle half {_money(row.p25)} to "
            f"{_money(row.p75)}; women {_money(women.median if women else None)}, "
            f"men {_money(men.median if men else None)}; jobs {_count(row.jobs)}"
        )
    return "\n".join(lines)


def _outlook(snapshot: Snapshot, code: str) -> str:
    wider = snapshot.unit_groups[code].sub_major
    employment = snapshot.employment(wider)
    lines = [f"OUTLOOK for the wider group {wider} {snapshot.groups[wider]}, England"]
    if employment:
        first, last = employment[OUTLOOK_FROM], employment[OUTLOOK_TO]
        lines.append(
            f"{OUTLOOK_FROM}: {first:,.0f} thousand; {OUTLOOK_TO}: {last:,.0f} thousand "
            f"({(last - first) / first:+.1%})"
        )
    leaving = snapshot.replacement(wider)
    if leaving:
        lines.append(
            f"2020 to 2035: {leaving.net_change:+,.0f} thousand jobs; "
            f"{leaving.replacement_demand:,.0f} thousand openings from people leaving"
        )
    return "\n".join(lines)


def _ways_in(snapshot: Snapshot, code: str) -> str:
    profiles = snapshot.profiles_for(code)
    if not profiles:
        return "WAYS IN\nNo job profile is known for this unit group."
    lines = ["WAYS IN"]
    lines += [_profile(snapshot, profile) for profile in profiles[:PROFILES_SHOWN]]
    if len(profiles) > PROFILES_SHOWN:
        lines.append(f"and {len(profiles) - PROFILES_SHOWN} more job profiles")
    return "\n".join(lines)


def _profile(snapshot: Snapshot, profile: Profile) -> str:
    routes = [*profile.routes, *(["other"] if profile.other_route else [])]
    facts = [f"{profile.title}: {', '.join(routes) or 'no route is named'}"]
    if profile.min_hours and profile.max_hours:
        facts.append(f"{profile.min_hours:g} to {profile.max_hours:g} hours a week")
    if profile.university_a_levels:
        facts.append(f"{profile.university_a_levels} A levels for a {profile.university_award}")
    if profile.college_gcses:
        facts.append(f"{profile.college_gcses} GCSEs for college")
    if profile.apprenticeship_levels:
        facts.append(f"apprenticeship: {', '.join(profile.apprenticeship_levels)}")
    standards = [
        f"{reference} {snapshot.standards[reference].title}"
        for reference in profile.standards
        if reference in snapshot.standards
    ]
    if standards:
        facts.append(f"standards: {', '.join(standards)}")
    return "- " + "; ".join(facts) + f"\n  {profile.link}"


def _sources(snapshot: Snapshot) -> str:
    lines = ["SOURCES"]
    for table in ("pay", "employment_england", "profiles"):
        source = snapshot.source(table)
        lines.append(f"- {source.publisher}, {source.dataset}, {source.year}. {source.caveat}")
        lines.append(f"  {source.link}")
    lines.append(
        "Contains public sector information licensed under the Open Government Licence v3.0."
    )
    return "\n".join(lines)


def _money(pounds: int | None) -> str:
    return "not published" if pounds is None else f"£{pounds:,}"


def _count(jobs: int | None) -> str:
    return "not published" if jobs is None else f"{jobs:,}"
