"""Answers with LMI for All beside them: newer figures count, a slow service costs nothing."""

import time
from dataclasses import replace

import pytest

from lmi.service.beside import BUDGET_S
from lmi.service.client import LmiForAll
from tests.actions.conversation import Conversation
from tests.actions.message_rules import check
from tests.lmi_twin import Twin

SPARE_S = 1.2
"""What a busy machine may add to an answer; the twin's slowness is far above both together."""


@pytest.fixture
def twin():
    with Twin() as twin:
        yield twin


@pytest.fixture
def live(ground, twin):
    with LmiForAll(twin.base_url, sleep=lambda seconds: None) as client:
        yield replace(ground, client=client)


@pytest.fixture
def talk(live):
    return Conversation(live)


def answering(twin, path, body):
    """Let the twin answer one path with a body of the test's own."""
    own = twin.answer

    def answer(asked, query):
        return (200, body, "reconstructed") if asked == path else own(asked, query)

    twin.answer = answer


def dated(message):
    return {(source["dataset"], source["year"]) for source in message["sources"]}


def test_newer_pay_of_the_same_job_replaces_the_snapshots(talk, twin, live):
    answering(twin, "ashe/estimatePay", {"soc": 2216, "series": [{"year": 2025, "estpay": 900}]})
    (message,) = talk.say("pay", "what does a vet earn")
    assert f"£{round(900 * 52.143):,} a year** (2025)" in message["text"]
    assert "£42,612" not in message["text"]
    assert "Worked out from pay a week." in message["text"]
    assert {figure["year"] for figure in message["figures"]} == {2025}
    assert any(year == "2025" for _, year in dated(message))
    check([message], live)


def test_older_pay_leaves_the_snapshots(talk, twin, live):
    (message,) = talk.say("pay", "what does a vet earn")
    assert twin.called("ashe/estimatePay") == 1
    assert "£42,612 a year** (2024)" in message["text"]
    check([message], live)


def test_pay_of_a_code_that_was_divided_since_never_replaces_the_snapshots(talk, twin, ground):
    # Nurses were one unit group in 2010 and are six in 2020.
    answering(twin, "ashe/estimatePay", {"soc": 2231, "series": [{"year": 2025, "estpay": 900}]})
    assert len(ground.snapshot.soc2020_for("2231")) == 6
    (message,) = talk.press('/pay{"job": "2232"}')
    assert twin.called("ashe/estimatePay") == 1
    assert "£32,292 a year** (2024)" in message["text"]
    assert {figure["year"] for figure in message["figures"]} == {2024}


def test_skills_come_with_their_source(talk, live):
    (message,) = talk.say("skills", "what skills does a vet need")
    assert message["answer"] == "skills"
    assert "active listening" in message["text"]
    assert any("United States" in source["caveat"] for source in message["sources"])
    check([message], live)


def test_degree_subjects_come_with_their_year(talk, live):
    (message,) = talk.say("degree_subjects", "what did vets study")
    assert message["answer"] == "degree_subjects"
    assert "(22%)" in message["text"]
    assert "2012/13" in message["text"]
    assert message["sources"]
    check([message], live)


def test_unemployment_and_hard_to_fill_vacancies_stand_beside_the_outlook(talk, live):
    (message,) = talk.say("outlook", "will there be jobs for vets")
    assert "Unemployment among vets was 33.3% in 2022." in message["text"]
    assert "22% of vacancies" in message["text"]
    assert len(message["sources"]) >= 3
    check([message], live)


def test_hours_say_which_survey(talk, live):
    (message,) = talk.say("hours", "how many hours do vets work")
    assert "survey in 2022" in message["text"]
    check([message], live)


@pytest.mark.parametrize("intent", ["pay", "outlook", "skills", "degree_subjects", "hours"])
def test_a_slow_service_does_not_hold_up_an_answer(talk, twin, live, intent):
    twin.switch("*", "slow", seconds=20)
    start = time.monotonic()
    (message,) = talk.say(intent, "tell me about vets")
    assert time.monotonic() - start < BUDGET_S + SPARE_S
    check([message], live)
    twin.release()


@pytest.mark.parametrize(
    "mode", ["down", "500", "empty", "html", "html-as-json", "error-in-200", "no-key", "garbage"]
)
@pytest.mark.parametrize("intent", ["pay", "outlook", "skills"])
def test_a_service_in_trouble_leaves_the_snapshots_answer(ground, talk, twin, live, mode, intent):
    twin.switch("*", mode)
    with_trouble = talk.say(intent, "tell me about vets")
    without_service = Conversation(ground).say(intent, "tell me about vets")
    assert with_trouble == without_service
    check(with_trouble, live)


def test_no_service_is_asked_when_none_is_configured(ground, twin):
    Conversation(ground).say("pay", "what does a vet earn")
    assert twin.calls == []
