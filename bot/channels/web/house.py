"""What the routes of the web channel work with, made when the application starts."""

import asyncio
import contextlib
import hashlib
import hmac
import ipaddress
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
from bot.identity.destination_links import DestinationLinks
from bot.identity.oidc import Flows, Oidc
from bot.identity.sessions import Session, note_use, session_of
from bot.identity.tokens import Credential, TokenExpired, Tokens, TokenWrong
from bot.identity.wrong_tries import WrongTries
from bot.records.conversations import ConversationRow
from bot.records.sealing import Sealing
from bot.records.store import Store, StoreBusy
from bot.settings import Settings
from knowledge.browsing import Shelf

OPERATOR_HEADER = "x-signpost-operator"
PUPIL_COOKIE = "signpost_pupil"


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
    link_pages: RateLimit
    destination_links: DestinationLinks
    school_id: int
    sealing: Sealing
    oidc: Oidc
    flows: Flows
    wrong_codes: WrongTries
    operator_key: str = field(repr=False)
    passport_key: str = field(repr=False)
    # One code is tried after the other, so that many at once count as many.
    code_door: asyncio.Lock = field(default_factory=asyncio.Lock)
    # Forms that anybody may send: few from one address, of which a school may have one.
    forms: RateLimit = field(default_factory=lambda: RateLimit(10))
    # Addresses are counted, never kept: the key dies with the process.
    address_key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    @property
    def store(self) -> Store:
        """The record store."""
        return self.gateway.desk.store

    def address_of(self, request: Request) -> str:
        """What the request's address is counted under, which does not tell it."""
        host = _network(request.client.host if request.client else "")
        return hashlib.blake2b(host.encode(), key=self.address_key, digest_size=16).hexdigest()

    def count_new_conversation(self, request: Request) -> None:
        """Count a conversation begun from the request's address. Raises ProblemFound."""
        wait_s = self.new_conversations.take(self.address_of(request))
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

    async def signed_in(self, request: Request, *, noted: bool = True) -> Session | None:
        """The session of the pupil whose cookie the request carries; its use is noted, if `noted`.

        Raises StoreBusy when the store cannot be read.
        """
        token = request.cookies.get(PUPIL_COOKIE)
        if not token:
            return None
        now, idle_minutes = self.gateway.desk.clock(), self.settings.pupil_idle_minutes
        session = await self.store.read(session_of, token, now, idle_minutes=idle_minutes)
        if session is None or session.school_id != self.school_id:
            return None
        if noted and session.to_be_noted(now):
            # A page is not kept from a pupil because noting its use has to wait.
            with contextlib.suppress(StoreBusy):
                await self.store.write(note_use, session, token, now)
        return session

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


def _network(host: str) -> str:
    """The address; of an IPv6 one the part that is one customer's, who has the rest to spend."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


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
