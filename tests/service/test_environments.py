"""scripts/environment.sh, which makes the environments: what it says when it cannot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_service import ROOT

TOOLS = ("bash", "cmp", "cp", "dirname", "env", "flock", "id", "mkdir", "rm")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with nothing made yet, beside a folder of tools without any Python."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "scripts", project / "scripts")
    shutil.copytree(ROOT / "requirements", project / "requirements")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return project


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Make an environment with the tools of the test's own and no way to the network."""
    nowhere = str(project.parent / "nowhere")
    return subprocess.run(
        [str(project / "scripts" / "environment.sh"), *arguments],
        env={
            "PATH": str(project.parent / "bin"),
            "HOME": nowhere,
            "PYENV_ROOT": nowhere,
            "UV_OFFLINE": "1",
            "UV_PYTHON_INSTALL_DIR": nowhere,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def with_uv(project: Path) -> None:
    (project / ".venv").mkdir()
    (project / ".venv" / "uv").symlink_to(ROOT / ".venv" / "uv")
    (project.parent / "bin" / "python3").symlink_to(sys.executable)


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_no_python_at_all(project: Path) -> None:
    said = sentence(make(project, "engine", "3.10", "engine.txt"))
    assert said == "signpost: Python 3 is missing. Install Python 3.10 and run this again."
    assert not (project / ".venv" / "engine").exists()


def test_the_right_python_is_missing_and_cannot_be_fetched(project: Path) -> None:
    with_uv(project)
    said = sentence(make(project, "engine", "3.10", "engine.txt"))
    assert said.startswith("signpost: Python 3.10 is missing. Install it")
    assert not (project / ".venv" / "engine").exists()


def test_the_registry_is_out_of_reach(project: Path) -> None:
    with_uv(project)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (project.parent / "bin" / f"python{version}").symlink_to(sys.executable)
    (project / "requirements" / "tiny.txt").write_text(
        f"signpost-that-nobody-has==1.0 --hash=sha256:{'0' * 64}\n"
    )
    done = make(project, "tiny", version, "tiny.txt")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "signpost: the tiny environment could not be installed: is the disk full, or"
    )
    assert not (project / ".venv" / "tiny").exists()


def test_what_is_made_already_is_left_alone(project: Path) -> None:
    made = project / ".venv" / "app"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "python").symlink_to(sys.executable)
    shutil.copyfile(project / "requirements" / "app.txt", made / "made-from")
    done = make(project, "app", "3.12", "app.txt")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_environment_whose_python_has_gone_is_made_again(project: Path) -> None:
    with_uv(project)
    made = project / ".venv" / "engine"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "python").symlink_to(project / "uninstalled")
    shutil.copyfile(project / "requirements" / "engine.txt", made / "made-from")
    assert "Python 3.10 is missing" in sentence(make(project, "engine", "3.10", "engine.txt"))
    assert (made / "bin" / "python").is_symlink()  # a broken one is not made worse
