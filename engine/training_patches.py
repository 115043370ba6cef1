"""Costs inside Rasa 3.6.21 that every training paid, taken out; each patch says what and why.

The model is the same (tests/engine/test_training_patches.py): for what every turn paid, see
engine/patches.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import wraps
from importlib import import_module
from threading import Thread
from typing import Any

import numpy as np
from rasa.engine.storage.resource import Resource
from rasa.engine.training.hooks import TrainingHook
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.importers import importer as rasa_importer
from rasa.shared.importers.importer import (
    CombinedDataImporter,
    E2EImporter,
    ResponsesSyncImporter,
    TrainingDataImporter,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from engine.linear import fit

ORIGINAL_LOAD_FROM_CONFIG = TrainingDataImporter.load_from_config
FEWEST_LABELS = 3
"""Of two labels scikit-learn keeps one's numbers alone."""
ORIGINAL_TRAIN = LogisticRegressionClassifier.train
ORIGINAL_HOOK = (TrainingHook.on_before_node, TrainingHook.on_after_node)


class _ReadOnce(CombinedDataImporter):
    """Rasa's importer of all the importers in config.yml, which reads the examples once."""

    def __init__(self, importers: list[TrainingDataImporter]) -> None:
        super().__init__(importers)
        self._examples: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the examples of all importers."""
        if self._examples is None:
            self._examples = joined(each.get_nlu_data(language) for each in self._importers)
        return self._examples


class ProjectImporter(E2EImporter):
    """What Rasa's own importer gives, without reading the examples twice or copying them ten times.

    Rasa merges the examples anew for each importer around another, by copying all of them and
    hashing each copy, and does the whole again where the language is left to the default.
    """

    def __init__(self, importers: list[TrainingDataImporter]) -> None:
        """Take the importers that config.yml names."""
        self._once = _ReadOnce(importers)
        super().__init__(ResponsesSyncImporter(self._once))
        self._all: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the examples, with what Rasa adds: its own actions, and the steps of stories."""
        if self._all is None:
            responses = self.importer.get_domain().retrieval_intent_responses
            self._all = joined(
                (
                    rasa_importer._additional_training_data_from_default_actions(),
                    self._once.get_nlu_data(language),
                    TrainingData(responses=responses),
                    self._additional_training_data_from_stories(),
                )
            )
        return self._all


def joined(parts: Iterable[TrainingData]) -> TrainingData:
    """Return one set of training data from several; the examples are shared with them."""
    whole = TrainingData()
    examples: dict[str, Message] = {}
    for part in parts:
        for example in part.training_examples:
            examples.setdefault(repr(sorted(example.data.items())), example)
        whole.entity_synonyms |= part.entity_synonyms
        whole.regex_features += part.regex_features
        whole.lookup_tables += part.lookup_tables
        whole.responses |= part.responses
    whole.training_examples = list(examples.values())
    whole.sort_regex_features()
    whole._fill_response_phrases()
    return whole


def read_the_examples_once() -> None:
    """Let Rasa's training load `ProjectImporter`."""

    def load_from_config(*args: Any, **kwargs: Any) -> TrainingDataImporter:
        loaded = ORIGINAL_LOAD_FROM_CONFIG(*args, **kwargs)
        return ProjectImporter(loaded.importer._importer._importers)

    TrainingDataImporter.load_from_config = staticmethod(load_from_config)


def keep_no_cache() -> None:
    """Leave Rasa's cache of what each step gave alone: it hashes all data and features twice.

    Whether to train is decided before (bot/service/model.py), and then all of it is.
    """
    TrainingHook.on_before_node = lambda *_, **__: {}
    TrainingHook.on_after_node = lambda *_, **__: None


def fit_in_single_precision() -> None:
    """Fit the classifier of intents with `engine.linear`, on every processor.

    By then the embedding is done and nothing else is to do; elsewhere one thread has to be enough
    (engine.quiet). What comes out is put where scikit-learn's classifier has it.
    """

    @wraps(ORIGINAL_TRAIN)  # Rasa reads what a component's method takes and gives
    def train(self: LogisticRegressionClassifier, training_data: TrainingData) -> Resource:
        rows, labels = self._create_training_matrix(training_data)
        if len(set(labels)) < FEWEST_LABELS:
            return ORIGINAL_TRAIN(self, training_data)
        told = self.clf
        with threadpool_limits(os.cpu_count(), "blas"):
            learnt = fit(rows, labels, told.C, told.class_weight, told.max_iter)
        told.classes_ = np.array(learnt.labels)
        told.coef_ = learnt.weights.T.astype(np.float64)
        told.intercept_ = learnt.bias.astype(np.float64)
        told.n_features_in_ = rows.shape[1]
        self.persist()
        return self._resource

    LogisticRegressionClassifier.train = train


def import_skops_beside() -> None:
    """Import what writes the classifier, two seconds' work, while the embedding is waited for."""
    Thread(target=import_module, args=("skops.io",), daemon=True).start()


def apply() -> None:
    """Apply all patches; doing so twice changes nothing."""
    if TrainingDataImporter.load_from_config is ORIGINAL_LOAD_FROM_CONFIG:
        read_the_examples_once()
        keep_no_cache()
        fit_in_single_precision()
