"""The line that was added last: changed or deleted; and who can see the record."""

from typing import Any

from bot.gateway.record_talk.offers import own_words
from bot.gateway.record_talk.replies import Chat, Reply, button, gone, reply, text_of
from bot.gateway.record_talk.saying import LONGEST
from bot.records.guidance.bodies import Experience, Skill
from bot.records.guidance.imported import take_out
from bot.records.guidance.lines import (
    NoLine,
    NotTheirs,
    RecordLineRow,
    correct_line,
    day_in_england,
    line_of,
    lines_of,
)
from bot.records.guidance.views import views_of
from knowledge.facts import day_told

MOST_VIEWS = 5
"""Looks by others that are told in the chat; the page has all."""


def last_added(chat: Chat, note: dict[str, Any]) -> RecordLineRow | None:
    """The line that the pupil added last in this conversation."""
    lines = [
        line
        for line in lines_of(*chat.whose)
        if line.correctable and line.source.get("conversation") == chat.conversation_id
    ]
    noted = next((line for line in lines if line.id == note.get("added")), None)
    return noted or max(lines, key=lambda line: line.created_at, default=None)


def nothing_last(chat: Chat) -> Reply:
    """There is no such line."""
    text = chat.wording.say("record_talk.nothing_last", record=chat.record)
    return reply("nothing", text)


def ask_change(chat: Chat, line_id: str) -> Reply:
    """Ask for what the line is to say."""
    try:
        line = line_of(*chat.whose, line_id)
    except NoLine:
        return gone(chat)
    if isinstance(line.body, Experience | Skill):
        text = chat.wording.say("record_talk.change_on_page", record=chat.record)
        return reply("change", text, note={"added": line.id})
    text = chat.wording.say("record_talk.ask_words")
    return reply("words", text, note={"awaits": "line", "id": line_id, "added": line_id})


def change(chat: Chat, line_id: str, typed: str) -> Reply:
    """Let the line say what the pupil typed; what it said before is kept as history."""
    say = chat.wording.say
    if len(typed) > LONGEST:
        note = {"awaits": "line", "id": line_id, "added": line_id}
        return reply("too_long", say("record_talk.too_long"), note=note)
    try:
        line = line_of(*chat.whose, line_id)
        text, due_on = own_words(chat, line.kind, typed)
        fields = {**line.body.fields(), "text": text}
        line = correct_line(*chat.whose, line_id, fields, chat.now, due_on=due_on)
    except NoLine:
        return gone(chat)
    except NotTheirs:
        return reply("not_yours", say("record_talk.not_yours", record=chat.record))
    text = say("record_talk.now_says", text=text_of(line.body))
    return reply("changed", text, note={"added": line_id})


def ask_delete(chat: Chat, line: RecordLineRow) -> Reply:
    """Ask once more: a deleted line is gone for good."""
    say = chat.wording.say
    return reply(
        "delete",
        say("record_talk.ask_delete", text=text_of(line.body)),
        button(say("record_talk.button_delete"), "delete", id=line.id),
        button(say("record_talk.button_keep"), "keep", id=line.id),
        note={"deleting": line.id, "added": line.id},
    )


def delete(chat: Chat, line_id: str) -> Reply:
    """Delete the line."""
    try:
        found = take_out(*chat.whose, line_id, chat.now)
    except NotTheirs:
        text = chat.wording.say("record_talk.not_yours", record=chat.record)
        return reply("not_yours", text)
    return reply("deleted", chat.wording.say("record_talk.deleted")) if found else gone(chat)


def keep(chat: Chat, line_id: str) -> Reply:
    """The line stays."""
    return reply("kept", chat.wording.say("record_talk.kept"), note={"added": line_id})


def take_all(chat: Chat) -> Reply:
    """Where the pupil takes all of it along."""
    return reply("take", chat.wording.say("record_talk.take_all", record=chat.record))


def erase_all(chat: Chat) -> Reply:
    """Where the pupil deletes all of it: on the page, which says what goes and asks once more."""
    return reply("erase", chat.wording.say("record_talk.erase_all", record=chat.record))


def who(chat: Chat) -> Reply:
    """Who can see the record, and who has looked at it."""
    say = chat.wording.say
    parts = [say("record_talk.who")]
    views = views_of(*chat.whose)
    if views:
        entries = [
            "- "
            + say(
                "record_talk.who_entry",
                name=view.name,
                role=view.role,
                day=day_told(day_in_england(view.viewed_at)),
                purpose=view.purpose,
            )
            for view in views[:MOST_VIEWS]
        ]
        parts += [say("record_talk.who_looked"), "\n".join(entries)]
    else:
        parts.append(say("record_talk.who_none"))
    parts.append(say("record_talk.who_end", record=chat.record))
    return reply("who", "\n\n".join(parts))
