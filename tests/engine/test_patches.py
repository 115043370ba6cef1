"""Each patched method gives what Rasa's own gives, and costs less."""

import copy
import json
import random

import dask
import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.engine.runner import dask as runner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from engine import patches

ACTION = RemoteAction("action_pay", None)
EVENT_TYPES = sorted({cls.type_name for cls in all_subclasses(Event) if cls.type_name})
OURS = {
    "events": [{"event": "slot", "timestamp": None, "name": "topic", "value": {"any": ["thing"]}}],
    "responses": [
        {
            "text": None,
            "buttons": [],
            "elements": [],
            "custom": {"text": "A message.", "figures": []},
            "template": None,
            "response": None,
            "image": None,
            "attachment": None,
        }
    ],
}
"""What the SDK sends for an action of ours."""
GOOD = {"events": [{"event": "slot", "name": "misses", "value": 1}], "responses": [{"text": "x"}]}


@pytest.mark.parametrize("type_name", EVENT_TYPES)
def test_every_event_type_is_found_as_before(type_name):
    found = Event.resolve_by_type(type_name)
    assert found is patches.ORIGINAL_RESOLVE_BY_TYPE(type_name)
    assert found.type_name == type_name


def test_an_event_type_that_is_unknown_is_treated_as_before():
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("no such event", UserUttered) is UserUttered
    with pytest.raises(ValueError, match="no such event"):
        Event.resolve_by_type("no such event")


def test_an_event_type_that_comes_later_is_found():
    class Later(UserUttered):
        type_name = "later"

    assert Event.resolve_by_type("later") is Later


def results():
    """Action results, good ones and good ones with one thing broken, from a fixed seed."""
    chance = random.Random(20)
    pieces = [None, 1, "text", [], {}, [1], [{}], {"event": "slot"}, [{"event": "slot"}]]
    yield from pieces
    yield from ({"events": piece} for piece in pieces)
    yield from ({"responses": piece} for piece in pieces)
    for event in EVENT_TYPES:
        yield {"events": [{"event": event}], "responses": []}
    yield OURS
    for turn in range(90):
        result = copy.deepcopy(OURS if turn % 3 else GOOD)
        target = chance.choice([result, result["events"][0], result["responses"][0]])
        key = chance.choice([*target, "added"])
        if chance.random() < 0.3:
            target.pop(key, None)
        else:
            target[key] = chance.choice(pieces)
        yield result


def outcome(validate, result):
    try:
        return validate(ACTION, copy.deepcopy(result))
    except ValidationError as error:
        return error.message


def test_action_results_are_judged_as_before():
    outcomes = []
    for result in results():
        before = outcome(patches.ORIGINAL_VALIDATE, result)
        assert outcome(RemoteAction._validate_action_result, result) == before, result
        outcomes.append(before)
    assert outcomes.count(True) > 5
    assert len(outcomes) - outcomes.count(True) > 5


def test_what_our_actions_send_is_known_at_a_glance():
    from rasa_sdk.events import SlotSet
    from rasa_sdk.executor import CollectingDispatcher

    dispatcher = CollectingDispatcher()
    dispatcher.utter_message(json_message={"text": "A message."})
    sent = {"events": [SlotSet("topic", "pay")], "responses": dispatcher.messages}
    assert patches.is_ours(sent)
    assert patches.is_ours(OURS)
    assert not patches.is_ours(GOOD)


def test_a_graph_gives_what_dask_gives():
    steps = {"a": 1, "b": (lambda x: x + 1, "a"), "c": (lambda x, y: [x, y], "a", "b"), "d": 5}
    assert runner.dask.get(steps, ["c", "b"]) == dask.get(steps, ["c", "b"])
    with pytest.raises(ZeroDivisionError):
        runner.dask.get({"a": (lambda: 1 / 0,)}, ["a"])


def test_a_result_is_not_changed_by_judging_it():
    result = copy.deepcopy(GOOD)
    RemoteAction._validate_action_result(ACTION, result)
    assert result == GOOD


@pytest.fixture
def tracker():
    slots = {"misses": {"type": "any", "mappings": [{"type": "custom"}]}}
    domain = Domain.from_dict({"intents": ["pay"], "slots": slots, "actions": ["action_pay"]})
    tracker = DialogueStateTracker("c1", domain.slots)
    for number in range(30):
        tracker.update(
            UserUttered(
                f"secret {number}",
                {"name": "pay", "confidence": 0.9},
                parse_data={"text": f"secret {number}", "job_words": [{"text": "vet"}]},
            ),
            domain,
        )
    return tracker, domain


def test_an_action_is_sent_the_present_and_no_events(tracker):
    tracker, domain = tracker
    call = ACTION._action_call_format(tracker, domain)
    assert call["next_action"] == "action_pay"
    assert call["sender_id"] == "c1"
    assert call["tracker"]["events"] is None
    told = json.dumps(call)
    assert "secret 29" in told
    assert "secret 28" not in told
    assert call["domain"] == {}


def test_the_rest_of_the_call_is_as_before(tracker):
    from rasa.shared.core.trackers import EventVerbosity

    tracker, domain = tracker
    before = tracker.current_state(EventVerbosity.ALL)
    now = ACTION._action_call_format(tracker, domain)["tracker"]
    assert {**now, "events": None} == {**before, "events": None}
    assert now["latest_message"]["job_words"] == [{"text": "vet"}]


def test_applying_twice_changes_nothing(tracker):
    tracker, domain = tracker
    call = ACTION._action_call_format(tracker, domain)
    patches.apply()
    assert ACTION._action_call_format(tracker, domain) == call
    assert Event.resolve_by_type("user") is UserUttered
    assert RemoteAction._validate_action_result(ACTION, GOOD) is True
