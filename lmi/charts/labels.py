"""Where labels go so that none covers another, whatever font the reader's machine has.

Widths are upper bounds: measured on DejaVu Sans, the widest of the usual system fonts, so that a
label that does not overlap there does not overlap anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NARROW = frozenset("ijl.,:;'’|!()[] -")
WIDE = frozenset("mwMW@%—")

# Em widths of narrow, wide, capital and all other characters, in regular and in bold type.
REGULAR = (0.42, 1.0, 0.79, 0.64)
BOLD = (0.46, 1.11, 0.85, 0.72)


@dataclass(frozen=True)
class Box:
    """The rectangle that a label may cover, in the units of the view box."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The most that the text can take on a usual system font of that size."""
    narrow, wide, capital, other = BOLD if bold else REGULAR
    ems = 0.0
    for character in text:
        if character in NARROW:
            ems += narrow
        elif character in WIDE or ord(character) > 0x2FF:
            ems += wide
        elif character.isupper():
            ems += capital
        else:
            ems += other
    return ems * size


def text_box(
    text: str, x: float, y: float, size: float, bold: bool = False, anchor: str = "middle"
) -> Box:
    """The box of one line of text with its baseline at y and its anchor point at x."""
    width = text_width(text, size, bold)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return Box(left, y - size * 0.78, left + width, y + size * 0.22)


def fitted(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or as much of it as fits in the room, cut at a word and ended with an ellipsis."""
    if text_width(text, size, bold) <= room:
        return text
    kept = text
    while kept and text_width(kept + "…", size, bold) > room:
        shorter = kept.rpartition(" ")[0].rstrip(" ,")
        kept = shorter if shorter else kept[:-1]
    return kept + "…"


def wrapped(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines that fit in the room; a word wider than the room keeps its own line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def placed(
    wanted: Sequence[tuple[float, float]], left: float, right: float, gap: float
) -> list[float] | None:
    """Centres for a row of labels, each given as (wanted centre, width) from left to right.

    As near to the wanted centres as they can be together, in the same order, inside left..right
    and at least `gap` apart. None when they cannot all fit.
    """
    offsets: list[float] = []
    taken = 0.0
    for _, width in wanted:
        offsets.append(taken)
        taken += width + gap
    total = taken - gap
    if total > right - left:
        return None
    # With each label's offset taken off, "in order and apart" becomes "never decreasing", and the
    # nearest such sequence is found by averaging neighbours that are out of order.
    pools: list[tuple[float, int]] = []
    for (centre, width), offset in zip(wanted, offsets, strict=True):
        mean, size = centre - width / 2 - offset, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    edges = [min(max(mean, left), right - total) for mean, size in pools for _ in range(size)]
    return [
        edge + offset + width / 2
        for edge, offset, (_, width) in zip(edges, offsets, wanted, strict=True)
    ]
