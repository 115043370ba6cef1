"""What can be made to go wrong, path by path."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum


class Mode(str, Enum):
    """How the twin answers on a path."""

    OK = "ok"
    SLOW = "slow"  # waits `seconds`, or until released, then answers well
    DOWN = "down"  # closes the connection without a word
    ERROR_500 = "500"
    EMPTY = "empty"  # 200 and no body
    HTML = "html"  # 200 and a page
    HTML_AS_JSON = "html-as-json"  # a page that says it is JSON
    ERROR_IN_200 = "error-in-200"
    NO_KEY = "no-key"  # 200 and an object without the expected key
    RATE_LIMITED = "rate-limited"  # 429; on vacancies the pseudo-vacancy with 200
    GARBAGE = "garbage"  # 200 and broken JSON
    REDIRECT = "redirect"  # as a captive portal does
    CUT = "cut"  # promises more bytes than it sends
    HUGE = "huge"  # a body that nobody wants to read to its end


@dataclass
class Switch:
    """A mode on a path (or all paths, "*"), for so many requests more (None: until changed)."""

    path: str
    mode: Mode
    seconds: float = 0.0
    times: int | None = None


class Switches:
    """Thread-safe. The longest path that a request's path begins with wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._switches: dict[str, Switch] = {}

    def set(self, switch: Switch) -> None:
        with self._lock:
            if switch.mode is Mode.OK:
                self._switches.pop(switch.path, None)
            else:
                self._switches[switch.path] = switch

    def clear(self) -> None:
        with self._lock:
            self._switches.clear()

    def take(self, path: str) -> Switch:
        """The switch for one request; counts it."""
        with self._lock:
            fitting = [p for p in self._switches if p == "*" or path.startswith(p)]
            if not fitting:
                return Switch(path, Mode.OK)
            switch = self._switches[max(fitting, key=lambda p: (p != "*", len(p)))]
            if switch.times is not None:
                switch.times -= 1
                if switch.times <= 0:
                    del self._switches[switch.path]
            return switch
