"""Jobs told by what is done in them, and what is said about life at home and names none."""

from collections import defaultdict

import pytest

from lmi.occupations.activities import HELP, SAID, read_activities
from lmi.occupations.inflection import canonical
from lmi.occupations.tables import raw_words


def only(titles, text):
    found = titles.find(text)
    assert len(found) == 1, [job.text for job in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("what is someone who fixes planes called", "someone who fixes planes", "5234"),
        ("how much does a person who delivers babies earn", "person who delivers babies", "2231"),
        ("the guy that drives the trains, what does he earn", "guy that drives the trains", "8231"),
        ("i want to fix cars", "fix cars", "5231"),
        ("i'd love to design dresses", "design dresses", "3422"),
        ("how do i join the navy", "navy", "3311"),
        ("how do i get into the fire service", "fire service", "3313"),
        ("what grades do i need to teach maths", "teach maths", "2313"),
        ("is there a job where you test video games", "test video games", "2136"),
        ("is cutting hair a good job", "cutting hair", "6221"),
        ("how much do you get paid for putting up scaffolding", "putting up scaffolding", "8151"),
        ("how long does it take to train to fly a helicopter", "fly a helicopter", "3511"),
        ("i want to open my own restaurant", "open my own restaurant", "1222"),
        ("what do i need to work in a care home", "work in a care home", "6135"),
    ],
)
def test_a_job_is_told_by_what_is_done_in_it(titles, text, words, code):
    job = only(titles, text)
    assert words in job.text
    assert job.unit_groups[0].soc2020 == code
    assert job.modifier == ""


@pytest.mark.parametrize(
    "text",
    [
        "my dad taught me to fix cars",
        "i like cooking and cutting hair",
        "how do i edit a video",
        "what does it cost to sell my house",
        "whos teaching us maths next year",
        "who will go to space first",
        "i want to work with children",
        "my friends and i make videos",
        "can someone fix my laptop",
    ],
)
def test_what_is_done_at_home_or_by_others_names_no_job(titles, text):
    assert titles.find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "is there someone who helps people with depression",
        "i need to talk to someone who listens to people with problems",
        "i need someone who looks after kids",
        "how do i help a sick person",
        "i want to save a drowning person",
        "i need to look after a disabled child",
    ],
)
def test_a_cry_for_help_is_no_question_about_a_job(titles, text):
    assert titles.find(text) == []


def test_helping_is_a_job_where_one_is_asked_for(titles):
    for text in (
        "how do i become someone who helps people with their mental health",
        "whats the job called where you help people with their problems",
    ):
        assert only(titles, text).unit_groups[0].soc2020 == "3224"


def test_the_job_after_as_is_meant_not_the_service(titles):
    assert only(titles, "how to join the army as a chef").text == "chef"


def test_the_job_is_shown_and_not_what_was_typed(titles):
    job = only(titles, "how much does someone who fixes planes make")
    assert (job.name, job.plural) == ("aircraft mechanic", "aircraft mechanics")


def test_every_activity_leads_to_a_job_that_the_index_knows(titles):
    rows = read_activities()
    assert len(rows) > 250
    for doing, things, job, said in rows:
        assert said in SAID, job
        assert doing.strip() and things.strip(), job
        assert titles.resolve(job) is not None, job
        assert titles.resolve(job).unit_groups, job


def test_nothing_done_to_a_thing_leads_to_two_jobs(titles):
    jobs = defaultdict(set)
    for doing, things, job, _ in read_activities():
        for verb in doing.split(";"):
            for thing in things.split(";"):
                forms = " ".join(canonical(word) for word in raw_words(thing))
                jobs[verb.strip(), forms].add(job)
    assert {pair: told for pair, told in jobs.items() if len(told) > 1} == {}


IN_NEED = """
    sick poorly ill injured sad depressed anxiety dementia disabled homeless abused vulnerable
    drowning drown pregnant stammer child baby
"""


def test_people_in_need_are_only_in_rows_that_need_plain_words_of_a_job():
    need = set(IN_NEED.split())
    for doing, things, job, said in read_activities():
        verbs = {verb.strip() for verb in doing.split(";")}
        if verbs & {"help", "support", "rescue", "save", "protect"} and need & set(
            raw_words(things)
        ):
            assert said == HELP, (job, things)
