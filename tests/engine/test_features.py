"""What the classifier sees: the job is replaced by a stand-in, and its share is told."""

import numpy as np
import pytest

from engine import features, job_titles, known_jobs


def words_of(text):
    return [job_titles.as_dict(found) for found in known_jobs.shared().find(text)]


def row(text):
    return features.question_features([text], [words_of(text)])[0]


def test_the_job_makes_no_difference_to_the_meaning():
    vet, florist = row("what does a vet earn"), row("what does a florist earn")
    assert vet[: features.minilm.DIMENSIONS] == pytest.approx(
        florist[: features.minilm.DIMENSIONS], abs=1e-4
    )


def test_shape_and_scale():
    rows = features.question_features(["hello", "vet", ""], [[], words_of("vet"), []])
    assert rows.shape == (3, features.DIMENSIONS)
    lengths = np.linalg.norm(rows[:, : features.minilm.DIMENSIONS], axis=1)
    assert lengths == pytest.approx(features.SCALE, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "jobs", "share"),
    [
        ("hello", 0, 0.0),
        ("vet", 1, 1.0),
        ("vet or plumber", 2, 10 / 14),
        ("vet, plumber or chef", 2, 14 / 20),
        ("", 0, 0.0),
    ],
)
def test_how_much_of_a_text_is_a_job(text, jobs, share):
    told = features.job_numbers(text, words_of(text))
    assert told == (jobs, pytest.approx(share))


def test_every_job_is_replaced_whatever_the_order():
    text = "vet or plumber"
    words = words_of(text)
    assert features.without_jobs(text, words) == "nurse or nurse"
    assert features.without_jobs(text, words[::-1]) == "nurse or nurse"


@pytest.mark.parametrize(
    "text", ["what does a vet earn", "\U0001f600 compare vet and electrician \U0001f600", "no job"]
)
def test_job_words_are_found_where_they_stand(text):
    for word in words_of(text):
        assert text[word["start"] : word["end"]] == word["text"]
        assert set(word) >= {"name", "plural", "ambiguous", "unit_groups"}
        for group in word["unit_groups"]:
            assert len(group["soc2020"]) == 4
            assert 0 <= group["score"] <= 1
