"""Which clauses of a message are questions of their own, and after which answer each is.

`engine.clauses` takes a message apart and says how each clause can be read; here each reading is
held against the authored answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from engine.clauses import FRAGMENT, QUESTION, STATEMENT
from engine.clauses import words as words_of
from engine.questions import QUESTIONS

LEFT = "left"
"""The message property with the questions that nothing is told on: texts, as they were typed."""
ANSWERS = "answers"
"""The message property with the ranking: [{subject, score, likeness}], best first."""
Ranked = list[dict[str, Any]]
_Read = list[tuple[dict[str, Any], dict[str, Any] | None]]


class Clauses:
    """The clauses of a message, judged by settings of engine.answer_retrieval.

    `rank` gives the subjects nearest to a text, `intent_of` the intent of a ranked subject, and
    `is_meant` whether a subject is so near that it is meant whatever the intent said.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        rank: Callable[[str, list[dict[str, Any]]], Ranked],
        intent_of: Callable[[dict[str, Any]], str],
        is_meant: Callable[..., bool],
    ) -> None:
        """Take what the readings are judged by."""
        self._settings = settings
        self._rank = rank
        self._intent_of = intent_of
        self._is_meant = is_meant

    def asked(self, message: Message) -> list[dict[str, Any]]:
        """Return the message's questions, each with its ranking.

        A clause that no answer fits well is no question of its own, nor is one that asks for the
        same answer as another; when fewer than two are left, the message is read as a whole.
        """
        kept: list[dict[str, Any]] = []
        read = [
            (question, self._read(question, message.get(ANSWERS)))
            for question in message.get(QUESTIONS) or []
            if "readings" in question
        ]
        for _, asked in read:
            if asked and (asked["intent"], asked["subject"]) not in [
                (q["intent"], q["subject"]) for q in kept
            ]:
                kept.append(asked)
        if len({q["subject"] or q["intent"] for q in kept}) < 2 or self._lost(message, kept):
            intent = message.get(INTENT)
            message.set(LEFT, self._left_by_one(message, read), add_to_output=True)
            return [
                {
                    "intent": intent["name"],
                    "confidence": float(intent["confidence"]),
                    "text": message.get(TEXT),
                    "start": 0,
                    ANSWERS: message.get(ANSWERS),
                }
            ]
        left = [q["text"] for q, asked in read if asked is None and q["kind"] == QUESTION]
        message.set(LEFT, left, add_to_output=True)
        return kept

    def _left_by_one(self, message: Message, read: _Read) -> list[str]:
        """Return the questions that one answer to the whole message leaves open.

        Where the answer is none of theirs the message is one matter, and nothing is left.
        """
        questions = [(q, asked) for q, asked in read if q["kind"] == QUESTION]
        intent = message.get(INTENT)["name"]
        by_subject = intent in self._settings["by_subject"]
        told = message.get(ANSWERS)[0]["subject"] if by_subject else intent
        left = [q["text"] for q, asked in questions if not self._is_told(told, q, asked)]
        return left if len(left) < len(questions) else []

    def _is_told(self, told: str, question: dict[str, Any], asked: dict[str, Any] | None) -> bool:
        """Tell whether the answer or intent may well be what a question is after."""
        if asked and told in (asked["subject"], asked["intent"]):
            return True
        for reading in question["readings"]:
            if reading["intent"] == told:
                return True
            near = self._rank(reading["text"], reading["job_words"])
            if told in [a["subject"] for a in near if a["score"] >= self._settings["told_score"]]:
                return True
        return False

    def _read(self, question: dict[str, Any], whole: list[dict[str, Any]]) -> dict[str, Any] | None:
        """Return a question as it is to be read, with its ranking; None where it is none."""
        told = [(r, self._rank(r["text"], r["job_words"])) for r in question["readings"]]
        reading, found = self._nearest_reading(told)
        about_job = next((each for each in told if self._is_about_job(question, each[0])), None)
        if about_job:
            reading, found = about_job
        own = reading["job_words"]
        near_whole = {answer["subject"]: answer["score"] for answer in whole}
        if found and not self._stands_alone(found[0]):
            found = _supported(found, near_whole)
        clear = bool(found) and self._is_clear(found[0])
        clear = clear and (not own or found[0]["likeness"] >= self._settings["near_with_job"])
        intent, confidence = reading["intent"], reading["confidence"]
        by_subject = intent in self._settings["by_subject"]
        if question["kind"] != QUESTION or not reading["asks"]:
            alone = question["kind"] == FRAGMENT and reading["asks"] and not by_subject
            if not alone and not clear:
                return None
            if question["kind"] == STATEMENT and found[0]["subject"] not in near_whole:
                return None
            intent = intent if alone else self._intent_of(found[0])
        elif (
            found
            and not by_subject
            and self._is_meant(reading["text"], intent, confidence, found[0], own)
        ):
            intent = self._intent_of(found[0])
        subject = None
        if intent in self._settings["by_subject"]:
            if not found or not (clear or self._stands_alone(found[0])):
                return None
            if (
                found[0]["likeness"] < self._settings["clause_near"]
                and found[0]["subject"] not in near_whole
            ):
                return None
            subject = found[0]["subject"]
        return {
            "intent": intent,
            "confidence": confidence,
            "text": question["text"],
            "start": question["start"],
            "subject": subject,
            ANSWERS: found,
        }

    def _nearest_reading(
        self, told: list[tuple[dict[str, Any], list[dict[str, Any]]]]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the reading that is nearest to an answer; the clause as it stands if in doubt."""
        alone = told[0]
        subjects = [answer["subject"] for answer in alone[1]]
        best = alone
        for reading, found in told[1:]:
            if not found or not best[1]:
                continue
            near = found[0]["likeness"]
            if (
                reading["is_completed"]
                and found[0]["subject"] not in subjects
                and near < self._settings["completed_likeness"]
            ):
                continue
            margin = (
                self._settings["reading_margin"]
                if best is alone and self._is_clear(alone[1][0])
                else 0.0
            )
            if near > best[1][0]["likeness"] + margin:
                best = (reading, found)
        return best

    def _is_about_job(self, question: dict[str, Any], reading: dict[str, Any]) -> bool:
        """Tell whether a reading asks about the job put into it; "how do i write a cv" does not."""
        alone = question["readings"][0]
        names_nothing = not words_of("named").search(alone["text"])
        by_subject = self._settings["by_subject"]
        return bool(
            reading["of_job"]
            and reading["asks"]
            and reading["intent"] not in by_subject
            and (names_nothing or alone["intent"] not in by_subject)
        )

    def _is_clear(self, best: dict[str, Any]) -> bool:
        return (
            best["score"] >= self._settings["clear"]
            and best["likeness"] >= self._settings["clear_likeness"]
        )

    def _stands_alone(self, best: dict[str, Any]) -> bool:
        return (
            best["score"] >= self._settings["clause_score"]
            and best["likeness"] >= self._settings["clause_likeness"]
        )

    def _lost(self, message: Message, kept: list[dict[str, Any]]) -> bool:
        """Tell whether the answer that the whole message is after is that of none of its clauses.

        "We have one bus a day and nothing to do, how does anyone get to college" is one question.
        """
        found = message.get(ANSWERS)
        return bool(
            message.get(INTENT)["name"] in self._settings["by_subject"]
            and found[0]["score"] >= self._settings["whole_score"]
            and found[0]["subject"] not in [question["subject"] for question in kept]
            and not all(
                q["subject"]
                and (
                    self._is_clear(q[ANSWERS][0])
                    or q[ANSWERS][0]["likeness"] > found[0]["likeness"]
                )
                for q in kept
            )
        )


def _supported(found: list[dict[str, Any]], whole: dict[str, float]) -> list[dict[str, Any]]:
    """Return a clause's ranking where what the whole message is near to counts as well."""
    weighed = [a["score"] * (whole.get(a["subject"], 0.0) + 0.02) ** 0.5 for a in found]
    total = sum(weighed) or 1.0
    return sorted(
        (dict(a, score=round(w / total, 4)) for a, w in zip(found, weighed, strict=True)),
        key=lambda a: -a["score"],
    )
