"""Once a day, sessions of pupils that open nothing any more are taken out of the store."""

import asyncio
import logging

from bot.gateway.desk import Desk
from bot.gateway.plain_log import where_it_broke
from bot.identity.sessions import sweep_sessions

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
    """Delete the sessions that are over or lay unused for too long; how many."""
    idle_minutes = desk.settings.pupil_idle_minutes
    return await desk.store.write(
        sweep_sessions, school_id, desk.clock(), idle_minutes=idle_minutes
    )
