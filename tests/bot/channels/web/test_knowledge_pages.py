"""The pages of all answers: by topic, by reader, by words, and one by one."""

import logging
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.bot.support import app_in, running
from tests.engine_double import EngineDouble


def words(page: str) -> str:
    """What a page says, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def linked(page: str) -> list[str]:
    """The answers that a page leads to."""
    return re.findall(r'href="/knowledge/([^"]+)"', page)


async def page_of(client: httpx.AsyncClient, **query: str) -> str:
    response = await client.get("/knowledge", params=query)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    return response.text


async def test_all_answers_stand_under_their_topics(client: httpx.AsyncClient):
    page = await page_of(client)
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["Apprenticeships", "University"]
    assert linked(page) == ["benefits", "benefits.parents", "choosing", "choosing.parents"]
    for topic in ("apprenticeships", "university"):
        assert f'href="#{topic}"' in page
        assert f'id="{topic}"' in page
    assert "automatic" not in page  # what the service says for itself is no answer


@pytest.mark.parametrize(
    ("audience", "answers"),
    [
        ("parents", ["benefits.parents", "choosing.parents"]),
        ("years 12-13", ["benefits", "choosing"]),
        ("years 10-11", ["benefits"]),
        ("leavers", []),
        ("nobody", ["benefits", "benefits.parents", "choosing", "choosing.parents"]),
        ("", ["benefits", "benefits.parents", "choosing", "choosing.parents"]),
    ],
)
async def test_for_some_readers(client: httpx.AsyncClient, audience: str, answers: list[str]):
    page = await page_of(client, **{"for": audience})
    assert linked(page) == answers
    assert ("There is no answer here yet." in page) == (not answers)
    chosen = re.findall(r"<option selected value=\"([^\"]*)\"", page)
    assert chosen == ([audience] if audience not in ("nobody", "") else [])


@pytest.mark.parametrize(
    ("said", "audience", "answers"),
    [
        ("choosing", "", ["choosing", "choosing.parents"]),
        ("COURS day", "years 12-13", ["choosing"]),
        ("daughter", "parents", ["benefits.parents"]),
        ("the rates", "years 10-11", ["benefits"]),
        ("gov", "years 10-11", []),  # an address is no word
        ("choosing benefits", "", []),
        ("zebra", "", []),
    ],
)
async def test_by_words(client: httpx.AsyncClient, said: str, audience: str, answers: list[str]):
    page = await page_of(client, q=said, **{"for": audience})
    assert linked(page) == answers
    assert f'value="{said}"' in page
    assert ("No answer has all these words" in page) == (not answers)


async def test_words_are_shown_as_they_are_and_only_so_long(client: httpx.AsyncClient):
    page = await page_of(client, q='"><script>alert(1)</script>' + "x" * 300)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "x" * 174 not in page


async def test_one_answer_with_all_that_stands_behind_it(client: httpx.AsyncClient):
    response = await client.get("/knowledge/benefits")
    page = response.text
    assert response.status_code == 200
    assert re.findall(r"<h([1-6])", page) == ["1", "2", "2", "2", "2", "3"]
    assert "<strong>They stop</strong>" in page
    assert '<a href="https://www.gov.uk/rates" rel="noopener noreferrer">the rates</a>' in page
    told = words(page)
    for words_there in (
        "For years 10-11, years 12-13.",
        "£8.00 an hour",
        "It holds until 31 August 2126.",
        "“do we lose money if i get an apprenticeship”",
        "“what happens to <b>our</b> benefits”",
        "GOV.UK, Benefits (opens in a new tab) , 2026.",
        "Rates (opens in a new tab) , checked November 2026.",
        "The lowest pay: £8.00 an hour . Checked 22 November 2026, to be checked again by "
        "1 March 2126.",
        "This is still to be confirmed.",
        "Check this before you decide",
    ):
        assert words_there in told
    assert "<b>our" not in page
    assert '<a class="choice" href="/chat">Ask about this</a>' in page
    assert linked(page) == ["benefits.parents", "choosing"]


async def test_a_parent_is_led_on_to_answers_for_parents(client: httpx.AsyncClient):
    page = (await client.get("/knowledge/benefits.parents")).text
    assert linked(page) == ["benefits", "choosing.parents"]
    assert "<h3" not in page


@pytest.mark.parametrize("answer", ["nothing", "notice", "pay", "{x}", "<b>", "%20", "a.b.c"])
async def test_an_unknown_answer_is_told_in_plain_words(client: httpx.AsyncClient, answer: str):
    response = await client.get(f"/knowledge/{answer}")
    assert response.status_code == 404
    assert "There is no such answer" in response.text
    assert 'href="/knowledge"' in response.text
    assert "<b>" not in response.text


@pytest.mark.parametrize("path", ["/knowledge", "/knowledge/benefits", "/knowledge/nothing"])
async def test_pages_have_no_script_or_style_of_their_own(client: httpx.AsyncClient, path: str):
    response = await client.get(path)
    assert "script-src 'self'; style-src 'self'" in response.headers["content-security-policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", response.text)
    assert len(re.findall(r"<h1\b", response.text)) == 1


async def test_nothing_that_is_searched_for_is_logged(
    tmp_path: Path, engine: EngineDouble, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        await client.get("/knowledge", params={"q": "mysecretworry"})
        await client.get("/knowledge/mysecretworry")
    told = [one for one in caplog.records if not one.name.startswith("http")]  # the test's client
    assert not [one for one in told if "mysecretworry" in one.getMessage()]
    assert b"mysecretworry" not in (tmp_path / "signpost.sqlite3").read_bytes()
