"""Costs inside Rasa 3.6.21 that every turn paid, taken out; each patch says what and why.

Each replaces one method by one that gives the same result (tests/engine/test_patches.py compares
them with the originals).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import dask.core
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.engine.runner import dask as runner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.utils.common import all_subclasses

ORIGINAL_RESOLVE_BY_TYPE = Event.resolve_by_type
ORIGINAL_VALIDATE = RemoteAction._validate_action_result


_EMPTY_RESPONSE = {
    "text": None, "buttons": [], "elements": [], "template": None, "response": None,
    "image": None, "attachment": None,
}  # fmt: skip
"""What the SDK sends beside `custom`, which holds the whole of a message of ours."""


def is_ours(result: Any) -> bool:
    """Tell whether an action result is plainly what our actions send: slots, and messages.

    A result that is not may be valid all the same; the schema decides then.
    """
    if type(result) is not dict or result.keys() != {"events", "responses"}:
        return False
    events, responses = result["events"], result["responses"]
    if type(events) is not list or type(responses) is not list:
        return False
    return all(
        type(event) is dict
        and event.keys() == {"event", "timestamp", "name", "value"}
        and event["event"] == "slot"
        and event["timestamp"] is None
        and type(event["name"]) is str
        for event in events
    ) and all(
        type(response) is dict
        and type(response.get("custom")) is dict
        and {key: value for key, value in response.items() if key != "custom"} == _EMPTY_RESPONSE
        for response in responses
    )


def compile_action_result_schema() -> None:
    """Build the validator of action results once; Rasa builds and checks it each time.

    Even built once, it costs a tenth of a turn; what our own actions send is known at a glance.
    """
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        if is_ours(result) or validator.is_valid(result):
            return True
        return bool(ORIGINAL_VALIDATE(self, result))  # raises, with Rasa's own sentence

    RemoteAction._validate_action_result = _validate_action_result


def index_event_types() -> None:
    """Look event types up by name; Rasa walks all subclasses of Event for each stored event."""
    by_name: dict[str, type[Event]] = {}
    for cls in all_subclasses(Event):
        by_name.setdefault(cls.type_name, cls)

    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        return by_name.get(type_name) or ORIGINAL_RESOLVE_BY_TYPE(type_name, default)

    Event.resolve_by_type = staticmethod(resolve_by_type)


def send_actions_only_the_present() -> None:
    """Send actions the slots and the last message; Rasa sends every event there ever was.

    Signpost's actions decide on slots and the last message alone, and what was said before is the
    gateway's to keep.
    """

    def _action_call_format(
        self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
    ) -> dict[str, Any]:
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": tracker.current_state(EventVerbosity.NONE),
            "domain": {},  # the SDK insists on one; none of Signpost's actions reads it
            "version": "3.6.21",
        }

    RemoteAction._action_call_format = _action_call_format


def run_the_graph_plainly() -> None:
    """Run the steps of a graph in order; Rasa has dask plan each turn as if it were a cluster's.

    Dask's own `core.get` gives the same result without the planning, which took a seventh of it.
    """
    runner.dask = SimpleNamespace(get=dask.core.get)


def apply() -> None:
    """Apply all patches; doing so twice changes nothing."""
    compile_action_result_schema()
    index_event_types()
    send_actions_only_the_present()
    run_the_graph_plainly()
