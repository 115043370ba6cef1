"""What the browser tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

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
