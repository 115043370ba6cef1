import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measures import Matches
from bench.nlu.job_words import bare, exact, found_within, overlapping

words = st.lists(st.sampled_from(["vet", "vet nurse", "the nurse", "chef", "HGV driver"]))


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("The Vet", "vet"),
        ("an  engineer, civil", "engineer civil"),
        ("vet's", "vets"),
        ("cota/l", "cota l"),
        ("the", ""),
    ],
)
def test_bare(written, compared):
    assert bare(written) == compared


def test_exact_spans():
    assert exact(["a vet", "nurse"], ["Vet", "nurses"]) == Matches(1, 1, 1)


def test_a_job_named_twice_counts_twice():
    assert exact(["surgeons", "surgeons"], ["surgeons"]) == Matches(1, 0, 1)


def test_overlap_pairs_each_span_once():
    assert overlapping(["vet nurse", "chef"], ["nurse", "vet"]) == Matches(1, 1, 1)


def test_overlap_prefers_the_closer_span():
    assert overlapping(["dental nurse", "nurse"], ["nurse", "dental nurse"]) == Matches(2, 0, 0)


@given(words, words)
def test_overlap_finds_all_that_exact_finds(gold, told):
    whole, part = exact(gold, told), overlapping(gold, told)
    assert part.right >= whole.right
    assert part.right + part.missed == len(gold)
    assert part.right + part.wrong == len(told)


def test_found_within_the_first_candidates():
    spans = [("1111", "2222"), ("3333", "4444", "5555", "2461")]
    assert found_within(frozenset({"3333"}), spans, 1)
    assert not found_within(frozenset({"2222"}), spans, 1)
    assert found_within(frozenset({"2222"}), spans, 3)
    assert not found_within(frozenset({"2461"}), spans, 3)
