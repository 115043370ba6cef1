"""A process that falls is started again, and nothing that was said is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.real_service import RealService, Talk, until

pytestmark = pytest.mark.engine


@pytest.fixture
def service(signpost: RealService) -> Iterator[RealService]:
    """The running service; these tests are rough with it, and leave it well."""
    yield signpost
    until(signpost.all_healthy, "all is well again")


@pytest.fixture
def talk(service: RealService) -> Talk:
    return service.talk()


def kill(service: RealService, name: str) -> None:
    """Kill a part and wait until it runs again under another number."""
    told = f"The {name} stopped; starting it again."
    before = service.said.count(told)
    (part,) = service.parts(name)
    part.kill()
    service.hears_again(told, before + 1)


def back(service: RealService) -> None:
    until(service.all_healthy, "all is healthy again")


def test_the_engine_falls_and_knows_what_was_talked_of(service: RealService, talk: Talk) -> None:
    words, _ = talk.say("what does a vet earn")
    assert "£42,612" in words
    kill(service, "engine")

    asked = talk.send("will there still be jobs")
    away = talk.replies(asked)[0]
    assert away["meta"]["answers"] == ["engine_away"]
    answer = talk.replies(asked, after=away["seq"])[-1]
    assert answer["meta"]["answers"] == ["outlook"]
    assert "vets" in text_of(answer)
    back(service)


def test_the_actions_fall_and_what_was_asked_meanwhile_is_answered(
    service: RealService, talk: Talk
) -> None:
    talk.say("what does a plumber earn")
    kill(service, "actions")
    asked = talk.send("and a vet")
    until(lambda: "£42,612" in text_of(talk.entries()[-1]), "the vet's pay is told", within_s=20)
    assert talk.entries()[-1]["in_reply_to"] == asked
    back(service)
    words, meta = talk.say("how much does a plumber get paid")
    assert meta["answers"] == ["pay"]
    assert "£" in words


def text_of(entry: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in entry["messages"])


def test_the_gateway_falls_and_the_transcript_is_whole(service: RealService, talk: Talk) -> None:
    talk.say("what does a vet earn")
    before = talk.entries()
    kill(service, "gateway")
    back(service)
    assert talk.entries() == before
    words, _ = talk.say("and how do i become one")
    assert words
    assert [entry["seq"] for entry in talk.entries()] == [1, 2, 3, 4]


def test_a_message_that_was_being_answered_when_the_gateway_fell_is_answered(
    service: RealService, talk: Talk
) -> None:
    (engine,) = service.parts("engine")
    engine.suspend()
    try:
        seq = talk.send("what does a vet earn")
        kill(service, "gateway")
    finally:
        engine.resume()
    back(service)
    until(lambda: answered(talk, seq), "the message is answered")
    assert "£42,612" in text_of(talk.entries()[-1])
    assert sum(entry["from"] == "reader" for entry in talk.entries()) == 1


def answered(talk: Talk, seq: int) -> bool:
    """Whether the message has its real answer; asking is what brings a reader back."""
    try:
        told = talk.client.get(f"{talk.path}/events", params={"after": seq, "wait": 5}).json()
    except httpx.HTTPError:
        return False
    return any("£" in m["text"] for e in told["entries"] for m in e["messages"])


def test_its_log_says_so_in_plain_words(service: RealService) -> None:
    assert all("Traceback" not in line for line in service.said), service.said
