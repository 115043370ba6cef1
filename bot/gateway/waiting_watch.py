"""Looks after those who wait for a person: staff get a mail; at the end of a day readers know."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.advisers.mail import outbox
from bot.advisers.mail.letters import letter
from bot.advisers.opening_hours import hours_of
from bot.gateway.gateway import Gateway
from bot.gateway.plain_log import where_it_broke
from bot.gateway.telling import tell_queue
from bot.records.handover.queue import CHATTING, left_since, to_wake, waiting_longer
from bot.records.handover.rows import NoSuchChat, NothingAsked
from bot.records.handover.states import NotNow
from bot.records.mails import is_address
from bot.records.sealing import Sealing
from bot.records.settings import get_setting
from bot.records.staff import list_staff

log = logging.getLogger("signpost.gateway")

EVERY_S = 20.0
SETTING = "waiting_alert"
"""{"minutes": 5, "to": ["…"]}: after how long, and to whom; without "to" to all who may chat."""
MINUTES = 5
STANDS_FOR = timedelta(days=30)
"""A wish for an answer later that nobody took for so long has lapsed, and its reader is told."""


async def keep_waiting_watched(gateway: Gateway, school_id: int) -> None:
    """Run until cancelled."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await look(gateway, school_id)
        except Exception as problem:
            log.error("looking after who waits broke off: %s", where_it_broke(problem))


async def look(gateway: Gateway, school_id: int) -> None:
    """Look once: mails for who waits too long, word for who waits when the day is over."""
    desk = gateway.desk
    now = desk.clock()
    hours = await desk.store.read(hours_of, school_id)
    if hours.is_open(now):
        address = f"{desk.settings.public_url}/console/queue"
        name = desk.settings.school_name
        await desk.store.write(mail_staff, desk.sealing, school_id, name, address, now)
    else:
        for row in await desk.store.read(waiting_longer, desk.sealing, school_id, now):
            await _unless_taken(gateway.persons.leave(school_id, row.conversation_id))
    for conversation_id in await desk.store.read(left_since, school_id, now - STANDS_FOR):
        await _unless_taken(gateway.persons.lapse(school_id, conversation_id))
    if await desk.store.read(to_wake, school_id, now):
        tell_queue(desk.broker, school_id)


async def _unless_taken(act: Awaitable[object]) -> None:
    """Carry it out, unless somebody has taken the chat or left it meanwhile."""
    try:
        await act
    except (NotNow, NothingAsked, NoSuchChat):
        return


def mail_staff(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    school_name: str,
    address: str,
    now: datetime,
) -> int:
    """Put a mail to each of staff on duty into the outbox for who has waited too long, once.

    How many mails there were.
    """
    setting = get_setting(connection, school_id, SETTING) or {}
    minutes = int(setting.get("minutes", MINUTES))
    since = now - timedelta(minutes=minutes)
    waiting = waiting_longer(connection, sealing, school_id, since)
    if not waiting:
        return 0
    to = mailboxes(connection, sealing, school_id)
    put = 0
    for row in waiting:
        waited = int((now - (row.waiting_since or since)).total_seconds() // 60)
        said = letter(
            "chats.waiting_long",
            minutes=waited,
            school=school_name,
            number=len(waiting) if len(waiting) > 1 else "",
            address=address,
        )
        for place, mailbox in enumerate(to):
            if not is_address(mailbox):
                continue
            put += outbox.put(
                connection,
                sealing,
                school_id,
                once=f"waiting {row.id} {int(row.asked_at.timestamp())} {place}",
                to=mailbox,
                subject=said.subject,
                text=said.text,
                now=now,
            )
    return put


def mailboxes(connection: Connection, sealing: Sealing, school_id: int) -> list[str]:
    """To whom mails about chats go: whom the school has named, else all who may take a chat."""
    given = (get_setting(connection, school_id, SETTING) or {}).get("to")
    if given is not None:
        return [str(one) for one in given]
    staff = list_staff(connection, sealing, school_id)
    return [one.details.email for one in staff if one.roles & set(CHATTING)]
