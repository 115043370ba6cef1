"""Mails that wait in the store until they are sent, once each; what they say is sealed.

Who sends one takes it first, for a while: nobody else takes it in that time, and if the sender
is lost on the way the mail is taken again afterwards.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.records.models import Mail
from bot.records.sealing import SealBroken, Sealing

LONGEST_ONCE = 120
LONGEST_ADDRESS = 254
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True, repr=False)
class Attached:
    """A file that goes along with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. `message_id` stays the same however often it has to be sent."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str
    calendar: bytes | None = field(default=None, repr=False)
    attachments: tuple[Attached, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class MailTaken:
    """A mail that somebody has taken to send it; `attempts` counts this one.

    `letter` is None where no key opens it.
    """

    id: int
    school_id: int
    attempts: int
    created_at: datetime
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class MailCounts:
    """How many mails of a school wait, were sent, and were given up."""

    waiting: int
    sent: int
    given_up: int


class MailWrong(ValueError):
    """The mail cannot be sent to anybody, or its key is too long. Says nothing of what it says."""


def put(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    once: str,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    calendar: bytes | None = None,
    attachments: Sequence[Attached] = (),
) -> bool:
    """Put a mail into the outbox; False where the same (`once`) is or was there already.

    `calendar` is an iCalendar object with its METHOD. `once` holds nothing personal. Raises
    MailWrong for an address, subject or key that cannot be.
    """
    subject = " ".join(subject.split())
    if not is_address(to) or not 0 < len(once) <= LONGEST_ONCE or len(subject) > LONGEST_SUBJECT:
        raise MailWrong
    held = select(Mail.id).where(Mail.school_id == school_id, Mail.once == once)
    if connection.execute(held).first() is not None:
        return False
    message = {
        "to": to,
        "subject": subject,
        "text": text,
        "message_id": secrets.token_hex(16),
        "calendar": None if calendar is None else base64.b64encode(calendar).decode("ascii"),
        "attachments": [
            [one.name, one.media_type, base64.b64encode(one.content).decode("ascii")]
            for one in attachments
        ],
    }
    values = {
        "school_id": school_id,
        "once": once,
        "message": sealing.seal(message),
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
    }
    try:
        # Somebody else may put the same at the same time: only this insert is undone then.
        with connection.begin_nested():
            connection.execute(insert(Mail).values(values))
    except IntegrityError:
        return False
    return True


def is_address(text: str) -> bool:
    """Whether mail can be sent there: something on both sides of one @, and nothing odd."""
    local, at, domain = text.partition("@")
    plain = text.isprintable() and not any(one in text for one in ' ,;<>"()[]\\')
    return bool(local and at and domain and "@" not in domain) and plain and text.isascii() and (
        len(text) <= LONGEST_ADDRESS
    )  # fmt: skip


_WAITS = and_(Mail.sent_at.is_(None), Mail.given_up_at.is_(None))


def take(
    connection: Connection, sealing: Sealing, school_id: int, now: datetime, until: datetime
) -> MailTaken | None:
    """Take the mail that is due for longest, so that nobody else does before `until`.

    None where none is due.
    """
    due = (
        select(Mail.__table__)
        .where(Mail.school_id == school_id, _WAITS, Mail.next_try_at <= now)
        .order_by(Mail.next_try_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(due).first()
    if row is None:
        return None
    _change(connection, school_id, row.id, attempts=row.attempts + 1, next_try_at=until)
    try:
        letter = _letter(sealing.open(row.message))
    except SealBroken:
        # Not raised: it would come first again and hold up all others.
        letter = None
    return MailTaken(row.id, school_id, row.attempts + 1, row.created_at, letter)


def note_sent(
    connection: Connection, sealing: Sealing, school_id: int, mail_id: int, now: datetime
) -> None:
    """The mail was sent: nothing of what it said is kept."""
    _change(connection, school_id, mail_id, sent_at=now, message=sealing.seal({}))


def put_off(connection: Connection, school_id: int, mail_id: int, until: datetime) -> None:
    """The mail is tried again then."""
    _change(connection, school_id, mail_id, next_try_at=until)


def give_back(connection: Connection, school_id: int, mail_id: int, until: datetime) -> None:
    """The mail was not the reason that it could not be sent: this attempt does not count."""
    _change(connection, school_id, mail_id, next_try_at=until, attempts=Mail.attempts - 1)


def give_up(
    connection: Connection, sealing: Sealing, school_id: int, mail_id: int, now: datetime
) -> None:
    """The mail is not tried again; nothing of what it said is kept."""
    _change(connection, school_id, mail_id, given_up_at=now, message=sealing.seal({}))


def give_up_old(
    connection: Connection, sealing: Sealing, school_id: int, before: datetime, now: datetime
) -> int:
    """Give up what was put in before that moment and is still waiting; how many."""
    chosen = select(Mail.id).where(Mail.school_id == school_id, _WAITS, Mail.created_at < before)
    ids = connection.execute(chosen).scalars().all()
    for mail_id in ids:
        give_up(connection, sealing, school_id, mail_id, now)
    return len(ids)


def count_mails(connection: Connection, school_id: int) -> MailCounts:
    """How the school's outbox stands."""
    chosen = select(
        func.count(Mail.id), func.count(Mail.sent_at), func.count(Mail.given_up_at)
    ).where(Mail.school_id == school_id)
    row = connection.execute(chosen).one()
    return MailCounts(row[0] - row[1] - row[2], row[1], row[2])


def next_due(connection: Connection, school_id: int) -> datetime | None:
    """When the next mail of the school is to be tried; None where none waits."""
    chosen = select(Mail.next_try_at).where(Mail.school_id == school_id, _WAITS)
    return connection.execute(chosen.order_by(Mail.next_try_at).limit(1)).scalar_one_or_none()


def forget_done(connection: Connection, school_id: int, before: datetime) -> int:
    """Take out what was sent or given up before that moment; how many. Its keys are free again."""
    done = or_(Mail.sent_at < before, Mail.given_up_at < before)
    return connection.execute(delete(Mail).where(Mail.school_id == school_id, done)).rowcount


def _change(connection: Connection, school_id: int, mail_id: int, **values: Any) -> None:
    where = (Mail.school_id == school_id, Mail.id == mail_id, _WAITS)
    connection.execute(update(Mail).where(*where).values(**values))


def _letter(held: dict[str, Any]) -> Letter:
    calendar = held.get("calendar")
    return Letter(
        to=held["to"],
        subject=held["subject"],
        text=held["text"],
        message_id=held["message_id"],
        calendar=None if calendar is None else base64.b64decode(calendar),
        attachments=tuple(
            Attached(name, media_type, base64.b64decode(content))
            for name, media_type, content in held.get("attachments", ())
        ),
    )
