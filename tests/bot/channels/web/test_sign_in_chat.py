"""A guest who signs in mid-chat decides whether the chat so far is theirs."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from bot.records.guidance.lines import RecordLineRow, day_in_england, lines_of
from bot.records.models import ConversationOwner
from tests.bot.channels.web.enrolled import Enrolled, cookie_of, sign_in
from tests.bot.channels.web.test_pages import send
from tests.bot.support import Clock, Reader

QUESTION = "Should the chat so far count as yours?"


@pytest.fixture
def enrolled(client: httpx.AsyncClient) -> Iterator[Enrolled]:
    found = Enrolled(client.folder)  # type: ignore[attr-defined]
    yield found
    found.close()


async def answer(client: httpx.AsyncClient, join: str) -> httpx.Response:
    return await client.post("/chat/sign-in", data={"join": join})


async def test_a_guests_chat_is_nobodys_until_the_answer(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    await send(client, text="what does a vet earn")
    await sign_in(client, enrolled.code(enrolled.add()))
    response = await client.get("/chat/sign-in")
    assert response.status_code == 200
    assert QUESTION in response.text
    assert "what does a vet earn" not in response.text
    assert response.headers["cache-control"] == "no-store"
    await client.get("/chat")
    await send(client, text="and a nurse")
    assert enrolled.rows(ConversationOwner) == []


@pytest.mark.parametrize(("join", "from_seq"), [("yes", 1), ("no", 3)])
async def test_yes_is_all_of_it_and_no_what_comes_from_now_on(
    client: httpx.AsyncClient, enrolled: Enrolled, join: str, from_seq: int
):
    await send(client, text="what does a vet earn")
    pupil = enrolled.add()
    await sign_in(client, enrolled.code(pupil))
    response = await answer(client, join)
    assert (response.status_code, response.headers["location"]) == (303, "/chat")
    owners = enrolled.rows(ConversationOwner)
    assert [(row.pupil_id, row.from_seq) for row in owners] == [(pupil, from_seq)]
    assert owners[0].school_id == enrolled.school_id
    # It is asked once, and a second answer changes nothing.
    assert (await client.get("/chat/sign-in")).headers["location"] == "/chat"
    await answer(client, "no" if join == "yes" else "yes")
    assert enrolled.rows(ConversationOwner) == owners
    assert "what does a vet earn" in (await client.get("/chat")).text


def told_to(enrolled: Enrolled, pupil: str) -> list[RecordLineRow]:
    with enrolled.transaction() as connection:
        return lines_of(connection, enrolled.sealing, enrolled.school_id, pupil)


async def test_with_a_yes_what_was_told_before_is_in_the_record_once(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock
):
    reader = await Reader.begin(client)
    clock.ahead = timedelta(days=-1)
    await reader.ask("what does a vet earn")
    clock.ahead = timedelta()
    await reader.ask("what does a vet earn")
    await reader.ask("and again")
    ada, ben = enrolled.add(), enrolled.add("Ben")
    await sign_in(client, enrolled.code(ada))
    await answer(client, "yes")
    await answer(client, "yes")
    lines = told_to(enrolled, ada)
    today = day_in_england(clock())
    assert [line.happened_on for line in lines] == [today, today - timedelta(days=1)]
    for line, seq in zip(lines, (3, 1), strict=True):
        assert (line.kind, line.provenance, line.confirmed_at) == ("information", "service", None)
        assert line.body.title == "Pay: Veterinarians"
        assert line.body.figures[0].amount == "£42,612 a year"
        assert line.source == {"conversation": reader.id, "seq": seq, "answers": ["pay"]}
    # What is told from now on is not told a second time on the same day.
    await reader.ask("what does a vet earn")
    assert told_to(enrolled, ada) == lines
    assert told_to(enrolled, ben) == []


async def test_with_a_no_nothing_of_before_is_in_the_record(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    reader = await Reader.begin(client)
    await reader.ask("what does a vet earn")
    ada = enrolled.add()
    await sign_in(client, enrolled.code(ada))
    await answer(client, "no")
    await answer(client, "yes")
    assert told_to(enrolled, ada) == []
    await reader.ask("what does a vet earn")
    assert len(told_to(enrolled, ada)) == 1


async def test_another_pupils_yes_brings_nothing_of_it(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    await send(client, text="what does a vet earn")
    await sign_in(client, enrolled.code(enrolled.add()))
    await answer(client, "no")
    chat = client.cookies["signpost_chat"]
    ben = enrolled.add("Ben")
    await sign_in(client, enrolled.code(ben))
    client.cookies.set("signpost_chat", chat, domain="chat.test", path="/chat")
    await answer(client, "yes")
    assert told_to(enrolled, ben) == []


async def test_the_next_pupil_at_the_device_does_not_see_it(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    await send(client, text="a secret of mine")
    ada = enrolled.add()
    await sign_in(client, enrolled.code(ada))
    await answer(client, "yes")
    chat = client.cookies["signpost_chat"]
    await sign_in(client, enrolled.code(enrolled.add("Ben")))
    response = await client.get("/chat/sign-in")
    assert (response.status_code, response.headers["location"]) == (303, "/chat")
    assert "Max-Age=0" in cookie_of(response, "signpost_chat")
    assert "a secret of mine" not in (await client.get("/chat")).text
    # Nor can it be taken by answering without having been asked.
    client.cookies.set("signpost_chat", chat, domain="chat.test", path="/chat")
    response = await answer(client, "yes")
    assert "Max-Age=0" in cookie_of(response, "signpost_chat")
    assert [row.pupil_id for row in enrolled.rows(ConversationOwner)] == [ada]


async def test_signing_out_takes_the_chat_off_the_device(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    await send(client, text="a secret of mine")
    await sign_in(client, enrolled.code(enrolled.add()))
    await answer(client, "yes")
    await client.post("/sign-out", data={"x": ""})
    assert "signpost_chat" not in client.cookies
    assert "a secret of mine" not in (await client.get("/chat")).text
    assert len(enrolled.rows(ConversationOwner)) == 1


async def test_nobody_signed_in_is_asked_to(client: httpx.AsyncClient, enrolled: Enrolled):
    await send(client, text="what does a vet earn")
    for response in (await client.get("/chat/sign-in"), await answer(client, "yes")):
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    assert enrolled.rows(ConversationOwner) == []


async def test_without_a_chat_there_is_nothing_to_ask(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock
):
    code = enrolled.code(enrolled.add())
    await sign_in(client, code)
    for token in (None, "nonsense", "a.b"):
        if token:
            client.cookies.set("signpost_chat", token, domain="chat.test", path="/chat")
        for response in (await client.get("/chat/sign-in"), await answer(client, "yes")):
            assert (response.status_code, response.headers["location"]) == (303, "/chat")
    client.cookies.clear()
    await send(client, text="what does a vet earn")
    clock.ahead = timedelta(hours=13)  # longer than the chat's token is good for
    await sign_in(client, code)
    assert (await client.get("/chat/sign-in")).status_code == 303
    assert enrolled.rows(ConversationOwner) == []


@pytest.mark.parametrize("join", ["", "maybe", "YES"])
async def test_no_other_answer(client: httpx.AsyncClient, enrolled: Enrolled, join: str):
    await send(client, text="what does a vet earn")
    await sign_in(client, enrolled.code(enrolled.add()))
    assert (await answer(client, join)).status_code == 422
    assert enrolled.rows(ConversationOwner) == []


async def test_a_deleted_chat_leaves_no_owner(client: httpx.AsyncClient, enrolled: Enrolled):
    await send(client, text="what does a vet earn")
    await sign_in(client, enrolled.code(enrolled.add()))
    await answer(client, "yes")
    assert re.search("what does a vet", (await client.get("/chat")).text)
    await client.post("/chat/clear")
    assert enrolled.rows(ConversationOwner) == []


# ---- the chat of the widget, whose token the browser keeps where no page of ours sees it


async def test_the_widgets_chat_is_asked_about_too(client: httpx.AsyncClient, enrolled: Enrolled):
    reader = await Reader.begin(client)
    await reader.ask("what does a vet earn")
    ada = enrolled.add()
    await sign_in(client, enrolled.code(ada))
    page = await client.get("/chat/sign-in")
    assert QUESTION in page.text
    assert "what does a vet earn" not in page.text
    response = await answer(client, "yes")
    assert "Max-Age=0" in cookie_of(response, "signpost_guest")
    owners = enrolled.rows(ConversationOwner)
    assert [(row.conversation_id, row.pupil_id, row.from_seq) for row in owners] == [
        (reader.id, ada, 1)
    ]
    assert len(await reader.entries()) == 2
    client.cookies.clear()
    assert (await reader.get("transcript")).status_code == 403


async def test_a_chat_without_a_line_is_the_pupils_without_a_question(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    reader = await Reader.begin(client)  # as the widget does as soon as the page is open
    ada = enrolled.add()
    await sign_in(client, enrolled.code(ada))
    response = await client.get("/chat/sign-in")
    assert (response.status_code, response.headers["location"]) == (303, "/chat")
    (owner,) = enrolled.rows(ConversationOwner)
    assert (owner.conversation_id, owner.pupil_id, owner.from_seq) == (reader.id, ada, 1)


async def test_the_cookie_about_the_widgets_chat_shows_nothing(client: httpx.AsyncClient):
    response = await client.post("/chat/v1/conversations", json={})
    cookie = cookie_of(response, "signpost_guest")
    for part in ("HttpOnly", "SameSite=strict", "Path=/chat/sign-in", "Max-Age=43200"):
        assert part in cookie
    token = response.json()["token"]
    client.cookies.clear()
    reader = Reader(client, response.json())
    await reader.ask("a secret of mine")
    page = await client.get("/chat", headers={"Cookie": f"signpost_guest={token}"})
    assert "a secret of mine" not in page.text


@pytest.mark.parametrize("join", ["yes", "no"])
async def test_both_kinds_of_chat_are_answered_for_at_once(
    client: httpx.AsyncClient, enrolled: Enrolled, join: str
):
    reader = await Reader.begin(client)
    await reader.ask("what does a vet earn")
    await send(client, text="and a nurse")
    await sign_in(client, enrolled.code(enrolled.add()))
    await answer(client, join)
    assert {row.from_seq for row in enrolled.rows(ConversationOwner)} == {1 if join == "yes" else 3}
    assert len(enrolled.rows(ConversationOwner)) == 2


async def test_a_page_elsewhere_gets_no_cookie(client: httpx.AsyncClient):
    headers = {"Origin": "https://www.school.example", "Sec-Fetch-Site": "cross-site"}
    response = await client.post("/chat/v1/conversations", json={}, headers=headers)
    assert response.status_code == 201
    assert "set-cookie" not in response.headers
