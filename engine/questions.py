"""The Rasa component that says what is asked: one question in a message, or two."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.careers_words import CareersWords
from engine.clauses import FRAGMENT, LONGEST_FRAGMENT, Clause, clauses
from engine.features import question_features, without_jobs
from engine.job_titles import JOB_WORDS
from engine.readings import JobWords, Reading, of_another, readings
from engine.wording import Wording, log_shares, weights_of

QUESTIONS = "questions"
"""The message property with its clauses, in order: [{intent, confidence, text, start, readings}].

`readings` are what a clause may stand for: [{text, job_words, of_job, intent, confidence, asks}].
`asks` is whether it is a question of its own by this component's reading;
engine.answer_retrieval chooses among them, and keeps the clauses that are questions.
"""

OUT_OF_SCOPE = "out_of_scope"
WORDS_FILE = "careers_words.json"
WORDING_FILE = "wording.npz"


def _question(clause: Clause, read: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "intent": read[0]["intent"],
        "confidence": read[0]["confidence"],
        "text": clause.text,
        "start": clause.start,
        "kind": clause.kind,
        "readings": read,
    }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(LogisticRegressionClassifier):
    """Rasa's linear classifier beside one that reads the words; both count alike.

    A message of several clauses is also read clause by clause. The message's intent is that of the
    whole; `questions` holds what each clause asks, for engine.answer_retrieval to choose from.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's settings and ours.

        `strength`: the C of the logistic regression, `wording_strength` that of the words;
        `balance`: how far intents with few examples are made up for (0 not at all, 1 in full);
        `out_of_scope_weight`: how much more an example that is out of scope counts than balance
        alone would have it;
        `clause_threshold`: confidence from which a clause counts as a question of its own;
        `subject_threshold`: the same for the intents of `by_subject`, which have to pass
        engine.answer_retrieval as well;
        `sure_clause`: confidence from which on a clause that is not worded as a question is one;
        `askable`: the intents that can stand beside another in one message; `by_subject`: those
        of them that one message may ask twice, about two subjects (see engine.answer_retrieval).
        """
        return {
            **LogisticRegressionClassifier.get_default_config(),
            "max_iter": 100,
            "tol": 1e-3,
            "strength": 0.5,
            "wording_strength": 0.5,
            "out_of_scope_weight": 2.0,
            "balance": 0.5,
            "clause_threshold": 0.45,
            "subject_threshold": 0.3,
            "sure_clause": 0.85,
            "askable": [],
            "by_subject": [],
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take Rasa's arguments."""
        super().__init__(*args, **kwargs)
        self.clf.C = self.config["strength"]
        self.careers_words = CareersWords(())
        self.wording: Wording | None = None
        self._weights: tuple[np.ndarray, np.ndarray] | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the words of careers talk, then the classifier."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        self.careers_words = CareersWords.from_examples(
            (m.get(TEXT), m.get(JOB_WORDS) or []) for m in examples if m.get(INTENT) != OUT_OF_SCOPE
        )
        counts = Counter(m.get(INTENT) for m in examples)
        weights = {
            i: (len(examples) / (len(counts) * n)) ** self.config["balance"]
            for i, n in counts.items()
        }
        if OUT_OF_SCOPE in weights:
            weights[OUT_OF_SCOPE] *= self.config["out_of_scope_weight"]
        self.clf.class_weight = weights
        self.wording = Wording.learn(
            [_masked(m) for m in examples],
            [m.get(INTENT) for m in examples],
            self.config["wording_strength"],
            weights,
        )
        return super().train(training_data)

    def _create_X(self, messages: list[Message]) -> np.ndarray:
        # Rasa makes a sparse matrix here; these features are dense, and dense is quicker.
        told = [self.careers_words.numbers(m.get(TEXT), m.get(JOB_WORDS) or []) for m in messages]
        rows = np.vstack([m.get_dense_features(attribute=TEXT)[1].features for m in messages])
        return np.hstack([rows, np.array(told)])

    def persist(self) -> None:
        """Write the classifiers and the words into the model."""
        super().persist()
        assert self.wording is not None  # it is learnt before this is called
        with self._model_storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text(
                json.dumps(sorted(self.careers_words.words)), encoding="utf-8"
            )
            np.savez(folder / WORDING_FILE, **self.wording.arrays())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Read the classifiers and the words from the model."""
        component = super().load(config, model_storage, resource, execution_context, **kwargs)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
            with np.load(folder / WORDING_FILE) as arrays:
                component.wording = Wording.from_arrays(arrays)
        component.careers_words = CareersWords(words)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and questions on each message."""
        masked = [_masked(message) for message in messages]
        shares = self._shares(self._create_X(messages), masked)
        for message, row in zip(messages, shares, strict=True):
            ranking = [
                {"name": str(self.clf.classes_[place]), "confidence": float(row[place])}
                for place in np.argsort(-row)[: self.config["ranking_length"] or None]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(QUESTIONS, self._questions(message), add_to_output=True)
        return messages

    def process_training_data(self, training_data: Any) -> Any:
        """Leave the training data alone: nothing behind this component learns from it."""
        return training_data

    def _questions(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT) or ""
        words = message.get(JOB_WORDS) or []
        found = clauses(text)
        fragments = self._fragments(found, text, words) if len(found) > 1 else {}
        kept = [n for n, clause in enumerate(found) if clause.kind != FRAGMENT or n in fragments]
        if len(kept) > 1:
            told = {
                n: readings(found[n], text, words, is_divided=n + 1 in fragments)
                for n in kept
                if n not in fragments
            }
            asked = iter(self._asked([reading for each in told.values() for reading in each]))
            read = fragments | {n: [next(asked) for _ in each] for n, each in told.items()}
            return [_question(found[n], read[n]) for n in kept]
        whole = message.get(INTENT)
        return [
            {
                "intent": whole["name"],
                "confidence": float(whole["confidence"]),
                "text": text,
                "start": 0,
            }
        ]

    def _fragments(
        self, found: list[Clause], text: str, words: JobWords
    ) -> dict[int, list[dict[str, Any]]]:
        """Return the readings of the clauses of a few words that ask something, by their place.

        Those are sure of their intent, or they name another thing that the question is about.
        """
        places = [n for n, clause in enumerate(found) if clause.kind == FRAGMENT]
        kept: dict[int, list[dict[str, Any]]] = {}
        for place in places:
            clause = found[place]
            if others := of_another(clause, found[:place]):
                kept[place] = self._asked(others)
                continue
            (read,) = self._asked(readings(clause, text, words)[:1])
            by_subject = read["intent"] in self.config["by_subject"]
            is_short = len(clause.text.split()) <= LONGEST_FRAGMENT
            sure = not by_subject and read["confidence"] >= self.config["sure_clause"]
            if (words and is_short and sure and read["asks"]) or len(places) == len(found):
                kept[place] = [read]
        return kept

    def _asked(self, told: list[Reading]) -> list[dict[str, Any]]:
        """Return the readings as `QUESTIONS` holds them, each with what it asks."""
        if not told:
            return []
        texts = [reading.text for reading in told]
        words = [reading.job_words for reading in told]
        numbers = [self.careers_words.numbers(t, w) for t, w in zip(texts, words, strict=True)]
        rows = np.hstack([question_features(texts, words), np.array(numbers)])
        masked = [without_jobs(t, w) for t, w in zip(texts, words, strict=True)]
        return [
            self._read(reading, row)
            for reading, row in zip(told, self._shares(rows, masked), strict=True)
        ]

    def _read(self, reading: Reading, shares: np.ndarray) -> dict[str, Any]:
        best = int(shares.argmax())
        intent, confidence = str(self.clf.classes_[best]), float(shares[best])
        by_subject = intent in self.config["by_subject"]
        sure = float(shares[self._by_subject].sum()) if by_subject else confidence
        least = self.config["subject_threshold" if by_subject else "clause_threshold"]
        return {
            "text": reading.text,
            "job_words": reading.job_words,
            "of_job": reading.of_job,
            "is_completed": reading.is_completed,
            "intent": intent,
            "confidence": confidence,
            "asks": intent in self.config["askable"] and sure >= least,
        }

    @property
    def _by_subject(self) -> np.ndarray:
        return np.isin(self.clf.classes_, self.config["by_subject"])

    def _shares(self, rows: np.ndarray, masked: list[str]) -> np.ndarray:
        """Return each intent's share: the geometric mean of what both classifiers say."""
        if self._weights is None:
            self._weights = weights_of(self.clf)
        weights, bias = self._weights
        meant = log_shares(rows @ weights + bias)
        said = self.wording.log_shares(masked) if self.wording else meant
        return np.asarray(np.exp(log_shares((meant + said) / 2)))


def _masked(message: Message) -> str:
    return without_jobs(message.get(TEXT) or "", message.get(JOB_WORDS) or [])
