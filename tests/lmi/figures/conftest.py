from __future__ import annotations

import pytest

from lmi.snapshot import Snapshot


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The tables that the project ships."""
    return Snapshot.load()
