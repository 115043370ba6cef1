"""A classifier over the words of a text, and that it reads as scikit-learn does."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from engine.wording import SCALE, SEEN_IN, Wording, log_shares, weights_of

TEXTS = [
    *(f"how much is the {thing} loan" for thing in ("student", "maintenance", "tuition", "fee")),
    *(f"is there a {thing} bursary" for thing in ("college", "sixth form", "travel", "kit")),
    *(f"what does a {job} do all day" for job in ("vet", "baker", "judge", "diver")),
]
LABELS = ["loan"] * 4 + ["bursary"] * 4 + ["job"] * 4
ASKED = [
    "is there a loan",
    "the the the loan LOAN of a vet",
    "what does a BURSARY do",
    "zebra",
    "",
    "!!! \U0001f600",
    "c",
]


@pytest.fixture(scope="module")
def wording():
    return Wording.learn(TEXTS, LABELS, 0.5, "balanced")


def test_words_decide(wording):
    named = sorted(set(LABELS))
    rows = wording.log_shares(["a loan", "any bursary", "what does one do all day"])
    assert [named[place] for place in rows.argmax(axis=1)] == ["loan", "bursary", "job"]


def test_shares_are_shares(wording):
    assert np.exp(wording.log_shares(ASKED)).sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_it_reads_as_scikit_learn_does(wording):
    reader = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\b\w+\b", min_df=SEEN_IN
    )
    rows = reader.fit_transform(TEXTS) * SCALE
    linear = LogisticRegression(C=0.5, max_iter=200, class_weight="balanced").fit(rows, LABELS)
    theirs = linear.predict_log_proba(reader.transform(ASKED) * SCALE)
    assert np.abs(wording.log_shares(ASKED) - theirs).max() < 5e-3


def test_a_text_without_a_known_word_leaves_what_was_there_before(wording):
    assert wording.log_shares(["zebra"]) == pytest.approx(log_shares(wording.bias[None, :]))


def test_it_is_the_same_after_it_was_written(wording, tmp_path):
    np.savez(tmp_path / "wording.npz", **wording.arrays())
    with np.load(tmp_path / "wording.npz") as arrays:
        again = Wording.from_arrays(arrays)
    assert (again.log_shares(ASKED) == wording.log_shares(ASKED)).all()


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_weights_give_the_classifiers_own_shares(labels):
    chance = np.random.default_rng(labels)
    rows, told = chance.normal(size=(60, 7)), np.arange(60) % labels
    linear = LogisticRegression().fit(rows, told)
    weights, bias = weights_of(linear)
    assert weights.shape == (7, labels)
    assert np.exp(log_shares(rows @ weights + bias)) == pytest.approx(
        linear.predict_proba(rows), abs=1e-4
    )
