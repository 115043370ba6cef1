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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("how do i become a tennis teacher", "3432"),
        ("what does a judo instructor earn", "3432"),
        ("wedding manager pay", "3557"),
        ("how do i become a web engineer", "2134"),
        ("i want to be a boat engineer", "5235"),
        ("racing car driver salary", "3431"),
    ],
)
def test_a_job_of_the_same_kind_tells_more_than_the_last_word(titles, text, code):
    job = only(titles, text)
    assert codes(job)[0] == code
    assert job.modifier == ""


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("neuroradiologist", "2212"),
        ("urogynaecologists", "2212"),
        ("neuropathologist", "2212"),
        ("photojournalist", "2492"),
    ],
)
def test_a_learned_word_before_a_job_makes_no_new_job(titles, word, code):
    assert codes(only(titles, f"{word} salary"))[0] == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("is csi a good job", "3319"),
        ("is law a good career", "2412"),
        ("is archaeology a stable career with enough jobs", "2115"),
    ],
)
def test_what_is_called_a_job_is_one(titles, text, code):
    assert codes(only(titles, text))[0] == code


@pytest.mark.parametrize("text", ["is it a good job", "is maths a good job", "is this a career"])
def test_what_is_no_job_is_none_by_being_called_good(titles, text):
    assert titles.find(text) == []


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        ("inspector", "2462"),  # a probation inspector, as the old coding index has it
        ("operator", "7212"),  # a telephonist
        ("investigator", "2423"),  # of taxes
        ("collector", "7121"),
    ],
)
def test_a_word_for_many_kinds_of_work_is_asked_about(titles, word, wrong):
    job = only(titles, f"how do i become a {word}")
    assert job.ambiguous
    assert wrong not in codes(job)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("how do i become a jet pilot", "3511"),
        ("f35 pilot pay", "1161"),
        ("army mechanic wage", "3311"),
        ("navy commander salary", "1161"),
        ("hr assistant salary", "4136"),
        ("hr officer salary", "3571"),
        ("how do i become a pit crew mechanic", "5231"),
        ("ev engineer salary", "2122"),
    ],
)
def test_classes_of_jobs_lead_to_their_groups(titles, text, code):
    assert codes(only(titles, text))[0] == code
