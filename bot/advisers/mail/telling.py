"""How the outbox stands, in a sentence for staff and operators."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from bot.records.mails import MailCounts
from bot.settings import Settings

_WORDS = Path(__file__).with_suffix(".yml")


@cache
def _words() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return found


def is_set_up(settings: Settings) -> bool:
    """Whether the installation names a mail server and an address that mails are from."""
    return bool(settings.mail_host and settings.mail_from)


def how_it_stands(settings: Settings, counts: MailCounts) -> str:
    """Whether mails are sent, and how many wait, were sent, were given up."""
    way = _words()["sent_by" if is_set_up(settings) else "not_set_up"]
    return way.format(
        host=settings.mail_host,
        waiting=counts.waiting,
        sent=counts.sent,
        given_up=counts.given_up,
    )
