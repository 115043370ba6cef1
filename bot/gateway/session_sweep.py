"""Once a day, sessions and links that open nothing any more are taken out of the store."""

import asyncio
import logging

from bot.gateway.desk import Desk
from bot.gateway.plain_log import where_it_broke
from bot.identity.sessions import sweep_sessions
from bot.identity.staff import invitations, staff_sessions

log = logging.getLogger("signpost.gateway")

EVERY_S = 86_400.0
AGAIN_S = 600.0
"""After a sweep that failed, as when the store was locked."""


async def keep_swept(desk: Desk, school_id: int) -> None:
    """Sweep at the start and then daily, until cancelled."""
    while True:
        try:
            await sweep(desk, school_id)
        except Exception as problem:
            log.error("sweeping sessions broke off: %s", where_it_broke(problem))
            await asyncio.sleep(AGAIN_S)
        else:
            await asyncio.sleep(EVERY_S)


async def sweep(desk: Desk, school_id: int) -> int:
    """Delete the sessions that are over or lay unused for too long, and old links; how many."""
    now, store = desk.clock(), desk.store
    pupils, staff = desk.settings.pupil_idle_minutes, desk.settings.staff_idle_minutes
    return (
        await store.write(sweep_sessions, school_id, now, idle_minutes=pupils)
        + await store.write(staff_sessions.sweep, school_id, now, idle_minutes=staff)
        + await store.write(invitations.sweep, school_id, now)
    )
