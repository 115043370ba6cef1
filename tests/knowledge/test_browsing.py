"""Looking through the answers: which are listed for whom, in which order, found by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.browsing import Shelf
from knowledge.wording import Wording
from tests.knowledge.written import answer_in, content_in

TITLES = Wording({"topics.university": "University", "topics.pay": "Pay in general"})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "answers"
    answer_in(
        folder,
        "wages",
        title="Wages",
        audiences=["years 7-9", "years 10-11"],
        examples=["what do people get paid"],
        text="It is what you are paid. Ask about it.",
    )
    answer_in(
        folder,
        "wages.older",
        title="Wages",
        audiences=["years 10-11"],
        examples=["is my pay low"],
        text="Ask about [your pay](https://www.gov.uk/zebra).",
    )
    answer_in(
        folder,
        "fees",
        title="Fees",
        topic="university",
        audiences=["years 12-13"],
        examples=["who pays"],
        text="Ask about a loan.\n\n<!-- more -->\n\nOr a bursary.",
    )
    answer_in(
        folder,
        "stars",
        title="Stars",
        topic="star_signs",
        audiences=["parents"],
        text="Ask someone else about jobs.",
    )
    answer_in(folder, "awards", title="Awards", topic="pay", text="Ask for the bonus.")
    answer_in(folder, "notice", topic="service", text="Ask about pay.")
    return Shelf(content_in(tmp_path), TITLES)  # fmt: skip


def ids(answers: list) -> list[str]:
    return [answer.id for answer in answers]


def test_topics_come_in_the_order_of_their_titles_file(shelf: Shelf) -> None:
    assert [(topic.name, topic.title, ids(topic.answers)) for topic in shelf.topics()] == [
        ("university", "University", ["fees"]),
        ("pay", "Pay in general", ["awards", "wages"]),
        ("star_signs", "Star signs", ["stars"]),
    ]


@pytest.mark.parametrize(
    ("audience", "answers"),
    [
        (None, ["awards", "wages", "stars", "fees"]),
        ("years 7-9", ["wages"]),
        ("years 10-11", ["awards", "wages.older"]),  # the one that is for them alone
        ("years 12-13", ["fees"]),
        ("leavers", []),
    ],
)
def test_one_answer_a_subject(shelf: Shelf, audience: str | None, answers: list[str]) -> None:
    assert ids(shelf.listed(audience)) == answers


@pytest.mark.parametrize(
    ("said", "audience", "answers"),
    [
        ("wage", None, ["wages"]),
        ("PAID", None, ["wages"]),
        ("pays", None, ["fees"]),
        ("bursary", None, ["fees"]),
        ("low", "years 7-9", ["wages"]),  # found by the questions of older pupils
        ("low", "years 10-11", ["wages.older"]),
        ("ask about the bonus", None, ["awards"]),  # "ask" is in every answer
        ("ask", None, ["awards", "fees", "stars", "wages"]),
        ("zebra", None, []),  # in an address
        ("age", None, []),  # inside a word
        ("wages bonus", None, []),
        ("", None, []),
        ("?!", None, []),
    ],
)
def test_words_find_answers(
    shelf: Shelf, said: str, audience: str | None, answers: list[str]
) -> None:
    assert ids(shelf.search(said, audience)) == answers


def test_titles_count_most(shelf: Shelf, tmp_path: Path) -> None:
    answer_in(tmp_path / "answers", "zeal", title="Bonus", text="More of it.")
    assert ids(Shelf(content_in(tmp_path), TITLES).search("bonus")) == ["zeal", "awards"]


def test_what_the_service_says_for_itself_is_not_on_the_shelf(shelf: Shelf) -> None:
    assert shelf["wages.older"].id == "wages.older"
    assert ids(shelf.files("wages")) == ["wages", "wages.older"]
    assert shelf.files("notice") == shelf.files("nothing") == []
    for answer_id in ("notice", "nothing"):
        with pytest.raises(KeyError):
            shelf[answer_id]
