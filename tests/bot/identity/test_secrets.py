import stat
import traceback
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.identity.secrets import add_record_key, list_record_keys, load_or_make, read_record_keys

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def made(folder: str) -> tuple[str, ...]:
    keys = load_or_make(Path(folder))
    return (
        keys.token_key,
        keys.engine_token,
        keys.operator_key,
        keys.lookup_key,
        keys.passport_key,
        *keys.record_keys,
    )


def test_made_once_and_read_again(tmp_path: Path):
    first = made(str(tmp_path / "secrets"))
    assert made(str(tmp_path / "secrets")) == first
    assert len(set(first)) == 6
    assert [len(key) for key in first] == [43, 43, 43, 43, 43, 44]


def test_readable_by_the_owner_only(tmp_path: Path):
    load_or_make(tmp_path / "secrets")
    add_record_key(tmp_path / "secrets", NOW)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    files = list((tmp_path / "secrets").iterdir())
    assert sorted(file.name for file in files) == [
        "engine-token",
        "lookup-key",
        "operator-key",
        "passport-key",
        "record-keys",
        "token-key",
    ]
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
    assert keys.record_keys[0] not in repr(keys)
    assert keys.record_keys[0] not in repr(list_record_keys(tmp_path))


# ---- keys that seal records


def test_a_record_key_can_seal_and_says_when_it_was_made(tmp_path: Path):
    keys = load_or_make(tmp_path)
    (known,) = list_record_keys(tmp_path)
    assert keys.record_keys == (known.key,)
    assert keys.folder == tmp_path
    assert Fernet(known.key).decrypt(Fernet(known.key).encrypt(b"text")) == b"text"
    assert known.made_at
    assert abs(known.made_at - datetime.now(tz=UTC)) < timedelta(minutes=1)


def test_a_new_record_key_stands_first_and_the_older_stay(tmp_path: Path):
    before = load_or_make(tmp_path).record_keys
    after = add_record_key(tmp_path, NOW)
    assert after[1:] == before
    assert read_record_keys(tmp_path) == load_or_make(tmp_path).record_keys == after
    assert list_record_keys(tmp_path)[0].made_at == NOW


def test_a_key_without_a_date_is_a_key(tmp_path: Path):
    key = Fernet.generate_key().decode()
    (tmp_path / "record-keys").write_text(f"\n{key}\r\n\n")
    (known,) = list_record_keys(tmp_path)
    assert (known.key, known.made_at) == (key, None)
    assert add_record_key(tmp_path, NOW)[1:] == (key,)
    assert list_record_keys(tmp_path)[1].made_at is None


def added(folder: str) -> str:
    return add_record_key(Path(folder), NOW)[0]


def test_processes_that_add_keys_together_lose_none(tmp_path: Path):
    first = load_or_make(tmp_path).record_keys
    with ProcessPoolExecutor(3, get_context("spawn")) as processes:
        new = set(processes.map(added, [str(tmp_path)] * 12))
    assert len(new) == 12
    assert set(read_record_keys(tmp_path)) == {*first, *new}


@pytest.mark.parametrize(
    "broken", [b"", b"\n", b"c2hvcnQ=\n", b"{key} yesterday", b"{key}\xff", b"x {key}"]
)
def test_broken_record_keys_are_neither_used_nor_replaced_nor_shown(tmp_path: Path, broken: bytes):
    key = Fernet.generate_key()
    content = broken.replace(b"{key}", key)
    (tmp_path / "record-keys").write_bytes(content)
    for use in (load_or_make, read_record_keys, list_record_keys):
        with pytest.raises(OSError, match="record-keys") as refusal:
            use(tmp_path)
        assert key.decode() not in "".join(traceback.format_exception(refusal.value))
    with pytest.raises(OSError, match="record-keys"):
        add_record_key(tmp_path, NOW)
    assert (tmp_path / "record-keys").read_bytes() == content
