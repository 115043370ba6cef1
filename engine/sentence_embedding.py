"""The Rasa component that gives each message its sentence embedding."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import minilm
from engine.features import question_features
from engine.job_titles import JOB_WORDS


class _Awaited:
    """The features of all examples, computed when the first of them is asked for."""

    def __init__(self, texts: list[str], job_words: list[list[dict[str, Any]]]) -> None:
        self._read = (texts, job_words)
        self._rows: np.ndarray | None = None

    def row(self, place: int) -> np.ndarray:
        """Return the features of one example, an array (1, DIMENSIONS)."""
        if self._rows is None:
            self._rows = question_features(*self._read)
        return self._rows[place : place + 1]


class _ExampleFeatures(Features):
    """An example's features, which need not be there before they are asked for.

    So that what learns from the words alone need not wait for the embedding (engine.head_start).
    """

    def __init__(self, awaited: _Awaited, place: int, origin: str) -> None:
        super().__init__(np.empty((1, 0)), FEATURE_TYPE_SENTENCE, TEXT, origin)
        self._awaited = awaited
        self._place = place

    @property
    def features(self) -> np.ndarray:
        """Return the features, an array (1, DIMENSIONS)."""
        return self._awaited.row(self._place)

    @features.setter
    def features(self, _: np.ndarray) -> None:
        """Take what Rasa's constructor sets."""

    def is_sparse(self) -> bool:
        """Say that they are dense, without asking for them."""
        return False

    def is_dense(self) -> bool:
        """Say that they are dense, without asking for them."""
        return True

    def __deepcopy__(self, _: dict[int, Any]) -> Features:
        """Return features like Rasa's own, which it may change."""
        return Features(self.features.copy(), self.type, self.attribute, self.origin)


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
        """Add the sentence feature to each training example."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        texts = [m.get(TEXT) for m in examples]
        awaited = _Awaited(texts, [m.get(JOB_WORDS) or [] for m in examples])
        for place, message in enumerate(examples):
            message.add_features(_ExampleFeatures(awaited, place, self._origin()))
        return training_data

    def _add(self, messages: list[Message]) -> None:
        if not messages:
            return
        texts = [m.get(TEXT) for m in messages]
        rows = question_features(texts, [m.get(JOB_WORDS) or [] for m in messages])
        for message, row in zip(messages, rows, strict=True):
            message.add_features(
                Features(row.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._origin())
            )

    def _origin(self) -> str:
        return str(self._config.get("alias") or self._identifier)
