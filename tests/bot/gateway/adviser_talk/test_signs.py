"""What is told live: who is to speak, typing, seen; and what comes along into the next chat."""

import asyncio
import contextlib

from bot.gateway.broker import Sign
from bot.gateway.waiting_watch import look
from bot.records import handovers
from bot.records.audit.actors import Actor
from bot.records.entries import EntryRow
from bot.records.handover.beside import mark_seen, seen_by
from bot.records.models import Mail
from tests.bot.channels.web.conftest import over_a_socket
from tests.bot.channels.web.enrolled import Enrolled
from tests.bot.gateway.adviser_talk.conftest import ROLE, Office, closed, soon
from tests.bot.support import Reader, app_in, words


async def signs_of(news, most: int, wait_s: float = 2) -> list:
    found = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            async for one in news:
                if isinstance(one, Sign):
                    found.append((one.kind, one.value))
                    if len(found) == most:
                        break
    return found


async def test_both_sides_are_told_of_the_other_only(office: Office):
    reader = await office.waiting()
    await office.claim(reader)
    last = len(await office.quiet(reader))
    async with (
        contextlib.aclosing(office.gateway.follow(reader.id, last)) as to_reader,
        contextlib.aclosing(office.gateway.watch(reader.id, last)) as to_staff,
    ):
        hers = asyncio.create_task(signs_of(to_reader, 3))
        his = asyncio.create_task(signs_of(to_staff, 4))
        await asyncio.sleep(0.2)
        office.gateway.typing(reader.id, {"name": "Plinth", "role": ROLE})
        office.gateway.typing(reader.id, None)
        await asyncio.sleep(0.1)
        await office.gateway.seen(reader.id, office.staff[0].id or "", last)
        await office.gateway.seen(reader.id, "reader", last)
        talk = {"state": "person", "name": "Plinth", "role": ROLE}
        assert await hers == [
            ("talk", talk),
            ("typing", {"who": {"name": "Plinth", "role": ROLE}}),
            ("seen", {"seq": last}),
        ]
        kinds = [kind for kind, _ in await his]
        assert kinds == ["talk", "typing", "seen", "there"][: len(kinds)] or "typing" in kinds
        assert ("typing", {"who": {"name": "Plinth", "role": ROLE}}) not in his.result()


async def test_the_web_channel_tells_and_takes_signs(tmp_path, engine, clock):
    async with over_a_socket(app_in(tmp_path, clock=clock, engine_url=engine.url)) as client:
        school = Enrolled(tmp_path)
        reader = await Reader.begin(client)
        headers = {**reader.headers, "Accept": "text/event-stream"}
        async with client.stream("GET", f"{reader.path}/events", headers=headers) as stream:
            async with asyncio.timeout(5):
                async for line in stream.aiter_lines():
                    if line == "event: state":
                        break
        sent = {"typing": True, "seen": 1}
        answer = await client.post(f"{reader.path}/signs", json=sent, headers=reader.headers)
        assert answer.status_code == 204
        for wrong in ({"seen": 0}, {"typing": False}, {"who": "me"}, {"seen": "1"}):
            answer = await client.post(f"{reader.path}/signs", json=wrong, headers=reader.headers)
            assert answer.status_code == 422
        await reader.ask("hello")
        await client.post(f"{reader.path}/signs", json={"seen": 99}, headers=reader.headers)
        with school.engine.begin() as connection:
            assert seen_by(connection, reader.id)["reader"][0] == 2
            assert not mark_seen(connection, reader.id, "reader", 1, clock())
        school.close()


async def test_what_an_adviser_answered_comes_along_into_the_next_chat_once(office: Office):
    pupil = await office.pupil()
    begun = await office.gateway.begin("default", "web", {}, pupil_id=pupil)
    where = (office.house.sealing, office.school, begun.conversation_id)
    actor, now = Actor("pupil", pupil), office.clock()
    await office.write(
        handovers.ask, *where, actor=actor, origin="reader", urgency=1, way="message",
        reason="x", now=now,
    )  # fmt: skip
    await office.write(handovers.consent, *where, actor=actor, now=now)
    office.clock.ahead = soon(24 * 60)
    await office.gateway.persons.claim(office.school, begun.conversation_id, office.staff[0], ROLE)
    adviser = office.staff[0]
    for text in ("The deadline is Friday.", "Ask again at any time."):
        await office.gateway.say_as_person(
            begun.conversation_id, adviser.id or "", adviser.name, ROLE, text, text[:9]
        )
    other = await office.gateway.begin("default", "web", {}, pupil_id=await office.pupil("Bo"))
    assert await office.gateway.entries(other.conversation_id) == []
    after = await office.gateway.begin("default", "web", {}, pupil_id=pupil)
    entries = await office.gateway.entries(after.conversation_id)
    assert [one.sender for one in entries] == ["notice", "person"] * 2
    assert "Plinth, careers adviser, answered on 24 November 2026" in told(entries[0])
    assert [told(one) for one in entries[1::2]] == [
        "The deadline is Friday.", "Ask again at any time.",
    ]  # fmt: skip
    await office.gateway.seen(after.conversation_id, "reader", 4)
    last = await office.gateway.begin("default", "web", {}, pupil_id=pupil)
    assert await office.gateway.entries(last.conversation_id) == []


def told(entry: EntryRow) -> str:
    return str(entry.body["messages"][0]["text"])


async def test_staff_get_one_mail_for_who_has_waited_too_long(office: Office, tmp_path):
    school = Enrolled(tmp_path)
    reader = await office.waiting()
    office.clock.ahead = soon(4)
    await look(office.gateway, office.school)
    assert school.rows(Mail) == []
    for minutes in (6, 7):
        office.clock.ahead = soon(minutes)
        await look(office.gateway, office.school)
    mails = [school.sealing.open(one.message) for one in school.rows(Mail)]
    assert sorted(one["to"] for one in mails) == [
        "plinth@school.example", "quoin@school.example",
    ]  # fmt: skip
    assert "6 minutes" in mails[0]["subject"]
    assert "https://careers.example/console/queue" in mails[0]["text"]
    assert "my options" not in str(mails)
    await office.claim(reader)
    office.clock.ahead = soon(30)
    await look(office.gateway, office.school)
    assert len(school.rows(Mail)) == 2
    school.close()


async def test_a_wish_that_nobody_took_lapses_and_that_is_said(office: Office):
    reader = await office.waiting()
    await office.hours(closed())
    await look(office.gateway, office.school)
    office.clock.ahead = soon(60 * 24 * 31)
    await look(office.gateway, office.school)
    assert await office.standing(reader) is None
    found = await office.gateway.entries(reader.id)
    assert "Nobody has answered" in told(found[-1])
    assert words({"messages": [{"text": told(found[-2])}]}).startswith("The advisers have gone")
