"""The gateway: takes messages in, sees them answered in order, and lets readers follow."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.advisers.takeover import for_a_person
from bot.gateway.adviser_talk.acts import Acts
from bot.gateway.adviser_talk.carrying import add_with_owner
from bot.gateway.broker import Sign, Subscription
from bot.gateway.desk import Desk
from bot.gateway.doors import Doors
from bot.gateway.erasure import forget
from bot.gateway.lanes import Lanes
from bot.gateway.messages import Message
from bot.gateway.persons import Persons
from bot.gateway.plain_log import where_it_broke
from bot.gateway.presence import Presence
from bot.gateway.replies import answer, authored
from bot.gateway.stages import ARRIVAL, REPLY, TERMINAL, audit
from bot.gateway.stages.takeover import NAME as TAKEOVER
from bot.gateway.telling import queue_of, tell_queue
from bot.gateway.turn import Turn
from bot.records.conversations import (
    ConversationRow,
    delete_conversation,
    find_conversation,
    pending_erasures,
)
from bot.records.entries import EntryRow, any_unanswered, entries_after, unanswered
from bot.records.handover.beside import READER
from bot.records.handover.rows import NoSuchChat
from bot.records.handover.states import State
from bot.records.schools import keep_school
from knowledge.wording import Wording

log = logging.getLogger("signpost.gateway")

STANDING_BUTTONS = Path(__file__).with_name("standing_buttons.yml")


@dataclass(frozen=True, slots=True)
class Begun:
    """A new conversation, and what its reader is shown first."""

    conversation_id: str
    school_slug: str
    school_name: str
    notice: Message
    greeting: Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message was taken: its number, when, and whether it had been taken before."""

    seq: int
    at: datetime
    repeated: bool


class UnknownSchool(Exception):
    """No school of that name uses this installation."""


class Gateway:
    """All conversations of this process. `open` before use, `close` after."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.lanes = Lanes()
        self._doors = Doors()
        self.presence = Presence(desk.settings.reader_stays_s)
        self._schools: dict[str, tuple[int, str]] = {}
        self._standing = yaml.safe_load(STANDING_BUTTONS.read_text(encoding="utf-8"))
        talk = desk.adviser_talk
        wording = Wording.load() if talk is None else talk.wording
        self.persons = Persons(desk, Acts(desk.sealing, wording))

    async def open(self) -> None:
        """Note the school of this installation in the store."""
        slug, name = self.desk.settings.school_slug, self.desk.settings.school_name
        school_id = await self.desk.store.write(keep_school, slug, name, self.desk.clock())
        self._schools[slug] = (school_id, name)
        if await self.desk.store.read(pending_erasures):
            self.desk.outage.note_erasures()

    def end_streams(self) -> None:
        """Let go of everyone who follows; they come back to the next process."""
        self.desk.broker.end_all()

    async def close(self) -> None:
        """End the streams, let running turns finish; what waits is taken up after a restart."""
        self.end_streams()
        await self.lanes.close(timeout_s=self.desk.settings.engine_timeout_s)

    def opening(self) -> tuple[Message, Message]:
        """What a reader is shown before the first message: the notice and the greeting."""
        return answer(self.desk, "notice"), answer(self.desk, "greeting")

    def help_for(self, text: str | None) -> Message | None:
        """The help that the text of a message calls for, if that cannot be taken; else None."""
        if text is None or self.desk.screen.check(text) is None:
            return None
        return answer(self.desk, "help_now")

    def help_now(self) -> Message:
        """The help that a cry for help is answered with."""
        return answer(self.desk, "help_now")

    async def begin(
        self,
        school: str,
        channel: str,
        scene: dict[str, Any],
        *,
        pupil_id: str | None = None,
        sign_in_at: str | None = None,
    ) -> Begun:
        """Start a conversation at a school, a guest's or from its first line on a pupil's.

        With `sign_in_at`, the address of our own pages, the greeting says how to sign in there.
        Raises UnknownSchool.
        """
        if school not in self._schools:
            raise UnknownSchool
        school_id, name = self._schools[school]
        notice, greeting = self.opening()
        if sign_in_at is not None and self.desk.record_talk is not None:
            beside = self.desk.record_talk.beside_greeting(sign_in_at)
            greeting = {**greeting, "text": f"{greeting['text']}\n\n{beside}"}
        conversation_id = secrets.token_hex(16)
        await self.desk.store.write(
            add_with_owner,
            self.desk.sealing,
            None if self.desk.adviser_talk is None else self.desk.adviser_talk.wording,
            pupil_id,
            conversation_id=conversation_id,
            school_id=school_id,
            channel=channel,
            scene=scene,
            opening={"notice": notice, "greeting": greeting},
            standing=self._standing,
            now=self.desk.clock(),
        )
        return Begun(conversation_id, school, name, notice, greeting)

    async def receive(
        self,
        conversation_id: str,
        client_message_id: str,
        *,
        text: str | None = None,
        payload: str | None = None,
    ) -> Receipt:
        """Take a message in; it is answered afterwards. The same id again is taken once.

        Raises Refused, HelpUnstored, or StoreBusy.
        """
        turn = Turn(
            conversation_id, client_message_id, self.desk.clock(), text=text, payload=payload
        )
        # Through one door, so that messages are answered in the order of their numbers.
        async with self._doors.through(conversation_id):
            for stage in ARRIVAL:
                turn = await stage(turn, self.desk)
            if not (turn.repeated or turn.settled or turn.for_person):
                self.lanes.put(conversation_id, lambda: self._answer(turn))
        if not turn.repeated:
            self.presence.seen(conversation_id)
            if turn.settled:
                # Help does not queue behind an engine that takes its time.
                await self._finish(turn)
            elif turn.for_person:
                await audit(replace(turn, settled_by=TAKEOVER), self.desk)
            self.desk.broker.publish_state(conversation_id, self.state(conversation_id))
            if for_a_person(turn.state):
                tell_queue(self.desk.broker, turn.school_id)
        if turn.at is None:
            raise AssertionError("an admitted turn has a time")
        return Receipt(turn.seq, turn.at, turn.repeated)

    async def _answer(self, turn: Turn) -> Turn:
        try:
            for stage in REPLY:
                turn = await stage(turn, self.desk)
        except Exception as problem:
            # A fault of ours: the reader is told all the same, and the terminal stages run.
            log.error("a message's way broke off: %s", where_it_broke(problem))
            messages, meta = authored(self.desk, "no_reply")
            turn = replace(
                turn, settled_by="failure", messages=messages, meta=meta, status="failed"
            )
        turn = await self._finish(turn)
        asyncio.get_running_loop().call_soon(self._tell_state, turn.conversation_id)
        return turn

    async def _finish(self, turn: Turn) -> Turn:
        for stage in TERMINAL:
            turn = await stage(turn, self.desk)
        return turn

    def _tell_state(self, conversation_id: str) -> None:
        self.desk.broker.publish_state(conversation_id, self.state(conversation_id))

    def state(self, conversation_id: str) -> str:
        """What the reader may expect: "thinking", "away" (waits for the engine) or "idle"."""
        if conversation_id in self.desk.outage.waiting:
            return "away"
        return "thinking" if self.lanes.busy(conversation_id) else "idle"

    async def settled(self, conversation_id: str, timeout_s: float) -> bool:
        """Wait until nothing of the conversation is being answered; False if that takes longer."""
        return await self.lanes.idle(conversation_id, timeout_s)

    async def conversation(self, conversation_id: str) -> ConversationRow | None:
        """The conversation, or None when there is none."""
        return await self.desk.store.read(find_conversation, conversation_id)

    async def entries(self, conversation_id: str, after: int = 0) -> list[EntryRow]:
        """The entries numbered above `after`, in order."""
        return await self.desk.store.read(entries_after, self.desk.sealing, conversation_id, after)

    async def come(self, conversation_id: str) -> None:
        """The reader is here: what was left without an answer is taken up again."""
        self.presence.seen(conversation_id)
        if self.lanes.busy(conversation_id):
            return
        if not await self.desk.store.read(any_unanswered, conversation_id):
            return
        if self.desk.outage.away:
            self.desk.outage.note_waiting(conversation_id)
        else:
            self.resume(conversation_id)

    def resume(self, conversation_id: str) -> None:
        """Answer, in order, what the conversation still waits for."""
        if not self.lanes.busy(conversation_id):
            self.lanes.put(conversation_id, lambda: self._answer_waiting(conversation_id))
            self._tell_state(conversation_id)

    async def _answer_waiting(self, conversation_id: str) -> None:
        conversation = await self.conversation(conversation_id)
        if conversation is None:
            return
        for row in await self.desk.store.read(unanswered, self.desk.sealing, conversation_id):
            payload = row.body.get("payload")
            turn = Turn(
                conversation_id,
                row.client_message_id or "",
                row.created_at,
                text=None if payload else row.body["messages"][0]["text"],
                payload=payload,
                # A message that was cut off before its first try has not been told of anything.
                resumed=row.status == "waiting",
                seq=row.seq,
                at=row.created_at,
                attempts=row.attempts,
                state=conversation.state,
                scene=conversation.scene,
            )
            turn = await self._answer(turn)
            if turn.status == "waiting":
                return

    async def follow(
        self, conversation_id: str, after: int
    ) -> AsyncGenerator[EntryRow | str | Sign]:
        """Every entry numbered above `after`, each once and in order, then those to come.

        A string is the conversation's state, told at the start and when it changes; a sign what
        a person does. Ends when the conversation is deleted or the service stops.
        """
        with (
            self.desk.broker.follow(conversation_id) as news,
            self.presence.listening(conversation_id),
            self._reader_there(conversation_id),
        ):
            await self.come(conversation_id)
            async for one in self._news(news, conversation_id, after, READER):
                yield one

    async def watch(
        self, conversation_id: str, after: int
    ) -> AsyncGenerator[EntryRow | str | Sign]:
        """The same for one of staff, who is not the reader: nothing is taken up because of it."""
        with self.desk.broker.follow(conversation_id) as news:
            async for one in self._news(news, conversation_id, after, "staff"):
                yield one

    async def queue_news(self, school_id: int) -> AsyncGenerator[None]:
        """Something each time that the school's queue has changed, and once at the start."""
        with self.desk.broker.follow(queue_of(school_id)) as news:
            yield None
            while not news.gone:
                await news.news()
                if news.take_signs("staff"):
                    yield None

    @contextmanager
    def _reader_there(self, conversation_id: str) -> Iterator[None]:
        """Staff who look are told when the reader comes and goes."""
        self.desk.broker.sign(conversation_id, Sign("there", "staff", {"there": True}))
        try:
            yield
        finally:
            self.desk.broker.sign(conversation_id, Sign("there", "staff", {"there": False}))

    async def _news(
        self, news: Subscription, conversation_id: str, after: int, to: str
    ) -> AsyncGenerator[EntryRow | str | Sign]:
        cursor = after
        for row in await self.entries(conversation_id, cursor):
            cursor = row.seq
            yield row
        told = self.state(conversation_id)
        yield told
        if self.desk.adviser_talk is not None:
            talk = await self.persons.told(conversation_id)
            if talk["state"] != State.BOT:
                yield Sign("talk", to, talk)
        while not news.gone:
            rows, state = await news.news()
            for row in rows:
                if row.seq <= cursor:
                    continue
                # A gap: let go by the broker, or stored by a writer that told us later.
                missing = (
                    [row] if row.seq == cursor + 1 else await self.entries(conversation_id, cursor)
                )
                for one in missing:
                    cursor = one.seq
                    yield one
            if state is not None and state != told:
                told = state
                yield state
            for sign in news.take_signs(to):
                yield sign

    async def poll(
        self, conversation_id: str, after: int, wait_s: float
    ) -> tuple[list[EntryRow], str]:
        """The entries above `after`; when there are none, wait for one or for a new state."""
        with (
            self.desk.broker.follow(conversation_id) as news,
            self.presence.listening(conversation_id),
        ):
            await self.come(conversation_id)
            rows = await self.entries(conversation_id, after)
            told = self.state(conversation_id)
            try:
                async with asyncio.timeout(wait_s):
                    while not (rows or news.gone or self.state(conversation_id) != told):
                        new = [row for row in (await news.news())[0] if row.seq > after]
                        if new:
                            # As it was told, unless something before it was not: a row that is
                            # at hand need not be opened again.
                            whole = [row.seq for row in new] == [*range(after + 1, new[-1].seq + 1)]
                            rows = new if whole else await self.entries(conversation_id, after)
            except TimeoutError:
                pass
            return rows, self.state(conversation_id)

    # ---- persons

    async def say_as_person(
        self, conversation_id: str, staff_id: str, name: str, role: str, text: str, once: str
    ) -> EntryRow:
        """What the person who holds the chat says, once for the same `once`.

        Raises Refused, NoSuchChat, NotYours or StoreBusy.
        """
        found = await self.conversation(conversation_id)
        if found is None:
            raise NoSuchChat
        return await self.persons.say(
            found.school_id,
            conversation_id,
            staff_id=staff_id,
            name=name,
            role=role,
            text=text,
            once=once,
        )

    def typing(self, conversation_id: str, who: dict[str, str] | None) -> None:
        """Somebody is typing: the reader (None), or a person as {name, role}."""
        if who is None:
            self.persons.typing(conversation_id, {}, to="staff")
        else:
            self.persons.typing(conversation_id, who, to=READER)

    async def seen(self, conversation_id: str, side: str, seq: int) -> None:
        """A side ("reader", or the id of one of staff) has seen the lines up to that number."""
        await self.persons.seen(conversation_id, side, seq)

    async def erase(self, conversation_id: str) -> bool:
        """Delete the conversation here and in the engine; False when there was none.

        The engine forgets it at once if it can, else as soon as it is back.
        """
        self.lanes.clear(conversation_id)
        found = await self.desk.store.write(delete_conversation, conversation_id, self.desk.clock())
        if not found:
            return False
        await self.desk.store.scrub()
        self.let_go(conversation_id)
        await self.lanes.idle(conversation_id, self.desk.settings.engine_timeout_s)
        return True

    def let_go(self, conversation_id: str) -> None:
        """End a deleted conversation for whoever has it open; the engine forgets it in its turn."""
        self.lanes.clear(conversation_id)
        self.desk.broker.end(conversation_id)
        self.desk.outage.waiting.discard(conversation_id)
        self.presence.forget(conversation_id)
        # In the lane, so that a turn still being asked cannot make the tracker anew.
        self.lanes.put(conversation_id, lambda: forget(self.desk, conversation_id))
