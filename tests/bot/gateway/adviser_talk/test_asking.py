"""Asking for a person in the chat: question by question, typed and pressed, in any order."""

import pytest

from tests.bot.gateway.adviser_talk.conftest import (
    ASK,
    Office,
    ask_all,
    closed,
    press,
    soon,
)
from tests.bot.support import Reader, words


def titles(entry: dict) -> list[str]:
    return [b["title"] for m in entry["messages"] for b in m["buttons"]]


async def test_a_guest_is_asked_one_thing_at_a_time_and_told_what_is_seen_before(office: Office):
    reader = await office.guest()
    entry = await reader.ask(payload=ASK)
    assert "call you" in words(entry)
    entry = await reader.ask("Sam")
    assert "What would you like to talk about" in words(entry)
    entry = await reader.ask("my options after year 11")
    assert titles(entry) == ["Today", "This week", "No hurry", "Stop asking"]
    entry = await press(reader, entry, "This week")
    # In hours a guest has one way only, so it is not asked for; then consent, in plain words.
    consent = words(entry)
    assert "will see this chat from its start" in consent
    assert "not secret" in consent
    assert "safeguarding lead" in consent
    assert await office.standing(reader) is None
    assert await office.state(reader) == "bot"
    entry = await press(reader, entry, "Yes, pass it on")
    assert "**number 1**" in words(entry)
    assert "as soon as they are free" in words(entry)
    row = await office.standing(reader)
    assert (row.reason, row.called, row.urgency, row.way, row.origin) == (
        "my options after year 11", "Sam", 2, "chat", "reader",
    )  # fmt: skip
    assert await office.state(reader) == "waiting"
    assert office.engine.seen.turns == []


async def test_everything_can_be_typed(office: Office):
    reader = await office.guest()
    await reader.ask("Can I talk to a real person please?")
    await reader.ask("skip")
    await reader.ask("which college is right for me")
    entry = await reader.ask("today please")
    assert "Pass it on?" in words(entry)
    entry = await reader.ask("yes please")
    assert "number 1" in words(entry)
    assert (await office.standing(reader)).urgency == 3
    assert office.engine.seen.turns == []


async def test_what_it_is_about_and_how_soon_may_be_said_at_once(office: Office):
    reader = await office.guest()
    entry = await reader.ask("can i talk to someone about my interview tomorrow")
    entry = await press(reader, entry, "Skip this")
    assert "Pass it on?" in words(entry)
    await press(reader, entry, "Yes, pass it on")
    row = await office.standing(reader)
    assert (row.reason, row.urgency) == ("can i talk to someone about my interview tomorrow", 3)


async def test_a_no_and_a_stop_pass_nothing_on(office: Office):
    for way in ("No", "typed"):
        reader = await office.guest()
        entry = await reader.ask(payload=ASK)
        entry = await press(reader, entry, "Skip this")
        if way == "typed":
            entry = await reader.ask("never mind")
        else:
            entry = await reader.ask("reason")
            entry = await press(reader, entry, "Today")
            entry = await press(reader, entry, "No")
        assert "Nothing was passed on" in words(entry)
        assert await office.standing(reader) is None
        assert "Said:" in words(await reader.ask("what does a vet earn"))


async def test_another_question_between_is_answered_and_the_asking_can_go_on(office: Office):
    reader = await office.guest()
    entry = await reader.ask(payload=ASK)
    entry = await press(reader, entry, "Skip this")
    entry = await reader.ask("my options")
    entry = await reader.ask("what does a vet earn and how many hours do they work in a week")
    assert "Said:" in words(entry)
    assert "You were asking for an adviser" in words(entry)
    entry = await press(reader, entry, "Go on asking for an adviser")
    assert "How soon" in words(entry)


async def test_asked_again_in_the_middle_what_was_said_stays(office: Office):
    reader = await office.guest()
    entry = await reader.ask(payload=ASK)
    entry = await press(reader, entry, "Skip this")
    await reader.ask("my options")
    entry = await reader.ask(payload=ASK)
    assert "How soon" in words(entry)


async def test_old_buttons_mean_what_they_say(office: Office):
    reader = await office.guest()
    asked = await reader.ask(payload=ASK)
    named = await press(reader, asked, "Skip this")
    urgency = await press(reader, named, "Skip this")
    await press(reader, urgency, "Today")
    consent = await press(reader, urgency, "No hurry")
    await press(reader, consent, "Yes, pass it on")
    assert (await office.standing(reader)).urgency == 1
    # Pressed twice it is passed on once, and says where things are.
    again = await press(reader, consent, "Yes, pass it on")
    assert "number 1" in words(again)
    assert "number 1" in words(await press(reader, urgency, "Today"))
    assert (await office.standing(reader)).urgency == 1


async def test_a_consent_without_all_that_comes_before_asks_for_it(office: Office):
    reader = await office.guest()
    entry = await reader.ask(payload=ASK)
    entry = await reader.ask(payload=ASK)
    assert "call you" in words(entry)
    refused = await reader.send(payload='/adviser{"do": "yes", "wish": {}}')
    assert refused.status_code == 422  # never offered


async def test_it_works_while_the_engine_is_down(office: Office):
    office.engine.stop()
    try:
        reader = await office.guest()
        entry = await ask_all(reader)
        assert "number 1" in words(entry)
    finally:
        office.engine.start()


async def test_where_the_engine_understands_the_wish_the_asking_begins(office: Office, monkeypatch):
    import tests.engine_double as double

    plain = double.reply_to

    def understood(body: dict) -> dict:
        found = plain(body)
        found["nlu"]["intent"] = "talk_to_adviser"
        return found

    monkeypatch.setattr(double, "reply_to", understood)
    reader = await office.guest()
    entry = await reader.ask("is there some grown up who helps")
    assert "call you" in words(entry)
    assert "Said:" not in words(entry)


async def test_out_of_hours_a_guest_is_told_when_and_where(office: Office):
    await office.hours(closed())
    reader = await office.guest()
    entry = await reader.ask(payload=ASK)
    assert "tomorrow at 08:30" in words(entry)
    assert "https://careers.example/ask-adviser" in words(entry)
    assert await office.standing(reader) is None


async def test_hours_that_end_while_somebody_answers_are_told(office: Office):
    reader = await office.guest()
    entry = await reader.ask(payload=ASK)
    entry = await press(reader, entry, "Skip this")
    entry = await reader.ask("options")
    entry = await press(reader, entry, "Today")
    office.clock.ahead = soon(7 * 60)
    entry = await press(reader, entry, "Yes, pass it on")
    assert "tomorrow at 08:30" in words(entry)
    assert await office.standing(reader) is None


async def test_the_place_in_the_queue_and_the_usual_wait(office: Office):
    for minutes in (6, 4, 5):
        reader = await office.waiting()
        office.clock.ahead += soon(minutes)
        await office.claim(reader)
    await office.waiting()
    office.clock.ahead += soon(1)
    second = await office.guest()
    told = words(await ask_all(second))
    assert "**number 2**" in told
    assert "about 5 minutes" in told
    assert "**number 2**" in words(await second.ask("how long?"))


@pytest.mark.parametrize("how", ["pressed", "typed"])
async def test_who_waits_can_go_back(office: Office, how: str):
    reader = await office.guest()
    entry = await ask_all(reader)
    if how == "pressed":
        entry = await press(reader, entry, "Back to automatic answers")
    else:
        entry = await reader.ask("never mind")
    assert "on again" in words(entry)
    assert await office.state(reader) == "bot"
    assert "Said:" in words(await reader.ask("what does a vet earn"))


async def test_a_school_without_advisers_answers_as_before(client, engine):
    reader = await Reader.begin(client)
    assert "/talk_to_adviser" in words(await reader.ask(payload=ASK))


async def test_a_restart_in_the_middle_loses_nothing(tmp_path, engine, clock):
    from tests.bot.support import app_in, running

    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)) as client:
        found = Office(client, client._transport.app.state.house, clock, engine)
        await found.hire("Plinth")
        reader = await found.guest()
        await reader.ask(payload=ASK)
        await reader.ask("Sam")
    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)) as client:
        found = Office(client, client._transport.app.state.house, clock, engine)
        reader.client = client
        entry = await reader.ask("my options")
        entry = await press(reader, entry, "Today")
        await press(reader, entry, "Yes, pass it on")
        row = await found.standing(reader)
        assert (row.called, row.reason) == ("Sam", "my options")
