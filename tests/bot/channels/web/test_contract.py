"""Generated requests against the description: what is not described must not happen."""

import asyncio
from collections.abc import Iterator

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.channels.web.routes import DESCRIPTION
from tests.bot.support import Reader, app_in, running
from tests.engine_double import EngineDouble

schema = schemathesis.openapi.from_dict(yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


class Service:
    """A running gateway with one reader whose conversation holds a few entries."""

    def __init__(self, folder, engine: EngineDouble) -> None:
        self.app = app_in(folder, engine_url=engine.url)
        self.runner = asyncio.Runner()
        self.running = running(self.app)
        self.client = self.runner.run(self.running.__aenter__())
        self.reader = self.runner.run(self._talk())

    async def _talk(self) -> Reader:
        reader = await Reader.begin(self.client)
        await reader.ask("what does a vet earn")
        return reader

    def close(self) -> None:
        self.runner.run(self.running.__aexit__(None, None, None))
        self.runner.close()

    def call(self, case: schemathesis.Case) -> schemathesis.Response:
        request = case.as_transport_kwargs(base_url="http://chat.test")
        request.pop("cookies", None)
        response = self.runner.run(self._send(request))
        return schemathesis.Response.from_httpx(response, verify=True)

    async def _send(self, request: dict) -> object:
        data = request.get("data")
        async with asyncio.timeout(10):
            return await self.client.request(
                request["method"],
                request["url"],
                params=request.get("params"),
                headers=request.get("headers"),
                json=request.get("json"),
                **({"content": data} if isinstance(data, bytes | str) else {"data": data}),
            )


@pytest.fixture(scope="module")
def service(tmp_path_factory, one_engine: EngineDouble) -> Iterator[Service]:
    found = Service(tmp_path_factory.mktemp("contract"), one_engine)
    yield found
    found.close()


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_contract(case: schemathesis.Case, service: Service):
    reader = service.reader
    if "conversation" in (case.path_parameters or {}) and case.method != "DELETE":
        case.path_parameters["conversation"] = reader.id
        case.headers = {**(case.headers or {}), **reader.headers}
    if case.path.endswith("/events"):
        # A stream does not end, which a client in process would wait for.
        case.query = {"after": 0, **(case.query or {}), "wait": 0}
        case.headers.pop("Accept", None)
    case.validate_response(service.call(case), checks=CHECKS)
