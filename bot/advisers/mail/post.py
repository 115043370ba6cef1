"""Hands mails to the mail server: again later if it fails, given up after a while.

Nothing of a mail is logged: neither whom it is to nor what the server said of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import aiosmtplib

from bot.advisers.mail.server import MailServer
from bot.records.mails import (
    MailTaken,
    forget_done,
    give_back,
    give_up,
    give_up_old,
    next_due,
    note_sent,
    put_off,
    take,
)
from bot.records.sealing import Sealing
from bot.records.store import Store, StoreBusy

log = logging.getLogger("signpost.mail")

LOOKS_EVERY_S = 5.0
WAITS = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 180, 360, 720, 720, 720))
"""Between one try and the next; after the last one a mail is given up."""
TOO_OLD = timedelta(days=7)
"""A mail that waited for so long, as where no server was named, tells nothing that is of use."""
KEPT = timedelta(days=90)
"""That a mail was sent is known for so long, so that it is not sent again."""
TIDIES_EVERY = timedelta(hours=1)
AT_A_TIME = 50
_TAKEN_FOR = timedelta(minutes=5)


class _Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    """The server will never take this mail."""
    LATER = auto()
    BROKE_OFF = auto()
    """The server took too long or hung up: perhaps over this mail, so the try counts."""
    AWAY = auto()
    """The server cannot be reached or does not let us in: that is not this mail's fault."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the mails that were due."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


async def keep_posted(
    store: Store,
    sealing: Sealing,
    school_id: int,
    server: MailServer | None,
    clock: Callable[[], datetime],
    *,
    every_s: float = LOOKS_EVERY_S,
) -> None:
    """Run until cancelled. Without a server mails wait, and are let go of once they are too old."""
    tidied: datetime | None = None
    while True:
        try:
            now = clock()
            if tidied is None or now - tidied >= TIDIES_EVERY:
                await _tidy(store, sealing, school_id, now)
                tidied = now
            # Looked for by reading: nobody's message waits for a lock that is not needed.
            due = None if server is None else await store.read(next_due, school_id)
            if server is not None and due is not None and due <= now:
                await post_due(store, sealing, school_id, server, clock)
        except Exception as problem:
            log.error("mails were not sent: %s", type(problem).__name__)
        await asyncio.sleep(every_s)


async def _tidy(store: Store, sealing: Sealing, school_id: int, now: datetime) -> None:
    old = await store.write(give_up_old, sealing, school_id, now - TOO_OLD, now)
    if old:
        log.warning("%d mails waited for too long and were given up", old)
    await store.write(forget_done, school_id, now - KEPT)


async def post_due(
    store: Store,
    sealing: Sealing,
    school_id: int,
    server: MailServer,
    clock: Callable[[], datetime],
) -> Posted:
    """Send what is due, one after the other, until the server cannot be used. Raises StoreBusy."""
    sent = later = ended = 0
    for _ in range(AT_A_TIME):
        now = clock()
        mail = await store.write(take, sealing, school_id, now, now + _TAKEN_FOR)
        if mail is None:
            break
        outcome = await _send(server, mail, now)
        now = clock()
        if outcome is _Outcome.SENT:
            await _noted(store, note_sent, sealing, school_id, mail.id, now)
            sent += 1
        elif outcome is _Outcome.AWAY:
            await store.write(give_back, school_id, mail.id, now + WAITS[0])
            later += 1
            break
        elif outcome is _Outcome.REFUSED or mail.attempts > len(WAITS):
            await store.write(give_up, sealing, school_id, mail.id, now)
            log.warning("a mail was given up after %d tries", mail.attempts)
            ended += 1
        else:
            await store.write(put_off, school_id, mail.id, now + WAITS[mail.attempts - 1])
            later += 1
            if outcome is _Outcome.BROKE_OFF:
                break
    return Posted(sent, later, ended)


async def _noted(store: Store, work: Callable[..., None], *args: object) -> None:
    """Note that a mail was sent even if the store is busy: it must not be sent twice."""
    for pause_s in (0.5, 1.0, 2.0, 4.0):
        try:
            return await store.write(work, *args)
        except StoreBusy:
            await asyncio.sleep(pause_s)
    return await store.write(work, *args)


async def _send(server: MailServer, mail: MailTaken, now: datetime) -> _Outcome:
    if mail.letter is None:
        log.error("a mail cannot be opened with the keys of this installation")
        return _Outcome.LATER
    try:
        message = server.written(mail.letter, now)
    except ValueError:
        return _Outcome.REFUSED
    try:
        # The library's limit is on each answer of the server; this one is on all of it.
        async with asyncio.timeout(server.timeout_s * 3):
            await aiosmtplib.send(
                message,
                sender=server.sender,
                recipients=[mail.letter.to],
                hostname=server.host,
                port=server.port,
                username=server.user or None,
                password=server.password or None,
                timeout=server.timeout_s,
                use_tls=server.security == "tls",
                start_tls=server.security == "starttls",
            )
    except aiosmtplib.SMTPRecipientsRefused as problem:
        codes = {one.code for one in problem.recipients}
        return _Outcome.REFUSED if min(codes) >= 500 else _Outcome.LATER
    except aiosmtplib.SMTPDataError as problem:
        return _Outcome.REFUSED if problem.code >= 500 else _Outcome.LATER
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPAuthenticationError) as problem:
        return _away(problem)
    except (aiosmtplib.SMTPException, TimeoutError) as problem:
        log.warning("the mail server broke off: %s", type(problem).__name__)
        return _Outcome.BROKE_OFF
    except OSError as problem:
        return _away(problem)
    return _Outcome.SENT


def _away(problem: Exception) -> _Outcome:
    log.warning("the mail server cannot be used: %s", type(problem).__name__)
    return _Outcome.AWAY
