"""`python -m bench.speed`: reply times through the whole chain, and what the service costs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from typing import Any

from bench import conditions
from bench.measures import median
from bench.results import save
from bench.speed import signpost
from bench.speed.runs import Extent, LoadFailed, all_runs
from bot.service import model
from bot.service.processes import ServiceFailed


def main() -> None:
    """Read the arguments, measure, print, save."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a short trial; its figures are not for quoting"
    )
    parser.add_argument(
        "--poll", action="store_true", help="fetch replies by long poll, not by event stream"
    )
    parser.add_argument(
        "--no-training", action="store_true", help="leave out how long training takes"
    )
    arguments = parser.parse_args()
    extent = Extent.quick() if arguments.quick else Extent()
    talk = "signpost-poll" if arguments.poll else "signpost"
    try:
        asyncio.run(_measure(extent, talk, with_training=not arguments.no_training))
    except (ServiceFailed, LoadFailed, model.NoModel, OSError) as failure:
        sys.exit(f"bench.speed: {failure}")


async def _measure(extent: Extent, talk: str, with_training: bool) -> None:
    told: dict[str, Any] = {
        "conditions": conditions.conditions(
            service="Signpost: engine, actions and gateway on embedded defaults, SQLite",
            replies="long poll" if talk.endswith("poll") else "event stream, as the widget",
            limits_lifted=[f"{k}={v}" for k, v in signpost.WITHOUT_LIMITS.items()],
            notes=extent.notes(),
        ),
        "extent": asdict(extent),
    }
    conditions.show(told["conditions"])
    if with_training:
        told["training"] = asdict(await signpost.training())
        seconds, peak = told["training"]["seconds"], told["training"]["peak_mb"]
        print(f"  training: {seconds:.0f} s, peak {peak:.0f} MB   (aim: at most 60 s)")
    async with signpost.running():
        pass  # the first start trains when that is due, and fills the disk cache
    told["start_s"] = await signpost.start_times(extent.starts)
    shown = ", ".join(f"{t:.1f}" for t in told["start_s"])
    print(f"  start to healthy: median {median(told['start_s']):.1f} s of {shown}   (aim: 15 s)")
    async with signpost.running() as service:
        told.update(await all_runs(talk, service.url, service.processes, extent))
    save("speed", told)


if __name__ == "__main__":
    main()
