"""`lmi probe`: does the configured LMI for All answer, and with what."""

from __future__ import annotations

import time

import click

from lmi.service.contract import PUBLIC_BASE_URL
from lmi.service.no_data import NoData

# Veterinarians: SOC 2010 code and title.
_CHEAP = ("2216", "Veterinarians")


@click.command("probe")
@click.option(
    "--base-url",
    envvar="SIGNPOST_LMI_BASE_URL",
    default="",
    help=f"Address of the service; the public one is {PUBLIC_BASE_URL}. Empty: nothing is called.",
)
def probe(base_url: str) -> None:
    """Ask LMI for All one cheap question and say in a line what came back.

    Exit code 0 when it answered as it should or is not configured, 1 when it did not answer.
    """
    code, title = _CHEAP
    if not base_url.strip():
        click.echo("LMI for All: not configured; figures come from the snapshot alone.")
        return
    # Here, because importing what speaks HTTP takes half a second.
    from lmi.service.client import LmiForAll

    try:
        client = LmiForAll(base_url)
    except ValueError as trouble:
        raise click.ClickException(f"{trouble}.") from trouble
    with client:
        begun = time.monotonic()
        answer = client.occupation(code)
        took_ms = round((time.monotonic() - begun) * 1000)
    if isinstance(answer, NoData):
        click.echo(f"LMI for All at {client.base_url}: {answer}, after {took_ms} ms.")
        raise click.exceptions.Exit(1)
    said = answer.entry.title
    fits = "as expected" if said == title else f"expected “{title}”"
    click.echo(
        f"LMI for All at {client.base_url}: SOC 2010 {code} is “{said}” ({fits}), {took_ms} ms."
    )
