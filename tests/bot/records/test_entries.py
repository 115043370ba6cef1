import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.records import entries
from bot.records.conversations import find_conversation
from bot.records.models import Conversation, Entry, Offer
from bot.records.sealing import SealBroken
from bot.records.store import Store
from tests.bot.records.conftest import ID, NOW, SEALING, Shelf


def admit(shelf: Shelf, sent: str, said: str | None = "hello", **more) -> entries.Admitted:
    with shelf.engine.begin() as connection:
        return entries.admit(
            connection, SEALING, ID, sent, **{"text": said, "payload": None, "now": NOW, **more}
        )


def reply(shelf: Shelf, seq: int | None, *said: str, **more) -> entries.EntryRow | None:
    messages = [{"text": one} for one in said]
    with shelf.engine.begin() as connection:
        return entries.add_reply(
            connection, SEALING, ID, in_reply_to=seq, messages=messages, meta=None, now=NOW, **more
        )


def seqs(shelf: Shelf, after: int = 0) -> list[int]:
    with shelf.engine.begin() as connection:
        return [row.seq for row in entries.entries_after(connection, SEALING, ID, after)]


def test_numbered_from_one_without_gaps(shelf: Shelf):
    assert admit(shelf, "a").entry.seq == 1
    assert admit(shelf, "b").entry.seq == 2
    assert reply(shelf, 1, "x").seq == 3
    assert seqs(shelf) == [1, 2, 3]
    assert seqs(shelf, after=2) == [3]


def test_the_same_message_is_taken_once(shelf: Shelf):
    first = admit(shelf, "a", "one")
    again = admit(shelf, "a", "two")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.entry == first.entry
    assert seqs(shelf) == [1]


@pytest.fixture
def two_writers(shelf: Shelf) -> Iterator[tuple[Store, Store]]:
    """Two stores on one file, as two processes would have it."""
    stores = (Store(shelf.url, wait_s=20), Store(shelf.url, wait_s=20))
    yield stores
    for store in stores:
        store.close()


async def admit_all(stores: tuple[Store, Store], sent: list[str]) -> list[entries.Admitted]:
    return await asyncio.gather(
        *(
            stores[n % 2].write(entries.admit, SEALING, ID, one, text="hi", payload=None, now=NOW)
            for n, one in enumerate(sent)
        )
    )


async def test_many_at_once_stay_dense_and_ordered(shelf: Shelf, two_writers):
    found = await admit_all(two_writers, [f"m{n}" for n in range(60)])
    assert sorted(one.entry.seq for one in found) == list(range(1, 61))
    assert seqs(shelf) == list(range(1, 61))


async def test_the_same_message_many_times_at_once(shelf: Shelf, two_writers):
    found = await admit_all(two_writers, ["same"] * 20)
    assert {one.entry.seq for one in found} == {1}
    assert [one.repeated for one in found].count(False) == 1
    assert seqs(shelf) == [1]


def test_buttons_must_have_been_offered_and_say_their_title(shelf: Shelf):
    pressed = admit(shelf, "a", None, payload="/pay")
    assert pressed.entry.body == {"messages": [{"text": "Pay"}], "payload": "/pay"}
    assert admit(shelf, "b", None, payload="/adviser").entry.seq == 2
    with pytest.raises(entries.NotOffered):
        admit(shelf, "c", None, payload="/other")
    assert seqs(shelf) == [1, 2]


def test_a_reply_offers_its_buttons(shelf: Shelf):
    admit(shelf, "a")
    for title in ("Old", "New"):
        with shelf.engine.begin() as connection:
            entries.add_reply(
                connection,
                SEALING,
                ID,
                in_reply_to=None,
                messages=[{"text": "x", "buttons": [{"title": title, "payload": "/other"}]}],
                meta=None,
                now=NOW,
            )
    pressed = admit(shelf, "b", None, payload="/other")
    assert pressed.entry.body["messages"] == [{"text": "New"}]


def test_no_conversation_no_message(shelf: Shelf):
    with shelf.engine.begin() as connection, pytest.raises(entries.NoConversation):
        entries.admit(connection, SEALING, "d" * 32, "a", text="x", payload=None, now=NOW)


def test_a_conversation_that_lasted_too_long_is_closed(shelf: Shelf):
    late = NOW + timedelta(minutes=30)
    assert admit(shelf, "a", now=late - timedelta(seconds=1), longest=timedelta(minutes=30))
    with pytest.raises(entries.ConversationClosed):
        admit(shelf, "b", now=late, longest=timedelta(minutes=30))
    closed = admit(shelf, "c", now=late, longest=timedelta(minutes=30), although_closed=True)
    assert closed.entry.seq == 2
    # What was taken before it closed may be sent again.
    assert admit(shelf, "a", now=late, longest=timedelta(minutes=30)).repeated


def test_a_message_is_answered_once(shelf: Shelf):
    admit(shelf, "a")
    assert reply(shelf, 1, "told to wait", asked_status="waiting", failed_attempt=True).seq == 2
    with shelf.engine.begin() as connection:
        assert entries.any_unanswered(connection, ID)
        (waiting,) = entries.unanswered(connection, SEALING, ID)
    assert (waiting.seq, waiting.status, waiting.attempts) == (1, "waiting", 1)
    assert reply(shelf, 1, "answer").seq == 3
    assert reply(shelf, 1, "answer again") is None
    with shelf.engine.begin() as connection:
        assert entries.unanswered(connection, SEALING, ID) == []
        assert not entries.any_unanswered(connection, ID)
    assert seqs(shelf) == [1, 2, 3]


def test_silence_settles_a_message_without_an_entry(shelf: Shelf):
    admit(shelf, "a")
    assert reply(shelf, 1) is None
    with shelf.engine.begin() as connection:
        assert entries.unanswered(connection, SEALING, ID) == []
        assert not entries.any_unanswered(connection, ID)
    assert seqs(shelf) == [1]


def test_unanswered_ones_are_found_by_their_index(shelf: Shelf):
    with shelf.engine.begin() as connection:
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN " + str(entries._UNANSWERED)), {"conversation": ID}
        )
        assert "ix_entries_unanswered" in str(plan.all())


def test_a_row_cannot_stand_under_another_school_than_its_conversation(shelf: Shelf):
    with pytest.raises(IntegrityError), shelf.engine.begin() as connection:
        connection.execute(
            insert(Entry).values(
                school_id=shelf.school_id + 1,
                conversation_id=ID,
                seq=9,
                sender="reader",
                body=SEALING.seal({}),
                status="received",
                attempts=0,
                created_at=NOW,
            )
        )


def test_moments_come_back_in_utc(shelf: Shelf):
    admit(shelf, "a")
    with shelf.engine.begin() as connection:
        (row,) = entries.entries_after(connection, SEALING, ID)
        assert row.created_at == NOW
        assert find_conversation(connection, ID).last_seen_at == NOW
        assert connection.execute(select(Conversation.last_seq)).scalar_one() == 1


def test_what_is_said_and_offered_is_sealed(shelf: Shelf):
    admit(shelf, "a", "zebracrossing")
    buttons = [{"title": "Done: Ostrichfarm", "payload": "/zebra"}]
    with shelf.engine.begin() as connection:
        entries.add_reply(
            connection,
            SEALING,
            ID,
            in_reply_to=1,
            messages=[{"text": "Ostrichfarm", "buttons": buttons}],
            meta={"intent": "zebra"},
            now=NOW,
        )
        rows = [row for table in (Entry, Offer) for row in connection.execute(select(table))]
        assert not [row for row in rows if "zebra" in str(row) or "Ostrich" in str(row)]
        asked, replied = entries.entries_after(connection, SEALING, ID)
    assert asked.body == {"messages": [{"text": "zebracrossing"}]}
    assert replied.body == {"messages": [{"text": "Ostrichfarm", "buttons": buttons}]}
    assert (asked.meta, replied.meta) == (None, {"intent": "zebra"})
    pressed = admit(shelf, "b", None, payload="/zebra")
    assert pressed.entry.body["messages"] == [{"text": "Done: Ostrichfarm"}]


def test_payloads_are_told_apart_to_the_letter(shelf: Shelf):
    buttons = [{"title": one, "payload": f'/x{{"of": "{one}"}}'} for one in ("it", "IT", " it ")]
    with shelf.engine.begin() as connection:
        for _ in range(2):
            entries.add_reply(
                connection,
                SEALING,
                ID,
                in_reply_to=None,
                messages=[{"text": "?", "buttons": buttons}],
                meta=None,
                now=NOW,
            )
    for number, button in enumerate(buttons):
        pressed = admit(shelf, f"p{number}", None, payload=button["payload"])
        assert pressed.entry.body["messages"] == [{"text": button["title"]}]


def test_the_same_button_does_not_look_the_same_in_two_chats(shelf: Shelf):
    shelf.begin("d" * 32)
    with shelf.engine.begin() as connection:
        keys = [row.button_key for row in connection.execute(select(Offer.button_key))]
    assert len(keys) == len(set(keys)) == 4


def test_an_entry_that_was_changed_is_not_opened(shelf: Shelf):
    admit(shelf, "a")
    with shelf.engine.begin() as connection:
        connection.execute(update(Entry).values(body=Entry.body + "A"))
        with pytest.raises(SealBroken):
            entries.entries_after(connection, SEALING, ID)
