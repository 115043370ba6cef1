import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.identity.secrets import load_or_make


def made(folder: str) -> tuple[str, str, str]:
    keys = load_or_make(Path(folder))
    return keys.token_key, keys.engine_token, keys.operator_key


def test_made_once_and_read_again(tmp_path: Path):
    first = made(str(tmp_path / "secrets"))
    assert made(str(tmp_path / "secrets")) == first
    assert len(set(first)) == 3
    assert all(len(key) == 43 for key in first)


def test_readable_by_the_owner_only(tmp_path: Path):
    load_or_make(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    files = list((tmp_path / "secrets").iterdir())
    assert sorted(file.name for file in files) == ["engine-token", "operator-key", "token-key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_processes_that_start_together_get_the_same(tmp_path: Path):
    with ProcessPoolExecutor(4, get_context("spawn")) as processes:
        found = set(processes.map(made, [str(tmp_path / "secrets")] * 12))
    assert len(found) == 1


def test_an_empty_key_is_no_key(tmp_path: Path):
    load_or_make(tmp_path)
    (tmp_path / "token-key").write_text("")
    with pytest.raises(OSError, match="token-key"):
        load_or_make(tmp_path)


def test_never_shown(tmp_path: Path):
    keys = load_or_make(tmp_path)
    assert keys.token_key not in repr(keys)
