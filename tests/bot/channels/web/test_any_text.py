"""Whatever is typed is stored as normalised, or refused with a problem; never a failure."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.gateway.stages.normalise import clean
from tests.bot.support import Reader, app_in, running, words
from tests.engine_double import EngineDouble


class Talk:
    """A running gateway and one reader, driven from synchronous tests."""

    def __init__(self, folder, engine: EngineDouble) -> None:
        self.runner = asyncio.Runner()
        self.running = running(app_in(folder, engine_url=engine.url))
        client = self.runner.run(self.running.__aenter__())
        self.reader = self.runner.run(Reader.begin(client))

    def close(self) -> None:
        self.runner.run(self.running.__aexit__(None, None, None))
        self.runner.close()

    def say(self, **body):
        return self.runner.run(self.reader.send(**body))

    def said(self, seq: int) -> str:
        async def find() -> str:
            response = await self.reader.get("events", params={"after": seq - 1, "wait": 0})
            return words(response.json()["entries"][0])

        return self.runner.run(find())


@pytest.fixture(scope="module")
def talk(tmp_path_factory, one_engine: EngineDouble) -> Iterator[Talk]:
    found = Talk(tmp_path_factory.mktemp("talk"), one_engine)
    yield found
    found.close()


def kept_or_refused(talk: Talk, text: str) -> None:
    response = talk.say(text=text)
    assert response.status_code in (202, 422), response.text
    if response.status_code == 202:
        assert talk.said(response.json()["seq"]) == clean(text)
    else:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"].endswith((":empty", ":too-long"))


QUICK = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text(talk: Talk, text: str):
    kept_or_refused(talk, text)


@QUICK
@given(
    text=st.lists(
        st.sampled_from(
            list("/ \t\n\r\x00\x1b\u202e\u2066\u200b\u200d\u0301\ufeff\ufffd\U0001f469a")
        )
        | st.just("x" * 400)
    ).map("".join)
)
def test_awkward_text(talk: Talk, text: str):
    kept_or_refused(talk, text)


@settings(QUICK, max_examples=60)
@given(content=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes(talk: Talk, content: bytes):
    async def post():
        return await talk.reader.client.post(
            f"{talk.reader.path}/messages",
            content=content,
            headers={**talk.reader.headers, "Content-Type": "application/json"},
        )

    response = talk.runner.run(post())
    assert response.status_code in (400, 422)


def test_a_lone_surrogate_is_refused(talk: Talk):
    async def post():
        return await talk.reader.client.post(
            f"{talk.reader.path}/messages",
            content=b'{"client_message_id": "s", "text": "\\ud83d"}',
            headers={**talk.reader.headers, "Content-Type": "application/json"},
        )

    assert talk.runner.run(post()).status_code == 400
