"""Whether the engine's model is made from the files as they are now, and making it anew."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import frontmatter

from bot.service.processes import ServiceFailed, die_with_parent
from bot.settings import PROJECT

MODELS = PROJECT / "models"
MODEL = MODELS / "signpost.tar.gz"
MADE_FROM = MODELS / "signpost.made-from"
ENGINE_PYTHON = PROJECT / ".venv" / "engine" / "bin" / "python"
NO_ENVIRONMENT = "The engine's environment is missing. Run `make environments` first."
_STOPS_WITHIN_S = 5.0
_LOOKS_AGAIN_S = 0.5
LONGEST_LINE = 1 << 20
"""Bytes; a library may print a whole table in one line."""

INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "engine/*.py",
    "engine/vocabulary/*",
    "lmi/occupations/**/*.py",
    "lmi/*.csv",
    "lmi/tables/job_titles.csv",
    "lmi/tables/pay.csv",
    "lmi/tables/places.csv",
    "lmi/tables/unit_groups.csv",
    "requirements/engine.txt",
)
"""What a model depends on: training data, domain, configuration, components, libraries."""
ANSWERS = "knowledge/answers/**/*.md"
"""Of these only the example questions count: a text can be edited without training."""


class NoModel(ServiceFailed):
    """There is no model and none could be trained; the sentence says why."""


def made_from(root: Path = PROJECT) -> str:
    """Return a hash over everything that the model depends on."""
    digest = hashlib.sha256()
    for pattern in INGREDIENTS:
        for path in sorted(root.glob(pattern)):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path in sorted(root.glob(ANSWERS)):
        examples = frontmatter.load(str(path)).metadata.get("examples") or ()
        if examples:
            digest.update(str([str(path.relative_to(root)), examples]).encode())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Tell whether the model on disk was made from the files as they are now."""
    return (
        MODEL.exists()
        and MADE_FROM.exists()
        and MADE_FROM.read_text(encoding="ascii") == made_from()
    )


Progress = Callable[[int, int], None]
"""Is told how many of how many training examples have been read."""
PROGRESS = "progress "
"""Begins the training's lines "progress DONE TOTAL"; see engine/progress.py."""


def _untold(done: int, total: int) -> None:
    """Take progress and say nothing."""


async def train(data_dir: Path, say: Callable[[str], None], progress: Progress = _untold) -> None:
    """Train the model in the engine's environment, telling `say` each line that matters.

    Raises NoModel with the reason; a model that was there before stays. Cancelled, it stops the
    training and leaves nothing of it behind.
    """
    if not ENGINE_PYTHON.exists():
        raise NoModel(NO_ENVIRONMENT)
    async with _alone(say) as waited:
        if waited and is_fresh():
            say("The model is ready: another command has just trained it.")
            return
        await _train(data_dir, say, progress)


@asynccontextmanager
async def _alone(say: Callable[[str], None]) -> AsyncIterator[bool]:
    """Let one training run at a time on this machine; yield whether another was waited for."""
    MODELS.mkdir(parents=True, exist_ok=True)
    with (MODELS / ".training").open("w") as lock:
        waited = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    say("Another command is training the model: waiting for it.")
                waited = True
                await asyncio.sleep(_LOOKS_AGAIN_S)
        yield waited


async def _train(data_dir: Path, say: Callable[[str], None], progress: Progress) -> None:
    ingredients = made_from()
    training = await asyncio.create_subprocess_exec(
        *(str(ENGINE_PYTHON), "-W", "ignore", "-m", "engine.train", str(MODELS)),
        cwd=PROJECT,
        env={**os.environ, "SIGNPOST_DATA_DIR": str(data_dir), "HOME": str(engine_home(data_dir))},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=LONGEST_LINE,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        lines = await _read(training, progress)
        await training.wait()
    finally:
        if training.returncode is None:
            await _stop(training)
    if training.returncode:
        log = data_dir / "logs" / "training.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("\n".join(lines) + "\n", encoding="utf-8")
        last = lines[-1] if lines else f"it ended with code {training.returncode}"
        raise NoModel(f"The model could not be trained: {last} (more in {log}).")
    MADE_FROM.write_text(ingredients, encoding="ascii")
    say(f"The model is ready ({lines[-1]})." if lines else "The model is ready.")


async def _read(training: asyncio.subprocess.Process, progress: Progress) -> list[str]:
    """Return the training's lines, without those on progress, which `progress` is told."""
    if training.stdout is None:
        return []
    lines = []
    async for raw in training.stdout:
        line = raw.decode("utf-8", "replace").rstrip()
        if line.startswith(PROGRESS):
            done, total = line.removeprefix(PROGRESS).split()
            progress(int(done), int(total))
        elif line:
            lines.append(line)
    return lines


async def _stop(training: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        # An interrupt, unlike a termination, lets Python delete its temporary folders.
        training.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(training.wait(), _STOPS_WITHIN_S)
    except TimeoutError:
        with suppress(ProcessLookupError):
            training.kill()
        await training.wait()


def engine_home(data_dir: Path) -> Path:
    """Return the folder that Rasa takes for its home: it writes a settings file there."""
    home = data_dir / "engine" / "rasa-home"
    home.mkdir(parents=True, exist_ok=True)
    return home
