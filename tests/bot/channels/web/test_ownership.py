"""A signed-in pupil's chat is theirs from its first line, and a guest's is nobody's."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.web.app import WIDGET, create_app
from bot.records.models import ConversationOwner, Entry, PupilSession
from tests.bot.channels.web.conftest import over_a_socket
from tests.bot.channels.web.enrolled import Enrolled, sign_in
from tests.bot.channels.web.test_pages import message_id, send
from tests.bot.support import Book, Clock, Reader, app_in, library, running, settings_in
from tests.engine_double import EngineDouble

NAME = "Xanthippe"
SECRET = "a secret of mine"
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://www.school.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://www.school.example"},
    {"Origin": "https://www.school.example"},
]


@pytest.fixture
async def client(
    tmp_path: Path, engine: EngineDouble, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """A running gateway with the real page."""
    app = create_app(
        settings_in(tmp_path, engine_url=engine.url),
        answers=Book(),
        library=library(),
        clock=clock,
        widget=WIDGET,
    )
    async with running(app) as client:
        client.folder = tmp_path  # type: ignore[attr-defined]
        yield client


@pytest.fixture
def enrolled(client: httpx.AsyncClient) -> Iterator[Enrolled]:
    found = Enrolled(client.folder)  # type: ignore[attr-defined]
    yield found
    found.close()


@pytest.fixture
async def ada(client: httpx.AsyncClient, enrolled: Enrolled) -> str:
    """A pupil who is signed in; the id."""
    pupil = enrolled.add(NAME)
    await sign_in(client, enrolled.code(pupil))
    return pupil


def owners(enrolled: Enrolled) -> list[tuple[str, int]]:
    return [(row.pupil_id, row.from_seq) for row in enrolled.rows(ConversationOwner)]


def signed_out(response: httpx.Response) -> None:
    assert response.status_code == 403, response.text
    assert response.json()["type"] == "urn:signpost:problem:signed-out"
    assert response.json()["detail"].startswith("This chat is shown only while")
    assert "Sign in again" in response.json()["detail"]
    assert SECRET not in response.text


async def other_pupil(client: httpx.AsyncClient, enrolled: Enrolled) -> None:
    await sign_in(client, enrolled.code(enrolled.add("Ben")))


async def nobody(client: httpx.AsyncClient, _enrolled: Enrolled) -> None:
    client.cookies.delete("signpost_pupil")


async def out(client: httpx.AsyncClient, _enrolled: Enrolled) -> None:
    chat = client.cookies.get("signpost_chat")
    await client.post("/sign-out", data={"x": ""})
    if chat:  # as if the browser had kept it
        client.cookies.set("signpost_chat", chat, domain="chat.test", path="/chat")


# ---- the API


async def test_begun_while_signed_in_it_is_the_pupils(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    reader = await Reader.begin(client)
    assert owners(enrolled) == [(ada, 1)]
    await reader.ask(SECRET)
    assert len(await reader.entries()) == 2
    assert (await client.delete(reader.path, headers=reader.headers)).status_code == 204
    assert owners(enrolled) == []


@pytest.mark.parametrize("headers", ELSEWHERE)
async def test_begun_from_another_page_it_is_nobodys(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str, headers: dict[str, str]
):
    reader = await Reader.begin(client, headers=headers)
    assert owners(enrolled) == []
    reader.headers |= headers
    await reader.ask(SECRET)
    assert len(await reader.entries()) == 2


async def test_a_guests_is_tied_to_nobody(client: httpx.AsyncClient, enrolled: Enrolled, ada: str):
    await out(client, enrolled)
    reader = await Reader.begin(client)
    await reader.ask(SECRET)
    await send(client, text=SECRET)
    assert owners(enrolled) == []
    with closing(sqlite3.connect(enrolled.folder / "signpost.sqlite3")) as connection:
        for table in ("conversations", "entries", "offers"):
            told = repr(connection.execute(f"SELECT * FROM {table}").fetchall())
            assert ada not in told
    # A guest's goes on whoever signs in, and is not claimed by writing in it.
    await sign_in(client, enrolled.code(ada))
    await reader.ask("and a nurse")
    assert len(await reader.entries()) == 4
    assert owners(enrolled) == []


@pytest.mark.parametrize("who", [nobody, out, other_pupil])
async def test_to_nobody_else_it_opens(
    client: httpx.AsyncClient, enrolled: Enrolled, engine: EngineDouble, ada: str, who: Any
):
    reader = await Reader.begin(client)
    await reader.ask(SECRET)
    entries = enrolled.rows(Entry)
    await who(client, enrolled)
    for response in (
        await reader.get("transcript"),
        await reader.get("transcript", params={"format": "text"}),
        await reader.get("events", params={"after": 0}),
        await reader.send("hello"),
        await reader.send(payload="/talk_to_adviser"),
        await client.delete(reader.path, headers=reader.headers),
    ):
        signed_out(response)
    assert enrolled.rows(Entry) == entries
    assert len(engine.seen.turns) == 1
    # To its pupil it opens again.
    await sign_in(client, enrolled.code(ada))
    assert len(await reader.entries()) == 2


async def test_nor_to_another_page_with_the_cookie(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    reader = await Reader.begin(client)
    await reader.ask(SECRET)
    for headers in ELSEWHERE:
        signed_out(await client.get(f"{reader.path}/transcript", headers=reader.headers | headers))


async def test_the_sentence_is_in_the_readers_language(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    reader = await Reader.begin(client)
    await nobody(client, enrolled)
    reader.headers["Accept-Language"] = "cy"
    response = await reader.get("transcript")
    assert response.headers["content-language"] == "cy"
    assert "mewngofnodi" in response.json()["detail"]


async def test_idle_closes_it_and_listening_does_not_keep_it_open(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock, ada: str
):
    reader = await Reader.begin(client)
    await reader.ask(SECRET)
    seen = enrolled.rows(PupilSession)[0].last_seen_at
    clock.ahead = timedelta(minutes=100)
    assert (await reader.get("events", params={"after": 0})).status_code == 200
    assert enrolled.rows(PupilSession)[0].last_seen_at == seen
    clock.ahead = timedelta(minutes=121)
    signed_out(await reader.get("events", params={"after": 0}))
    signed_out(await reader.get("transcript"))


async def test_writing_is_use(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock, ada: str
):
    reader = await Reader.begin(client)
    clock.ahead = timedelta(minutes=100)
    await reader.send("hello")
    clock.ahead = timedelta(minutes=200)
    assert (await reader.get("transcript")).status_code == 200


async def test_a_cry_for_help_is_answered_all_the_same(
    client: httpx.AsyncClient, enrolled: Enrolled, engine: EngineDouble, ada: str
):
    reader = await Reader.begin(client)
    await nobody(client, enrolled)
    response = await reader.send("i want to die")
    assert response.status_code == 503
    assert response.json()["type"] == "urn:signpost:problem:help-unstored"
    assert response.json()["messages"][0]["answer"] == "help_now"
    # What is not stored stands in nobody's chat.
    assert enrolled.rows(Entry) == []
    assert engine.seen.turns == []


async def test_an_open_stream_tells_nothing_more_after_signing_out(
    tmp_path: Path, engine: EngineDouble
):
    app = app_in(tmp_path, engine_url=engine.url)
    async with over_a_socket(app) as client, asyncio.timeout(20):
        enrolled = Enrolled(tmp_path)
        code = enrolled.code(enrolled.add())
        await sign_in(client, code)
        reader = await Reader.begin(client)
        headers = reader.headers | {"Accept": "text/event-stream"}
        async with client.stream("GET", f"{reader.path}/events", headers=headers) as response:
            lines = response.aiter_lines()
            assert await anext(lines) == "event: state"
            token = client.cookies["signpost_pupil"]
            await sign_in(client, code)  # ends the session of before
            await reader.send(SECRET)
            rest = [line async for line in lines]
        assert SECRET not in "".join(rest)
        assert client.cookies["signpost_pupil"] != token
        assert len(await reader.entries()) >= 1
        enrolled.close()


# ---- the page


async def test_a_form_while_signed_in_begins_the_pupils_chat(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    await send(client, text=SECRET)
    assert owners(enrolled) == [(ada, 1)]
    assert SECRET in (await client.get("/chat")).text
    await send(client, text="and a nurse")
    assert owners(enrolled) == [(ada, 1)]


@pytest.mark.parametrize("who", [nobody, out, other_pupil])
async def test_the_page_shows_it_to_nobody_else_and_begins_anew(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str, who: Any
):
    await send(client, text=SECRET)
    before = (await client.get("/chat")).text
    chat = client.cookies["signpost_chat"]
    await who(client, enrolled)
    response = await client.get("/chat")
    assert SECRET not in response.text
    assert NAME not in response.text
    assert ("so the chat from before is not shown" in response.text) == (who is not other_pupil)
    assert "signpost_chat" not in client.cookies
    assert "so the chat from before" not in (await client.get("/chat")).text
    # A form that was still open begins a chat of its own.
    client.cookies.set("signpost_chat", chat, domain="chat.test", path="/chat")
    fields = {"client_message_id": message_id(before), "text": "hello again"}
    assert (await client.post("/chat", data=fields)).status_code == 303
    page = (await client.get("/chat")).text
    assert "hello again" in page
    assert SECRET not in page
    assert (ada, 1) in owners(enrolled)
    assert len(owners(enrolled)) == (2 if who is other_pupil else 1)


async def test_nobody_else_clears_it(client: httpx.AsyncClient, enrolled: Enrolled, ada: str):
    await send(client, text=SECRET)
    await nobody(client, enrolled)
    assert (await client.post("/chat/clear")).status_code == 303
    assert "signpost_chat" not in client.cookies
    assert owners(enrolled) == [(ada, 1)]


async def test_a_cry_for_help_by_the_form_of_before(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    await send(client, text="hello")
    await nobody(client, enrolled)
    page = (await client.get("/chat")).text
    fields = {"client_message_id": message_id(page), "text": "i want to die"}
    await client.post("/chat", data=fields)
    assert "Call <strong>999</strong>." in (await client.get("/chat")).text


async def test_the_page_says_who_is_signed_in_around_the_chat(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    page = (await client.get("/chat")).text
    around, _, chat = page.partition("<signpost-chat")
    assert f"<p>Signed in as {NAME}</p>" in around
    assert '<form method="post" action="/sign-out"><button>Sign out</button></form>' in around
    assert 'href="/record"' in around
    assert "Quillfeather" not in page
    assert "sign" not in chat.replace("signpost", "").replace("Signpost", "")
    await client.post("/sign-out", data={"x": ""})
    around, _, chat = (await client.get("/chat")).text.partition("<signpost-chat")
    assert '<a href="/sign-in">Sign in to keep a record</a>' in around
    assert "Sign out" not in around
    assert "/sign-in" not in chat


async def test_a_name_is_text_and_not_markup(client: httpx.AsyncClient, enrolled: Enrolled):
    await sign_in(client, enrolled.code(enrolled.add("<b>{Zoë}")))
    assert "Signed in as &lt;b&gt;{Zoë}</p>" in (await client.get("/chat")).text


async def test_details_that_cannot_be_opened_keep_nobody_from_the_chat(
    client: httpx.AsyncClient, enrolled: Enrolled, ada: str
):
    with closing(sqlite3.connect(enrolled.folder / "signpost.sqlite3")) as connection:
        connection.execute("UPDATE pupils SET details = 'broken'")
        connection.commit()
    response = await client.get("/chat")
    assert response.status_code == 200
    assert "<p>Signed in</p>" in response.text


async def test_in_welsh(client: httpx.AsyncClient, ada: str):
    around = (await client.get("/chat?lang=cy")).text.partition("<signpost-chat")[0]
    assert f"<p>Wedi mewngofnodi fel {NAME}</p>" in around


@pytest.mark.parametrize("name", sorted(path.name for path in (WIDGET / "static").glob("*.js")))
def test_the_widget_that_is_embedded_knows_nothing_of_signing_in(name: str):
    text = (WIDGET / "static" / name).read_text(encoding="utf-8").lower()
    for word in ("sign in", "sign-in", "signed in", "sign out", "signpost_pupil"):
        assert word not in text


# ---- nothing of a name goes anywhere


async def test_the_name_is_in_no_address_no_log_and_not_with_the_engine(
    client: httpx.AsyncClient,
    enrolled: Enrolled,
    engine: EngineDouble,
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.DEBUG):
        ada = enrolled.add(NAME)
        code = enrolled.code(ada)
        answers = [await sign_in(client, code)]
        answers += [await client.get("/chat"), await send(client, text="what does a vet earn")]
        reader = await Reader.begin(client)
        await reader.ask("and a nurse")
        answers += [await reader.get("transcript"), await client.get("/sign-in")]
        answers += [await client.post("/sign-out", data={"x": ""})]
        answers += [await reader.get("transcript")]
    secrets = (NAME, "Quillfeather", ada, code)
    told = [caplog.text, repr(engine.seen)]
    for answer in answers:
        told += [str(answer.url), repr(answer.headers.multi_items())]
    for secret in secrets:
        assert not any(secret.lower() in one.lower() for one in told)
    for path in enrolled.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(one.encode() in content for one in (NAME, "Quillfeather", code))
