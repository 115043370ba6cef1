"""The engine's door: a small private HTTP server around Rasa's agent.

Loopback only, behind a bearer token. It sees message texts and random conversation ids, and
neither prints nor stores anything else; what it stores is sealed.
"""

from __future__ import annotations

import asyncio
import csv
import gc
import hmac
import json
import logging
import os
import re
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import uvicorn
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import UserUttered
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine import patches, quiet
from engine.actions_endpoint import ActionsEndpoint
from engine.answer_retrieval import ANSWERS
from engine.processor import ActionsAway, SignpostAgent, TurnFailed
from engine.questions import QUESTIONS
from engine.sealing import Sealing
from engine.trackers import ShortTrackerStore

logger = logging.getLogger("engine.server")
UNIT_GROUPS = Path(__file__).resolve().parent.parent / "lmi" / "tables" / "unit_groups.csv"
RANKED = 10
TIDY_EVERY_S = 3600.0
_SLASHES = re.compile(r"^[\s/]*/[\s/]*")


class Engine:
    """Rasa's agent with Signpost's store, one turn of a conversation at a time."""

    def __init__(
        self, model: Path, trackers: Path, actions: ActionsEndpoint, sealing: Sealing
    ) -> None:
        """Load the model file `model`; conversations are kept in the SQLite file `trackers`."""
        self._store = ShortTrackerStore(trackers, sealing)
        self._actions = actions
        self._agent = SignpostAgent(tracker_store=self._store, action_endpoint=actions)
        self._agent.load_model(str(model))
        # A lock lives as long as a turn holds it or waits for it.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def parse(self, text: str) -> dict[str, Any]:
        """Return what is understood of one text, without a conversation."""
        return understood(await self._agent.parse_message(text))

    async def turn(
        self, conversation: str, text: str, scene: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Handle one line of a conversation; return the replies and what was understood."""
        async with self._alone(conversation):
            channel = CollectingOutputChannel()
            message = UserMessage(
                text, channel, conversation, input_channel="signpost", metadata={"scene": scene}
            )
            await self._agent.processor.handle_message(message)
            tracker = await self._store.retrieve(conversation)
            parsed = tracker.latest_message.parse_data
            replies = [m["custom"] for m in channel.messages if "custom" in m]
            told = understood(parsed)
            told["jobs"] = jobs_of(told["job_words"], tracker.get_slot("jobs") or [], replies)
            return replies, told

    async def delete(self, conversation: str) -> None:
        """Delete a conversation for good, after the turn that is under way has written."""
        async with self._alone(conversation):
            self._store.delete(conversation)

    async def held(self, conversation: str) -> dict[str, Any] | None:
        """Return what is held of a conversation now, None for one that is not held.

        Keys: slots (those that say something, by name), form (the name of an open one, or None),
        turns (how many of the last ones), last_turn_at (ISO 8601, UTC).
        """
        async with self._alone(conversation):
            tracker = self._store.look(conversation)
            if tracker is None:
                return None
            said = [event for event in tracker.events if isinstance(event, UserUttered)]
            last = tracker.events[-1].timestamp
            return {
                "slots": {
                    name: slot.value
                    for name, slot in tracker.slots.items()
                    if slot.value != slot.initial_value
                },
                "form": tracker.active_loop_name,
                "turns": len(said),
                "last_turn_at": datetime.fromtimestamp(last, tz=timezone.utc).isoformat(),
            }

    async def keep_tidy(self) -> None:
        """Forget idle conversations and seal with the newest key, until cancelled."""
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            try:
                more = True
                while more:
                    more = self._store.tidy(time.time())
                    await asyncio.sleep(0)
            except (OSError, sqlite3.Error) as failure:
                logger.error("tidying broke off: %s", type(failure).__name__)

    def _alone(self, conversation: str) -> asyncio.Lock:
        return self._turns.setdefault(conversation, asyncio.Lock())

    async def close(self) -> None:
        """Close store and connections."""
        self._store.close()
        await self._actions.close()


def understood(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the public part of Rasa's parse data.

    Keys: text, intent, confidence, ranking [{name, confidence}], job_words (see
    `engine.job_titles.as_dict`), questions [{intent, confidence, text}], answers (see
    `engine.answer_retrieval`).
    """
    intent = parsed.get("intent") or {}
    return {
        "text": parsed.get("text", ""),
        "intent": intent.get("name"),
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "ranking": [
            {"name": r["name"], "confidence": round(float(r["confidence"]), 4)}
            for r in parsed.get("intent_ranking", [])[:RANKED]
        ],
        "job_words": parsed.get("job_words", []),
        "questions": parsed.get(QUESTIONS, []),
        "answers": parsed.get(ANSWERS, []),
    }


def application(engine_loader: Any, token: str) -> Starlette:
    """Return the ASGI application; `engine_loader()` makes the Engine when the server starts."""
    held: dict[str, Engine] = {}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        held["engine"] = engine_loader()
        tidying = asyncio.create_task(held["engine"].keep_tidy())
        yield
        tidying.cancel()
        await asyncio.wait({tidying})
        await held.pop("engine").close()

    def allowed(request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

    def refused(request: Request) -> Response | None:
        if not allowed(request):
            return JSONResponse({"title": "The engine needs its token."}, status_code=401)
        if "engine" not in held:
            return JSONResponse({"title": "The engine is loading."}, status_code=503)
        return None

    async def body(request: Request) -> dict[str, Any] | None:
        try:
            read = json.loads(await request.body())
        except (json.JSONDecodeError, UnicodeDecodeError):
            return None
        return read if isinstance(read, dict) else None

    async def health(request: Request) -> Response:
        ready = "engine" in held
        return JSONResponse(
            {"status": "ready" if ready else "loading"}, status_code=200 if ready else 503
        )

    async def parse(request: Request) -> Response:
        if refusal := refused(request):
            return refusal
        read = await body(request)
        if read is None or not isinstance(read.get("text"), str):
            return JSONResponse({"title": "Expected JSON with a text."}, status_code=422)
        return JSONResponse(await held["engine"].parse(typed(read["text"])))

    async def turn(request: Request) -> Response:
        if refusal := refused(request):
            return refusal
        read = await body(request)
        text = None if read is None else turn_text(read)
        if read is None or text is None:
            return JSONResponse({"title": "Expected JSON with a text or a payload."}, 422)
        try:
            messages, nlu = await held["engine"].turn(
                request.path_params["conversation"], text, read.get("scene") or {}
            )
        except ActionsAway as failure:
            logger.warning("a turn has to wait: %s", failure)
            return JSONResponse({"title": "The actions are away."}, status_code=503)
        except TurnFailed as failure:
            logger.warning("a turn failed: %s", failure)
            return JSONResponse({"title": "The turn could not be finished."}, status_code=502)
        except Exception as failure:
            # The type alone: a message's text may stand in what an exception says.
            logger.error("a turn broke off: %s at %s", type(failure).__name__, place_of(failure))
            return JSONResponse({"title": "The turn broke off."}, status_code=500)
        return JSONResponse({"messages": messages, "nlu": nlu})

    async def delete(request: Request) -> Response:
        if refusal := refused(request):
            return refusal
        await held["engine"].delete(request.path_params["conversation"])
        return Response(status_code=204)

    async def memory(request: Request) -> Response:
        if refusal := refused(request):
            return refusal
        found = await held["engine"].held(request.path_params["conversation"])
        return JSONResponse(found, status_code=404 if found is None else 200)

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/parse", parse, methods=["POST"]),
            Route("/conversations/{conversation}/turns", turn, methods=["POST"]),
            Route("/conversations/{conversation}", memory, methods=["GET"]),
            Route("/conversations/{conversation}", delete, methods=["DELETE"]),
        ],
        lifespan=lifespan,
    )


@lru_cache(maxsize=1)
def unit_group_titles() -> dict[str, str]:
    """Return the official title of each SOC 2020 unit group."""
    with UNIT_GROUPS.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["title"] for row in csv.DictReader(stream)}


def jobs_of(
    job_words: list[dict[str, Any]], remembered: list[dict[str, Any]], replies: list[dict[str, Any]]
) -> list[dict[str, str]]:
    """Return the unit groups that a turn was about: [{soc2020, title}].

    Those named in it; in a follow-up those remembered, where the replies lead on to them.
    """
    codes = [words["unit_groups"][0]["soc2020"] for words in job_words if words["unit_groups"]]
    if not codes:
        offered = [button["payload"] for reply in replies for button in reply.get("buttons", ())]
        codes = [
            job["soc2020"]
            for job in remembered
            if any(f'"job": "{job["soc2020"]}"' in payload for payload in offered)
        ]
    return [{"soc2020": code, "title": unit_group_titles()[code]} for code in dict.fromkeys(codes)]


def place_of(failure: BaseException) -> str:
    """Return where an exception was raised, as file and line."""
    last = traceback.extract_tb(failure.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def typed(text: str) -> str:
    """Return text so that Rasa never reads it as one of its own "/intent" payloads."""
    return _SLASHES.sub("", text)


def turn_text(body: dict[str, Any]) -> str | None:
    """Return what Rasa shall read of a turn's body, None when there is neither text nor payload."""
    if isinstance(body.get("payload"), str) and body["payload"].startswith("/"):
        return str(body["payload"])
    if isinstance(body.get("text"), str) and body["text"].strip():
        return typed(body["text"])
    return None


def main() -> None:
    """Serve, with everything taken from the environment that the supervisor sets."""
    quiet.logging_at(logging.WARNING)
    patches.apply()
    data = Path(os.environ["SIGNPOST_DATA_DIR"])
    token = os.environ["SIGNPOST_ENGINE_TOKEN"]
    # Rasa writes a settings file and unpacks models; both belong in our folder.
    for name in ("rasa-home", "unpacked"):
        (data / "engine" / name).mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(data / "engine" / "unpacked")

    def load() -> Engine:
        actions = ActionsEndpoint(os.environ["SIGNPOST_ACTIONS_URL"] + "/webhook", token)
        engine = Engine(
            Path(os.environ["SIGNPOST_MODEL"]),
            data / "engine" / "trackers.sqlite",
            actions,
            Sealing(data / "secrets"),
        )
        # What is loaded stays: without this, every full collection walks model and word lists.
        gc.collect()
        gc.freeze()
        return engine

    try:
        uvicorn.run(
            application(load, token),
            host="127.0.0.1",
            port=int(os.environ["SIGNPOST_ENGINE_PORT"]),
            ws="none",
            access_log=False,
            log_level="warning",
        )
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
