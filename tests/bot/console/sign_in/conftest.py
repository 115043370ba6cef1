import httpx
import pytest

from bot.console.sign_in.doors import Doors
from bot.identity.staff.passwords import Passwords
from tests.bot.console.sign_in.people import CHEAP, Person
from tests.bot.console.staffed import Staffed
from tests.bot.support import Clock


@pytest.fixture
def doors(client: httpx.AsyncClient, clock: Clock) -> Doors:
    """The application's doors, with hashes that are made quickly."""
    found = Doors.new(clock, Passwords(CHEAP))
    client._transport.app.state.console_doors = found  # type: ignore[attr-defined]
    return found


@pytest.fixture
def jo(client: httpx.AsyncClient, school: Staffed, doors: Doors, clock: Clock) -> Person:
    """An administrator with a password, an app and recovery codes."""
    return Person.ready(client, school, clock, "administrator", name="Jo Marsh")


@pytest.fixture
def kit(client: httpx.AsyncClient, school: Staffed, doors: Doors, clock: Clock) -> Person:
    """Careers staff with the same."""
    return Person.ready(client, school, clock, "careers staff", name="Kit Marsh")
