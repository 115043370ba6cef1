"""`python -m bench.stock`: a stock Rasa on the same data, measured as Signpost is, and the ratios.

Needs 2.6 GB for an environment with TensorFlow, which is made at the first run. Training takes many
minutes; a model is kept in var/bench/stock as long as the training data stays the same.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import conditions
from bench.measures import median
from bench.nlu import questions as files
from bench.nlu.__main__ import chosen_files
from bench.nlu.report import Engine, figures, measured, tell
from bench.nlu.understanding import NotUnderstood, of_stock
from bench.results import FOLDER, latest, save
from bench.speed.runs import Extent, LoadFailed, all_runs
from bench.stock import project, rasa
from bench.stock.ratios import tell_ratios
from bench.wire import Connection

GENEROUS = [
    "stock: the pipeline and policies of `rasa init`, unchanged but for --epochs",
    "stock: replies are utter_ responses, so no action server slows it; ours look figures up",
    "stock: each rule is a story too, so that TEDPolicy and MemoizationPolicy have what to learn",
    "stock: REST channel, one request a message; ours posts, stores, and replies by event stream",
    "stock: SQL tracker store (SQLite); conversations are as short as ours, which spares it",
    "stock's model is kept between runs; its training time is that of the run that trained it",
]


def main() -> None:
    """Read the arguments, measure, print, save."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.stock",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--questions", type=Path, default=files.REAL, metavar="FILE")
    parser.add_argument(
        "--epochs", type=int, help="at most so many instead of 100: faster, and unfair to stock"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a short trial; its figures are not for quoting"
    )
    parser.add_argument("--train-only", action="store_true", help="train the model and stop")
    arguments = parser.parse_args()
    if arguments.epochs is not None and arguments.epochs < 1:
        parser.error("--epochs must be at least 1")
    try:
        asyncio.run(_measure(arguments))
    except (
        rasa.StockFailed,
        LoadFailed,
        NotUnderstood,
        files.WrongFile,
        subprocess.CalledProcessError,
        OSError,
    ) as failure:
        sys.exit(f"bench.stock: {failure}")


async def _measure(arguments: argparse.Namespace) -> None:
    extent = Extent.quick() if arguments.quick else Extent()
    epochs = f"at most {arguments.epochs}" if arguments.epochs else "100, the default"
    told: dict[str, Any] = {
        "conditions": conditions.conditions(
            service="stock Rasa 3.6.21 with TensorFlow, Python 3.10",
            epochs=epochs,
            notes=[*GENEROUS, *extent.notes()],
        ),
        "extent": asdict(extent),
    }
    conditions.show(told["conditions"])
    await asyncio.to_thread(rasa.make_environment)
    folder = FOLDER / "stock" / (f"epochs-{arguments.epochs}" if arguments.epochs else "default")
    model, told["training"] = await asyncio.to_thread(_trained, folder, arguments.epochs)
    if arguments.train_only:
        return
    told["start_s"] = []
    for _ in range(extent.starts):
        async with rasa.served(folder, model) as server:
            told["start_s"].append(server.start_s)
    shown = ", ".join(f"{t:.1f}" for t in told["start_s"])
    print(f"  start to ready: median {median(told['start_s']):.1f} s of {shown}\n")
    async with rasa.served(folder, model) as server:
        told["nlu"] = await _understanding(server.url, arguments.questions)
    async with rasa.served(folder, model) as server:
        told.update(await all_runs("stock", server.url, {"rasa": server.pid}, extent))
    tell_ratios(told, latest("speed"), latest("nlu"))
    save("stock", told)


def _trained(folder: Path, epochs: int | None) -> tuple[Path, dict[str, Any]]:
    config = project.default_config(rasa.ENVIRONMENT)
    if epochs:
        config = project.with_epochs(config, epochs)
    name = project.write(folder, config)
    print("  training, unless this model is there already (many minutes)", flush=True)
    model, cost = rasa.train(folder, name)
    print(
        f"  training: {cost.seconds:.0f} s, peak {cost.peak_mb:.0f} MB, begun at load {cost.load}"
        + (f", at lowered priority {cost.lowered_priority}" if cost.lowered_priority else ""),
        flush=True,
    )
    return model, asdict(cost)


async def _understanding(url: str, real: Path) -> dict[str, Any]:
    engine = Engine(Connection(url), "/model/parse", of_stock, knows_jobs=False)
    told = {}
    for name, path in chosen_files(real).items():
        asked = await measured(engine, path)
        told[name] = figures(asked, engine)
        tell(name, told[name], asked, every=False)
    engine.connection.close()
    return told


if __name__ == "__main__":
    main()
