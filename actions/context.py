"""What sets the scene or picks up what was offered: a job, a place, a year group, a choice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process, utils

from actions import guidance, which_job
from actions.about_jobs import describe
from actions.authored import authored
from actions.ground import Ground
from actions.pay import for_one_job
from actions.readers import year_group
from actions.showing import next_questions
from actions.turn import Reply, Turn, message

Topic = Callable[[Turn, Ground], Reply]
ORDINALS = ("first", "second", "third", "fourth")
LONGEST_CHOICE = 6
"""Words; a longer message is no choice but something new."""
PICKED_BY_TITLE = 80
"""Likeness (0-100) from which typed words count as the title of a button that was offered."""


def give_job(topics: dict[str, Topic]) -> Topic:
    """Return the topic for a message that only names a job: the question before, or an overview."""

    def answer(turn: Turn, ground: Ground) -> Reply:
        if not turn.said and not turn.chosen.get("job"):
            return which_job.ask(replace(turn, intent=turn.memory.topic or "give_job"), ground)
        before = turn.memory.topic
        goes_on = turn.memory.asking in ("job", "which") or turn.text.casefold().startswith(
            tuple(ground.wording.say("asking.goes_on_with").split("|"))
        )
        if goes_on and before in topics and not turn.chosen.get("job"):
            return topics[before](replace(turn, intent=before), ground)
        return for_one_job(
            replace(turn, intent="give_job"),
            ground,
            lambda job: describe(ground, job, "overview"),
        )

    return answer


def give_place(topics: dict[str, Topic]) -> Topic:
    """Return the topic for a message that only names a place."""

    def answer(turn: Turn, ground: Ground) -> Reply:
        places = ground.places.find(turn.text) or ground.places.find(f"in {turn.text.strip()}")
        if not places:
            if turn.memory.jobs:
                return topics["local_outlook"](
                    replace(turn, memory=replace(turn.memory, place=None)), ground
                )
            return authored("not_understood", turn, ground)
        memory = replace(turn.memory, place=places[0].name)
        if turn.memory.jobs or turn.said:
            topic = (
                "pay"
                if turn.memory.topic == "pay" and turn.memory.asking != "place"
                else "local_outlook"
            )
            return topics[topic](
                replace(turn, memory=memory, intent=topic, clause=f"in {places[0].name}"), ground
            )
        text = ground.wording.say("context.place", place=places[0].name)
        return Reply((message("place", text),), replace(memory, misses=0))

    return answer


def give_year_group(turn: Turn, ground: Ground) -> Reply:
    """Note the school year that was named, and offer what people ask in it."""
    year = year_group(turn.text)
    if year is None and isinstance(turn.chosen.get("year"), int):
        year = int(turn.chosen["year"])
    if year is not None and turn.memory.asking == "stage" and turn.memory.subject:
        memory = replace(turn.memory, year_group=year, asking=None)
        return guidance.tell(turn.memory.subject, replace(turn, memory=memory), ground)
    say = ground.wording.say
    memory = replace(turn.memory, misses=0)
    buttons = [
        (say("buttons.school_choices"), "/school_choices"),
        (say("buttons.choose_career"), "/choose_career"),
    ]
    if turn.memory.jobs:
        buttons = next_questions(ground, turn.memory.jobs[0], [turn.memory.topic or ""])
    if year is None:
        return Reply((message("year_group", say("context.some_year"), buttons=buttons),), memory)
    text = say("context.year", year=year)
    return Reply((message("year_group", text, buttons=buttons),), replace(memory, year_group=year))


def choose_option(topics: dict[str, Topic]) -> Topic:
    """Return the topic for "the second one": it does what the button of that place would do."""

    def answer(turn: Turn, ground: Ground) -> Reply:
        picked = pick(turn, ground)
        if picked is None:
            return _ask_again(turn, ground)
        return press(picked, topics, turn, ground)

    return answer


def press(payload: str, topics: dict[str, Topic], turn: Turn, ground: Ground) -> Reply:
    """Do what the button with this payload does."""
    intent, chosen = read_payload(payload)
    turn = replace(turn, intent=intent, chosen=chosen, said=(), clause="", text="", ranked=())
    return topics.get(intent, _unknown)(turn, ground)


def _ask_again(turn: Turn, ground: Ground) -> Reply:
    """Ask which of the offers is meant, showing them again, or say that there are none."""
    if not turn.memory.offered:
        return authored("nothing_to_choose", turn, ground)
    reply = authored("which_option", turn, ground)
    offered = [{"title": title, "payload": payload} for title, payload in turn.memory.offered[:4]]
    return Reply((dict(reply.messages[0], buttons=offered),), turn.memory)


def pick(turn: Turn, ground: Ground) -> str | None:
    """Return the payload of the offer that the text names by number, order or title."""
    offered = turn.memory.offered
    if not offered:
        return None
    text = turn.text.casefold()
    if len(text.split()) > LONGEST_CHOICE:
        return None
    digits = re.fullmatch(r"\W*(?:number|option|no|nr)?\W*(\d)\W*", text)
    if digits and 1 <= int(digits[1]) <= len(offered):
        return offered[int(digits[1]) - 1][1]
    for place, ordinal in enumerate(ORDINALS[: len(offered)]):
        if ground.wording.pattern(f"context.{ordinal}").search(text):
            return offered[place][1]
    if ground.wording.pattern("context.last").search(text):
        return offered[-1][1]
    return _by_title(text, offered)


def typed_title(turn: Turn) -> str | None:
    """Return the payload of the offer whose title was typed in full, in any case."""
    text = utils.default_process(turn.text).strip()
    titles = {
        utils.default_process(title).strip(): payload for title, payload in turn.memory.offered
    }
    return titles.get(text) if text else None


def _by_title(text: str, offered: Sequence[tuple[str, str]]) -> str | None:
    """Return the payload of the one offer whose title the text gives; None where several fit.

    First by whole words ("the civil engineers one"), then by a part, spelling mistakes allowed
    ("secondry"). A word that several titles share ("engineers") picks none of them.
    """
    titles = [title for title, _ in offered]
    scorers = [fuzz.token_set_ratio] + ([fuzz.partial_ratio] if len(text) > 3 else [])
    for scorer in scorers:
        found = process.extract(
            text, titles, scorer=scorer, processor=utils.default_process, limit=2
        )
        if found and found[0][1] >= PICKED_BY_TITLE:
            tied = len(found) > 1 and found[1][1] == found[0][1]
            return None if tied else offered[found[0][2]][1]
    return None


def affirm(topics: dict[str, Topic]) -> Topic:
    """Return the topic for "yes": the one thing that was offered, if it was one."""

    def answer(turn: Turn, ground: Ground) -> Reply:
        if len(turn.memory.offered) == 1:
            intent, chosen = read_payload(turn.memory.offered[0][1])
            return topics.get(intent, _unknown)(
                replace(turn, intent=intent, chosen=chosen, said=(), clause=""), ground
            )
        if turn.memory.asking == "job":
            return which_job.ask(replace(turn, intent=turn.memory.topic or "pay"), ground)
        return authored("go_on", turn, ground)

    return answer


def read_payload(payload: str) -> tuple[str, dict[str, object]]:
    """Return intent and values of a button's payload, "/intent{…}"."""
    intent, brace, rest = payload.removeprefix("/").partition("{")
    values = json.loads(brace + rest) if brace else {}
    return intent, values if isinstance(values, dict) else {}


def _unknown(turn: Turn, ground: Ground) -> Reply:
    return authored(
        turn.intent if turn.intent in ground.answers else "not_understood", turn, ground
    )
