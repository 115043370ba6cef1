"""What the rules say next, remembered.

Rasa turns the whole conversation into states at each step and holds every rule against them, twice
a turn: a fifth of all that the engine did. Signpost's rules look at one turn alone, so that what
they say follows from the turn's intent and the actions taken in it. Rules of which that is not
true (of several turns, with forms, with slots that decide) are asked anew each time, as before.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Hashable, Iterable
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.runner.interface import GraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY

MOST_REMEMBERED = 5_000
"""Predictions, about 1 kB each; there are two for each intent."""

_DECIDES_NOTHING = (SlotSet, BotUttered)
"""Events that no rule sees, as long as no slot influences the conversation."""


class Predictions:
    """Remembers predictions by what the rules saw; empty where the model's rules see more."""

    def __init__(self, runner: GraphRunner, domain: Domain) -> None:
        """Take the loaded model's graph and domain."""
        self._usable = looks_at_one_turn(policies_of(runner), domain)
        self._known: dict[Hashable, PolicyPrediction] = {}

    def key(self, tracker: DialogueStateTracker) -> Hashable | None:
        """Return all of the conversation that decides what comes next; None if that is unknown."""
        if not self._usable or tracker.followup_action or tracker.active_loop_name:
            return None
        seen: list[Hashable] = []
        said = False
        for event in reversed(tracker.events):
            kind = type(event)
            if kind is ActionExecuted:
                if said:  # a turn that was broken off has not listened before the next
                    return tuple(seen) if event.action_name == ACTION_LISTEN_NAME else None
                seen.append((event.action_name, event.action_text))
            elif kind is UserUttered:
                if said:
                    return None
                said = True
                seen.append(event.intent.get(INTENT_NAME_KEY))
                seen.append(
                    frozenset(
                        (e.get("entity"), e.get("role"), e.get("group")) for e in event.entities
                    )
                )
            elif kind is DefinePrevUserUtteredFeaturization:
                seen.append(event.use_text_for_featurization)
            elif kind not in _DECIDES_NOTHING:
                return None
        return None

    def recall(self, key: Hashable) -> PolicyPrediction | None:
        """Return what was predicted for a key before, with events that are the caller's own."""
        known = self._known.get(key)
        if known is None or not known.events:
            return known
        prediction = copy.copy(known)
        prediction.events = [
            DefinePrevUserUtteredFeaturization(event.use_text_for_featurization)
            for event in known.events
        ]
        return prediction

    def remember(self, key: Hashable, prediction: PolicyPrediction) -> None:
        """Keep a prediction, unless it brings events that belong to one conversation."""
        if prediction.optional_events or not marks_alone(prediction.events):
            return
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = prediction


def marks_alone(events: Iterable[Event]) -> bool:
    """Tell whether all that events do is to mark whether text or intent was read."""
    return all(type(event) is DefinePrevUserUtteredFeaturization for event in events)


def policies_of(runner: GraphRunner) -> list[Any]:
    """Return the policies of a loaded model."""
    nodes = getattr(runner, "_instantiated_nodes", {}).values()
    components = [getattr(node, "_component", None) for node in nodes]
    return [c for c in components if hasattr(c, "predict_action_probabilities")]


def looks_at_one_turn(policies: Iterable[Any], domain: Domain) -> bool:
    """Tell whether what the policies say follows from intent and actions of the latest turn."""
    found = list(policies)
    if len(found) != 1 or type(found[0]) is not RulePolicy or domain.form_names:
        return False
    if any(slot.has_features() for slot in domain.slots):
        return False
    lookup = found[0].lookup
    if lookup.get("rules_for_loop_unhappy_path"):
        return False
    return all(_is_of_one_turn(json.loads(rule)) for rule in lookup.get("rules", {}))


def _is_of_one_turn(states: list[dict[str, Any]]) -> bool:
    """Tell whether a rule that applies has all its states in the turn that it applies to.

    A turn begins where the action before was to listen: so does the rule, and it does so once.
    """
    if not states or any(state.keys() - {"prev_action", "user"} for state in states):
        return False
    if any("text" in state.get("user", {}) for state in states):
        return False
    listens = [
        state.get("prev_action", {}).get("action_name") == ACTION_LISTEN_NAME for state in states
    ]
    return listens[0] and not any(listens[1:])
