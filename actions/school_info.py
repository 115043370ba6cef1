"""What the school itself has told: dates, whom to ask, places nearby; and where to look if not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from actions.ground import Ground
from actions.readers import year_group
from actions.resources import directory
from actions.showing import listed
from actions.turn import Reply, Turn, message
from knowledge.answers import MOST_BUTTONS, Message
from knowledge.facts import day_told
from knowledge.school import Event, Person, Provider

SHOWN = 4
PEOPLE, PROVIDERS, DATES = "people", "providers", "dates"
NATIONAL = {
    PEOPLE: ("national_careers_service",),
    PROVIDERS: ("find_a_course", "get_information_about_schools"),
    DATES: ("national_careers_service",),
    "open evening": ("find_a_course", "get_information_about_schools"),
    "work experience week": ("speakers_for_schools", "national_careers_service"),
    "careers fair": ("explore_careers", "find_an_apprenticeship"),
}
"""Ids of the resources to name where the school has put in nothing."""
ANSWERS = {
    PROVIDERS: ("sixth_form_or_college", "applying_for_sixth_form"),
    "options evening": ("gcse_options", "keeping_doors_open"),
    "open evening": ("applying_for_sixth_form", "sixth_form_or_college"),
    "work experience week": ("find_work_experience", "no_placement"),
    "results day": ("gcse_results_day", "a_level_results_day"),
    "careers fair": ("insight_days_and_encounters", "dont_know_what_to_do"),
}
"""Subjects of national answers that go with a question."""


def school_info(turn: Turn, ground: Ground) -> Reply:
    """Answer for the school: dates that come, whom to ask, places nearby."""
    about, topic = _asked(turn, ground)
    told = _told(about, topic, turn, ground)
    memory = replace(
        turn.memory,
        asking=None,
        offered=tuple((button["title"], button["payload"]) for button in told["buttons"]),
        misses=0,
    )
    return Reply((told,), memory)


def _asked(turn: Turn, ground: Ground) -> tuple[str, str | None]:
    """Return what is asked for (PEOPLE, PROVIDERS, DATES or a kind of date), and its topic."""
    carried = turn.chosen.get("wanted")
    if isinstance(carried, dict):
        return str(carried.get("about") or DATES), carried.get("topic")
    text = turn.clause or turn.text
    pattern = ground.wording.pattern
    topic = pattern("school.topic_words").search(text)
    if pattern("school.who_words").search(text):
        return PEOPLE, str(topic.lastgroup).replace("_", " ") if topic else None
    kind = pattern("school.kind_words").search(text)
    named = str(kind.lastgroup).replace("_", " ") if kind else DATES
    if pattern("school.provider_words").search(text) and named in (DATES, "results day"):
        return PROVIDERS, None
    if kind is None and pattern("school.near_words").search(text):
        return PROVIDERS, None
    return named, None


def _told(about: str, topic: str | None, turn: Turn, ground: Ground) -> Message:
    say = ground.wording.say
    # The year of the words counts first: a parent may ask for one child and then for another.
    year = year_group(turn.text) or turn.memory.year_group
    if about == PEOPLE:
        people = ground.school.ask(topic)[:SHOWN]
        return _message(about, say("school.people"), [_person(p, ground) for p in people], ground)
    if about == PROVIDERS:
        places = ground.school.providers
        lines = [_provider(place, ground) for place in places[:SHOWN]]
        last = say("school.more_providers") if len(places) > SHOWN else ""
        return _message(about, say("school.providers"), lines, ground, last)
    kind = None if about == DATES else about
    events = ground.school.coming(turn.today, kind, year) or ground.school.coming(turn.today, kind)
    lines = [_event(event, ground) for event in events[:SHOWN]]
    head = say("school.dates_coming") if about == DATES else ""
    links = [(event.title, event.link) for event in events[:SHOWN] if event.link]
    return _message(about, head, lines, ground, links=links)


def _message(
    about: str,
    head: str,
    lines: Sequence[str],
    ground: Ground,
    last: str = "",
    links: Sequence[tuple[str, str]] = (),
) -> Message:
    """Return the school's own lines below their heading; without any, where else to look."""
    say = ground.wording.say
    buttons = _buttons(about, ground)
    if not lines:
        return _nothing(about, buttons, ground)
    if about == PEOPLE:
        last = say("school.ask_others")
    parts = [say("school.from_your_school"), head, "\n".join(lines), last]
    sources = [
        {"publisher": name, "dataset": "", "year": "", "link": link, "caveat": ""}
        for name, link in links
    ]
    text = "\n\n".join(part for part in parts if part)
    return message("school_info", text, buttons=buttons, sources=sources)


def _nothing(about: str, buttons: Sequence[tuple[str, str]], ground: Ground) -> Message:
    """Say that the school has not added it, whom to ask, and the national place to look."""
    say = ground.wording.say
    if about == PEOPLE:
        text = say("school.no_people")
    elif about == PROVIDERS:
        text = say("school.no_providers")
    elif about in _kinds(ground):
        text = say("school.no_date", what=_kinds(ground)[about])
    else:
        text = say("school.no_dates")
    places = [directory()[name] for name in NATIONAL.get(about, NATIONAL[DATES])]
    links = [say("school.link", name=place.name, link=place.link) for place in places]
    text += "\n\n" + say("school.look_here", links=listed(links))
    sources = [
        {
            "publisher": place.name,
            "dataset": "",
            "year": f"{place.checked_on:%Y}",
            "link": place.link,
            "caveat": "",
        }
        for place in places
    ]
    return message("school_info", text, buttons=buttons, sources=sources)


def _event(event: Event, ground: Ground) -> str:
    say = ground.wording.say
    when = f"{event.starts:%A} {day_told(event.starts)}"
    if event.ends != event.starts:
        last = f"{event.ends:%A} {day_told(event.ends)}"
        when = say("school.span", first=when, last=last)
    details = [when, event.time, event.place]
    if event.years:
        years = listed([str(year) for year in event.years])
        key = "school.for_year" if len(event.years) == 1 else "school.for_years"
        details.append(say(key, years=years))
    told = ", ".join(detail for detail in details if detail).rstrip(".")
    title = event.title
    if event.at:
        title = say("school.open_evening", name=event.at)
    if event.link:
        return say("school.event_link", title=title, link=event.link, details=told)
    return say("school.event", title=title, details=told)


def _person(person: Person, ground: Ground) -> str:
    where = person.where.rstrip(".")
    if person.name:
        return ground.wording.say(
            "school.person_named", role=person.role, name=person.name, where=where
        )
    return ground.wording.say("school.person", role=person.role, where=where)


def _provider(place: Provider, ground: Ground) -> str:
    values = {"name": place.name, "link": place.link, "kind": place.kind}
    if place.where:
        return ground.wording.say("school.provider_where", where=place.where.rstrip("."), **values)
    return ground.wording.say("school.provider", **values)


def _buttons(about: str, ground: Ground) -> list[tuple[str, str]]:
    """Return what people ask next: the national answers that go with it, then the school's own."""
    say = ground.wording.say
    buttons = [
        (ground.answers.title(subject), ground.answers.payload(subject))
        for subject in ANSWERS.get(about, ())
        if subject in ground.answers
    ]
    own = {
        PEOPLE: say("school.ask_button"),
        DATES: say("school.dates_button"),
        PROVIDERS: say("school.providers_button"),
    }
    buttons += [(title, _payload(name)) for name, title in own.items() if name != about]
    if about == PEOPLE:
        buttons.append((say("buttons.talk_to_adviser"), "/talk_to_adviser"))
    return buttons[:MOST_BUTTONS]


def _payload(about: str) -> str:
    return f"/school_info{json.dumps({'wanted': {'about': about}})}"


def _kinds(ground: Ground) -> dict[str, str]:
    """Return each kind of date as it reads inside a sentence."""
    rows = [line.split(" = ") for line in ground.wording.say("school.kinds").splitlines()]
    return {row[0]: row[1] for row in rows}
