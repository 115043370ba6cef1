"""What tests of several rooms share: one running service for the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

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
