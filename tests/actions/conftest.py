import pytest

from actions.ground import Ground
from lmi.service.client import LmiForAll
from tests.actions.conversation import Conversation


@pytest.fixture(scope="session")
def ground() -> Ground:
    return Ground.load(LmiForAll(""))


@pytest.fixture
def talk(ground) -> Conversation:
    return Conversation(ground)
