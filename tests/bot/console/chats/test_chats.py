"""The console's pages of chats: by forms alone, as they work without a script."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.advisers.opening_hours import OpeningHours, Span, hours_of, set_hours
from bot.gateway.gateway import Gateway
from bot.records.audit.actors import Actor
from bot.records.guidance.views import views_of
from bot.records.handover.beside import keep_phrase, phrases_of
from bot.records.handover.rows import standing
from bot.records.sign_in import join_conversation
from tests.bot.console.staffed import Console, Staffed, now
from tests.bot.gateway.adviser_talk.conftest import ask_all
from tests.bot.support import Reader, words

ALWAYS = OpeningHours(
    {day: (Span(now().min.time(), now().max.time().replace(microsecond=0)),) for day in range(7)}
)


@pytest.fixture
def gateway(client: httpx.AsyncClient) -> Gateway:
    return client._transport.app.state.house.gateway


@pytest.fixture
def adviser(school: Staffed, signed_in) -> Console:
    with school.engine.begin() as connection:
        set_hours(connection, school.school_id, ALWAYS, now())
    return signed_in(school.adviser("Ada Marlowe"))


async def a_waiting(client: httpx.AsyncClient) -> Reader:
    reader = await Reader.begin(client)
    await ask_all(reader, "leaving sixth form")
    return reader


def of(reader: Reader) -> str:
    return f"/console/chats/{reader.id}"


async def test_from_the_queue_to_handing_back(client, school, adviser, gateway):
    await adviser.get("/console/queue")
    assert "Nobody waits" in adviser.page.text
    reader = await a_waiting(client)
    await adviser.get("/console/queue")
    assert "leaving sixth form" in adviser.page.text
    assert of(reader) in adviser.page.links
    await adviser.get(of(reader))
    assert "Waiting for a person. The automatic answers are off." in adviser.page.text
    assert "Write to the reader" not in adviser.page.text
    await adviser.post(f"{of(reader)}/claim")
    await adviser.follow()
    assert "You hold this chat" in adviser.page.text
    once = next(
        f["value"] for form in adviser.page.forms for f in form["fields"] if f.get("name") == "once"
    )
    for _ in range(2):  # a form that is sent twice says it once
        await adviser.post(f"{of(reader)}/lines", data={"text": "Hello <there>", "once": once})
    await reader.send("hi")
    await adviser.get(of(reader))
    assert adviser.page.text.count("Hello <there>") == 1
    entries = await reader.entries()
    assert [words(one) for one in entries if one["from"] == "person"] == ["Hello <there>"]
    assert [one["name"] for one in entries if one["from"] == "person"] == ["Ada Marlowe"]
    await adviser.post(f"{of(reader)}/back")
    await adviser.follow()
    assert "Handed back" in adviser.page.text
    assert "on again" in words((await reader.entries())[-1])
    await adviser.get("/console/queue?show=closed")
    assert "handed back" in adviser.page.text
    actions = [row.action for row in school.audited()]
    assert {"chat viewed", "chat claimed", "chat handed back"} <= set(actions)


async def test_what_is_said_after_it_was_handed_back_is_nobodys(client, adviser):
    reader = await a_waiting(client)
    await adviser.post(f"{of(reader)}/claim")
    await adviser.post(f"{of(reader)}/back")
    await asyncio.sleep(0.01)
    await reader.ask("something that is mine alone")
    await adviser.get(f"{of(reader)}?all=1")
    assert "mine alone" not in adviser.page.text
    await adviser.post("/console/chats", 200, data={"words": "mine alone"})
    assert "Nothing found" in adviser.page.text


async def test_who_is_too_late_is_told_who_has_it(client, school, adviser, signed_in):
    other = signed_in(school.adviser("Bo Plinth"))
    reader = await a_waiting(client)
    await adviser.post(f"{of(reader)}/claim")
    await other.post(f"{of(reader)}/claim")
    await other.follow()
    assert "Ada Marlowe was quicker and has this chat." in other.page.text
    await other.post(f"{of(reader)}/lines", data={"text": "me too", "once": "x"})
    await other.follow()
    assert "You do not hold this chat" in other.page.text
    assert not any(one["from"] == "person" for one in await reader.entries())


async def test_passed_on_put_off_and_closed(client, school, adviser, signed_in):
    bo = school.adviser("Bo Plinth")
    other = signed_in(bo)
    reader = await a_waiting(client)
    await adviser.post(f"{of(reader)}/claim")
    await adviser.post(f"{of(reader)}/pass", data={"to": bo.id})
    await other.get(of(reader))
    assert "You hold this chat" in other.page.text
    await other.post(f"{of(reader)}/snooze", data={"until": "hour"})
    await other.get(of(reader))
    assert "Bo Plinth comes back to it" in other.page.text
    await other.post(f"{of(reader)}/wake")
    await other.post(f"{of(reader)}/close")
    assert (await reader.send("more")).status_code == 409
    await adviser.post(f"{of(reader)}/pass", data={"to": "0" * 32}, status=404)


async def test_notes_tags_and_phrases(client, school, adviser):
    reader = await a_waiting(client)
    await adviser.post(f"{of(reader)}/notes", data={"note": "Look into <bursaries>"})
    await adviser.post(f"{of(reader)}/tags", data={"tag": "Sixth  Form"})
    await adviser.get(of(reader))
    assert "Look into <bursaries>" in adviser.page.text
    assert "sixth form" in adviser.page.text
    assert not any("bursaries" in words(one) for one in await reader.entries())
    await adviser.get("/console/queue?tag=sixth%20form")
    assert of(reader) in adviser.page.links
    await adviser.get("/console/queue?tag=other")
    assert of(reader) not in adviser.page.links
    await adviser.post(f"{of(reader)}/tags", data={"remove": "sixth form"})
    await adviser.post("/console/phrases", 422, data={"title": "", "text": ""})
    await adviser.post("/console/phrases", data={"title": "Hello", "text": "Hello, how are you?"})
    await adviser.post(f"{of(reader)}/claim")
    await adviser.follow()
    assert "Hello, how are you?" in adviser.page.text
    (phrase,) = school.run(phrases_of)
    await adviser.post("/console/phrases", data={"delete": phrase.id})
    assert school.run(phrases_of) == []


async def test_the_record_stands_beside_for_the_holder_and_the_pupil_is_told(
    client, school, adviser, gateway
):
    pupil = school.pupil()
    reader = await Reader.begin(client)
    with school.engine.begin() as connection:
        join_conversation(connection, school.school_id, pupil, reader.id, now(), so_far=True)
    from bot.records import handovers

    actor = Actor("pupil", pupil)
    school.run(
        handovers.ask, reader.id, actor=actor, origin="reader", urgency=2, way="chat",
        reason="options", now=now(),
    )  # fmt: skip
    school.run(handovers.consent, reader.id, actor=actor, now=now())
    await adviser.get(of(reader))
    assert "Amira Quillfeather" in adviser.page.text
    assert "Last aspiration" not in adviser.page.text
    assert school.run(views_of, pupil) == []
    await adviser.post(f"{of(reader)}/claim")
    await adviser.follow()
    await adviser.get(of(reader))
    assert "Last aspiration" in adviser.page.text
    (view,) = school.run(views_of, pupil)
    assert view.name == "Ada Marlowe"


async def test_only_whoever_may_and_only_this_schools(client, school, adviser, signed_in):
    reader = await a_waiting(client)
    for role in ("administrator", "dsl", "operator"):
        who = signed_in(role)
        await who.get("/console/queue", 403)
        await who.get(of(reader), 403)
        await who.post(f"{of(reader)}/claim", 403)
    assert school.run(standing, reader.id).staff_id is None
    await adviser.get("/console/chats/" + "0" * 32, 404)
    plain = await Reader.begin(client)
    await plain.ask("nobody was asked here")
    await adviser.get(of(plain), 404)
    await adviser.post(f"{of(plain)}/claim")
    await adviser.get(of(plain), 404)


async def test_a_line_that_is_empty_or_long_is_told(client, adviser):
    reader = await a_waiting(client)
    await adviser.post(f"{of(reader)}/claim")
    await adviser.post(f"{of(reader)}/lines", 422, data={"text": " ", "once": "x"})
    await adviser.post(f"{of(reader)}/lines", 422, data={"text": "y" * 5000, "once": "x"})
    assert "y" * 5000 in adviser.page.text


async def test_a_script_may_write_with_the_token(client, adviser):
    reader = await a_waiting(client)
    await adviser.post(f"{of(reader)}/claim")
    await adviser.follow()
    headers = {
        "Origin": "http://chat.test",
        "Sec-Fetch-Site": "same-origin",
        "X-CSRF-Token": adviser.csrf,
        "Cookie": "; ".join(f"{name}={value}" for name, value in adviser.cookies.items()),
    }
    sent = await client.post(
        f"{of(reader)}/lines", json={"text": "Hello", "once": "a"}, headers=headers
    )
    assert sent.status_code == 200
    again = await client.post(
        f"{of(reader)}/lines", json={"text": "Hello", "once": "a"}, headers=headers
    )
    assert again.json() == sent.json()
    del headers["X-CSRF-Token"]
    refused = await client.post(
        f"{of(reader)}/lines", json={"text": "Hello", "once": "b"}, headers=headers
    )
    assert refused.status_code == 403
    assert sum(one["from"] == "person" for one in await reader.entries()) == 1


async def test_a_tutor_refers_and_an_adviser_takes_it(client, school, adviser, signed_in):
    pupil = school.pupil("Amira")
    tutor = signed_in("dsl")
    await tutor.post("/console/refer", 200, data={"name": "amira", "find": "1"})
    assert "Amira Quillfeather, Year 11, 11A" in tutor.page.text
    await tutor.post("/console/refer", 422, data={"name": "amira", "pupil": pupil})
    data = {"name": "amira", "pupil": pupil, "reason": "May leave school", "urgency": "2"}
    await tutor.post("/console/refer", data=data)
    await tutor.follow()
    await tutor.post("/console/refer", 422, data={**data, "pupil": "0" * 32})
    await tutor.get("/console/referrals", 403)
    await adviser.get("/console/referrals")
    assert "May leave school" in adviser.page.text
    referral = next(
        f["value"]
        for form in adviser.page.forms
        for f in form["fields"]
        if f.get("name") == "referral"
    )
    await adviser.post("/console/referrals", data={"referral": referral, "do": "take"})
    await adviser.post("/console/referrals", data={"referral": referral, "do": "end"})
    await adviser.get("/console/referrals")
    assert "May leave school" not in adviser.page.text
    assert {"referral made", "referral taken", "referral ended"} <= {
        row.action for row in school.audited()
    }


async def test_searching_finds_what_was_passed_on_and_puts_no_word_in_an_address(
    client, school, adviser
):
    reader = await a_waiting(client)
    plain = await Reader.begin(client)
    await plain.ask("leaving sixth form in secret")
    await adviser.get("/console/chats")
    await adviser.post("/console/chats", 422, data={"words": "x"})
    await adviser.post("/console/chats", 200, data={"words": "Sixth LEAVING"})
    found = [link for link in adviser.page.links if "all=1" in link]
    assert found == [f"{of(reader)}?all=1"]
    assert "secret" not in adviser.page.text
    (row,) = [row for row in school.audited() if row.action == "chats searched"]
    assert "leaving" not in str(row)


async def test_a_full_queue_is_one_page_of_a_hundred(client, school, adviser):
    from bot.records import handovers
    from bot.records.conversations import add_conversation

    keep = {"channel": "web", "scene": {}, "opening": {}, "standing": []}
    with school.engine.begin() as c:
        for n in range(101):
            chat = f"{n:032x}"
            add_conversation(
                c, school.sealing, conversation_id=chat, school_id=school.school_id,
                now=now(), **keep,
            )  # fmt: skip
            where = (c, school.sealing, school.school_id, chat)
            at = now() - timedelta(minutes=200 - n)
            handovers.ask(
                *where, actor=Actor("guest"), origin="reader", urgency=1, way="chat",
                reason="x", now=at,
            )  # fmt: skip
            handovers.consent(*where, actor=Actor("guest"), now=at)
    await adviser.get("/console/queue")
    chats = [one for one in adviser.page.links if one.startswith("/console/chats/")]
    assert len(chats) == 100
    assert chats[0].endswith(f"{0:032x}")
    await adviser.get("/console/queue?page=2")
    assert sum(one.startswith("/console/chats/") for one in adviser.page.links) == 1
    school.run(keep_phrase, title="a", text="b", now=now())


async def test_hours_and_holidays_are_set_on_a_page(school, signed_in):
    who = signed_in("administrator")
    await who.get("/console/hours")
    days = {f"day{n}": "" for n in range(7)} | {"day0": "09:00-12:00, 13:00-15:30"}
    for wrong in ({"day1": "9-5"}, {"holidays": "soon"}, {"holidays": "2026-12-20 to 2026-12-01"}):
        await who.post("/console/hours", 422, data={**days, **wrong})
    data = {**days, "holidays": "2026-12-19 to 2027-01-03\n2027-02-15"}
    await who.post("/console/hours", data=data)
    await who.follow()
    with school.engine.begin() as connection:
        told = hours_of(connection, school.school_id).to_json()
    assert told["hours"]["0"] == ["09:00-12:00", "13:00-15:30"]
    assert told["holidays"] == [["2026-12-19", "2027-01-03"], ["2027-02-15", "2027-02-15"]]
    assert [row.action for row in school.audited("setting changed")] == ["setting changed"]
