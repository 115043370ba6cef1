"""Whatever comes in whatever order: no line lost or twice, and no bot while a person holds it."""

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.advisers.opening_hours import OpeningHours, Span, set_hours
from bot.gateway.adviser_talk.talk import AdviserTalk
from bot.gateway.broker import Broker
from bot.gateway.desk import Desk
from bot.gateway.engine import EngineClient
from bot.gateway.gateway import Gateway
from bot.gateway.outage import Outage
from bot.gateway.rate_limit import RateLimit
from bot.gateway.watcher import look
from bot.records import handovers
from bot.records.audit.actors import Actor
from bot.records.entries import EntryRow
from bot.records.handover.rows import AlreadyTaken, NotAgreed, NothingAsked, NotYours
from bot.records.handover.states import NotNow
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.staff import StaffDetails, add_staff
from bot.records.store import Store
from bot.safeguarding.screen import Screen
from knowledge.wording import Wording
from tests.bot.gateway.adviser_talk.conftest import MONDAY, ROLE, Stopped
from tests.bot.records.guidance.conftest import SEALING
from tests.bot.support import Book, settings_in
from tests.engine_double import EngineDouble

WORDING = Wording.load()
SCREEN = Screen.load()
BEGINS = ("is here now", "takes this chat over", "is back.")
ENDS = ("has left the chat", "has asked a colleague", "comes back to this chat")
SAID = (
    "what does a vet earn", "never mind", "how long?", "can i talk to a person", "yes", "hello",
    "i want to kill myself",
)  # fmt: skip
CANNOT = (NotNow, NothingAsked, NotYours, NotAgreed, AlreadyTaken)


class Chat(RuleBasedStateMachine):
    """One conversation, its reader, two advisers, the engine, and the process that dies."""

    engine: EngineDouble
    template: Path
    staff: tuple[Actor, Actor]
    school: int

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "signpost.sqlite3")
        self.runner = asyncio.Runner()
        self.numbers = itertools.count(1)
        self.clock = Stopped(MONDAY)
        self.reader_said: list[str] = []
        self.persons_said: list[str] = []
        self.for_a_person: set[str] = set()
        self.taken: dict[str, list[int]] = {"reader": [], "staff": []}
        self.cursors = {"reader": 0, "staff": 0}
        self.engine.switches.mode = "ok"
        self.gateway = self._open()

    def _open(self) -> Gateway:
        async def make() -> Gateway:
            values = settings_in(self.folder, session_minutes=0, engine_timeout_s=0.5)
            store = Store(values.store_url, values.store_wait_s)
            desk = Desk(
                settings=values,
                store=store,
                engine=EngineClient(self.engine.url, "t", timeout_s=0.5),
                outage=Outage(),
                broker=Broker(),
                answers=Book(),
                screen=SCREEN,
                rate=RateLimit(100_000),
                clock=self.clock,
                sealing=SEALING,
                adviser_talk=AdviserTalk(SEALING, WORDING),
            )
            gateway = Gateway(desk)
            await gateway.open()
            return gateway

        return self.runner.run(make())

    def do(self, work):
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.chat = self.do(self.gateway.begin("default", "web", {})).conversation_id

    # ---- the reader

    async def _state(self) -> str:
        found = await self.gateway.conversation(self.chat)
        assert found is not None
        return found.state

    @rule(text=st.sampled_from(SAID), twice=st.booleans(), wait=st.booleans())
    def reader_writes(self, text: str, twice: bool, wait: bool) -> None:
        once = f"r{next(self.numbers)}"

        async def write() -> None:
            if await self._state() == "person":
                self.for_a_person.add(once)
            await self.gateway.receive(self.chat, once, text=text)
            if twice:
                await self.gateway.receive(self.chat, once, text=text)
            if wait:
                await self.gateway.settled(self.chat, 5)

        self.do(write())
        self.reader_said.append(once)

    @rule(way=st.sampled_from(("chat", "message")))
    def reader_asks(self, way: str) -> None:
        async def ask() -> None:
            where = (SEALING, self.school, self.chat)
            guest, now = Actor("guest"), self.clock()
            await self.gateway.desk.store.write(
                handovers.ask, *where, actor=guest, origin="reader", urgency=1, way=way,
                reason="", now=now,
            )  # fmt: skip
            await self.gateway.desk.store.write(handovers.consent, *where, actor=guest, now=now)

        with contextlib.suppress(*CANNOT):
            self.do(ask())

    # ---- advisers

    @rule(by=st.sampled_from((0, 1)))
    def claim(self, by: int) -> None:
        with contextlib.suppress(*CANNOT):
            self.do(self.gateway.persons.claim(self.school, self.chat, self.staff[by], ROLE))

    @rule(by=st.sampled_from((0, 1)), twice=st.booleans())
    def person_writes(self, by: int, twice: bool) -> None:
        once = f"p{next(self.numbers)}"
        who = self.staff[by]

        async def write() -> None:
            for _ in range(2 if twice else 1):
                await self.gateway.say_as_person(
                    self.chat, who.id or "", who.name, ROLE, f"line {once}", once
                )

        with contextlib.suppress(*CANNOT):
            self.do(write())
            self.persons_said.append(f"@{once}")

    @rule(by=st.sampled_from((0, 1)), what=st.sampled_from(("hand_back", "wake", "pass_on")))
    def person_acts(self, by: int, what: str) -> None:
        act = getattr(self.gateway.persons, what)
        with contextlib.suppress(*CANNOT):
            self.do(act(self.school, self.chat, self.staff[by]))

    @rule(by=st.sampled_from((0, 1)))
    def snooze(self, by: int) -> None:
        until = self.clock().replace(hour=15)
        with contextlib.suppress(*CANNOT):
            self.do(self.gateway.persons.snooze(self.school, self.chat, self.staff[by], until))

    # ---- the machines

    @rule(mode=st.sampled_from(("ok", "loading", "500", "slow")))
    def engine_is(self, mode: str) -> None:
        self.engine.switches.mode, self.engine.switches.slow_s = mode, 0.05

    @rule()
    def watcher_looks(self) -> None:
        self.do(look(self.gateway))

    @rule()
    def restart(self) -> None:
        """The process ends in the middle: what runs is cut off, nothing is tidied up."""

        async def end() -> None:
            self.gateway.end_streams()
            await self.gateway.lanes.close(timeout_s=0)
            await self.gateway.desk.engine.close()
            self.gateway.desk.store.close()

        self.do(end())
        self.gateway = self._open()
        self.do(self.gateway.come(self.chat))

    @rule(side=st.sampled_from(("reader", "staff")), most=st.integers(0, 5))
    def follow(self, side: str, most: int) -> None:
        """A stream is opened after the last line that was taken, and is cut off somewhere."""

        async def take() -> None:
            ways = {"reader": self.gateway.follow, "staff": self.gateway.watch}
            async with contextlib.aclosing(ways[side](self.chat, self.cursors[side])) as news:
                left = most
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.02):
                        async for one in news:
                            if isinstance(one, EntryRow):
                                self.taken[side].append(one.seq)
                                self.cursors[side] = one.seq
                                left -= 1
                            if left <= 0:
                                return

        self.do(take())

    # ---- what always holds

    def _entries(self) -> list[EntryRow]:
        return self.do(self.gateway.entries(self.chat))

    @invariant()
    @precondition(lambda self: hasattr(self, "chat"))
    def nothing_is_lost_or_repeated(self) -> None:
        entries = self._entries()
        assert [one.seq for one in entries] == [*range(1, len(entries) + 1)]
        sent = [one.client_message_id for one in entries if one.sender == "reader"]
        assert sent == self.reader_said
        said = [one.client_message_id for one in entries if one.sender == "person"]
        assert said == self.persons_said
        for side in ("reader", "staff"):
            assert self.taken[side] == [*range(1, self.cursors[side] + 1)]

    @invariant()
    @precondition(lambda self: hasattr(self, "chat"))
    def the_bot_is_silent_while_a_person_is_there(self) -> None:
        held = False
        answered = {one.client_message_id: one.seq for one in self._entries()}
        meant = {answered[once] for once in self.for_a_person}
        for one in self._entries():
            text = one.body["messages"][0]["text"]
            if one.sender == "notice" and any(words in text for words in BEGINS):
                held = True
            elif one.sender == "notice" and any(words in text for words in ENDS):
                held = False
            if one.sender == "service" and text != "Call **999**.":
                assert not held, text
                assert one.in_reply_to not in meant, text

    def teardown(self) -> None:
        """Handed back, with the engine there and after a restart, still nothing is answered."""
        if hasattr(self, "chat"):
            self.engine.switches.mode = "ok"
            for by in (0, 1):
                self.person_acts(by, "hand_back")
            self.restart()
            self.do(look(self.gateway))
            self.do(self.gateway.come(self.chat))
            self.do(self.gateway.settled(self.chat, 5))
            self.nothing_is_lost_or_repeated()
            self.the_bot_is_silent_while_a_person_is_there()
        self.do(self.gateway.lanes.close(timeout_s=1))
        self.do(self.gateway.desk.engine.close())
        self.gateway.desk.store.close()
        self.runner.close()
        shutil.rmtree(self.folder)


def test_whatever_comes_in_whatever_order(tmp_path: Path, engine: EngineDouble):
    template = tmp_path / "signpost.sqlite3"
    upgrade(f"sqlite:///{template}")
    store = Store(f"sqlite:///{template}")

    def people(c):
        school = keep_school(c, "default", "Test School", MONDAY)
        always = {day: (Span(MONDAY.min.time(), MONDAY.max.time()),) for day in range(7)}
        set_hours(c, school, OpeningHours(always), MONDAY)
        found = []
        for name in ("Plinth", "Quoin"):
            details = StaffDetails(name=name, email=f"{name.lower()}@school.example")
            row = add_staff(c, SEALING, school, details, now=MONDAY, roles=("adviser",))
            found.append(Actor("staff", row.id, name))
        return school, tuple(found)

    with asyncio.Runner() as runner:
        school, staff = runner.run(store.write(people))
        runner.run(store.scrub())
    store.close()

    class Here(Chat):
        pass

    Here.engine, Here.template, Here.staff, Here.school = engine, template, staff, school
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
