"""What a measurement depends on besides the code, so that two runs can be compared honestly."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psutil

from bot.settings import PROJECT


def conditions(**more: Any) -> dict[str, Any]:
    """Return machine, Python, date, commit and load as plain data; `more` is added at the end."""
    commit, changed = _commit()
    return {
        "cores": _cores(),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "date": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit,
        "changed_files": changed,
        "load_1_5_15": [round(x, 2) for x in os.getloadavg()],
        **more,
    }


def show(told: dict[str, Any]) -> None:
    """Print conditions, one a line; lists of two and more texts go below their name."""
    print("Conditions")
    for name, value in told.items():
        label = name.replace("_", " ")
        if isinstance(value, list) and value and isinstance(value[0], str):
            print(f"  {label}")
            for line in value:
                print(f"    - {line}")
        else:
            shown = " ".join(map(str, value)) if isinstance(value, list) else value
            print(f"  {label:<16} {shown}")
    print(flush=True)


def _cores() -> int | None:
    """Return how many cores this process may use: in a container, fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> tuple[str, int]:
    """Return the short commit id and how many files differ from it ("none", 0 without git)."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        return head, len(_git("status", "--porcelain").splitlines())
    except (OSError, subprocess.CalledProcessError):
        return "none", 0


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.strip()
