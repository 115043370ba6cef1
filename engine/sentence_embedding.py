"""The Rasa component that gives each message its sentence embedding."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import minilm, progress
from engine.features import question_features
from engine.job_titles import JOB_WORDS

AT_A_TIME = 1024
"""Training examples between two notes of progress."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbedding(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature, `engine.features.question_features`, to each message."""

    def __init__(self, config: dict[str, Any], execution_context: ExecutionContext) -> None:
        """Take the settings; the weights are loaded once for the process."""
        super().__init__(execution_context.node_name, config)
        minilm.shared()  # load the weights now rather than at the first message

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbedding:
        """Make the component (see GraphComponent)."""
        return cls(config, execution_context)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Check weights and vocabulary before anything is trained or loaded on them."""
        minilm.check_files()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence feature to each message; a text without a word has one as well."""
        self._add([m for m in messages if m.get(TEXT) is not None])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the sentence feature to each training example, telling how far it is."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        for start in range(0, len(examples), AT_A_TIME):
            progress.tell(start, len(examples))
            self._add(examples[start : start + AT_A_TIME])
        progress.tell(len(examples), len(examples))
        return training_data

    def _add(self, messages: list[Message]) -> None:
        if not messages:
            return
        texts = [m.get(TEXT) for m in messages]
        rows = question_features(texts, [m.get(JOB_WORDS) or [] for m in messages])
        for message, row in zip(messages, rows, strict=True):
            message.add_features(
                Features(
                    row.reshape(1, -1),
                    FEATURE_TYPE_SENTENCE,
                    TEXT,
                    self._config.get("alias") or self._identifier,
                )
            )
