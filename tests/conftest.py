"""What tests of several rooms share: one running service for the whole session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.bot.records import postgresql
from tests.real_service import RealService, real_service
from tests.telltale_proxy import TelltaleProxy
from tests.widget_host import HostSite

# A busy machine makes nothing wrong: how long things take is for bench/ to say.
settings.register_profile("signpost", deadline=None)
settings.load_profile("signpost")


@pytest.fixture(scope="session")
def telltale() -> Iterator[TelltaleProxy]:
    """A proxy that everything which would reach out is told to use."""
    with TelltaleProxy() as proxy:
        yield proxy


@pytest.fixture(scope="session")
def school_site() -> Iterator[HostSite]:
    """A school's web site whose pages may embed the chat of `signpost`."""
    with HostSite() as site:
        yield site


@pytest.fixture(scope="session")
def signpost(
    tmp_path_factory: pytest.TempPathFactory, telltale: TelltaleProxy, school_site: HostSite
) -> Iterator[RealService]:
    """The running service. Tests leave it as they find it: ready."""
    with real_service(
        tmp_path_factory.mktemp("signpost") / "data",
        SIGNPOST_ALLOWED_ORIGINS=f'{{"default": ["{school_site.origin}"]}}',
        **telltale.environment,
    ) as service:
        school_site.gateway = service.ready.origin
        yield service


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    """PostgreSQL, for what both kinds of database must do."""
    where = postgresql.programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql.server(where) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    made: str = request.getfixturevalue("server").database()
    return made
