"""What a person does with a chat, and the line that tells its reader so: in one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.advisers.opening_hours import hours_of
from bot.gateway.adviser_talk.replies import told_moment, told_when
from bot.gateway.adviser_talk.wish import ASK
from bot.gateway.messages import whole
from bot.records import handovers
from bot.records.audit.actors import Actor
from bot.records.entries import EntryRow, add_person_line, add_reply
from bot.records.handover.rows import HandoverRow, NotYours, hold, standing
from bot.records.handover.states import State
from bot.records.sealing import Sealing
from knowledge.wording import Wording

Done = tuple[HandoverRow, EntryRow | None]
"""The hand-over as it is now, and the line that was added; None where nothing changed."""


def _told(
    connection: Connection,
    sealing: Sealing,
    row: HandoverRow,
    text: str,
    now: datetime,
    *buttons: dict[str, str],
) -> EntryRow | None:
    message: dict[str, Any] = whole({"text": text, "buttons": list(buttons)})
    return add_reply(
        connection,
        sealing,
        row.conversation_id,
        in_reply_to=None,
        messages=[message],
        meta=None,
        now=now,
        sender="notice",
    )


class Acts:
    """Each act is a transaction of its own and raises what the function of hand-overs does."""

    def __init__(self, sealing: Sealing, wording: Wording) -> None:
        self._sealing, self._wording = sealing, wording

    def claim(
        self,
        connection: Connection,
        school_id: int,
        conversation_id: str,
        *,
        actor: Actor,
        role: str,
        now: datetime,
    ) -> Done:
        """Take a chat. Whoever has it already learns nothing new and no line is added."""
        before = standing(connection, self._sealing, school_id, conversation_id)
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.claim(*where, actor=actor, role=role, now=now)
        if before is not None and before.staff_id is not None:
            return row, None
        text = self._wording.say("adviser_talk.joined", name=actor.name, role=role)
        return row, _told(connection, self._sealing, row, text, now)

    def pass_on(
        self,
        connection: Connection,
        school_id: int,
        conversation_id: str,
        *,
        actor: Actor,
        now: datetime,
        to: Actor | None = None,
        role: str = "",
    ) -> Done:
        """Give a chat to a colleague or back to the queue."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.pass_on(*where, actor=actor, to=to, role=role, now=now)
        if to is None:
            text = self._wording.say("adviser_talk.put_back", name=actor.name)
        else:
            text = self._wording.say("adviser_talk.passed", name=to.name, role=role)
        return row, _told(connection, self._sealing, row, text, now)

    def hand_back(
        self,
        connection: Connection,
        school_id: int,
        conversation_id: str,
        *,
        actor: Actor,
        now: datetime,
    ) -> Done:
        """Let the service speak again, and say so."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.hand_back(*where, actor=actor, now=now)
        text = self._wording.say("adviser_talk.handed_back", name=actor.name)
        again = {"title": self._wording.say("adviser_talk.button_person"), "payload": ASK}
        return row, _told(connection, self._sealing, row, text, now, again)

    def close(
        self,
        connection: Connection,
        school_id: int,
        conversation_id: str,
        *,
        actor: Actor,
        now: datetime,
    ) -> Done:
        """End the chat for good."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.close(*where, actor=actor, now=now)
        text = self._wording.say("adviser_talk.closed", name=actor.name)
        return row, _told(connection, self._sealing, row, text, now)

    def snooze(
        self,
        connection: Connection,
        school_id: int,
        conversation_id: str,
        *,
        actor: Actor,
        until: datetime,
        now: datetime,
    ) -> Done:
        """Come back to the chat later."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.snooze(*where, actor=actor, until=until, now=now)
        when = told_moment(until, now)
        text = self._wording.say("adviser_talk.snoozed", name=actor.name, when=when)
        return row, _told(connection, self._sealing, row, text, now)

    def wake(
        self,
        connection: Connection,
        school_id: int,
        conversation_id: str,
        *,
        actor: Actor,
        now: datetime,
    ) -> Done:
        """Be back in a chat that was put off."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.wake(*where, actor=actor, now=now)
        held = row.holder
        text = self._wording.say("adviser_talk.woken", name=held["name"], role=held["role"])
        return row, _told(connection, self._sealing, row, text, now)

    def leave(
        self, connection: Connection, school_id: int, conversation_id: str, *, now: datetime
    ) -> Done:
        """The day is over for somebody who waits: answered later, and the service speaks again."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.leave(*where, actor=Actor("service"), now=now)
        when = told_when(self._wording, hours_of(connection, school_id), now)
        text = self._wording.say("adviser_talk.day_over", when=when)
        return row, _told(connection, self._sealing, row, text, now)

    def lapse(
        self, connection: Connection, school_id: int, conversation_id: str, *, now: datetime
    ) -> Done:
        """A wish that stood for too long ends, and its reader is told."""
        where = (connection, self._sealing, school_id, conversation_id)
        row = handovers.lapse(*where, actor=Actor("service"), now=now)
        text = self._wording.say("adviser_talk.lapsed")
        return row, _told(connection, self._sealing, row, text, now)

    def say(
        self,
        connection: Connection,
        conversation_id: str,
        *,
        staff_id: str,
        name: str,
        role: str,
        text: str,
        once: str,
        school_id: int,
        now: datetime,
    ) -> EntryRow:
        """What a person says, once; only whoever holds the chat. Raises NoSuchChat or NotYours."""
        found = hold(connection, school_id, conversation_id)
        row = standing(connection, self._sealing, school_id, conversation_id)
        if row is None or row.staff_id != staff_id or found.state != State.PERSON:
            raise NotYours
        return add_person_line(
            connection,
            self._sealing,
            school_id,
            conversation_id,
            staff_id=staff_id,
            name=name,
            role=role,
            text=text,
            once=once,
            now=now,
        )
