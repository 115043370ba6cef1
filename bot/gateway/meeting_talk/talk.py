"""Booking a meeting in the chat: three times as buttons, a day in words, nothing lost on the way.

What is open stands with the service's last reply (`meta["meeting"]`), so it outlives a restart;
buttons hold all they need, so they outlive whatever was said in between.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.advisers.meetings.booking import NotBooked, Wanted, book, cancel, move
from bot.advisers.meetings.finding import free_for, spread
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.places_acts import begin_waiting
from bot.advisers.meetings.school_rules import rules_of
from bot.advisers.meetings.slots import Slot, key_of, slot_in
from bot.gateway.meeting_talk.times import Times, Wish, nearest
from bot.gateway.messages import Message, whole
from bot.gateway.record_talk.replies import sign_in_link, told_day
from bot.gateway.record_talk.words import Words
from bot.records.audit.actors import Actor
from bot.records.guidance.lines import ENGLAND, day_in_england
from bot.records.handover.in_chat import Situation, situation_of
from bot.records.meetings.rows import MeetingRow, NoMeeting, find_meeting, meetings_of_pupil
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing
from bot.records.sign_in import has_session
from bot.records.staff import StaffRow, find_staff, title_of
from knowledge.wording import Wording

PREFIX = "/meeting"
NOTE = "meeting"
OFFERS = 3
DAYS = 28
"""Days ahead that times are looked for."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Messages, and what to note with them."""

    messages: tuple[Message, ...] = field(repr=False)
    note: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Chat:
    """One message of a signed-in pupil, and all that answering it takes."""

    connection: Connection
    sealing: Sealing
    school_id: int
    pupil_id: str
    now: datetime

    @property
    def whose(self) -> tuple[Connection, Sealing, int]:
        return self.connection, self.sealing, self.school_id

    @property
    def acting(self) -> dict[str, Any]:
        return {"actor": Actor("pupil", self.pupil_id), "now": self.now}

    @property
    def today(self) -> date:
        return day_in_england(self.now)


class MeetingTalk:
    """Made once for an installation; holds nothing that a pupil wrote. A call is a transaction."""

    def __init__(self, sealing: Sealing, wording: Wording, notices: Notices) -> None:
        self._sealing, self._wording, self._notices = sealing, wording, notices
        self._words = Words(wording)
        self._times = Times(wording, self._words)

    # ---- whether it is for this talk

    def concerns(self, note: Mapping[str, Any], text: str | None, payload: str | None) -> bool:
        """Whether a message may be one about a meeting. Changes nothing."""
        if payload is not None:
            return payload.startswith(PREFIX)
        if text is None:
            return False
        folded = self._words.folded(text)
        return self._asked(folded) is not None or "awaits" in note

    def _asked(self, folded: str) -> str | None:
        pattern = self._wording.pattern
        for do in ("move", "cancel", "when"):
            if pattern(f"meeting_talk.ask_{do}").search(folded):
                return do
        if pattern("meeting_talk.ask_not").search(folded):
            return None
        return "book" if pattern("meeting_talk.ask_book").search(folded) else None

    def asks(self, text: str) -> bool:
        """Whether a message asks for a meeting, whoever wrote it."""
        return self._asked(self._words.folded(text)) is not None

    def situation(self, connection: Connection, conversation_id: str) -> Situation | None:
        """Whose the conversation is and what was noted last; None when there is none."""
        return situation_of(connection, self._sealing, conversation_id)

    # ---- the reply

    def answer(
        self,
        connection: Connection,
        situation: Situation,
        seq: int,
        *,
        text: str | None,
        payload: str | None,
        now: datetime,
        idle_minutes: int,
    ) -> Reply | None:
        """The reply to a message about a meeting; None for one that is about something else."""
        pupil_id = situation.pupil_id
        folded = "" if text is None else self._words.folded(text)
        for_us = payload is not None or self._asked(folded) is not None
        if pupil_id is None or seq < situation.from_seq:
            return self._to_sign_in("guest") if for_us else None
        if not has_session(
            connection, situation.school_id, pupil_id, now=now, idle_minutes=idle_minutes
        ):
            return self._to_sign_in("signed_out") if for_us else None
        chat = _Chat(connection, self._sealing, situation.school_id, pupil_id, now)
        note = situation.notes.get(NOTE) or {}
        if payload is not None:
            return self._press(chat, _pressed(payload))
        return self._read(chat, folded, note)

    def resuming(self, note: Mapping[str, Any]) -> Reply | None:
        """How to go on with what was interrupted; None where nothing was."""
        if "awaits" not in note:
            return None
        more = {"id": note["move"]} if note.get("move") else {}
        again = self._button("go_on", "offer", **more)
        return _reply("paused", self._wording.say("meeting_talk.paused"), again, note=dict(note))

    def busy(self) -> Reply:
        """Meetings cannot be reached."""
        return _reply("busy", self._wording.say("meeting_talk.busy"))

    def _read(self, chat: _Chat, folded: str, note: Mapping[str, Any]) -> Reply | None:
        asked = self._asked(folded)
        pattern = self._wording.pattern
        moving = note.get("move")
        if "awaits" in note and asked not in ("move", "cancel", "when"):
            if pattern("meeting_talk.reply_stop").search(folded):
                return _reply(
                    "stopped",
                    self._wording.say("meeting_talk.kept" if moving else "meeting_talk.stopped"),
                )
            if pattern("meeting_talk.reply_more").search(folded):
                return self._later(chat, str(note.get("last", "")), moving)
            which = pattern("meeting_talk.reply_which").search(folded)
            offered = list(note.get("offered") or ())
            if which is not None and offered:
                at = self._words.ordinals[which["which"]]
                if -len(offered) <= at < len(offered):
                    return self._take(chat, offered[at], moving)
            if len(offered) == 1 and pattern("meeting_talk.reply_yes").search(folded):
                return self._take(chat, offered[0], moving)
            wish, left = self._times.read(folded, chat.today)
            if wish.says_something and not left:
                return self._offer(chat, wish, moving)
        if asked is None:
            return None
        coming = self._coming(chat)
        if asked == "cancel":
            return self._offer(chat, Wish()) if coming is None else self._ask_cancel(chat, coming)
        wish, _ = self._times.read(folded, chat.today)
        if asked == "move" and coming is not None:
            return self._offer(chat, wish, coming.id)
        return self._offer(chat, wish) if coming is None else self._has_one(chat, coming)

    def _press(self, chat: _Chat, said: Mapping[str, str]) -> Reply:
        do, meeting_id = said.get("do"), said.get("id")
        if do == "take":
            return self._take(chat, said.get("slot", ""), meeting_id)
        if do == "offer":
            coming = self._coming(chat)
            if meeting_id is None and coming is not None:
                return self._has_one(chat, coming)
            return self._offer(chat, Wish(), meeting_id)
        if do == "more":
            return self._later(chat, said.get("last", ""), meeting_id)
        if do == "stop":
            return _reply(
                "stopped",
                self._wording.say("meeting_talk.kept" if meeting_id else "meeting_talk.stopped"),
            )
        if do == "wait":
            begin_waiting(*chat.whose, chat.pupil_id, None, **chat.acting)
            return _reply("waits", self._wording.say("meeting_talk.waits"))
        coming = self._coming(chat)
        if coming is None or coming.id != meeting_id:
            return _reply("gone", self._wording.say("meeting_talk.gone"))
        if do == "ask_cancel":
            return self._ask_cancel(chat, coming)
        if do == "cancel":
            return self._cancel(chat, coming)
        return _reply("gone", self._wording.say("meeting_talk.gone"))

    # ---- offering

    def _offer(self, chat: _Chat, wish: Wish, moving: str | None = None) -> Reply:
        slots = self._free(chat)
        if not slots:
            wait = self._button("wait", "wait")
            return _reply("none", self._wording.say("meeting_talk.none_free"), wait)
        if not wish.says_something:
            found = spread(slots, OFFERS)
            if moving is not None:
                before = self._meeting(chat, moving)
                if before is None:
                    return _reply("gone", self._wording.say("meeting_talk.gone"))
                said = self._wording.say("meeting_talk.offer_move", when=_when(before.begins_at))
            else:
                minutes = rules_of(chat.connection, chat.school_id).slots.minutes
                said = self._wording.say("meeting_talk.offer", minutes=minutes)
            return self._offers(chat, said, found, moving)
        fitting = [slot for slot in slots if wish.fits(slot)]
        if fitting:
            return self._offers(
                chat, self._wording.say("meeting_talk.offer_wish"), spread(fitting, OFFERS), moving
            )
        near = nearest(slots, wish, OFFERS)
        return self._offers(chat, self._wording.say("meeting_talk.offer_near"), near, moving)

    def _later(self, chat: _Chat, last: str, moving: str | None) -> Reply:
        """Times after the last that was offered."""
        slot = slot_in(last)
        slots = [one for one in self._free(chat) if slot is None or one.begins_at > slot.begins_at]
        # Past all that overlaps with it, so that no offer comes a second time, a little later.
        length = timedelta(minutes=rules_of(chat.connection, chat.school_id).slots.minutes)
        if slot is not None:
            slots = [one for one in slots if one.begins_at >= slot.begins_at + length]
        if not slots:
            wait = self._button("wait", "wait")
            note = {"awaits": "time", "move": moving, "last": last}
            return _reply(
                "none_later", self._wording.say("meeting_talk.none_later"), wait, note=note
            )
        return self._offers(
            chat, self._wording.say("meeting_talk.offer_more"), spread(slots, OFFERS), moving
        )

    def _offers(self, chat: _Chat, said: str, slots: Sequence[Slot], moving: str | None) -> Reply:
        lines, buttons = [], []
        more = {"id": moving} if moving else {}
        for number, slot in enumerate(slots, 1):
            staff = find_staff(*chat.whose, slot.staff_id)
            values = {"when": _when(slot.begins_at), **self._who(staff, slot.begins_at, slot.room)}
            lines.append(self._wording.say("meeting_talk.slot", number=number, **values))
            title = self._wording.say("meeting_talk.button_slot", when=values["when"])
            buttons.append(_button(title, "take", slot=key_of(slot), **more))
        last = key_of(slots[-1])
        buttons.append(self._button("more", "more", last=last, **more))
        buttons.append(self._button("stop", "stop", **more))
        note = {
            "awaits": "time",
            "offered": [key_of(slot) for slot in slots],
            "last": last,
            "move": moving,
        }
        return _reply("offer", "\n".join([said, "", *lines]), *buttons, note=note)

    def _free(self, chat: _Chat) -> list[Slot]:
        pupil = find_pupil(*chat.whose, chat.pupil_id)
        if pupil is None:
            return []
        last = chat.today + timedelta(days=DAYS)
        return free_for(chat.connection, chat.school_id, pupil, chat.today, last, chat.now)

    # ---- booking, moving, calling off

    def _take(self, chat: _Chat, key: str, moving: str | None) -> Reply:
        slot = slot_in(key)
        if slot is None:
            return _reply("gone", self._wording.say("meeting_talk.gone"))
        try:
            # Its own savepoint: what was refused leaves nothing, and other times are offered.
            with chat.connection.begin_nested():
                if moving is None:
                    wanted = Wanted(
                        slot.staff_id, slot.begins_at, chat.pupil_id, slot.kind, slot.room
                    )
                    meeting = book(*chat.whose, wanted, notices=self._notices, **chat.acting)
                else:
                    meeting = move(
                        *chat.whose,
                        moving,
                        slot.begins_at,
                        staff_id=slot.staff_id,
                        room=slot.room,
                        notices=self._notices,
                        **chat.acting,
                    )
        except NoMeeting:
            return _reply("gone", self._wording.say("meeting_talk.gone"))
        except NotBooked as refused:
            return self._refused(chat, refused.why, moving)
        staff = find_staff(*chat.whose, meeting.staff_id)
        values = {"when": _when(meeting.begins_at)} | self._who(
            staff, meeting.begins_at, meeting.room
        )
        name = "booked" if moving is None else "moved"
        return _reply(name, self._wording.say(f"meeting_talk.{name}", page=self._page(), **values))

    def _refused(self, chat: _Chat, why: str, moving: str | None) -> Reply:
        refusal = why.replace(" ", "_")
        said = self._wording.say(f"meeting_talk.refused_{refusal}")
        coming = self._coming(chat)
        if why == "one already" and coming is not None:
            return _then(_reply("refused", said), self._has_one(chat, coming))
        if why in ("taken", "not offered"):
            return _then(_reply("refused", said), self._offer(chat, Wish(), moving))
        return _reply("refused", said)

    def _has_one(self, chat: _Chat, meeting: MeetingRow) -> Reply:
        staff = find_staff(*chat.whose, meeting.staff_id)
        values = self._who(staff, meeting.begins_at, meeting.room)
        said = self._wording.say("meeting_talk.has_one", when=_when(meeting.begins_at), **values)
        return _reply(
            "has_one",
            said,
            self._button("move", "offer", id=meeting.id),
            self._button("cancel", "ask_cancel", id=meeting.id),
        )

    def _ask_cancel(self, chat: _Chat, meeting: MeetingRow) -> Reply:
        return _reply(
            "ask_cancel",
            self._wording.say("meeting_talk.sure_cancel", when=_when(meeting.begins_at)),
            self._button("cancel", "cancel", id=meeting.id),
            self._button("keep", "stop", id=meeting.id),
        )

    def _cancel(self, chat: _Chat, meeting: MeetingRow) -> Reply:
        try:
            with chat.connection.begin_nested():
                cancel(*chat.whose, meeting.id, notices=self._notices, **chat.acting)
        except NotBooked as refused:
            return self._refused(chat, refused.why, None)
        return _reply(
            "cancelled", self._wording.say("meeting_talk.cancelled", when=_when(meeting.begins_at))
        )

    # ---- what all of them say

    def _coming(self, chat: _Chat) -> MeetingRow | None:
        """The pupil's next meeting."""
        found = meetings_of_pupil(*chat.whose, chat.pupil_id)
        coming = [one for one in found if one.state == "booked" and one.begins_at > chat.now]
        return min(coming, key=lambda one: one.begins_at, default=None)

    def _meeting(self, chat: _Chat, meeting_id: str) -> MeetingRow | None:
        try:
            return find_meeting(*chat.whose, meeting_id, pupil_id=chat.pupil_id)
        except NoMeeting:
            return None

    def _who(self, staff: StaffRow | None, at: datetime, room: str | None) -> dict[str, str]:
        return {
            "adviser": "" if staff is None else staff.details.name,
            "title": "" if staff is None else title_of(staff, day_in_england(at)),
            "place": self._wording.say("meeting_talk.place", room=room) if room else "",
        }

    def _to_sign_in(self, notice: str) -> Reply:
        link = sign_in_link(self._wording, self._notices.base)
        return _reply(notice, self._wording.say(f"meeting_talk.{notice}", sign_in=link))

    def _page(self) -> str:
        https = self._notices.base.startswith("https://")
        shown = "meeting_talk.page_link" if https else "meeting_talk.page_plain"
        return self._wording.say(shown, address=self._notices.own_page)

    def _button(self, button: str, do: str, **more: str) -> dict[str, str]:
        return _button(self._wording.say(f"meeting_talk.button_{button}"), do, **more)


def _reply(
    name: str, text: str, *buttons: dict[str, str], note: dict[str, Any] | None = None
) -> Reply:
    message = whole({"answer": f"meeting_{name}", "text": text, "buttons": list(buttons)})
    return Reply((message,), note or {})


def _then(first: Reply, second: Reply) -> Reply:
    return Reply((*first.messages, *second.messages), second.note)


def _button(title: str, do: str, **more: str) -> dict[str, str]:
    return {"title": title, "payload": PREFIX + json.dumps({"do": do, **more})}


def _pressed(payload: str) -> dict[str, str]:
    """What a button says; empty for one that says nothing."""
    try:
        found = json.loads(payload.removeprefix(PREFIX))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _when(at: datetime) -> str:
    here = at.astimezone(ENGLAND)
    return re.sub(r" \d{4}$", "", told_day(here.date())) + f" at {here:%H:%M}"
