"""Why the service gave nothing: a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Reason(str, Enum):
    """What came back instead of an answer."""

    NOT_CONFIGURED = "not configured"
    BAD_QUESTION = "bad question"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    RESTING = "resting"
    RATE_LIMITED = "rate limited"
    BAD_STATUS = "bad status"
    NOT_FOUND = "not found"
    EMPTY = "empty body"
    NOT_JSON = "not JSON"
    TOO_LARGE = "too large"
    ERROR_IN_ANSWER = "error in the answer"
    UNEXPECTED_SHAPE = "unexpected shape"
    OTHER_JOB = "another job's figure"
    NO_FIGURE = "no figure"


@dataclass(frozen=True)
class NoData:
    """No data, and why. `detail` is for a log or an operator, never for a pupil."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"no data: {self.reason.value}" + (f" ({self.detail})" if self.detail else "")


# The service is well and told us that it has nothing for this question: worth asking the wider
# group. Every other reason is trouble, and a second question would only meet it again.
NOTHING_PUBLISHED = frozenset(
    {
        Reason.NO_FIGURE,
        Reason.ERROR_IN_ANSWER,
        Reason.UNEXPECTED_SHAPE,
        Reason.NOT_FOUND,
        Reason.BAD_QUESTION,
    }
)
