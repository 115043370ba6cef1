"""The record in the chat: reads a pupil's message, answers what is for the record, and offers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.gateway.messages import Message
from bot.gateway.record_talk import changing, form, offers, plans
from bot.gateway.record_talk.aside import Aside
from bot.gateway.record_talk.asking import Asked, Asking
from bot.gateway.record_talk.days import Days
from bot.gateway.record_talk.information import keep_told, keep_told_before
from bot.gateway.record_talk.replies import (
    PREFIX,
    Chat,
    Reading,
    Reply,
    button,
    gone,
    pressed,
    reply,
    sign_in_link,
)
from bot.gateway.record_talk.saying import Said, Sayings
from bot.gateway.record_talk.words import Words
from bot.records.entries import entries_after
from bot.records.guidance.bodies import ENCOUNTERS
from bot.records.guidance.in_chat import (
    Notes,
    Situation,
    hold_record,
    lines_seen,
    situation_of,
)
from bot.records.guidance.lines import day_in_england
from bot.records.sealing import Sealing
from bot.records.sign_in import OwnerRow, join_conversation, owner_of
from knowledge.answers import Answers
from knowledge.wording import Wording

ASIDES = ("list", "who", "take", "erase")
"""What is asked of the record and leaves open what was open."""


class RecordTalk:
    """Made once for an installation; holds nothing that a pupil wrote. A call is a transaction."""

    def __init__(
        self, sealing: Sealing, library: Answers, wording: Wording, address: str = ""
    ) -> None:
        """`address` is that of the service as pupils see it, "" where it is not known."""
        words = Words(wording)
        days = Days(words)
        self._sealing, self._library, self._address = sealing, library, address
        self._notes = Notes(sealing)
        self.reading = Reading(wording, words, days, Sayings(words, days))
        self.asking = Asking(self.reading)

    def asks(self, text: str, now: datetime) -> Asked | None:
        """What a message asks of the record, whoever wrote it."""
        return self.asking.read(text, day_in_england(now))

    def to_guest(self) -> Reply:
        """A guest has no record; how to get one."""
        say = self.reading.wording.say
        link = sign_in_link(self.reading.wording, self._address)
        return reply("guest", say("record_talk.guest", sign_in=link))

    def beside_greeting(self, address: str) -> str:
        """For a guest on a page where nobody can sign in; `address` is that of our own pages."""
        link = sign_in_link(self.reading.wording, address)
        return self.reading.wording.say("record_talk.embedded", sign_in=link)

    def signed_out(self, situation: Situation) -> Reply:
        """The pupil whose chat it is has signed out; what was left open waits for the next time."""
        link = sign_in_link(self.reading.wording, self._address)
        said = self.reading.wording.say("record_talk.signed_out", sign_in=link)
        return reply("signed_out", said, note=situation.note)

    def busy(self) -> Reply:
        """The record cannot be reached."""
        return reply("busy", self.reading.wording.say("record_talk.busy"))

    def too_old(self) -> Reply:
        """A button of the record in a chat that is nobody's."""
        return reply("gone", self.reading.wording.say("record_talk.gone"))

    def situation(
        self, connection: Connection, conversation_id: str, *, now: datetime, idle_minutes: int
    ) -> Situation | None:
        """Whose the conversation is, and what was left open; None when there is none."""
        return situation_of(
            connection, self._notes, conversation_id, now=now, idle_minutes=idle_minutes
        )

    def read(
        self, situation: Situation, text: str | None, payload: str | None, now: datetime
    ) -> tuple[bool, Said | None]:
        """Whether the message may be one for the record, and what it says for it."""
        if payload is not None:
            return payload.startswith(PREFIX), None
        if text is None:
            return False, None
        today = day_in_england(now)
        said = self.reading.sayings.read(text, today)
        note = situation.note
        open_now = note.keys() & {"awaits", "offered", "deleting", "paused", "which"}
        return bool(said or open_now or self.asks(text, now)), said

    def is_for_record(
        self, situation: Situation, text: str | None, said: Said | None, now: datetime
    ) -> bool:
        """Whether a message that may be for the record is for nothing else."""
        if text is None or self.asks(text, now) is not None:
            return True
        if said is not None:
            return not (said.rest or said.kind == "aspiration")
        pattern, folded = self.reading.wording.pattern, self.reading.words.folded(text)
        answers = (
            pattern("record_talk.reply_yes"),
            pattern("record_talk.reply_no"),
            pattern("record_talk.reply_change"),
        )
        if any(one.search(folded) for one in answers):
            return True
        return "awaits" in situation.note and not self.reading.sayings.is_question(text)

    # ---- before the engine

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
        """The reply to a message for the record; None for one that is for the engine."""
        chat = self._chat(connection, situation, conversation_id, seq, now)
        note = situation.note
        if payload is not None:
            return self._press(chat, pressed(payload), note)
        if text is None:
            return None
        found = self._answers_question(chat, text, note)
        if found is not None:
            return found
        asked = self.asks(text, now)
        found = None if asked is None else self._do(chat, asked, note)
        if found is not None:
            goes_on = asked is not None and asked.do in (*ASIDES, "done")
            return found.then(self.resuming(note)) if goes_on else found
        said = self.reading.sayings.read(text, chat.today)
        if said is None or said.rest or said.kind == "aspiration":
            return None
        return self._only_said(chat, said)

    def _answers_question(self, chat: Chat, text: str, note: Mapping[str, Any]) -> Reply | None:
        """The reply to what the service was waiting for."""
        pattern = self.reading.wording.pattern
        folded = self.reading.words.folded(text)
        yes = pattern("record_talk.reply_yes").search(folded)
        no = pattern("record_talk.reply_no").search(folded)
        if (offered := note.get("offered")) is not None:
            if yes:
                return self._confirm(chat, offered)
            if no:
                return offers.refuse(chat, offered)
            if pattern("record_talk.reply_change").search(folded):
                return self._change(chat, offered)
        if (line := note.get("deleting")) is not None:
            if yes:
                return changing.delete(chat, line)
            if no:
                return changing.keep(chat, line)
        if yes and note.get("paused"):
            return self._resume(chat, note["paused"])
        if "which" in note:
            found = plans.end_which(chat, folded, note["which"], dict(note))
            if found is not None and len(folded.split()) <= 4:
                return found
        return self._awaited(chat, text, folded, note)

    def _awaited(self, chat: Chat, text: str, folded: str, note: Mapping[str, Any]) -> Reply | None:
        """The reply to an answer that is written out; None where something else was written."""
        awaits, what = note.get("awaits"), str(note.get("id"))
        if awaits is None:
            return None
        pattern = self.reading.wording.pattern
        stop = pattern("record_talk.reply_stop").search(folded)
        skip = pattern("record_talk.reply_skip").search(folded)
        if awaits == "form":
            if stop:
                return form.stop(chat, what)
            if skip:
                return form.answered(chat, what, None)
        elif awaits == "reason":
            if stop or skip:
                return plans.no_reason(chat)
        elif stop or skip:
            unchanged = reply("kept", self.reading.wording.say("record_talk.kept"))
            return offers.refuse(chat, what) if awaits == "words" else unchanged
        asked = self.asks(text, chat.now)
        if self.reading.sayings.is_question(text) or (asked and asked.do in ASIDES):
            return None
        if awaits == "form":
            return form.answered(chat, what, text)
        if awaits == "reason":
            return plans.keep_reason(chat, what, text)
        if awaits == "words":
            return offers.new_words(chat, what, text)
        return changing.change(chat, what, text)

    def _do(self, chat: Chat, asked: Asked, note: Mapping[str, Any]) -> Reply | None:
        """Carry out a request; None where nothing in the record can be meant."""
        if asked.do == "list":
            return plans.list_actions(chat)
        if asked.do == "who":
            return changing.who(chat)
        if asked.do == "take":
            return changing.take_all(chat)
        if asked.do == "erase":
            return changing.erase_all(chat)
        if asked.do in ("done", "drop"):
            return plans.end_which(chat, asked.what, asked.do, dict(note))
        if asked.do == "add":
            return form.begin(chat, asked.what, asked.where)
        if asked.do == "put" and asked.said is not None:
            return self._put(chat, asked.said)
        if asked.do == "add_how":
            return reply("how", self.reading.wording.say("record_talk.add_how"))
        if (offered := note.get("offered")) is not None:
            change = asked.do == "change"
            return self._change(chat, offered) if change else offers.refuse(chat, offered)
        line = changing.last_added(chat, dict(note))
        if line is None:
            return changing.nothing_last(chat) if asked.surely else None
        if asked.do == "change":
            return changing.ask_change(chat, line.id)
        return changing.ask_delete(chat, line)

    def _put(self, chat: Chat, said: Said) -> Reply:
        """A line that the pupil asks for is offered at once."""
        proposal = offers.waiting(chat, said)
        if proposal is not None:
            return offers.offer(chat, proposal, said.words)
        if offers.same_line(chat, said.kind, said.text) is not None:
            return reply("there", self.reading.wording.say("record_talk.there_already"))
        return reply("not_now", self.reading.wording.say("record_talk.not_now"))

    def _only_said(self, chat: Chat, said: Said) -> Reply | None:
        """A message that only says what the pupil will do or has decided: it asks nothing."""
        lines = lines_seen(chat.connection, self._notes, chat.school_id, chat.conversation_id)
        if offers.helped(lines):
            return None
        now_is_good = offers.may_offer(chat, lines)
        proposal = offers.waiting(chat, said, later=not now_is_good)
        if proposal is not None and now_is_good:
            return offers.offer(chat, proposal, said.words)
        if offers.same_line(chat, said.kind, said.text) is not None:
            return reply("there", self.reading.wording.say("record_talk.there_already"))
        return reply("not_now", self.reading.wording.say("record_talk.not_now"))

    def _press(self, chat: Chat, found: Mapping[str, str], note: Mapping[str, Any]) -> Reply:
        """The reply to a button of the record."""
        do, one = found.get("do"), found.get("id", "")
        if do == "confirm":
            return self._confirm(chat, one)
        if do == "no":
            return offers.refuse(chat, one)
        if do == "change":
            return self._change(chat, one)
        if do == "list":
            return plans.list_actions(chat)
        if do == "done":
            return plans.done(chat, one)
        if do == "drop":
            return plans.drop(chat, one)
        if do == "why":
            return plans.ask_reason(chat, one)
        if do == "no_reason":
            return plans.no_reason(chat)
        if do == "skip":
            return form.answered(chat, one, None, found.get("step", ""))
        if do == "stop":
            return form.stop(chat, one)
        if do == "go_on":
            return form.go_on(chat, one)
        if do == "new" and found.get("kind") in ENCOUNTERS:
            return form.begin(chat, found["kind"], None, anew=True)
        if do == "delete":
            return changing.delete(chat, one)
        if do == "keep":
            return changing.keep(chat, one)
        if do == "change_line":
            return changing.ask_change(chat, one)
        return gone(chat)

    def _confirm(self, chat: Chat, proposal_id: str) -> Reply:
        found = offers.confirm(chat, proposal_id)
        return form.go_on(chat, proposal_id) if found is None else found

    def _change(self, chat: Chat, proposal_id: str) -> Reply:
        asked = offers.ask_words(chat, proposal_id)
        if asked.note and form.is_of_form(chat, proposal_id):
            return form.again(chat, proposal_id)
        return asked

    def _resume(self, chat: Chat, waits: Mapping[str, Any]) -> Reply:
        awaits, what = waits.get("awaits"), str(waits.get("id"))
        if awaits == "form":
            return form.go_on(chat, what)
        if awaits == "reason":
            return plans.ask_reason(chat, what)
        if awaits == "words":
            return self._change(chat, what)
        return changing.ask_change(chat, what)

    def resuming(self, note: Mapping[str, Any]) -> Reply | None:
        """How to go on with what was interrupted; None where nothing was."""
        awaits, what = note.get("awaits"), str(note.get("id"))
        if awaits is None:
            return None
        say = self.reading.wording.say
        waits = {"paused": {"awaits": awaits, "id": what}}
        title = say("record_talk.button_go_on")
        if awaits == "form":
            stop = button(say("record_talk.button_stop"), "stop", id=what)
            again = button(title, "go_on", id=what)
            return reply("paused", say("record_talk.form_paused"), again, stop, note=waits)
        if awaits == "reason":
            again = button(title, "why", id=what)
            return reply("paused", say("record_talk.reason_paused"), again, note=waits)
        again = button(title, "change" if awaits == "words" else "change_line", id=what)
        return reply("paused", say("record_talk.words_paused"), again, note=waits)

    # ---- after the engine

    def beside(
        self,
        connection: Connection,
        aside: Aside,
        conversation_id: str,
        seq: int,
        *,
        messages: Sequence[Message],
        meta: Mapping[str, Any],
        payload: str | None,
        now: datetime,
    ) -> Reply | None:
        """Keep what the engine told, and say what is to be said beside it; None for nothing."""
        chat = self._chat(connection, aside.situation, conversation_id, seq, now)
        keep_told(chat, self._library, messages, meta, payload)
        resumed = self.resuming(aside.waits)
        if resumed is not None:
            return resumed
        lines = lines_seen(connection, self._notes, chat.school_id, conversation_id)
        if offers.helped(lines):
            return None
        # An engine that asks something is to be answered first.
        asks = bool(messages) and messages[-1]["text"].rstrip(" *").endswith("?")
        good = offers.may_offer(chat, lines) and not asks
        if aside.said is not None:
            proposal = offers.waiting(chat, aside.said, later=not good, soc2020=_one_job(meta))
            if good and proposal is not None:
                return offers.offer(chat, proposal, aside.said.words)
            return None
        if asks:
            return None
        told = plans.told_on_return(chat, lines)
        if told is not None:
            return told
        later = offers.kept_for_later(chat) if good else None
        return None if later is None else offers.offer(chat, later, earlier=True)

    # ---- once a guest has signed in

    def join(
        self,
        connection: Connection,
        school_id: int,
        pupil_id: str,
        conversation_id: str,
        now: datetime,
        *,
        so_far: bool,
    ) -> OwnerRow | None:
        """Make a guest's conversation the pupil's, as `join_conversation` does and raises.

        With `so_far` what the service told in it enters the record, once. Raises SealBroken.
        """
        hold_record(connection, school_id, pupil_id)
        before = owner_of(connection, school_id, conversation_id)
        owner = join_conversation(
            connection, school_id, pupil_id, conversation_id, now, so_far=so_far
        )
        if so_far and before is None and owner is not None and owner.pupil_id == pupil_id:
            situation = Situation(school_id, pupil_id, owner.from_seq, {})
            chat = self._chat(connection, situation, conversation_id, 0, now)
            entries = entries_after(connection, self._sealing, conversation_id)
            keep_told_before(chat, self._library, entries)
        return owner

    def _chat(
        self,
        connection: Connection,
        situation: Situation,
        conversation_id: str,
        seq: int,
        now: datetime,
    ) -> Chat:
        if situation.pupil_id is None:
            raise ValueError("a guest has no record")
        # First of all, so that what two chats say at once is looked at one after the other.
        hold_record(connection, situation.school_id, situation.pupil_id)
        return Chat(
            connection=connection,
            sealing=self._sealing,
            notes=self._notes,
            reading=self.reading,
            address=self._address,
            school_id=situation.school_id,
            pupil_id=situation.pupil_id,
            conversation_id=conversation_id,
            seq=seq,
            now=now,
            today=day_in_england(now),
        )


def _one_job(meta: Mapping[str, Any]) -> int | None:
    """The unit group of the one job that a message was about."""
    codes = {str(job.get("soc2020")) for job in meta.get("jobs") or ()}
    code = codes.pop() if len(codes) == 1 else ""
    return int(code) if code.isdigit() and len(code) == 4 and code[0] != "0" else None
