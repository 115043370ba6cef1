import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measures import Matches, Share, Spread, growth, macro_f1, median, percentile, wilson

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@given(numbers, st.floats(0, 1))
def test_a_percentile_is_numpys(values, share):
    assert percentile(values, share) == pytest.approx(
        float(np.percentile(values, share * 100)), rel=1e-6, abs=1e-6
    )


def test_the_median_of_an_even_number_lies_between():
    assert median([4, 1, 3, 2]) == 2.5


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.1), ([1.0], -0.1)])
def test_a_percentile_that_cannot_be(values, share):
    with pytest.raises(ValueError):
        percentile(values, share)


def test_spread_names_the_tail():
    spread = Spread.of([float(n) for n in range(1, 102)])
    assert (spread.count, spread.p50, spread.p95, spread.p99, spread.largest) == (
        101, 51, 96, 100, 101,
    )  # fmt: skip


def test_spread_of_nothing():
    assert Spread.of([]) == Spread(0, 0.0, 0.0, 0.0, 0.0)


# Newcombe (1998), Statistics in Medicine 17, table I: method 3, the Wilson score interval.
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_as_published(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_all_reaches_one():
    assert wilson(20, 20) == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)


def test_wilson_of_no_trials_knows_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "of"), [(2, 1), (-1, 3)])
def test_wilson_refuses_counts_that_cannot_be(hits, of):
    with pytest.raises(ValueError):
        wilson(hits, of)


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_its_share(hits, more):
    of = hits + more
    low, high = wilson(hits, of)
    assert 0 <= low <= high <= 1
    if of:
        assert low - 1e-12 <= hits / of <= high + 1e-12


def test_a_share_reads_well():
    assert str(Share(9, 10)) == "0.900  [0.60, 0.98]  9/10"
    assert Share(0, 0).value == 0.0


def test_matches():
    matches = Matches(6, 2, 1) + Matches(2, 0, 1)
    assert (matches.precision, matches.recall) == (0.8, 0.8)
    assert matches.f1 == pytest.approx(0.8)
    assert Matches(0, 0, 0).f1 == 0.0


def test_macro_f1_weighs_labels_alike():
    pairs = [("a", "a")] * 98 + [("b", "a"), ("b", "b")]
    f1_a, f1_b = 2 * 98 / (2 * 98 + 1), 2 * 1 / (2 * 1 + 1)
    assert macro_f1(pairs) == pytest.approx((f1_a + f1_b) / 2)


def test_macro_f1_counts_no_label_that_is_only_told():
    assert macro_f1([("a", "a"), ("a", "other")]) == pytest.approx(2 / 3)
    assert macro_f1([]) == 0.0


def test_growth_compares_the_ends():
    assert growth([1, 1, 9, 5, 2, 2, 100], 3) == (1, 2, 2)
    assert growth([0, 0, 1, 1], 2)[2] == math.inf


def test_growth_needs_two_windows():
    with pytest.raises(ValueError):
        growth([1, 2, 3], 2)
