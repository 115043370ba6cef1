"""What the browser tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.pupils import enrolled
from tests.real_service import RealService
from tests.widget_watch import Desk, checked_desk, running_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with running_browser() as browser:
        yield browser


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    """Opens watched pages; after the test their consoles and policies must be clean."""
    with checked_desk(browser) as desk:
        yield desk


@pytest.fixture(scope="session")
def codes(signpost: RealService, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The sign-in codes of pupils of the running service, as printed, by first name."""
    return enrolled(signpost.data, tmp_path_factory.mktemp("office"), 10)
