"""Two chats of one pupil at the same time: what is said twice enters the record once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.gateway.record_talk.replies import Reply
from bot.records.entries import add_reply
from bot.records.guidance.lines import add_line, finish_action
from bot.records.guidance.proposals import NoProposal, confirm_proposal, propose
from bot.records.models import LineVersion, Proposal
from bot.records.store import Store
from tests.bot.gateway.record_talk.conftest import TALK, Chatting, House
from tests.bot.records.guidance.conftest import SEALING, bare_store

AT_ONCE = 6
PLAN = "i'll look at the electrician apprenticeship before friday"
TEXT = {"text": "Look at the electrician apprenticeship"}


@dataclass
class Busy:
    """A pupil with several chats, and two processes' worth of connections to the store."""

    house: House
    stores: tuple[Store, Store]

    @property
    def whose(self) -> tuple[Any, int, str]:
        return SEALING, self.house.schools[0], self.house.pupils[0]

    def chats(self) -> list[Chatting]:
        return [self.house.chat() for _ in range(AT_ONCE)]

    async def all_say(self, chats: list[Chatting], **said: Any) -> list[Reply | None]:
        """Have all of them say it at the same time, each through its own connection."""
        store = self.stores[0]
        situations = [
            await store.read(TALK.situation, chat.id, now=chat.now, idle_minutes=120)
            for chat in chats
        ]
        message = {"text": None, "payload": None, **said}
        return await asyncio.gather(
            *(
                self.stores[n % 2].write(
                    TALK.answer, situation, chat.id, 9, now=chat.now, **message
                )
                for n, (chat, situation) in enumerate(zip(chats, situations, strict=True))
            )
        )

    def propose(self, chat: Chatting) -> str:
        with self.house.engine.begin() as connection:
            return propose(
                *(connection, *self.whose),
                kind="action",
                body=TEXT,
                source={"conversation": chat.id, "seq": 1},
                conversation_id=chat.id,
                now=chat.now,
            ).id

    def count(self, table: Any) -> int:
        with self.house.engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture(params=["sqlite", "postgresql"])
async def busy(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Busy]:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("server").database()
    engine, *found = bare_store(url)
    house = House(tmp_path, engine, (found[0], found[1]), (found[2], found[3]))
    stores = (Store(url, wait_s=20), Store(url, wait_s=20))
    yield Busy(house, stores)
    for store in stores:
        store.close()
    engine.dispose()


def told(replies: list[Reply | None]) -> list[str]:
    """What was replied; what is left to the engine is left out."""
    return sorted(reply.messages[0]["answer"] for reply in replies if reply is not None)


ROUNDS = range(5)


@pytest.mark.parametrize("_round", ROUNDS)
async def test_one_yes_counts(busy: Busy, _round: int):
    chats = busy.chats()
    proposal = busy.propose(chats[0])
    payload = f'/record{{"do": "confirm", "id": "{proposal}"}}'
    replies = await busy.all_say(chats, payload=payload)
    assert [line.body.text for line in chats[0].lines()] == [TEXT["text"]]
    assert told(replies) == ["record_added", *["record_there"] * (AT_ONCE - 1)]


@pytest.mark.parametrize("_round", ROUNDS)
async def test_the_same_offered_in_each_chat_enters_once(busy: Busy, _round: int):
    chats = busy.chats()
    for chat in chats:
        note = {"record": {"offered": busy.propose(chat)}}
        with busy.house.engine.begin() as c:
            add_reply(
                c, SEALING, chat.id, in_reply_to=None, messages=chat.reply, meta=note, now=chat.now
            )
    replies = await busy.all_say(chats, text="yes")
    assert [line.body.text for line in chats[0].lines()] == [TEXT["text"]]
    assert told(replies) == ["record_added", *["record_there"] * (AT_ONCE - 1)]


@pytest.mark.parametrize("_round", ROUNDS)
async def test_the_same_said_in_each_chat_waits_once(busy: Busy, _round: int):
    chats = busy.chats()
    replies = await busy.all_say(chats, text=PLAN)
    assert told(replies) == ["record_offer"] * AT_ONCE
    assert busy.count(Proposal) == 1


@pytest.mark.parametrize("_round", ROUNDS)
@pytest.mark.parametrize("by_page", [False, True])
async def test_done_once(busy: Busy, _round: int, by_page: bool):
    chats = busy.chats()
    with busy.house.engine.begin() as c:
        line = add_line(
            *(c, *busy.whose),
            kind="action",
            body=TEXT,
            provenance="pupil",
            source={},
            now=chats[0].now,
        )
    if by_page:
        await asyncio.gather(
            *(
                busy.stores[n % 2].write(
                    finish_action, *busy.whose, line.id, "done", now=chats[0].now
                )
                for n in range(AT_ONCE)
            )
        )
    else:
        replies = await busy.all_say(chats, text="i've done it")
        assert told(replies) == ["record_done"]
    [after] = chats[0].lines()
    assert (after.id, after.status) == (line.id, "done")
    assert busy.count(LineVersion) == 1


@pytest.mark.parametrize("_round", ROUNDS)
async def test_a_yes_in_the_chat_and_one_on_the_page(busy: Busy, _round: int):
    (chat,) = busy.chats()[:1]
    proposal = busy.propose(chat)
    payload = f'/record{{"do": "confirm", "id": "{proposal}"}}'

    async def on_the_page() -> bool:
        try:
            await busy.stores[1].write(confirm_proposal, *busy.whose, proposal, chat.now)
        except NoProposal:
            return False
        return True

    (reply,), page = await asyncio.gather(busy.all_say([chat], payload=payload), on_the_page())
    assert told([reply]) == ["record_there" if page else "record_added"]
    assert [line.body.text for line in chat.lines()] == [TEXT["text"]]
