"""Which authored answer a question is after, learnt from example questions."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine import minilm
from engine.answer_examples import SUBJECT, AnswerExamples
from engine.answer_retrieval import ANSWERS, NEAREST, AnswerRetrieval, _nearest
from engine.asked import LEFT
from engine.example_files import of_answers as examples
from engine.job_titles import JOB_WORDS
from engine.questions import QUESTIONS

TAUGHT = {
    "gap_year": ["can i take a year out before uni", "gap year ideas", "is a gap year a waste"],
    "child_benefit": [
        "do we lose child benefit if he gets an apprenticeship",
        "what happens to child benefit at 16",
        "will the family allowance stop",
    ],
    "cv": ["how do i write a cv", "what goes on a cv", "how long should my cv be"],
}
SETTINGS = {**AnswerRetrieval.get_default_config(), "by_subject": ["choices", "money"]}


class Storage:
    """Keeps what a component writes in a folder, as Rasa's model storage does."""

    def __init__(self, folder):
        self.folder = folder

    def write_to(self, resource):
        return self._open()

    read_from = write_to

    def _open(self):
        folder = self.folder

        class Opened:
            def __enter__(self):
                return folder

            def __exit__(self, *_):
                return False

        return Opened()


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    return Storage(tmp_path_factory.mktemp("retrieval"))


@pytest.fixture(scope="module")
def trained(storage):
    component = AnswerRetrieval(SETTINGS, storage, SimpleNamespace(name="retrieval"))
    told = [
        Message({TEXT: text, INTENT: "choices", SUBJECT: subject, JOB_WORDS: []})
        for subject, texts in TAUGHT.items()
        for text in texts
    ]
    refused = Message({TEXT: "who is the king", INTENT: "out_of_scope"})
    component.train(TrainingData([*told, refused]))
    return component


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("thinking of taking a year out first", "gap_year"),
        ("does child benefit carry on", "child_benefit"),
        ("help with my cv", "cv"),
    ],
)
def test_the_nearest_subject_comes_first(trained, text, subject):
    ranked = trained.rank(text, [])
    assert ranked[0]["subject"] == subject
    assert {r["subject"] for r in ranked} == set(TAUGHT)
    assert sum(r["score"] for r in ranked) == pytest.approx(1, abs=0.001)
    assert [r["score"] for r in ranked] == sorted((r["score"] for r in ranked), reverse=True)


def test_likeness_tells_near_from_far(trained):
    near = trained.rank("what goes on a cv", [])[0]["likeness"]
    far = trained.rank("who won the match last night", [])[0]["likeness"]
    assert near > 0.6
    assert far < 0.35


def test_a_text_without_words_has_no_ranking(trained):
    assert trained.rank("  ", []) == []


def test_what_is_learnt_survives_the_model(trained, storage):
    loaded = AnswerRetrieval.load(SETTINGS, storage, SimpleNamespace(name="retrieval"), None)
    assert loaded.rank("gap year", []) == trained.rank("gap year", [])


def test_a_model_without_examples_ranks_nothing(tmp_path):
    component = AnswerRetrieval(SETTINGS, Storage(tmp_path), SimpleNamespace(name="retrieval"))
    component.train(TrainingData([Message({TEXT: "hello", INTENT: "greeting"})]))
    loaded = AnswerRetrieval.load(SETTINGS, Storage(tmp_path), SimpleNamespace(name="r"), None)
    assert loaded.rank("hello", []) == []


def clause_of(text, start, intent, confidence, asks=True):
    """A clause as engine.questions tells it, with itself as its only reading."""
    read = {"intent": intent, "confidence": confidence, "text": text}
    more = {"job_words": [], "of_job": False, "is_completed": False, "asks": asks}
    return {**read, "start": start, "kind": "question", "readings": [{**read, **more}]}


def asked(trained, text, *clauses, intents=("choices", "choices")):
    message = Message({TEXT: text, INTENT: {"name": intents[0], "confidence": 0.9}})
    message.set(
        QUESTIONS,
        [
            clause_of(clause, text.index(clause), intent, 0.9)
            for intent, clause in zip(intents, clauses, strict=False)
        ],
    )
    trained.process([message])
    return message


def test_two_subjects_of_one_intent_are_two_questions(trained):
    message = asked(
        trained,
        "what goes on a cv and do we lose child benefit",
        "what goes on a cv",
        "do we lose child benefit",
    )
    found = message.get(QUESTIONS)
    assert [question[ANSWERS][0]["subject"] for question in found] == ["cv", "child_benefit"]


def test_a_question_that_nothing_is_told_on_is_left_open(trained):
    text = "what goes on a cv and is my dog ill"
    message = asked(trained, text, "what goes on a cv", "is my dog ill")
    assert message.get(LEFT) == ["is my dog ill"]
    told = "what goes on a cv and do we lose child benefit"
    message = asked(trained, told, "what goes on a cv", "do we lose child benefit")
    assert message.get(LEFT) == []


def test_nothing_is_left_where_the_answer_is_that_of_no_clause(trained):
    message = asked(trained, "is it far. is it late", "is it far", "is it late", intents=("x", "x"))
    assert message.get(LEFT) == []


def test_one_subject_asked_twice_is_one_question(trained):
    message = asked(
        trained, "how long is a cv. what goes on a cv", "how long is a cv", "what goes on a cv"
    )
    (question,) = message.get(QUESTIONS)
    assert question["text"] == "how long is a cv. what goes on a cv"


def test_a_clause_far_from_every_answer_does_not_stand_alone(trained):
    text = "my dog ate it and what goes on a cv"
    message = asked(trained, text, "my dog ate it", "what goes on a cv")
    (question,) = message.get(QUESTIONS)
    assert question["text"] == text


def test_a_question_about_a_job_stands_beside_one_about_a_subject(trained):
    text = "what does a vet earn and what goes on a cv"
    message = asked(
        trained, text, "what does a vet earn", "what goes on a cv", intents=("pay", "choices")
    )
    assert [q["intent"] for q in message.get(QUESTIONS)] == ["pay", "choices"]


def test_a_clause_that_is_clearly_after_an_answer_is_a_question_whatever_its_intent(trained):
    text = "what goes on a cv and do we lose child benefit"
    told = Message({TEXT: text, INTENT: {"name": "choices", "confidence": 0.9}, JOB_WORDS: []})
    told.set(INTENT_RANKING_KEY, [{"name": "choices", "confidence": 0.9}])
    clauses = ((0, "what goes on a cv", True), (22, "do we lose child benefit", False))
    told.set(
        QUESTIONS,
        [
            clause_of(clause, start, "choices" if asks else "skills", 0.4, asks)
            for start, clause, asks in clauses
        ],
    )
    trained._config = {**trained._config, "clear": 0.4}
    try:
        trained.process([told])
    finally:
        trained._config = SETTINGS
    assert [question["subject"] for question in told.get(QUESTIONS)] == ["cv", "child_benefit"]
    assert all("readings" not in question for question in told.get(QUESTIONS))


def settled(trained, text, words=(), **told):
    """The intent of a text after the ranking had its say; `told` is the classifier's."""
    ranking = [{"name": name, "confidence": share} for name, share in told.items()]
    message = Message({TEXT: text, INTENT: ranking[0], JOB_WORDS: list(words)})
    message.set(INTENT_RANKING_KEY, ranking)
    trained.process([message])
    told = message.get(INTENT_RANKING_KEY)
    assert message.get(INTENT) == told[0]
    assert told == sorted(told, key=lambda each: -each["confidence"])
    return message.get(INTENT)["name"]


JOB = {"text": "vet", "start": 16, "end": 19, "unit_groups": [{"soc2020": "2240"}]}
NO_JOB = {**JOB, "unit_groups": []}


@pytest.mark.parametrize(
    ("text", "words", "told", "intent"),
    [
        ("what goes on a cv", [], {"out_of_scope": 0.9}, "choices"),
        ("who won the match", [], {"out_of_scope": 0.9}, "out_of_scope"),
        ("who won the match", [], {"choices": 0.6}, "out_of_scope"),
        ("who won the match", [], {"choices": 0.9}, "choices"),
        ("what goes on a cv", [], {"skills": 0.9}, "choices"),
        ("what goes in a box", [], {"skills": 0.9}, "skills"),
        ("what goes on a vet", [JOB], {"skills": 0.9}, "skills"),
        ("what goes on a cv", [], {"money": 0.6, "choices": 0.3}, "choices"),
    ],
)
def test_classifier_and_ranking_settle_the_intent_together(trained, text, words, told, intent):
    assert settled(trained, text, words, **told) == intent


def test_jobs_are_masked(trained):
    word = {"text": "vet", "start": 9, "end": 12}
    same = {"text": "florist", "start": 9, "end": 16}
    vet, florist = trained.rank("cv for a vet", [word]), trained.rank("cv for a florist", [same])
    assert [r["score"] for r in vet] == [r["score"] for r in florist]
    assert vet != trained.rank("cv for a vet", [])


def test_a_job_that_no_example_names_is_less_near(trained):
    word = {"text": "falconer", "start": 19, "end": 27}
    text = "how do i write a cv falconer"
    best = trained.rank(text, [word])[0]
    assert trained._likeness_as_it_stands(text, best) < best["likeness"]


def test_every_example_of_the_answers_reaches_training():
    found = examples()
    data = AnswerExamples().get_nlu_data()
    assert len(data.training_examples) == len({(text, intent) for intent, _, text in found})
    assert all(m.get(SUBJECT) for m in data.training_examples)
    assert {intent for intent, _, _ in found} >= {"apprenticeships", "university", "barriers"}


def test_a_variant_teaches_the_subject_of_its_main_file(tmp_path):
    folder = tmp_path / "money"
    folder.mkdir()
    for stem, example in (("fees", "what are fees"), ("fees.parents", "will we pay fees")):
        (folder / f"{stem}.md").write_text(f"---\nexamples:\n- {example}\n---\nText.\n")
    (folder / "plain.md").write_text("Text without a head.\n")
    assert examples(tmp_path) == [
        ("money", "fees", "what are fees"),
        ("money", "fees", "will we pay fees"),
    ]


@pytest.mark.parametrize("sizes", [(1,), (3, 3), (1, 2, 3, 40), (5, 1, 1, 94, 2)])
def test_the_likeness_to_subjects_is_that_of_their_nearest_examples(sizes):
    likeness = np.random.default_rng(len(sizes)).uniform(-1, 1, sum(sizes)).astype(np.float32)
    starts = np.cumsum([0, *sizes[:-1]])
    expected = []
    for start, size in zip(starts, sizes, strict=True):
        nearest = sorted(likeness[start : start + size].tolist(), reverse=True)[: len(NEAREST)]
        counted = NEAREST[: len(nearest)].tolist()
        total = sum(near * count for near, count in zip(nearest, counted, strict=True))
        expected.append(total / sum(counted))
    assert _nearest(likeness, starts) == pytest.approx(expected, abs=1e-6)


def test_a_ranking_at_hand_is_the_same_and_nobodys_to_change(trained):
    once = trained.rank("gap year ideas please", [])
    once[0]["subject"] = "changed"
    again = trained.rank("gap year ideas please", [])
    assert again[0]["subject"] == "gap_year"
    fresh = AnswerRetrieval(SETTINGS, None, None, trained._learnt, trained._wording)
    assert fresh.rank("gap year ideas please", []) == again


def test_rankings_at_hand_are_few_and_hold_no_text(trained, monkeypatch):
    monkeypatch.setattr(minilm, "AT_HAND", 2)
    known = AnswerRetrieval(SETTINGS, None, None, trained._learnt, trained._wording)
    for text in ("a cv", "a gap year", "benefits", "a cv"):
        known.rank(text, [])
    assert len(known._at_hand) == 2
    assert "gap" not in repr(list(known._at_hand))
