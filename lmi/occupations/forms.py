"""The matching forms of a message's words: spelling mended, words joined or divided."""

from __future__ import annotations

from collections.abc import Sequence

from lmi.occupations.context import NO_SLOT, STRONG_SLOT, Context
from lmi.occupations.group_titles import BREAK
from lmi.occupations.index import JobIndex
from lmi.occupations.inflection import neutral_forms
from lmi.occupations.spelling import Speller, one_letter_off
from lmi.occupations.tables import Rules
from lmi.occupations.words import Word

_SHORTEST_LEARNED = 8  # letters of a job that may stand after a prefix ("neuro-biologist")
_MOST_COMPOUND = 24  # letters of a word that may be two written as one ("lorrydriver")


class WordForms:
    """Gives each word of a message the form, or the forms, that the index is asked for."""

    def __init__(self, index: JobIndex, rules: Rules, ordinary: frozenset[str]) -> None:
        """Take what is looked up, and the words that are never taken for a misspelt job."""
        self._index = index
        self._rules = rules
        self._ordinary = ordinary
        self._speller = Speller(index.job_nouns - rules.never, ordinary, index.jobs)
        self._modifier_speller = Speller(index.common_words - rules.never, ordinary)

    def expanded(
        self, words: Sequence[Word], context: Context
    ) -> tuple[list[str], list[int], set[int]]:
        """Return the matching forms, the place of the word behind each, and the places corrected.

        A break between words is a form of its own, at place -1.
        """
        forms: list[str] = []
        places: list[int] = []
        corrected: set[int] = set()
        for place, word in enumerate(words):
            if word.after_break:
                forms.append(BREAK)
                places.append(-1)
            for form in self._forms(word, place, context, corrected):
                forms.append(form)
                places.append(place)
        return forms, places, corrected

    def _forms(
        self, word: Word, place: int, context: Context, corrected: set[int]
    ) -> tuple[str, ...]:
        index = self._index
        after = context.words[place + 1] if place + 1 < len(context.words) else None
        modifies = after is not None and after.form in index.heads and not after.after_break
        if word.form in index.misspelt:
            right = index.meant_word(word.form)
            before = context.words[place - 1] if place and not word.after_break else None
            if before is not None and right and index.has(f"{before.form} {right}"):
                corrected.add(place)
                return (right,)
            if modifies:
                return (self._modifier_speller.correct(word.form, True) or right or word.form,)
        if word.form in index.words or len(word.form) < 5 or word.lower in self._rules.boundary:
            return (word.form,)
        for neutral in neutral_forms(word.form):
            if index.has(neutral):
                return (neutral,)
        parts = index.joined.get(word.form) or self._two_words(word.form)
        if parts:
            return parts
        if word.lower in self._rules.ordinary:
            return (word.form,)
        paired = self._paired(word, place, context)
        if paired is not None:
            corrected.add(place)
            return (paired,)
        in_slot = context.slot(place, place + 1) == STRONG_SLOT or (
            context.is_spoken_of(place) and (context.compares or context.direct_article(place))
        )
        known = self._speller.correct(word.form, in_slot)
        if known is None and modifies:
            known = self._modifier_speller.correct(word.form, True)
        if known is None:
            return (self._after_prefix(word.form) or word.form,)
        corrected.add(place)
        return (known,)

    def _paired(self, word: Word, place: int, context: Context) -> str | None:
        """Give the word that its neighbour tells ("drivr" after "taxi").

        One letter may be wrong where the two words together are a job and stand where one is
        asked for: "school leavers start" has no school leader.
        """
        if word.lower in self._ordinary or not word.form.isalpha():
            return None
        words, index = context.words, self._index
        if place and not word.after_break:
            found = one_letter_off(word.form, index.followers.get(words[place - 1].form, ()))
            if found is not None and context.slot(place - 1, place + 1) != NO_SLOT:
                return found
        if place + 1 < len(words) and not words[place + 1].after_break:
            found = one_letter_off(word.form, index.leaders.get(words[place + 1].form, ()))
            if found is not None and context.slot(place, place + 2) != NO_SLOT:
                return found
        return None

    def _after_prefix(self, form: str) -> str | None:
        """Give the known job that a learned word ends in ("neuroradiologist": "radiologist")."""
        if not form.endswith("ist"):
            return None
        ends = (form[cut:] for cut in range(3, len(form) - _SHORTEST_LEARNED + 1))
        return next((end for end in ends if end in self._index.job_nouns), None)

    def _two_words(self, form: str) -> tuple[str, ...] | None:
        if not 7 <= len(form) <= _MOST_COMPOUND:
            return None
        for cut in range(3, len(form) - 3):
            first, second = form[:cut], form[cut:]
            if first in self._index.words and second in self._index.words:
                key = f"{first} {second}"
                entry = self._index.entry(key) if self._index.has(key) else None
                if entry is not None and entry.official:
                    return first, second
        return None
