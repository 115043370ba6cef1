"""What pupils and parents ask, through the door of `./signpost chat --json`, topic by topic.

Each conversation is one process of the door, all on one running service and all at once. What the
answers say is held where they are written; here it is that the right one comes, with its sources
and with the figures of the day.
"""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.real_service import SIGNPOST, RealService, clean_environment
from tests.test_training_data import (
    ANSWER_QUESTIONS,
    HELD_OUT,
    INDEPENDENT_QUESTIONS,
    normalised,
    training_phrases,
)

pytestmark = pytest.mark.engine

CONVERSATIONS = Path(__file__).with_name("chat_topics.yml")
PATIENCE_S = 120  # for a conversation that hangs; all take seconds
ADVISER = "Talk to an adviser"
FEWEST_TURNS = 60

WITHOUT_SOURCES = {
    "are_you_human",
    "quiz",
    "which_answer",
    "which_stage",
    "apprentice_pay_hours",
    "not_known",
    "not_understood",
    "other_language",
}
"""Questions back, and sentences that say nothing about the world."""


@dataclass(frozen=True)
class Talk:
    """A conversation: the command's options, and each text with the ids of its answers."""

    options: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]
    wrong_today: tuple[str, ...]
    """Beside each turn why it goes wrong today; empty where it goes right."""


def talks(part: str) -> dict[str, Talk]:
    """The conversations of a part of the file, by name."""
    read = yaml.safe_load(CONVERSATIONS.read_text(encoding="utf-8"))[part]
    return {
        talk["name"]: Talk(
            options=tuple(talk["options"].split()),
            turns=tuple((turn["asked"], turn["answers"]) for turn in talk["turns"]),
            wrong_today=tuple(turn.get("wrong_today", "") for turn in talk["turns"]),
        )
        for talk in read
    }


TALKS = talks("conversations")
NOT_YET = talks("not_yet")

Replies = list[dict[str, Any]]


@pytest.fixture(scope="module")
def heard(signpost: RealService) -> dict[str, Replies]:
    """What each conversation got, one reply a turn."""
    return all_at_once(signpost, TALKS)


@pytest.fixture(scope="module")
def heard_not_yet(signpost: RealService) -> dict[str, Replies]:
    """The same of the conversations in which something goes wrong."""
    return all_at_once(signpost, NOT_YET)


def all_at_once(service: RealService, talks: dict[str, Talk]) -> dict[str, Replies]:
    begun = {name: begin(service, talk.options) for name, talk in talks.items()}
    got = {}
    try:
        for name, process in begun.items():
            lines = "".join(f"{text}\n" for text, _ in talks[name].turns)
            assert process.stdin
            process.stdin.write(lines.encode())
            process.stdin.close()
            process.stdin = None
        for name, process in begun.items():
            out, told = process.communicate(timeout=PATIENCE_S)
            assert (process.returncode, told) == (0, b"")
            got[name] = [json.loads(line) for line in out.decode().splitlines()]
    finally:
        for process in begun.values():
            if process.poll() is None:
                process.kill()
                process.wait()
    return got


def begin(service: RealService, options: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [SIGNPOST, "chat", "--json", *options],
        cwd="/",
        env=clean_environment() | {"SIGNPOST_DATA_DIR": str(service.data)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def reply_to(heard: dict[str, Replies], asked: str) -> dict[str, Any]:
    """The reply to a text that stands in one conversation."""
    (found,) = [
        reply
        for talk, replies in heard.items()
        for (text, _), reply in zip(TALKS[talk].turns, replies, strict=True)
        if text == asked
    ]
    return found


def text_of(reply: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in reply["messages"])


def titles_of(reply: dict[str, Any]) -> list[str]:
    return [button["title"] for button in reply["messages"][-1]["buttons"]]


# ---- of every conversation


def test_the_turns_are_many_and_new() -> None:
    asked = {normalised(text) for talk in TALKS.values() for text, _ in talk.turns}
    assert sum(len(talk.turns) for talk in TALKS.values()) >= FEWEST_TURNS
    known = {normalised(text) for _, text in training_phrases()}
    for path in (HELD_OUT, ANSWER_QUESTIONS, INDEPENDENT_QUESTIONS):
        with path.open(newline="", encoding="utf-8") as file:
            known |= {normalised(row["text"]) for row in csv.DictReader(file)}
    typed_on_the_way = {"year 11", "37 hours", "yes", "yeah", "nah", "nope", "stop", "kinda"}
    assert sorted((asked & known) - typed_on_the_way - {"the second one"}) == []


@pytest.mark.parametrize("name", TALKS)
def test_each_question_gets_its_answer(heard: dict[str, Replies], name: str) -> None:
    expected = [(text, ids.split()) for text, ids in TALKS[name].turns]
    got = [reply["meta"]["answers"] for reply in heard[name]]
    assert list(zip([text for text, _ in expected], got, strict=True)) == expected


@pytest.mark.parametrize("name", TALKS)
def test_sources_are_shown_and_no_place_is_left_open(heard: dict[str, Replies], name: str) -> None:
    for reply in heard[name]:
        for message, answer in zip(reply["messages"], reply["meta"]["answers"], strict=True):
            assert "{" not in message["text"], message["text"]
            assert bool(message["sources"]) == (answer not in WITHOUT_SOURCES), answer
            for source in message["sources"]:
                assert source["publisher"], answer
                assert source["link"].startswith("https://"), answer


# ---- the figures of the day


def test_the_wage_on_the_last_day_before_it_changes(heard: dict[str, Replies]) -> None:
    rules, total, all_ages = map(text_of, heard["the last day of the old wages"])
    assert "£7.55 an hour (from 1 April 2026 it will be £8.00 an hour)" in rules
    assert "£7.55 an hour" in total
    assert "£279.35" in total  # 37 hours at £7.55
    assert "From 1 April 2026 it goes up to £8.00 an hour: £296 a week" in total
    assert "£10.00 an hour (from 1 April 2026 it will be £10.85 an hour)" in all_ages


def test_the_wage_on_the_day_it_changes(heard: dict[str, Replies]) -> None:
    replies = heard["the first day of the new wages"]
    rules, total, all_ages = map(text_of, replies)
    assert "£8.00 an hour" in rules
    assert "£8.00 an hour" in total
    assert "£296" in total  # 37 hours at £8.00
    assert "£10.85 an hour" in all_ages
    for reply in replies:
        assert "£7.55" not in text_of(reply)
        assert "£10.00" not in text_of(reply)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("how many points would ABB give me", "128 UCAS points"),
        ("i have btec DMM how many ucas points", "112 UCAS points"),
        ("how many ucas points is BBC, my son has that offer", "112 UCAS points"),
        ("what comes off my pay each month on 34000", "£67.50 a month"),
        ("what would i pay back a month on 24000", "**nothing**"),
        ("what would my son repay a month if he earned 40k", "£112.50 a month"),
        ("37 hours", "£296"),
        (
            "my daughter is 19 and an apprentice in her first year, "
            "what should she get for 38 hours a week",
            "£304",
        ),
        ("when does my ucas form need to be in by", "13 January 2027"),
    ],
)
def test_the_sum_or_the_date_is_told(heard: dict[str, Replies], asked: str, told: str) -> None:
    assert told in text_of(reply_to(heard, asked))


# ---- how a conversation goes


def test_two_questions_in_one_message_get_both_answers(heard: dict[str, Replies]) -> None:
    reply = reply_to(heard, "when is the ucas deadline and how does clearing work")
    dates, clearing = reply["messages"]
    assert "January" in dates["text"]
    assert "Clearing" in clearing["text"]
    assert dates["sources"]
    assert clearing["sources"]


def test_a_close_call_offers_the_other_and_the_choice_is_answered(
    heard: dict[str, Replies],
) -> None:
    reply = reply_to(heard, "help with money for college or uni")
    assert "Not what you meant?" in text_of(reply)
    assert titles_of(reply)[1] == "Bursaries and scholarships"


@pytest.mark.parametrize(
    "asked", ["whats the weather in manchester", "how do i report my child absent"]
)
def test_what_is_far_off_is_said_to_be_unknown_with_a_person_to_ask(
    heard: dict[str, Replies], asked: str
) -> None:
    reply = reply_to(heard, asked)
    assert "isn't something this service knows" in text_of(reply)
    assert ADVISER in titles_of(reply)


def test_the_stage_is_asked_once_with_a_button_for_parents(heard: dict[str, Replies]) -> None:
    for name in ("nobody said who asks: answered", "nobody said who asks: passed over"):
        first, *later = heard[name]
        assert titles_of(first)[:3] == ["Years 7 to 9", "Years 10 and 11", "Years 12 and 13"]
        assert "parent" in titles_of(first)[3]
        assert all("which_stage" not in reply["meta"]["answers"] for reply in later)


def test_the_stage_is_never_asked_of_those_who_said_it(heard: dict[str, Replies]) -> None:
    asked = {
        name
        for name, replies in heard.items()
        if any("which_stage" in reply["meta"]["answers"] for reply in replies)
    }
    assert asked == {"nobody said who asks: answered", "nobody said who asks: passed over"}


def test_my_son_is_in_year_8_steers_what_is_listed(heard: dict[str, Replies]) -> None:
    listed = reply_to(heard, "something free to read about apprenticeships")
    assert "for parents of someone in Year 8, free" in text_of(listed)
    younger = reply_to(heard, "im in year 8 and wonder what there is after gcses")
    assert "You have plenty of time" in text_of(younger)


@pytest.mark.parametrize(
    "asked",
    [
        "whats every route there is once gcses are done",
        "what are our son's options after year 11",
        "im in year 8 and wonder what there is after gcses",
    ],
)
def test_every_open_route_is_named_from_a_to_z(heard: dict[str, Replies], asked: str) -> None:
    told = text_of(reply_to(heard, asked))
    routes = (
        "A levels", "apprenticeships", "BTECs", "level 2 courses", "supported internships",
        "T Levels", "V Levels", "work with part-time study",
    )  # fmt: skip
    places = [told.index(route) for route in routes]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "asked", ["just write me a cv", "please write my personal statement for me"]
)
def test_asked_to_write_it_coaches(heard: dict[str, Replies], asked: str) -> None:
    told = text_of(reply_to(heard, asked))
    assert "?" in told  # questions to think about
    assert ADVISER in titles_of(reply_to(heard, asked))


@pytest.mark.parametrize(
    "asked",
    [
        "people from round here dont go to uni",
        "im autistic, who would take me on",
        "my daughter was excluded, what can she do now",
        "we are short of money, can our daughter still go on studying",
        "i failed most of my gcses what do i do now",
        "i missed my offer by one grade",
        "my son's gcse results were far worse than we hoped",
    ],
)
def test_an_adviser_is_offered_where_something_weighs(
    heard: dict[str, Replies], asked: str
) -> None:
    assert ADVISER in titles_of(reply_to(heard, asked))


def test_the_quiz_goes_on_after_another_question_and_stops_with_a_spread(
    heard: dict[str, Replies],
) -> None:
    replies = heard["pupil of year 10: starting from nothing, barriers"]
    first, second, third, fourth, between, fifth, spread = replies[-7:]
    for step, reply in enumerate((first, second, third, fourth, fifth), start=1):
        assert f"**{step} of 10.**" in text_of(reply)
        assert titles_of(reply) == ["Yes", "Sometimes", "No", "Stop here"]
    assert titles_of(between)[-1] == "Carry on with the quiz"
    found, further = spread["messages"]
    assert "From 4 of 10 answers" in found["text"]
    assert len({line for line in found["text"].splitlines() if line.startswith("- ")}) >= 3
    assert "a start, not a verdict" in further["text"]


@pytest.mark.parametrize(
    ("asked", "language", "direction"),
    [
        ("jesteśmy z Polski i szukamy szkoły dla syna", "pl", "ltr"),
        ("oğlum için okul arıyoruz, yardım eder misiniz", "tr", "ltr"),
        ("سيبدأ ابني المدرسة ونحتاج إلى مساعدة", "ar", "rtl"),
    ],
)
def test_another_language_is_met_in_that_language(
    heard: dict[str, Replies], asked: str, language: str, direction: str
) -> None:
    reply = reply_to(heard, asked)
    (message,) = reply["messages"]
    assert (message["lang"], message["dir"]) == (language, direction)
    assert titles_of(reply) == [ADVISER]


# ---- what goes wrong today


@pytest.mark.parametrize(
    ("name", "turn"),
    [
        pytest.param(
            name,
            number,
            id=text,
            marks=pytest.mark.xfail(
                bool(talk.wrong_today[number]), reason=talk.wrong_today[number], strict=True
            ),
        )
        for name, talk in NOT_YET.items()
        for number, (text, _) in enumerate(talk.turns)
    ],
)
def test_a_turn_that_should_go_otherwise(
    heard_not_yet: dict[str, Replies], name: str, turn: int
) -> None:
    assert heard_not_yet[name][turn]["meta"]["answers"] == NOT_YET[name].turns[turn][1].split()


def test_the_quiz_can_be_stopped_where_it_was_taken_up_again(
    heard_not_yet: dict[str, Replies],
) -> None:
    assert "Stop here" in titles_of(heard_not_yet["pupil, not yet"][-2])
