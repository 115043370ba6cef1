"""The body of a request to the console: read once, bounded, in memory only."""

from collections.abc import AsyncGenerator
from typing import Any

import orjson
from starlette.datastructures import FormData, Headers
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

MOST_FIELDS = 400


class BodyWrong(Exception):
    """The body is too large, or nothing that a form sends. `status` is the answer's."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def media_type(request: Request) -> str:
    """The body's type without what is said beside it."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body as it came. Raises BodyWrong (413)."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most_bytes:
            raise BodyWrong(413)
    return bytes(content)


async def form_in(headers: Headers, content: bytes, files: int) -> FormData:
    """The fields of a form, with at most so many files. Raises BodyWrong (400)."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not content:
        return FormData()
    try:
        if kind == "multipart/form-data" and files:
            parser = MultiPartParser(
                headers, _once(content), max_files=files, max_fields=MOST_FIELDS
            )
            # What is uploaded is about pupils: never in a temporary file.
            parser.spool_max_size = len(content) + 1
            return await parser.parse()
        if kind == "application/x-www-form-urlencoded":
            return await FormParser(headers, _once(content), max_fields=MOST_FIELDS).parse()
    except (MultiPartException, KeyError, ValueError):
        pass
    raise BodyWrong(400)


def json_in(content: bytes) -> dict[str, Any]:
    """A JSON object. Raises BodyWrong (400)."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise BodyWrong(400)
    return found


async def _once(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content
    yield b""
