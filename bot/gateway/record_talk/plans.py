"""What is still to do: listed, done, dropped, and told once to a pupil who comes back."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from bot.gateway.record_talk.offers import helped
from bot.gateway.record_talk.replies import (
    Chat,
    Reply,
    button,
    cut,
    gone,
    reply,
    text_lines,
    text_of,
    told_day,
)
from bot.records.guidance.bodies import BodyWrong
from bot.records.guidance.in_chat import LineSeen, told_since
from bot.records.guidance.lines import (
    ENGLAND,
    NoLine,
    NotTheirs,
    RecordLineRow,
    correct_line,
    finish_action,
    line_of,
    lines_of,
)

AT_ONCE = 5
"""Actions in one message."""
SHORTEST = 4
"""Letters of a word that tells one action from another."""
NOT_TELLING = frozenset({"the", "number", "no", "thing"})


def open_actions(chat: Chat) -> list[RecordLineRow]:
    """What is still to do, the next due first."""
    found = lines_of(*chat.whose, kinds=["action"], status="open")
    return sorted(found, key=lambda one: (one.due_on or date.max, one.created_at, one.id))


def list_actions(chat: Chat) -> Reply:
    """What the pupil said would be done, with a button for each."""
    say = chat.wording.say
    actions = open_actions(chat)
    end = say("record_talk.list_end", record=chat.record)
    if not actions:
        return reply("list", f"{say('record_talk.list_none')} {end}", note={"told": True})
    if len(actions) == 1:
        parts = [say("record_talk.list_one")]
    else:
        parts = [say("record_talk.list_many", number=len(actions))]
    shown = actions[:AT_ONCE]
    parts.append(text_lines(shown, chat))
    if len(actions) > AT_ONCE:
        parts.append(say("record_talk.list_more", number=len(actions) - AT_ONCE))
    note = {"told": True, "listed": [line.id for line in shown]}
    return reply("list", "\n\n".join([*parts, end]), *_buttons(chat, shown, "done"), note=note)


def _buttons(chat: Chat, actions: Sequence[RecordLineRow], do: str) -> list[dict[str, str]]:
    say, found = chat.wording.say, []
    for line in actions:
        text = cut(text_of(line.body))
        if do == "done":
            title = say("record_talk.button_done", text=text)
        else:
            title = say("record_talk.button_drop", text=text)
        found.append(button(title, do, id=line.id))
    return found


def end_which(chat: Chat, which: str, do: str, note: dict[str, Any]) -> Reply | None:
    """End the action that is meant, or ask which one; None when none can be meant."""
    actions = open_actions(chat)
    meant = _meant(chat, which, actions, note)
    if not meant:
        return None
    if len(meant) == 1:
        return done(chat, meant[0].id) if do == "done" else drop(chat, meant[0].id)
    if do == "done":
        text = chat.wording.say("record_talk.which_done")
    else:
        text = chat.wording.say("record_talk.which_dropped")
    shown = meant[:AT_ONCE]
    return reply(
        "which",
        f"{text}\n\n{text_lines(shown, chat)}",
        *_buttons(chat, shown, do),
        note={"listed": [line.id for line in shown], "which": do},
    )


def _meant(
    chat: Chat, which: str, actions: list[RecordLineRow], note: dict[str, Any]
) -> list[RecordLineRow]:
    words = which.split()
    core = [word for word in words if word not in NOT_TELLING]
    if len(core) > 1 and core[-1] == "one":
        core = core[:-1]
    at = chat.reading.words.ordinals.get(core[0]) if len(core) == 1 else None
    if at is not None:
        by_id = {line.id: line for line in actions}
        listed = [by_id.get(one) for one in note.get("listed") or by_id]
        line = listed[at] if -len(listed) <= at < len(listed) else None
        return [] if line is None else [line]
    if len(words) == 1 or which.startswith("all of"):
        added = [line for line in actions if line.id == note.get("added")]
        return added or actions
    wanted = {word for word in words if len(word) >= SHORTEST}
    fold = chat.reading.words.folded
    scored = [(len(wanted & set(fold(text_of(line.body)).split())), line) for line in actions]
    most = max((score for score, _ in scored), default=0)
    return [line for score, line in scored if score == most and most > 0]


def done(chat: Chat, line_id: str) -> Reply:
    """The pupil did it."""
    try:
        line = finish_action(*chat.whose, line_id, "done", chat.now)
    except (NoLine, NotTheirs):
        return gone(chat)
    text = chat.wording.say("record_talk.done", text=text_of(line.body))
    return reply("done", text)


def drop(chat: Chat, line_id: str) -> Reply:
    """The pupil will not do it; a reason is asked for, and need not be given."""
    try:
        line = finish_action(*chat.whose, line_id, "dropped", chat.now)
    except (NoLine, NotTheirs):
        return gone(chat)
    if line.status != "dropped":
        return gone(chat)
    return _ask_reason(chat, line)


def ask_reason(chat: Chat, line_id: str) -> Reply:
    """Ask again why it was dropped."""
    try:
        line = line_of(*chat.whose, line_id)
    except NoLine:
        return gone(chat)
    return _ask_reason(chat, line) if line.status == "dropped" else gone(chat)


def _ask_reason(chat: Chat, line: RecordLineRow) -> Reply:
    say = chat.wording.say
    return reply(
        "dropped",
        say("record_talk.dropped", text=text_of(line.body)),
        button(say("record_talk.button_skip"), "no_reason", id=line.id),
        note={"awaits": "reason", "id": line.id},
    )


def keep_reason(chat: Chat, line_id: str, reason: str) -> Reply:
    """Why the pupil dropped it, in the pupil's words."""
    try:
        line = line_of(*chat.whose, line_id)
        if line.status != "dropped":
            return gone(chat)
        correct_line(*chat.whose, line_id, {**line.body.fields(), "reason": reason}, chat.now)
    except (NoLine, NotTheirs):
        return gone(chat)
    except BodyWrong:
        text = chat.wording.say("record_talk.too_long")
        return reply("too_long", text, note={"awaits": "reason", "id": line_id})
    return reply("reason", chat.wording.say("record_talk.reason_kept"))


def no_reason(chat: Chat) -> Reply:
    """No reason is asked for again."""
    return reply("reason", chat.wording.say("record_talk.reason_skipped"))


def told_on_return(chat: Chat, lines: Sequence[LineSeen]) -> Reply | None:
    """Once in a conversation and once a day: how much is still to do from before."""
    if helped(lines) or any(line.note.get("told") for line in lines):
        return None
    actions = [
        line
        for line in open_actions(chat)
        if line.source.get("conversation") != chat.conversation_id
    ]
    begins = datetime.combine(chat.today, time(), ENGLAND)
    if not actions or told_since(
        chat.connection, chat.notes, chat.school_id, chat.pupil_id, begins
    ):
        return None
    say, number, text = chat.wording.say, len(actions), text_of(actions[0].body)
    day = None if actions[0].due_on is None else told_day(actions[0].due_on)
    if number == 1 and day is None:
        told = say("record_talk.told_one", text=text)
    elif number == 1:
        told = say("record_talk.told_one_due", text=text, day=day)
    elif day is None:
        told = say("record_talk.told_many", number=number, text=text)
    else:
        told = say("record_talk.told_many_due", number=number, text=text, day=day)
    show = button(say("record_talk.button_list"), "list")
    return reply("return", told, show, note={"told": True})
