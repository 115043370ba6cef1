"""The record's two stages: before the engine and after it, for pupils who are signed in."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.gateway.record_talk.talk import RecordTalk
from bot.gateway.stages import REPLY, TERMINAL
from bot.gateway.stages.admit import admit
from bot.gateway.turn import Refused, Turn
from bot.identity.sessions import end_all_sessions, start_session
from bot.records.guidance.lines import add_line, lines_of
from bot.records.guidance.proposals import proposals_of
from bot.records.models import Entry, PupilSession, RecordLine
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.sign_in import join_conversation
from bot.records.store import open_engine, writing
from knowledge.wording import Wording
from tests.bot.gateway.stages.conftest import ID, Room
from tests.bot.records.guidance.conftest import SEALING
from tests.bot.support import library
from tests.engine_double import EngineDouble

PLAN = "i'll look at the electrician apprenticeship before friday"


class Signed:
    """The room with the record in it, and a pupil whose conversation it is (or nobody's)."""

    def __init__(self, room: Room) -> None:
        self.desk = replace(
            room.desk, record_talk=RecordTalk(SEALING, library(), Wording.load(), "")
        )
        self.sent = 0
        self.pupil = ""

    async def sign_in(self) -> None:
        now = self.desk.clock()
        details = PupilDetails("Zebedee", "Quillfeather")
        self.pupil = await self.desk.store.write(add_pupil, SEALING, 1, details, 2023, "10B", now)
        await self.desk.store.write(join_conversation, 1, self.pupil, ID, now, so_far=True)
        await self.come_back()

    async def come_back(self) -> None:
        now = self.desk.clock()
        await self.desk.store.write(start_session, 1, self.pupil, "code", now, 14)

    async def sign_out(self) -> None:
        await self.desk.store.write(end_all_sessions, 1, self.pupil)

    async def situation(self):
        talk, now = self.desk.record_talk, self.desk.clock()
        return await self.desk.store.read(talk.situation, ID, now=now, idle_minutes=120)

    async def admitted(self, text: str | None = None, payload: str | None = None) -> Turn:
        self.sent += 1
        turn = Turn(ID, f"r{self.sent}", self.desk.clock(), text=text, payload=payload)
        return await admit(turn, self.desk)

    async def answered(self, turn: Turn) -> Turn:
        for stage in REPLY:
            turn = await stage(turn, self.desk)
        return turn

    async def say(self, text: str | None = None, payload: str | None = None) -> Turn:
        turn = await self.answered(await self.admitted(text, payload))
        for stage in TERMINAL:
            turn = await stage(turn, self.desk)
        return turn

    async def lines(self):
        return await self.desk.store.read(lines_of, SEALING, 1, self.pupil)


@pytest.fixture
async def signed(room: Room) -> Signed:
    found = Signed(room)
    await found.sign_in()
    return found


def titles(turn: Turn) -> list[str]:
    return [one["title"] for one in turn.messages[-1]["buttons"]]


async def test_what_is_said_for_the_record_stays_here(signed: Signed, engine: EngineDouble):
    turn = await signed.say(PLAN)
    assert (turn.settled_by, titles(turn)) == ("record", ["Yes", "Change it", "No"])
    yes = turn.messages[0]["buttons"][0]["payload"]
    assert yes.startswith('/record{"do": "confirm", "id": "')
    await signed.say(payload=yes)
    assert [line.kind for line in await signed.lines()] == ["action"]
    assert engine.seen.turns == []


async def test_only_the_question_goes_to_the_engine(signed: Signed, engine: EngineDouble):
    turn = await signed.say("ill email the college tomorrow. what grades do i need")
    assert engine.seen.turns[0][1]["text"] == "what grades do i need"
    assert titles(turn) == ["Yes", "Change it", "No"]
    assert [line.kind for line in await signed.lines()] == ["information"]
    stored = turn.stored
    assert stored is not None
    assert stored.body["messages"][0]["answer"] == "pay"


async def test_a_button_that_was_not_offered_is_refused(signed: Signed):
    with pytest.raises(Refused):
        await signed.say(payload='/record{"do": "list"}')


async def test_a_guest_has_no_record(room: Room, engine: EngineDouble):
    guest = Signed(room)
    await guest.say(PLAN)
    assert engine.seen.turns[0][1]["text"] == PLAN
    turn = await guest.say("what did i say id do")
    assert "Sign in" in turn.messages[0]["text"]
    assert len(engine.seen.turns) == 1


async def test_without_the_record_nothing_changes(room: Room, engine: EngineDouble):
    plain = Signed(room)
    plain.desk = room.desk
    turn = await plain.say("what did i say id do")
    assert turn.settled_by == "engine"
    assert len(engine.seen.turns) == 1


async def test_a_cry_for_help_is_not_for_the_record(signed: Signed):
    turn = await signed.say("i want to kill myself. ill do it tomorrow")
    assert turn.settled_by == "safeguarding"
    turn = await signed.say(PLAN)
    assert titles(turn) != ["Yes", "Change it", "No"]
    assert await signed.lines() == [] or {x.kind for x in await signed.lines()} == {"information"}


async def test_a_locked_store_costs_no_answer(signed: Signed, engine: EngineDouble):
    plain, asked, both, pressed = [
        await signed.admitted(text)
        for text in (
            "what does a vet earn", "what did i say id do",
            "ill email them tomorrow. what grades do i need?", PLAN,
        )
    ]  # fmt: skip
    held = writing(open_engine(signed.desk.settings.store_url))
    with held.begin():
        turn = await signed.answered(plain)
        assert [one["answer"] for one in turn.messages] == ["pay"]
        turn = await signed.answered(asked)
        assert [one["answer"] for one in turn.messages] == ["record_busy"]
        turn = await signed.answered(both)
        assert [one["answer"] for one in turn.messages] == ["pay"]
        turn = await signed.answered(pressed)
        assert [one["answer"] for one in turn.messages] == ["record_busy"]
    held.dispose()
    sent = [turn[1]["text"] for turn in engine.seen.turns]
    assert sent == ["what does a vet earn", "what grades do i need?"]


async def test_the_form_goes_on_after_a_restart(signed: Signed, engine: EngineDouble):
    await signed.say("add my work experience at the vets")
    signed.desk = replace(
        signed.desk, record_talk=RecordTalk(SEALING, library(), Wording.load(), "")
    )
    turn = await signed.say("last week")
    assert turn.messages[0]["text"] == "What did you do there?"
    assert engine.seen.turns == []


async def test_nothing_typed_is_logged_or_in_the_notes(signed: Signed, caplog):
    caplog.set_level(logging.DEBUG)
    await signed.say("i'll ask Zanzibar about the electrician job")
    await signed.say("change it")
    await signed.say("i'll ask Xylophone")
    assert not [r for r in caplog.records if "anzibar" in r.getMessage() or "Xyl" in r.getMessage()]
    rows = await signed.desk.store.read(
        lambda c: [
            str(SEALING.open(meta)) for meta in c.execute(select(Entry.meta)).scalars() if meta
        ]
    )
    assert len(rows) == 3
    assert not [row for row in rows if "anzibar" in row or "ylophone" in row]
    found = await signed.situation()
    assert found.note.keys() == {"offered"}


async def test_a_line_that_is_deleted_is_in_no_file(signed: Signed):
    await signed.say("ive decided on t levels")
    await signed.say("yes")
    sealed = await signed.desk.store.read(
        lambda c: c.execute(select(RecordLine.body)).scalar_one()[30:70].encode()
    )
    folder = signed.desk.settings.data_dir

    def holding() -> list[str]:
        return [p.name for p in folder.iterdir() if p.is_file() and sealed in p.read_bytes()]

    assert holding()
    await signed.say("delete that")
    assert holding()
    turn = await signed.say("yes")
    assert turn.messages[0]["answer"] == "record_deleted"
    assert holding() == []


async def test_resumed_after_the_engine_was_away(signed: Signed, engine: EngineDouble):
    engine.switches.mode = "loading"
    turn = await signed.say("ill email the college tomorrow. what grades do i need?")
    assert (turn.status, turn.messages[-1]["answer"]) == ("waiting", "engine_away")
    assert await signed.lines() == []


# ---- signed out meanwhile


async def idle(signed: Signed) -> None:
    seen = signed.desk.clock() - timedelta(minutes=signed.desk.settings.pupil_idle_minutes)
    await signed.desk.store.write(
        lambda c: c.execute(update(PupilSession).values(last_seen_at=seen))
    )


async def left(signed: Signed) -> None:
    await signed.sign_out()


async def over(signed: Signed) -> None:
    await signed.desk.store.write(
        lambda c: c.execute(update(PupilSession).values(ends_at=signed.desk.clock()))
    )


@pytest.mark.parametrize("out", [left, idle, over])
async def test_a_chat_neither_adds_nor_tells_once_its_pupil_is_signed_out(
    signed: Signed, engine: EngineDouble, out
):
    await signed.desk.store.write(
        lambda c: add_line(
            *(c, SEALING, 1, signed.pupil),
            kind="action",
            body={"text": "Look at the electrician job"},
            provenance="pupil",
            source={},
            now=signed.desk.clock(),
        )
    )
    offered = await signed.say("ive decided on t levels")
    yes = offered.messages[-1]["buttons"][0]["payload"]
    before = await signed.lines()
    await out(signed)
    for said in (
        {"text": "yes"},
        {"payload": yes},
        {"text": "what did i say id do"},
        {"text": "i've done it"},
        {"text": "who can see this"},
        {"text": "add my work experience at the vets"},
        {"text": "ill email the college tomorrow"},
    ):
        turn = await signed.say(**said)
        assert [one["answer"] for one in turn.messages] == ["record_signed_out"], said
        assert "Sign in again" in turn.messages[0]["text"]
        assert "/sign-in" in turn.messages[0]["text"]
        assert "electrician" not in str(turn.messages)
    assert engine.seen.turns == []
    # What is asked of the service is answered as a guest is, and kept nowhere.
    turn = await signed.say("what does a vet earn")
    assert [one["answer"] for one in turn.messages] == ["pay"]
    turn = await signed.say("ill ring them tomorrow. what grades do i need?")
    assert [one["answer"] for one in turn.messages] == ["pay"]
    assert engine.seen.turns[-1][1]["text"] == "ill ring them tomorrow. what grades do i need?"
    assert await signed.lines() == before
    offers = await signed.desk.store.read(proposals_of, SEALING, 1, signed.pupil)
    assert [one.kind for one in offers] == ["decision"]


async def test_what_was_left_open_waits_for_the_pupil_to_come_back(signed: Signed):
    await signed.say("add my work experience at the vets")
    await signed.sign_out()
    turn = await signed.say("last week")
    assert turn.messages[0]["answer"] == "record_signed_out"
    await signed.come_back()
    turn = await signed.say("last week")
    assert turn.messages[0]["text"] == "What did you do there?"


async def test_a_message_that_waited_for_the_engine_is_not_kept_after_signing_out(
    signed: Signed, engine: EngineDouble
):
    engine.switches.mode = "loading"
    turn = await signed.say("what does a vet earn")
    assert turn.status == "waiting"
    await signed.sign_out()
    engine.switches.mode = "ok"
    signed.desk.outage.note_over()
    waiting = Turn(
        ID, turn.client_message_id, turn.arrived_at, text=turn.text, resumed=True, seq=turn.seq
    )
    answered = await signed.answered(waiting)
    assert [one["answer"] for one in answered.messages] == ["pay"]
    assert await signed.lines() == []


async def test_a_session_at_another_school_opens_nothing(signed: Signed):
    await signed.sign_out()
    now = signed.desk.clock()
    other = await signed.desk.store.write(keep_school, "other", "Other", now)
    details = PupilDetails("Zebedee", "Quillfeather")
    twin = await signed.desk.store.write(add_pupil, SEALING, other, details, 2023, "10B", now)
    await signed.desk.store.write(start_session, other, twin, "code", now, 14)
    assert not (await signed.situation()).signed_in
