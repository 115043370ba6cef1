"""Two schools, each with a pupil of the same name: asked of one, the other is silent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bot.records.guidance.lines import RecordLineRow, add_line
from bot.records.migrate import upgrade
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
ADVICE = {
    "text": "Compare both routes.",
    "adviser_name": "Quorra Plinth",
    "qualification": "Level 6 Diploma in Career Guidance",
    "level": 6,
    "register_number": "CDI-1",
}
EXPERIENCE = {
    "type": "workplace",
    "where": "A vet's practice",
    "when": "last week",
    "did": "Held the animals.",
    "learnt": "Calm helps.",
    "reflection": "Would do it again.",
}
BODIES: dict[str, dict[str, Any]] = {
    "information": {
        "title": "Pay of electricians",
        "answers": ["pay"],
        "figures": [
            {
                "label": "Typical pay",
                "value": 38064,
                "unit": "£ a year",
                "year": 2024,
                "publisher": "ONS",
            }
        ],
        "facts": [{"id": "minimum_wage_apprentice", "value": "£8.00"}],
    },
    "advice": ADVICE,
    "aspiration": {"text": "Be a vet", "soc2020": 2240},
    "decision": {"text": "Stay for sixth form"},
    "action": {"text": "Look at apprenticeships", "helper": "the tutor"},
    "experience": EXPERIENCE,
    "skill": {"name": "Patience", "evidence": "Held a nervous cat for ten minutes."},
    "barrier": {"text": "The bus does not go there"},
    "note": {"text": "Ask again in spring"},
}


def bare_store(url: str) -> tuple[Engine, int, int, str, str]:
    """A migrated store with two schools and a pupil of the same name in each."""
    upgrade(url)
    engine = writing(open_engine(url))
    details = PupilDetails(given_name="Zebedee", family_name="Quillfeather")
    with engine.begin() as connection:
        schools = [keep_school(connection, slug, slug, NOW) for slug in ("one", "two")]
        pupils = [
            add_pupil(connection, SEALING, school, details, 2023, "10B", NOW) for school in schools
        ]
    return engine, *schools, *pupils


@dataclass(frozen=True)
class Held:
    """The store, a school with a pupil, and the twin of both."""

    path: Path
    engine: Engine
    school: int
    twin_school: int
    pupil: str
    twin: str

    def __call__(self, work: Callable[..., "R"], *args: Any, **more: Any) -> "R":
        """Call a data-access function for the pupil, in a transaction of its own."""
        with self.engine.begin() as connection:
            return work(connection, SEALING, self.school, self.pupil, *args, **more)

    def of_twin(self, work: Callable[..., "R"], *args: Any, **more: Any) -> "R":
        """The same for the twin at the other school."""
        with self.engine.begin() as connection:
            return work(connection, SEALING, self.twin_school, self.twin, *args, **more)

    def unsealed(self, work: Callable[..., "R"], *args: Any, **more: Any) -> "R":
        """The same for a function that opens nothing."""
        with self.engine.begin() as connection:
            return work(connection, self.school, self.pupil, *args, **more)

    def line(self, kind: str, twin: bool = False, **more: Any) -> RecordLineRow:
        """A line of that kind, by whoever such a line comes from."""
        values = {
            "kind": kind,
            "body": BODIES[kind],
            "provenance": {"advice": "adviser", "information": "service"}.get(kind, "pupil"),
            "source": {},
            "now": NOW,
        }
        return (self.of_twin if twin else self)(add_line, **{**values, **more})


R = TypeVar("R")


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    path = tmp_path / "store.sqlite3"
    found = Held(path, *bare_store(f"sqlite:///{path}"))
    yield found
    found.engine.dispose()
