"""How a job is named: without words that no list knows, with its initials, and whom it means."""

import pytest

from lmi.occupations.names import in_a_sentence, unmarked
from lmi.occupations.tables import AUTHORED


def only(titles, text):
    found = titles.find(text)
    assert len(found) == 1, [job.text for job in found]
    return found[0]


def codes(job):
    return [group.soc2020 for group in job.unit_groups]


@pytest.mark.parametrize(
    ("text", "modifier", "name", "code"),
    [
        ("quantum baker", "quantum", "baker", "5432"),
        ("how much does a quantum baker earn", "quantum", "baker", "5432"),
        ("dragon trainer", "dragon", "trainer", "3574"),
        ("how do i become a dragon trainer", "dragon", "trainer", "3574"),
        ("what about a dragon trainer", "dragon", "trainer", "3574"),
        ("dragon trainer pay", "dragon", "trainer", "3574"),
        ("mad quantum pastry baker", "mad quantum", "pastry baker", "5432"),
    ],
)
def test_words_that_no_title_has_are_told_apart_from_the_name(titles, text, modifier, name, code):
    job = only(titles, text)
    assert (job.modifier, job.name, job.plural) == (modifier, name, f"{name}s")
    assert codes(job)[0] == code


@pytest.mark.parametrize("text", ["civil engineer", "underwater welder", "a veterinary nurse",
                                  "kent plumber", "explain plumber", "vet"])  # fmt: skip
def test_known_jobs_have_no_unknown_words(titles, text):
    assert only(titles, text).modifier == ""


@pytest.mark.parametrize(
    ("text", "name", "plural"),
    [
        ("MP", "MP", "MPs"),
        ("MPs", "MP", "MPs"),
        ("GPs", "GP", "GPs"),
        ("how much do gps earn", "GP", "GPs"),
        ("UX designer", "UX designer", "UX designers"),
        ("ux designers", "UX designer", "UX designers"),
        ("IT technicians", "IT support technician", "IT support technicians"),
        ("TAs", "teaching assistant", "teaching assistants"),
        ("CEOs", "chief executive", "chief executives"),
    ],
)
def test_initials_stay_in_capitals(titles, text, name, plural):
    job = only(titles, text)
    assert (job.name, job.plural) == (name, plural)


def test_marks_are_stripped():
    assert unmarked("Sports professional*") == "Sports professional"
    assert in_a_sentence("Football referee*") == "football referee"


def test_no_official_title_shows_a_mark(titles):
    lines = (AUTHORED / "tables" / "job_titles.csv").read_text(encoding="utf-8").splitlines()
    marked = [line.split(",")[0] for line in lines if "*" in line]
    assert marked
    for title in marked:
        assert "*" not in titles.resolve(title).name


@pytest.mark.parametrize(
    ("text", "name", "first"),
    [
        ("model", "model", "3413"),
        ("tefl", "English language teacher", "2317"),
        ("attorney", "lawyer", "2412"),
        ("lawyer", "lawyer", "2412"),
        ("solicitor", "solicitor", "2412"),
        ("twitch streamer", "streamer", "3413"),
        ("tiktoker", "content creator", "3413"),
        ("youtuber", "YouTuber", "3413"),
        ("HGV", "lorry driver", "8211"),
        ("hgv", "lorry driver", "8211"),
        ("athletes", "athlete", "3431"),
    ],
)
def test_a_word_leads_to_its_group_and_is_named_by_it(titles, text, name, first):
    job = only(titles, text)
    assert (job.name, codes(job)[0], job.ambiguous) == (name, first, False)


@pytest.mark.parametrize("text", ["IT", "IT jobs", "jobs in IT"])
def test_it_is_a_field_of_several_groups(titles, text):
    job = only(titles, text)
    assert job.text == "IT"
    assert job.ambiguous
    assert titles.find("it") == []


@pytest.mark.parametrize(
    ("word", "groups"),
    [
        ("nurse", ["2237", "2236", "2235", "2232"]),
        ("doctor", ["2211", "2212"]),
        ("engineer", ["2121", "2122", "2123", "2134", "2126"]),
        ("manager", ["1150", "4141", "1222", "2440", "1131"]),
        ("designer", ["2142", "3422", "3421", "2141", "3429"]),
        ("driver", ["8211", "8214", "8212", "8213", "8231"]),
        ("teacher", ["2314", "2313", "2316", "2315"]),
        ("scientist", ["2112", "2111", "2114", "2113", "2119"]),
        ("analyst", ["3544", "2422", "2431", "2135"]),
        ("army", ["3311", "1161"]),
    ],
)
def test_broad_words_offer_what_pupils_mean_first(titles, word, groups):
    job = titles.resolve(word)
    assert codes(job) == groups
    assert job.ambiguous
