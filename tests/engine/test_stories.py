"""Rasa's test stories on the project's own model: a dialogue a topic, as a pupil and as a parent.

Rasa's end-to-end evaluation reads each message with the trained model and predicts what follows it;
intent, words for jobs and action have to be the story's. None of the messages is trained on.
"""

import csv
from pathlib import Path

import pytest
import pytest_asyncio
import rasa.core.test as evaluation
import yaml

from engine.processor import SignpostAgent
from engine.trackers import ShortTrackerStore
from tests.engine.keys import sealing_in
from tests.engine.small_model import ROOT
from tests.test_training_data import (
    ANSWER_QUESTIONS,
    HELD_OUT,
    INDEPENDENT_QUESTIONS,
    normalised,
    training_phrases,
)

MODEL = ROOT / "models" / "signpost.tar.gz"
STORIES = sorted((ROOT / "tests" / "stories").glob("*.yml"))
TOPICS = (
    "at 14",
    "at 16",
    "at 18",
    "apprenticeships",
    "getting there",
    "from nothing",
    "barriers",
    "results",
    "anything else",
)
FEWEST_TURNS = 4


def stories(path: Path) -> dict[str, list[dict[str, str]]]:
    """The steps of each story in a file, by the story's name."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    return {story["story"]: story["steps"] for story in told}


def messages() -> list[str]:
    return [
        step["user"].strip()
        for path in STORIES
        for steps in stories(path).values()
        for step in steps
        if "user" in step
    ]


@pytest_asyncio.fixture(scope="module")
async def agent(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("there is no models/signpost.tar.gz: `./signpost train` makes it")
    folder = tmp_path_factory.mktemp("trackers")
    store = ShortTrackerStore(folder / "trackers.sqlite", sealing_in(folder / "secrets"))
    agent = SignpostAgent(tracker_store=store)
    agent.load_model(str(MODEL))
    yield agent
    store.close()


async def evaluated(agent, path: Path, folder: Path) -> tuple[dict, str]:
    """Rasa's counts of whole stories, and the stories that failed with what was predicted."""
    told = await evaluation.test(
        str(path), agent, out_directory=str(folder), e2e=True, disable_plotting=True
    )
    failed = (folder / evaluation.FAILED_STORIES_FILE).read_text(encoding="utf-8")
    return told["report"]["conversation_accuracy"], failed


def test_every_topic_is_told_as_a_pupil_and_as_a_parent():
    told = {name: steps for path in STORIES for name, steps in stories(path).items()}
    assert set(told) == {f"{topic}, as a {who}" for topic in TOPICS for who in ("pupil", "parent")}
    turns = {name: sum("user" in step for step in steps) for name, steps in told.items()}
    assert {name: count for name, count in turns.items() if count < FEWEST_TURNS} == {}


def test_the_messages_are_new():
    """Each stands once, and in no training phrase and no measuring set."""
    known = {normalised(text) for _, text in training_phrases()}
    for path in (HELD_OUT, ANSWER_QUESTIONS, INDEPENDENT_QUESTIONS):
        with path.open(newline="", encoding="utf-8") as file:
            known |= {normalised(row["text"]) for row in csv.DictReader(file)}
    asked = [normalised(text.replace("(job_words)", "")) for text in messages()]
    assert [text for text in asked if text in known] == []
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_the_stories_go_as_they_are_told(agent, path, tmp_path):
    counted, failed = await evaluated(agent, path, tmp_path)
    assert counted["total"] == len(stories(path)) == 2
    assert counted["correct"] == counted["total"], failed


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("intent: capabilities", "intent: privacy"),
        ("action: action_capabilities", "action: action_privacy"),
        ("[careers adviser](job_words)", "careers adviser"),
    ],
)
async def test_a_story_that_goes_otherwise_is_noticed(agent, tmp_path, right, wrong):
    told = (ROOT / "tests" / "stories" / "test_anything_else.yml").read_text(encoding="utf-8")
    assert told.count(right) == 1
    changed = tmp_path / "test_changed.yml"
    changed.write_text(told.replace(right, wrong), encoding="utf-8")
    counted, failed = await evaluated(agent, changed, tmp_path)
    assert (counted["correct"], counted["total"]) == (1, 2)
    assert "as a pupil" in failed
