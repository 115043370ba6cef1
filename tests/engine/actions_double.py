"""An action server that speaks the webhook's contract over a real socket, with switches."""

import asyncio
from typing import Any

from aiohttp import web


class ActionsDouble:
    """Enter it, change `mode`, look at `calls`, `stop` it.

    Modes: ok, slow (until `released`), an HTTP status as text ("500"), garbage, wrong-shape.
    A call that is answered well says what it was asked and counts itself in the slot `misses`.
    """

    def __init__(self, token: str) -> None:
        self.mode = "ok"
        self.calls: list[dict[str, Any]] = []
        self.refused = 0
        self.released = asyncio.Event()
        self.arrived = asyncio.Semaphore(0)
        self.at_once: dict[str, int] = {}
        self.most_at_once = 0
        self._token = token
        self.url = ""

    async def __aenter__(self) -> "ActionsDouble":
        app = web.Application()
        app.router.add_post("/webhook", self._webhook)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/webhook"
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Refuse connections from now on."""
        self.released.set()
        await self._runner.cleanup()

    async def _webhook(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self._token}":
            self.refused += 1
            return web.json_response({}, status=401)
        call = await request.json()
        self.calls.append(call)
        conversation = call["sender_id"]
        self.at_once[conversation] = self.at_once.get(conversation, 0) + 1
        self.most_at_once = max(self.most_at_once, self.at_once[conversation])
        self.arrived.release()
        try:
            if self.mode == "slow":
                await self.released.wait()
            return self._answer(call)
        finally:
            self.at_once[conversation] -= 1

    def _answer(self, call: dict[str, Any]) -> web.Response:
        if self.mode.isdigit():
            return web.json_response({"error": "made up"}, status=int(self.mode))
        if self.mode == "garbage":
            return web.Response(text="{{{", content_type="application/json")
        if self.mode == "wrong-shape":
            return web.json_response({"events": [{"event": "no such event"}], "responses": 1})
        before = call["tracker"]["slots"].get("misses") or 0
        message = {"answer": call["next_action"], "text": f"turn {before + 1}"}
        return web.json_response(
            {
                "events": [
                    {"event": "slot", "timestamp": None, "name": "misses", "value": before + 1}
                ],
                "responses": [
                    {
                        "text": None,
                        "buttons": [],
                        "elements": [],
                        "custom": message,
                        "template": None,
                        "response": None,
                        "image": None,
                        "attachment": None,
                    }
                ],
            }
        )
