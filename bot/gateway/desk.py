"""What the stages of a message's way work with: handed in, never looked up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.gateway.adviser_talk.talk import AdviserTalk
from bot.gateway.broker import Broker
from bot.gateway.engine import EngineClient
from bot.gateway.meeting_talk.talk import MeetingTalk
from bot.gateway.outage import Outage
from bot.gateway.rate_limit import RateLimit
from bot.gateway.record_talk.talk import RecordTalk
from bot.records.sealing import Sealing
from bot.records.store import Store
from bot.safeguarding.screen import Concern
from bot.settings import Settings

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""


class AnswerBook(Protocol):
    """Authored answers by id."""

    def message(self, answer_id: str, on: date | None = None) -> dict[str, Any]:
        """The answer as a message, as it reads on that day; KeyError for an unknown id."""


class Screening(Protocol):
    """What reads a message for signs of harm."""

    def check(self, text: str) -> Concern | None:
        """The concern that the raw text raises, or None."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The services of one gateway."""

    settings: Settings
    store: Store
    engine: EngineClient
    outage: Outage
    broker: Broker
    answers: AnswerBook
    screen: Screening
    rate: RateLimit
    clock: Clock
    sealing: Sealing
    record_talk: RecordTalk | None = None
    meeting_talk: MeetingTalk | None = None
    adviser_talk: AdviserTalk | None = None
