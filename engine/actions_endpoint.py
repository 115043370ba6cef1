"""How the engine calls the actions: one kept connection, a bearer token, a short patience."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

PATIENCE_S = 2.0
"""The gateway waits 2.5 s for a turn; an action that takes longer is answered as a failure."""


class ActionsEndpoint(EndpointConfig):
    """The action server's address, with a session that lives as long as the engine.

    Rasa opens a new connection for each action.
    """

    def __init__(self, url: str, token: str) -> None:
        """Take the webhook's address and the token that the action server demands."""
        super().__init__(url=url, headers={"Authorization": f"Bearer {token}"})
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Send one action call and return its JSON."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self.headers, timeout=aiohttp.ClientTimeout(total=PATIENCE_S)
            )
        try:
            async with self._session.request(method, self.url, json=kwargs["json"]) as response:
                if response.status >= 400:
                    raise ClientResponseError(response.status, response.reason, "")
                return await response.json()
        except asyncio.TimeoutError as error:
            raise aiohttp.ClientError("the action took too long") from error

    async def close(self) -> None:
        """Close the kept connection."""
        if self._session is not None:
            await self._session.close()
