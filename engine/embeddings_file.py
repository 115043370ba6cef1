"""The embeddings of the examples, kept from one training to the next.

Of everything that training does, embedding takes longest, and most examples are those of the time
before. What is kept are rows under hashes of the texts, of our own examples only; a file that
cannot be read, or is of other weights, is the same as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import onnxruntime

from engine import minilm

NAME = "embeddings.npz"


def read(file: Path) -> dict[bytes, np.ndarray]:
    """Return the rows in `file`, each under `minilm.key_of` its text; none if of no use."""
    try:
        with np.load(file) as arrays:
            if str(arrays["made_with"]) != _made_with():
                return {}
            keys, rows = arrays["keys"], arrays["rows"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}
    if keys.shape != (len(rows), minilm.KEY_BYTES) or rows.shape[1:] != (minilm.DIMENSIONS,):
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def write(file: Path, rows: Mapping[bytes, np.ndarray]) -> None:
    """Write rows to `file`, all or nothing; raises `OSError`."""
    keys = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, minilm.KEY_BYTES)
    unfinished = file.with_suffix(".part")
    try:
        with unfinished.open("wb") as stream:
            np.savez(
                stream,
                made_with=np.array(_made_with()),
                keys=keys,
                rows=np.stack(list(rows.values())),
            )
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _made_with() -> str:
    return f"{minilm.WEIGHTS_SHA256} {minilm.VOCABULARY_SHA256} {onnxruntime.__version__}"
