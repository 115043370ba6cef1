"""TensorFlow is left out: Rasa imports, and what would need it says so in one sentence."""

import importlib
import sys

import pytest
import yaml

from engine import train, without_tensorflow
from engine.without_tensorflow import TensorFlowLeftOut

SPARSE = [{"name": "WhitespaceTokenizer"}, {"name": "CountVectorsFeaturizer"}]
LINEAR = {"name": "LogisticRegressionClassifier"}
RULES = {"name": "RulePolicy"}
NEEDS_TENSORFLOW = {
    "DIETClassifier": {
        "pipeline": [*SPARSE, {"name": "DIETClassifier", "epochs": 1}],
        "policies": [RULES],
    },
    "TEDPolicy": {
        "pipeline": [*SPARSE, LINEAR],
        "policies": [RULES, {"name": "TEDPolicy", "epochs": 1}],
    },
}


def project(folder, config):
    """A tiny Rasa project with the pipeline and policies given."""
    (folder / "data").mkdir()
    head = {"recipe": "default.v1", "assistant_id": "tiny", "language": "en"}
    domain = {
        "version": "3.1",
        "intents": ["left", "right"],
        "responses": {"utter_left": [{"text": "Left."}]},
    }
    steps = [{"intent": "left"}, {"action": "utter_left"}]
    data = {
        "version": "3.1",
        "nlu": [
            {"intent": "left", "examples": "- go left\n- turn left here"},
            {"intent": "right", "examples": "- go right\n- the right side"},
        ],
        "rules": [{"rule": "left", "steps": steps}],
        "stories": [{"story": "right", "steps": [{"intent": "right"}, *steps[1:]]}],
    }
    for name, content in (
        ("config.yml", {**head, **config}),
        ("domain.yml", domain),
        ("data/all.yml", data),
    ):
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")


def test_the_real_tensorflow_is_not_here():
    import tensorflow

    assert tensorflow.__version__ == "0.0.0"
    assert not getattr(tensorflow, "__file__", None)
    with pytest.raises(TensorFlowLeftOut):
        tensorflow.constant([1.0]).numpy()


def test_rasa_and_its_tensorflow_components_import():
    importlib.import_module("rasa.engine.recipes.default_components")
    diet = importlib.import_module("rasa.nlu.classifiers.diet_classifier")
    assert diet.DIETClassifier.get_default_config()["epochs"] > 0


def test_installing_twice_adds_one_finder():
    before = len(sys.meta_path)
    without_tensorflow.install()
    assert len(sys.meta_path) == before


def test_names_serve_as_base_class_and_as_decorator():
    import tensorflow as tf

    class Layer(tf.keras.layers.Layer):
        pass

    @tf.function
    def bare(x):
        return x + 1

    @tf.function(input_signature=[tf.TensorSpec(shape=[None], dtype=tf.float32)])
    def called(x):
        return x + 2

    assert (bare(1), called(1)) == (2, 3)
    with pytest.raises(TensorFlowLeftOut, match=r"^Layer needs TensorFlow"):
        Layer()


def test_an_attribute_that_python_looks_for_is_missing_as_usual():
    import tensorflow as tf

    assert not hasattr(tf, "__wrapped__")
    assert not hasattr(tf.keras.Model, "__wrapped__")
    assert not hasattr(tf.keras.Model(), "__wrapped__")
    with pytest.raises(TensorFlowLeftOut):
        tf.keras.Model().fit()


@pytest.mark.parametrize("component", NEEDS_TENSORFLOW)
def test_training_a_tensorflow_component_ends_with_the_sentence(component, tmp_path, monkeypatch):
    project(tmp_path, NEEDS_TENSORFLOW[component])
    monkeypatch.setattr(train, "ROOT", tmp_path)
    with pytest.raises(train.ModelTrainingFailed) as failed:
        train.train(tmp_path / "models")
    sentence = str(failed.value)
    assert "needs TensorFlow, which Signpost's engine leaves out" in sentence
    assert component in sentence
    assert "config.yml" in sentence
    assert list((tmp_path / "models").iterdir()) == []


def test_the_same_project_without_it_trains(tmp_path, monkeypatch):
    project(tmp_path, {"pipeline": [*SPARSE, LINEAR], "policies": [RULES]})
    monkeypatch.setattr(train, "ROOT", tmp_path)
    assert train.train(tmp_path / "models").name == train.MODEL


def test_a_model_that_was_there_before_stays_when_training_fails(tmp_path, monkeypatch):
    project(tmp_path, NEEDS_TENSORFLOW["TEDPolicy"])
    monkeypatch.setattr(train, "ROOT", tmp_path)
    older = tmp_path / "models" / train.MODEL
    older.parent.mkdir()
    older.write_bytes(b"an older model")
    with pytest.raises(train.ModelTrainingFailed):
        train.train(older.parent)
    assert older.read_bytes() == b"an older model"
