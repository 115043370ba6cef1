"""A person in the chat: who speaks is named, the bot is silent, nothing meant for one is its."""

import asyncio

import pytest

from bot.gateway.session_limit import warn_and_close
from bot.gateway.turn import Refused
from bot.gateway.waiting_watch import look
from bot.records import handovers
from bot.records.audit.actors import Actor
from bot.records.handover.rows import AlreadyTaken, NotYours
from bot.records.store import Store
from tests.bot.gateway.adviser_talk.conftest import ROLE, Office, ask_all, press, said, soon
from tests.bot.support import app_in, running, words


async def test_both_talk_and_everybody_is_named(office: Office):
    reader = await office.waiting()
    await office.claim(reader)
    await office.say(reader, "Hello Sam.\n**What** matters most?")
    assert (await reader.send("pay i think")).status_code == 202
    await office.say(reader, "Then let's look at that.")
    entries = await office.quiet(reader)
    last = entries[-4:]
    assert [one["from"] for one in last] == ["notice", "person", "reader", "person"]
    assert "**Plinth**, careers adviser, is here now" in words(last[0])
    assert [(one["name"], one["role"]) for one in last if one["from"] == "person"] == [
        ("Plinth", ROLE), ("Plinth", ROLE),
    ]  # fmt: skip
    assert "client_message_id" not in last[1]
    assert [one["seq"] for one in entries] == [*range(1, len(entries) + 1)]
    assert office.engine.seen.turns == []


async def test_of_two_advisers_one_wins_and_the_other_is_told(office: Office):
    reader = await office.waiting()
    found = await asyncio.gather(
        office.claim(reader, 0), office.claim(reader, 1), return_exceptions=True
    )
    lost = [one for one in found if isinstance(one, AlreadyTaken)]
    assert len(lost) == 1
    assert lost[0].name == (await office.standing(reader)).holder["name"]
    joined = [one for one in said(await office.quiet(reader), "notice") if "is here now" in one]
    assert len(joined) == 1


async def test_a_line_is_said_once_and_by_the_holder_only(office: Office):
    reader = await office.waiting()
    with pytest.raises(NotYours):
        await office.say(reader, "too early")
    await office.claim(reader)
    first = await office.say(reader, "Hello", once="a")
    assert (await office.say(reader, "Hello", once="a")).seq == first.seq
    with pytest.raises(NotYours):
        await office.say(reader, "me too", by=1)
    for text, kind in (("  \u200b ", "empty"), ("x" * 5000, "too-long")):
        with pytest.raises(Refused) as refused:
            await office.say(reader, text)
        assert refused.value.kind == kind
    assert said(await office.quiet(reader), "person") == ["Hello"]


async def test_a_reply_that_comes_when_a_person_has_the_chat_is_let_go(office: Office):
    """The engine thinks for a while; meanwhile somebody claims. Its answer is never told."""
    reader = await office.waiting()
    entries = await reader.entries()
    await press(reader, entries[-1], "Back to automatic answers")
    office.engine.switches.mode, office.engine.switches.slow_s = "slow", 0.4
    office.engine.seen.asked.clear()
    assert (await reader.send("what does a vet earn")).status_code == 202
    assert await asyncio.to_thread(office.engine.seen.asked.wait, 5)
    where = (office.house.sealing, office.school, reader.id)
    guest, now = Actor("guest"), office.clock()
    await office.write(
        handovers.ask, *where, actor=guest, origin="reader", urgency=1, way="message",
        reason="", now=now,
    )  # fmt: skip
    await office.write(handovers.consent, *where, actor=guest, now=now)
    await office.claim(reader)
    entries = await office.quiet(reader)
    assert not any("Said:" in one for one in said(entries, "service"))
    assert "is here now" in words(entries[-1])


async def test_what_waits_for_the_engine_is_never_answered_by_it_once_a_person_came(
    office: Office,
):
    reader = await office.guest()
    office.engine.switches.mode = "loading"
    await reader.ask("what does a vet earn")
    assert office.gateway.state(reader.id) == "away"
    await ask_all(reader)
    await office.claim(reader)
    office.engine.switches.mode = "ok"
    for _ in range(100):
        if not office.gateway.desk.outage.away:
            break
        await asyncio.sleep(0.05)
    await office.gateway.persons.hand_back(office.school, reader.id, office.staff[0])
    entries = await office.quiet(reader)
    assert not any("Said:" in one for one in said(entries, "service"))
    assert "Said:" in words(await reader.ask("what does a plumber earn"))


async def test_nothing_meant_for_a_person_is_answered_after_a_restart(tmp_path, engine, clock):
    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)) as client:
        found = Office(client, client._transport.app.state.house, clock, engine)
        await found.hire("Plinth")
        reader = await found.waiting()
        # Stored and not yet on its way through the stages when the process ends.
        found.gateway.lanes.put = lambda key, job: None  # type: ignore[method-assign]
        await reader.send("are you there")
        await reader.send("how long")
        await found.claim(reader)
        await reader.send("i would rather ask you than a computer")
        await reader.send("never mind")
    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)) as client:
        found = Office(client, client._transport.app.state.house, clock, engine)
        found.staff = [(await _holder(found, reader))]
        reader.client = client
        before = await found.quiet(reader)
        await found.gateway.persons.hand_back(found.school, reader.id, found.staff[0])
        await found.gateway.come(reader.id)
        after = await found.quiet(reader)
        assert [words(one) for one in after[len(before) :]] == [
            "Plinth has left the chat. The automatic answers are on again."
        ]
    assert engine.seen.turns == []


async def _holder(office: Office, reader) -> object:
    row = await office.standing(reader)
    return Actor("staff", row.staff_id, row.holder["name"])


async def test_a_cry_for_help_is_answered_whoever_holds_the_chat(office: Office, monkeypatch):
    reader = await office.waiting()
    for holds in (False, True):
        if holds:
            await office.claim(reader)
        await reader.send("i want to kill myself")
        entries = await office.quiet(reader)
        assert words(entries[-1]) == "Call **999**."
        assert entries[-1]["in_reply_to"] == entries[-2]["seq"]
    assert office.engine.seen.turns == []


async def test_help_is_told_although_somebody_claims_at_that_moment(office: Office, monkeypatch):
    reader = await office.waiting()
    store, plain = office.house.store, Store.write

    async def slow(self, work, *args, **more):
        if getattr(work, "__name__", "") == "add_reply" and more.get("in_reply_to"):
            monkeypatch.setattr(Store, "write", plain)
            await office.claim(reader)
        return await plain(self, work, *args, **more)

    monkeypatch.setattr(Store, "write", slow)
    await reader.send("i want to kill myself")
    entries = await office.quiet(reader)
    assert words(entries[-1]) == "Call **999**."
    assert store is office.house.store
    assert await office.state(reader) == "person"


async def test_handing_back_is_said_aloud_and_the_bot_answers_again(office: Office):
    reader = await office.waiting()
    await office.claim(reader)
    await office.gateway.persons.hand_back(office.school, reader.id, office.staff[0])
    entries = await office.quiet(reader)
    assert words(entries[-1]) == "Plinth has left the chat. The automatic answers are on again."
    assert "Said:" in words(await reader.ask("what does a vet earn"))


async def test_no_clock_brings_the_bot_back(office: Office):
    reader = await office.waiting()
    await office.claim(reader)
    for hours in (3, 12, 24 * 40):
        office.clock.ahead = soon(60 * hours)
        await look(office.gateway, office.school)
        await warn_and_close(office.gateway.desk, [reader.id])
        assert await office.state(reader) == "person"


async def test_who_comes_back_is_asked_which_they_want(office: Office):
    reader = await office.waiting()
    await office.claim(reader)
    await office.say(reader, "Bye for now")
    await office.gateway.persons.hand_back(office.school, reader.id, office.staff[0])
    office.clock.ahead = soon(30)
    entry = await reader.ask("what does a vet earn")
    assert "Last time you talked with Plinth, careers adviser" in words(entry)
    assert office.engine.seen.turns == []
    entry = await press(reader, entry, "Automatic answers")
    assert "Said:** what does a vet earn" in words(entry)
    # Asked once: the next line goes to the automatic answers.
    office.clock.ahead = soon(90)
    assert "Said:" in words(await reader.ask("and a plumber"))


async def test_who_comes_back_to_a_chat_put_off_is_asked_and_nothing_is_lost(office: Office):
    reader = await office.waiting()
    await office.claim(reader)
    until = office.clock() + soon(60)
    await office.gateway.persons.snooze(office.school, reader.id, office.staff[0], until)
    entry = await reader.ask("one more thing")
    assert "Plinth, careers adviser, comes back to this chat today at 11:00" in words(entry)
    await reader.send("and another")
    entries = await office.quiet(reader)
    assert words(entries[-1]) == "and another"
    kept = await press(reader, entry, "Wait for Plinth")
    assert "kept for Plinth" in words(kept)
    entry = await press(reader, entry, "Automatic answers")
    assert "on again" in words(entry)
    assert await office.state(reader) == "bot"
    assert office.engine.seen.turns == []


async def test_at_the_end_of_the_day_who_waits_is_told_and_answered_later(office: Office):
    reader = await office.waiting()
    office.clock.ahead = soon(7 * 60)
    await look(office.gateway, office.school)
    entries = await office.quiet(reader)
    assert "tomorrow at 08:30" in words(entries[-1])
    assert "automatic answers are on again" in words(entries[-1])
    assert await office.state(reader) == "bot"
    assert (await office.standing(reader)).way == "message"
    await look(office.gateway, office.school)
    assert len(await office.quiet(reader)) == len(entries)
    await office.claim(reader)
    assert await office.state(reader) == "person"
