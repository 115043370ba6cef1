"""Where the school's own page holds the chat, a guest is told where to sign in, if pupils can."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.channels.web.house import House
from tests.bot.channels.web.enrolled import Enrolled

EMBEDDED = {"Origin": "https://www.school.example", "Sec-Fetch-Site": "cross-site"}
TOLD = "To sign in, open http://chat.test/sign-in"


@pytest.fixture
def client(house_and_client: tuple[House, httpx.AsyncClient]) -> httpx.AsyncClient:
    return house_and_client[1]


@pytest.fixture
def enrolled(client: httpx.AsyncClient, tmp_path: Path) -> Iterator[Enrolled]:
    found = Enrolled(tmp_path)
    yield found
    found.close()


async def greeting(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    begun = await client.post("/chat/v1/conversations", json={}, headers=headers)
    assert begun.status_code == 201
    text: str = begun.json()["greeting"]["text"]
    return text


async def test_only_where_somebody_has_a_code(client: httpx.AsyncClient, enrolled: Enrolled):
    pupil = enrolled.add()
    enrolled.code(enrolled.add("Eve", school := enrolled.other_school()), school)
    assert TOLD not in await greeting(client, EMBEDDED)
    enrolled.code(pupil)
    assert (await greeting(client, EMBEDDED)).endswith(TOLD)


async def test_or_an_account_of_the_school(client: httpx.AsyncClient, enrolled: Enrolled):
    enrolled.offer_accounts("google")
    assert TOLD in await greeting(client, EMBEDDED)


async def test_not_on_our_own_page_which_has_a_link(client: httpx.AsyncClient, enrolled: Enrolled):
    enrolled.code(enrolled.add())
    assert "sign" not in (await greeting(client, {"Sec-Fetch-Site": "same-origin"})).lower()
