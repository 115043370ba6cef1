"""Mails about signing in, put into the outbox in the transaction of what they tell of."""

import contextlib
from datetime import datetime

from sqlalchemy import Connection

from bot.advisers.mail import outbox
from bot.advisers.mail.letters import letter
from bot.console.pages import moment_told
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow


def put(
    connection: Connection,
    sealing: Sealing,
    staff: StaffRow,
    kind: str,
    now: datetime,
    *,
    school: str,
    device: str = "",
) -> None:
    """Tell somebody what was done with their sign-in; `kind` is a name in letters/sign_in.yml.

    An address that no mail can be sent to keeps nobody from signing in.
    """
    values = {"device": device, "moment": moment_told(now)}
    _put(connection, sealing, staff, kind, now, school=school, **values)


def put_link(
    connection: Connection,
    sealing: Sealing,
    staff: StaffRow,
    kind: str,
    now: datetime,
    *,
    school: str,
    link: str,
    until: datetime,
) -> bool:
    """Send somebody a one-time link; False where no mail can be sent to their address.

    Only a link that may be mailed: see `invitations.may_be_mailed`.
    """
    values = {"link": link, "until": moment_told(until)}
    return _put(connection, sealing, staff, kind, now, school=school, **values)


def _put(
    connection: Connection,
    sealing: Sealing,
    staff: StaffRow,
    kind: str,
    now: datetime,
    **values: str,
) -> bool:
    written = letter(f"sign_in.{kind}", name=staff.details.name, **values)
    with contextlib.suppress(outbox.MailWrong):
        return outbox.put(
            connection,
            sealing,
            staff.school_id,
            once=f"{kind} {staff.id} {now.timestamp():.6f}",
            to=staff.details.email,
            subject=written.subject,
            text=written.text,
            now=now,
        )
    return False
