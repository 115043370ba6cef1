"""One message on its way: what each stage may read, and what it may add."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.gateway.messages import Message
from bot.gateway.record_talk.aside import Aside
from bot.records.entries import EntryRow
from bot.records.handover.in_chat import Situation


class Refused(Exception):
    """The message is not taken; `kind` names the sentence that tells the reader why."""

    def __init__(self, kind: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.retry_after_s = retry_after_s


class HelpUnstored(Exception):
    """A cry for help that could not be stored; the help must be shown all the same."""

    def __init__(self, message: Message) -> None:
        super().__init__("help unstored")
        self.message = message


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a reader, from its arrival to what was stored as its reply.

    `text` is as typed until the stage `normalise`; a pressed button has a `payload` instead.
    A turn is settled once a stage has decided its reply, which may be silence: the stages left
    are then passed over, the terminal ones never.
    """

    conversation_id: str
    client_message_id: str
    arrived_at: datetime
    text: str | None = field(default=None, repr=False)
    payload: str | None = field(default=None, repr=False)
    resumed: bool = False

    seq: int = 0
    at: datetime | None = None
    attempts: int = 0
    repeated: bool = False
    # Written for a person: stored as answered, and nobody replies to it.
    for_person: bool = False
    school_id: int = 0
    state: str = "bot"
    scene: dict[str, Any] = field(default_factory=dict)

    # What of a signed-in pupil's message is left for the engine, where that is not all of it.
    asks: str | None = field(default=None, repr=False)
    aside: Aside | None = field(default=None, repr=False)
    # What was open of asking for a person, where a message was about something else.
    open_wish: Situation | None = field(default=None, repr=False)
    # What was open of choosing a time for a meeting, likewise.
    open_meeting: dict[str, Any] | None = field(default=None, repr=False)
    concern: str | None = None
    settled_by: str | None = None
    messages: tuple[Message, ...] = field(default=(), repr=False)
    meta: dict[str, Any] | None = field(default=None, repr=False)
    status: str = "answered"
    failed_attempt: bool = False

    stored: EntryRow | None = field(default=None, repr=False)

    @property
    def settled(self) -> bool:
        """Whether a stage has decided the reply."""
        return self.settled_by is not None
