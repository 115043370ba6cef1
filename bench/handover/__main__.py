"""`python -m bench.handover`: advisers and readers talk at once; how soon every line arrives.

A gateway of its own in a temporary folder, in a process of its own, without an engine: while a
person holds a chat there is none. Readers send and follow by the web API; advisers by the
console, each signed in with both factors. Every line carries its moment, so that delivery is the
time from sending it to its arrival in the other side's stream.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import conditions
from bench.measures import Spread
from bench.results import save, table
from bench.wire import Connection
from bot.channels.web.server import listen
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.identity.staff.staff_sessions import begin_session, cookie_name
from bot.records import handovers
from bot.records.audit.actors import Actor
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.staff import StaffDetails, add_staff
from bot.records.store import open_engine, writing
from bot.settings import Settings

TARGET_P95_MS = 300.0
ROLE = "careers adviser"
_MARK = re.compile(r"n(\d+) at (\d+\.\d+) from (\w+)")


@dataclass
class Told:
    """What was sent, and what arrived how late (ms), by side."""

    sent: dict[str, set[str]] = field(default_factory=lambda: {"reader": set(), "person": set()})
    late: dict[str, list[float]] = field(default_factory=lambda: {"reader": [], "person": []})
    seen: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    refused: int = 0


def main() -> None:
    """Read the arguments, measure, print, save."""
    parser = argparse.ArgumentParser(prog="python -m bench.handover", description=__doc__)
    parser.add_argument("--chats", type=int, default=200, help="open conversations  [200]")
    parser.add_argument("--advisers", type=int, default=20, help="who hold them  [20]")
    parser.add_argument("--seconds", type=int, default=60, help="how long they talk  [60]")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="signpost-bench-") as folder:
        told = asyncio.run(
            measure(Path(folder), arguments.chats, arguments.advisers, arguments.seconds)
        )
    save("handover", told)


def _settings(folder: str, port: int) -> Settings:
    return Settings(
        data_dir=Path(folder),
        port=port,
        engine_url="http://127.0.0.1:9",
        messages_per_minute=10_000,
        new_conversations_per_minute=100_000,
        session_minutes=0,
    )


def _environment(settings: Settings) -> dict[str, str]:
    names = ("data_dir", "engine_url", "messages_per_minute", "session_minutes",
             "new_conversations_per_minute")  # fmt: skip
    return {f"SIGNPOST_{name.upper()}": str(getattr(settings, name)) for name in names}


def _start(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot.channels.web", "--port", str(port)],
        env={**os.environ, **_environment(settings)},
        stderr=subprocess.DEVNULL,
    )


async def measure(folder: Path, chats: int, advisers: int, seconds: int) -> dict[str, Any]:
    """Talk for so long; the conditions and all figures, also printed."""
    told: dict[str, Any] = {
        "conditions": conditions.conditions(chats=chats, advisers=advisers, seconds=seconds)
    }
    probe = listen("127.0.0.1", 0)
    port = int(probe.getsockname()[1])
    probe.close()
    settings = _settings(str(folder), port)
    upgrade(settings.store_url)
    cookies, staff = _hire(settings, advisers)
    process = _start(settings, port)
    base = f"http://127.0.0.1:{port}"
    try:
        await _until_up(base)
        readers = [await _begin(base) for _ in range(chats)]
        _hand_over(settings, readers, staff)
        found = await _talk(base, readers, cookies, seconds)
    finally:
        process.terminate()
        process.wait(20)
    return told | _figures(found)


def _hire(settings: Settings, advisers: int) -> tuple[list[str], list[Actor]]:
    sealing = sealing_of(load_or_make(settings.secrets_dir))
    engine = writing(open_engine(settings.store_url))
    now = datetime.now(UTC)
    cookies, staff = [], []
    with engine.begin() as connection:
        school = keep_school(connection, settings.school_slug, settings.school_name, now)
        for n in range(advisers):
            details = StaffDetails(f"Adviser {n}", f"adviser{n}@school.example")
            row = add_staff(connection, sealing, school, details, now=now, roles=("adviser",))
            value = begin_session(
                connection, sealing, school, row.id, "password", now, device="bench", second=True
            )
            cookies.append(f"{cookie_name(secure=False)}={value}")
            staff.append(Actor("staff", row.id, details.name))
    engine.dispose()
    return cookies, staff


def _hand_over(settings: Settings, readers: list[dict[str, str]], staff: list[Actor]) -> None:
    """Every chat is asked for, agreed to and taken, each adviser as many."""
    sealing = sealing_of(load_or_make(settings.secrets_dir))
    engine = writing(open_engine(settings.store_url))
    now = datetime.now(UTC) - timedelta(minutes=1)
    with engine.begin() as connection:
        school = keep_school(connection, settings.school_slug, settings.school_name, now)
        for n, reader in enumerate(readers):
            where = (connection, sealing, school, reader["conversation"])
            guest = Actor("guest")
            handovers.ask(
                *where, actor=guest, origin="reader", urgency=1, way="chat", reason="", now=now
            )
            handovers.consent(*where, actor=guest, now=now)
            handovers.claim(*where, actor=staff[n % len(staff)], role=ROLE, now=now)
    engine.dispose()


async def _until_up(base: str) -> None:
    for _ in range(600):
        try:
            answer = await Connection(base).get("/openapi.json")
        except OSError:
            await asyncio.sleep(0.1)
            continue
        if answer.status == 200:
            return
    raise RuntimeError("the service did not come up")


async def _begin(base: str) -> dict[str, str]:
    connection = Connection(base, {"Content-Type": "application/json"})
    answer = await connection.post("/chat/v1/conversations", {})
    connection.close()
    found: dict[str, str] = answer.json()
    return found


async def _talk(base: str, readers: list[dict[str, str]], cookies: list[str], seconds: int) -> Told:
    told = Told()
    tokens = [await _token(base, cookie) for cookie in cookies]
    followers = []
    for n, reader in enumerate(readers):
        one = f"/chat/v1/conversations/{reader['conversation']}"
        bearer = {"Authorization": f"Bearer {reader['token']}"}
        chat = f"/console/chats/{reader['conversation']}"
        cookie = {"Cookie": cookies[n % len(cookies)]}
        followers += [
            asyncio.create_task(_follow(base, f"{one}/events", bearer, "person", told)),
            asyncio.create_task(_follow(base, f"{chat}/events", cookie, "reader", told)),
        ]
    await asyncio.sleep(3)
    begins = time.monotonic()
    talkers = []
    for n, reader in enumerate(readers):
        chat = reader["conversation"]
        by = n % len(cookies)
        after = n / len(readers)  # spread over the second, as people are
        headers = {"Authorization": f"Bearer {reader['token']}"}
        talkers.append(
            _send(base, f"/chat/v1/conversations/{chat}/messages", headers, "reader", chat,
                  begins + after, seconds, told)
        )  # fmt: skip
        console = {
            "Cookie": cookies[by], "X-CSRF-Token": tokens[by], "Origin": base,
            "Sec-Fetch-Site": "same-origin",
        }  # fmt: skip
        talkers.append(
            _send(base, f"/console/chats/{chat}/lines", console, "person", chat,
                  begins + (after + 0.5) % 1, seconds, told)
        )  # fmt: skip
    await asyncio.gather(*talkers)
    await asyncio.sleep(3)
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)
    return told


async def _token(base: str, cookie: str) -> str:
    answer = await Connection(base, {"Cookie": cookie}).get("/console/queue")
    found = re.search(rb'<meta name="csrf" content="([0-9a-f]{64})">', answer.body)
    if found is None:
        raise RuntimeError(f"no page of the console: {answer.status}")
    return found[1].decode()


async def _send(
    base: str,
    path: str,
    headers: dict[str, str],
    side: str,
    chat: str,
    begins: float,
    seconds: int,
    told: Told,
) -> None:
    connection = Connection(base, {"Content-Type": "application/json", **headers})
    for n in range(seconds):
        await asyncio.sleep(max(0.0, begins + n - time.monotonic()))
        name = f"{side[0]}{n}"
        text = f"n{n} at {time.monotonic():.6f} from {side}"
        body = (
            {"client_message_id": name, "text": text}
            if side == "reader"
            else {"once": f"{chat[:20]}{name}", "text": text}
        )
        answer = await connection.post(path, body)
        # Who is refused (503) is told so and sends again: that is late, and not lost.
        if answer.status < 300:
            told.sent[side].add(f"{chat} {n}")
        else:
            told.refused += 1
    connection.close()


async def _follow(base: str, path: str, headers: dict[str, str], wanted: str, told: Told) -> None:
    """Take the other side's lines out of a stream, with how late they are."""
    chat = path.split("/")[4 if path.startswith("/chat") else 3]
    connection = Connection(base, {"Accept": "text/event-stream", **headers})
    async for event in connection.events(path):
        if event.name != "entry":
            continue
        found = _MARK.search(json.loads(event.data).get("html") or event.data)
        if found is None or found[3] != wanted:
            continue
        told.late[wanted].append((time.monotonic() - float(found[2])) * 1000)
        told.seen[wanted, chat, int(found[1])] += 1


def _figures(told: Told) -> dict[str, Any]:
    rows, found = [], {}
    for side, towards in (("reader", "to the adviser"), ("person", "to the reader")):
        spread = Spread.of(told.late[side])
        arrived = {f"{chat} {n}" for one, chat, n in told.seen if one == side}
        lost = len(told.sent[side] - arrived)
        repeated = sum(times - 1 for (one, _, _), times in told.seen.items() if one == side)
        rows.append(
            (towards, len(told.sent[side]), spread.p50, spread.p95, spread.p99, lost, repeated)
        )
        found[side] = {
            "sent": len(told.sent[side]), "p50_ms": spread.p50, "p95_ms": spread.p95,
            "p99_ms": spread.p99, "lost": lost, "repeated": repeated,
        }  # fmt: skip
    print(table(("lines", "sent", "p50 ms", "p95 ms", "p99 ms", "lost", "repeated"), rows))
    print(f"  refused because the store was busy, to be sent again: {told.refused}")
    worst = max(one["p95_ms"] for one in found.values())
    print(
        f"  target: p95 under {TARGET_P95_MS:.0f} ms: {'met' if worst < TARGET_P95_MS else 'not'}"
    )
    return {"delivery": found, "refused": told.refused}


if __name__ == "__main__":
    main()
