"""The school's own content in the chat: dates that come, whom to ask, places nearby, or nothing."""

import re
from dataclasses import replace

import pytest

from actions.ground import Ground
from knowledge.content import BadContent
from knowledge.school import FOLDER, School
from lmi.service.client import LmiForAll
from tests.actions.message_rules import MOST_BUTTONS, shown, text_faults
from tests.test_training_data import training_phrases

PHRASES = [text for intent, text in training_phrases() if intent == "school_info"]


@pytest.fixture
def example(talk, ground):
    talk.ground = replace(ground, school=School.load(FOLDER / "example"))


@pytest.fixture
def nothing(talk, ground):
    talk.ground = replace(ground, school=School())


def check(message):
    assert list(text_faults(shown(message["text"]))) == []
    assert len(shown(message["text"]).split()) <= 120
    assert 0 < len(message["buttons"]) <= MOST_BUTTONS
    titles = [button["title"] for button in message["buttons"]]
    assert len(set(titles)) == len(titles)
    assert all(source["link"].startswith("https://") for source in message["sources"])


# ---- what the school has told ----


def test_options_evening(talk, example):
    (message,) = talk.say("school_info", "when is options evening")
    assert message["text"] == (
        "**From your school**\n\n"
        "- **Options evening**: Thursday 14 January 2027, 6pm to 8pm, main hall, for Year 9."
    )
    check(message)


def test_work_experience_week_is_a_span(talk, example):
    (message,) = talk.say("school_info", "when is work experience week")
    assert "Monday 5 July 2027 to Friday 9 July 2027, for Year 10." in message["text"]
    check(message)


def test_open_evenings_are_those_of_places_nearby_too_and_none_that_has_passed(talk, example):
    (message,) = talk.say("school_info", "when are the sixth form open evenings")
    assert re.findall(r"\[([^\]]+)\]", message["text"]) == [
        "Sampleford UTC: open evening", "Exampleton College: open evening",
    ]  # fmt: skip
    assert "October 2026" not in message["text"]
    assert "4 November 2026" not in message["text"]
    check(message)


def test_a_link_of_an_event_is_a_source(talk, example):
    (message,) = talk.say("school_info", "when is the careers fair")
    assert "[Careers fair](https://www.example.sch.uk/careers)" in message["text"]
    assert [s["link"] for s in message["sources"]] == ["https://www.example.sch.uk/careers"]


def test_sixth_forms_nearby_from_a_to_z(talk, example):
    (message,) = talk.say("school_info", "what sixth forms are near here")
    assert re.findall(r"\[([^\]]+)\]", message["text"]) == [
        "Example High School sixth form", "Exampleton College", "Sampleford UTC",
    ]  # fmt: skip
    assert "from A to Z" in message["text"]
    check(message)


def test_who_to_ask_about_work_experience(talk, example):
    (message,) = talk.say("school_info", "who do i ask about work experience")
    assert "- **Careers leader**, Ms A. Example: Room 12" in message["text"]
    assert "SENCO" not in message["text"]
    check(message)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("who do i see about changing my options", "Careers leader"),
        ("who should i ask about college applications", "Careers adviser"),
        ("who is the senco", "SENCO"),
        ("who do i speak to about sixth form", "Careers adviser"),
        ("who do i ask about the bursary at school", "Head of sixth form"),
        ("who is in charge of careers", "Careers leader"),
    ],
)
def test_whom_each_question_leads_to(talk, example, text, role):
    (message,) = talk.say("school_info", text)
    assert re.findall(r"- \*\*([^*]+)\*\*", message["text"])[0] == role
    check(message)


def test_coming_dates_for_the_year_that_is_known(talk, example):
    talk.slots["year_group"] = 9
    (message,) = talk.say("school_info", "what dates are coming up")
    assert re.findall(r"^- \*\*\[?([^*\]]+)", message["text"], re.MULTILINE) == [
        "Options evening", "Sampleford UTC: open evening", "Exampleton College: open evening",
        "Careers fair",
    ]  # fmt: skip
    check(message)


def test_dates_for_other_years_are_told_where_there_are_no_others(talk, example):
    talk.slots["year_group"] = 12
    (message,) = talk.say("school_info", "when is options evening")
    assert "for Year 9" in message["text"]


def test_buttons_lead_on_within_what_the_school_told(talk, example):
    (message,) = talk.say("school_info", "when is the careers fair")
    (people,) = talk.press_title(message, "Who to ask at school")
    assert "Careers leader" in people["text"]
    (dates,) = talk.press_title(people, "What dates are coming up?")
    (places,) = talk.press_title(dates, "Sixth forms and colleges nearby")
    assert "Exampleton College" in places["text"]
    for each in (people, dates, places):
        check(each)


# ---- a school that has put nothing in ----


@pytest.mark.parametrize(
    ("text", "said", "link"),
    [
        ("when is options evening", "a coming date for the options evening",
         "https://nationalcareers.service.gov.uk"),
        ("what sixth forms are near here", "a list of places nearby",
         "https://www.get-information-schools.service.gov.uk"),
        ("when is the college open evening", "a coming date for open evenings",
         "https://nationalcareers.service.gov.uk/find-a-course"),
        ("who do i ask about work experience", "who to ask",
         "https://nationalcareers.service.gov.uk"),
        ("when is work experience week", "a coming date for work experience",
         "https://www.speakersforschools.org"),
        ("what dates are coming up", "any coming dates", "https://nationalcareers.service.gov.uk"),
    ],
)  # fmt: skip
def test_nothing_put_in_is_said_with_whom_to_ask_and_where_to_look(talk, nothing, text, said, link):
    (message,) = talk.say("school_info", text)
    assert said in message["text"]
    assert message["text"].startswith("Your school has not put ")
    assert "tutor" in message["text"]
    assert "careers leader" in message["text"]
    assert link in message["text"]
    assert link in [source["link"] for source in message["sources"]]
    check(message)


def test_a_date_that_has_passed_reads_as_none(talk, ground, tmp_path):
    text = "- {title: Fair, kind: careers fair, starts: 2026-11-21}"
    (tmp_path / "dates.yml").write_text(text, encoding="utf-8")
    talk.ground = replace(ground, school=School.load(tmp_path))
    (message,) = talk.say("school_info", "when is the careers fair")
    assert "has not put a coming date for a careers fair here" in message["text"]


@pytest.mark.parametrize("text", PHRASES)
@pytest.mark.parametrize("held", ["example", "nothing"])
def test_every_phrase_is_answered_within_the_rules(talk, request, text, held):
    request.getfixturevalue(held)
    (message,) = talk.say("school_info", text)
    check(message)


def test_the_button_without_values_tells_the_dates(talk, example):
    (message,) = talk.press("/school_info")
    assert "**Dates coming up**" in message["text"]


# ---- where it comes from ----


def test_the_folder_is_the_one_that_is_named():
    assert len(Ground.load(LmiForAll(""), FOLDER / "example").school.people) == 4
    with pytest.raises(BadContent):
        Ground.load(LmiForAll(""), FOLDER / "none")
