"""A store with a pupil and a twin at another school, and chats with the record in it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.gateway.record_talk.aside import Aside
from bot.gateway.record_talk.replies import Reply
from bot.gateway.record_talk.talk import RecordTalk
from bot.records.conversations import add_conversation
from bot.records.entries import add_reply, admit
from bot.records.guidance.lines import RecordLineRow, lines_of
from bot.records.sign_in import join_conversation
from knowledge.wording import Wording
from tests.bot.records.guidance.conftest import NOW, SEALING, bare_store
from tests.bot.support import library

TALK = RecordTalk(SEALING, library(), Wording.load(), "https://signpost.example")
_numbers = itertools.count()


def engine_says(text: str = "That depends.", **more: Any) -> dict[str, Any]:
    return {"answer": "x", "text": text, "buttons": [], "figures": [], "sources": [], **more}


@dataclass
class Chatting:
    """One conversation; each message goes the way of the stages, the engine's reply is given."""

    engine: Engine
    school: int
    pupil: str | None
    now: datetime = NOW
    helped: bool = False
    reply: list[dict[str, Any]] = field(default_factory=lambda: [engine_says()])
    meta: dict[str, Any] = field(default_factory=dict)
    to_engine: list[str] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = f"{next(_numbers):032x}"
        with self.engine.begin() as c:
            add_conversation(
                c, SEALING, conversation_id=self.id, school_id=self.school, channel="web", scene={},
                opening={}, standing=[], now=self.now,
            )  # fmt: skip
            if self.pupil is not None:
                join_conversation(c, self.school, self.pupil, self.id, self.now, so_far=True)

    def say(self, text: str | None = None, payload: str | None = None) -> list[dict[str, Any]]:
        """Send a message; the messages that come back."""
        self.now += timedelta(seconds=20)
        with self.engine.begin() as c:
            seq = admit(
                c, SEALING, self.id, f"m{next(_numbers)}", text=text, payload=payload, now=self.now
            ).entry.seq
        with self.engine.begin() as c:
            messages, meta = self._answer(c, seq, text, payload)
        self.said = messages
        with self.engine.begin() as c:
            add_reply(
                c, SEALING, self.id, in_reply_to=seq, messages=messages, meta=meta, now=self.now
            )
        return messages

    def _answer(self, c: Any, seq: int, text: str | None, payload: str | None) -> Any:
        situation = TALK.situation(c, self.id, now=self.now, idle_minutes=120)
        assert situation is not None
        _, said = TALK.read(situation, text, payload, self.now)
        found: Reply | None = TALK.answer(
            c, situation, self.id, seq, text=text, payload=payload, now=self.now
        )
        if found is None:
            self.to_engine.append(text or payload or "")
            aside = Aside(situation, said, situation.note if "awaits" in situation.note else {})
            found = TALK.beside(
                c, aside, self.id, seq, messages=self.reply, meta=self.meta, payload=payload,
                now=self.now,
            )  # fmt: skip
            answers = ["help_now"] if self.helped else []
            beside = () if found is None else found.messages
            note = {} if found is None else found.note
            return [*self.reply, *beside], {"answers": answers, "record": note}
        return list(found.messages), {"answers": [], "record": found.note}

    def press(self, title: str) -> list[dict[str, Any]]:
        """Press the button of the last reply that begins with `title`."""
        buttons = [one for message in self.said for one in message["buttons"]]
        found = next(one for one in buttons if one["title"].startswith(title))
        return self.say(payload=found["payload"])

    def text(self) -> str:
        return "\n".join(message["text"] for message in self.said)

    def lines(self, *kinds: str) -> list[RecordLineRow]:
        with self.engine.begin() as c:
            return lines_of(c, SEALING, self.school, self.pupil or "", kinds=kinds or None)


@dataclass
class House:
    path: Path
    engine: Engine
    schools: tuple[int, int]
    pupils: tuple[str, str]

    def chat(self, of: int = 0, *, guest: bool = False, **more: Any) -> Chatting:
        pupil = None if guest else self.pupils[of]
        return Chatting(self.engine, self.schools[of], pupil, **more)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "store.sqlite3"
    engine, *found = bare_store(f"sqlite:///{path}")
    yield House(path, engine, (found[0], found[1]), (found[2], found[3]))
    engine.dispose()


@pytest.fixture
def chat(house: House) -> Chatting:
    return house.chat()
