"""What every action stands on, loaded once for the process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.answers import Answers
from knowledge.facts import Facts
from knowledge.school import FOLDER as SCHOOL_FOLDER
from knowledge.school import School
from knowledge.wording import Wording
from lmi.figures.live import Client, LiveFigures
from lmi.occupations import JobTitles
from lmi.places import Places
from lmi.snapshot import Snapshot


@dataclass(frozen=True)
class Ground:
    """The tables, the content, the school's own content, and the client of the live service."""

    snapshot: Snapshot
    titles: JobTitles
    places: Places
    wording: Wording
    answers: Answers
    school: School
    client: Client

    @classmethod
    def load(cls, client: Client, school: Path = SCHOOL_FOLDER) -> Ground:
        """Load everything from the project's files, and the school's content from its folder.

        Raises `BadContent`, which names file and line of what is wrong.
        """
        wording = Wording.load()
        answers = Answers.load(wording=wording)
        return cls(
            snapshot=Snapshot.load(),
            titles=JobTitles.load(),
            places=Places.load(),
            wording=wording,
            answers=answers,
            school=School.load(school, answers, wording),
            client=client,
        )

    @property
    def facts(self) -> Facts:
        """The dated facts that the answers are filled from."""
        return self.answers.facts

    def live(self) -> LiveFigures:
        """Return the live figures for one answer: all its questions share one short patience."""
        return LiveFigures(self.client, self.snapshot)
