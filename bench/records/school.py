"""An invented school: a roster as its system exports it, and what a pupil's record gets to hold."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, datetime, timedelta
from typing import Any

from bot.identity.roster.upn import check_letter

ROUTES = ("school sixth form", "further education", "apprenticeship", "employment", "undecided")
YEARS = (7, 8, 9, 10, 11)
KINDS = (
    *("information",) * 14,
    *("action",) * 7,
    *("aspiration", "decision", "experience", "advice", "note") * 3,
    *("skill", "barrier") * 2,
)
"""About forty lines: more of what was told than of anything else."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORDS = (
    *("apprenticeship", "college", "course", "engineer", "garage", "grades", "interview"),
    *("maths", "nurse", "open", "evening", "practice", "school", "science", "visit", "workplace"),
)


def roster(pupils: int, today: date, seed: int = 3) -> bytes:
    """A CSV export with so many invented pupils of Years 7 to 11."""
    rng = random.Random(seed)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ("Surname", "Forename", "UPN", "DOB", "Year", "Reg", "SEN Status", "Pupil Premium")
    )
    for number in range(pupils):
        year = YEARS[number % len(YEARS)]
        # The oldest of a year are born on 1 September, twelve years before Year 7 begins.
        beginning_in = today.year - (today.month < 9) - (year - 7)
        born = date(beginning_in - 12, 9, 1) + timedelta(days=rng.randrange(365))
        rest = f"9999999{number:05}"
        writer.writerow(
            (
                _name(rng),
                _name(rng),
                check_letter(rest) + rest,
                born.strftime("%d/%m/%Y"),
                year,
                f"{year}{rng.choice('ABCDEFGH')}",
                rng.choices("NKE", (83, 13, 4))[0],
                rng.choices(("Yes", "No"), (26, 74))[0],
            )
        )
    return text.getvalue().encode()


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(rng.randint(4, 9))).title()


def line(kind: str, rng: random.Random) -> dict[str, Any]:
    """What a line of that kind says: as much as people write, but of no sense."""
    body: dict[str, Any]
    if kind == "information":
        figure = {
            "label": "Typical pay",
            "value": rng.randrange(18_000, 60_000),
            "unit": "£ a year",
            "year": 2025,
            "publisher": "ONS",
        }
        body = {"title": _said(rng, 5), "answers": ["pay"], "figures": [figure] * 2}
    elif kind == "advice":
        body = {
            "text": _said(rng, 40),
            "adviser_name": _said(rng, 2),
            "qualification": "Level 6 Diploma in Career Guidance",
            "level": 6,
        }
    elif kind == "experience":
        texts = {name: _said(rng, 20) for name in ("did", "learnt", "reflection")}
        body = {"type": "workplace", "where": _said(rng, 3), **texts}
    elif kind == "skill":
        body = {"name": _said(rng, 2), "evidence": _said(rng, 15)}
    else:
        body = {"text": _said(rng, 15)}
    return body


def moment(number: int, of: int, first: datetime, last: datetime) -> datetime:
    """When line `number` of so many is added: spread evenly over the time."""
    return first + (last - first) * (number / of)


def _said(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(words))
