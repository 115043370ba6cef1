"""Tells how far the training is, for whoever started it: bot/service/model.py shows it."""

from __future__ import annotations

import sys

PREFIX = "progress "
"""Begins each line "progress DONE TOTAL" on standard output."""


def tell(done: int, total: int) -> None:
    """Say that `done` of `total` training examples have been read."""
    print(f"{PREFIX}{done} {total}", file=sys.stdout, flush=True)
