"""Whether the engine and the action server answer, asked at most once a second."""

import asyncio
import time

from bot.gateway.engine import HEALTH_TIMEOUT_S, EngineClient
from loopback.http import Loopback, NotHttp, Unreachable


class Readiness:
    """Asks both for their health and remembers the answer for a second."""

    def __init__(self, engine: EngineClient, actions_url: str) -> None:
        self._engine = engine
        self._actions = Loopback(actions_url, most_kept=1)
        self._lock = asyncio.Lock()
        self._known: tuple[float, dict[str, str]] = (float("-inf"), {})

    async def report(self) -> dict[str, str]:
        """`{gateway, engine, actions}`, each "ready" or "away"."""
        async with self._lock:
            if time.monotonic() - self._known[0] > 1:
                engine, actions = await asyncio.gather(self._engine.ready(), self._actions_ready())
                self._known = (
                    time.monotonic(),
                    {
                        "gateway": "ready",
                        "engine": "ready" if engine else "away",
                        "actions": "ready" if actions else "away",
                    },
                )
            return self._known[1]

    async def _actions_ready(self) -> bool:
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                answer = await self._actions.ask("GET", "/health")
        except (Unreachable, NotHttp, TimeoutError):
            return False
        return answer.status == 200

    async def close(self) -> None:
        """Close the connections."""
        self._actions.close()
