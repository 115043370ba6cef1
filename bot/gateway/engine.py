"""The dialogue engine, asked over HTTP on this machine."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson

from bot.gateway.messages import Message, whole
from loopback.http import Answer, Loopback, NotHttp, Unreachable

HEALTH_TIMEOUT_S = 1.0


class EngineAway(Exception):
    """The engine cannot be reached, does not answer in time, or is not ready."""


class EngineFailed(Exception):
    """The engine answered this turn with an error or with something that is no reply."""


@dataclass(frozen=True, slots=True)
class EngineReply:
    """What the engine says to a turn; `nlu` is {intent, confidence, ranking, jobs}."""

    messages: tuple[Message, ...]
    nlu: dict[str, Any]


class EngineClient:
    """A client of the engine with kept connections. One turn takes at most `timeout_s`."""

    def __init__(
        self, base_url: str, token: str, *, timeout_s: float = 2.5, connections: int = 32
    ) -> None:
        self._timeout_s = timeout_s
        # Waiting for a free place is not the engine's delay and must not count as such.
        self._places = asyncio.Semaphore(connections)
        self._http = Loopback(base_url, token, most_kept=connections)

    @property
    def places(self) -> asyncio.Semaphore:
        """Hold one while asking a turn."""
        return self._places

    async def turn(
        self,
        conversation_id: str,
        *,
        text: str | None,
        payload: str | None,
        scene: dict[str, Any],
    ) -> EngineReply:
        """Ask one turn. Raises EngineAway or EngineFailed."""
        said = {"text": text} if payload is None else {"payload": payload}
        response = await self._ask(
            "POST",
            f"/conversations/{conversation_id}/turns",
            orjson.dumps({**said, "scene": scene}),
        )
        if response.status in (401, 403, 503):
            raise EngineAway(f"status {response.status}")
        if response.status != 200:
            raise EngineFailed(f"status {response.status}")
        return _reply(response.content)

    async def ready(self) -> bool:
        """Whether the engine says that it is ready."""
        try:
            response = await self._ask("GET", "/health", timeout_s=HEALTH_TIMEOUT_S)
        except (EngineAway, EngineFailed):
            return False
        return response.status == 200

    async def held(self, conversation_id: str) -> dict[str, Any] | None:
        """What the engine holds of a conversation now; None when it holds nothing of it.

        Keys: slots, form, turns, last_turn_at. Raises EngineAway or EngineFailed.
        """
        response = await self._ask("GET", f"/conversations/{conversation_id}")
        if response.status == 404:
            return None
        if response.status in (401, 403, 503):
            raise EngineAway(f"status {response.status}")
        try:
            found = orjson.loads(response.content) if response.status == 200 else None
        except orjson.JSONDecodeError as problem:
            raise EngineFailed("no JSON") from problem
        if not isinstance(found, dict):
            raise EngineFailed(f"status {response.status}")
        return found

    async def forget(self, conversation_id: str) -> None:
        """Have the engine delete its tracker. Raises EngineAway or EngineFailed."""
        response = await self._ask("DELETE", f"/conversations/{conversation_id}")
        if response.status in (401, 403, 503):
            raise EngineAway(f"status {response.status}")
        if response.status not in (200, 204, 404):
            raise EngineFailed(f"status {response.status}")

    async def close(self) -> None:
        """Close the connections."""
        self._http.close()

    async def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        timeout_s: float | None = None,
    ) -> Answer:
        try:
            async with asyncio.timeout(timeout_s or self._timeout_s):
                return await self._http.ask(method, path, body)
        except (Unreachable, TimeoutError) as problem:
            raise EngineAway(type(problem).__name__) from problem
        except NotHttp as problem:
            raise EngineFailed("no HTTP response") from problem


def _reply(content: bytes) -> EngineReply:
    try:
        found = orjson.loads(content)
        messages = tuple(_message(one) for one in found["messages"])
        nlu = found.get("nlu") or {}
        if not isinstance(nlu, dict):
            raise TypeError
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as problem:
        raise EngineFailed("not a reply") from problem
    return EngineReply(messages, nlu)


def _message(found: dict[str, Any]) -> Message:
    if not isinstance(found["text"], str):
        raise TypeError
    for button in found.get("buttons") or ():
        if not (isinstance(button["title"], str) and isinstance(button["payload"], str)):
            raise TypeError
    message = whole(found)
    for key in ("buttons", "figures", "sources"):
        message[key] = message[key] or []
    return message
