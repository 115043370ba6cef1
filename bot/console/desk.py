"""What the pages of the console work with: made when the application starts, handed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import HTTPConnection, Request

from bot.console.pages import Pages
from bot.gateway.gateway import Gateway
from bot.identity.oidc import Flows, Oidc
from bot.records.sealing import Sealing
from bot.records.store import Store
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class ConsoleDesk:
    """The services of the console of one school.

    `address_of` gives what a request's address is counted under, which does not tell it.
    """

    settings: Settings
    store: Store
    sealing: Sealing
    clock: Callable[[], datetime]
    gateway: Gateway
    school_id: int
    pages: Pages
    oidc: Oidc
    flows: Flows
    address_of: Callable[[Request], str]
    form_key: str = field(repr=False)

    def secure(self, request: HTTPConnection) -> bool:
        """Whether cookies are for https only."""
        return request.url.scheme == "https" or self.settings.public_url.startswith("https:")


def desk_of(connection: HTTPConnection) -> ConsoleDesk:
    """The desk of the application that serves the request."""
    desk: ConsoleDesk = connection.app.state.console
    return desk
