"""A message with several questions: two answers, each under its title, and a third one offered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from textwrap import shorten

from actions import following, guidance, which_job
from actions.ground import Ground
from actions.showing import NEXT_QUESTIONS, payload
from actions.turn import Reply, Turn
from knowledge.answers import MOST_BUTTONS, Message

Topic = Callable[[Turn, Ground], Reply]

MOST_ANSWERS = 2
SAY = "/say"
"""What a button starts with that says a text for the person: `/say{"text": …}`."""
LONGEST_LEFT = 300
LONGEST_TITLE = 48
MORE = '/answer{"more"'
KEPT = (MORE, "/talk_to")
"""Buttons that belong to an answer and stay with it: the rest of its text, and a person."""
OFFERED_AS = {
    "entry_requirements": "how_to_become", "skills": "how_to_become",
    "degree_subjects": "how_to_become", "hours": "job_description", "workforce": "outlook",
    "local_outlook": "outlook", "pay_change": "pay", "pay_gap": "pay",
}  # fmt: skip
"""The button that leads nearest to what was asked; a job's description has its usual hours."""


def several(
    turns: Sequence[Turn], topics: Mapping[str, Topic], about_jobs: Sequence[str], ground: Ground
) -> Reply | None:
    """Answer the questions of one message; None where it turns out to have one question alone.

    What asks back (which job, which year) comes last, so that it holds up no other answer.
    """
    memory = turns[0].memory
    told: list[tuple[Turn, Reply]] = []
    asking: list[Turn] = []
    left: list[Turn] = []
    for turn in turns:
        if len(told) == MOST_ANSWERS:
            left.append(turn)
            continue
        turn = replace(turn, memory=memory)
        reply = _one(turn, topics, about_jobs, [m for _, r in told for m in r.messages], ground)
        if reply is None:
            continue
        if _asks_back(reply, turn):
            asking.append(turn)
            continue
        told.append((turn, reply))
        memory = reply.memory
    if asking and len(told) < MOST_ANSWERS:
        turn = replace(asking.pop(0), memory=memory)
        told.append((turn, topics[turn.intent](turn, ground)))
        waits = True
    else:
        waits = False
        if len(told) < MOST_ANSWERS:
            return None
    return _joined(told, [*asking, *left], ground, waits)


def _one(
    turn: Turn,
    topics: Mapping[str, Topic],
    about_jobs: Sequence[str],
    told: Sequence[Message],
    ground: Ground,
) -> Reply | None:
    """Answer one of the questions; None where it is no question of its own."""
    if told and turn.intent in about_jobs and not (turn.said or turn.memory.jobs):
        # "What happens to child benefit and what will he get paid" names no job: the second
        # question is about what was just told, or it is no question of its own.
        subject = following.meant(turn, ground, beside=True)
        reply = guidance.tell(subject, turn, ground) if subject else None
    else:
        reply = topics[turn.intent](turn, ground)
    # The same answer is not told twice: two questions may lead to it.
    if reply and reply.messages[0] in told:
        return None
    return reply


def _asks_back(reply: Reply, turn: Turn) -> bool:
    opens_form = reply.memory.form and reply.memory.form != turn.memory.form
    return bool(reply.memory.asking or opens_form)


def _joined(
    told: Sequence[tuple[Turn, Reply]], left: Sequence[Turn], ground: Ground, waits: bool
) -> Reply:
    memory = told[-1][1].memory
    messages = [m for _, reply in told for m in reply.messages]
    last = messages[-1]
    if len(told) > 1:
        messages = [_titled(message, ground) for message in messages]
    done = {f"/{turn.intent}" for turn, _ in told}
    buttons = [b for b in last["buttons"] if b["payload"].partition("{")[0] not in done]
    if not waits:
        offers = [offer for turn in left if (offer := _offer(turn, ground))]
        mine = [_of(b, last, ground) for b in buttons if b["payload"].startswith(KEPT)]
        others = [
            _of(button, message, ground)
            for message in messages[:-1]
            for button in message["buttons"]
            if button["payload"].startswith(KEPT)
        ]
        rest = [b for b in buttons if not b["payload"].startswith(KEPT)]
        buttons = _once([*offers, *others, *mine, *rest])[:MOST_BUTTONS]
        offered = tuple((b["title"], b["payload"]) for b in buttons)
        memory = replace(memory, offered=offered or memory.offered)
    shown = [dict(message, buttons=[]) for message in messages[:-1]]
    return Reply((*shown, dict(messages[-1], buttons=buttons)), memory)


def with_left(reply: Reply, turn: Turn, ground: Ground) -> Reply:
    """Offer, as a button, the first question of the message that nothing was told on.

    Pressed, it is asked as if it were typed (see bot.gateway.stages.ask_engine).
    """
    asked = next((q for q in turn.left if len(q) <= LONGEST_LEFT), None)
    if asked is None or reply.memory.asking or reply.memory.form:
        return reply
    last = reply.messages[-1]
    title = ground.wording.say(
        "several.left", question=shorten(asked, LONGEST_TITLE, placeholder="…")
    )
    also = {"title": title, "payload": SAY + json.dumps({"text": asked}, ensure_ascii=False)}
    kept = [b for b in last["buttons"] if b["payload"].startswith(KEPT)]
    rest = [b for b in last["buttons"] if not b["payload"].startswith(KEPT)]
    room = MOST_BUTTONS - 1 - len(kept)
    shown = [b for b in last["buttons"] if b in kept or b in rest[: max(room, 0)]]
    return replace(
        reply, messages=(*reply.messages[:-1], dict(last, buttons=[also, *shown][:MOST_BUTTONS]))
    )


def _titled(message: Message, ground: Ground) -> Message:
    """Put an answer's title over it; a figure about a job names the job with its first words."""
    title = _title(message, ground)
    if not title:
        return message
    return dict(
        message, text=f"{ground.wording.say('several.head', title=title)}\n\n{message['text']}"
    )


def _title(message: Message, ground: Ground) -> str:
    answer = message["answer"]
    return ground.answers[answer].title if answer in ground.answers else ""


def _of(button: Mapping[str, str], message: Message, ground: Ground) -> dict[str, str]:
    """Name the answer that "more" is about, where two are told."""
    title = _title(message, ground)
    if not title or not button["payload"].startswith(MORE):
        return dict(button)
    named = ground.wording.say("several.more", title=title)
    return {"title": named, "payload": button["payload"]}


def _offer(turn: Turn, ground: Ground) -> dict[str, str] | None:
    """Return a button to what a question asks that is not answered now."""
    subject = turn.ranked[0][0] if turn.ranked else ""
    if turn.intent in guidance.FIRST and subject in ground.answers:
        return {"title": ground.answers.title(subject), "payload": ground.answers.payload(subject)}
    intent = OFFERED_AS.get(turn.intent, turn.intent)
    if intent not in NEXT_QUESTIONS:
        return None
    clear = [words for words in turn.said if words.unit_groups and not words.ambiguous]
    job = which_job.of_words(clear[0]) if clear else None
    return {"title": ground.wording.say(f"buttons.{intent}"), "payload": payload(intent, job)}


def _once(buttons: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return list({button["payload"]: button for button in buttons}.values())
