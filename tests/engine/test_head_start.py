"""The examples are worked on in the background, and nothing of it changes what is learnt."""

import numpy as np
import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import head_start, known_jobs, minilm
from engine.job_titles import JOB_WORDS, JobTitleExtractor
from engine.sentence_embedding import SentenceEmbedding

OF_ANSWERS = ["how much is a train ticket to college", "can a vet get a loan"]
OF_DATA = ["what does a nurse earn", "hello there"]


@pytest.fixture
def folders(tmp_path):
    answers, data = tmp_path / "answers" / "money", tmp_path / "data"
    answers.mkdir(parents=True)
    data.mkdir()
    lines = "".join(f"- {text}\n" for text in OF_ANSWERS)
    (answers / "travel.md").write_text(f"---\nexamples:\n{lines}---\nText.\n")
    blocks = [{"intent": "pay", "examples": "".join(f"- {text}\n" for text in OF_DATA)}]
    (data / "nlu.yml").write_text(yaml.safe_dump({"nlu": blocks}))
    (data / "rules.yml").write_text("rules: []\n")
    return tmp_path / "answers", data


@pytest.fixture
def embedding(monkeypatch):
    made = minilm.MiniLM()
    monkeypatch.setattr(minilm, "shared", lambda: made)
    yield made
    made.stop()
    known_jobs.FOUND.clear()


def test_job_words_are_those_that_would_be_found(folders, embedding):
    head_start.HeadStart(*folders).job_words_found()
    assert set(known_jobs.FOUND) == {*OF_ANSWERS, *OF_DATA}
    for text, found in known_jobs.FOUND.items():
        assert found == known_jobs.shared().find(text)
    assert known_jobs.FOUND["what does a nurse earn"]


def test_vectors_are_those_that_would_be_computed(folders, embedding, monkeypatch):
    head_start.HeadStart(*folders).job_words_found()
    asked = [*OF_ANSWERS, OF_DATA[1]]  # answers also as they stand
    expected = minilm.MiniLM().embed(asked)
    monkeypatch.setattr(embedding, "_encoded", None)  # nothing is left to compute
    assert embedding.embed(asked) == pytest.approx(expected, abs=1e-5)


def test_it_tells_how_far_it_is(folders, embedding, capsys):
    head_start.HeadStart(*folders).job_words_found()
    embedding.embed([*OF_ANSWERS, *OF_DATA, "can a nurse get a loan"])
    embedding.stop()
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert {total for _, _, total in told} == {"4"}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1] == ["progress", "4", "4"]


@pytest.mark.parametrize("what", ["nlu: [", "- a list", "nlu:\n- intent: pay\n  examples: 3\n"])
def test_a_file_that_is_wrong_is_left_for_rasa_to_tell(what, folders, embedding):
    (folders[1] / "nlu.yml").write_text(what)
    head_start.HeadStart(*folders).job_words_found()


def test_stopped_it_forgets_the_job_words(folders, embedding):
    started = head_start.HeadStart(*folders)
    started.stop()
    assert not known_jobs.FOUND


def messages():
    return [Message({TEXT: text}) for text in [*OF_ANSWERS, *OF_DATA]]


def test_examples_get_the_features_that_messages_get():
    context = ExecutionContext(GraphSchema({}), node_name="embedding")
    component = SentenceEmbedding({"alias": None}, context)
    examples = JobTitleExtractor().process_training_data(TrainingData(messages()))
    component.process_training_data(examples)
    asked = component.process(JobTitleExtractor().process(messages()))
    for example, message in zip(examples.training_examples, asked, strict=True):
        assert example.get(JOB_WORDS) == message.get(JOB_WORDS)
        _, ours = example.get_dense_features(TEXT)
        _, theirs = message.get_dense_features(TEXT)
        assert (ours.type, ours.attribute, ours.origin) == (
            theirs.type,
            theirs.attribute,
            theirs.origin,
        )
        assert ours.features == pytest.approx(theirs.features, abs=1e-4)


def test_features_of_examples_are_computed_when_they_are_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "engine.sentence_embedding.question_features",
        lambda texts, _: asked.append(len(texts)) or np.zeros((len(texts), 3)),
    )
    component = SentenceEmbedding(
        {"alias": None}, ExecutionContext(GraphSchema({}), node_name="embedding")
    )
    examples = component.process_training_data(TrainingData(messages())).training_examples
    assert examples[0].features_present(TEXT)
    assert not asked
    for example in examples:
        example.get_dense_features(TEXT)
    assert asked == [4]
