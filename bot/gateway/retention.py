"""Deletes by the school's retention clocks, once a day, a little at a time."""

import asyncio
import logging
from collections import Counter
from datetime import datetime, timedelta
from itertools import batched

from sqlalchemy import Connection

from bot.gateway.erasure import forget_all
from bot.gateway.gateway import Gateway
from bot.gateway.plain_log import where_it_broke
from bot.records.audit.actors import SERVICE, Actor
from bot.records.audit.log import append
from bot.records.conversations import pending_erasures
from bot.records.guidance.lines import day_in_england
from bot.records.guidance.proposals import lapse_proposals
from bot.records.retention import delete_due, due_rows, last_run, note_run
from bot.records.sealing import Sealing
from bot.records.store import Store

log = logging.getLogger("signpost.gateway")

LOOKS_EVERY_S = 900.0
LAPSES_AFTER = timedelta(days=30)
"""A line that was offered and not answered for so long is let go of, and its words with it."""
AT_A_TIME = 20
"""In one transaction: a reader's message waits no longer than for these."""


async def keep_clocks(gateway: Gateway, sealing: Sealing, school_id: int) -> None:
    """Run until cancelled."""
    while True:
        await asyncio.sleep(LOOKS_EVERY_S)
        try:
            await look_once_a_day(gateway, sealing, school_id)
        except Exception as problem:
            # Tried again at the next look.
            log.error("retention broke off: %s", where_it_broke(problem))


async def look_once_a_day(gateway: Gateway, sealing: Sealing, school_id: int) -> bool:
    """Delete what is due, unless that was done today already; whether it was done now."""
    desk = gateway.desk
    now = desk.clock()
    last = await desk.store.read(last_run, school_id)
    if last is not None and day_in_england(last[0]) >= day_in_england(now):
        return False
    counts = await delete_all_due(desk.store, sealing, school_id, now)
    lapsed = await desk.store.write(lapse_proposals, sealing, school_id, now - LAPSES_AFTER, now)
    if lapsed:
        log.info("retention: %d offered lines have lapsed", lapsed)
        await desk.store.scrub()
    if counts:
        log.info("retention: %s", ", ".join(f"{name} {n}" for name, n in counts.items()))
    if await desk.store.read(pending_erasures):
        desk.outage.note_erasures()
        await forget_all(desk)
    return True


async def delete_all_due(
    store: Store, sealing: Sealing, school_id: int, now: datetime, actor: Actor = SERVICE
) -> dict[str, int]:
    """Delete everything that is due at that moment; how many by clock, where there were any.

    Who had it done is in the audit, where there was something.
    """
    counts: Counter[str] = Counter()
    for due in await store.read(due_rows, sealing, school_id, now):
        for some in batched(due.ids, AT_A_TIME):
            counts[due.clock] += await store.write(
                delete_due, sealing, school_id, due.clock, some, now
            )
    kept = {name: number for name, number in counts.items() if number}
    await store.write(_note, sealing, school_id, kept, now, actor)
    if kept:
        await store.scrub()
    return kept


def _note(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    kept: dict[str, int],
    now: datetime,
    actor: Actor,
) -> None:
    note_run(connection, school_id, kept, now)
    if kept:
        append(
            connection,
            sealing,
            school_id,
            actor=actor,
            action="clocks run",
            object_kind="clock",
            object_id=None,
            now=now,
            after=kept,
        )
