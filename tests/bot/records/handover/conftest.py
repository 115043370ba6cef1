"""A store with a school and its twin, a pupil and staff; conversations that can be asked in."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.records import handovers
from bot.records.audit.actors import Actor
from bot.records.conversations import add_conversation, find_conversation
from bot.records.models import AuditEvent
from bot.records.sign_in import join_conversation
from bot.records.staff import StaffDetails, add_staff
from tests.bot.records.guidance.conftest import NOW, SEALING, bare_store

_numbers = itertools.count(1)
ROLE = "careers adviser"


@dataclass
class Floor:
    """Both schools, and what the tests do in them."""

    url: str
    engine: Engine
    school: int
    other: int
    pupil: str
    staff: tuple[Actor, Actor]
    stranger: Actor

    def begin(self, pupil: str | None = None, now: datetime = NOW, **scene: Any) -> str:
        found = f"{next(_numbers):032x}"
        with self.engine.begin() as c:
            add_conversation(
                c, SEALING, conversation_id=found, school_id=self.school, channel="web",
                scene=scene, opening={}, standing=[], now=now,
            )  # fmt: skip
            if pupil is not None:
                join_conversation(c, self.school, pupil, found, now, so_far=True)
        return found

    def do(self, work: Any, *args: Any, **more: Any) -> Any:
        with self.engine.begin() as c:
            return work(c, SEALING, self.school, *args, **more)

    def ask(self, conversation: str, now: datetime = NOW, **more: Any) -> Any:
        values = {"origin": "reader", "urgency": 1, "way": "chat", "reason": "a secret", **more}
        actor = Actor("guest")
        self.do(handovers.ask, conversation, actor=actor, now=now, **values)
        return self.do(handovers.consent, conversation, actor=actor, now=now)

    def claim(self, conversation: str, by: int = 0, now: datetime = NOW) -> Any:
        return self.do(handovers.claim, conversation, actor=self.staff[by], role=ROLE, now=now)

    def state(self, conversation: str) -> str:
        with self.engine.begin() as c:
            found = find_conversation(c, conversation)
        assert found is not None
        return found.state

    def audited(self) -> list[str]:
        with self.engine.begin() as c:
            chosen = select(AuditEvent.action).order_by(AuditEvent.id)
            return list(c.execute(chosen).scalars())


def floor_in(url: str) -> Floor:
    engine, school, other, pupil, _ = bare_store(url)

    def hire(c: Any, at: int, name: str) -> Actor:
        details = StaffDetails(name=name, email=f"{name.lower()}@school.example")
        row = add_staff(c, SEALING, at, details, now=NOW, roles=("adviser",), level=6)
        return Actor("staff", row.id, name)

    with engine.begin() as c:
        staff = (hire(c, school, "Plinth"), hire(c, school, "Quoin"))
        stranger = hire(c, other, "Corbel")
    return Floor(url, engine, school, other, pupil, staff, stranger)


@pytest.fixture
def floor(either_url: str) -> Iterator[Floor]:
    found = floor_in(either_url)
    yield found
    found.engine.dispose()
