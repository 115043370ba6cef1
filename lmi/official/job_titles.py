"""The rows of `job_titles.csv`: every published job title once, with its SOC 2020 unit groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lmi.official.occupation_codes import Corrections, IndexTitle, OccupationCodes
from lmi.official.title_words import is_qualified, natural_words

JOB_TITLE_COLUMNS = ("title", "soc2020", "origin", "weight")
RELATED, PROFILE, INDEX = "soc2020_related", "ncs_profile", "soc2010_index"
ORIGINS = (RELATED, PROFILE, INDEX)  # strongest first

RELATED_COUNTS = 4.0  # evidence of a related title, against 1 for an index line
QUALIFIED_COUNTS = 0.25  # an index line that holds only in a certain industry
PROFILE_COUNTS = 2.0
LEAST_SHARE = 0.08
MOST_CODES = 6


@dataclass
class _Evidence:
    title: str
    origin: str
    codes: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def job_title_rows(
    related_titles: Iterable[tuple[str, str]],
    profiles: Iterable[tuple[str, tuple[str, ...]]],
    index: Iterable[IndexTitle],
    codes: OccupationCodes,
    corrections: Corrections,
) -> list[tuple[str, str, str, str]]:
    """Gather what each title points to, and rank.

    `profiles` holds titles with their unit groups, likeliest first. A title keeps the spelling
    of its strongest origin. `weight` is the share of the evidence, 0 to 1, that points to the
    first code: 1 when nothing points elsewhere.
    """
    gathered: dict[str, _Evidence] = {}
    for title, code in related_titles:
        _at(gathered, title, RELATED).codes[code] += RELATED_COUNTS
    for title, unit_groups in profiles:
        evidence = _at(gathered, title, PROFILE)
        for place, code in enumerate(unit_groups):
            evidence.codes[code] += PROFILE_COUNTS / 2**place
    for line in index:
        _count_index_line(_at(gathered, line.title, INDEX), line, codes)
    return sorted(
        _row(evidence, corrections.titles)
        for evidence in gathered.values()
        if evidence.codes or evidence.title.casefold() in corrections.titles
    )


def replace_related(
    rows: Iterable[Mapping[str, str]], related_titles: Iterable[tuple[str, str]]
) -> list[tuple[str, str, str, str]]:
    """Put a newer list of related titles in the place of the older one.

    Titles that other origins gave as well stay. Used where the other sources are not at hand.
    """
    gathered: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    spelling: dict[str, str] = {}
    for title, code in related_titles:
        spelling.setdefault(title.casefold(), title)
        gathered[title.casefold()][code] += 1
    kept = [
        (row["title"], row["soc2020"], row["origin"], row["weight"])
        for row in rows
        if row["origin"] != RELATED and row["title"].casefold() not in spelling
    ]
    before = {
        row["title"].casefold(): (row["title"], row["soc2020"], row["origin"], row["weight"])
        for row in rows
        if row["origin"] == RELATED
    }
    for key, title in spelling.items():
        official = gathered[key]
        earlier = before.get(key)
        if earlier is not None and set(official) <= set(earlier[1].split()):
            kept.append((title, *earlier[1:]))  # nothing new is said about it
        else:
            ranked = sorted(official, key=lambda code: (-official[code], code))
            kept.append((title, " ".join(ranked), RELATED, f"{1 / len(ranked):.2f}"))
    return sorted(kept)


def _count_index_line(evidence: _Evidence, line: IndexTitle, codes: OccupationCodes) -> None:
    words = natural_words(line.title)
    counts = QUALIFIED_COUNTS if line.qualified or is_qualified(line.title) else 1.0
    candidates = codes.candidates(line.title, line.soc2010)
    if codes.related(words):
        counts *= 1.0 if line.qualified else RELATED_COUNTS
    scores = codes.scores(words, line.soc2010)
    shares = {code: scores.get(code) or 1.0 for code in candidates}
    total = sum(shares.values())
    for code, share in shares.items():
        evidence.codes[code] += counts * (share / total) ** 2 if total else 0.0


def _at(gathered: dict[str, _Evidence], title: str, origin: str) -> _Evidence:
    return gathered.setdefault(title.casefold(), _Evidence(title, origin))


def _row(
    evidence: _Evidence, corrected: Mapping[str, tuple[str, ...]]
) -> tuple[str, str, str, str]:
    by_hand = corrected.get(evidence.title.casefold())
    if by_hand is not None:
        return evidence.title, " ".join(by_hand), evidence.origin, f"{1 / len(by_hand):.2f}"
    total = sum(evidence.codes.values())
    ranked = sorted(evidence.codes, key=lambda code: (-round(evidence.codes[code], 9), code))
    kept = [code for code in ranked if evidence.codes[code] >= LEAST_SHARE * total][:MOST_CODES]
    kept = kept or ranked[:MOST_CODES]
    weight = evidence.codes[kept[0]] / total
    return evidence.title, " ".join(kept), evidence.origin, f"{weight:.2f}"
