"""What the check of the content finds, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import links
from knowledge.checking import (
    KINDS,
    check,
    count_words,
    coverage,
    intents_of,
)
from knowledge.wording import Wording
from tests.knowledge.written import answer_in, content_in, fact, facts_in

DAY = dt.date(2026, 3, 1)
INTENTS = {"pay", "university", "talk_to_adviser", "outlook", "answer"}
WORDING = Wording({"topics.pay": "Pay", "topics.university": "University"})


def found(folder: Path, *kinds: str, day: dt.date = DAY) -> list[tuple[str, str]]:
    """(file, sentence) of the findings of some kinds, or of all but topics that lack readers."""
    wanted = kinds or tuple(set(KINDS) - {"missing"})
    return [
        (one.where.removeprefix(f"{folder}/"), one.says)
        for one in check(content_in(folder), day, INTENTS, WORDING)
        if one.kind in wanted
    ]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A folder with one answer that is as it should be."""
    answer_in(tmp_path / "answers", "wages")
    return tmp_path / "answers"


def test_good_content_has_nothing_to_mend(tmp_path: Path, answers: Path) -> None:
    answer_in(answers, "fees", topic="university", next=["wages"], text="It is {fact:wage}.")
    answer_in(answers, "fees.parents", topic="university", audiences=["parents"], examples=["x"])
    answer_in(answers, "greeting", topic="service", audiences=None, examples=None)
    facts_in(tmp_path / "facts", fact(valid_to=None))
    assert found(tmp_path) == []


# ---- names


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("nowhere", "next: nowhere is no subject and no intent"),
        ("wages.parents", "next: wages.parents is no subject and no intent"),
        ("greeting", "next: greeting is no subject and no intent"),
        ("outlook", "next: there are no words for the button outlook in "
                    "knowledge/wording/offers.yml"),
    ],
)  # fmt: skip
def test_a_next_question_that_leads_nowhere(
    tmp_path: Path, answers: Path, name: str, fault: str
) -> None:
    answer_in(answers, "wages.parents", audiences=["parents"])
    answer_in(answers, "greeting", topic="service", examples=None)
    answer_in(answers, "fees", topic="university", next=["talk_to_adviser", "wages", name])
    assert found(tmp_path) == [("answers/university/fees.md", fault)]


def test_a_button_that_leads_nowhere(tmp_path: Path, answers: Path) -> None:
    payloads = ("/pay", '/answer{"subject": "wages"}', "/never", '/answer{"subject": "gone"}')
    answer_in(answers, "fees", buttons=[{"title": "A", "payload": one} for one in payloads])
    assert [fault for _, fault in found(tmp_path)] == [
        "buttons: never is no intent of domain.yml",
        "buttons: there is no answer gone",
    ]


def test_a_folder_that_is_no_intent_and_has_no_title(tmp_path: Path, answers: Path) -> None:
    answer_in(answers, "stars", topic="astrology")
    assert found(tmp_path) == [
        ("answers/astrology", "the folder is no intent of domain.yml"),
        ("knowledge/wording/topics.yml", "there is no title for the topic astrology"),
    ]


# ---- who can reach what


def test_an_answer_without_examples_is_reached_from_another_or_not_at_all(
    tmp_path: Path, answers: Path
) -> None:
    answer_in(answers, "fees", examples=None, next=["fees"])
    lost = [("answers/pay/fees.md", "it has no examples, and no other answer leads to it")]
    assert found(tmp_path, "unreachable") == lost
    button = {"title": "Fees", "payload": '/answer{"subject": "fees"}'}
    answer_in(answers, "wages", buttons=[button])
    assert found(tmp_path, "unreachable") == []


def test_an_answer_for_nobody(tmp_path: Path, answers: Path) -> None:
    answer_in(answers, "fees", audiences=None)
    assert found(tmp_path, "unreachable") == [("answers/pay/fees.md", "it names no audiences")]


def test_a_variant_that_its_readers_never_get(tmp_path: Path, answers: Path) -> None:
    answer_in(answers, "wages.old", audiences=["years 10-11"])
    answer_in(answers, "wages.parents", audiences=["parents"])
    assert found(tmp_path, "unreachable") == [
        ("answers/pay/wages.old.md", "its readers are all given another answer to the subject")
    ]


def test_what_an_intent_says_by_itself_is_reached(tmp_path: Path, answers: Path) -> None:
    answer_in(answers, "university", topic="topics", audiences=None, examples=None)
    assert found(tmp_path) == []


# ---- facts


@pytest.mark.parametrize(
    ("day", "kind", "says"),
    [
        ("2026-01-29", None, None),
        ("2026-01-30", "ending", "wage runs out on 31 March 2026"),
        ("2026-03-31", "ending", "wage runs out on 31 March 2026"),
        ("2026-04-01", "expired", "wage ran out on 31 March 2026"),
        ("2026-12-02", "due", "wage was to be checked by 1 December 2026"),
    ],
)
def test_a_fact_that_ends(
    tmp_path: Path, answers: Path, day: str, kind: str | None, says: str | None
) -> None:
    facts_in(tmp_path / "facts", fact())
    answer_in(answers, "wages", text="It is {fact:wage}.")
    kinds = [kind] if kind else ["ending", "expired", "due", "changing", "unused"]
    wanted = [("facts/wages.yml:1", says)] if says else []
    assert found(tmp_path, *kinds, day=dt.date.fromisoformat(day)) == wanted


def test_a_fact_that_is_followed_by_another(tmp_path: Path, answers: Path) -> None:
    new = fact(value=8.0, valid_from="2026-04-01", valid_to=None)
    facts_in(tmp_path / "facts", fact(), new)
    answer_in(answers, "wages", text="It is {fact:wage}.")
    assert found(tmp_path) == [
        ("facts/wages.yml:1",
         "wage changes on 1 April 2026 from £7.55 an hour to £8.00 an hour")
    ]  # fmt: skip
    assert found(tmp_path, day=dt.date(2026, 4, 1)) == []
    assert found(tmp_path, day=dt.date(2026, 1, 1)) == []


def test_facts_to_confirm_and_facts_that_nothing_shows(tmp_path: Path, answers: Path) -> None:
    facts_in(tmp_path / "facts", fact(status="to-confirm", valid_to=None))
    assert found(tmp_path, "to-confirm") == [
        ("facts/wages.yml:1", "wage: £7.55 an hour (https://www.gov.uk/rates)")
    ]
    assert found(tmp_path, "unused") == [("facts/wages.yml:1", "wage")]


# ---- how long, for whom


def test_lengths_are_counted_with_the_places_filled(tmp_path: Path, answers: Path) -> None:
    facts_in(tmp_path / "facts", fact(valid_to=None))
    text = "word " * 86 + "{fact:wage}."
    answer_in(answers, "wages", text=f"{text}\n\n<!-- more -->\n\n{'word ' * 121}")
    assert found(tmp_path) == [
        ("answers/pay/wages.md", "121 words after “more”; at most 120 are read")
    ]
    answer_in(answers, "wages", text=f"word word {text}")
    assert found(tmp_path) == [
        ("answers/pay/wages.md", "91 words before “more”; at most 90 are read")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("**Pay** is £7,500.50 a year.", 5),
        ("- one\n- two-fold", 2),
        ("see [the page](https://www.gov.uk/a b)", 3),
        ("a – b", 2),
    ],
)
def test_words_are_counted_as_they_are_seen(text: str, words: int) -> None:
    assert count_words(text) == words


def test_readers_without_an_answer(tmp_path: Path, answers: Path) -> None:
    answer_in(answers, "wages.parents", audiences=["parents", "years 10-11"])
    answer_in(answers, "tax", audiences=["years 12-13", "years 10-11"])
    answer_in(answers, "greeting", topic="service")
    assert coverage(content_in(tmp_path)) == {
        "pay": {"years 7-9": 0, "years 10-11": 2, "years 12-13": 1, "leavers": 0, "parents": 1}
    }
    assert found(tmp_path, "missing") == [("knowledge/answers/pay", "years 7-9, leavers")]


def test_findings_come_by_kind_and_say_whether_they_must_be_mended(
    tmp_path: Path, answers: Path
) -> None:
    facts_in(tmp_path / "facts", fact())
    answer_in(answers, "fees", next=["nowhere"])
    listed = check(content_in(tmp_path), dt.date(2026, 5, 1), INTENTS, WORDING)
    assert [(one.kind, one.must_be_mended) for one in listed] == [
        ("unknown", True), ("expired", True), ("missing", False), ("unused", False),
    ]  # fmt: skip


def test_intents_are_read_from_the_domain(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("intents:\n- pay:\n    use_entities: []\n- greet\n")
    assert intents_of(tmp_path / "domain.yml") == {"pay", "greet"}
    assert "talk_to_adviser" in intents_of()


# ---- links


class Site(http.server.BaseHTTPRequestHandler):
    """/gone is gone, /moved leads on, /no-head takes GET only, /private turns programs away."""

    asked: list[tuple[str, str]]

    def _answer(self) -> None:
        self.server.asked.append((self.command, self.path))  # type: ignore[attr-defined]
        status = {"/gone": 404, "/moved": 301, "/private": 403}.get(self.path, 200)
        if self.path == "/no-head" and self.command == "HEAD":
            status = 405
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/here")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = _answer

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[http.server.ThreadingHTTPServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_only_links_that_do_not_open_are_told(site: http.server.ThreadingHTTPServer) -> None:
    root = f"http://127.0.0.1:{site.server_port}"
    paths = ("here", "gone", "moved", "no-head", "private")
    steps: list[tuple[int, int]] = []
    dead = links.dead(
        {f"{root}/{path}": f"{path}.md" for path in paths}, lambda *s: steps.append(s)
    )
    assert [(one.kind, one.where, one.says) for one in dead] == [
        ("dead", "gone.md", f"{root}/gone: status 404")
    ]
    assert steps == [(number, 5) for number in range(1, 6)]
    asked = site.asked  # type: ignore[attr-defined]
    assert asked.count(("HEAD", "/gone")) == asked.count(("GET", "/gone")) == 1
    assert ("GET", "/private") in asked


def test_a_site_that_is_not_there(site: http.server.ThreadingHTTPServer) -> None:
    assert links.fault_of("http://127.0.0.1:9/") == "cannot be reached (ConnectionError)"


def test_every_link_is_tried_once_with_all_files_that_name_it(tmp_path: Path) -> None:
    text = "See [it](https://www.gov.uk/rates) or [that](https://a.uk/x)."
    answer_in(tmp_path / "answers", "wages", text=text)
    answer_in(tmp_path / "answers", "fees", text="It is {fact:wage}.")
    facts_in(tmp_path / "facts", fact())
    found = links.addresses(content_in(tmp_path))
    assert {link: where.replace(f"{tmp_path}/", "") for link, where in found.items()} == {
        "https://a.uk/x": "answers/pay/wages.md",
        "https://www.gov.uk/pay": "answers/pay/fees.md, answers/pay/wages.md",
        "https://www.gov.uk/rates": "answers/pay/wages.md, facts/wages.yml:1",
    }
