"""Hand-overs in the store, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from bot.records import handovers
from bot.records.audit import chain
from bot.records.audit.actors import Actor
from bot.records.entries import admit, any_unanswered
from bot.records.handover.queue import place_of, queue, usual_wait, waiting_longer
from bot.records.handover.rows import (
    AlreadyTaken,
    NoSuchChat,
    NotAgreed,
    NothingAsked,
    NotYours,
    events_of,
    standing,
)
from bot.records.handover.states import NotNow
from bot.records.models import Handover
from tests.bot.records.guidance.conftest import NOW, SEALING
from tests.bot.records.handover.conftest import ROLE, Floor

GUEST = Actor("guest")
SOON = NOW + timedelta(minutes=4)


def test_from_asking_to_handing_back(floor: Floor):
    chat = floor.begin()
    row = floor.ask(chat, called="Jo", urgency=3)
    assert (row.way, row.urgency, row.reason, row.called) == ("chat", 3, "a secret", "Jo")
    assert (row.waiting_since, row.consented_at) == (NOW, NOW)
    assert floor.state(chat) == "waiting"
    taken = floor.claim(chat, now=SOON)
    assert (taken.staff_id, taken.holder) == (
        floor.staff[0].id, {"name": "Plinth", "role": ROLE},
    )  # fmt: skip
    assert taken.waiting_since is None
    assert floor.state(chat) == "person"
    floor.do(handovers.hand_back, chat, actor=floor.staff[0], now=SOON)
    assert floor.state(chat) == "bot"
    assert floor.do(standing, chat) is None
    with floor.engine.begin() as c:
        events = events_of(c, floor.school, chat)
        assert chain.verify(c, floor.school, SEALING) == []
    assert [(one.actor_kind, one.what, one.from_state, one.to_state) for one in events] == [
        ("guest", "asked", "bot", "bot"),
        ("guest", "consented", "bot", "waiting"),
        ("staff", "claimed", "waiting", "person"),
        ("staff", "handed back", "person", "bot"),
    ]
    assert [one.at for one in events] == [NOW, NOW, SOON, SOON]
    assert events[2].staff_id == floor.staff[0].id
    assert floor.audited() == [
        "chat asked", "chat consented", "chat claimed", "chat handed back",
    ]  # fmt: skip


def test_nobody_is_let_in_before_the_reader_agrees(floor: Floor):
    chat = floor.begin()
    floor.do(
        handovers.ask, chat, actor=GUEST, origin="reader", urgency=1, way="chat", reason="x",
        now=NOW,
    )  # fmt: skip
    assert floor.do(queue, NOW) == []
    with pytest.raises(NotAgreed):
        floor.claim(chat)
    assert floor.state(chat) == "bot"


def test_asked_again_says_what_is_asked_now_until_it_is_passed_on(floor: Floor):
    chat = floor.begin()
    where = {"actor": GUEST, "origin": "reader", "now": NOW}
    first = floor.do(handovers.ask, chat, urgency=1, way="chat", reason="x", **where)
    again = floor.do(handovers.ask, chat, urgency=2, way="message", reason="y", **where)
    assert (again.id, again.urgency, again.way, again.reason) == (first.id, 2, "message", "y")
    floor.do(handovers.consent, chat, actor=GUEST, now=NOW)
    last = floor.do(handovers.ask, chat, urgency=3, way="chat", reason="z", **where)
    assert (last.urgency, last.way, last.reason) == (2, "message", "y")
    assert floor.do(handovers.consent, chat, actor=GUEST, now=SOON).consented_at == NOW


def test_an_answer_later_leaves_the_chat_with_the_service(floor: Floor):
    chat = floor.begin()
    floor.ask(chat, way="message")
    assert floor.state(chat) == "bot"
    assert [row.handover.conversation_id for row in floor.do(queue, NOW)] == [chat]
    floor.claim(chat)
    assert floor.state(chat) == "person"


def test_of_two_at_once_one_wins_and_the_other_is_told_who(floor: Floor):
    for _ in range(10):
        chat = floor.begin()
        floor.ask(chat)
        both = Barrier(2)

        def take(by: int, chat: str = chat, both: Barrier = both) -> str:
            both.wait()
            try:
                return str(floor.claim(chat, by).holder["name"])
            except AlreadyTaken as problem:
                return f"not: {problem.name}"

        with ThreadPoolExecutor(2) as pool:
            told = sorted(pool.map(take, (0, 1)))
        winner = floor.do(standing, chat).holder["name"]
        assert told == sorted([winner, f"not: {winner}"])
        with floor.engine.begin() as c:
            events = [one.what for one in events_of(c, floor.school, chat)]
        assert events.count("claimed") == 1


def test_whoever_holds_it_may_claim_it_again(floor: Floor):
    chat = floor.begin()
    floor.ask(chat)
    first = floor.claim(chat)
    assert floor.claim(chat, now=SOON).taken_at == first.taken_at


def test_only_the_holder_acts(floor: Floor):
    chat = floor.begin()
    floor.ask(chat)
    floor.claim(chat)
    for act in (handovers.hand_back, handovers.close, handovers.pass_on):
        with pytest.raises(NotYours):
            floor.do(act, chat, actor=floor.staff[1], now=NOW)
        with pytest.raises(NotYours):
            floor.do(act, chat, actor=GUEST, now=NOW)
    with pytest.raises(NotYours):
        floor.do(handovers.snooze, chat, actor=floor.staff[1], until=SOON, now=NOW)
    with pytest.raises(NotNow):
        floor.do(handovers.withdraw, chat, actor=GUEST, now=NOW)
    assert floor.state(chat) == "person"


def test_passed_on_put_off_and_back(floor: Floor):
    first, second = floor.staff
    chat = floor.begin()
    floor.ask(chat)
    floor.claim(chat)
    row = floor.do(handovers.pass_on, chat, actor=first, to=second, role="careers staff", now=SOON)
    assert (row.staff_id, row.holder["role"]) == (second.id, "careers staff")
    row = floor.do(handovers.snooze, chat, actor=second, until=SOON, now=NOW)
    assert (floor.state(chat), row.snoozed_until) == ("snoozed", SOON)
    row = floor.do(handovers.wake, chat, actor=second, now=SOON)
    assert (floor.state(chat), row.snoozed_until) == ("person", None)
    row = floor.do(handovers.pass_on, chat, actor=second, now=SOON)
    assert (floor.state(chat), row.staff_id, row.holder, row.waiting_since) == (
        "waiting", None, {}, SOON,
    )  # fmt: skip
    assert floor.claim(chat).staff_id == first.id


def test_a_reader_may_end_it_only_while_nobody_is_there(floor: Floor):
    chat = floor.begin()
    floor.ask(chat)
    floor.claim(chat)
    with pytest.raises(NotYours):
        floor.do(handovers.hand_back, chat, actor=GUEST, now=NOW)
    floor.do(handovers.snooze, chat, actor=floor.staff[0], until=SOON, now=NOW)
    floor.do(handovers.hand_back, chat, actor=GUEST, now=NOW)
    assert floor.state(chat) == "bot"


def test_closed_by_its_longest_life_it_can_still_be_answered(floor: Floor):
    from bot.records.conversations import close_older

    chat = floor.begin()
    floor.ask(chat, way="message")
    with floor.engine.begin() as c:
        close_older(c, NOW)
    assert floor.state(chat) == "closed"
    floor.claim(chat)
    assert floor.state(chat) == "person"


def test_nothing_waits_for_the_service_once_it_is_a_persons(floor: Floor):
    for way, by_claim in (("chat", False), ("message", True)):
        chat = floor.begin()
        with floor.engine.begin() as c:
            admit(c, SEALING, chat, "m1", text="hello", payload=None, now=NOW)
        floor.ask(chat, way=way)
        if by_claim:
            with floor.engine.begin() as c:
                assert any_unanswered(c, chat)
            floor.claim(chat)
        with floor.engine.begin() as c:
            assert not any_unanswered(c, chat)


def test_the_queue_is_by_urgency_and_time_and_the_place_says_so(floor: Floor):
    def later(minutes: int):
        return NOW + timedelta(minutes=minutes)

    chats = [floor.begin() for _ in range(4)]
    for chat, urgency, at in zip(chats, (1, 3, 1, 3), (0, 2, 1, 1), strict=True):
        floor.ask(chat, now=later(at), urgency=urgency)
    order = [row.handover.conversation_id for row in floor.do(queue, later(5))]
    assert order == [chats[3], chats[1], chats[0], chats[2]]
    for place, chat in enumerate(order, start=1):
        row = floor.do(standing, chat)
        with floor.engine.begin() as c:
            assert place_of(c, floor.school, row) == place
    floor.claim(chats[3])
    mine = floor.do(queue, later(5))[-1]
    assert (mine.handover.conversation_id, mine.state) == (chats[3], "person")
    assert [row.conversation_id for row in floor.do(waiting_longer, later(1))] == [
        chats[0], chats[2],
    ]  # fmt: skip


def test_the_usual_wait_is_told_once_it_is_known(floor: Floor):
    for minutes in (2, 9, 4):
        with floor.engine.begin() as c:
            assert usual_wait(c, floor.school) is None
        chat = floor.begin()
        floor.ask(chat)
        floor.claim(chat, now=NOW + timedelta(minutes=minutes))
    with floor.engine.begin() as c:
        assert usual_wait(c, floor.school) == timedelta(minutes=4)
        assert usual_wait(c, floor.other) is None


def test_who_waits_is_named_only_where_there_is_a_pupil(floor: Floor):
    own, guest = floor.begin(floor.pupil), floor.begin(audience="parent")
    floor.ask(own)
    floor.ask(guest, called="Sam")
    rows = {row.handover.conversation_id: row for row in floor.do(queue, NOW)}
    assert rows[own].name == "Zebedee Quillfeather"
    assert (rows[own].year, rows[own].tutor_group) == (10, "10B")
    assert (rows[guest].name, rows[guest].pupil_id, rows[guest].audience) == ("Sam", None, "parent")


def test_another_school_sees_and_changes_nothing(floor: Floor):
    chat = floor.begin()
    floor.ask(chat)
    with floor.engine.begin() as c:
        assert queue(c, SEALING, floor.other, NOW) == []
        assert standing(c, SEALING, floor.other, chat) is None
        assert events_of(c, floor.other, chat) == []
    acts = (handovers.hand_back, handovers.close, handovers.withdraw, handovers.wake)
    for act in acts:
        with floor.engine.begin() as c, pytest.raises(NoSuchChat):
            act(c, SEALING, floor.other, chat, actor=floor.stranger, now=NOW)
    with floor.engine.begin() as c, pytest.raises(NoSuchChat):
        handovers.claim(c, SEALING, floor.other, chat, actor=floor.stranger, role=ROLE, now=NOW)
    assert floor.state(chat) == "waiting"


def test_nothing_to_claim_where_nobody_asked(floor: Floor):
    chat = floor.begin()
    with pytest.raises(NothingAsked):
        floor.claim(chat)


def test_nothing_of_what_was_written_is_in_clear(floor: Floor):
    chat = floor.begin()
    floor.ask(chat, called="Quillfeather")
    floor.claim(chat)
    with floor.engine.begin() as c:
        (row,) = c.execute(Handover.__table__.select()).all()
    told = " ".join(str(value) for value in row)
    assert not any(word in told for word in ("secret", "Quillfeather", "Plinth"))
