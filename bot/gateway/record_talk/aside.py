"""What stands beside a signed-in pupil's message on its way through the stages."""

from dataclasses import dataclass, field
from typing import Any

from bot.gateway.record_talk.saying import Said
from bot.records.guidance.in_chat import Situation


@dataclass(frozen=True, slots=True)
class Aside:
    """Whose the conversation is, what was said for the record, and what was interrupted.

    `waits` is what the service was waiting for: {"awaits": …, "id": …}, empty for nothing.
    """

    situation: Situation
    said: Said | None = None
    waits: dict[str, Any] = field(default_factory=dict)
