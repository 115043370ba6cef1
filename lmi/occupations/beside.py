"""Jobs named beside one another: "compare chef, baker and waiter", "pilot or vet".

A word that is a job only where a job is asked for ("baker", "pilot") is one too where it stands
beside a job, or where two such words are weighed against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lmi.occupations.context import NO_SLOT, Context

if TYPE_CHECKING:
    from lmi.occupations.spans import Span

_LINKS = frozenset(["and", "or", "nor", "n", "plus", "vs", "versus", "v", "than"])
_LINKS_OF_COMPARING = frozenset(["with", "to", "against"])
_WEIGHS = frozenset(["than", "vs", "versus"])
_BETWEEN = frozenset(["a", "an", "the", "even", "also", "maybe", "just", "being", "for", "of"])
_FARTHEST = 6


def named_beside(
    accepted: Sequence[Span], doubtful: Sequence[Span], context: Context
) -> list[Span]:
    """Give the spans of `doubtful` that stand beside a job or are weighed against each other."""
    spans = [*accepted, *doubtful]
    group = list(range(len(spans)))
    for one, first in enumerate(spans):
        for other, second in enumerate(spans):
            if first.end < second.start + 1 and _linked(first.end, second.start, context):
                old, new = group[other], group[one]
                group = [new if number == old else number for number in group]
    kept = []
    for number in set(group):
        members = [span for span, of in zip(spans, group) if of == number]  # noqa: B905
        if len(members) < 2:
            continue
        if any(member in accepted for member in members) or _is_asked(members, context):
            kept += [member for member in members if member not in accepted]
    return kept


def _is_asked(members: Sequence[Span], context: Context) -> bool:
    start, end = min(span.start for span in members), max(span.end for span in members)
    return (
        context.offers_choice
        or context.slot(start, end) != NO_SLOT
        or context.is_whole_message(start, end)
    )


def _linked(end: int, start: int, context: Context) -> bool:
    """Tell whether only a link ("and", "or", "vs", a comma) parts the words at end and start."""
    if start - end > _FARTHEST:
        return False
    listed = False
    for place in range(end, start + 1):
        word = context.words[place]
        if word.after_break:
            if not (word.comma_before or word.slash_before):
                return False
            listed = True
    between = [context.lower[place] for place in range(end, start) if not context.is_quality(place)]
    while between and between[-1] in ("a", "an", "the"):
        between.pop()
    if between and between[-1] in _WEIGHS:
        return True
    links = _LINKS | _LINKS_OF_COMPARING if context.compares else _LINKS
    if any(word not in links and word not in _BETWEEN for word in between):
        return False
    return listed or any(word in links for word in between)
