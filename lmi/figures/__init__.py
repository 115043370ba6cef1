"""Figures that can be shown: pure computations over the snapshot, each with source and scope.

Every function takes a `Snapshot` and codes, returns a frozen dataclass, and returns None where
nothing is published. None is an answer, not an error: no figure is ever filled in.
"""

from lmi.figures.change import PayChange, pay_change
from lmi.figures.compare import CompareRow, Comparison, compare
from lmi.figures.entry import ProfileFacts, WaysIn, ways_in
from lmi.figures.gap import PayGap, pay_gap
from lmi.figures.hours import Hours, profile_hours
from lmi.figures.outlook import Openings, Outlook, outlook
from lmi.figures.part_time import PartTimeNote, part_time_note
from lmi.figures.pay import Pay, PayIn, pay_in, published_pay, typical_pay, wider_pay
from lmi.figures.related import RelatedJob, RelatedJobs, related_jobs
from lmi.figures.scope import Scope
from lmi.figures.workforce import Workforce, workforce

__all__ = [
    "CompareRow",
    "Comparison",
    "Hours",
    "Openings",
    "Outlook",
    "PartTimeNote",
    "Pay",
    "PayChange",
    "PayGap",
    "PayIn",
    "ProfileFacts",
    "RelatedJob",
    "RelatedJobs",
    "Scope",
    "WaysIn",
    "Workforce",
    "compare",
    "outlook",
    "part_time_note",
    "pay_change",
    "pay_gap",
    "pay_in",
    "profile_hours",
    "published_pay",
    "related_jobs",
    "typical_pay",
    "ways_in",
    "wider_pay",
    "workforce",
]
