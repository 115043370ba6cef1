"""The web channel's server process: uvicorn on a socket of our own, and a quiet log."""

import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.channels.web.app import create_app
from bot.channels.web.house import House
from bot.settings import Settings

GRACE_S = 5

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "signpost": {"level": "INFO"},
        # These name addresses with ids in them, or quote what is sent, at lower levels.
        "uvicorn": {"level": "WARNING"},
        "uvicorn.access": {"level": "CRITICAL", "propagate": False},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "sqlalchemy": {"level": "WARNING"},
    },
}
"""No access log: an address is a reader's, and a path holds a conversation's id."""


class PortTaken(Exception):
    """The address cannot be listened on; the sentence says which and why."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(1024)
    except OSError as problem:
        found.close()
        raise PortTaken(
            f"Cannot listen on {host} port {port}: {problem.strerror or problem}."
        ) from problem
    return found


def serve(settings: Settings, listening: socket.socket) -> None:
    """Serve until told to stop (SIGINT or SIGTERM)."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=LOGGING,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=75,
    )
    _Server(config, app).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends streams and long polls first, so that stopping does not wait for them."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        house: House | None = getattr(self._app.state, "house", None)
        if house is not None:
            house.gateway.end_streams()
        await super().shutdown(sockets)
