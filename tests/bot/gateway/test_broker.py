import asyncio
from datetime import UTC, datetime

from bot.gateway.broker import MOST_HELD, Broker
from bot.records.entries import EntryRow


def row(seq: int, conversation: str = "a") -> EntryRow:
    return EntryRow(
        conversation, seq, "service", None, None, {}, None, "answered", 0, datetime.now(UTC)
    )


async def test_tells_every_follower_of_that_conversation():
    broker = Broker()
    with broker.follow("a") as one, broker.follow("a") as two, broker.follow("b") as other:
        broker.publish(row(1))
        broker.publish_state("a", "thinking")
        broker.publish_state("a", "idle")
        for follower in (one, two):
            entries, state = await follower.news()
            assert [entry.seq for entry in entries] == [1]
            assert state == "idle"
        broker.publish(row(7, "b"))
        entries, _ = await other.news()
        assert [entry.seq for entry in entries] == [7]


async def test_a_slow_follower_holds_a_bounded_number():
    broker = Broker()
    with broker.follow("a") as follower:
        for seq in range(1, MOST_HELD + 11):
            broker.publish(row(seq))
        entries, state = await follower.news()
    assert [entry.seq for entry in entries] == list(range(11, MOST_HELD + 11))
    assert state is None


async def test_waits_for_news():
    broker = Broker()
    with broker.follow("a") as follower:
        waiting = asyncio.create_task(follower.news())
        done, _ = await asyncio.wait({waiting}, timeout=0.01)
        assert not done
        broker.publish(row(1))
        assert len((await waiting)[0]) == 1


async def test_ends_and_forgets():
    broker = Broker()
    with broker.follow("a") as one, broker.follow("b") as two:
        broker.end("a")
        await one.news()
        assert one.gone and not two.gone
        broker.end_all()
        assert two.gone
    assert not broker._followers
    broker.publish(row(1))
