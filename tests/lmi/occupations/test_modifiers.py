"""Words before a job, words that mean several jobs, and the unit groups that come second."""

import pytest


def codes(job):
    return [group.soc2020 for group in job.unit_groups]


def only(titles, text):
    found = titles.find(text)
    assert len(found) == 1, [job.text for job in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("how much does a plumbing apprentice make", "plumbing apprentice", "5315"),
        ("bricklaying apprentice pay", "bricklaying apprentice", "5313"),
        ("i want to be a carpentry apprentice", "carpentry apprentice", "5316"),
        ("how much do apprentice electricians earn", "apprentice electricians", "5241"),
        ("surgical technicians salary", "surgical technicians", "2259"),
        ("what does a mammography tech do", "mammography tech", "2254"),
        ("become a swim instructor", "swim instructor", "3432"),
        ("how much does a minecraft youtuber make", "minecraft youtuber", "3413"),
        ("how much does an ice road trucker make", "ice road trucker", "8211"),
        ("i want to be a CPA", "CPA", "2421"),
    ],
)
def test_a_job_with_words_before_it_is_found_whole(titles, text, words, code):
    job = only(titles, text)
    assert (job.text, codes(job)[0]) == (words, code)


def test_an_office_worker_is_no_worker_in_a_field(titles):
    assert only(titles, "how much does an office worker make").text == "office worker"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("software enginer", "2134"),
        ("vetinery nurse", "3240"),
        ("taxi drivr", "8213"),
        ("personel trainer", "3433"),
        ("social woker", "2461"),
        ("cabin crue", "6213"),
        ("paramedick", "2255"),
        ("dentis", "2253"),
        ("accountan", "2421"),
        ("ambulence driver", "6132"),
    ],
)
def test_a_neighbour_helps_to_read_a_misspelling(titles, typed, code):
    for text in (typed, f"i want to be a {typed}"):
        job = only(titles, text)
        assert codes(job)[0] == code
        assert typed not in job.name.split()


@pytest.mark.parametrize("text", ["diploma", "school leavers", "the bursary", "olympia"])
def test_an_ordinary_word_beside_a_job_word_is_not_corrected(titles, text):
    assert titles.find(text) == []


@pytest.mark.parametrize(
    ("word", "first", "other"),
    [
        ("robotics engineer", "2122", "2124"),
        ("animator", "2142", "3411"),
        ("singer", "3413", "3415"),
        ("surgical technologist", "2259", "3213"),
        ("paralegal", "2419", "3520"),
        ("bodyguard", "9231", "3319"),
    ],
)
def test_another_likely_group_comes_second_and_is_no_reason_to_ask(titles, word, first, other):
    job = only(titles, word)
    assert codes(job)[0] == first
    assert other in codes(job)[:3]
    assert not job.ambiguous
