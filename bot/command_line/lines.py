"""Standard input line by line, without holding up what else goes on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

_CHUNK = 65_536


async def typed_lines() -> AsyncIterator[str]:
    """Yield each line of standard input without its end, until the end of input.

    Bytes that are no UTF-8 become U+FFFD. Only as much is read as is asked for, and waiting for
    a line blocks nothing: Ctrl-C is heard at the prompt.
    """
    if sys.stdin is None:
        return
    source = sys.stdin.fileno()
    rest = b""
    while True:
        await _readable(source)
        try:
            chunk = os.read(source, _CHUNK)
        except BlockingIOError:
            continue  # somebody else who shares this terminal was quicker
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield _text(line)
        if not chunk:
            break
    if rest:
        yield _text(rest)


async def _readable(source: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(source, ready.set)
    except PermissionError:
        return  # a file on disk cannot be waited for: reading it never takes long
    try:
        await ready.wait()
    finally:
        loop.remove_reader(source)


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
