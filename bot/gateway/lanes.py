"""One lane for each conversation: its messages are answered one after another, in order."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from bot.gateway.plain_log import where_it_broke

log = logging.getLogger("signpost.gateway")

Job = Callable[[], Awaitable[object]]


class Lanes:
    """Jobs by conversation. Lanes run side by side; within a lane, jobs run in turn."""

    def __init__(self) -> None:
        self._jobs: dict[str, deque[Job]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def put(self, key: str, job: Job) -> None:
        """Add a job at the end of the lane; an idle lane starts at once."""
        jobs = self._jobs.get(key)
        if jobs is not None:
            jobs.append(job)
            return
        self._jobs[key] = deque((job,))
        self._tasks[key] = asyncio.create_task(self._run(key))

    def busy(self, key: str) -> bool:
        """Whether the lane has a job running or waiting."""
        return key in self._jobs

    def clear(self, key: str) -> None:
        """Drop the lane's jobs that have not started."""
        jobs = self._jobs.get(key)
        if jobs is not None:
            jobs.clear()

    async def idle(self, key: str, timeout_s: float) -> bool:
        """Wait until the lane has nothing left to do; False when that takes too long."""
        task = self._tasks.get(key)
        if task is None:
            return True
        done, _ = await asyncio.wait({task}, timeout=timeout_s)
        return bool(done)

    async def close(self, timeout_s: float) -> None:
        """Let what is running finish for a while, then stop it; waiting jobs are dropped."""
        for jobs in self._jobs.values():
            jobs.clear()
        tasks = set(self._tasks.values())
        if not tasks:
            return
        _, left = await asyncio.wait(tasks, timeout=timeout_s)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

    async def _run(self, key: str) -> None:
        jobs = self._jobs[key]
        try:
            while jobs:
                try:
                    await jobs.popleft()()
                except Exception as problem:
                    # One broken job must not take the lane's other messages with it.
                    log.error("a message's way broke off: %s", where_it_broke(problem))
        finally:
            del self._jobs[key], self._tasks[key]
