"""What the routes of the web channel work with, made when the application starts."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jinja2 import Environment
from starlette.requests import HTTPConnection, Request

from bot.channels.web.problems import ProblemFound, Problems
from bot.channels.web.readiness import Readiness
from bot.channels.web.tongues import Tongues
from bot.gateway.gateway import Begun, Gateway
from bot.gateway.rate_limit import RateLimit
from bot.identity.tokens import Credential, TokenExpired, Tokens, TokenWrong
from bot.records.conversations import ConversationRow
from bot.settings import Settings
from knowledge.browsing import Shelf

OPERATOR_HEADER = "x-signpost-operator"


@dataclass(frozen=True, slots=True)
class House:
    """The services of the web channel."""

    settings: Settings
    gateway: Gateway
    tokens: Tokens
    problems: Problems
    pages: Environment
    tongues: Tongues
    shelf: Shelf
    readiness: Readiness
    new_conversations: RateLimit
    operator_key: str = field(repr=False)
    # Addresses are counted, never kept: the key dies with the process.
    address_key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    def count_new_conversation(self, request: Request) -> None:
        """Count a conversation begun from the request's address. Raises ProblemFound."""
        host = request.client.host if request.client else ""
        key = hashlib.blake2b(host.encode(), key=self.address_key, digest_size=16).hexdigest()
        wait_s = self.new_conversations.take(key)
        if wait_s is not None:
            raise ProblemFound("too-many-chats", retry_after_s=wait_s)

    def is_operator(self, request: Request) -> bool:
        """Whether the request carries the operators' key. Raises ProblemFound for a wrong one."""
        given = request.headers.get(OPERATOR_HEADER)
        if given is None:
            return False
        if not hmac.compare_digest(given.encode(), self.operator_key.encode()):
            raise ProblemFound("wrong-key")
        return True

    def expires_at(self, begun_at: datetime) -> datetime:
        """When a conversation begun then takes no more messages."""
        ends = [timedelta(hours=self.settings.token_max_age_hours)]
        if self.settings.session_minutes:
            ends.append(timedelta(minutes=self.settings.session_minutes))
        return begun_at + min(ends)

    def issue(self, begun: Begun, *, operator: bool = False) -> str:
        """The token of a conversation that begins now."""
        now = self.gateway.desk.clock()
        return self.tokens.issue(begun.conversation_id, now=now, operator=operator)

    def credential(self, token: str) -> Credential:
        """What a token proves. Raises ProblemFound."""
        try:
            return self.tokens.read(token, now=self.gateway.desk.clock())
        except TokenExpired:
            raise ProblemFound("expired") from None
        except TokenWrong:
            raise ProblemFound("wrong-token") from None


def house_of(connection: HTTPConnection) -> House:
    """The house of the application that serves the request."""
    house: House = connection.app.state.house
    return house


def credential_of(request: Request) -> Credential:
    """The bearer's credential for the conversation in the path. Raises ProblemFound.

    Another conversation's token learns nothing about this one, not even that it exists.
    """
    house = house_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ProblemFound("no-token")
    credential = house.credential(token.strip())
    if credential.conversation_id != request.path_params["conversation"]:
        raise ProblemFound("no-conversation")
    if house.is_operator(request) and not credential.operator:
        return Credential(credential.conversation_id, True, credential.expires_at)
    return credential


async def conversation_of(request: Request, credential: Credential) -> ConversationRow:
    """The conversation that the credential opens. Raises ProblemFound when it is gone."""
    row = await house_of(request).gateway.conversation(credential.conversation_id)
    if row is None:
        raise ProblemFound("no-conversation")
    return row
