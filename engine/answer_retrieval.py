"""The Rasa component that finds which authored answer a question is after, and settles the intent.

The classifier says the broad intent; this ranks the subjects of knowledge/answers, by the same
sentence embeddings, over the example questions of each. Three readings are put together: a linear
classifier over the subjects, which knows what sets them apart, another over the words themselves,
and the likeness to the nearest examples, which knows what is far from all of them. All read the
text with its jobs replaced by a stand-in, as the classifier of intents does; where a job is named
the likeness is also that of the text as it stands, for "what are the steps to being a falconer" is
no question of a dream job.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import minilm
from engine.answer_examples import SUBJECT
from engine.asked import ANSWERS, Clauses
from engine.features import SCALE, without_jobs
from engine.job_titles import JOB_WORDS
from engine.linear import BALANCED, fit
from engine.questions import QUESTIONS
from engine.wording import Wording, log_shares

OUT_OF_SCOPE = "out_of_scope"
FILE = "answers.npz"
WORDING_FILE = "wording.npz"
STEPS = 60
"""So long the classifier of subjects is let learn."""
NEAREST = np.array([0.6, 0.25, 0.15], dtype=np.float32)
"""How much a subject's nearest, second and third nearest example count."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerRetrieval(GraphComponent):
    """Sets `answers` on each message, and on each of its questions when it has several."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings; thresholds were chosen as docs/decisions/0018 says.

        `strength`: C of both logistic regressions; `wording_weight`, `likeness_weight`: how much
        the words and the likeness to the nearest examples count beside the first; `ranked`:
        subjects told for each question.
        `by_subject`: the intents whose answer is found here. Among them the intent is settled by
        classifier and ranking together, the ranking counting `ranking_share` (0 to 1); below the
        likeness `far` a message of such an intent is out of scope after all, unless the classifier
        is `certain`.
        `clause_score`, `clause_likeness`: from which on a clause with such an intent is a question
        of its own; with `clear` and `clear_likeness` it is one whatever its intent. Below the
        likeness `clause_near` its answer has to be one that the whole message is near to.
        A clause is read with what stood before it where that is nearer to an answer by
        `reading_margin`, or brings up an answer that the clause alone is nowhere near only from
        the likeness `completed_likeness` on. `whole_score`: from which on the answer to the whole
        has to be among those of its clauses. Where one answer is told to a message, it is taken
        for that of each clause that it has the score `told_score` for; the others are left open.
        A message of another intent is taken for such a one where a subject has the score `clear`
        and is near enough: `near_out_of_scope` where it was held out of scope, `near_with_job`
        where it names a job, else `near` and `nearer_by_confidence` times the classifier's
        confidence; at least `near_certain` where that is `certain_intent`. Where it names a job
        that nobody knows, the score `unknown_job_score` is enough.
        """
        return {
            "strength": 2.0,
            "wording_weight": 0.8,
            "likeness_weight": 5.0,
            "ranked": 5,
            "by_subject": [],
            "ranking_share": 0.6,
            "far": 0.35,
            "certain": 0.75,
            "clause_score": 0.47,
            "clause_likeness": 0.45,
            "clause_near": 0.68,
            "reading_margin": 0.1,
            "completed_likeness": 0.85,
            "told_score": 0.1,
            "clear_likeness": 0.6,
            "whole_score": 0.5,
            "clear": 0.9,
            "unknown_job_score": 0.47,
            "near": 0.4,
            "nearer_by_confidence": 0.36,
            "near_with_job": 0.74,
            "certain_intent": 0.95,
            "near_certain": 0.83,
            "near_out_of_scope": 0.62,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage | None = None,
        resource: Resource | None = None,
        learnt: dict[str, np.ndarray] | None = None,
        wording: Wording | None = None,
    ) -> None:
        """Take the settings, where to write what is learnt, and what was learnt before."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._learnt = learnt or {}
        self._wording = wording
        # As the embeddings are kept (engine.minilm): people press the same buttons and ask the same
        # things of different jobs. By a hash, without the text.
        self._at_hand: OrderedDict[bytes, list[dict[str, Any]]] = OrderedDict()

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
            refused = any(m.get(INTENT) == OUT_OF_SCOPE for m in training_data.training_examples)
            self._learnt["refuses"] = np.array(refused)
        self._persist()
        return self._resource

    def _learn(self, examples: list[Message]) -> None:
        names = sorted({m.get(SUBJECT) for m in examples})
        numbers = np.array([names.index(m.get(SUBJECT)) for m in examples])
        order = np.argsort(numbers, kind="stable")
        intents = {m.get(SUBJECT): m.get(INTENT) for m in examples}
        self._learnt = {
            "names": np.array(names),
            "intents": np.array([intents[name] for name in names]),
            "numbers": numbers[order],
        }
        texts = [m.get(TEXT) for m in examples]
        masked = _masked(texts, [m.get(JOB_WORDS) or [] for m in examples])
        labels = [m.get(SUBJECT) for m in examples]
        # The words first: vectors may still be under way (engine.head_start).
        self._wording = Wording.learn(masked, labels, self._config["strength"], BALANCED)
        vectors = minilm.shared().embed(masked)
        linear = fit(vectors * SCALE, labels, self._config["strength"], BALANCED, STEPS)
        self._learnt["vectors"] = vectors[order]
        self._learnt["plain"] = minilm.shared().embed(texts)[order]
        self._learnt["bias"] = linear.bias
        self._learnt["weights"] = linear.weights * np.float32(SCALE)
        self._at_hand.clear()

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / FILE, **self._learnt)
            if self._wording:
                np.savez(folder / WORDING_FILE, **self._wording.arrays())

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
        with model_storage.read_from(resource) as folder:
            with np.load(folder / FILE) as arrays:
                learnt = {name: arrays[name] for name in arrays.files}
            wording = None
            if (folder / WORDING_FILE).exists():
                with np.load(folder / WORDING_FILE) as arrays:
                    wording = Wording.from_arrays(arrays)
        return cls(config, model_storage, resource, learnt, wording)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training data alone: nothing behind this component learns from it."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the ranking on each message and on each of its questions."""
        for message in messages:
            text = message.get(TEXT) or ""
            words = message.get(JOB_WORDS) or []
            found = self.rank(text, words)
            message.set(ANSWERS, found, add_to_output=True)
            if found:
                self._settle(message, found, words)
            clauses = Clauses(self._config, self.rank, self._intent_of, self._is_meant)
            message.set(QUESTIONS, clauses.asked(message), add_to_output=True)
        return messages

    def _settle(
        self, message: Message, found: list[dict[str, Any]], words: list[dict[str, Any]]
    ) -> None:
        """Set the message's intent and its ranking to what classifier and subjects say together."""
        ranked = message.get(INTENT_RANKING_KEY) or []
        told = {each["name"]: float(each["confidence"]) for each in ranked}
        if not told:
            return
        intent = max(told, key=lambda name: told[name])
        if intent not in self._config["by_subject"]:
            if self._is_meant(message.get(TEXT), intent, told[intent], found[0], words):
                score = found[0]["score"]
                told = {name: share * (1 - score) for name, share in told.items()}
                told[self._intent_of(found[0])] = score
        elif found[0]["likeness"] < self._config["far"] and told[intent] < self._config["certain"]:
            told[OUT_OF_SCOPE] = max(told.get(OUT_OF_SCOPE, 0.0), told[intent]) + 1e-6
        else:
            told |= self._shared_out(told, found)
        ranking = sorted(told.items(), key=lambda pair: -pair[1])
        message.set(INTENT, {"name": ranking[0][0], "confidence": ranking[0][1]}, True)
        message.set(
            INTENT_RANKING_KEY,
            [{"name": name, "confidence": share} for name, share in ranking],
            add_to_output=True,
        )

    def _shared_out(self, told: dict[str, float], found: list[dict[str, Any]]) -> dict[str, float]:
        """Share the confidence in the intents of `by_subject` out among them anew."""
        masses = dict.fromkeys(self._config["by_subject"], 0.0)
        for answer in found:
            masses[self._intent_of(answer)] += answer["score"]
        share = self._config["ranking_share"]
        least = 0.003
        weights = {
            name: max(told.get(name, 0.0), least) ** (1 - share) * max(mass, least) ** share
            for name, mass in masses.items()
        }
        whole = sum(told.get(name, 0.0) for name in masses)
        total = sum(weights.values())
        return {name: whole * weight / total for name, weight in weights.items()}

    def _is_meant(
        self,
        text: str,
        intent: str,
        confidence: float,
        best: dict[str, Any],
        words: list[dict[str, Any]],
    ) -> bool:
        """Tell whether an authored answer is so near that it is meant, whatever the intent said."""
        settings = self._config
        known = any(word["unit_groups"] for word in words)
        # Without a job that is known, a question about a job leads to a question back at most.
        least = settings["clear"] if known or not words else settings["unknown_job_score"]
        if best["score"] < least:
            return False
        if intent == OUT_OF_SCOPE:
            return bool(best["likeness"] >= settings["near_out_of_scope"])
        needed = settings["near"] + settings["nearer_by_confidence"] * confidence
        if known:
            needed = max(needed, settings["near_with_job"])
        if confidence >= settings["certain_intent"]:
            needed = max(needed, settings["near_certain"])
        if known and (best["likeness"] + 1) / 2 < needed:
            return False  # however near the text as it stands, which need not be embedded then
        near = self._likeness_as_it_stands(text, best) if known else best["likeness"]
        return bool(near >= needed)

    def _likeness_as_it_stands(self, text: str, answer: dict[str, Any]) -> float:
        """Return the likeness to a subject, the mean of the masked text's and the text's own."""
        mine = self._learnt["numbers"] == np.searchsorted(self._learnt["names"], answer["subject"])
        own = _nearest(
            self._learnt["plain"][mine] @ minilm.shared().embed([text])[0], np.zeros(1, int)
        )
        return float((answer["likeness"] + own[0]) / 2)

    def _intent_of(self, answer: dict[str, Any]) -> str:
        place = np.searchsorted(self._learnt["names"], answer["subject"])
        return str(self._learnt["intents"][place])

    def rank(self, text: str, words: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the subjects nearest to a text, best first: [{subject, score, likeness}].

        `score` is from 0 to 1 and sums to 1 over all subjects; `likeness` is the cosine to the
        nearest examples, which is low where a text is far from all of them.
        """
        if not self._learnt or not self._wording or not text.strip():
            return []
        masked = _masked([text], [words])[0]
        key = hashlib.blake2b(masked.encode(), digest_size=16).digest()
        found = self._at_hand.get(key)
        if found is None:
            found = self._at_hand[key] = self._rank(masked, self._wording)
            if len(self._at_hand) > minilm.AT_HAND:
                self._at_hand.popitem(last=False)
        else:
            self._at_hand.move_to_end(key)
        return [dict(answer) for answer in found]

    def _rank(self, masked: str, wording: Wording) -> list[dict[str, Any]]:
        starts = np.searchsorted(self._learnt["numbers"], np.arange(len(self._learnt["names"])))
        vector = minilm.shared().embed([masked])[0]
        meant = log_shares((vector @ self._learnt["weights"] + self._learnt["bias"])[None, :])[0]
        said = wording.log_shares([masked])[0]
        likeness = _nearest(self._learnt["vectors"] @ vector, starts)
        scores = (
            meant
            + self._config["wording_weight"] * said
            + self._config["likeness_weight"] * likeness
        )
        shares = np.exp(log_shares(scores[None, :])[0])
        best = np.argsort(-shares)[: self._config["ranked"]]
        return [
            {
                "subject": str(self._learnt["names"][i]),
                "score": round(float(shares[i]), 4),
                "likeness": round(float(likeness[i]), 4),
            }
            for i in best
        ]


def _masked(texts: list[str], words: list[list[dict[str, Any]]]) -> list[str]:
    """Return the texts as the classifier of intents reads them, whose vectors are at hand."""
    return [without_jobs(text, found) for text, found in zip(texts, words, strict=True)]


def _nearest(likeness: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return for each subject the weighted likeness of its nearest examples.

    `starts` says where each subject's examples begin; none is without.
    """
    sizes = np.diff(starts, append=len(likeness))
    # One row a subject, filled up with what is farther than anything: sorting each subject's
    # examples by itself took a tenth of a turn.
    there = np.arange(int(sizes.max())) < sizes[:, None]
    farness = np.full(there.shape, np.inf, dtype=np.float32)
    farness[there] = -likeness
    wanted = min(len(NEAREST), there.shape[1])
    nearest = -np.sort(np.partition(farness, wanted - 1, axis=1)[:, :wanted], axis=1)
    counted = np.where(np.isfinite(nearest), NEAREST[:wanted], np.float32(0))
    told = np.where(counted > 0, nearest, np.float32(0)) * counted
    return np.asarray(told.sum(axis=1) / counted.sum(axis=1))
