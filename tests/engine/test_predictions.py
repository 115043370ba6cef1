"""What the rules say is remembered only where they say it of one turn alone, and is the same."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from engine.predictions import MOST_REMEMBERED, Predictions, looks_at_one_turn

LISTEN = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "pay"}}
THEN = {"prev_action": {"action_name": "action_pay"}, "user": {"intent": "pay"}}
PLAIN = Domain.from_dict(
    {
        "intents": ["pay"],
        "actions": ["action_pay"],
        "slots": {
            "misses": {
                "type": "any",
                "influence_conversation": False,
                "mappings": [{"type": "custom"}],
            }
        },
    }
)


def policy(*rules, **lookup):
    made = object.__new__(RulePolicy)
    made.lookup = {"rules": {str(rule).replace("'", '"'): "action_pay" for rule in rules}, **lookup}
    return made


def test_rules_of_one_turn_are_remembered():
    assert looks_at_one_turn([policy([LISTEN], [LISTEN, THEN])], PLAIN)


@pytest.mark.parametrize(
    "rule",
    [
        [THEN],
        [THEN, LISTEN],
        [LISTEN, THEN, LISTEN],
        [{**LISTEN, "slots": {"year": [1.0]}}],
        [{**LISTEN, "active_loop": {"name": "form"}}],
        [{**LISTEN, "user": {"text": "what does it pay"}}],
        [],
    ],
    ids=["middle", "two turns", "three turns", "slot", "loop", "text", "nothing"],
)
def test_rules_that_see_more_are_asked_each_time(rule):
    assert not looks_at_one_turn([policy([LISTEN], rule)], PLAIN)


def test_forms_slots_that_decide_and_other_policies_are_asked_each_time():
    told = PLAIN.as_dict()
    form = Domain.from_dict({**told, "forms": {"a_form": {"required_slots": ["misses"]}}})
    decides = {"year": {"type": "float", "mappings": [{"type": "custom"}]}}
    slot = Domain.from_dict({**told, "slots": decides})
    good = policy([LISTEN])
    assert not looks_at_one_turn([good], form)
    assert not looks_at_one_turn([good], slot)
    assert not looks_at_one_turn([], PLAIN)
    assert not looks_at_one_turn([good, good], PLAIN)
    assert not looks_at_one_turn([type("Own", (RulePolicy,), {})], PLAIN)
    assert not looks_at_one_turn([policy([LISTEN], rules_for_loop_unhappy_path={"a": "b"})], PLAIN)


def runner(*policies):
    nodes = {str(n): SimpleNamespace(_component=one) for n, one in enumerate(policies)}
    return SimpleNamespace(_instantiated_nodes=nodes)


def said(intent, *more):
    tracker = DialogueStateTracker("c1", PLAIN.slots)
    before = (ActionExecuted("action_listen"), UserUttered("hi", {"name": "greeting"}))
    tracker.followup_action = None
    for event in (*before, ActionExecuted("action_listen"), UserUttered("x", {"name": intent})):
        tracker.update(event, PLAIN)
    for event in more:
        tracker.update(event, PLAIN)
    return tracker


def test_what_decides_is_told_apart_and_nothing_else():
    known = Predictions(runner(policy([LISTEN])), PLAIN)
    key = known.key(said("pay"))
    assert key is not None
    assert key != known.key(said("outlook"))
    done = known.key(said("pay", ActionExecuted("action_pay")))
    assert done not in (None, key)
    told = (ActionExecuted("action_pay"), SlotSet("misses", 2), BotUttered("a reply"))
    assert known.key(said("pay", *told)) == done


@pytest.mark.parametrize("event", [ActiveLoop("a_form"), UserUtteranceReverted()])
def test_what_is_not_understood_is_not_remembered(event):
    assert Predictions(runner(policy([LISTEN])), PLAIN).key(said("pay", event)) is None


def test_no_message_and_an_action_that_is_due_are_not_remembered():
    known = Predictions(runner(policy([LISTEN])), PLAIN)
    tracker = said("pay")
    tracker.followup_action = "action_pay"
    assert known.key(tracker) is None
    empty = DialogueStateTracker("c1", PLAIN.slots)
    empty.followup_action = None
    assert known.key(empty) is None
    assert Predictions(runner(policy([THEN])), PLAIN).key(said("pay")) is None


def test_events_of_a_prediction_are_not_handed_to_others():
    known = Predictions(runner(policy([LISTEN])), PLAIN)
    plain = SimpleNamespace(events=[], optional_events=[])
    mark = DefinePrevUserUtteredFeaturization(False)
    marked = SimpleNamespace(events=[mark], optional_events=[])
    known.remember("a", plain)
    known.remember("b", SimpleNamespace(events=[SlotSet("misses", 1)], optional_events=[]))
    known.remember("c", SimpleNamespace(events=[], optional_events=[SlotSet("misses", 1)]))
    known.remember("d", marked)
    assert known.recall("a") is plain
    assert known.recall("b") is None
    assert known.recall("c") is None
    assert known.recall("d").events == [mark]
    assert known.recall("d").events[0] is not known.recall("d").events[0]
    assert marked.events == [mark]
    for number in range(MOST_REMEMBERED + 1):
        known.remember(number, plain)
    assert len(known._known) <= MOST_REMEMBERED


async def test_the_same_is_predicted_as_by_the_rules_themselves(served):
    """Every intent after every other, in one conversation each, at both steps of a turn."""
    processor = served.engine._agent.processor
    domain, rules = processor.domain, processor._predictions
    assert rules._usable
    intents = [name for name in domain.intents if not name.startswith("session")]
    for first, second in itertools.product(intents, repeat=2):
        tracker = DialogueStateTracker("c1", domain.slots)
        tracker.update(ActionExecuted("action_session_start"), domain)
        tracker.update(ActionExecuted("action_listen"), domain)
        for intent in (first, second, first):
            tracker.update(UserUttered("x", {"name": intent, "confidence": 1.0}), domain)
            broken_off = tracker.latest_action_name != "action_listen"
            for _ in range(3):
                key = rules.key(tracker)
                now = processor._predict_next_with_tracker(tracker)
                asked = super(type(processor), processor)._predict_next_with_tracker(tracker)
                assert now.probabilities == asked.probabilities
                assert (now.policy_name, now.hide_rule_turn) == (
                    asked.policy_name,
                    asked.hide_rule_turn,
                )
                assert now.events == asked.events
                assert (key is None) == broken_off
                assert broken_off or rules.recall(key) is not None
                action = domain.action_names_or_texts[now.max_confidence_index]
                tracker.update_with_events(now.events, domain)
                tracker.update(ActionExecuted(action, now.policy_name), domain)
                if action == "action_listen":
                    break
    assert len(rules._known) >= 2 * len({*intents} - {"back", "restart"})
