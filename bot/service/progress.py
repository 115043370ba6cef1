"""How far long work is: a bar on a terminal, plain lines elsewhere, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PLAIN_LINES = 4
"""Lines in all where there is no terminal."""


@contextmanager
def shown(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told how many of how many are done, and shows it under `what`."""
    if not sys.stderr.isatty():
        said: set[int] = set()

        def line(done: int, total: int) -> None:
            step = PLAIN_LINES * done // max(total, 1)
            if step and step not in said:
                said.add(step)
                print(f"{what}: {100 * done // total}%", file=sys.stderr, flush=True)

        yield line
        return
    # Here, because `--help` need not wait for it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
