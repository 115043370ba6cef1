"""What is kept of one training for the next, and files that are of no use."""

import numpy as np
import pytest

from engine import embeddings_file, minilm

TEXTS = ["what does a nurse earn", "how do I get into college"]


@pytest.fixture
def rows():
    embedded = minilm.MiniLM().embed(TEXTS)
    return {minilm.key_of(text): row for text, row in zip(TEXTS, embedded, strict=True)}


def test_what_is_written_is_read(rows, tmp_path):
    embeddings_file.write(tmp_path / "kept.npz", rows)
    again = embeddings_file.read(tmp_path / "kept.npz")
    assert again.keys() == rows.keys()
    assert all((again[key] == rows[key]).all() for key in rows)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.npz"]


def test_no_text_is_written(rows, tmp_path):
    embeddings_file.write(tmp_path / "kept.npz", rows)
    assert b"nurse" not in (tmp_path / "kept.npz").read_bytes()


@pytest.mark.parametrize("what", ["nothing", "empty", "torn", "no archive", "folder"])
def test_a_file_of_no_use_is_none(what, rows, tmp_path):
    file = tmp_path / "kept.npz"
    if what == "empty":
        file.touch()
    elif what == "torn":
        embeddings_file.write(file, rows)
        file.write_bytes(file.read_bytes()[:1500])
    elif what == "no archive":
        file.write_text("something else")
    elif what == "folder":
        file.mkdir()
    assert embeddings_file.read(file) == {}


@pytest.mark.parametrize("name", ["WEIGHTS_SHA256", "VOCABULARY_SHA256"])
def test_rows_of_other_weights_are_not_read(name, rows, tmp_path, monkeypatch):
    embeddings_file.write(tmp_path / "kept.npz", rows)
    monkeypatch.setattr(minilm, name, "another")
    assert embeddings_file.read(tmp_path / "kept.npz") == {}


def test_rows_of_another_shape_are_not_read(rows, tmp_path):
    short = {key: row[:5] for key, row in rows.items()}
    embeddings_file.write(tmp_path / "kept.npz", short)
    assert embeddings_file.read(tmp_path / "kept.npz") == {}


def test_what_cannot_be_written_leaves_nothing_behind(rows, tmp_path):
    (tmp_path / "kept.npz").mkdir()
    with pytest.raises(OSError, match="kept"):
        embeddings_file.write(tmp_path / "kept.npz", rows)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.npz"]


def test_a_recalled_row_is_not_computed_again(rows):
    embedding = minilm.MiniLM()
    marked = {key: np.full_like(row, 7) for key, row in rows.items()}
    embedding.recall(marked)
    assert (embedding.embed(TEXTS) == 7).all()
    assert embedding.asked_for().keys() == rows.keys()


def test_only_what_was_asked_for_is_kept(rows):
    embedding = minilm.MiniLM()
    embedding.recall(rows)
    embedding.embed(TEXTS[:1])
    assert list(embedding.asked_for()) == [minilm.key_of(TEXTS[0])]
