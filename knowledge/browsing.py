"""Looking through the answers without the chat: by topic, by reader, by words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.answers import PLACE, Answer, Answers
from knowledge.checking import is_guidance
from knowledge.wording import Wording

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MOST_WORDS = 12
_IN_THE_TITLE, _IN_AN_EXAMPLE, _IN_THE_TEXT = 4, 2, 1


@dataclass(frozen=True)
class Topic:
    """One topic: the name of its folder, its title, and the answers to list."""

    name: str
    title: str
    answers: tuple[Answer, ...]


class Shelf:
    """All answers to readers' questions; what the service says for itself is not among them."""

    def __init__(self, answers: Answers, wording: Wording) -> None:
        """Take the answers, and the wording with the topics' titles and their order."""
        self.answers = answers
        self._wording = wording
        self._files: dict[str, list[Answer]] = defaultdict(list)
        for answer in filter(is_guidance, answers):
            self._files[answer.subject].append(answer)
        for files in self._files.values():
            files.sort(key=lambda answer: answer.id != answer.subject)
        self._words = {subject: _words(files) for subject, files in self._files.items()}

    def __getitem__(self, answer_id: str) -> Answer:
        """Return the answer of that id. Raises KeyError when it is not on the shelf."""
        answer = self.answers[answer_id]
        if answer not in self._files.get(answer.subject, ()):
            raise KeyError(answer_id)
        return answer

    def files(self, subject: str) -> list[Answer]:
        """Return all answers of a subject, the main one first; none for an unknown one."""
        return list(self._files.get(subject, ()))

    def listed(self, audience: str | None = None) -> list[Answer]:
        """Return one answer a subject: the main one, or the one that is for `audience`.

        Subjects with nothing for that audience are left out.
        """
        if audience is None:
            return [files[0] for files in self._files.values()]
        found = []
        for files in self._files.values():
            if fitting := [answer for answer in files if audience in answer.audiences]:
                found.append(min(fitting, key=lambda answer: len(answer.audiences)))
        return found

    def topics(self, audience: str | None = None) -> list[Topic]:
        """Return the topics that have something to list, in the order of wording/topics.yml."""
        by_name: dict[str, list[Answer]] = {}
        for answer in self.listed(audience):
            by_name.setdefault(answer.intent, []).append(answer)
        keys = self._wording.keys()

        def place(name: str) -> tuple[int, str]:
            key = f"topics.{name}"
            return (keys.index(key) if key in keys else len(keys), name)

        return [
            Topic(name, self.title(name), tuple(sorted(by_name[name], key=lambda a: a.title)))
            for name in sorted(by_name, key=place)
        ]

    def title(self, topic: str) -> str:
        """Return the title of a topic; of one that has none yet, its folder's name in words."""
        try:
            return self._wording.say(f"topics.{topic}")
        except KeyError:
            return topic.replace("_", " ").capitalize()

    def search(self, said: str, audience: str | None = None) -> list[Answer]:
        """Return the answers that have every word of `said`, nearest first.

        A word counts where one begins with it, so that "apprentice" finds apprenticeships. Words
        that most answers have ("what", "the") are passed over when there are others.
        """
        wanted = list(dict.fromkeys(word.casefold() for word in _WORD.findall(said)))[:_MOST_WORDS]
        answers = self.listed(audience)
        scores = {word: [self._score(word, answer) for answer in answers] for word in wanted}
        telling = [word for word in wanted if sum(map(bool, scores[word])) * 2 <= len(answers)]
        found = []
        for place, answer in enumerate(answers):
            each = [scores[word][place] for word in telling or wanted]
            if each and all(each):
                found.append((-sum(each), answer.title, answer))
        return [answer for _, _, answer in sorted(found, key=lambda one: one[:2])]

    def _score(self, word: str, answer: Answer) -> int:
        places = self._words[answer.subject]
        return max((score for score, words in places if f" {word}" in words), default=0)


def _words(files: list[Answer]) -> tuple[tuple[int, str], ...]:
    """Return the words of a subject by how telling their place is, each after a space."""
    return (
        (_IN_THE_TITLE, _plain(answer.title for answer in files)),
        (_IN_AN_EXAMPLE, _plain(words for answer in files for words in answer.examples)),
        (_IN_THE_TEXT, _plain(words for answer in files for words in (answer.text, answer.more))),
    )


def _plain(texts: Iterable[str]) -> str:
    plain = (re.sub(r"\]\([^)]*\)", "]", PLACE.sub("", text)) for text in texts)
    return "".join(f" {word.casefold()}" for text in plain for word in _WORD.findall(text))
