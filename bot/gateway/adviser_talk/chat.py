"""One message to the talk about a person, and all that answering it takes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.advisers.opening_hours import OpeningHours
from bot.records.audit.actors import Actor
from bot.records.handover.in_chat import Situation
from bot.records.sealing import Sealing
from knowledge.wording import Wording


@dataclass(frozen=True, slots=True)
class Chat:
    """One message, and all that answering it takes."""

    connection: Connection
    sealing: Sealing
    wording: Wording
    hours: OpeningHours
    address: str
    situation: Situation
    conversation_id: str
    seq: int
    now: datetime

    @property
    def where(self) -> tuple[Connection, Sealing, int, str]:
        """The first arguments of every function of hand-overs."""
        return self.connection, self.sealing, self.situation.school_id, self.conversation_id

    @property
    def actor(self) -> Actor:
        """Whose message it is."""
        pupil_id = self.situation.pupil_id
        return Actor("guest") if pupil_id is None else Actor("pupil", pupil_id)

    @property
    def guest(self) -> bool:
        """Whether nobody is tied to the chat."""
        return self.situation.pupil_id is None

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways of talking that there are now: a guest can be found in this chat only."""
        now = ("chat",) if self.hours.is_open(self.now) else ()
        return now if self.guest else (*now, "meeting", "message")
