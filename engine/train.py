"""Trains the model; bot/service/model.py decides when that is due."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from engine import embeddings_file, minilm, quiet
from engine.head_start import HeadStart

ROOT = Path(__file__).resolve().parent.parent
MODEL = "signpost.tar.gz"
UNFINISHED = "training-"


def train(models: Path, embeddings: Path | None = None) -> Path:
    """Train on the project's files and return the model's path, `models`/signpost.tar.gz.

    `embeddings`: the file that keeps the examples' embeddings from one training to the next. Raises
    `ModelTrainingFailed` when a component fails or Rasa gives no model; an older model then stays
    in place.
    """
    minilm.check_files()
    embedding = minilm.shared()
    embedding.at_hand = minilm.AT_HAND_IN_TRAINING
    if embeddings:
        embedding.recall(embeddings_file.read(embeddings))
    head_start = HeadStart(ROOT / "knowledge" / "answers", ROOT / "data")
    try:
        model = _train(models, head_start)
    finally:
        head_start.stop()
        embedding.stop()
    if embeddings:
        with suppress(OSError):  # the next training takes longer, and that is all
            embeddings_file.write(embeddings, embedding.asked_for())
    return model


def _train(models: Path, head_start: HeadStart) -> Path:
    from rasa.engine.exceptions import GraphComponentException
    from rasa.model_training import train as rasa_train

    from engine import training_patches

    training_patches.apply()
    training_patches.import_skops_beside()
    models.mkdir(parents=True, exist_ok=True)
    # Trainings take turns (bot/service/model.py), so what lies here is of one that was killed.
    for left in models.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=models) as folder:
        head_start.job_words_found()
        try:
            result = rasa_train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data")],
                output=folder,
                fixed_model_name="signpost",
                force_training=True,
            )
        except GraphComponentException as error:
            # Rasa names the node; the sentence that says what is wrong is behind it.
            raise ModelTrainingFailed(str(error.__cause__ or error)) from error
        if result.code or not result.model:
            raise ModelTrainingFailed(f"Rasa ended with code {result.code} and no model.")
        shutil.move(result.model, models / MODEL)
    return models / MODEL


class ModelTrainingFailed(RuntimeError):
    """Training ended without a model."""


def main() -> None:
    """Train into the folder given as the only argument, saying what is done on standard error."""
    models = Path(sys.argv[1])
    gc.disable()  # a process of one minute: collecting took four seconds and freed nothing
    quiet.logging_at(logging.WARNING)
    data = Path(os.environ.get("SIGNPOST_DATA_DIR", ROOT / "var"))
    unpacked = data / "engine" / "unpacked"
    unpacked.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(unpacked)
    start = time.perf_counter()
    try:
        train(models, data / "engine" / embeddings_file.NAME)
    except (ModelTrainingFailed, minilm.WrongWeights, OSError) as error:
        sys.exit(f"The model could not be trained: {error}")
    print(f"trained in {time.perf_counter() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
