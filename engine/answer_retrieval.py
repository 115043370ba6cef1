"""The Rasa component that finds which authored answer a question is after.

The classifier says the broad intent; this ranks the subjects of knowledge/answers, by the same
sentence embeddings, over the example questions of each. Two readings are put together: a linear
classifier over the subjects, which knows what sets them apart, and the likeness to the nearest
examples, which knows what is far from all of them. Both read the text with its jobs replaced by a
stand-in, as the classifier of intents does; where a job is named the likeness is also that of the
text as it stands, for "what are the steps to being a falconer" is no question of a dream job.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from engine import minilm
from engine.answer_examples import SUBJECT
from engine.features import SCALE, inside, without_jobs
from engine.job_titles import JOB_WORDS
from engine.questions import QUESTIONS

ANSWERS = "answers"
"""The message property with the ranking: [{subject, score, likeness}], best first."""
FILE = "answers.npz"
NEAREST = np.array([0.6, 0.25, 0.15], dtype=np.float32)
"""How much a subject's nearest, second and third nearest example count."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerRetrieval(GraphComponent):
    """Sets `answers` on each message, and on each of its questions when it has several."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings.

        `strength`: C of the logistic regression; `likeness_weight`: how much the likeness to the
        nearest examples counts beside them; `ranked`: subjects told for each question;
        `by_subject`: the intents whose answer is found here; `clause_score` and
        `clause_likeness`: from which on a clause with such an intent is a question of its own.
        """
        return {
            "strength": 2.0,
            "likeness_weight": 5.0,
            "ranked": 5,
            "clause_score": 0.6,
            "clause_likeness": 0.45,
            "by_subject": [],
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage | None = None,
        resource: Resource | None = None,
        learnt: dict[str, np.ndarray] | None = None,
    ) -> None:
        """Take the settings, where to write what is learnt, and what was learnt before."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._learnt = learnt or {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerRetrieval:
        """Make an untrained component (see GraphComponent)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the subjects from the examples that carry one."""
        examples = [m for m in training_data.training_examples if m.get(SUBJECT) and m.get(TEXT)]
        if examples:
            self._learn(examples)
        self._persist()
        return self._resource

    def _learn(self, examples: list[Message]) -> None:
        names = sorted({m.get(SUBJECT) for m in examples})
        numbers = np.array([names.index(m.get(SUBJECT)) for m in examples])
        order = np.argsort(numbers, kind="stable")
        self._learnt = {"names": np.array(names), "numbers": numbers[order]}
        texts = [m.get(TEXT) for m in examples]
        vectors = _vectors(texts, [m.get(JOB_WORDS) or [] for m in examples])
        linear = LogisticRegression(
            C=self._config["strength"], max_iter=60, tol=1e-3, class_weight="balanced"
        )
        linear.fit(vectors * SCALE, numbers)
        self._learnt["vectors"] = vectors[order]
        self._learnt["plain"] = minilm.shared().embed(texts)[order]
        self._learnt["weights"] = (linear.coef_.T * SCALE).astype(np.float32)
        self._learnt["bias"] = linear.intercept_.astype(np.float32)

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / FILE, **self._learnt)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerRetrieval:
        """Read what was learnt from the model."""
        with model_storage.read_from(resource) as folder, np.load(folder / FILE) as learnt:
            return cls(config, model_storage, resource, {k: learnt[k] for k in learnt.files})

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data alone: nothing behind this component learns from it."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the ranking on each message and on each of its questions."""
        for message in messages:
            text = message.get(TEXT) or ""
            words = message.get(JOB_WORDS) or []
            message.set(ANSWERS, self.rank(text, words), add_to_output=True)
            message.set(QUESTIONS, self._asked(message, words), add_to_output=True)
        return messages

    def _asked(self, message: Message, words: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the message's questions, each with its ranking.

        A clause that no answer fits well is no question of its own, nor is one that asks for the
        same answer as another; when fewer than two are left, the message is read as a whole.
        """
        questions = message.get(QUESTIONS) or []
        if len(questions) < 2:
            return questions
        kept: list[dict[str, Any]] = []
        for question in questions:
            found = self.rank(question["text"], inside(words, question["start"], question["text"]))
            subject = None
            if question["intent"] in self._config["by_subject"]:
                if not found or not self._stands_alone(found[0]):
                    continue
                subject = found[0]["subject"]
            if (question["intent"], subject) not in [(q["intent"], q["subject"]) for q in kept]:
                kept.append({**question, "subject": subject, ANSWERS: found})
        if len({q["subject"] or q["intent"] for q in kept}) < 2:
            intent = message.get(INTENT)
            return [
                {
                    "intent": intent["name"],
                    "confidence": float(intent["confidence"]),
                    "text": message.get(TEXT),
                    "start": 0,
                    ANSWERS: message.get(ANSWERS),
                }
            ]
        return kept

    def _stands_alone(self, best: dict[str, Any]) -> bool:
        return (
            best["score"] >= self._config["clause_score"]
            and best["likeness"] >= self._config["clause_likeness"]
        )

    def rank(self, text: str, words: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the subjects nearest to a text, best first: [{subject, score, likeness}].

        `score` is from 0 to 1 and sums to 1 over all subjects; `likeness` is the cosine to the
        nearest examples, which is low where a text is far from all of them.
        """
        if not self._learnt or not text.strip():
            return []
        starts = np.searchsorted(self._learnt["numbers"], np.arange(len(self._learnt["names"])))
        vector = _vectors([text], [words])[0]
        logits = vector @ self._learnt["weights"] + self._learnt["bias"]
        likeness = _nearest(self._learnt["vectors"] @ vector, starts)
        scores = logits - _log_sum(logits) + self._config["likeness_weight"] * likeness
        if words:
            plain = minilm.shared().embed([text])[0]
            likeness = (likeness + _nearest(self._learnt["plain"] @ plain, starts)) / 2
        shares = np.exp(scores - _log_sum(scores))
        best = np.argsort(-shares)[: self._config["ranked"]]
        return [
            {
                "subject": str(self._learnt["names"][i]),
                "score": round(float(shares[i]), 4),
                "likeness": round(float(likeness[i]), 4),
            }
            for i in best
        ]


def _vectors(texts: list[str], words: list[list[dict[str, Any]]]) -> np.ndarray:
    """Return the vectors of texts whose jobs are masked; those of the classifier, kept at hand."""
    masked = [without_jobs(text, found) for text, found in zip(texts, words, strict=True)]
    return minilm.shared().embed(masked)


def _nearest(likeness: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return for each subject the weighted likeness of its nearest examples."""
    groups = np.split(likeness, starts[1:])
    told = np.zeros(len(groups), dtype=np.float32)
    for number, group in enumerate(groups):
        top = -np.sort(-group)[: len(NEAREST)]
        told[number] = float(top @ NEAREST[: len(top)] / NEAREST[: len(top)].sum())
    return told


def _log_sum(numbers: np.ndarray) -> float:
    highest = float(numbers.max())
    return highest + float(np.log(np.exp(numbers - highest).sum()))
