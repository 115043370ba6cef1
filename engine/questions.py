"""The Rasa component that says what is asked: one question in a message, or two."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from engine.features import question_features
from engine.job_titles import JOB_WORDS

QUESTIONS = "questions"
"""The message property with what is asked, in order: [{intent, confidence, text, start}]."""

_PARTS = re.compile(r"(?:[.?!;]+\s+|,\s*|\s+)(?:and|also|plus|n|&|then)\s+|[.?!;\n]+\s*|,\s+", re.I)
_SHORTEST_PART = 2
"""Words; "and leeds" is no question of its own."""


def parts(text: str) -> list[tuple[int, str]]:
    """Return the clauses of `text` with their offsets; one clause when nothing divides it."""
    found = []
    start = 0
    for divider in _PARTS.finditer(text):
        found.append((start, text[start : divider.start()]))
        start = divider.end()
    found.append((start, text[start:]))
    return [(at, part) for at, part in found if len(part.split()) >= _SHORTEST_PART]


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True
)
class QuestionClassifier(LogisticRegressionClassifier):
    """Rasa's linear classifier; a message of several clauses is also read clause by clause.

    The message's intent is that of the whole. When two clauses ask different things, each with
    confidence, `questions` holds both, so that both are answered.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's settings and ours.

        `clause_threshold`: confidence from which a clause counts as a question of its own;
        `askable`: the intents that can stand beside another in one message.
        """
        return {
            **LogisticRegressionClassifier.get_default_config(),
            "max_iter": 300,
            "strength": 1.0,
            "clause_threshold": 0.6,
            "askable": [],
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take Rasa's arguments; `strength` is the C of the logistic regression."""
        super().__init__(*args, **kwargs)
        self.clf.C = self.config["strength"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and questions on each message."""
        super().process(messages)
        for message in messages:
            message.set(QUESTIONS, self._questions(message), add_to_output=True)
        return messages

    def process_training_data(self, training_data: Any) -> Any:
        """Leave the training data alone: nothing behind this component learns from it."""
        return training_data

    def _questions(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT) or ""
        whole = {
            "intent": message.get(INTENT)["name"],
            "confidence": float(message.get(INTENT)["confidence"]),
            "text": text,
            "start": 0,
        }
        clauses = parts(text)
        if len(clauses) < 2:
            return [whole]
        found: list[dict[str, Any]] = []
        for (start, clause), row in zip(clauses, self._predict(clauses, message)):
            best = int(row.argmax())
            intent, confidence = str(self.clf.classes_[best]), float(row[best])
            if intent not in self.config["askable"]:
                continue
            if confidence < self.config["clause_threshold"]:
                continue
            if intent not in [question["intent"] for question in found]:
                found.append(
                    {"intent": intent, "confidence": confidence, "text": clause, "start": start}
                )
        return found if len(found) > 1 else [whole]

    def _predict(self, clauses: list[tuple[int, str]], message: Message) -> np.ndarray:
        words = message.get(JOB_WORDS) or []
        texts, inside = [], []
        for start, clause in clauses:
            end = start + len(clause)
            texts.append(clause)
            inside.append(
                [
                    {**word, "start": word["start"] - start, "end": word["end"] - start}
                    for word in words
                    if start <= word["start"] and word["end"] <= end
                ]
            )
        return np.asarray(self.clf.predict_proba(question_features(texts, inside)))
