"""A meeting booked in the chat: through the real gateway, interrupted, and after a restart."""

from typing import Any

import httpx
import pytest

from bot.channels.web.house import House
from bot.records.meetings.rows import MeetingRow, meetings_of_pupil
from bot.records.sign_in import delete_sessions, join_conversation
from tests.bot.channels.web.record_owner import NOW, Owner, signed_in, whole_app
from tests.bot.channels.web.test_record_meetings import adviser_of
from tests.bot.support import Clock, Reader, words
from tests.engine_double import EngineDouble


class Chat:
    """A signed-in pupil's conversation."""

    def __init__(self, owner: Owner, reader: Reader) -> None:
        self.owner, self.reader, self.last = owner, reader, {}

    @classmethod
    async def begin(cls, owner: Owner) -> "Chat":
        reader = await Reader.begin(owner.client)
        await owner.house.store.write(
            join_conversation, owner.school_id, owner.pupil, reader.id, NOW, so_far=True
        )
        return cls(owner, reader)

    async def say(self, text: str) -> str:
        self.last = await self.reader.ask(text)
        return words(self.last)

    def buttons(self) -> list[dict[str, str]]:
        return [one for message in self.last["messages"] for one in message["buttons"]]

    def times(self) -> list[dict[str, str]]:
        return [one for one in self.buttons() if '"take"' in one["payload"]]

    async def press(self, title: str) -> str:
        button = next(one for one in self.buttons() if one["title"].startswith(title))
        return await self.press_it(button)

    async def press_it(self, button: dict[str, str]) -> str:
        self.last = await self.reader.ask(payload=button["payload"])
        return words(self.last)

    async def meetings(self) -> list[MeetingRow]:
        return await self.owner.write(meetings_of_pupil)


@pytest.fixture
async def chat(owner: Owner) -> Chat:
    await adviser_of(owner)
    return await Chat.begin(owner)


async def test_three_times_are_offered_and_one_is_booked(chat: Chat):
    said = await chat.say("can i book a meeting with a careers adviser")
    assert "40 minutes" in said
    assert "Ada Lovage, Room 4" in said
    assert len(chat.times()) == 3
    assert len({one["title"] for one in chat.times()}) == 3
    chosen = chat.times()[1]
    said = await chat.press_it(chosen)
    assert said.startswith(f"Booked: {chosen['title']}, with Ada Lovage, careers adviser")
    (meeting,) = await chat.meetings()
    assert meeting.state == "booked"


async def test_a_day_and_time_in_words_narrow_it_down(chat: Chat):
    await chat.say("book a meeting")
    assert "free then" in await chat.say("Thursday lunch?")
    assert chat.times()
    for one in chat.times():
        assert one["title"].startswith("Thursday")
        assert "11:45" <= one["title"][-5:] < "14:00"
    await chat.say("the first one")
    (meeting,) = await chat.meetings()
    assert f"{meeting.begins_at:%A}" == "Thursday"


async def test_a_wish_in_the_first_message_counts(chat: Chat):
    assert "free then" in await chat.say("i need an appointment friday morning")
    assert all(one["title"].startswith("Friday") for one in chat.times())


async def test_what_is_not_free_gets_the_nearest(chat: Chat):
    await chat.say("book a meeting")
    assert "nearest" in await chat.say("saturday lunch")
    assert len(chat.times()) == 3


async def test_later_times_are_others(chat: Chat):
    await chat.say("book a meeting")
    first = {one["payload"] for one in chat.times()}
    await chat.say("later")
    assert chat.times()
    assert not first & {one["payload"] for one in chat.times()}


async def test_it_can_be_interrupted_and_gone_on_with(chat: Chat, engine: EngineDouble):
    await chat.say("book a meeting")
    said = await chat.say("what does a vet earn")
    assert "Still looking for a time" in said
    assert len(chat.last["messages"]) > 1
    assert "free then" in await chat.say("thursday lunch")
    await chat.say("what does a nurse earn")
    await chat.press("Go on")
    assert len(chat.times()) == 3


async def test_a_button_from_before_still_books(chat: Chat):
    await chat.say("book a meeting")
    button = chat.times()[0]
    await chat.say("what does a vet earn")
    assert (await chat.press_it(button)).startswith("Booked")


async def test_stop_books_nothing_and_leaves_nothing_open(chat: Chat, engine: EngineDouble):
    await chat.say("book a meeting")
    assert "Nothing was booked" in await chat.say("no thanks")
    said = await chat.say("thursday lunch")
    assert "free then" not in said
    assert await chat.meetings() == []


async def test_a_time_that_went_is_told_and_others_are_offered(chat: Chat):
    await chat.say("book a meeting")
    button = chat.times()[0]
    other = await Chat.begin(await signed_in(chat.owner.house, chat.owner.client, "Other"))
    await other.say("book a meeting")
    await other.press_it(other.times()[0])
    await chat.owner.sign_in()
    said = await chat.press_it(button)
    assert "not free any more" in said or "Somebody was quicker" in said
    assert len(chat.times()) == 3
    assert await chat.meetings() == []


async def test_who_has_one_moves_it_or_calls_it_off(chat: Chat):
    await chat.say("book a meeting")
    await chat.press_it(chat.times()[0])
    (before,) = await chat.meetings()
    assert "Your next meeting is" in await chat.say("book a meeting")
    await chat.press("Another time")
    await chat.press_it(chat.times()[-1])
    (after,) = await chat.meetings()
    assert after.begins_at > before.begins_at
    assert after.id == before.id
    assert "Call off the meeting" in await chat.say("cancel my meeting")
    await chat.press("Keep it")
    assert (await chat.meetings())[0].state == "booked"
    await chat.say("cancel my meeting")
    await chat.press("Call it off")
    assert (await chat.meetings())[0].state == "cancelled"


async def test_a_guest_is_told_how_to_sign_in(house_and_client: tuple[House, httpx.AsyncClient]):
    reader = await Reader.begin(house_and_client[1])
    entry = await reader.ask("book a meeting")
    assert "Sign in" in words(entry)
    assert entry["messages"][0]["buttons"] == []


async def test_who_has_signed_out_books_nothing(chat: Chat):
    await chat.say("book a meeting")
    button = chat.times()[0]
    gone = [chat.owner.pupil]
    await chat.owner.house.store.write(delete_sessions, chat.owner.school_id, gone)
    response = await chat.reader.send(payload=button["payload"])
    assert response.status_code == 403
    assert await chat.meetings() == []


async def test_without_free_times_one_can_wait(owner: Owner):
    chat = await Chat.begin(owner)
    assert "No time is free" in await chat.say("book a meeting")
    assert "You are told" in await chat.press("Ask to be told")


async def test_it_goes_on_after_a_restart(tmp_path: Any, engine: EngineDouble, clock: Clock):
    async def running(work: Any) -> Any:
        app = whole_app(tmp_path, engine, clock)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://chat.test"
            ) as client:
                return await work(app.state.house, client)

    async def first(house: House, client: httpx.AsyncClient) -> Any:
        owner = await signed_in(house, client)
        await adviser_of(owner)
        chat = await Chat.begin(owner)
        await chat.say("book a meeting")
        return owner.pupil, chat.reader, dict(client.cookies)

    pupil, reader, cookies = await running(first)

    async def second(house: House, client: httpx.AsyncClient) -> None:
        client.cookies.update(cookies)
        reader.client = client
        chat = Chat(Owner(client, house, pupil, house.school_id), reader)
        assert "free then" in await chat.say("friday lunch")
        assert (await chat.say("1st")).startswith("Booked: Friday")
        assert len(await chat.meetings()) == 1

    await running(second)
