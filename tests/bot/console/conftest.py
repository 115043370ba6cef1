from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bot.records.staff import StaffRow
from tests.bot.console.staffed import Console, Staffed


@pytest.fixture
def school(client: httpx.AsyncClient, tmp_path: Path) -> Iterator[Staffed]:
    """The store behind the client's application."""
    staffed = Staffed(tmp_path)
    yield staffed
    staffed.close()


@pytest.fixture
def signed_in(client: httpx.AsyncClient, school: Staffed) -> Callable[..., Console]:
    """Signs somebody in with both factors: a row of staff, or new somebody with the roles."""

    def sign_in(*whom: StaffRow | str, **more: object) -> Console:
        first = whom[0] if whom else "administrator"
        row = first if isinstance(first, StaffRow) else school.staff(*map(str, whom))
        return Console(client, school.session(row, **more))  # type: ignore[arg-type]

    return sign_in
