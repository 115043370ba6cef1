"""What training reads is what Rasa's own importer gives, read once."""

import os

import numpy as np
import pytest
import yaml
from rasa.engine.storage.resource import Resource
from rasa.engine.training.hooks import TrainingHook
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info

from engine import training_patches
from engine.linear import balanced

DOMAIN = {
    "version": "3.1",
    "intents": ["pay", "greeting", "faq"],
    "entities": ["job"],
    "actions": ["action_pay"],
    "responses": {"utter_greeting": [{"text": "Hello"}]},
}
NLU = """
version: "3.1"
nlu:
- intent: pay
  examples: |
    - what does a [vet](job) earn
    - what does a vet earn
    - what does a vet earn
    - pay?
- intent: greeting
  examples: |
    - hello
    -   hi there
- intent: faq/opening
  examples: |
    - when are you open
- synonym: vet
  examples: |
    - veterinarian
- regex: postcode
  examples: |
    - \\d+
- lookup: job
  examples: |
    - vet
    - nurse
responses:
  utter_faq/opening:
  - text: Always.
"""
MORE = """
version: "3.1"
nlu:
- intent: greeting
  examples: |
    - hello
    - good morning
"""
RULES = """
version: "3.1"
rules:
- rule: pay
  steps:
  - intent: pay
  - action: action_pay
stories:
- story: greet
  steps:
  - intent: greeting
  - action: utter_greeting
"""


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "data").mkdir()
    for name, text in (("nlu", NLU), ("more", MORE), ("rules", RULES)):
        (tmp_path / "data" / f"{name}.yml").write_text(text)
    (tmp_path / "domain.yml").write_text(yaml.safe_dump(DOMAIN))
    importers = [{"name": "RasaFileImporter"}, {"name": "engine.answer_examples.AnswerExamples"}]
    (tmp_path / "config.yml").write_text(
        yaml.safe_dump({"recipe": "default.v1", "language": "en", "importers": importers})
    )
    return str(tmp_path / "config.yml"), str(tmp_path / "domain.yml"), [str(tmp_path / "data")]


@pytest.fixture
def patched(monkeypatch):
    monkeypatch.setattr(
        TrainingDataImporter, "load_from_config", training_patches.ORIGINAL_LOAD_FROM_CONFIG
    )
    before, after = training_patches.ORIGINAL_HOOK
    monkeypatch.setattr(TrainingHook, "on_before_node", before)
    monkeypatch.setattr(TrainingHook, "on_after_node", after)
    monkeypatch.setattr(LogisticRegressionClassifier, "train", training_patches.ORIGINAL_TRAIN)
    training_patches.apply()


def test_it_is_what_rasa_reads(paths, patched):
    theirs = training_patches.ORIGINAL_LOAD_FROM_CONFIG(*paths)
    ours = TrainingDataImporter.load_from_config(*paths)
    assert isinstance(ours, training_patches.ProjectImporter)
    one, other = theirs.get_nlu_data(), ours.get_nlu_data()
    assert len(one.training_examples) == len(other.training_examples) > 7
    assert other.fingerprint() == one.fingerprint()
    assert other.label_fingerprint() == one.label_fingerprint()
    assert other.number_of_examples_per_intent == one.number_of_examples_per_intent
    assert other.responses == one.responses
    assert other.entity_synonyms == one.entity_synonyms == {"veterinarian": "vet"}
    assert ours.get_domain().fingerprint() == theirs.get_domain().fingerprint()
    assert ours.get_stories().fingerprint() == theirs.get_stories().fingerprint()
    assert ours.get_config() == theirs.get_config()


def test_files_are_read_once_whatever_the_language(paths, patched, monkeypatch):
    read = []
    original = RasaFileImporter.get_nlu_data
    monkeypatch.setattr(
        RasaFileImporter, "get_nlu_data", lambda *a, **k: read.append(1) or original(*a, **k)
    )
    ours = TrainingDataImporter.load_from_config(*paths)
    ours.get_domain()
    assert ours.get_nlu_data() is ours.get_nlu_data("en") is ours.get_nlu_data(language="en")
    assert len(read) == 1


def test_nothing_is_hashed_or_kept_of_the_steps(patched):
    hook = TrainingHook(cache=None, model_storage=None, pruned_schema=None)
    assert hook.on_before_node("node", None, {}, {}) == {}
    hook.on_after_node("node", None, {}, object(), {})


class Untrained(LogisticRegressionClassifier):
    """Rasa's classifier on rows of its own, writing nothing."""

    def __init__(self, rows: np.ndarray, labels: list[str]) -> None:
        self.given = rows, labels
        self.clf = LogisticRegression(C=0.5, max_iter=200, class_weight=balanced(labels))
        self._resource = Resource("untrained")

    def _create_training_matrix(self, _: object) -> tuple[np.ndarray, list[str]]:
        return self.given

    def persist(self) -> None:
        """Leave the disk alone."""


@pytest.mark.parametrize("labels", [2, 3, 9])
def test_the_classifier_is_scikit_learns(labels, patched):
    chance = np.random.default_rng(labels)
    told = [f"intent {place % labels}" for place in range(200)]
    rows = chance.normal(size=(200, 12)) + 2 * np.eye(12)[np.arange(200) % labels]
    component = Untrained(rows, told)
    assert component.train(None) is component._resource
    theirs = LogisticRegression(C=0.5, max_iter=200, class_weight="balanced").fit(rows, told)
    assert component.clf.classes_.tolist() == theirs.classes_.tolist()
    assert component.clf.coef_.shape == theirs.coef_.shape
    ours = component.clf.predict_proba(rows)
    assert ours == pytest.approx(theirs.predict_proba(rows), abs=5e-3)


def test_all_processors_fit_the_classifier_and_one_the_rest(patched, monkeypatch):
    def threads():
        return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}

    seen = []
    original = training_patches.fit
    monkeypatch.setattr(
        training_patches, "fit", lambda *given: seen.append(threads()) or original(*given)
    )
    before = threads()
    Untrained(np.eye(9), [f"intent {place % 3}" for place in range(9)]).train(None)
    assert seen == [{os.cpu_count()}]
    assert threads() == before == {1}


def test_applying_twice_changes_nothing(patched):
    once = TrainingDataImporter.load_from_config
    training_patches.apply()
    assert TrainingDataImporter.load_from_config is once
