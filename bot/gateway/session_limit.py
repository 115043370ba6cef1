"""The longest a conversation may last: its reader is warned, then it closes."""

import asyncio
import logging
from datetime import timedelta

from bot.gateway.desk import Desk
from bot.gateway.gateway import Gateway
from bot.gateway.plain_log import where_it_broke
from bot.gateway.replies import authored
from bot.records.conversations import close_older, warn_older
from bot.records.entries import add_reply

log = logging.getLogger("signpost.gateway")

EVERY_S = 30.0


async def keep_limit(gateway: Gateway) -> None:
    """Run until cancelled."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await warn_and_close(gateway.desk, gateway.presence.listeners())
        except Exception as problem:
            log.error("keeping the session limit broke off: %s", where_it_broke(problem))


async def warn_and_close(desk: Desk, listening: list[str]) -> None:
    """Warn the readers who listen and whose conversation ends soon; close what is over."""
    minutes = desk.settings.session_minutes
    if not minutes:
        return
    now = desk.clock()
    born = now - timedelta(minutes=minutes)
    await desk.store.write(close_older, born)
    if not listening:
        return
    soon = born + timedelta(minutes=desk.settings.session_warning_minutes)
    for conversation_id in await desk.store.write(warn_older, listening, soon, now):
        messages, meta = authored(desk, "session_ending")
        entry = await desk.store.write(
            add_reply,
            desk.sealing,
            conversation_id,
            in_reply_to=None,
            messages=list(messages),
            meta=meta,
            now=now,
            sender="notice",
        )
        if entry is not None:
            desk.broker.publish(entry)
