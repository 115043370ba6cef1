"""Ways into a job and what each asks for, from the National Careers Service's job profiles."""

from __future__ import annotations

from actions.ground import Ground
from actions.pay import for_one_job
from actions.showing import as_source, listed, next_questions
from actions.turn import Job, Reply, Turn, message
from knowledge.answers import Message
from lmi import figures
from lmi.figures.entry import ProfileFacts, WaysIn

MOST_PROFILES = 4


def how_to_become(turn: Turn, ground: Ground) -> Reply:
    """Every route that is open, in no order of worth, with the official profile."""
    return for_one_job(turn, ground, lambda job: _message(ground, job, turn, "how_to_become"))


def entry_requirements(turn: Turn, ground: Ground) -> Reply:
    """What each route asks for: GCSEs, A levels, the apprenticeship's level and length."""
    return for_one_job(turn, ground, lambda job: _message(ground, job, turn, "entry_requirements"))


def _message(ground: Ground, job: Job, turn: Turn, answer: str) -> Message:
    say = ground.wording.say
    ways = figures.ways_in(ground.snapshot, job.soc2020, [job.name, job.plural])
    buttons = next_questions(ground, job, ["how_to_become", "entry_requirements"])
    if ways is None or not ways.routes:
        return message(f"{answer}_none", say("getting_in.none", jobs=job.plural), buttons=buttons)
    many = len(ways.profiles) > 1
    first = "getting_in.several" if many else f"getting_in.{answer}"
    text = [say(first, job=job.name, jobs=job.plural, **_article(job.name))]
    text.append("\n".join(_routes(ground, ways)))
    if ground.wording.pattern("getting_in.length_words").search(turn.clause):
        text.append(say("getting_in.length"))
    text.append(say("getting_in.no_order"))
    profiles = ways.profiles[:MOST_PROFILES]
    links = [say("getting_in.profile", title=p.title, link=p.link) for p in profiles]
    text.append(say("getting_in.profiles", links=" · ".join(links)))
    return message(
        answer,
        "\n\n".join(text),
        buttons=buttons,
        sources=[replace_link(as_source(source), profiles) for source in ways.sources],
    )


def replace_link(source: dict[str, str], profiles: tuple[ProfileFacts, ...]) -> dict[str, str]:
    """Point a source at the profile itself where there is only one."""
    return {**source, "link": profiles[0].link} if len(profiles) == 1 else source


def _routes(ground: Ground, ways: WaysIn) -> list[str]:
    """One line for each open route; what it asks for is told where one profile is meant."""
    say = ground.wording.say
    lines = []
    named = sorted((say(f"routes.name_{route}"), route) for route in ways.routes)
    for name, route in named:
        asks = _asks(ground, route, ways.profiles[0]) if len(ways.profiles) == 1 else ""
        key = "routes.line_with" if asks else "routes.line"
        lines.append(say(key, route=name, what=say(f"routes.what_{route}"), asks=asks))
    if any(profile.other_route for profile in ways.profiles):
        lines.append(say("routes.other"))
    return lines


def _asks(ground: Ground, route: str, profile: ProfileFacts) -> str:
    say = ground.wording.say
    told: list[str] = []
    if route == "university":
        if profile.university_a_levels:
            award = profile.university_award or "degree"
            told.append(
                say("routes.a_levels", number=span(profile.university_a_levels), award=award)
            )
        if profile.university_gcses:
            told.append(say("routes.gcses", number=span(profile.university_gcses)))
        if profile.postgraduate:
            told.append(say("routes.postgraduate"))
    elif route == "college" and profile.college_gcses:
        told.append(say("routes.college_gcses", number=span(profile.college_gcses)))
    elif route == "apprenticeship":
        if profile.apprenticeship_levels:
            levels = " or ".join(profile.apprenticeship_levels)
            told.append(say("routes.level", levels=levels))
        if profile.apprenticeship_gcses:
            told.append(say("routes.gcses", number=span(profile.apprenticeship_gcses)))
        months = sorted({s.duration_months for s in profile.standards if s.duration_months})
        if months:
            length = f"{months[0]}" if len(months) == 1 else f"{months[0]} to {months[-1]}"
            told.append(say("routes.months", months=length))
    return listed(told)


def span(numbers: str) -> str:
    """Return "4-5" as "4 to 5", and "2+" as "2 or more"."""
    return numbers.replace("-", " to ").replace("+", " or more")


def _article(name: str) -> dict[str, str]:
    return {"a": "an" if name[:1].lower() in "aeio" else "a"}
