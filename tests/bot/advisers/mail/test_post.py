"""Mails go out once, again where a server fails, and nothing of them is kept afterwards."""

import asyncio
import logging
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.advisers.mail.outbox import Attached, MailWrong, count_mails, put
from bot.advisers.mail.post import AT_A_TIME, TOO_OLD, WAITS, Posted, keep_posted, post_due
from bot.advisers.mail.server import MailServer
from bot.records.mails import MailCounts, take
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import Store
from tests.bot.advisers.mail.mail_double import PASSWORD, USER, MailDouble, mail_double
from tests.bot.support import settings_in

SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
INVITE = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@dataclass
class Post:
    """A store with one school, and a clock that a test moves."""

    store: Store
    school_id: int
    folder: Path
    now: datetime = NOW

    async def put(self, once: str = "a", **changes: Any) -> bool:
        values = {
            "to": "xanthippe@school.example",
            "subject": "Your meeting",
            "text": "Zebra crossing at nine.\n",
            "now": self.now,
        }
        return await self.store.write(
            put, SEALING, self.school_id, **{"once": once, **values, **changes}
        )

    async def go(self, server: MailServer) -> Posted:
        return await post_due(self.store, SEALING, self.school_id, server, lambda: self.now)

    async def counts(self) -> MailCounts:
        return await self.store.read(count_mails, self.school_id)


@pytest.fixture
async def post(either_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    upgrade(either_url)
    store = Store(either_url)
    school_id = await store.write(keep_school, "default", "School", NOW)
    yield Post(store, school_id, tmp_path)
    store.close()


@pytest.fixture
def smtp() -> Iterator[MailDouble]:
    with mail_double() as double:
        yield double


async def test_a_mail_is_handed_in_as_it_was_written(post: Post, smtp: MailDouble):
    await post.put(calendar=INVITE, attachments=[Attached("plan.pdf", "application/pdf", b"%PDF")])
    assert await post.go(smtp.server()) == Posted(sent=1)
    ((to, message),) = smtp.taken
    assert to == "xanthippe@school.example"
    assert message["From"] == "Test School <careers@school.example>"
    assert message["Subject"] == "Your meeting"
    assert message["Auto-Submitted"] == "auto-generated"
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Zebra crossing at nine."]
    invite = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    assert invite.get_param("method") == "REQUEST"
    assert invite.get_payload(decode=True) == INVITE
    (plan,) = message.iter_attachments()
    assert (plan.get_filename(), plan.get_content()) == ("plan.pdf", b"%PDF")


async def test_the_same_mail_is_put_and_sent_once(post: Post, smtp: MailDouble):
    assert await post.put("same")
    assert not await post.put("same", text="another")
    await post.go(smtp.server())
    assert not await post.put("same")
    assert await post.go(smtp.server()) == Posted()
    assert len(smtp.taken) == 1


async def test_two_that_put_the_same_at_once_put_one(post: Post):
    done = await asyncio.gather(*(post.put("same") for _ in range(8)))
    assert sorted(done) == [False] * 7 + [True]


async def test_two_workers_send_each_mail_once(post: Post, smtp: MailDouble):
    for number in range(12):
        await post.put(str(number), subject=str(number))
    done = await asyncio.gather(*(post.go(smtp.server()) for _ in range(3)))
    assert sum(one.sent for one in done) == 12
    assert sorted(int(message["Subject"]) for _, message in smtp.taken) == list(range(12))


async def test_nothing_of_a_mail_is_kept_once_it_is_sent(post: Post, smtp: MailDouble):
    await post.put()
    await post.go(smtp.server())
    if post.store.engine.dialect.name == "sqlite":
        path = post.store.engine.url.database
        assert path is not None
        (sealed,) = sqlite3.connect(path).execute("SELECT message FROM mails").fetchone()
        assert SEALING.open(sealed) == {}
    assert await post.counts() == MailCounts(0, 1, 0)


@pytest.mark.parametrize("answer", ["451 later", "452 full"])
async def test_a_mail_is_tried_again_after_longer_and_longer(
    post: Post, smtp: MailDouble, answer: str
):
    await post.put()
    smtp.answer = answer
    for wait in WAITS:
        assert await post.go(smtp.server()) == Posted(put_off=1)
        assert await post.go(smtp.server()) == Posted(), "not before its time"
        post.now += wait
    assert await post.go(smtp.server()) == Posted(given_up=1)
    assert await post.counts() == MailCounts(0, 0, 1)
    assert smtp.taken == []


async def test_a_mail_that_fails_once_arrives_with_the_same_message_id(
    post: Post, smtp: MailDouble
):
    await post.put()
    async with asyncio.timeout(5):
        first = await post.store.write(
            take, SEALING, post.school_id, post.now, post.now + timedelta(minutes=5)
        )
    assert first is not None and first.letter is not None
    post.now += timedelta(minutes=6)
    await post.go(smtp.server())
    ((_, message),) = smtp.taken
    assert message["Message-ID"] == f"<{first.letter.message_id}@school.example>"


async def test_what_is_refused_for_good_is_given_up_and_the_next_one_sent(
    post: Post, smtp: MailDouble
):
    smtp.refused_addresses = {"gone@school.example": "550 no such mailbox"}
    await post.put("a", to="gone@school.example")
    await post.put("b")
    assert await post.go(smtp.server()) == Posted(sent=1, given_up=1)


async def test_a_mailbox_that_is_full_is_tried_again(post: Post, smtp: MailDouble):
    smtp.refused_addresses = {"full@school.example": "452 full"}
    await post.put("a", to="full@school.example")
    await post.put("b")
    assert await post.go(smtp.server()) == Posted(sent=1, put_off=1)


async def test_a_server_that_is_down_costs_no_mail_its_tries(post: Post, smtp: MailDouble):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = smtp.server(port=free.getsockname()[1])
    await post.put("a")
    await post.put("b")
    for _ in range(3 * len(WAITS)):
        assert (await post.go(nobody)).put_off == 1
        post.now += WAITS[0]
    assert await post.go(smtp.server()) == Posted(sent=2)


async def test_a_server_that_dawdles_is_left_and_tried_again(post: Post, smtp: MailDouble):
    smtp.dawdles_s = 1.0
    await post.put("a")
    await post.put("b")
    assert await post.go(smtp.server(timeout_s=0.2)) == Posted(put_off=1)
    smtp.dawdles_s = 0.0
    post.now += WAITS[0]
    assert await post.go(smtp.server()) == Posted(sent=2)


async def test_a_slow_server_holds_up_nobody_who_writes(post: Post, smtp: MailDouble):
    smtp.dawdles_s = 1.0
    await post.put("a")
    sending = asyncio.create_task(post.go(smtp.server(timeout_s=5)))
    await asyncio.sleep(0.2)
    async with asyncio.timeout(0.5):
        assert await post.put("b")
    assert not sending.done()
    assert await sending == Posted(sent=2)


async def test_it_signs_in_where_a_server_asks_for_it(post: Post):
    with mail_double(asks_password=True) as smtp:
        await post.put()
        wrong = smtp.server(user=USER, password="wrong")
        assert await post.go(wrong) == Posted(put_off=1)
        post.now += WAITS[0]
        assert await post.go(smtp.server(user=USER, password=PASSWORD)) == Posted(sent=1)
        assert len(smtp.taken) == 1


async def test_nothing_is_sent_in_clear_where_it_must_not_be(post: Post, smtp: MailDouble):
    await post.put()
    assert await post.go(smtp.server(security="starttls")) == Posted(put_off=1)
    assert smtp.taken == []


async def test_a_mail_that_no_key_opens_holds_up_no_other(post: Post, smtp: MailDouble):
    other = Sealing([Fernet.generate_key().decode()], "k" * 43)
    await post.store.write(
        put, other, post.school_id,
        once="x", to="a@b.example", subject="s", text="t", now=post.now - timedelta(hours=1),
    )  # fmt: skip
    await post.put()
    assert await post.go(smtp.server()) == Posted(sent=1, put_off=1)


async def test_no_more_than_so_many_at_a_time(post: Post, smtp: MailDouble):
    for number in range(AT_A_TIME + 1):
        await post.put(str(number))
    assert (await post.go(smtp.server())).sent == AT_A_TIME
    assert (await post.go(smtp.server())).sent == 1


async def test_without_a_server_mails_wait_and_are_let_go_of_when_old(post: Post):
    await post.put()

    async def look() -> None:
        task = asyncio.create_task(
            keep_posted(post.store, SEALING, post.school_id, None, lambda: post.now, every_s=60)
        )
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.wait({task})

    await look()
    assert await post.counts() == MailCounts(1, 0, 0)
    post.now += TOO_OLD + timedelta(seconds=1)
    await look()
    assert await post.counts() == MailCounts(0, 0, 1)


async def test_the_worker_sends_what_is_put_while_it_runs(post: Post, smtp: MailDouble):
    work = keep_posted(
        post.store, SEALING, post.school_id, smtp.server(), lambda: post.now, every_s=0.05
    )
    task = asyncio.create_task(work)
    await asyncio.sleep(0.2)
    await post.put()
    for _ in range(200):
        if smtp.taken:
            break
        await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait({task})
    assert len(smtp.taken) == 1


async def test_another_schools_mails_are_not_touched(post: Post, smtp: MailDouble):
    other = await post.store.write(keep_school, "other", "Other", NOW)
    await post.put()
    assert await post_due(post.store, SEALING, other, smtp.server(), lambda: NOW) == Posted()
    assert smtp.taken == []


async def test_nothing_of_a_mail_is_logged(
    post: Post, smtp: MailDouble, caplog: pytest.LogCaptureFixture
):
    smtp.refused_addresses = {"xanthippe@school.example": "550 no xanthippe here"}
    await post.put()
    with caplog.at_level(logging.DEBUG):
        await post.go(smtp.server())
    assert caplog.records
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("signpost")]
    assert ours
    assert not any("xanthippe" in one or "Zebra" in one for one in ours)


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b@c", "a b@c.example", "a@c.example\nBcc: d@e.example", "a,b@c.example",
           "<a@b.example>", f"{'a' * 250}@b.example"],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused(post: Post, to: str):
    with pytest.raises(MailWrong):
        await post.put(to=to)


async def test_a_line_break_in_a_subject_makes_no_header(post: Post, smtp: MailDouble):
    await post.put(subject="Meeting\r\nBcc: everybody@school.example")
    await post.go(smtp.server())
    ((to, message),) = smtp.taken
    assert to == "xanthippe@school.example"
    assert message["Bcc"] is None
    assert message["Subject"] == "Meeting Bcc: everybody@school.example"


def test_an_installation_has_no_mail_server_unless_it_is_told(tmp_path: Path):
    assert MailServer.of(settings_in(tmp_path)) is None
    assert MailServer.of(settings_in(tmp_path, mail_host="mail.example")) is None
    (tmp_path / "password").write_text("secret\n")
    server = MailServer.of(
        settings_in(
            tmp_path,
            mail_host="mail.example",
            mail_from="careers@school.example",
            mail_user="careers",
            mail_password_file=tmp_path / "password",
        )
    )
    assert server is not None
    assert (server.password, server.security, server.port) == ("secret", "starttls", 587)
    assert "secret" not in repr(server)
