"""Reading content files: entries with their lines, and faults that name file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.content import HERE, BadContent, Entry, check_keys, entries, named


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_entries_know_their_lines(tmp_path: Path) -> None:
    found = entries(written(tmp_path, "# first\n- a: 1\n  b: 2\n\n# then\n- a: 3\n"))
    assert [(one.values, one.line) for one in found] == [({"a": 1, "b": 2}, 2), ({"a": 3}, 6)]


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_an_empty_file_has_no_entries(tmp_path: Path, text: str) -> None:
    assert entries(written(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("- a: 1\n  b: [\n", 3, ""),
        ("a: 1\n", 1, "the file is not a list of entries"),
        ("just words\n", 1, "the file is not a list of entries"),
        ("- a: 1\n- words\n", 2, "an entry is not a mapping"),
        ("- a: 1\n\n- a: 1\n  a: 2\n", 3, "a stands twice"),
        ("- a: 1\n- day: 2026-02-30\n", 2, "a day that is not in the calendar"),
        ("- a: 1\n- b: !python/name:os.system\n", 2, "could not determine a constructor"),
        ("- a: *none\n", 1, "found undefined alias"),
        (b"- a: \xff\xfe\n", 1, "the file cannot be read"),
        ("- a: \x07\n", 1, ""),
        ("- a: 1\n---\n- a: 2\n", 2, ""),
    ],
)
def test_a_fault_names_file_and_line(
    tmp_path: Path, text: str | bytes, line: int, fault: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadContent) as bad:
        entries(path)
    assert str(bad.value).startswith(f"{path}:{line}: {fault}")
    assert "None" not in str(bad.value)


def test_files_of_the_project_are_named_as_a_reader_looks_for_them() -> None:
    assert named(HERE / "facts" / "wages.yml") == "knowledge/facts/wages.yml"


def test_keys_are_checked(tmp_path: Path) -> None:
    def fault(**values: object) -> str:
        with pytest.raises(BadContent) as bad:
            check_keys(Entry(values, tmp_path / "a.yml", 7), {"a", "b"}, {"c"})
        return str(bad.value).removeprefix(f"{tmp_path}/")

    assert fault(a=1, b=2, d=3) == "a.yml:7: unknown key d"
    assert fault(a=1) == "a.yml:7: b is missing"
    assert fault(a="", b=[]) == "a.yml:7: a, b is missing"
    check_keys(Entry({"a": 0, "b": False, "c": None}, tmp_path, 1), {"a", "b"}, {"c"})
