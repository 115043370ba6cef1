"""The Rasa component that finds the jobs named in a message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import known_jobs
from lmi.occupations import JobWords

JOB_WORDS = "job_words"
"""The message property that carries the jobs named, left to right."""
ENTITY = "job_words"


def as_dict(found: JobWords) -> dict[str, Any]:
    """Return job words as plain data, with the keys of `JobWords`."""
    return {
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "name": found.name,
        "plural": found.plural,
        "modifier": found.modifier,
        "ambiguous": found.ambiguous,
        "unit_groups": [
            {"soc2020": c.soc2020, "title": c.title, "score": round(c.score, 3)}
            for c in found.unit_groups
        ],
    }


# A featurizer to Rasa: extractors that learn nothing are left out of its training graph, and what
# follows would be trained on texts whose job words nobody had found.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class JobTitleExtractor(GraphComponent, EntityExtractorMixin):
    """Finds job words by the gazetteer of `lmi.occupations`; nothing is learnt from examples."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> JobTitleExtractor:
        """Make the component (see GraphComponent)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `job_words` on each message, as data for the actions and as entities for Rasa."""
        for message in messages:
            words = self._find(message)
            message.set(JOB_WORDS, words, add_to_output=True)
            if words:
                found = [
                    {
                        "entity": ENTITY,
                        "value": word["text"],
                        "start": word["start"],
                        "end": word["end"],
                        "extractor": type(self).__name__,
                    }
                    for word in words
                ]
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set `job_words` on training examples, for the components that follow."""
        for message in training_data.training_examples:
            if message.get(TEXT):
                message.set(JOB_WORDS, self._find(message))
        return training_data

    @staticmethod
    def _find(message: Message) -> list[dict[str, Any]]:
        return [as_dict(found) for found in known_jobs.find(message.get(TEXT) or "")]
