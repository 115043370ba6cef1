"""Reminds pupils of their meetings, a day before, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.advisers.meetings.notices import Notices, remind
from bot.records.meetings.rows import meetings_between
from bot.records.sealing import Sealing
from bot.records.store import Store

log = logging.getLogger("signpost.meetings")

BEFORE = timedelta(hours=24)
LEAST_BEFORE = timedelta(hours=1)
"""A reminder that comes as the meeting begins is none."""
LOOKS_EVERY_S = 300.0


def remind_due(
    connection: Connection, sealing: Sealing, school_id: int, notices: Notices, now: datetime
) -> int:
    """Put a reminder for each meeting that begins within a day; how many were new.

    Not for one that was booked or moved within that day: its pupil has just been told.
    """
    coming = meetings_between(
        connection, sealing, school_id, now + LEAST_BEFORE, now + BEFORE, states=("booked",)
    )
    return sum(
        remind(connection, sealing, school_id, notices, one, now)
        for one in coming
        if one.changed_at <= one.begins_at - BEFORE
    )


async def keep_reminded(
    store: Store,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    clock: Callable[[], datetime],
    *,
    every_s: float = LOOKS_EVERY_S,
) -> None:
    """Run until cancelled."""
    while True:
        try:
            await store.write(remind_due, sealing, school_id, notices, clock())
        except Exception as problem:
            log.error("reminders were not put: %s", type(problem).__name__)
        await asyncio.sleep(every_s)
