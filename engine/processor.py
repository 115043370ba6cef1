"""Rasa's message processor, told to fail aloud and to do no work twice."""

from __future__ import annotations

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

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        # Rasa copies the whole tracker here, for the case that the prediction's own events have to
        # be taken back; rules without forms make none.
        seen = tracker
        if prediction.events:
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
