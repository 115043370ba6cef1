"""Brings the example questions of knowledge/answers into Rasa's training data.

Each file `<intent>/<subject>.md` lists questions that pupils and parents ask about its subject.
They teach the classifier the broad intent, and `engine.answer_retrieval` the subject.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import example_files

SUBJECT = "subject"
"""The property of a training example with the subject that it asks about."""


class AnswerExamples(TrainingDataImporter):
    """A Rasa importer that adds the answers' example questions, and nothing else."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take whatever Rasa hands to importers; the place of the answers is fixed."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the example questions as training data."""
        return TrainingData(
            [
                Message({TEXT: text, INTENT: intent, SUBJECT: subject})
                for intent, subject, text in example_files.of_answers()
            ]
        )

    def get_domain(self) -> Domain:
        """Return an empty domain: domain.yml holds it all."""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return no stories."""
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        """Return no tests."""
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        """Return no configuration: config.yml holds it all."""
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        """Return nothing: no configuration is suggested."""
        return None
