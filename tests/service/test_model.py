"""The model is trained when something that it is made of changed, and only then."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.service import model
from bot.settings import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of everything that the model is made of."""
    for pattern in model.INGREDIENTS:
        for path in PROJECT.glob(pattern):
            copy = tmp_path / path.relative_to(PROJECT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return tmp_path


@pytest.mark.parametrize("pattern", model.INGREDIENTS)
def test_every_ingredient_counts(project: Path, pattern: str) -> None:
    before = model.made_from(project)
    assert before == model.made_from(project)
    paths = sorted(project.glob(pattern))
    assert paths, f"nothing in the project is called {pattern}"
    with paths[-1].open("ab") as file:
        file.write(b"\n")
    changed = model.made_from(project)
    assert changed != before
    paths[-1].unlink()
    assert model.made_from(project) not in (before, changed)


def test_what_reads_job_words_is_an_ingredient_whole(project: Path) -> None:
    for path in (PROJECT / "lmi" / "occupations").rglob("*.py"):
        assert (project / path.relative_to(PROJECT)).exists()
    tables = (PROJECT / "lmi" / "occupations" / "tables.py").read_text()
    read = [p for p in PROJECT.glob("lmi/**/*.csv") if f'"{p.name}"' in tables]
    assert read
    for path in read:
        assert (project / path.relative_to(PROJECT)).exists(), path.name


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "lmi/tables/standards.csv",
        "knowledge/answers/topics/x.md",
        "actions/pay.py",
        "bot/settings.py",
        "requirements/app.txt",
        "data/notes.txt",
        "var/signpost.sqlite3",
    ],
)
def test_nothing_else_counts(project: Path, path: str) -> None:
    before = model.made_from(project)
    other = project / path
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_text("changed")
    assert model.made_from(project) == before


def test_a_file_that_moves_counts(project: Path) -> None:
    before = model.made_from(project)
    path = sorted(project.glob("data/**/*.yml"))[0]
    path.rename(path.with_name("renamed.yml"))
    assert model.made_from(project) != before


def test_fresh_means_that_model_and_note_are_there_and_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MODEL", tmp_path / "model")
    monkeypatch.setattr(model, "MADE_FROM", tmp_path / "made-from")
    assert not model.is_fresh()
    model.MODEL.touch()
    assert not model.is_fresh()
    model.MADE_FROM.write_text("something older")
    assert not model.is_fresh()
    model.MADE_FROM.write_text(model.made_from())
    assert model.is_fresh()
    model.MODEL.unlink()
    assert not model.is_fresh()


def test_trainings_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands that find the model stale train it once: the second waits and looks again."""
    monkeypatch.setattr(model, "MODELS", tmp_path)
    monkeypatch.setattr(model, "_LOOKS_AGAIN_S", 0.01)
    monkeypatch.setattr(model, "is_fresh", lambda: True)
    trained: list[str] = []
    said: list[str] = []

    async def train(*_: object) -> None:
        trained.append("begun")
        await asyncio.sleep(0.1)
        trained.append("ended")

    async def both() -> None:
        monkeypatch.setattr(model, "_train", train)
        await asyncio.gather(*(model.train(tmp_path, said.append) for _ in range(3)))

    asyncio.run(both())
    assert trained == ["begun", "ended"]
    assert sum("waiting" in sentence for sentence in said) == 2
    assert sum("has just trained it" in sentence for sentence in said) == 2
