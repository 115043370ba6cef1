"""What a job pays: typical pay, its change, women and men, and the hours behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions import which_job
from actions.ground import Ground
from actions.showing import (
    as_chart,
    as_source,
    group_of,
    is_plainly,
    next_questions,
    people,
    pounds,
    roughly,
)
from actions.turn import Job, Reply, Turn, message
from knowledge.answers import Message
from lmi import figures
from lmi.charts import pay_range_chart
from lmi.figures.live import more_recent_pay
from lmi.figures.pay import Pay, PayIn, Period

PERIODS: tuple[Period, ...] = ("year", "month", "week", "hour")


def pay(turn: Turn, ground: Ground) -> Reply:
    """Typical pay and the middle half, in the period that was asked for."""
    jobs = which_job.find(turn, ground, most=3)
    if isinstance(jobs, Reply):
        return jobs
    period = asked_period(turn, ground)
    place = ground.places.find(turn.clause) if turn.said or turn.memory.jobs else []
    messages = tuple(_typical(ground, job, period, place[0].name if place else "") for job in jobs)
    if len(messages) > 1:
        messages = (*(dict(m, buttons=[]) for m in messages[:-1]), messages[-1])
    return Reply(
        messages,
        replace(turn.memory, jobs=tuple(jobs), topic="pay", asking=None, period=period, misses=0),
    )


def asked_period(turn: Turn, ground: Ground) -> Period:
    """Return the period named in the message, else the one used before, else a year."""
    for period in PERIODS:
        if ground.wording.pattern(f"periods.{period}").search(turn.clause):
            return period
    before = turn.memory.period
    return next((p for p in PERIODS if p == before), "year")


def _typical(ground: Ground, job: Job, period: Period, place: str) -> Message:
    say = ground.wording.say
    snapshot = ground.snapshot
    typical = figures.typical_pay(snapshot, job.soc2020)
    typical = more_recent_pay(typical, ground.live().pay(job.soc2020))
    if typical is None:
        text = say("pay.none", jobs=job.plural)
        return message("pay_none", text, buttons=next_questions(ground, job, ["pay"]))
    hours = _hours(ground, job) if period == "hour" else None
    shown = figures.pay_in(typical, period, hours)
    lines = []
    if shown is None:
        shown = figures.pay_in(typical, "year")
        lines.append(say("pay.no_hourly"))
    assert shown is not None  # a year is always published where there is pay at all
    told = {
        "Jobs": job.plural_first,
        "jobs": job.plural,
        "amount": pounds(shown.median),
        "period": say(f"pay.a_{shown.period}"),
        "year": shown.year,
        "latest": typical.latest_year,
        "group": group_of(typical.scope),
    }
    first = "pay.typical_wider" if typical.basis == "wider_group" else "pay.typical"
    text = [say(first, **told), *_spread(ground, shown)]
    if typical.basis == "earlier_year":
        text.append(say("pay.earlier_year", **told))
    if typical.basis != "wider_group" and not is_plainly(job, typical.scope.title) and job.named:
        text.append(say("pay.group", **told))
    if typical.part_time is not None:
        text.append(
            say(
                f"pay.{typical.part_time.reason}",
                floor=pounds(typical.part_time.full_time_minimum),
                wage=pounds(typical.part_time.wage),
                wage_year=typical.part_time.wage_year,
            )
        )
    if shown.worked_out:
        text.append(say(f"pay.worked_out_{shown.period}"))
    if place:
        text.append(say("pay.no_place", place=place))
    paragraphs = [" ".join(text), *lines]
    chart = pay_range_chart(shown, job.plural_first)
    sources = [as_source(source) for source in shown.sources]
    if typical.part_time is not None:
        sources.append(as_source(typical.part_time.source))
    return message(
        "pay",
        "\n\n".join(paragraphs),
        buttons=next_questions(ground, job, ["pay"]),
        figures=pay_figures(typical, shown),
        chart=as_chart(chart),
        sources=sources,
    )


def _spread(ground: Ground, shown: PayIn) -> list[str]:
    say = ground.wording.say
    if shown.p25 is not None and shown.p75 is not None:
        return [say("pay.middle_half", low=pounds(shown.p25), high=pounds(shown.p75))]
    if shown.p25 is not None:
        return [say("pay.lower_quarter", low=pounds(shown.p25))]
    if shown.p75 is not None:
        return [say("pay.upper_quarter", high=pounds(shown.p75))]
    return []


def pay_figures(typical: Pay, shown: PayIn) -> list[Mapping[str, Any]]:
    """Return the numbers of a pay answer as data."""
    unit = "GBP an hour" if shown.period == "hour" else f"GBP a {shown.period}"
    named = (("typical pay", shown.median), ("a quarter earn less than", shown.p25))
    named += (("a quarter earn more than", shown.p75),)
    return [
        {
            "label": label,
            "value": value,
            "unit": unit,
            "year": shown.year,
            "soc2020": typical.soc2020,
            "scope": typical.scope.title,
        }
        for label, value in named
        if value is not None
    ]


def pay_change(turn: Turn, ground: Ground) -> Reply:
    """How typical pay changed over the published years, and against all jobs."""
    say = ground.wording.say

    def answer(job: Job) -> Message:
        change = figures.pay_change(ground.snapshot, job.soc2020)
        buttons = next_questions(ground, job, ["pay_change"])
        if change is None:
            return message(
                "pay_change_none", say("pay.no_change", jobs=job.plural), buttons=buttons
            )
        told = {
            "Jobs": job.plural_first,
            "from_year": change.from_year,
            "to_year": change.to_year,
            "from_amount": pounds(change.from_median),
            "to_amount": pounds(change.to_median),
            "difference": pounds(abs(change.difference)),
            "percent": f"{abs(change.percent):.0f}",
        }
        direction = "rose" if change.difference > 0 else "fell" if change.difference else "same"
        text = [say(f"pay.change_{direction}", **told)]
        if change.against is not None and change.all_jobs_percent is not None:
            text.append(
                say(f"pay.against_{change.against}", percent=f"{change.all_jobs_percent:.0f}")
            )
        text.append(say("pay.prices"))
        return message(
            "pay_change",
            " ".join(text),
            buttons=buttons,
            figures=[
                {
                    "label": "typical pay",
                    "value": value,
                    "unit": "GBP a year",
                    "year": year,
                    "soc2020": job.soc2020,
                }
                for year, value in (
                    (change.from_year, change.from_median),
                    (change.to_year, change.to_median),
                )
            ],
            sources=[as_source(source) for source in change.sources],
        )

    return for_one_job(turn, ground, answer)


def pay_gap(turn: Turn, ground: Ground) -> Reply:
    """Women's and men's typical pay, with the gap stated plainly."""
    say = ground.wording.say

    def answer(job: Job) -> Message:
        gap = figures.pay_gap(ground.snapshot, job.soc2020)
        buttons = next_questions(ground, job, ["pay_gap"])
        if gap is None:
            return message("pay_gap_none", say("pay.no_gap", jobs=job.plural), buttons=buttons)
        told = {
            "jobs": job.plural,
            "year": gap.year,
            "women": pounds(gap.women),
            "men": pounds(gap.men),
            "difference": pounds(abs(gap.difference)),
            "percent": f"{abs(gap.difference) / max(gap.women, gap.men) * 100:.0f}",
        }
        text = [say("pay.women_and_men", **told), say(f"pay.gap_{gap.lower}", **told)]
        text.append(say("pay.gap_caution"))
        return message(
            "pay_gap",
            " ".join(text),
            buttons=buttons,
            figures=[
                {
                    "label": f"typical pay, {sex}",
                    "value": value,
                    "unit": "GBP a year",
                    "year": gap.year,
                    "soc2020": job.soc2020,
                }
                for sex, value in (("women", gap.women), ("men", gap.men))
            ],
            sources=[as_source(source) for source in gap.sources],
        )

    return for_one_job(turn, ground, answer)


def hours(turn: Turn, ground: Ground) -> Reply:
    """Typical hours a week."""
    say = ground.wording.say

    def answer(job: Job) -> Message:
        found = _hours(ground, job)
        buttons = next_questions(ground, job, ["hours"])
        if found is None:
            return message("hours_none", say("pay.no_hours", jobs=job.plural), buttons=buttons)
        low, high = f"{found.low:g}", f"{found.high:g}"
        key = "pay.hours" if low != high else "pay.hours_one"
        text = say(key, jobs=job.plural, Jobs=job.plural_first, low=low, high=high)
        if found.basis == "live":
            text += " " + say("pay.hours_survey", year=found.year)
        return message(
            "hours",
            f"{text} {say('pay.hours_differ')}",
            buttons=buttons,
            figures=[
                {
                    "label": "hours a week",
                    "value": value,
                    "unit": "hours a week",
                    "year": found.year,
                    "soc2020": job.soc2020,
                }
                for value in dict.fromkeys((found.low, found.high))
            ],
            sources=[as_source(source) for source in found.sources],
        )

    return for_one_job(turn, ground, answer)


def workforce(turn: Turn, ground: Ground) -> Reply:
    """How many people do the job."""
    say = ground.wording.say

    def answer(job: Job) -> Message:
        found = figures.workforce(ground.snapshot, job.soc2020)
        buttons = next_questions(ground, job, ["workforce"])
        if found is None:
            return message(
                "workforce_none", say("pay.no_workforce", jobs=job.plural), buttons=buttons
            )
        told = {
            "jobs": job.plural,
            "number": people(found.jobs / 1_000),
            "year": found.year,
            "group": group_of(found.scope),
            "one_in": roughly(1 / found.share),
        }
        key = (
            "pay.workforce"
            if is_plainly(job, found.scope.title) or not job.named
            else "pay.workforce_group"
        )
        return message(
            "workforce",
            f"{say(key, **told)} {say('pay.workforce_share', **told)}",
            buttons=buttons,
            figures=[
                {
                    "label": "employees",
                    "value": found.jobs,
                    "unit": "jobs",
                    "year": found.year,
                    "soc2020": job.soc2020,
                }
            ],
            sources=[as_source(source) for source in found.sources],
        )

    return for_one_job(turn, ground, answer)


def for_one_job(turn: Turn, ground: Ground, answer: Any) -> Reply:
    """Find the job, answer for it with `answer(job)`, and remember both; or ask which job."""
    jobs = which_job.find(turn, ground)
    if isinstance(jobs, Reply):
        return jobs
    return Reply(
        (answer(jobs[0]),),
        replace(turn.memory, jobs=tuple(jobs), topic=turn.intent, asking=None, misses=0),
    )


def _hours(ground: Ground, job: Job) -> figures.Hours | None:
    live = ground.live().hours(job.soc2020)
    if live is not None:
        return live
    ways = figures.ways_in(ground.snapshot, job.soc2020, [job.name, job.plural])
    return ways.hours if ways else None
