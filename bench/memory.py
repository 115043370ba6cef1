"""How much memory processes hold."""

from __future__ import annotations

import re
from pathlib import Path

import psutil


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process and its children, in MB (10**6 bytes).

    Pages that children share are counted once for each of them. Raises psutil.NoSuchProcess.
    """
    process = psutil.Process(pid)
    total = process.memory_info().rss
    for child in process.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:  # ended while we counted
            continue
    return round(total / 1e6, 1)


def peak_mb(pid: int) -> float | None:
    """Return the most memory that a process ever held, in MB; None where nobody knows."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return peak_of(status)


def peak_of(status: str) -> float | None:
    """Return the peak in MB out of the text of a Linux /proc/PID/status, None if it has none."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)
    return round(int(found.group(1)) * 1024 / 1e6, 1) if found else None
