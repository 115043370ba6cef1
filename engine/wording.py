"""What the words of a text say of it: a linear classifier over its words and pairs of words.

A sentence embedding knows what is meant alike, and blurs what sets two near subjects apart, such as
"bursary" and "loan". The words themselves keep that. Two readings that err differently are right
more often together than either (docs/decisions/0003-sentence-embeddings.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from engine.linear import fit

SEEN_IN = 4
"""A word or a pair of words counts from so many examples on."""
SCALE = 6.0
"""The unit rows are stretched, so that the classifier's strength means what it does elsewhere."""
STEPS = 25
"""So long the classifier is let learn; docs/decisions/0003 gives what was measured with it."""


class Wording:
    """Tells from words alone how likely each label of a text is."""

    def __init__(
        self, words: Sequence[str], rarity: np.ndarray, weights: np.ndarray, bias: np.ndarray
    ) -> None:
        """Take the words, how rare each is (idf), and the weights (words, labels) of each label."""
        self.words = list(words)
        self.rarity = rarity
        self.weights = weights
        self.bias = bias
        self._places = {word: place for place, word in enumerate(self.words)}
        self._terms = _reader().build_analyzer()

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        strength: float,
        label_weights: Mapping[str, float] | str,
    ) -> Wording:
        """Learn from texts and the label of each; labels are in sorted order ever after.

        `strength`: C of the logistic regression; `label_weights`: how much an example of each
        label counts, or "balanced".
        """
        reader = _reader(min_df=min(SEEN_IN, len(texts)))
        rows = reader.fit_transform(texts) * SCALE
        learnt = fit(rows, labels, strength, label_weights, STEPS)
        return cls(
            reader.get_feature_names_out(),
            reader.idf_.astype(np.float32),
            learnt.weights * np.float32(SCALE),
            learnt.bias,
        )

    def log_shares(self, texts: Sequence[str]) -> np.ndarray:
        """Return the logarithm of each label's share, an array (texts, labels)."""
        return log_shares(np.stack([self._scores(text) for text in texts]))

    def _scores(self, text: str) -> np.ndarray:
        # What scikit-learn's transform gives for one text, without the checks that it makes for
        # many; tests/engine/test_wording.py holds the two against each other.
        counted = Counter(self._places[term] for term in self._terms(text) if term in self._places)
        if not counted:
            return self.bias
        places = np.fromiter(counted, dtype=np.intp)
        times = np.fromiter(counted.values(), dtype=np.float32)
        row = (1 + np.log(times)) * self.rarity[places]
        return np.asarray(row / np.linalg.norm(row) @ self.weights[places] + self.bias)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all that `from_arrays` needs, for numpy to write."""
        return {
            "words": np.array(self.words),
            "rarity": self.rarity,
            "weights": self.weights,
            "bias": self.bias,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Wording:
        """Make it again from what `arrays` returned."""
        words = arrays["words"].tolist()
        return cls(words, arrays["rarity"], arrays["weights"], arrays["bias"])


def weights_of(linear: LogisticRegression) -> tuple[np.ndarray, np.ndarray]:
    """Return a fitted classifier's weights (features, labels) and bias (labels), float32."""
    weights, bias = linear.coef_, linear.intercept_
    if len(bias) == 1:  # of two labels scikit-learn keeps the second's alone
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)


def log_shares(scores: np.ndarray) -> np.ndarray:
    """Return the logarithms of the shares (softmax) that each row of scores stands for."""
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def _reader(**settings: Any) -> TfidfVectorizer:
    return TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        token_pattern=r"(?u)\b\w+\b",  # noqa: S106 - "a" and "i" are words, and so is "c" in "c grade"
        dtype=np.float32,
        **settings,
    )
