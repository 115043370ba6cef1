"""What persons do in chats: take them, speak in them, give them back; everybody there is told."""

from collections.abc import Callable
from typing import Any

from bot.gateway.adviser_talk.acts import Acts, Done
from bot.gateway.broker import Sign
from bot.gateway.desk import Desk
from bot.gateway.stages.normalise import clean, has_words
from bot.gateway.telling import talk_of, tell_queue
from bot.gateway.turn import Refused
from bot.records.audit.actors import Actor
from bot.records.entries import EntryRow
from bot.records.handover.beside import READER, mark_seen
from bot.records.handover.in_chat import situation_of
from bot.records.handover.rows import HandoverRow

LONGEST_LINE = 4000
LONGEST_ONCE = 63


class Persons:
    """The acts of persons in this process. `acts` are the same transactions for whoever has one."""

    def __init__(self, desk: Desk, acts: Acts) -> None:
        self._desk, self.acts = desk, acts

    async def claim(self, school_id: int, conversation_id: str, actor: Actor, role: str) -> Done:
        """Take a chat. Raises AlreadyTaken with the name of who was quicker, and as `Acts`."""
        return await self._do(self.acts.claim, school_id, conversation_id, actor=actor, role=role)

    async def pass_on(
        self,
        school_id: int,
        conversation_id: str,
        actor: Actor,
        *,
        to: Actor | None = None,
        role: str = "",
    ) -> Done:
        """Give a chat to a colleague, or back to the queue."""
        return await self._do(
            self.acts.pass_on, school_id, conversation_id, actor=actor, to=to, role=role
        )

    async def hand_back(self, school_id: int, conversation_id: str, actor: Actor) -> Done:
        """Let the service speak again."""
        return await self._do(self.acts.hand_back, school_id, conversation_id, actor=actor)

    async def close(self, school_id: int, conversation_id: str, actor: Actor) -> Done:
        """End a chat."""
        return await self._do(self.acts.close, school_id, conversation_id, actor=actor)

    async def snooze(self, school_id: int, conversation_id: str, actor: Actor, until: Any) -> Done:
        """Come back to a chat at that moment."""
        return await self._do(
            self.acts.snooze, school_id, conversation_id, actor=actor, until=until
        )

    async def wake(self, school_id: int, conversation_id: str, actor: Actor) -> Done:
        """Be back in a chat."""
        return await self._do(self.acts.wake, school_id, conversation_id, actor=actor)

    async def leave(self, school_id: int, conversation_id: str) -> Done:
        """Who waited is answered on another day."""
        return await self._do(self.acts.leave, school_id, conversation_id)

    async def lapse(self, school_id: int, conversation_id: str) -> Done:
        """A wish stood for too long."""
        return await self._do(self.acts.lapse, school_id, conversation_id)

    async def say(
        self,
        school_id: int,
        conversation_id: str,
        *,
        staff_id: str,
        name: str,
        role: str,
        text: str,
        once: str,
    ) -> EntryRow:
        """Say something in a chat that one holds; the same `once` again is said once.

        Raises Refused for what cannot be said, NotYours, NoSuchChat or StoreBusy.
        """
        text = clean(text)
        if not has_words(text):
            raise Refused("empty")
        if len(text) > LONGEST_LINE:
            raise Refused("too-long")
        if not 0 < len(once) <= LONGEST_ONCE:
            raise ValueError("a line needs a name of its own")
        entry = await self._desk.store.write(
            self.acts.say,
            conversation_id,
            staff_id=staff_id,
            name=name,
            role=role,
            text=text,
            once=once,
            school_id=school_id,
            now=self._desk.clock(),
        )
        self._desk.broker.publish(entry)
        self.typing(conversation_id, None, to=READER)
        tell_queue(self._desk.broker, school_id)
        return entry

    def typing(self, conversation_id: str, who: dict[str, str] | None, *, to: str) -> None:
        """Tell the other side that somebody is typing; with None, that nobody is any more."""
        self._desk.broker.sign(conversation_id, Sign("typing", to, {"who": who}))

    async def seen(self, conversation_id: str, side: str, seq: int) -> None:
        """Note up to which line a side has seen the chat, and tell the other one."""
        store = self._desk.store
        if await store.write(mark_seen, conversation_id, side, seq, self._desk.clock()):
            to = "staff" if side == READER else READER
            self._desk.broker.sign(conversation_id, Sign("seen", to, {"seq": seq}))

    async def told(self, conversation_id: str) -> dict[str, Any]:
        """Who is to speak in the chat, as both sides are told: {state, name, role}."""
        found = await self._desk.store.read(situation_of, self._desk.sealing, conversation_id)
        return talk_of(found)

    async def _do(
        self, act: Callable[..., Done], school_id: int, conversation_id: str, **more: Any
    ) -> Done:
        row, entry = await self._desk.store.write(
            act, school_id, conversation_id, now=self._desk.clock(), **more
        )
        if entry is not None:
            self._desk.broker.publish(entry)
        await self.tell(row)
        return row, entry

    async def tell(self, row: HandoverRow) -> None:
        """Tell both sides of a chat who is to speak in it, and the queue that it changed."""
        told = await self.told(row.conversation_id)
        for side in (READER, "staff"):
            self._desk.broker.sign(row.conversation_id, Sign("talk", side, told))
        tell_queue(self._desk.broker, row.school_id)
