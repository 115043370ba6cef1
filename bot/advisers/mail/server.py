"""The mail server of an installation, if it has one, and how a letter is written for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from bot.records.mails import Letter
from bot.settings import Settings

_METHOD = re.compile(rb"^METHOD:(\w+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in, by whom they are, and how long it may take."""

    host: str
    port: int
    sender: str
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 20.0
    shown_name: str = ""

    @classmethod
    def of(cls, settings: Settings) -> MailServer | None:
        """The server that the settings name; None where they name none.

        Raises OSError where the file of the password cannot be read.
        """
        if not settings.mail_host or not settings.mail_from:
            return None
        kept = settings.mail_password_file
        return cls(
            host=settings.mail_host,
            port=settings.mail_port,
            sender=settings.mail_from,
            security=settings.mail_security,
            user=settings.mail_user,
            password="" if kept is None else kept.read_text(encoding="utf-8").strip(),
            timeout_s=settings.mail_timeout_s,
            shown_name=settings.school_name,
        )

    def written(self, letter: Letter, now: datetime) -> EmailMessage:
        """The letter as a message. Raises ValueError for what a header cannot hold."""
        local, _, domain = self.sender.partition("@")
        message = EmailMessage()
        message["From"] = Address(self.shown_name, local, domain)
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{letter.message_id}@{domain}>"
        # So that no out-of-office note answers, and is answered.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        if letter.calendar is not None:
            found = _METHOD.search(letter.calendar)
            method = "PUBLISH" if found is None else found[1].decode("ascii")
            message.add_alternative(
                letter.calendar, "text", "calendar", params={"method": method, "charset": "utf-8"},
                cte="base64",
            )  # fmt: skip
        for one in letter.attachments:
            kind, _, sub = one.media_type.partition("/")
            message.add_attachment(one.content, kind, sub, filename=one.name)
        return message
