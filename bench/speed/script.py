"""What the measured people write, from `script.yml`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

SCRIPT = Path(__file__).with_name("script.yml")


@dataclass(frozen=True)
class Script:
    """Conversations as lists of lines, and the lines of the one long conversation."""

    conversations: tuple[tuple[str, ...], ...]
    long: tuple[str, ...]

    @classmethod
    def load(cls, path: Path = SCRIPT) -> Script:
        """Read the script. Raises ValueError when a line is empty or not a text."""
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        script = cls(tuple(map(tuple, told["conversations"])), tuple(told["long"]))
        for line in (line for lines in (*script.conversations, script.long) for line in lines):
            if not isinstance(line, str) or not line.strip():
                raise ValueError(f"{path.name} has a line that is no text: {line!r}")
        return script

    def for_sender(self, number: int, seed: int) -> Iterator[tuple[str, ...]]:
        """Yield conversations without end: all of them, in an order that is the sender's own."""
        order = list(self.conversations)
        chance = random.Random(f"{seed}/{number}")
        while True:
            chance.shuffle(order)
            yield from order

    def long_lines(self, turns: int) -> Iterator[str]:
        """Yield the lines of one conversation of `turns` turns."""
        for turn in range(turns):
            yield self.long[turn % len(self.long)]
