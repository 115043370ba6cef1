"""The action server: `python -m actions PORT`. Loopback only, behind the engine's token."""

from __future__ import annotations

import hmac
import os
import sys
import warnings
from pathlib import Path

import orjson
import uvicorn
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.ground import Ground
from actions.registry import register
from knowledge.school import FOLDER as SCHOOL_FOLDER
from lmi.service.client import LmiForAll


def application(executor: ActionExecutor, token: str) -> Starlette:
    """Return the ASGI application that answers the engine's webhook with `executor`."""

    async def webhook(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            return JSONResponse({"title": "The actions need their token."}, status_code=401)
        try:
            call = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            return JSONResponse({"title": "Expected JSON."}, status_code=422)
        result = await executor.run(call)
        body = orjson.dumps(result.model_dump() if result else {"events": [], "responses": []})
        return Response(body, media_type="application/json")

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)]
    )


def main() -> None:
    """Serve, with the settings that the supervisor put into the environment."""
    # The engine is Rasa 3.6.21, the last of its line; that this SDK is newer is known and tried.
    warnings.filterwarnings("ignore", message=".*version.*", category=UserWarning)
    cache = Path(os.environ["SIGNPOST_DATA_DIR"]) / "lmi-cache"
    client = LmiForAll(os.environ.get("SIGNPOST_LMI_BASE_URL", ""), cache)
    executor = ActionExecutor()
    school = Path(os.environ.get("SIGNPOST_SCHOOL_CONTENT") or SCHOOL_FOLDER)
    register(executor, Ground.load(client, school))
    uvicorn.run(
        application(executor, os.environ["SIGNPOST_ENGINE_TOKEN"]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
