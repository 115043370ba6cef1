"""Gives every topic its name as a Rasa action, and turns Rasa's tracker into a `Turn` and back."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.authored import authored
from actions.ground import Ground
from actions.topics import TOPICS, answer
from actions.turn import JobWords, Memory, Turn, ranking

logger = logging.getLogger("actions")

ENGLAND = ZoneInfo("Europe/London")
NAMES = {"out_of_scope": "action_not_known", "nlu_fallback": "action_not_understood"}
"""Actions that are not called after their intent."""

Clock = Callable[[], dt.datetime]


def action_name(intent: str) -> str:
    """Return the name of the action that answers an intent."""
    return NAMES.get(intent, f"action_{intent}")


def register(executor: ActionExecutor, ground: Ground, clock: Clock | None = None) -> None:
    """Register an action for every topic; `clock` gives the time, today in England by default."""
    now = clock or (lambda: dt.datetime.now(ENGLAND))
    for intent in TOPICS:
        executor.register_function(action_name(intent), _action(intent, ground, now))


def _action(
    intent: str, ground: Ground, now: Clock
) -> Callable[[CollectingDispatcher, Tracker, Any], Awaitable[list[dict[str, Any]]]]:
    async def run(
        dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[dict[str, Any]]:
        turn = turn_of(tracker.latest_message, tracker.slots, now().date())
        try:
            if ground.client.base_url:
                # The live service is waited for a moment; others are served meanwhile.
                reply = await asyncio.to_thread(answer, intent, turn, ground)
            else:
                reply = answer(intent, turn, ground)
        except Exception as defect:
            # Asking again would fail again, so the person is told now. The log gets the place
            # alone: what was said may stand in the exception's text.
            logger.error("%s failed: %s at %s", intent, type(defect).__name__, place_of(defect))
            reply = authored("no_reply", turn, ground)
        for message in reply.messages:
            dispatcher.utter_message(json_message=message)
        before = tracker.slots
        return [
            SlotSet(name, value)
            for name, value in reply.memory.as_slots().items()
            if before.get(name) != value
        ]

    return run


def place_of(defect: BaseException) -> str:
    """Return where an exception was raised, as file and line."""
    last = traceback.extract_tb(defect.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def turn_of(latest: Mapping[str, Any], slots: Mapping[str, Any], today: dt.date) -> Turn:
    """Return the turn that Rasa's latest message and slots describe."""
    scene = (latest.get("metadata") or {}).get("scene") or {}
    memory = Memory.from_slots(slots)
    text = str(latest.get("text") or "")
    words = tuple(_words(found) for found in latest.get("job_words") or ())
    chosen = {}
    if text.startswith("/"):
        chosen = {e["entity"]: e["value"] for e in latest.get("entities") or ()}
        text = ""
    return Turn(
        text=text,
        clause=text,
        intent=str((latest.get("intent") or {}).get("name") or "nlu_fallback"),
        memory=Memory(
            **{
                **{name: getattr(memory, name) for name in memory.__dataclass_fields__},
                "audience": scene.get("audience") or memory.audience,
                "year_group": scene.get("year") or memory.year_group,
            }
        ),
        today=_day(scene.get("on")) or today,
        said=words,
        chosen=chosen,
        questions=tuple(latest.get("questions") or ()),
        left=tuple(latest.get("left") or ()),
        ranked=ranking(latest.get("answers")),
    )


def _words(found: Mapping[str, Any]) -> JobWords:
    return JobWords(
        text=found["text"],
        start=found["start"],
        name=found["name"],
        plural=found["plural"],
        ambiguous=found["ambiguous"],
        unit_groups=tuple((g["soc2020"], g["title"]) for g in found["unit_groups"]),
        modifier=found.get("modifier", ""),
    )


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
