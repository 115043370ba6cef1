"""Multinomial logistic regression in single precision: what scikit-learn's does, in a third of it.

The same objective by the same method (L-BFGS, ten steps remembered), so that the classifier after
so many steps is scikit-learn's after as many; tests/engine/test_linear.py holds the two against
each other. Scikit-learn reckons in double precision, and spends more on the method than on the
examples where there are ten thousand words and two hundred labels.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

BALANCED = "balanced"
_REMEMBERED = 10
_ENOUGH_LESS = 1e-3
_LEVEL_ENOUGH = 0.9
"""A step is taken when it goes down by so much of what the slope promised, and the slope at its end
is at most so much of what it was (Wolfe's conditions)."""
_MOST_TRIED = 20
_Told = tuple[float, np.ndarray]
_Function = Callable[[np.ndarray], _Told]


class Linear(NamedTuple):
    """A classifier: scores of `labels` are `rows @ weights + bias`, their shares the softmax.

    `labels`: sorted, n of them; `weights`: (features, n), `bias`: (n,), both float32.
    """

    labels: list[str]
    weights: np.ndarray
    bias: np.ndarray


def fit(
    rows: np.ndarray | csr_matrix,
    labels: Sequence[str],
    strength: float,
    label_weights: Mapping[str, float] | str,
    steps: int,
) -> Linear:
    """Learn from rows (examples, features), dense or sparse, and the label of each.

    `strength`: how much the examples count against small weights (scikit-learn's C);
    `label_weights`: how much an example of each label counts, or `BALANCED`; `steps`: at most so
    many. Raises `ValueError` where rows and labels are not as many.
    """
    if rows.shape[0] != len(labels):
        raise ValueError(f"{rows.shape[0]} rows and {len(labels)} labels")
    names, places = np.unique(np.asarray(labels), return_inverse=True)
    if label_weights == BALANCED:
        label_weights = balanced(labels)
    counted = np.array([label_weights[name] for name in names], dtype=np.float32)[places]
    told = _objective(rows.astype(np.float32), places, counted * np.float32(strength), len(names))
    start = np.zeros((rows.shape[1] + 1, len(names)), dtype=np.float32)
    best = _lowest(told, start, steps)
    return Linear([str(name) for name in names], best[:-1], best[-1])


def balanced(labels: Sequence[str]) -> dict[str, float]:
    """Return how much an example of each label counts, so that all labels count alike."""
    counts = Counter(labels)
    return {label: len(labels) / (len(counts) * n) for label, n in counts.items()}


def _objective(
    rows: np.ndarray | csr_matrix, places: np.ndarray, counted: np.ndarray, labels: int
) -> _Function:
    """Return the function to make small: what it gives at weights and bias, and its gradient.

    Both are arrays (features + 1, labels), the bias last; it is not held small.
    """
    turned = rows.T if isinstance(rows, np.ndarray) else rows.T.tocsr()
    examples = np.arange(len(places))

    def told(at: np.ndarray) -> _Told:
        weights, bias = at[:-1], at[-1]
        scores = rows @ weights
        scores += bias
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[examples, places]
        np.exp(scores, out=scores)
        sums = scores.sum(axis=1)
        lost = float(np.dot(counted.astype(np.float64), np.log(sums) - right))
        scores *= (counted / sums)[:, None]
        scores[examples, places] -= counted
        gradient = np.empty_like(at)
        gradient[:-1] = turned @ scores
        gradient[:-1] += weights
        gradient[-1] = scores.sum(axis=0)
        return lost + float(np.vdot(weights, weights)) / 2, gradient

    return told


def _lowest(told: _Function, start: np.ndarray, steps: int) -> np.ndarray:
    """Return where `told` is low after so many steps of L-BFGS from `start`."""
    at, (value, gradient) = start, told(start)
    moved: deque[tuple[np.ndarray, np.ndarray, float]] = deque(maxlen=_REMEMBERED)
    for _ in range(steps):
        way = _way_down(gradient, moved)
        slope = float(np.vdot(way, gradient))
        if slope >= 0:
            break
        first = 1.0 if moved else 1.0 / float(np.linalg.norm(gradient))
        found = _step(told, at, way, value, slope, first)
        if found is None:
            break  # level within single precision
        value, further, new = found
        step, change = further - at, new - gradient
        bend = float(np.vdot(step, change))
        if bend > 0:
            moved.append((step, change, bend))
        at, gradient = further, new
    return at


def _way_down(
    gradient: np.ndarray, moved: deque[tuple[np.ndarray, np.ndarray, float]]
) -> np.ndarray:
    """Return L-BFGS's direction: the gradient seen through the last steps' bends."""
    way = -gradient
    shares = []
    for step, change, bend in reversed(moved):
        share = float(np.vdot(step, way)) / bend
        way -= np.float32(share) * change
        shares.append(share)
    if moved:
        _, change, bend = moved[-1]
        way *= np.float32(bend / float(np.vdot(change, change)))
    for (step, change, bend), share in zip(moved, reversed(shares), strict=True):
        way += np.float32(share - float(np.vdot(change, way)) / bend) * step
    return way


def _step(
    told: _Function, at: np.ndarray, way: np.ndarray, value: float, slope: float, first: float
) -> tuple[float, np.ndarray, np.ndarray] | None:
    """Return value, place and gradient after a step along `way`; None where nothing is lower."""
    shortest, longest, length = _Tried(0.0, value, slope), np.inf, first
    for _ in range(_MOST_TRIED):
        further = at + np.float32(length) * way
        lower, gradient = told(further)
        here = _Tried(length, lower, float(np.vdot(way, gradient)))
        if lower > value + _ENOUGH_LESS * length * slope:
            longest, length = length, _shorter(shortest, here)
        elif here.slope < _LEVEL_ENOUGH * slope:
            far = np.isinf(longest)
            length = _longer(shortest, here) if far else (here.length + longest) / 2
            shortest = here
        else:
            return lower, further, gradient
    return None


class _Tried(NamedTuple):
    """A length tried of a step, what the function gives there, and its slope along the way."""

    length: float
    value: float
    slope: float


# Which length to try next, as Moré and Thuente have it: where the cubic through all that is known
# of two lengths is level, unless a simpler guess is wiser.


def _longer(before: _Tried, here: _Tried) -> float:
    """Return the length to try after one that is not enough."""
    back = before.length - here.length
    if here.slope <= before.slope:
        return here.length - 4 * back
    bend, root = _cubic(before, here)
    line = here.length + here.slope / (here.slope - before.slope) * back
    share = (bend - root - here.slope) / (before.slope - here.slope - 2 * root)
    cubic = here.length + share * back if share < 0 and root else np.inf
    return float(np.clip(max(line, cubic), here.length - 1.1 * back, here.length - 4 * back))


def _shorter(before: _Tried, here: _Tried) -> float:
    """Return the length to try after one that is too much."""
    on = here.length - before.length
    bend, root = _cubic(before, here)
    cubic = (bend + root - before.slope) / (2 * root - before.slope + here.slope) * on
    fallen = (before.value - here.value) / on + before.slope
    parabola = before.slope / fallen / 2 * on
    return before.length + (cubic if cubic < parabola else (cubic + parabola) / 2)


def _cubic(before: _Tried, here: _Tried) -> tuple[float, float]:
    on = here.length - before.length
    bend = 3 * (before.value - here.value) / on + before.slope + here.slope
    return bend, float(np.sqrt(max(0.0, bend**2 - before.slope * here.slope)))
