"""What signing in keeps in memory: wrong tries, open challenges, and the hasher of passwords."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from bot.console.sign_in import cookies
from bot.console.visit import Visit
from bot.gateway.rate_limit import RateLimit
from bot.identity.staff import lockout
from bot.identity.staff.lockout import Lockout
from bot.identity.staff.passkeys import Challenges, Site
from bot.identity.staff.passwords import Passwords
from bot.identity.staff.staff_sessions import device_key
from bot.records.sealing import Sealing

TRIES_A_MINUTE = 60
"""From one address, by devices that nobody signed in from: each takes a processor for a moment."""


@dataclass(frozen=True, slots=True)
class Doors:
    """One for each process; after a restart all is forgiven."""

    passwords: Passwords
    first: Lockout
    second: Lockout
    addresses: RateLimit
    challenges: Challenges

    @classmethod
    def new(cls, clock: Callable[[], datetime], passwords: Passwords | None = None) -> "Doors":
        """Doors that nobody has tried yet; they tell the time by the clock alone."""

        def seconds() -> float:
            return clock().timestamp()

        return cls(
            passwords or Passwords(),
            Lockout(lockout.PASSWORD_HERE, lockout.PASSWORD_ANYWHERE, clock=seconds),
            Lockout(lockout.SECOND_HERE, lockout.SECOND_ANYWHERE, clock=seconds),
            RateLimit(TRIES_A_MINUTE, clock=seconds),
            Challenges(clock),
        )


def doors_of(visit: Visit) -> Doors:
    """The doors of the application that serves the visit."""
    state = visit.request.app.state
    found: Doors | None = getattr(state, "console_doors", None)
    if found is None:
        found = state.console_doors = Doors.new(visit.desk.clock)
    return found


def place_of(visit: Visit, sealing: Sealing, staff_id: str | None, *, known: bool) -> str:
    """Where a try comes from: a device that the account knows, or else the address."""
    token = cookies.device_of(visit)
    if known and token and staff_id is not None:
        return device_key(sealing, staff_id, token)
    return visit.desk.address_of(visit.request)


def site_of(visit: Visit) -> Site | None:
    """Where passkeys are made and given; None where browsers offer none."""
    return Site.at(here(visit.request, visit.desk.settings.public_url))


def here(request: Request, public_url: str) -> str:
    """The address that staff see, without a path."""
    return public_url or str(request.base_url).rstrip("/")
