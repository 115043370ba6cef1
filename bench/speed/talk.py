"""How one person talks: to Signpost as its widget does, to a stock Rasa by its REST channel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import Any, Protocol

from bench.wire import Connection

NO_ANSWERS = frozenset({"engine_away", "no_reply", "refused"})
"""Ids of messages that say that there is no answer: a reply like this counts as a failure."""
PATIENCE_S = 30.0


class NoReply(RuntimeError):
    """A message got no reply; the text says in a word or two why."""


class Talk(Protocol):
    """One person, one conversation at a time."""

    async def begin(self) -> None:
        """Begin a new conversation; one that was open is left."""

    async def say(self, text: str) -> list[str]:
        """Send a line, wait for its reply, return the ids of the answers in it."""

    def close(self) -> None:
        """Close all connections."""


class SignpostTalk:
    """Talks to the gateway: a POST a message, replies over the conversation's event stream."""

    def __init__(self, url: str) -> None:
        """Take the gateway's address."""
        self._url = url
        self._posts = Connection(url)
        self._stream: Connection | None = None
        self._listening: asyncio.Task[None] | None = None
        self._path = ""
        self._replies: dict[int, list[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._ended = False

    async def begin(self) -> None:
        """Begin a conversation and listen to its events."""
        self._leave()
        opened = await self._posts.post("/chat/v1/conversations", {})
        if opened.status != 201:
            raise NoReply(f"begin {opened.status}")
        told = opened.json()
        self._path = f"/chat/v1/conversations/{told['conversation']}"
        credential = {"Authorization": f"Bearer {told['token']}"}
        self._posts.headers.update(credential)
        self._stream = Connection(self._url, credential)
        self._listening = asyncio.create_task(self._listen(self._stream))

    async def say(self, text: str) -> list[str]:
        """Send a line and wait until the event stream brings its reply."""
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        sent = await self._posts.post(f"{self._path}/messages", body)
        if sent.status not in (200, 202):
            raise NoReply(f"message {sent.status}")
        seq = sent.json()["seq"]
        try:
            async with asyncio.timeout(PATIENCE_S):
                while seq not in self._replies:
                    if self._ended:
                        raise NoReply("stream ended")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise NoReply("timed out") from None
        return answers_in(self._replies.pop(seq))

    def close(self) -> None:
        """Close both connections."""
        self._leave()
        self._posts.close()

    async def _listen(self, stream: Connection) -> None:
        try:
            async for event in stream.events(f"{self._path}/events"):
                if event.name != "entry":
                    continue
                entry = json.loads(event.data)
                if entry.get("in_reply_to") is not None:
                    self._replies[entry["in_reply_to"]] = entry["messages"]
                    self._news.set()
        except (OSError, asyncio.IncompleteReadError):
            pass  # told below: whoever waits for a reply fails with "stream ended"
        self._ended = True
        self._news.set()

    def _leave(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
        if self._stream is not None:
            self._stream.close()
        self._listening = self._stream = None
        self._replies = {}
        self._news = asyncio.Event()
        self._ended = False
        self._posts.headers.pop("Authorization", None)


class PollingTalk:
    """Talks to the gateway as a widget does where event streams are blocked: by long poll."""

    def __init__(self, url: str) -> None:
        """Take the gateway's address."""
        self._wire = Connection(url)
        self._path = ""

    async def begin(self) -> None:
        """Begin a conversation."""
        self._wire.headers.pop("Authorization", None)
        opened = await self._wire.post("/chat/v1/conversations", {})
        if opened.status != 201:
            raise NoReply(f"begin {opened.status}")
        told = opened.json()
        self._path = f"/chat/v1/conversations/{told['conversation']}"
        self._wire.headers["Authorization"] = f"Bearer {told['token']}"

    async def say(self, text: str) -> list[str]:
        """Send a line and ask for what came after it until its reply is there."""
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        sent = await self._wire.post(f"{self._path}/messages", body)
        if sent.status not in (200, 202):
            raise NoReply(f"message {sent.status}")
        seq = sent.json()["seq"]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while loop.time() < deadline:
            polled = await self._wire.get(f"{self._path}/events?after={seq}&wait=20")
            if polled.status != 200:
                raise NoReply(f"poll {polled.status}")
            for entry in polled.json()["entries"]:
                if entry.get("in_reply_to") == seq:
                    return answers_in(entry["messages"])
        raise NoReply("timed out")

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()


class StockTalk:
    """Talks to a stock Rasa: its REST channel answers a POST with the replies."""

    def __init__(self, url: str) -> None:
        """Take the server's address."""
        self._wire = Connection(url)
        self._sender = ""

    async def begin(self) -> None:
        """Take a new sender id, which begins a conversation."""
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> list[str]:
        """Send a line; the reply is the answer to the same request."""
        answer = await self._wire.post(
            "/webhooks/rest/webhook", {"sender": self._sender, "message": text}
        )
        if answer.status != 200:
            raise NoReply(f"message {answer.status}")
        if not answer.json():
            raise NoReply("empty reply")
        return ["reply"]

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()


TALKS = {"signpost": SignpostTalk, "signpost-poll": PollingTalk, "stock": StockTalk}


def answers_in(messages: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the answers in a reply; raise NoReply where one says there is none."""
    ids = [str(message.get("answer")) for message in messages]
    if not ids:
        raise NoReply("empty reply")
    missing = NO_ANSWERS.intersection(ids)
    if missing:
        raise NoReply(min(missing))
    return ids


@contextlib.contextmanager
def talking(kind: str, url: str) -> Any:
    """Give a Talk of a kind (see TALKS) and close it afterwards."""
    talk = TALKS[kind](url)
    try:
        yield talk
    finally:
        talk.close()
