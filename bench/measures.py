"""Percentiles, intervals and F1: the few numbers that every program here reports."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054
"""Standard deviations either side that hold 95% of a normal distribution."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of `values` lie, in the values' unit.

    Between two values it is read off the straight line that joins them, as NumPy does by default.
    Raises ValueError when there are no values or the share is outside 0 to 1.
    """
    if not values:
        raise ValueError("a percentile of nothing")
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def median(values: Sequence[float]) -> float:
    """Return the middle of `values`."""
    return percentile(values, 0.5)


@dataclass(frozen=True)
class Spread:
    """How values lie: their number, p50, p95, p99 and the largest, in the values' unit."""

    count: int
    p50: float
    p95: float
    p99: float
    largest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of `values`; all zero when there are none."""
        if not values:
            return cls(0, 0.0, 0.0, 0.0, 0.0)
        return cls(
            len(values),
            percentile(values, 0.5),
            percentile(values, 0.95),
            percentile(values, 0.99),
            max(values),
        )


def wilson(hits: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of the share hits/of, as (low, high) within 0 to 1.

    Honest for few trials and near 0 or 1, where the textbook interval is not. With no trials
    nothing is known: (0, 1). Raises ValueError for counts that cannot be.
    """
    if not 0 <= hits <= of:
        raise ValueError("hits must lie between 0 and the number of trials")
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    centre = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    low = 0.0 if hits == 0 else (centre - half) / scale
    high = 1.0 if hits == of else (centre + half) / scale
    return low, high


@dataclass(frozen=True)
class Share:
    """A part of a whole, with its 95% interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.of)
        return f"{self.value:.3f}  [{low:.2f}, {high:.2f}]  {self.hits}/{self.of}"

    def as_dict(self) -> dict[str, float]:
        """Return value, interval and counts as plain data."""
        low, high = wilson(self.hits, self.of)
        return {"value": self.value, "low": low, "high": high, "hits": self.hits, "of": self.of}


@dataclass(frozen=True)
class Matches:
    """What was found rightly, wrongly, and not at all."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right; 0 when nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Of what there was, the share that was found; 0 when there was nothing."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 0.0

    def __add__(self, other: Matches) -> Matches:
        return Matches(
            self.right + other.right, self.wrong + other.wrong, self.missed + other.missed
        )

    def as_dict(self) -> dict[str, float]:
        """Return the counts and the three shares as plain data."""
        return {
            "f1": self.f1,
            "precision": self.precision,
            "recall": self.recall,
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
        }


def macro_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """Return the mean F1 over the labels that occur as gold in (gold, told) pairs; 0 for none."""
    rights: Counter[str] = Counter()
    wrongs: Counter[str] = Counter()
    misses: Counter[str] = Counter()
    labels = set()
    for gold, told in pairs:
        labels.add(gold)
        if gold == told:
            rights[gold] += 1
        else:
            wrongs[told] += 1
            misses[gold] += 1
    if not labels:
        return 0.0
    return sum(Matches(rights[x], wrongs[x], misses[x]).f1 for x in labels) / len(labels)


def growth(times: Sequence[float], window: int) -> tuple[float, float, float]:
    """Return (median of the first `window` times, of the last, last/first).

    Raises ValueError when the two windows would overlap.
    """
    if window < 1 or len(times) < 2 * window:
        raise ValueError("too few times for two windows")
    first, last = median(times[:window]), median(times[-window:])
    return first, last, last / first if first else math.inf
