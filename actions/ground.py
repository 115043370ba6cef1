"""What every action stands on, loaded once for the process."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.answers import Answers
from knowledge.wording import Wording
from lmi.figures.live import Client, LiveFigures
from lmi.occupations import JobTitles
from lmi.places import Places
from lmi.snapshot import Snapshot


@dataclass(frozen=True)
class Ground:
    """The tables, the content, and the client of the live service."""

    snapshot: Snapshot
    titles: JobTitles
    places: Places
    wording: Wording
    answers: Answers
    client: Client

    @classmethod
    def load(cls, client: Client) -> Ground:
        """Load everything from the project's files."""
        return cls(
            snapshot=Snapshot.load(),
            titles=JobTitles.load(),
            places=Places.load(),
            wording=Wording.load(),
            answers=Answers.load(),
            client=client,
        )

    def live(self) -> LiveFigures:
        """Return the live figures for one answer: all its questions share one short patience."""
        return LiveFigures(self.client, self.snapshot)
