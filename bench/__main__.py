"""`python -m bench` lists the programs; `python -m bench all` runs them one after the other."""

from __future__ import annotations

import subprocess
import sys

from bot.settings import PROJECT

PROGRAMS = {
    "nlu": "intents, job words, unit groups, what is refused, parse time, on questions unseen",
    "answers": "whether a question gets the right authored answer, or a fair choice, or neither",
    "speed": "reply times at 1, 10 and 50 senders and 50 people, memory, start, training",
    "handover": "200 chats with 20 advisers, a line a second each way: delivery, lost, repeated",
    "records": "the guidance record of a school of 2,000: timeline, roster, counts, size",
    "safeguarding": "cries for help heard and missed, false alarms, time a message",
    "stock": "the same figures for a stock Rasa on the same data, and the ratios (long)",
}


def main() -> None:
    """List the programs, or run all of them."""
    if sys.argv[1:] == ["all"]:
        for name in PROGRAMS:
            print(f"\n===== bench.{name} =====\n", flush=True)
            done = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=PROJECT, check=False)
            if done.returncode:
                sys.exit(f"bench.{name} ended with code {done.returncode}; the rest was not run.")
        return
    if sys.argv[1:] not in ([], ["-h"], ["--help"]):
        sys.exit("usage: python -m bench [all]")
    print("What can be measured (each takes --help):\n")
    for name, what in PROGRAMS.items():
        print(f"  python -m bench.{name:<12} {what}")
    print(
        f"  python -m bench {'all':<12} all of these in one run, on a machine that does only this"
    )


if __name__ == "__main__":
    main()
