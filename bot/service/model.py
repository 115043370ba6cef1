"""Whether the engine's model is made from the files as they are now, and making it anew."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from bot.settings import PROJECT

MODELS = PROJECT / "models"
MODEL = MODELS / "signpost.tar.gz"
MADE_FROM = MODELS / "signpost.made-from"
ENGINE_PYTHON = PROJECT / ".venv" / "engine" / "bin" / "python"

INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "engine/*.py",
    "engine/vocabulary/*",
    "lmi/occupations/**/*.py",
    "lmi/everyday_job_words.csv",
    "lmi/tables/job_titles.csv",
    "lmi/tables/profiles.csv",
    "lmi/tables/unit_groups.csv",
    "requirements/engine.txt",
)
"""What a model depends on: training data, domain, configuration, components, libraries."""


class NoModel(RuntimeError):
    """There is no model and none could be trained; the sentence says why."""


def made_from(root: Path = PROJECT) -> str:
    """Return a hash over everything that the model depends on."""
    digest = hashlib.sha256()
    for pattern in INGREDIENTS:
        for path in sorted(root.glob(pattern)):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Tell whether the model on disk was made from the files as they are now."""
    return (
        MODEL.exists()
        and MADE_FROM.exists()
        and MADE_FROM.read_text(encoding="ascii") == made_from()
    )


def train(data_dir: Path, say: Callable[[str], None]) -> None:
    """Train the model in the engine's environment, telling `say` each line that matters.

    Raises NoModel with the reason; a model that was there before stays.
    """
    if not ENGINE_PYTHON.exists():
        raise NoModel("The engine's environment is missing. Run `make environments` first.")
    ingredients = made_from()
    done = subprocess.run(
        [str(ENGINE_PYTHON), "-W", "ignore", "-m", "engine.train", str(MODELS)],
        cwd=PROJECT,
        env={**os.environ, "SIGNPOST_DATA_DIR": str(data_dir), "HOME": str(engine_home(data_dir))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode:
        log = data_dir / "logs" / "training.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout, encoding="utf-8")
        last = lines[-1] if lines else f"it ended with code {done.returncode}"
        raise NoModel(f"The model could not be trained: {last} (more in {log}).")
    MADE_FROM.write_text(ingredients, encoding="ascii")
    say(f"The model is ready ({lines[-1]})." if lines else "The model is ready.")


def engine_home(data_dir: Path) -> Path:
    """Return the folder that Rasa takes for its home: it writes a settings file there."""
    home = data_dir / "engine" / "rasa-home"
    home.mkdir(parents=True, exist_ok=True)
    return home
