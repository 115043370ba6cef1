"""How figures, charts, sources and buttons look in a message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from actions.ground import Ground
from actions.turn import Job
from knowledge.facts import FactValue
from lmi.charts import Chart
from lmi.figures.scope import Scope
from lmi.snapshot import Source

NEXT_QUESTIONS = ("pay", "outlook", "job_description", "how_to_become", "related_jobs")


def payload(intent: str, job: Job | str | None = None, said: str = "", **more: object) -> str:
    """Return a button's payload: the intent, and the job it is about (a Job or a SOC code)."""
    carried: dict[str, object] = {}
    if isinstance(job, Job):
        carried["job"] = job.soc2020
        if job.named:
            carried["said"] = job.name
    elif job:
        carried["job"] = job
        if said:
            carried["said"] = said
    carried.update(more)
    return f"/{intent}{json.dumps(carried, ensure_ascii=False) if carried else ''}"


def next_questions(
    ground: Ground, job: Job, answered: Iterable[str], more: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Return two to four buttons: what people ask next about a job, without what was answered."""
    done = set(answered)
    buttons = list(more)
    for intent in NEXT_QUESTIONS:
        if intent not in done and len(buttons) < 4:
            buttons.append((ground.wording.say(f"buttons.{intent}"), payload(intent, job)))
    return buttons[:4]


def pounds(amount: float) -> str:
    """Return an amount of money: £42,612, or £12.70 for an amount under £100."""
    return f"£{amount:,.0f}" if amount >= 100 else f"£{amount:,.2f}"


def people(thousands: float) -> str:
    """Return a number of people or jobs given in thousands: 922,000, or 1.46 million."""
    if thousands >= 1_000:
        return f"{thousands / 1_000:,.2f} million".replace(".00 million", " million")
    return f"{round(thousands):,},000" if thousands >= 1 else "fewer than 1,000"


def roughly(number: float) -> str:
    """Return a number to two figures: 1,788 is 1,800."""
    step = 10 ** max(len(str(int(number))) - 2, 0)
    return f"{round(number / step) * step:,}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def as_source(source: Source, *caveats: str) -> dict[str, str]:
    """Return a source as a message carries it; `caveats` come before the source's own."""
    return {
        "publisher": source.publisher,
        "dataset": source.dataset,
        "year": source.year,
        "link": source.link,
        "caveat": " ".join(part for part in (*caveats, source.caveat) if part),
    }


def as_chart(chart: Chart | None) -> dict[str, Any] | None:
    """Return a chart as a message carries it."""
    return None if chart is None else asdict(chart)


def group_of(scope: Scope) -> str:
    """Return a group's official title as it reads inside a sentence."""
    title = scope.title.removesuffix(" n.e.c.")
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def is_plainly(job: Job, title: str) -> bool:
    """Tell whether an official title names the job in so many words ("Veterinarians" for a vet)."""
    stem = job.name.casefold().split()[-1][:5].rstrip("s")
    first = job.name.casefold().split()[0][:3]
    words = title.casefold().replace("-", " ").split()
    return any(word.startswith(stem) for word in words) and any(
        word.startswith(first) for word in words
    )


def fact_sources(values: Iterable[FactValue]) -> list[dict[str, str]]:
    """Return the sources of facts as a message carries them, each page once."""
    sources: dict[str, dict[str, str]] = {}
    for value in values:
        sources.setdefault(value.fact.link, value.fact.source)
    return list(sources.values())
