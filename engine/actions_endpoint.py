"""How the engine calls the actions: kept connections, a bearer token, a short patience."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from loopback.http import Loopback, NotHttp, Unreachable

PATIENCE_S = 2.0
"""The gateway waits 2.5 s for a turn; an action that takes longer is answered as a failure."""


class ActionsEndpoint(EndpointConfig):
    """The action server's address, with connections that are kept from turn to turn.

    Rasa opens a new one for each action, with a client that costs an eighth of a turn. What goes
    wrong is raised as that client raises it, since Rasa looks for its exceptions.
    """

    def __init__(self, url: str, token: str) -> None:
        """Take the webhook's address and the token that the action server demands."""
        super().__init__(url=url)
        parts = urlsplit(url)
        self._path = parts.path or "/"
        self._http = Loopback(f"{parts.scheme}://{parts.netloc}", token)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Send one action call and return its JSON.

        Raises aiohttp.ClientConnectionError when the actions cannot be reached, ClientResponseError
        for an error of theirs, and aiohttp.ClientError for what is no answer in time.
        """
        body = json.dumps(kwargs["json"]).encode("ascii")
        try:
            asked = self._http.ask(method.upper(), self._path, body)
            answer = await asyncio.wait_for(asked, PATIENCE_S)
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise ClientResponseError(answer.status, HTTPStatus(answer.status).phrase, "")
            return json.loads(answer.content)
        except Unreachable as error:
            raise aiohttp.ClientConnectionError(str(error)) from error
        except (NotHttp, ValueError) as error:
            raise aiohttp.ClientError("what the action answered is no JSON") from error
        except asyncio.TimeoutError as error:
            raise aiohttp.ClientError("the action took too long") from error

    async def close(self) -> None:
        """Close the kept connections."""
        self._http.close()
