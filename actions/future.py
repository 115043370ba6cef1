"""Whether there will be jobs: the outlook to 2035, in England and near the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions import which_job
from actions.ground import Ground
from actions.pay import for_one_job
from actions.showing import as_chart, as_source, group_of, next_questions, payload, people
from actions.turn import Job, Reply, Turn, message
from knowledge.answers import Message
from lmi import figures
from lmi.charts import outlook_chart
from lmi.figures.outlook import Outlook
from lmi.figures.scope import ENGLAND
from lmi.places import Place


def outlook(turn: Turn, ground: Ground) -> Reply:
    """The outlook of the job's wider group in England, or in the place that is named."""
    if ground.places.find(turn.clause):
        return local_outlook(turn, ground)
    machines = ground.wording.pattern("future.machine_words").search(turn.clause)

    def answer(job: Job) -> Message:
        text = [ground.wording.say("future.machines")] if machines else []
        return _message(ground, job, turn, ENGLAND, text)

    return for_one_job(turn, ground, answer)


def local_outlook(turn: Turn, ground: Ground) -> Reply:
    """The outlook in the area of a named place, beside England's; asks where, when it is open."""
    jobs = which_job.find(turn, ground)
    if isinstance(jobs, Reply):
        return jobs
    say = ground.wording.say
    named = ground.places.find(turn.clause) or ground.places.find(turn.text)
    place = named[0] if named else _remembered(turn, ground)
    memory = replace(turn.memory, jobs=tuple(jobs), topic="local_outlook", asking=None, misses=0)
    if place is None:
        offers = [
            (name, payload("local_outlook", jobs[0], place=name)) for name in _examples(ground)
        ]
        return Reply(
            (message("ask_place", say("asking.which_place"), buttons=offers),),
            replace(memory, asking="place", offered=tuple(offers)),
        )
    memory = replace(memory, place=place.name)
    if place.area is None:
        text = [say("future.no_area", Place=place.name[:1].upper() + place.name[1:])]
        return Reply((_message(ground, jobs[0], turn, ENGLAND, text),), memory)
    return Reply((_message(ground, jobs[0], turn, place.area, [], place),), memory)


def _remembered(turn: Turn, ground: Ground) -> Place | None:
    chosen = str(turn.chosen.get("place") or turn.memory.place or "")
    found = ground.places.find(f"in {chosen}") if chosen else []
    return found[0] if found else None


def _examples(ground: Ground) -> list[str]:
    return [name.strip() for name in ground.wording.say("asking.example_places").split(",")]


def _message(
    ground: Ground, job: Job, turn: Turn, area: str, before: list[str], place: Place | None = None
) -> Message:
    say = ground.wording.say
    found = figures.outlook(ground.snapshot, job.soc2020, turn.today, area)
    answered = ["outlook", "local_outlook"]
    local = [(say("buttons.local_outlook"), payload("local_outlook", job))]
    more = local if area == ENGLAND and not before else []
    buttons = next_questions(ground, job, answered, more)
    if found is None:
        text = " ".join([*before, say("future.none", jobs=job.plural)])
        return message("outlook_none", text, buttons=buttons)
    told = _told(ground, found, area, place)
    direction = "steady" if told["base"] == told["end"] else found.direction
    text = [*before, say(f"future.{direction}", **told)]
    if area != ENGLAND:
        text.append(say("future.beside_england", **told))
    group = say("future.group", Jobs=job.plural_first, jobs=job.plural, **told)
    if found.openings is not None and found.openings.leaving > 0:
        text.append(
            say(
                "future.openings",
                leaving=people(found.openings.leaving),
                from_year=found.openings.from_year,
                to_year=found.openings.to_year,
            )
        )
    live = _live(ground, job)
    return message(
        "local_outlook" if area != ENGLAND else "outlook",
        "\n\n".join([" ".join(text), group, *[sentence for sentence, _ in live]]),
        buttons=buttons,
        figures=outlook_figures(found),
        chart=as_chart(outlook_chart(found)),
        sources=[
            *(as_source(source, say("future.wider")) for source in found.sources),
            *(as_source(source) for _, sources in live for source in sources),
        ],
    )


def _told(ground: Ground, found: Outlook, area: str, place: Place | None) -> dict[str, object]:
    say = ground.wording.say
    where = say("future.england") if area == ENGLAND else say("future.area", area=area)
    if place is not None and place.name.casefold() not in area.casefold():
        where = say("future.area_of", area=area, place=place.name)
    return {
        "group": group_of(found.scope),
        "where": where,
        "base": people(found.base),
        "end": people(found.end),
        "base_year": found.base_year,
        "end_year": found.end_year,
        "percent": f"{abs(found.percent):.0f}",
        "change": say("future.up" if found.percent > 0 else "future.down"),
        "england_percent": f"{abs(found.england_percent):.0f}",
        "england_change": say("future.up" if found.england_percent > 0 else "future.down"),
    }


def outlook_figures(found: Outlook) -> list[Mapping[str, Any]]:
    """Return the numbers of an outlook answer as data, in people."""
    return [
        {
            "label": f"jobs in {found.scope.title}, {found.scope.place}",
            "value": round(thousands * 1_000),
            "unit": "people",
            "year": year,
            "soc2020": found.soc2020,
            "scope": found.scope.title,
        }
        for year, thousands in found.points
    ]


def _live(ground: Ground, job: Job) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what the live service adds, with its sources: unemployment, hard-to-fill vacancies."""
    say = ground.wording.say
    live = ground.live()
    told: list[tuple[str, tuple[Any, ...]]] = []
    unemployment = live.unemployment(job.soc2020)
    if unemployment is not None:
        told.append(
            (
                say(
                    "future.unemployment",
                    jobs=job.plural,
                    percent=f"{unemployment.percent:.1f}",
                    year=unemployment.year,
                ),
                unemployment.sources,
            )
        )
    vacancies = live.hard_to_fill(job.soc2020)
    if vacancies is not None and vacancies.hard_to_fill is not None:
        told.append(
            (
                say(
                    "future.hard_to_fill",
                    percent=f"{vacancies.hard_to_fill:.0f}",
                    year=vacancies.year or say("future.year_unknown"),
                ),
                vacancies.sources,
            )
        )
    return told
