"""Who reads an answer: a pupil of some stage, or a parent; read from words, or asked once."""

from __future__ import annotations

from dataclasses import dataclass

PARENTS = "parents"
STAGES = ("years 7-9", "years 10-11", "years 12-13", "leavers")
AUDIENCES = (*STAGES, PARENTS)


@dataclass(frozen=True)
class Reader:
    """Who asks, as far as it is known. `audience` is pupil or parent; `year_group` 7 to 13.

    For a parent the year is the child's.
    """

    audience: str | None = None
    year_group: int | None = None
    left_school: bool = False

    @property
    def stage(self) -> str | None:
        """The stage of the pupil asking, or of the parent's child; None when it is not known."""
        if self.left_school:
            return "leavers"
        if self.year_group is None:
            return None
        return STAGES[0] if self.year_group <= 9 else STAGES[1 if self.year_group <= 11 else 2]

    @property
    def is_parent(self) -> bool:
        """Whether a parent asks."""
        return self.audience == "parent"
