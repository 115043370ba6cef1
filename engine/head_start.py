"""Embeds the examples while Rasa is still being imported.

Embedding is the longest part of training and keeps every processor busy; importing Rasa, reading
the data and finding job words keep one. So a thread of its own reads the examples, finds their job
words and has them embedded from the first second on. What it has not done, or cannot read, is done
when a component asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

from engine import example_files, known_jobs, minilm, progress
from engine.features import without_jobs

FIRST = 512
"""Texts handed over at first; then twice as many each time, so that more are of one length."""


class HeadStart:
    """Works on the examples in the background; `job_words_found` waits for the first half of it."""

    def __init__(self, answers: Path, data: Path) -> None:
        """Begin at once on the examples of the folders `answers` and `data`."""
        self._answers, self._data = answers, data
        self._thread = Thread(target=self._work, name="head start", daemon=True)
        self._stopped = False
        self._done = 0
        self._counting = Lock()
        self._thread.start()

    def job_words_found(self) -> None:
        """Wait until job words are found in all examples and all are on their way."""
        self._thread.join()

    def stop(self) -> None:
        """Leave off, and forget the job words."""
        self._stopped = True
        self._thread.join()
        known_jobs.FOUND.clear()

    def _work(self) -> None:
        # Whatever is wrong with a file, Rasa will find it as well, and say it better.
        with suppress(Exception):
            answers = [text for _, _, text in example_files.of_answers(self._answers)]
            of_data = example_files.texts_of_data(self._data)
            texts = list(dict.fromkeys([*answers, *of_data]))
            # The answers first, and their texts as they stand beside those with the jobs masked
            # (engine.answer_retrieval): what is learnt of them is learnt first.
            as_they_stand = frozenset(answers)
            tell = self._teller(len(texts))
            start, many = 0, FIRST
            while start < len(texts) and not self._stopped:
                self._begin(texts[start : start + many], as_they_stand, tell)
                start, many = start + many, many * 2

    def _begin(
        self, texts: list[str], as_they_stand: frozenset[str], tell: Callable[[int], None]
    ) -> None:
        masked = []
        for text in texts:
            if self._stopped:
                return
            known_jobs.FOUND[text] = known_jobs.shared().find(text)
            spans = [{"start": job.start, "end": job.end} for job in known_jobs.FOUND[text]]
            masked.append(without_jobs(text, spans))
        minilm.shared().begin(masked, tell)
        minilm.shared().begin([text for text in texts if text in as_they_stand])

    def _teller(self, total: int) -> Callable[[int], None]:
        def tell(more: int) -> None:
            with self._counting:
                self._done += more
                progress.tell(self._done, total)

        return tell
