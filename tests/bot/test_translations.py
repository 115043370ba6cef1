"""The words of the interface: each is in the catalogues, whole, and in the reader's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from babel.messages.catalog import Message
from babel.messages.plurals import get_plural

from bot.channels.web import catalogues, tongues
from bot.channels.web.app import create_app
from bot.channels.web.catalogues import Sentence
from bot.channels.web.problems import Problems
from bot.channels.web.tongues import Tongues
from tests.bot.support import Book, Clock, library, running, settings_in
from tests.engine_double import EngineDouble

STATIC = tongues.WIDGET / "static"
PLACE = re.compile(r"\{(\w+)\}")
TONGUES = Tongues.load()
OF_ONE = {"en": 0, "cy": 1}
"""Which of a language's plural forms is said with the number 1."""
SENTENCES: list[Sentence] = [sentence for sentence, _ in catalogues.sentences()]


def english_of(sentence: Sentence) -> str:
    return sentence if isinstance(sentence, str) else sentence[0]


def messages(code: str) -> dict[str, Message]:
    found = catalogues.read(code)
    return {english_of(message.id): message for message in found if message.id}


def strings_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def places(sentence: str) -> set[str]:
    return set(PLACE.findall(sentence))


# ---- the catalogues


@pytest.mark.parametrize("code", list(TONGUES))
def test_every_sentence_is_in_the_catalogue_and_no_other(code: str):
    assert set(messages(code)) == {english_of(sentence) for sentence in SENTENCES}


@pytest.mark.parametrize("code", list(TONGUES))
def test_nothing_is_left_untranslated_or_guessed(code: str):
    gaps = [key for key, one in messages(code).items() if one.fuzzy or not all(strings_of(one))]
    assert gaps == []


@pytest.mark.parametrize("code", list(TONGUES))
def test_no_place_is_lost_or_made_up(code: str):
    wrong = []
    for key, message in messages(code).items():
        for n, said in enumerate(strings_of(message)):
            if message.pluralizable:
                one, other = (places(english) for english in message.id)
                fits = places(said) in (one, other) if n == OF_ONE[code] else places(said) == other
            else:
                fits = places(said) == places(key)
            wrong += [] if fits else [said]
    assert wrong == []


@pytest.mark.parametrize("code", list(TONGUES))
def test_every_plural_form_is_said(code: str):
    forms = get_plural(code).num_plurals
    assert all(len(m.string) == forms for m in messages(code).values() if m.pluralizable)


def test_welsh_is_welsh():
    same = {key for key, one in messages("cy").items() if key in strings_of(one)}
    assert same == {"Signpost", "{who}, {at}:"}


def test_welsh_is_marked_for_review_until_a_welsh_speaker_has_read_it():
    head = tongues.catalogue("cy").read_text(encoding="utf-8").partition("msgid")[0]
    assert "REVIEWED BY A WELSH SPEAKER" in head


def test_making_the_catalogues_again_changes_nothing():
    for code in TONGUES:
        before, after = catalogues.read(code), catalogues.updated(code)
        assert [(m.id, m.string) for m in before] == [(m.id, m.string) for m in after]
    script = catalogues.LAUNCHER.read_text(encoding="utf-8")
    assert catalogues.with_words(script, catalogues.launcher_words(TONGUES)) == script


# ---- the widget


def named_in(script: str) -> Iterator[str]:
    yield from re.findall(r"STRINGS\.(\w+)", script)
    yield from re.findall(r'\bsay\("(\w+)"', script)


def test_the_widget_names_only_words_that_there_are():
    known = set(tongues.widget_words()) | {"lang"}
    named = {
        name for path in STATIC.glob("*.js") for name in named_in(path.read_text(encoding="utf-8"))
    }
    endings = {name for name in known if name.startswith("ended-")}
    assert named <= known
    assert known - named - endings == set(catalogues.ON_THE_BUTTON)
    ended = re.search(
        r"get ended\(\) \{\s*return (\{.*?\})", (STATIC / "api.js").read_text(encoding="utf-8")
    )
    assert ended
    kinds = set(re.findall(r'"(\w+)"', ended[1])) | {"cleared", "elsewhere"}
    assert endings == {f"ended-{kind}" for kind in kinds}


def test_the_words_for_a_number_are_those_of_the_language():
    welsh = TONGUES["cy"].strings()
    assert welsh["choices"]["two"] == "Mae {n} fotwm yn dilyn."
    assert welsh["choices"]["other"] == "Mae {n} botwm yn dilyn."
    assert "many" not in welsh["choices"]  # said like "other"
    assert TONGUES["en"].strings()["fresh"] == {"one": "New message", "other": "{n} new messages"}


# ---- which language


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("cy", "cy"),
        ("cy-GB, en;q=0.5", "cy"),
        ("en-GB, en;q=0.9, cy;q=0.8", "en"),
        ("fr, cy;q=0.8, en;q=0.5", "cy"),
        ("pl, ur;q=0.8", "en"),
        ("cy;q=0", "en"),
        ("cy;q=wrong", "en"),
        ("*", "en"),
        (",;,=;q", "en"),
    ],
)
def test_the_language_that_a_browser_likes(header: str, code: str):
    assert TONGUES.liked(header).code == code


@pytest.fixture
async def chat(tmp_path: Path, engine: EngineDouble):
    """A running gateway with its real page."""
    app = create_app(
        settings_in(tmp_path, engine_url=engine.url),
        answers=Book(),
        library=library(),
        clock=Clock(),
    )
    async with running(app) as client:
        yield client


async def test_the_page_is_in_the_language_of_its_address(chat: httpx.AsyncClient):
    response = await chat.get("/chat?lang=cy", headers={"Accept-Language": "en"})
    page = response.text
    assert response.headers["content-language"] == "cy"
    assert '<html lang="cy">' in page
    assert "Teipiwch eich cwestiwn" in page
    assert "Mae&#39;r atebion yn Saesneg." in page
    assert '<div class="message" lang="en-GB">' in page
    assert 'action="/chat?lang=cy"' in page
    assert '<a href="/chat?lang=en" hreflang="en-GB" lang="en-GB">English</a>' in page
    for english in ("Type your question", "Before you start", "Exit this page", "Source:"):
        assert english not in page


async def test_the_page_is_in_the_browsers_language_where_the_address_has_none(
    chat: httpx.AsyncClient,
):
    welsh = await chat.get("/chat", headers={"Accept-Language": "cy, en;q=0.5"})
    assert '<html lang="cy">' in welsh.text
    assert 'action="/chat"' in welsh.text
    for header in ({}, {"Accept-Language": "pl"}):
        english = (await chat.get("/chat", headers=header)).text
        assert '<html lang="en-GB">' in english
        assert "Type your question" in english
        assert "The answers are in English." not in english
        assert 'class="message">' in english


async def test_the_form_goes_on_in_its_language(chat: httpx.AsyncClient):
    page = (await chat.get("/chat?lang=cy")).text
    key = re.search(r'name="client_message_id" value="([^"]+)"', page)
    assert key
    fields = {"client_message_id": key[1], "text": "what does a vet earn"}
    sent = await chat.post("/chat?lang=cy", data=fields)
    assert sent.headers["location"] == "/chat?sent=1&lang=cy#latest"
    refused = await chat.post(
        "/chat?lang=cy", data=fields | {"client_message_id": "b", "text": " "}
    )
    assert "Teipiwch gwestiwn yn gyntaf." in refused.text
    cleared = await chat.post("/chat/clear?lang=cy")
    assert cleared.headers["location"] == "/chat?lang=cy"
    odd = await chat.post("/chat/clear?lang=%0d%0aX:1")
    assert odd.headers["location"] == "/chat"


async def test_problems_are_told_in_the_readers_language(chat: httpx.AsyncClient):
    welsh = await chat.get("/none", headers={"Accept-Language": "cy"})
    assert welsh.json()["detail"] == "Does dim byd yn y cyfeiriad hwn."
    assert welsh.json()["title"] == "Not found"  # for programs
    assert welsh.headers["content-language"] == "cy"
    assert (await chat.get("/none")).json()["detail"] == "There is nothing at this address."


def test_every_problem_can_be_told_in_every_language():
    for problem in Problems.load(most_chars=1000):
        for tongue in TONGUES.values():
            assert "{" not in problem.said_in(tongue)
    assert "1,000" in Problems.load(most_chars=1000)["too-long"].said_in(TONGUES["cy"])


async def test_the_widgets_words_are_files_that_a_browser_can_keep(chat: httpx.AsyncClient):
    for code in TONGUES:
        found = await chat.get(f"/widget/strings.{code}.json")
        assert found.headers["content-type"] == "application/json"
        assert found.headers["content-encoding"] == "gzip"
        assert json.loads(found.text) == TONGUES[code].strings()
        tag = found.headers["etag"]
        again = await chat.get(f"/widget/strings.{code}.json", headers={"If-None-Match": tag})
        assert again.status_code == 304
    assert (await chat.get("/widget/strings.fr.json")).status_code == 404
