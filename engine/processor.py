"""Rasa's message processor, told to fail aloud and to do no work twice."""

from __future__ import annotations

from typing import Any

import aiohttp
from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY

from engine.predictions import Predictions, marks_alone
from engine.trackers import ShortTrackerStore


class TurnFailed(RuntimeError):
    """A turn could not be finished; the conversation stands as it was before the turn."""


class ActionsAway(TurnFailed):
    """The action server cannot be reached: the same turn may well succeed in a moment."""


class Processor(MessageProcessor):
    """Handles a turn on the live tracker, and takes it back when an action fails.

    Rasa's own logs a failed action and goes on, so that the person hears nothing. Here the turn
    ends with `TurnFailed`, nothing of it is saved, and the gateway asks again later.
    """

    tracker_store: ShortTrackerStore

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take Rasa's arguments."""
        super().__init__(*args, **kwargs)
        self._predictions = Predictions(self.graph_runner, self.domain)
        self._intents = frozenset(self.domain.intents)
        self._entities = frozenset(self.domain.entities)

    async def handle_message(self, message: UserMessage) -> None:
        """Handle one message; replies go to the message's output channel."""
        try:
            tracker = await self.fetch_tracker_and_update_session(
                message.sender_id, message.output_channel, message.metadata
            )
            await self._handle_message_with_tracker(message, tracker)
            if self.domain.form_names or any(
                mapping.get("type") != "custom"
                for slot in self.domain.slots
                for mapping in slot.mappings
            ):
                tracker = await self.run_action_extract_slots(message.output_channel, tracker)
            await self._run_prediction_loop(message.output_channel, tracker)
            await self.save_tracker(tracker)
        except BaseException:
            self.tracker_store.drop(message.sender_id)
            raise

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        key = self._predictions.key(tracker)
        if key is None:
            return super()._predict_next_with_tracker(tracker)
        prediction = self._predictions.recall(key)
        if prediction is None:
            prediction = super()._predict_next_with_tracker(tracker)
            self._predictions.remember(key, prediction)
        return prediction

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        # Rasa builds an empty domain here, and the lists of names, at each message.
        names = {found.get("entity") for found in parse_data["entities"] or ()}
        if parse_data[INTENT].get(INTENT_NAME_KEY) in self._intents and names <= self._entities:
            return
        super()._check_for_unseen_features(parse_data)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        # Rasa copies the whole tracker here, for the case that the prediction's own events have to
        # be taken back; rules without forms make none that an action sees.
        seen = tracker
        if not marks_alone(prediction.events):
            seen = tracker.copy()
            seen.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, seen, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(
                    action.name(), prediction.policy_name, prediction.max_confidence
                )
            )
            return self.should_predict_another_action(action.name())
        except Exception as error:
            # Rasa wraps what went wrong on the way to the actions in an exception of its own.
            away = isinstance(error.__context__, aiohttp.ClientConnectionError)
            failure = ActionsAway if away else TurnFailed
            raise failure(f"{action.name()}: {type(error).__name__}") from error
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self._send_bot_messages(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())


class SignpostAgent(Agent):
    """Rasa's Agent on Signpost's processor and tracker store."""

    @staticmethod
    def _create_tracker_store(
        store: ShortTrackerStore | None, domain: Domain | None
    ) -> ShortTrackerStore:
        # Rasa wraps every store in one that falls back to memory in silence when it fails; here a
        # failing store fails the turn, which is then asked again.
        if store is None:
            raise ValueError("the engine needs a tracker store")
        store.domain = domain
        return store

    def load_model(self, model_path: str, fingerprint: str | None = None) -> None:
        """Load the model at `model_path`; Rasa's own exceptions say what is wrong with it."""
        self.processor = Processor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        self._set_fingerprint(fingerprint)
