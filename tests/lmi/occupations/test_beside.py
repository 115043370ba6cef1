"""Jobs named beside one another, brought up again, or weighed against each other."""

import csv

import pytest

from lmi.occupations.inflection import canonical
from lmi.occupations.tables import AUTHORED, read_everyday


def named(titles, text):
    return [job.name for job in titles.find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("compare chef, baker and waiter", ["chef", "baker", "waiter"]),
        ("accountant vs solicitor vs barrister", ["accountant", "solicitor", "barrister"]),
        ("pilot and vet", ["pilot", "vet"]),
        ("chef or baker", ["chef", "baker"]),
        ("baker or chef", ["baker", "chef"]),
        ("chef & baker", ["chef", "baker"]),
        ("baker/pilot/vet", ["baker", "pilot", "vet"]),
        ("nurse, baker or pilot", ["nurse", "baker", "pilot"]),
        ("compare pilot and driver", ["pilot", "driver"]),
        ("compare baker with pilot", ["baker", "pilot"]),
        ("difference between a painter and a surveyor", ["painter", "surveyor"]),
        ("difference between painter and surveyor", ["painter", "surveyor"]),
        ("is a carer better paid than a cleaner", ["carer", "cleaner"]),
        ("is carer or cleaner better", ["carer", "cleaner"]),
        ("does a plumber earn more than a baker", ["plumber", "baker"]),
        ("does a baker earn more than a pilot", ["baker", "pilot"]),
        ("which pays more, baker or pilot", ["baker", "pilot"]),
        ("is doctor or nurse better paid", ["doctor", "nurse"]),
        ("compare law and medicine", ["lawyer", "doctor"]),
        ("compare nirse and plomer", ["nurse", "plumber"]),
    ],
)
def test_each_of_several_jobs_is_found(titles, text, names):
    assert named(titles, text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what about a waiter", "waiter"),
        ("what about waiters", "waiter"),
        ("wat about plumers", "plumber"),
        ("how about a driver", "driver"),
        ("wbt chef", "chef"),
        ("compare it with a solicitor", "solicitor"),
        ("compare it to being a pilot", "pilot"),
        ("vs a baker", "baker"),
        ("or a baker", "baker"),
        ("and baker", "baker"),
        ("better paid than a vet", "vet"),
        ("how have wages for carers changed", "carer"),
    ],
)
def test_a_job_that_is_brought_up_is_found(titles, text, name):
    assert named(titles, text) == [name]


WORDS = ["solicitor", "waiter", "baker", "pilot", "driver", "surveyor", "painter", "carer",
         "cleaner", "chef"]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", ["{}", "{}s", "{} pay", "{} salary", "{} outlook", "a {}"])
def test_a_job_alone_is_found(titles, word, form):
    assert named(titles, form.format(word)) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "is this private",
        "is this general",
        "what about staff",
        "what about the boss",
        "what about a page",
        "what about pay",
        "what about the money",
        "what about maths",
        "what about apprenticeships",
        "my tutor is mean",
        "a private matter",
        "sport",
        "maths",
        "gamer",
        "how do i become a gamer",
        "my gps is broken",
    ],
)
def test_what_is_no_job_there_is_left_alone(titles, text):
    assert titles.find(text) == []


def test_words_that_are_also_adjectives_are_jobs_after_an_article(titles):
    assert named(titles, "what does a private earn") == ["private"]
    assert named(titles, "how do i become a private") == ["private"]


@pytest.mark.parametrize("text", ["i got a 3 in maths will i ever be a doctor",
                                  "i got a b in maths can i be a doctor",
                                  "what must i get in maths to be a doctor"])  # fmt: skip
def test_marks_in_a_school_subject_name_no_job(titles, text):
    assert named(titles, text) == ["doctor"]


def test_a_school_subject_is_a_field_where_work_is_asked_for(titles):
    assert named(titles, "jobs in sport") == ["sports worker"]


def test_a_wish_to_help_people_is_no_second_job(titles):
    assert named(titles, "i want to be a nurse and help people") == ["nurse"]


@pytest.mark.parametrize("text", ["what about {}", "and in {}", "how about {}", "{}"])
def test_places_are_no_misspelt_jobs(titles, text):
    with (AUTHORED / "tables" / "places.csv").open(encoding="utf-8", newline="") as stream:
        places = [row["place"] for row in csv.DictReader(stream)]
    listed = {canonical(row.word) for row in read_everyday()}
    corrected = [
        (place, job.name)
        for place in places
        for job in titles.find(text.format(place))
        if job.text == place and " " not in place and place not in listed
    ]
    assert corrected == []
