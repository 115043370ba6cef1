"""`python -m bench.nlu`: how well messages are understood."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from bench import conditions
from bench.nlu import questions as files
from bench.nlu import scores
from bench.nlu.report import Engine, figures, measured, tell, tell_sweep
from bench.nlu.understanding import WARM_UP, NotUnderstood, of_signpost
from bench.results import save
from bench.wire import Connection
from bot.command_line.started import started
from bot.service.processes import ServiceFailed
from bot.settings import Settings


def main() -> None:
    """Read the arguments, measure, print, save."""
    parser = argparse.ArgumentParser(prog="python -m bench.nlu", description=__doc__)
    parser.add_argument(
        "--questions",
        type=Path,
        default=files.REAL,
        metavar="FILE",
        help="real questions (default: the development set, where it is); texts are never printed",
    )
    parser.add_argument("--every", action="store_true", help="list each wrong question by its id")
    arguments = parser.parse_args()
    try:
        asyncio.run(_measure(chosen_files(arguments.questions), arguments.every))
    except (ServiceFailed, files.WrongFile, NotUnderstood, OSError) as failure:
        sys.exit(f"bench.nlu: {failure}")


def chosen_files(real: Path) -> dict[str, Path]:
    """Return the files to measure on, by name: the held-out questions, then the real ones."""
    chosen = {"held_out": files.HELD_OUT}
    if real.exists():
        chosen[real.stem] = real
    else:
        print(f"The real questions are not on this machine ({real.name}): measured without them.\n")
    return chosen


async def _measure(chosen: dict[str, Path], every: bool) -> None:
    told: dict[str, Any] = {
        "conditions": conditions.conditions(
            notes=[
                "questions asked one after the other over HTTP on the loopback, "
                f"{WARM_UP} before the clock starts",
                "intervals are Wilson's, 95%",
            ]
        )
    }
    conditions.show(told["conditions"])
    swept = {}
    async with started(Settings()) as service:
        token = {"Authorization": f"Bearer {service.keys.engine_token}"}
        engine = Engine(
            Connection(service.addresses.engine, token), "/parse", of_signpost, knows_jobs=True
        )
        for name, path in chosen.items():
            asked = await measured(engine, path)
            told[name] = figures(asked, engine)
            tell(name, told[name], asked, every)
            swept[name] = scores.sweep(asked)
        engine.connection.close()
    told["threshold_chosen"] = tell_sweep(swept, "held_out")
    save("nlu", told)


if __name__ == "__main__":
    main()
