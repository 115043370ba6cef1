"""What the classifier sees of a text: its meaning without the job, and how much of it is a job."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import minilm

SCALE = 10.0
"""The unit vectors are stretched; unscaled, the linear classifier gains nothing from them."""
JOB_WEIGHT = 2.0
STAND_IN = "nurse"
"""Stands for every job, so that "what does a vet earn" and "what does a florist earn" are one."""
DIMENSIONS = minilm.DIMENSIONS + 2


def question_features(texts: list[str], job_words: list[list[dict[str, Any]]]) -> np.ndarray:
    """Return an array (len(texts), DIMENSIONS) for texts and the job words found in each.

    Job words are dicts with `start` and `end`, offsets into their text.
    """
    vectors = minilm.shared().embed(
        [without_jobs(text, words) for text, words in zip(texts, job_words, strict=True)]
    )
    told = np.array(
        [job_numbers(text, words) for text, words in zip(texts, job_words, strict=True)],
        dtype=np.float32,
    )
    return np.hstack([vectors * SCALE, told * JOB_WEIGHT])


def without_jobs(text: str, job_words: list[dict[str, Any]]) -> str:
    """Replace each job word of `text` by the stand-in."""
    for word in sorted(job_words, key=lambda w: w["start"], reverse=True):
        text = text[: word["start"]] + STAND_IN + text[word["end"] :]
    return text


def job_numbers(text: str, job_words: list[dict[str, Any]]) -> tuple[float, float]:
    """Return how many jobs are named (0 to 2) and what share of the text they fill (0 to 1)."""
    filled = sum(word["end"] - word["start"] for word in job_words)
    return float(min(len(job_words), 2)), filled / max(len(text.strip()), 1)


def inside(job_words: list[dict[str, Any]], start: int, clause: str) -> list[dict[str, Any]]:
    """Return the job words within a clause that begins at `start`, with offsets into the clause."""
    end = start + len(clause)
    return [
        {**word, "start": word["start"] - start, "end": word["end"] - start}
        for word in job_words
        if start <= word["start"] and word["end"] <= end
    ]
