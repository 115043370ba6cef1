"""Misspelt job words: as they sound, the commoner job of two, and never from an ordinary word."""

import pytest

from lmi.occupations.spelling import Speller, skeleton, sound


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lectrician", "electrician"),
        ("elektrishun", "electrician"),
        ("plummer", "plumber"),
        ("plomer", "plumber"),
        ("polis", "police officer"),
        ("polis officer", "police officer"),
        ("vetrinary", "vet"),
        ("vetrinary nurse", "veterinary nurse"),
        ("nirse", "nurse"),
        ("teecher", "teacher"),
        ("hairdreser", "hairdresser"),
        ("what about a nirse", "nurse"),
        ("phisiotherapist", "physiotherapist"),  # and no therapist after a prefix
        ("psycotherapist", "psychotherapist"),
    ],
)
def test_a_misspelt_job_is_the_job(titles, typed, name):
    assert [job.name for job in titles.find(typed)] == [name]


@pytest.mark.parametrize(("typed", "right"), [("teecher", "teacher"), ("nirse", "nurse")])
def test_a_misspelling_means_the_same_groups_as_the_right_word(titles, typed, right):
    wrong, meant = titles.find(typed)[0], titles.find(right)[0]
    assert [group.soc2020 for group in wrong.unit_groups] == [
        group.soc2020 for group in meant.unit_groups
    ]
    assert wrong.ambiguous == meant.ambiguous


def test_words_that_sound_alike_agree():
    assert sound("elektrishun") == sound("electrician")
    assert sound("polis") == sound("police")
    assert skeleton("plomer") == skeleton("plumber")
    assert skeleton("plomer") != skeleton("palette")


def test_of_two_that_are_as_near_the_commoner_job_is_meant():
    jobs = {"carver": 100, "carter": 90_000}
    speller = Speller(["carver", "carter"], frozenset(), lambda word: jobs.get(word, 0))
    assert speller.correct("carber", True) == "carter"
    jobs = {"carver": 90_000, "carter": 100}
    speller = Speller(["carver", "carter"], frozenset(), lambda word: jobs.get(word, 0))
    assert speller.correct("carber", True) == "carver"


def test_a_vowel_left_out_at_the_start_is_forgiven_and_nothing_else():
    speller = Speller(["electrician"], frozenset())
    assert speller.correct("lectrician", False) == "electrician"
    assert speller.correct("lectern", True) is None


@pytest.mark.parametrize("word", ["beggar", "pasture", "imaginary", "purest"])
def test_ordinary_words_are_not_corrected(titles, word):
    assert titles.find(word) == []
    assert titles.find(f"what about a {word}") == []
