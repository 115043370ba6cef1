"""The more recent of a snapshot's figure and the live service's, and weeks against years of pay.

LMI for All estimates pay for a WEEK; the snapshot (ASHE) states it for a YEAR. Each keeps its own
unit wherever it is shown; where one must be turned into the other, a year is 52.143 weeks
(365 / 7), and the answer must say that it was worked out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from lmi.service.no_data import NoData

WEEKS_A_YEAR = 52.143


class Dated(Protocol):
    """A figure that knows its data year and its source."""

    @property
    def year(self) -> int:
        """The data year."""

    @property
    def source(self) -> object:
        """Where the figure is from, in any form that the caller shows."""


S = TypeVar("S", bound=Dated)
L = TypeVar("L", bound=Dated)


@dataclass(frozen=True)
class Chosen(Generic[S, L]):
    """The figure to show. `side` is "snapshot" or "live"; `year` and `source` are the figure's
    own; `passed_over` is the other one, None where there was none.
    """

    figure: S | L
    side: str
    passed_over: S | L | None = None

    @property
    def year(self) -> int:
        """The data year of the figure."""
        return self.figure.year

    @property
    def source(self) -> object:
        """Where the figure is from."""
        return self.figure.source


def freshest(
    snapshot_value: S | NoData | None, live_value: L | NoData | None
) -> Chosen[S, L] | None:
    """Whichever has the later data year; None when neither is there.

    In a tie the snapshot's is chosen: it is for all percentiles of one table and needs no
    network. A live figure for the wider group never replaces the snapshot's figure for the job
    itself, however recent: it answers another question. When an answer was fetched plays no part;
    only the year that its data is for.
    """
    snapshot = None if isinstance(snapshot_value, NoData) else snapshot_value
    live = None if isinstance(live_value, NoData) else live_value
    if snapshot is None:
        return None if live is None else Chosen(live, "live")
    if live is None:
        return Chosen(snapshot, "snapshot")
    wider = bool(
        getattr(live, "wider_group", False) and not getattr(snapshot, "wider_group", False)
    )
    if live.year > snapshot.year and not wider:
        return Chosen(live, "live", snapshot)
    return Chosen(snapshot, "snapshot", live)


def a_year(pounds_a_week: float) -> float:
    """Pounds a year worked out from pounds a week."""
    return pounds_a_week * WEEKS_A_YEAR


def a_week(pounds_a_year: float) -> float:
    """Pounds a week worked out from pounds a year."""
    return pounds_a_year / WEEKS_A_YEAR
