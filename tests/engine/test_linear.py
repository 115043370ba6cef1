"""Our logistic regression against scikit-learn's."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from engine.linear import BALANCED, balanced, fit

STRENGTH = 0.7


def examples(labels: int, count: int = 300, features: int = 12):
    """Rows that lean to their label, labels of very different sizes."""
    chance = np.random.default_rng(labels)
    told = (chance.random(count) ** 2 * labels).astype(int)
    middles = chance.normal(size=(labels, features))
    rows = (middles[told] + chance.normal(size=(count, features))).astype(np.float32)
    return rows, [f"label {chr(ord('z') - place)}" for place in told]


def shares(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("labels", [3, 8, 20])
@pytest.mark.parametrize("steps", [5, 25, 300])
def test_it_learns_what_scikit_learn_learns_in_as_many_steps(labels, steps):
    rows, told = examples(labels)
    theirs = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=steps).fit(rows, told)
    ours = fit(rows, told, STRENGTH, BALANCED, steps)
    assert ours.labels == list(theirs.classes_)
    near = 0.002 if steps == 300 else 0.02
    assert np.abs(shares(rows @ ours.weights + ours.bias) - theirs.predict_proba(rows)).max() < near


def test_sparse_rows_give_the_same():
    rows, told = examples(5)
    rows[np.abs(rows) < 0.8] = 0
    dense, sparse = (fit(each, told, STRENGTH, BALANCED, 30) for each in (rows, csr_matrix(rows)))
    assert sparse.weights == pytest.approx(dense.weights, abs=5e-3)


def test_a_label_that_counts_more_is_told_more_often():
    rows, told = examples(3)
    even = dict.fromkeys(told, 1.0)
    often = []
    for weights in (even, {**even, "label x": 20.0}):
        learnt = fit(rows, told, STRENGTH, weights, 50)
        told_so = shares(rows @ learnt.weights + learnt.bias)[:, learnt.labels.index("label x")]
        often.append(told_so.sum())
    assert often[1] > often[0] + 5


def test_balanced_weights_are_scikit_learns():
    assert balanced(["a", "b", "b", "b"]) == {"a": 2.0, "b": pytest.approx(2 / 3)}


def test_numbers_are_in_single_precision():
    learnt = fit(*examples(4), STRENGTH, BALANCED, 10)
    assert learnt.weights.dtype == learnt.bias.dtype == np.float32
    assert learnt.weights.shape == (12, 4)


def test_one_label_is_always_told():
    rows, _ = examples(2)
    learnt = fit(rows, ["only"] * len(rows), STRENGTH, BALANCED, 10)
    assert shares(rows @ learnt.weights + learnt.bias) == pytest.approx(1.0)


def test_rows_and_labels_must_be_as_many():
    with pytest.raises(ValueError, match="3 rows and 2 labels"):
        fit(np.ones((3, 2)), ["a", "b"], STRENGTH, BALANCED, 1)
