"""A new chat, and what persons wrote to its pupil since the last: it comes along, once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.gateway.messages import whole
from bot.records.conversations import add_conversation
from bot.records.entries import add_person_line, add_reply
from bot.records.handover.beside import READER, mark_seen
from bot.records.handover.unread import unread_of
from bot.records.sealing import Sealing
from bot.records.sign_in import join_conversation
from knowledge.facts import day_told
from knowledge.wording import Wording


def carry_along(
    connection: Connection,
    sealing: Sealing,
    wording: Wording,
    school_id: int,
    pupil_id: str,
    conversation_id: str,
    now: datetime,
) -> int:
    """Put what the pupil has not seen yet into the new chat, each line with who wrote it when.

    In the transaction that begins the chat. How many lines there were.
    """
    carried = 0
    for old_id, lines in unread_of(connection, sealing, school_id, pupil_id).items():
        for line in lines:
            name, role = line.body["name"], line.body["role"]
            day = day_told(line.created_at.date())
            told = wording.say("adviser_talk.carried", name=name, role=role, day=day)
            add_reply(
                connection,
                sealing,
                conversation_id,
                in_reply_to=None,
                messages=[whole({"text": told})],
                meta=None,
                now=now,
                sender="notice",
            )
            add_person_line(
                connection,
                sealing,
                school_id,
                conversation_id,
                staff_id=line.body["staff"],
                name=name,
                role=role,
                text=line.body["messages"][0]["text"],
                # The conversation and number that it is of, so that it is never here twice.
                once=f"{old_id}:{line.seq}",
                now=now,
            )
            carried += 1
        mark_seen(connection, old_id, READER, lines[-1].seq, now)
    return carried


def add_with_owner(
    connection: Connection,
    sealing: Sealing,
    wording: Wording | None,
    pupil_id: str | None,
    /,
    *,
    conversation_id: str,
    school_id: int,
    now: datetime,
    **more: Any,
) -> None:
    """Store a new conversation, and whose it is in the same transaction.

    With `wording` what persons wrote to that pupil since comes along.
    """
    add_conversation(
        connection, sealing, conversation_id=conversation_id, school_id=school_id, now=now, **more
    )
    if pupil_id is not None:
        join_conversation(connection, school_id, pupil_id, conversation_id, now, so_far=True)
        if wording is not None:
            carry_along(connection, sealing, wording, school_id, pupil_id, conversation_id, now)
