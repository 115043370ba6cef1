"""The engine's conversations: durable, short, forgotten when they are deleted."""

import json
import random
import sqlite3
import time
from contextlib import closing

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from engine import trackers
from engine.sealing import SealBroken, Sealing
from engine.trackers import KEPT_TURNS, LONGEST_TURNS, ShortTrackerStore, shortened
from tests.engine.keys import add_key, sealing_in

SLOT = {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
SLOTS = ("jobs", "topic", "misses")
VALUES = (
    None,
    0,
    1,
    "pay",
    ["a", 1],
    [{"soc2020": "2216", "name": "vet"}],
    "£42,612 — “ok” \U0001f600",
)
DOMAIN = Domain.from_dict(
    {
        "version": "3.1",
        "intents": ["pay", "greeting"],
        "slots": {name: dict(SLOT) for name in SLOTS},
        "actions": ["action_pay"],
        "forms": {"referral": {"required_slots": []}},
    }
)


def keys_of(path):
    return sealing_in(path.parent.parent / "secrets")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "trackers.sqlite"


@pytest.fixture
def store(path):
    with closing(ShortTrackerStore(path, keys_of(path), DOMAIN)) as store:
        yield store


def said(text, intent="pay"):
    data = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "job_words": []}
    return UserUttered(text, data["intent"], [], parse_data=data)


def a_turn(number, **slots):
    """The events of one turn, as the processor makes them."""
    return [
        said(f"what does job {number} pay"),
        ActionExecuted("action_pay"),
        BotUttered(f"answer {number}"),
        *(SlotSet(name, value) for name, value in slots.items()),
        ActionExecuted("action_listen"),
    ]


def state(tracker):
    latest = tracker.latest_message
    return {
        "slots": tracker.current_slot_values(),
        "loop": tracker.active_loop_name,
        "latest": (latest.text, latest.intent, latest.parse_data) if latest else None,
        "action": tracker.latest_action_name,
    }


async def play(store, sender_id, events):
    tracker = await store.get_or_create_tracker(sender_id)
    for event in events:
        tracker.update(event, DOMAIN)
    await store.save(tracker)
    return await store.retrieve(sender_id)


def reopened(path):
    return closing(ShortTrackerStore(path, keys_of(path), DOMAIN))


def rows(path, conversation="c1"):
    with closing(sqlite3.connect(path)) as database:
        counted = "select coalesce(sum(number), 0) from pieces where conversation = ?"
        return database.execute(counted, (conversation,)).fetchone()[0]


def text_in_files(path, text):
    """Whether the text stands anywhere in the database's files, used pages or not."""
    return any(
        text.encode() in file.read_bytes() for file in path.parent.iterdir() if file.is_file()
    )


def marks_of(path, conversation):
    """Something out of each sealed piece of the conversation that stands nowhere else."""
    with closing(sqlite3.connect(path)) as database:
        pieces = database.execute(
            "select sealed from pieces where conversation = ?", (conversation,)
        )
        return {sealed[30:70].decode("ascii") for (sealed,) in pieces}


async def test_there_is_no_conversation_before_the_first(store):
    assert await store.retrieve("c1") is None
    assert await store.keys() == []


async def test_a_conversation_survives_reopening(store, path):
    events = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        *a_turn(1, jobs=[{"soc2020": "2216", "name": "vet", "plural": "vets"}], misses=2),
        ActiveLoop("referral"),
    ]
    before = state(await play(store, "c1", events))
    store.close()
    with reopened(path) as again:
        after = state(await again.retrieve("c1"))
        assert await again.keys() == ["c1"]
    assert after == before
    assert after["slots"]["jobs"][0]["plural"] == "vets"
    assert after["loop"] == "referral"
    assert after["latest"][0] == "what does job 1 pay"


async def test_each_save_adds_only_what_is_new(store, path):
    await play(store, "c1", a_turn(1))
    before = rows(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("update pieces set sealed = 'written once' where position = 0")
        other.commit()
    await play(store, "c1", a_turn(2))
    assert rows(path) == before + len(a_turn(2))
    with closing(sqlite3.connect(path)) as other:
        (first,) = other.execute("select sealed from pieces where position = 0").fetchone()
    assert first == "written once"


async def test_saving_without_news_changes_nothing(store, path):
    await play(store, "c1", a_turn(1, misses=1))
    before = rows(path)
    await play(store, "c1", [])
    assert rows(path) == before


async def test_a_tracker_that_is_not_the_live_one_is_saved_whole(store, path):
    await play(store, "c1", a_turn(1, misses=1))
    await store.save(tracker_of(a_turn(7, misses=7)))
    store.close()
    with reopened(path) as again:
        tracker = await again.retrieve("c1")
    assert tracker.get_slot("misses") == 7
    assert tracker.latest_message.text == "what does job 7 pay"


async def test_conversations_do_not_mix(store):
    await play(store, "c1", a_turn(1, misses=1))
    await play(store, "c2", a_turn(2, misses=2))
    assert (await store.retrieve("c1")).get_slot("misses") == 1
    assert (await store.retrieve("c2")).get_slot("misses") == 2


async def test_a_long_conversation_stays_short(store, path):
    per_turn = len(a_turn(0, misses=0))
    most_rows = most_events = 0
    for number in range(300):
        tracker = await play(store, "c1", a_turn(number, misses=number))
        most_rows = max(most_rows, rows(path))
        most_events = max(most_events, len(tracker.events))
    limit = LONGEST_TURNS * per_turn + len(SLOTS) + 4
    assert most_rows <= limit
    assert most_events <= limit
    assert tracker.get_slot("misses") == 299
    assert tracker.latest_message.text == "what does job 299 pay"


async def test_what_was_set_long_ago_is_still_set_and_survives_reopening(store, path):
    await play(store, "c1", [*a_turn(0, jobs=["vet"]), ActiveLoop("referral")])
    for number in range(1, 40):
        await play(store, "c1", a_turn(number))
    before = state(await store.retrieve("c1"))
    assert before["slots"]["jobs"] == ["vet"]
    assert before["loop"] == "referral"
    store.close()
    with reopened(path) as again:
        assert state(await again.retrieve("c1")) == before


async def test_a_cut_conversation_is_replayed_in_order_of_time(store):
    for number in range(LONGEST_TURNS + 1):
        await play(store, "c1", a_turn(number, misses=number))
    times = [event.timestamp for event in (await store.retrieve("c1")).events]
    assert times == sorted(times)


def any_events(chance, turns):
    """A random conversation out of every event that the engine makes, and some more."""
    events = []
    for number in range(turns):
        events.append(said(f"text {number}", chance.choice(["pay", "greeting"])))
        for _ in range(chance.randrange(6)):
            events.append(
                chance.choice(
                    [
                        lambda: ActionExecuted("action_pay"),
                        lambda: BotUttered("an answer"),
                        lambda: SlotSet(chance.choice(SLOTS), chance.choice(VALUES)),
                        lambda: SlotSet(chance.choice(SLOTS), chance.choice(VALUES)),
                        lambda: ActiveLoop(chance.choice(["referral", None])),
                        AllSlotsReset,
                        SessionStarted,
                        Restarted,
                    ]
                )()
            )
        events.append(ActionExecuted("action_listen"))
    start = time.time() - len(events)
    for distance, event in enumerate(events):
        event.timestamp = start + distance
    return events


def tracker_of(events, sender_id="c1"):
    tracker = DialogueStateTracker(sender_id, DOMAIN.slots)
    for event in events:
        tracker.update(event, DOMAIN)
    return tracker


@pytest.mark.parametrize("seed", range(60))
def test_a_shortened_conversation_ends_in_the_same_state(seed):
    chance = random.Random(seed)
    whole = tracker_of(any_events(chance, chance.randrange(30)))
    turns = chance.randrange(1, 9)
    short = tracker_of(shortened(whole, turns))
    assert state(short) == state(whole)
    assert sum(isinstance(event, UserUttered) for event in short.events) <= max(turns, 1)
    times = [event.timestamp for event in short.events]
    assert times == sorted(times)


def test_a_short_conversation_is_left_as_it_is():
    whole = tracker_of(a_turn(1, misses=3))
    assert shortened(whole, KEPT_TURNS) == list(whole.events)


async def test_deleting_leaves_no_row_and_no_text(store, path):
    for number in range(40):
        await play(
            store, "c1", [said(f"my secret {number} {'x' * 3000}"), SlotSet("topic", "hush")]
        )
        await play(store, "c2", a_turn(number))
    marks, others = marks_of(path, "c1"), marks_of(path, "c2")
    assert all(text_in_files(path, mark) for mark in marks | others)
    store.delete("c1")
    assert rows(path) == 0
    assert rows(path, "c2") > 0
    assert await store.retrieve("c1") is None
    assert await store.keys() == ["c2"]
    assert not [mark for mark in marks if text_in_files(path, mark)]
    assert all(text_in_files(path, mark) for mark in others)


async def test_deleting_what_is_not_there_is_no_failure(store):
    store.delete("nobody")


async def test_a_deleted_conversation_starts_anew(store):
    await play(store, "c1", a_turn(1, misses=5))
    store.delete("c1")
    tracker = await play(store, "c1", a_turn(2))
    assert tracker.get_slot("misses") is None


async def test_dropping_returns_to_what_was_saved(store):
    tracker = await play(store, "c1", a_turn(1, misses=1))
    before = state(tracker)
    for event in a_turn(2, misses=2):
        tracker.update(event, DOMAIN)
    store.drop("c1")
    assert state(await store.retrieve("c1")) == before


async def test_a_failed_write_is_taken_back_whole(store, path, monkeypatch):
    tracker = await play(store, "c1", a_turn(1, misses=1))
    before, stored = state(tracker), rows(path)
    broken = BotUttered("an answer", data={"custom": {"not": object()}})
    for event in (*a_turn(2, misses=2), broken, *a_turn(3, misses=3)):
        tracker.update(event, DOMAIN)
    with pytest.raises(TypeError):
        await store.save(tracker)
    assert rows(path) == stored
    assert state(await store.retrieve("c1")) == before
    after = await play(store, "c1", a_turn(4, misses=4))
    assert after.get_slot("misses") == 4


async def test_a_write_that_breaks_off_inside_the_database_is_taken_back(store, path):
    await play(store, "c1", a_turn(1, misses=1))
    stored = rows(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute(
            "create trigger refuse after insert on pieces "
            f"when new.position >= {stored} begin select raise(abort, 'full'); end"
        )
        other.commit()
    tracker = await store.retrieve("c1")
    for event in a_turn(2, misses=2):
        tracker.update(event, DOMAIN)
    with pytest.raises(sqlite3.DatabaseError):
        await store.save(tracker)
    assert rows(path) == stored
    assert (await store.retrieve("c1")).get_slot("misses") == 1


async def test_memory_holds_only_so_many(store, monkeypatch):
    monkeypatch.setattr(trackers, "AT_HAND", 3)
    for number in range(8):
        await play(store, f"c{number}", a_turn(number, misses=number))
    assert len(store._at_hand) == 3
    assert (await store.retrieve("c0")).get_slot("misses") == 0


async def test_old_conversations_are_forgotten_at_the_start(store, path):
    old = a_turn(1, misses=1)
    for event in old:
        event.timestamp = time.time() - (trackers.FORGOTTEN_AFTER_DAYS + 1) * 86_400
    for sender_id, events in (
        ("old", old),
        ("going on", [*old, *a_turn(2)]),
        ("new", a_turn(3)),
    ):
        await store.save(tracker_of(events, sender_id))
    store.close()
    with reopened(path) as again:
        assert sorted(await again.keys()) == ["going on", "new"]
    assert rows(path, "old") == 0


async def test_idle_conversations_are_forgotten_while_the_engine_runs(store, path):
    await play(store, "c1", a_turn(1, misses=1))
    day = 86_400
    assert not store.tidy(time.time() + (trackers.FORGOTTEN_AFTER_DAYS - 1) * day)
    assert rows(path) > 0
    marks = marks_of(path, "c1")
    store.tidy(time.time() + (trackers.FORGOTTEN_AFTER_DAYS + 1) * day)
    assert rows(path) == 0
    assert not [mark for mark in marks if text_in_files(path, mark)]
    assert await store.retrieve("c1") is None


def test_idle_conversations_go_before_the_shortest_month():
    assert trackers.FORGOTTEN_AFTER_DAYS <= 28


# ---- sealed


async def test_nothing_that_was_said_or_remembered_is_in_clear(store, path):
    for number in range(LONGEST_TURNS + 3):
        await play(store, "c1", [*a_turn(number, topic="zebra whisperer"), ActiveLoop("referral")])
    for word in ("what does job", "answer", "zebra", "topic", "referral", "pay"):
        assert not text_in_files(path, word)
    store.close()
    with reopened(path) as again:
        assert (await again.retrieve("c1")).get_slot("topic") == "zebra whisperer"


async def test_a_new_key_seals_from_now_on_and_the_older_pieces_in_time(
    store, path, tmp_path, monkeypatch
):
    secrets = tmp_path / "secrets"
    for number in range(5):
        await play(store, f"c{number}", a_turn(number, misses=number))
    first = sealing_in(secrets).newest
    add_key(secrets)
    second = Sealing(secrets).newest
    await play(store, "c0", a_turn(9, misses=9))

    def sealed_by():
        with closing(sqlite3.connect(path)) as database:
            told = database.execute("select sealed_by, count(*) from pieces group by sealed_by")
            return dict(told.fetchall())

    assert sealed_by() == {first: 10, second: 1}
    monkeypatch.setattr(trackers, "AT_A_TIME", 2)
    assert [store.tidy(time.time()) for _ in range(6)] == [True] * 5 + [False]
    assert sealed_by() == {second: 11}
    store.close()
    (secrets / "record-keys").write_text(
        (secrets / "record-keys").read_text(encoding="ascii").splitlines()[0], encoding="ascii"
    )
    with reopened(path) as again:
        misses = [(await again.retrieve(f"c{n}")).get_slot("misses") for n in range(5)]
    assert misses == [9, 1, 2, 3, 4]


async def test_without_its_key_a_conversation_begins_anew(store, path, tmp_path, caplog):
    await play(store, "c1", a_turn(1, misses=5))
    store.close()
    (tmp_path / "secrets" / "record-keys").unlink()
    with reopened(path) as again:
        assert await again.retrieve("c1") is None
        tracker = await play(again, "c1", a_turn(2))
        assert tracker.get_slot("misses") is None
    assert "what does job" not in caplog.text
    with reopened(path) as again:
        assert (await again.retrieve("c1")).latest_message.text == "what does job 2 pay"


async def test_what_an_earlier_version_held_in_clear_is_taken_over_sealed(path):
    path.parent.mkdir(parents=True)
    tracker = tracker_of([*a_turn(1, jobs=["vet"]), *a_turn(2, misses=2)])
    with closing(sqlite3.connect(path)) as older:
        older.execute("pragma secure_delete = on")
        older.execute(
            "create table events (conversation text not null, position integer not null, "
            "at real not null, event text not null, primary key (conversation, position)) "
            "without rowid"
        )
        older.executemany(
            "insert into events values (?, ?, ?, ?)",
            [
                ("c1", position, event.timestamp, json.dumps(event.as_dict()))
                for position, event in enumerate(tracker.events)
            ],
        )
        older.commit()
    assert text_in_files(path, "what does job 1 pay")
    with reopened(path) as store:
        assert not text_in_files(path, "what does job")
        assert state(await store.retrieve("c1")) == state(tracker)
        after = await play(store, "c1", a_turn(3))
        assert after.get_slot("jobs") == ["vet"]
    with reopened(path) as store:
        assert (await store.retrieve("c1")).latest_message.text == "what does job 3 pay"


async def test_a_look_takes_nothing_into_memory(store, path):
    before = state(await play(store, "c1", a_turn(1, misses=1)))
    assert store.look("c1") is await store.retrieve("c1")
    store.drop("c1")
    assert state(store.look("c1")) == before
    assert len(store._at_hand) == 0
    assert store.look("nobody") is None


def test_a_piece_that_was_changed_is_not_opened(tmp_path):
    sealing = sealing_in(tmp_path / "secrets")
    _, sealed = sealing.seal([1])
    assert sealing.open(sealed) == [1]
    with pytest.raises(SealBroken):
        sealing.open(sealed[:-8] + b"AAAAAAA=")


@pytest.mark.parametrize("content", [None, "", "\n", "not a key\n"])
def test_without_keys_nothing_is_kept(tmp_path, content):
    if content is not None:
        (tmp_path / "record-keys").write_text(content, encoding="ascii")
    with pytest.raises(OSError) as refusal:
        Sealing(tmp_path)
    assert "not a key" not in str(refusal.value)
