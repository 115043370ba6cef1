"""Intents, actions and rules belong together; an action speaks Rasa's webhook."""

import datetime as dt
import logging

import httpx
import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions import topics
from actions.__main__ import application
from actions.registry import action_name, register, turn_of
from actions.topics import AUTHORED, TOPICS
from actions.turn import Job, Memory
from tests.actions.message_rules import ROOT, intents

TOKEN = "a-token-for-tests"


def domain():
    return yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def rules():
    """(intent, action) of each rule."""
    found = []
    for path in sorted((ROOT / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"]
            found.append((intent["intent"], action["action"]))
    return found


def test_every_intent_has_a_topic_and_a_rule_and_nothing_else_has():
    assert set(TOPICS) == intents()
    assert sorted(rules()) == sorted((intent, action_name(intent)) for intent in intents())


def test_the_domain_lists_every_action_once():
    actions = domain()["actions"]
    assert sorted(actions) == sorted({action_name(intent) for intent in intents()})


def test_every_action_is_registered(ground):
    executor = ActionExecutor()
    register(executor, ground)
    assert set(executor.actions) == set(domain()["actions"])


def test_the_memory_is_what_the_slots_hold():
    assert set(domain()["slots"]) == set(Memory().as_slots())


def test_every_authored_topic_has_its_answer(ground):
    assert [name for name in AUTHORED if name not in ground.answers] == []


def test_questions_that_can_stand_side_by_side_are_intents():
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    (classifier,) = [
        part for part in config["pipeline"] if part["name"].endswith("QuestionClassifier")
    ]
    assert set(classifier["askable"]) <= set(TOPICS)


def test_a_memory_survives_the_slots():
    memory = Memory(
        jobs=(Job("2240", "vet", "vets"), Job("5241", "electricians", "electricians", named=False)),
        topic="pay",
        asking="which",
        place="Leeds",
        period="month",
        year_group=10,
        audience="parent",
        offered=(("Vets", '/pay{"job": "2240"}'),),
        misses=1,
    )
    assert Memory.from_slots(memory.as_slots()) == memory
    assert Memory.from_slots({}) == Memory()
    assert Memory.from_slots(dict.fromkeys(memory.as_slots())) == Memory()


def test_a_turn_of_nothing():
    turn = turn_of({}, {}, dt.date(2026, 11, 22))
    assert (turn.intent, turn.text, turn.said, turn.chosen) == ("nlu_fallback", "", (), {})


@pytest.mark.parametrize(
    ("on", "day"),
    [
        ("2027-03-01", dt.date(2027, 3, 1)),
        (None, dt.date(2026, 11, 22)),
        ("soon", dt.date(2026, 11, 22)),
    ],
)
def test_the_scene_sets_the_day(on, day):
    latest = {"text": "hello", "metadata": {"scene": {"on": on}}}
    assert turn_of(latest, {}, dt.date(2026, 11, 22)).today == day


# ---- over the webhook ----


@pytest.fixture
def served(ground):
    executor = ActionExecutor()
    register(executor, ground, lambda: dt.datetime(2026, 11, 22, tzinfo=dt.timezone.utc))
    return application(executor, TOKEN)


def call(action, text="what does a vet earn", slots=None):
    words = [
        {
            "text": "vet", "start": 12, "end": 15, "name": "vet", "plural": "vets",
            "ambiguous": False,
            "unit_groups": [{"soc2020": "2240", "title": "Veterinarians", "score": 1.0}],
        }
    ]  # fmt: skip
    latest = {
        "text": text,
        "intent": {"name": action.removeprefix("action_"), "confidence": 0.9},
        "entities": [],
        "job_words": words if "vet" in text else [],
        "questions": [],
    }
    return {
        "next_action": action,
        "sender_id": "c1",
        "tracker": {
            "sender_id": "c1",
            "slots": {**Memory().as_slots(), **(slots or {})},
            "latest_message": latest,
            "latest_event_time": 0.0,
            "paused": False,
            "events": None,
            "latest_input_channel": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
            "followup_action": None,
        },
        "domain": {},
        "version": "3.6.21",
    }


async def post(app, body, token=TOKEN, **more):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        if isinstance(body, bytes):
            return await client.post("/webhook", content=body, headers=headers)
        return await client.post("/webhook", json=body, headers=headers)


async def test_an_action_answers_and_sets_only_the_slots_that_changed(served):
    response = await post(served, call("action_pay", slots={"misses": 0}))
    assert response.status_code == 200
    result = response.json()
    (message,) = [one["custom"] for one in result["responses"]]
    assert message["answer"] == "pay"
    assert "£42,612" in message["text"]
    changed = {event["name"]: event["value"] for event in result["events"]}
    assert set(changed) == {"jobs", "topic", "period"}
    assert changed["jobs"] == [{"soc2020": "2240", "name": "vet", "plural": "vets", "named": True}]


@pytest.mark.parametrize("intent", sorted(TOPICS))
async def test_every_action_answers_an_empty_conversation(served, intent):
    response = await post(served, call(action_name(intent), text="hm"))
    assert response.status_code == 200
    assert response.json()["responses"][0]["custom"]["text"]


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_the_actions_demand_the_token(served, token):
    assert (await post(served, call("action_pay"), token=token)).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
async def test_what_is_no_json_is_refused(served, body):
    assert (await post(served, body)).status_code == 422


async def test_a_defect_is_told_at_once_and_logged_without_the_text(served, monkeypatch, caplog):
    def broken(turn, ground):
        raise ValueError(f"cannot handle {turn.text}")

    monkeypatch.setitem(topics.TOPICS, "pay", broken)
    with caplog.at_level(logging.DEBUG, logger="actions"):
        response = await post(served, call("action_pay", text="what does Jo the vet earn"))
    assert response.json()["responses"][0]["custom"]["answer"] == "no_reply"
    assert "ValueError" in caplog.text
    assert "Jo" not in caplog.text


async def test_health_needs_no_token(served):
    transport = httpx.ASGITransport(served)
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        assert (await client.get("/health")).json() == {"status": "ready"}
