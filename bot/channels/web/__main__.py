"""`python -m bot.channels.web`: the gateway with its web channel, as a process."""

import sys

import click

from bot.channels.web.server import PortTaken, listen, serve
from bot.settings import Settings


@click.command()
@click.option("--host", help="Address to listen on; by default the setting.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 lets the system pick one.")
def main(host: str | None, port: int | None) -> None:
    """Serve the chat, its API and its page."""
    settings = Settings()
    try:
        listening = listen(host or settings.host, settings.port if port is None else port)
    except PortTaken as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
    shown, taken = listening.getsockname()[:2]
    click.echo(f"Gateway at http://{shown}:{taken}", err=True)
    serve(settings, listening)


if __name__ == "__main__":
    main()
