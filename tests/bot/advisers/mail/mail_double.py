"""A real SMTP server of our own, which takes, refuses, dawdles or hangs up as it is told."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from bot.advisers.mail.server import MailServer

USER, PASSWORD = "signpost", "open sesame"


class MailDouble:
    """What it was handed, and how it behaves; `answer` is what it says to a message's end."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.refused_addresses: dict[str, str] = {}
        self.answer = "250 taken"
        self.dawdles_s = 0.0
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _: Any):
        if address in self.refused_addresses:
            return self.refused_addresses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.dawdles_s)
        if self.answer.startswith("2"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.taken += [(to, message) for to in envelope.rcpt_tos]
        return self.answer

    def server(self, **changes: Any) -> MailServer:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "sender": "careers@school.example",
            "security": "none",
            "timeout_s": 2.0,
            "shown_name": "Test School",
        }
        return MailServer(**{**values, **changes})


def _let_in(server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:
    known = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=auth == known)


@contextmanager
def mail_double(*, asks_password: bool = False) -> Iterator[MailDouble]:
    """Such a server on a free port of this machine."""
    double = MailDouble()
    more: dict[str, Any] = {}
    if asks_password:
        more = {"auth_required": True, "auth_require_tls": False, "authenticator": _let_in}
    # The library knocks at the port that it was told, so it cannot be left to pick one.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        double.port = free.getsockname()[1]
    controller = Controller(double, hostname="127.0.0.1", port=double.port, **more)
    controller.start()
    try:
        yield double
    finally:
        controller.stop()
