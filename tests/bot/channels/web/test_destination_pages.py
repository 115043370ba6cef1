"""A leaver answers with a link: no account, no name, no script, and the link is told to nobody."""

import asyncio
import logging
import re
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select

from bot.channels.web.house import House
from bot.records.guidance.asking import withdraw
from bot.records.guidance.destinations import ACTUAL, DestinationRow, destinations_of
from bot.records.guidance.invitations import invite
from bot.records.models import DestinationInvitation
from bot.records.pupils import PupilDetails, add_pupil, leave_pupil, return_pupil
from bot.records.schools import keep_school
from tests.bot.channels.web.record_owner import NOW, words
from tests.bot.support import Clock

NAME = "Xanthippe"
YEAR = NOW.year - 1


@dataclass
class Leaver:
    """Somebody who left after Year 11 in the summer of last year, and a link."""

    house: House
    client: httpx.AsyncClient
    pupil: str
    token: str
    number: str

    @property
    def address(self) -> str:
        return f"/destination/{self.token}"

    async def told(self) -> list[DestinationRow]:
        whose = (self.house.sealing, self.house.school_id, self.pupil)
        return await self.house.store.read(destinations_of, *whose)

    async def answer(self, status: int = 303, **fields: str) -> httpx.Response:
        response = await self.client.post(self.address, data=fields)
        assert response.status_code == status, response.text
        return response


async def leaver_of(
    house: House, client: httpx.AsyncClient, school_id: int | None = None
) -> Leaver:
    school = school_id or house.school_id
    details = PupilDetails(NAME, NAME)
    pupil = await house.store.write(add_pupil, house.sealing, school, details, YEAR - 5, "11B", NOW)
    await house.store.write(leave_pupil, house.sealing, school, pupil, date(YEAR, 7, 20), NOW)
    link = house.destination_links.issue()

    def made(connection):  # type: ignore[no-untyped-def]
        return invite(
            connection, school, pupil, years_after=1, new_hash=link.token_hash, now=NOW, days=60
        )

    return Leaver(house, client, pupil, link.token, await house.store.write(made))


@pytest.fixture
async def leaver(house_and_client: tuple[House, httpx.AsyncClient]) -> Leaver:
    return await leaver_of(*house_and_client)


async def test_the_question_names_the_school_and_nobody(leaver: Leaver):
    response = await leaver.client.get(leaver.address)
    assert response.status_code == 200
    told = words(response.text)
    assert leaver.house.settings.school_name in told
    for secret in (NAME, leaver.pupil, leaver.number, leaver.token):
        assert secret not in response.text
    # Each of the DfE's categories can be chosen, in plain words, with a label of its own.
    assert re.findall(r'name="category" type="radio" value="([^"]+)"', response.text) == list(
        ACTUAL
    )
    for field in re.findall(r'<input id="([^"]+)"', response.text):
        assert f'<label for="{field}">' in response.text
    assert "NEET" not in told
    assert "Have you been there for six months?" in told


async def test_nobody_else_learns_of_the_link(leaver: Leaver):
    done = await leaver.answer(category="employment")
    for response in (await leaver.client.get(leaver.address), done):
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert "noindex" in response.headers["x-robots-tag"]
        assert "set-cookie" not in response.headers
    page = await leaver.client.get(leaver.address)
    assert '<meta name="robots" content="noindex, nofollow">' in page.text
    assert "<script" not in page.text and "style=" not in page.text
    # Elsewhere pages may still say where they come from, within this origin.
    assert (await leaver.client.get("/knowledge")).headers["referrer-policy"] == "same-origin"


async def test_an_answer_becomes_a_destination_and_is_thanked_for(leaver: Leaver):
    done = await leaver.answer(
        category="apprenticeship", place=" Fenland Boats ", course="Boat builder", lasted="yes"
    )
    thanks = await leaver.client.get(done.headers["location"])
    assert "Thank you" in words(thanks.text)
    assert "Fenland" not in thanks.text and NAME not in thanks.text
    (row,) = await leaver.told()
    assert (row.kind, row.category, row.reported_by) == ("actual", "apprenticeship", "leaver")
    assert (row.year_group, row.sustained) == (11, True)
    assert row.details.fields() == {"place": "Fenland Boats", "course": "Boat builder"}


@pytest.mark.parametrize(
    ("said", "kept"), [("no", False), ("going", None), ("", None), ("?", None)]
)
async def test_what_is_said_of_six_months(leaver: Leaver, said: str, kept: bool | None):
    await leaver.answer(category="employment", lasted=said)
    (row,) = await leaver.told()
    assert row.sustained is kept


async def test_an_answer_can_be_changed_until_the_link_ends(leaver: Leaver, clock: Clock):
    await leaver.answer(category="employment", place="Fenland Boats")
    again = await leaver.client.get(leaver.address)
    assert "There is an answer already" in words(again.text)
    # Who has the link now is not shown what was answered.
    assert "Fenland" not in again.text and " checked" not in again.text
    await leaver.answer(category="further education")
    (row,) = await leaver.told()
    assert row.category == "further education"
    clock.ahead = timedelta(days=61)
    assert (await leaver.client.get(leaver.address)).status_code == 410
    await leaver.answer(410, category="employment")
    assert [row.category for row in await leaver.told()] == ["further education"]


async def test_the_thanks_are_for_who_has_answered(leaver: Leaver):
    response = await leaver.client.get(f"{leaver.address}?answered=1")
    assert "Your answer is with" not in words(response.text)
    assert 'name="category"' in response.text


async def test_a_mistake_is_told_and_nothing_kept(leaver: Leaver):
    for fields in ({}, {"category": "undecided"}, {"category": "the moon"}):
        response = await leaver.answer(422, place="Fenland Boats", **fields)
        assert "choose one from the list" in words(response.text)
        assert 'value="Fenland Boats"' in response.text
    response = await leaver.answer(422, category="employment", place="x" * 201)
    assert "make this shorter" in words(response.text)
    assert "moon" not in response.text
    assert await leaver.told() == []


async def test_looking_changes_nothing(leaver: Leaver):
    """A mail filter that follows links must not answer for anybody."""
    for _ in range(3):
        await leaver.client.get(leaver.address)
        await leaver.client.head(leaver.address)
    assert await leaver.told() == []


async def test_a_form_goes_through_whatever_origin_the_browser_names(leaver: Leaver):
    # With no-referrer a browser sends "Origin: null" with the form of our own page.
    headers = {"Origin": "null"}
    response = await leaver.client.post(
        leaver.address, data={"category": "employment"}, headers=headers
    )
    assert response.status_code == 303


async def test_links_that_open_nothing(leaver: Leaver):
    value, signature = leaver.token.split(".")
    never_made = leaver.house.destination_links.issue().token
    wrong = [
        never_made,
        leaver.token[:-1],
        f"{leaver.token}x",
        f"{value}.{'A' * len(signature)}",
        f"{value[:-1]}.{signature}",
        leaver.number,
        "x" * 5000,
        "%F0%9F%90%99",
        "é",
        "-.-",
    ]
    pages = set()
    for token in wrong:
        for method in ("GET", "POST"):
            response = await leaver.client.request(
                method, f"/destination/{token}", data={"category": "employment"}
            )
            assert response.status_code == 404, token
            pages.add(words(response.text))
    # All of them read alike, in one kind sentence.
    (page,) = pages
    assert "This link opens nothing here." in page
    assert await leaver.told() == []


async def test_a_link_that_was_withdrawn(leaver: Leaver):
    store, school_id = leaver.house.store, leaver.house.school_id
    assert await store.write(withdraw, school_id, NOW, ids=[leaver.number]) == 1
    response = await leaver.client.get(leaver.address)
    assert response.status_code == 410
    assert "The school has closed this link." in words(response.text)
    await leaver.answer(410, category="employment")
    assert await leaver.told() == []


async def test_who_came_back_to_the_school_is_not_asked(leaver: Leaver):
    await leaver.house.store.write(return_pupil, leaver.house.school_id, leaver.pupil, NOW)
    assert (await leaver.client.get(leaver.address)).status_code == 404
    await leaver.answer(404, category="employment")


async def test_a_link_of_another_school_opens_nothing(
    house_and_client: tuple[House, httpx.AsyncClient],
):
    house, client = house_and_client
    other = await house.store.write(keep_school, "other", "Other", NOW)
    stranger = await leaver_of(house, client, other)
    assert (await client.get(stranger.address)).status_code == 404
    await stranger.answer(404, category="employment")


async def test_many_at_once_are_asked_to_wait(leaver: Leaver):
    assert (await leaver.client.get(leaver.address)).status_code == 200
    limit = leaver.house.link_pages
    (address,) = limit._buckets
    limit._per_second = 1e-9  # no new place while the test looks
    for method in ("GET", "POST"):
        while limit.take(address) is None:
            pass
        response = await leaver.client.request(
            method, leaver.address, data={"category": "employment"}
        )
        assert response.status_code == 429
        assert int(response.headers["retry-after"]) >= 1
        assert "Please open your link again in a minute." in words(response.text)
    assert await leaver.told() == []


async def test_the_link_is_in_no_log_and_not_in_clear_in_the_store(
    leaver: Leaver, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG, logger="signpost")
    await leaver.answer(category="employment", place="Fenland Boats")
    await leaver.client.get(leaver.address)
    assert leaver.token not in caplog.text and "Fenland" not in caplog.text
    rows = await leaver.house.store.read(
        lambda connection: str(connection.execute(select(DestinationInvitation.__table__)).all())
    )
    assert leaver.token not in rows and leaver.token.split(".")[0] not in rows


async def test_two_answers_at_the_same_time_leave_one(leaver: Leaver):
    places = ("employment", "apprenticeship", "further education", "employment")
    await asyncio.gather(*(leaver.answer(category=one) for one in places))
    assert len(await leaver.told()) == 1
