"""What people in a job do, what it uses, what they studied, and which jobs are near it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.getting_in import replace_link
from actions.ground import Ground
from actions.pay import for_one_job, pay_figures
from actions.showing import as_source, group_of, is_plainly, listed, next_questions, payload, pounds
from actions.turn import Job, Reply, Turn, message
from actions.which_job import of_code
from knowledge.answers import Message
from lmi import figures

MOST_RELATED = 6
MOST_LISTED = 6


def job_description(turn: Turn, ground: Ground) -> Reply:
    """What people in the job do, with hours and the official profile."""
    return for_one_job(turn, ground, lambda job: describe(ground, job, "job_description"))


def describe(ground: Ground, job: Job, answer: str) -> Message:
    """Return the description of a job: its summary, typical hours and typical pay."""
    say = ground.wording.say
    title = ground.snapshot.unit_groups[job.soc2020].title
    text = [ground.snapshot.summaries[job.soc2020]]
    if job.named and not is_plainly(job, title):
        text = [
            say("about.group", Jobs=job.plural_first, group=title.removesuffix(" n.e.c.")),
            *text,
        ]
    ways = figures.ways_in(ground.snapshot, job.soc2020, [job.name, job.plural])
    sources = [as_source(ground.snapshot.source("unit_groups"), say("about.own_words"))]
    facts: list[str] = []
    told: list[Mapping[str, Any]] = []
    if answer == "overview":
        pay = figures.typical_pay(ground.snapshot, job.soc2020)
        if pay is not None and pay.basis != "wider_group":
            in_year = figures.pay_in(pay, "year")
            told += pay_figures(pay, in_year)[:1] if in_year else []
            facts.append(say("about.pay", amount=pounds(pay.median), year=pay.year))
            if pay.part_time is not None:
                facts.append(say("about.part_time"))
            sources += [as_source(source) for source in pay.sources]
    if ways is not None and ways.hours is not None:
        low, high = f"{ways.hours.low:g}", f"{ways.hours.high:g}"
        facts.append(say("about.hours" if low != high else "about.hours_one", low=low, high=high))
    paragraphs = [" ".join(text)]
    if facts:
        paragraphs.append(" ".join(facts))
    if ways is not None and ways.matched:
        profile = ways.profiles[0]
        paragraphs.append(say("about.profile", title=profile.title, link=profile.link))
    if ways is not None:
        sources += [replace_link(as_source(s), ways.profiles) for s in ways.sources]
    asked = ["job_description", *(["pay"] if told else [])]
    return message(
        answer,
        "\n\n".join(paragraphs),
        buttons=next_questions(ground, job, asked),
        figures=told,
        sources=sources,
    )


def skills(turn: Turn, ground: Ground) -> Reply:
    """The skills that matter most where the live service has them, else where to look."""
    say = ground.wording.say

    def answer(job: Job) -> Message:
        found = ground.live().skills(job.soc2020)
        if found is None or not found.skills:
            return _where_to_look(ground, job, "skills")
        names = [name.lower() for name, _ in found.skills[:MOST_LISTED]]
        text = say("about.skills", jobs=job.plural, skills=listed(names))
        return message(
            "skills",
            text,
            buttons=next_questions(ground, job, ["skills"]),
            sources=[as_source(source, say("about.skills_american")) for source in found.sources],
        )

    return for_one_job(turn, ground, answer)


def degree_subjects(turn: Turn, ground: Ground) -> Reply:
    """What graduates in the job studied where the live service has it, else where to look."""
    say = ground.wording.say

    def answer(job: Job) -> Message:
        found = ground.live().degree_subjects(job.soc2020)
        if found is None or not found.subjects:
            return _where_to_look(ground, job, "degree_subjects")
        subjects = [f"{name} ({percent:.0f}%)" for name, percent in found.subjects[:MOST_LISTED]]
        text = say(
            "about.subjects", jobs=job.plural, subjects=listed(subjects), year=found.academic_year
        )
        return message(
            "degree_subjects",
            text,
            buttons=next_questions(ground, job, ["degree_subjects"]),
            sources=[as_source(source) for source in found.sources],
        )

    return for_one_job(turn, ground, answer)


def related_jobs(turn: Turn, ground: Ground) -> Reply:
    """Other unit groups in the same group, alphabetically, each a button away."""
    say = ground.wording.say
    offers: list[tuple[str, str]] = []

    def answer(job: Job) -> Message:
        related = figures.related_jobs(ground.snapshot, job.soc2020)
        lines = []
        for other in related.jobs[:MOST_RELATED]:
            name = of_code(ground, other.soc2020).plural_first
            key = "about.related_line"
            if other.pay is None:
                key = "about.related_line_no_pay"
            elif other.pay.part_time is not None:
                key = "about.related_line_part_time"
            amount = pounds(other.pay.median) if other.pay else ""
            year = other.pay.year if other.pay else ""
            lines.append(say(key, name=name, amount=amount, year=year))
            offers.append((name, payload("give_job", other.soc2020)))
        text = say("about.related", jobs=job.plural, group=group_of(related.scope))
        more = len(related.jobs) - MOST_RELATED
        parts = [text, "\n".join(lines)]
        if more > 0:
            parts.append(say("about.related_more", number=more))
        return message(
            "related_jobs",
            "\n\n".join(parts),
            buttons=offers[:4],
            figures=[
                figure
                for other in related.jobs[:MOST_RELATED]
                if other.pay is not None and (in_year := figures.pay_in(other.pay, "year"))
                for figure in pay_figures(other.pay, in_year)[:1]
            ],
            sources=[as_source(source) for source in related.sources],
        )

    reply = for_one_job(turn, ground, answer)
    return replace(reply, memory=replace(reply.memory, offered=tuple(offers))) if offers else reply


def _where_to_look(ground: Ground, job: Job, answer: str) -> Message:
    say = ground.wording.say
    ways = figures.ways_in(ground.snapshot, job.soc2020, [job.name, job.plural])
    buttons = next_questions(ground, job, [answer])
    if ways is None:
        text = say(f"about.no_{answer}_no_profile", jobs=job.plural)
        return message(f"{answer}_none", text, buttons=buttons)
    profile = ways.profiles[0]
    text = say(f"about.no_{answer}", jobs=job.plural, title=profile.title, link=profile.link)
    sources = [{**as_source(source), "link": profile.link} for source in ways.sources]
    return message(f"{answer}_none", text, buttons=buttons, sources=sources)
