"""What requests may hold, and how they are read: bounded, strict, never echoed."""

from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl

import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from starlette.requests import Request

from bot.channels.web.problems import ProblemFound

MOST_BYTES = 16 * 1024

ClientMessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Payload = Annotated[str, StringConstraints(pattern=r"^/", max_length=2000)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class SceneBody(_Body):
    """Who asks: what the page or an operator says before the first message."""

    audience: Literal["pupil", "parent"] | None = None
    year: Annotated[int, Field(ge=7, le=13)] | None = None
    on: Day | None = None


class NewConversation(_Body):
    """The body that starts a conversation."""

    school: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")] = "default"
    scene: SceneBody = SceneBody()


class NewMessage(_Body):
    """A message: typed text or a pressed button, never both.

    Its length is for the gateway to judge, after the safeguarding screen has read it.
    """

    client_message_id: ClientMessageId
    text: str | None = None
    payload: Payload | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "NewMessage":
        if (self.text is None) == (self.payload is None):
            raise ValueError("text or payload")
        return self


class SignsBody(_Body):
    """What the reader does beside writing: typing, or having seen lines up to a number."""

    typing: Literal[True] | None = None
    seen: Annotated[int, Field(ge=1, le=2**31)] | None = None


B = TypeVar("B", bound=BaseModel)


async def json_body(request: Request, model: type[B]) -> B:
    """The request's JSON as `model`. Raises ProblemFound."""
    if _media_type(request) != "application/json":
        raise ProblemFound("wrong-type")
    content = await _read(request)
    try:
        found: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise ProblemFound("not-json") from None
    try:
        return model.model_validate(found)
    except ValidationError:
        raise ProblemFound("not-as-described") from None


async def form_body(
    request: Request, *, most_bytes: int = MOST_BYTES, most_fields: int = 10
) -> dict[str, str]:
    """The fields of a plain HTML form. Raises ProblemFound."""
    if _media_type(request) != "application/x-www-form-urlencoded":
        raise ProblemFound("wrong-type")
    content = await _read(request, most_bytes)
    try:
        fields = parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=most_fields,
            errors="replace",
        )
    except ValueError:
        raise ProblemFound("not-json") from None
    return dict(fields)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _read(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most_bytes:
            raise ProblemFound("too-large")
    return bytes(content)
