"""Asking for a person: reads a message, asks what is still to be said, passes the chat on."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.advisers.opening_hours import hours_of
from bot.gateway.adviser_talk import replies
from bot.gateway.adviser_talk.chat import Chat
from bot.gateway.adviser_talk.reading import Reading
from bot.gateway.adviser_talk.replies import Reply, button, reply, told_moment, told_when
from bot.gateway.adviser_talk.wish import ASK, PREFIX, Wish, pressed
from bot.records import handovers
from bot.records.handover.in_chat import (
    Situation,
    offered_person,
    returned_to,
    situation_of,
    text_at,
)
from bot.records.handover.queue import place_of, usual_wait
from bot.records.handover.rows import HandoverRow
from bot.records.handover.states import State
from bot.records.sealing import Sealing
from knowledge.wording import Wording

NOTE = "adviser"
AWAY_FOR = timedelta(minutes=10)
"""Who writes nothing for so long has left, and comes back with the next line."""


class AdviserTalk:
    """Made once for an installation; holds nothing that anybody wrote. A call is a transaction."""

    def __init__(self, sealing: Sealing, wording: Wording, address: str = "") -> None:
        """`address` is that of the service as readers see it, "" where it is not known."""
        self._sealing, self.wording, self._address = sealing, wording, address
        self.reading = Reading(wording)

    def situation(self, connection: Connection, conversation_id: str) -> Situation | None:
        """The situation of a conversation; None when there is none."""
        return situation_of(connection, self._sealing, conversation_id)

    def busy(self) -> Reply:
        """Nobody can be asked, because the store is locked."""
        return reply("busy", self.wording.say("adviser_talk.busy"))

    def concerns(self, situation: Situation, text: str | None, payload: str | None) -> bool:
        """Whether the message may be one for this talk. Changes nothing."""
        if not situation.staffed:
            return False
        if payload is not None:
            return payload == ASK or payload.startswith(PREFIX)
        if text is None:
            return False
        open_now = situation.state != State.BOT or NOTE in situation.notes
        return open_now or situation.handed_back or self.reading.asks(text)

    def answer(
        self,
        connection: Connection,
        situation: Situation,
        conversation_id: str,
        seq: int,
        *,
        text: str | None,
        payload: str | None,
        now: datetime,
    ) -> Reply | None:
        """The reply to a message for this talk; None for one that is for somebody else."""
        chat = self._chat(connection, situation, conversation_id, seq, now)
        if situation.state == State.WAITING:
            return self._while_waiting(chat, text, payload)
        if situation.state == State.SNOOZED:
            return self._while_snoozed(chat, payload)
        if situation.state != State.BOT:
            return None
        if payload is not None:
            return self._pressed(chat, payload)
        if text is None:
            return None
        found = self._typed(chat, text)
        if found is not None:
            return found
        if self.reading.asks(text):
            reason = seq if self.reading.tells_reason(text) else None
            return self._begin(chat, Wish(reason=reason))
        return self._returned(chat)

    def asked_by_intent(
        self,
        connection: Connection,
        situation: Situation,
        conversation_id: str,
        seq: int,
        *,
        now: datetime,
    ) -> Reply:
        """The first question, where the engine understood that a person is wished for."""
        chat = self._chat(connection, situation, conversation_id, seq, now)
        return self._begin(chat, Wish())

    def resuming(self, notes: dict[str, Any]) -> Reply | None:
        """How to go on with what was interrupted by another question; None where nothing was."""
        note = notes.get(NOTE) or {}
        if note.get("step") not in ("called", "reason", "urgency", "way", "consent"):
            return None
        wish = Wish.of(note.get("wish"))
        say = self.wording.say
        return reply(
            "paused",
            say("adviser_talk.paused"),
            button(say("adviser_talk.button_go_on"), "ask", wish),
            button(say("adviser_talk.button_stop"), "stop"),
        )

    # ---- asking

    def _pressed(self, chat: Chat, payload: str) -> Reply | None:
        if payload == ASK:
            offered = offered_person(*chat.where, payload)
            return self._begin(chat, Wish(origin="service" if offered else "reader"))
        if not payload.startswith(PREFIX):
            return None
        found = pressed(payload)
        wish, do = Wish.of(found.get("wish")), found.get("do")
        if do == "carry_on":
            return self._carry_on(chat, found.get("seq"))
        if do == "stop":
            return self._stopped(chat)
        if do == "withdraw":
            return self._withdrawn(chat)
        if chat.situation.standing is not None and chat.situation.standing.consented_at:
            return self._standing(chat, chat.situation.standing)
        if do == "yes":
            return self._passed_on(chat, wish)
        if do == "ask":
            return self._next(chat, wish)
        return reply("gone", chat.wording.say("adviser_talk.too_late"))

    def _typed(self, chat: Chat, text: str) -> Reply | None:
        """The reply to an answer that is typed; None where something else was written."""
        note = chat.situation.notes.get(NOTE) or {}
        step, read = note.get("step"), self.reading
        if step is None:
            return None
        wish = Wish.of(note.get("wish"))
        if read.stop(text) or (step == "consent" and read.no(text)):
            return self._stopped(chat)
        if step == "called" and (read.skip(text) or read.name(text)):
            return self._next(chat, replace(wish, called=0 if read.skip(text) else chat.seq))
        if step == "reason":
            wish = replace(wish, reason=0 if read.skip(text) else chat.seq)
            return self._next(chat, replace(wish, urgency=wish.urgency or read.urgency(text)))
        if step == "urgency" and read.short(text) and (found := read.urgency(text)) is not None:
            return self._next(chat, replace(wish, urgency=found))
        if step == "way" and (way := read.way(text)) in chat.ways:
            return self._next(chat, replace(wish, way=way))
        if step == "consent" and read.yes(text):
            return self._passed_on(chat, wish)
        return None

    def _begin(self, chat: Chat, wish: Wish) -> Reply:
        there = chat.situation.standing
        if there is not None and there.consented_at is not None:
            return self._standing(chat, there)
        note = chat.situation.notes.get(NOTE) or {}
        if "wish" in note:  # asked again in the middle of it: what was said is not asked twice
            known = Wish.of(note["wish"])
            wish = replace(known, reason=known.reason or wish.reason)
        elif wish.reason:
            said = text_at(*chat.where, wish.reason)
            wish = replace(wish, urgency=self.reading.urgency(said))
        return self._next(chat, wish)

    def _next(self, chat: Chat, wish: Wish) -> Reply:
        """The next question."""
        if chat.guest and not chat.ways:
            return self._closed_to_guest(chat)
        if len(chat.ways) == 1:
            wish = replace(wish, way=chat.ways[0])
        step = wish.next_step(chat.ways, guest=chat.guest)
        stop = button(chat.wording.say("adviser_talk.button_stop"), "stop")
        note = {"step": step, "wish": wish.said()}
        if step == "called":
            skip = button(
                chat.wording.say("adviser_talk.button_skip"), "ask", replace(wish, called=0)
            )
            return reply(step, chat.wording.say("adviser_talk.ask_called"), skip, stop, note=note)
        if step == "reason":
            skip = button(
                chat.wording.say("adviser_talk.button_skip"), "ask", replace(wish, reason=0)
            )
            if wish.called:
                asked = chat.wording.say("adviser_talk.ask_reason_called")
            else:
                asked = chat.wording.say("adviser_talk.ask_reason")
            return reply(step, asked, skip, stop, note=note)
        if step == "urgency":
            offered = [
                button(title, "ask", replace(wish, urgency=number))
                for number, title in self._urgencies(chat)
            ]
            asked = chat.wording.say("adviser_talk.ask_urgency")
            return reply(step, asked, *offered, stop, note=note)
        if step == "way":
            return self._ask_way(chat, wish, note)
        school = chat.situation.school_name
        if chat.guest:
            text = chat.wording.say("adviser_talk.consent_guest", school=school)
        else:
            text = chat.wording.say("adviser_talk.consent_pupil", school=school)
        agree = button(chat.wording.say("adviser_talk.button_yes"), "yes", wish)
        refuse = button(chat.wording.say("adviser_talk.button_no"), "stop")
        return reply(step, text, agree, refuse, note=note)

    def _urgencies(self, chat: Chat) -> tuple[tuple[int, str], ...]:
        say = chat.wording.say
        return (
            (3, say("adviser_talk.button_today")),
            (2, say("adviser_talk.button_week")),
            (1, say("adviser_talk.button_whenever")),
        )

    def _ways(self, chat: Chat) -> tuple[tuple[str, str], ...]:
        say = chat.wording.say
        titles = {
            "chat": say("adviser_talk.button_chat"),
            "meeting": say("adviser_talk.button_meeting"),
            "message": say("adviser_talk.button_message"),
        }
        return tuple((way, titles[way]) for way in chat.ways)

    def _ask_way(self, chat: Chat, wish: Wish, note: dict[str, Any]) -> Reply:
        offered = [button(title, "ask", replace(wish, way=way)) for way, title in self._ways(chat)]
        opens = chat.hours.next_opening(chat.now)
        if "chat" in chat.ways:
            text = chat.wording.say("adviser_talk.ask_way")
        elif opens is not None:
            text = chat.wording.say(
                "adviser_talk.ask_way_closed", opens=told_moment(opens, chat.now)
            )
        else:
            text = chat.wording.say("adviser_talk.ask_way_shut")
        return reply(
            "way",
            text,
            *offered,
            button(chat.wording.say("adviser_talk.button_stop"), "stop"),
            note=note,
        )

    def _closed_to_guest(self, chat: Chat) -> Reply:
        form = replies.form_link(chat.wording, chat.address)
        opens = chat.hours.next_opening(chat.now)
        if opens is None:
            return reply("closed", chat.wording.say("adviser_talk.shut_guest", form=form))
        told = told_moment(opens, chat.now)
        return reply("closed", chat.wording.say("adviser_talk.closed_guest", opens=told, form=form))

    def _stopped(self, chat: Chat) -> Reply:
        there = chat.situation.standing
        if there is not None and there.consented_at is not None:
            return self._standing(chat, there)
        return reply("stopped", chat.wording.say("adviser_talk.stopped"))

    def _passed_on(self, chat: Chat, wish: Wish) -> Reply:
        """The reader agreed: whoever comes may read the chat from now on."""
        if wish.next_step(chat.ways, guest=chat.guest) != "consent":
            return self._next(chat, wish)
        reason = text_at(*chat.where, wish.reason) if wish.reason else ""
        called = text_at(*chat.where, wish.called) if wish.called else ""
        handovers.ask(
            *chat.where,
            actor=chat.actor,
            origin=wish.origin,
            urgency=wish.urgency or 1,
            way=wish.way or "message",
            reason=reason,
            called=called[:40],
            now=chat.now,
        )
        row = handovers.consent(*chat.where, actor=chat.actor, now=chat.now)
        return replace(self._standing(chat, row, begun=True), changed=True)

    def _standing(self, chat: Chat, row: HandoverRow, *, begun: bool = False) -> Reply:
        """What somebody is told whose wish stands already."""
        when = told_when(chat.wording, chat.hours, chat.now)
        if row.staff_id is not None:
            return reply("taken", chat.wording.say("adviser_talk.taken"))
        if row.way == "chat":
            place = place_of(chat.connection, row.school_id, row)
            wait = replies.told_wait(chat.wording, usual_wait(chat.connection, row.school_id))
            text = chat.wording.say("adviser_talk.waiting", place=place, wait=wait)
            return reply(
                "waiting", text, button(chat.wording.say("adviser_talk.button_back"), "withdraw")
            )
        back = button(chat.wording.say("adviser_talk.button_withdraw"), "withdraw")
        if not begun:
            return reply("later", chat.wording.say("adviser_talk.already_later", when=when), back)
        if row.way == "meeting":
            return reply("later", chat.wording.say("adviser_talk.later_meeting", when=when), back)
        return reply("later", chat.wording.say("adviser_talk.later_message", when=when), back)

    # ---- while somebody waits, and afterwards

    def _while_waiting(self, chat: Chat, text: str | None, payload: str | None) -> Reply | None:
        row = chat.situation.standing
        if row is None:
            return None
        if payload is not None:
            if payload != ASK and not payload.startswith(PREFIX):
                return None
            leaves = pressed(payload).get("do") in ("withdraw", "stop")
            return self._withdrawn(chat) if leaves else self._standing(chat, row)
        if text is not None and self.reading.back(text):
            return self._withdrawn(chat)
        if text is not None and self.reading.place(text):
            return self._standing(chat, row)
        return None

    def _withdrawn(self, chat: Chat) -> Reply:
        row = chat.situation.standing
        if row is None or row.staff_id is not None:
            return reply("gone", chat.wording.say("adviser_talk.too_late"))
        handovers.withdraw(*chat.where, actor=chat.actor, now=chat.now)
        return replace(reply("withdrawn", chat.wording.say("adviser_talk.withdrawn")), changed=True)

    def _while_snoozed(self, chat: Chat, payload: str | None) -> Reply | None:
        """Who writes while the person is away is asked which they want, and may be asked again."""
        row = chat.situation.standing
        if row is None:
            return None
        do = pressed(payload).get("do") if payload and payload.startswith(PREFIX) else None
        holder = row.holder
        if do == "service":
            handovers.hand_back(*chat.where, actor=chat.actor, now=chat.now)
            return replace(
                reply("service", chat.wording.say("adviser_talk.service_again")), changed=True
            )
        if do == "wait":
            return reply(
                "kept",
                chat.wording.say("adviser_talk.kept", name=holder["name"]),
                note={"step": "kept"},
            )
        if (chat.situation.notes.get(NOTE) or {}).get("step") in ("which", "kept"):
            return None
        when = told_when(chat.wording, chat.hours, chat.now)
        if row.snoozed_until is not None and row.snoozed_until > chat.now:
            when = told_moment(row.snoozed_until, chat.now)
        return reply(
            "which",
            chat.wording.say(
                "adviser_talk.which_snoozed", when=when, name=holder["name"], role=holder["role"]
            ),
            button(chat.wording.say("adviser_talk.button_wait", name=holder["name"]), "wait"),
            button(chat.wording.say("adviser_talk.button_service"), "service"),
            note={"step": "which"},
        )

    def _returned(self, chat: Chat) -> Reply | None:
        found = returned_to(*chat.where, chat.seq)
        if found is None:
            return None
        held, before = found
        if chat.now - before < AWAY_FOR:
            return None
        handovers.note_returned(
            chat.connection,
            chat.sealing,
            chat.situation.school_id,
            held,
            actor=chat.actor,
            now=chat.now,
        )
        wish = Wish(reason=chat.seq, called=0 if chat.guest else None)
        return reply(
            "which",
            chat.wording.say(
                "adviser_talk.which_returned",
                name=held.holder["name"],
                role=held.holder["role"],
            ),
            button(chat.wording.say("adviser_talk.button_person"), "ask", wish),
            button(chat.wording.say("adviser_talk.button_service"), "carry_on", seq=chat.seq),
        )

    def _carry_on(self, chat: Chat, seq: Any) -> Reply:
        """The automatic answers are wanted: the question that waited for that goes to them."""
        text = text_at(*chat.where, seq) if isinstance(seq, int) else ""
        if not text:
            return reply("gone", chat.wording.say("adviser_talk.too_late"))
        return Reply((), carry_on=text)

    def _chat(
        self,
        connection: Connection,
        situation: Situation,
        conversation_id: str,
        seq: int,
        now: datetime,
    ) -> Chat:
        return Chat(
            connection=connection,
            sealing=self._sealing,
            wording=self.wording,
            hours=hours_of(connection, situation.school_id),
            address=self._address,
            situation=situation,
            conversation_id=conversation_id,
            seq=seq,
            now=now,
        )
