"""The whole service as its operator has it: `./signpost run` with a data folder of its own.

Nothing here stands in for anything: engine, actions and gateway are the real processes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
SIGNPOST = str(ROOT / "signpost")
READY_WITHIN_S = 150.0  # a model that is not fresh is trained first, on a machine that is busy
PARTS = {"engine": "engine.server", "actions": "actions", "gateway": "bot.channels.web"}
_READY = re.compile(r"Signpost is ready: (http://[\w.:]+)/chat")


class NotStarted(Exception):
    """The service ended before it was ready; the text is what it said."""


class RealService:
    """A service that was started and is ready."""

    def __init__(
        self, data: Path, environment: Mapping[str, str], command: Sequence[str] = (SIGNPOST, "run")
    ) -> None:
        self.data = data
        self.said: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            command,
            cwd="/",  # wherever the operator stands
            env=clean_environment() | environment | {"SIGNPOST_DATA_DIR": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.said.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def hears(self, words: str, within_s: float = 60) -> str:
        """Wait until it says a sentence with the words; return that sentence."""

        def found() -> str | None:
            return next((line for line in self.said if words in line), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None or self._ended, within_s)
            sentence = found()
        if sentence is None:
            raise NotStarted(f"not heard: {words!r}, but: {self.said}")
        return sentence

    def hears_again(self, words: str, times: int, within_s: float = 60) -> None:
        """Wait until it has said a sentence with the words that many times."""
        with self._news:
            heard = self._news.wait_for(
                lambda: sum(words in line for line in self.said) >= times, within_s
            )
        assert heard, self.said

    @property
    def ready(self) -> RealService:
        """Wait until it is ready."""
        self.hears("Signpost is ready", READY_WITHIN_S)
        return self

    @property
    def origin(self) -> str:
        found = _READY.search(self.hears("Signpost is ready"))
        assert found
        return found[1]

    @property
    def addresses(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.data / "service.json").read_text())
        return told

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything that it started."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def parts(self, name: str) -> list[psutil.Process]:
        """The processes of one part: one, or none while it is started again."""
        found = []
        for process in self.family()[1:]:
            with suppress(psutil.Error):  # it may end while it is looked at
                if PARTS[name] in process.cmdline():
                    found.append(process)
        return found

    def secret(self, name: str) -> str:
        return (self.data / "secrets" / name).read_text().strip()

    def logs(self) -> str:
        """All that was logged or told so far."""
        files = sorted((self.data / "logs").iterdir())
        return "\n".join([*(file.read_text() for file in files), *self.said])

    def healthy(self, name: str) -> bool:
        """Whether a part answers that it is well."""
        if name == "actions":
            port = next((p.cmdline()[-1] for p in self.parts("actions")), "0")
            return asked(f"http://127.0.0.1:{port}/health") == {"status": "ready"}
        if name == "engine":
            return asked(f"{self.addresses['engine']}/health") == {"status": "ready"}
        return set(asked(f"{self.origin}/healthz").values()) == {"ready"}

    def all_healthy(self) -> bool:
        """Whether all parts are well, and the gateway sees that."""
        return all(self.healthy(name) for name in PARTS)

    def talk(self, scene: dict[str, Any] | None = None) -> Talk:
        return Talk(self.origin, self.secret("operator-key"), scene or {})

    def stop(self) -> None:
        """Stop it if it still runs, and whatever should have gone with it."""
        if self.process.poll() is None:
            family = self.family()[1:]
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
            _, left = psutil.wait_procs(family, timeout=5)
            for process in left:
                process.kill()
            self.process.kill()
        self.process.wait(20)


@contextmanager
def real_service(
    data: Path, *, command: Sequence[str] = (SIGNPOST, "run"), **environment: str
) -> Iterator[RealService]:
    """A service on a port that the system picks, stopped in the end."""
    service = RealService(data, {"SIGNPOST_PORT": "0", **environment}, command)
    try:
        yield service
    finally:
        service.stop()


def clean_environment() -> dict[str, str]:
    """The environment without settings of Signpost's that the developer may have made."""
    return {k: v for k, v in os.environ.items() if not k.startswith("SIGNPOST_")}


def asked(url: str) -> dict[str, Any]:
    """The JSON at the address, nothing when there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except (OSError, urllib.error.URLError):
        return {}


def until(true: Callable[[], bool], what: str, within_s: float = 60) -> None:
    """Ask again and again until it is true; fail with `what` when that takes too long."""
    never = threading.Event()
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        never.wait(0.05)


def ended(
    process: subprocess.Popen[Any], others: list[psutil.Process], within_s: float = 10
) -> int:
    """Wait until a process and all others have ended; return its exit code, fail for one left."""
    deadline = time.monotonic() + within_s
    code = process.wait(within_s)
    others = [other for other in others if other.pid != process.pid]
    _, left = psutil.wait_procs(others, timeout=max(0.0, deadline - time.monotonic()))
    told = []
    for other in left:
        with suppress(psutil.NoSuchProcess):
            if other.status() != psutil.STATUS_ZOMBIE:
                told.append(" ".join(other.cmdline()))
    assert told == []
    return code


class Talk:
    """A conversation over HTTP, as an operator has it."""

    def __init__(self, origin: str, operator_key: str, scene: dict[str, Any]) -> None:
        headers = {"X-Signpost-Operator": operator_key}
        self.client = httpx.Client(base_url=origin, headers=headers, timeout=30, trust_env=False)
        opened = self.client.post("/chat/v1/conversations", json={"scene": scene}).json()
        self.token = opened["token"]
        self.path = f"/chat/v1/conversations/{opened['conversation']}"
        self.id: str = opened["conversation"]
        self.client.headers["Authorization"] = f"Bearer {self.token}"

    def send(self, text: str) -> int:
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        sent = self.client.post(f"{self.path}/messages", json=body)
        sent.raise_for_status()
        seq: int = sent.json()["seq"]
        return seq

    def replies(self, seq: int, after: int | None = None) -> list[dict[str, Any]]:
        """The entries that answer, once there is one after `after`."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:  # a poll also comes back with a new state alone
            told = self.client.get(
                f"{self.path}/events", params={"after": after or seq, "wait": 20}
            ).json()
            found = [e for e in told["entries"] if e.get("in_reply_to") == seq]
            if found:
                return found
        raise AssertionError("no reply came")

    def say(self, text: str) -> tuple[str, dict[str, Any]]:
        """Say something; return the reply's words and its meta."""
        reply = self.replies(self.send(text))[-1]
        return "\n".join(m["text"] for m in reply["messages"]), reply["meta"]

    def entries(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.client.get(f"{self.path}/transcript").json()["entries"]
        return entries

    def delete(self) -> int:
        return self.client.delete(self.path).status_code
