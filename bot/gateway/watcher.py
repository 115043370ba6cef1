"""Looks for an engine that went away, and has waiting messages answered when it is back."""

import asyncio
import logging

from bot.gateway.erasure import forget_all
from bot.gateway.gateway import Gateway
from bot.gateway.plain_log import where_it_broke

log = logging.getLogger("signpost.gateway")


async def watch(gateway: Gateway) -> None:
    """Run until cancelled. Does nothing while nothing waits."""
    outage = gateway.desk.outage
    while True:
        await outage.begun()
        await asyncio.sleep(gateway.desk.settings.engine_retry_s)
        try:
            await look(gateway)
        except Exception as problem:
            # The watcher must outlive a store that is locked for a while.
            log.error("looking for the engine broke off: %s", where_it_broke(problem))


async def look(gateway: Gateway) -> bool:
    """Ask the engine once; when it is ready, answer the readers who are still there.

    The others' messages stay in the store and are taken up when their reader comes again.
    """
    outage = gateway.desk.outage
    was_away = outage.away
    if not await gateway.desk.engine.ready():
        if not was_away:
            log.warning("the engine is away")
        outage.note_away()
        return False
    if was_away:
        log.warning("the engine is back")
    for conversation_id in outage.note_over():
        if gateway.presence.there(conversation_id):
            gateway.resume(conversation_id)
    if outage.erasures_left:
        await forget_all(gateway.desk)
    return True
