"""The spans of a message that name a job: found in the index, widened, or told by their slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lmi.occupations.activities import Activities
from lmi.occupations.beside import named_beside
from lmi.occupations.context import NO_SLOT, STRONG_SLOT, WEAK_SLOT, Context
from lmi.occupations.forms import WordForms
from lmi.occupations.group_titles import BREAK
from lmi.occupations.index import JobIndex
from lmi.occupations.inflection import canonical
from lmi.occupations.tables import ABBREVIATION, SUBJECT, Rules
from lmi.occupations.words import Word

_MOST_MODIFIERS = 4
_LONGEST_RULE = 4
_WORKERS_OF = frozenset(["apprentice", "trainee", "worker"])
_AGENT_ENDINGS = (
    "ologist", "grapher", "ician", "ist", "eer", "smith", "wright", "maker", "keeper", "monger",
    "worker", "man", "woman", "person", "er", "or", "ian",
)  # fmt: skip
_SURE_ENDINGS = (
    "ologist", "grapher", "ician", "ist", "eer", "smith", "wright", "keeper", "monger", "worker",
)  # fmt: skip


class Span(NamedTuple):
    """Words start..end of a message (last not included) that name a job.

    `key` is the known phrase behind it; `whole` the matching form of all its words where it was
    widened, and `core` the place where the known phrase then begins; both empty strings mean that
    only the slot told it. `worker` tells that `key` is a field and the last word who works in it.
    """

    start: int
    end: int
    key: str
    whole: str
    corrected: bool
    core: int = -1
    worker: bool = False


class SpanFinder:
    """Finds job spans in the words of one message."""

    def __init__(self, index: JobIndex, rules: Rules, activities: Activities) -> None:
        """Take what is looked up: the index, the rules, and what is done in jobs."""
        self._index = index
        self._rules = rules
        self._activities = activities
        ordinary = rules.ordinary | rules.boundary | rules.quality | rules.never | rules.employer
        ordinary |= index.places - index.words
        self._ordinary = ordinary
        self._forms = WordForms(index, rules, ordinary)

    def find(self, words: Sequence[Word]) -> list[Span]:
        """Give the job spans of a message from left to right, none overlapping another."""
        if not words:
            return []
        context = Context(words, self._rules)
        barred = self._barred(words)
        accepted: list[Span] = []
        doubtful: list[Span] = []
        for span in self._known(words, context):
            if self._accepted(span, context, barred):
                accepted.append(span)
            elif self._may_stand_beside(span, context, barred):
                doubtful.append(span)
        if doubtful:
            accepted += named_beside(accepted, doubtful, context)
        spans = [self._widened(span, context) for span in accepted]
        spans += [self._ending_in(spans, told, words) for told in self._by_slot(context, barred)]
        spans += [Span(*told, "", False) for told in self._activities.find(context)]
        return _not_overlapping(spans)

    def _ending_in(self, spans: Sequence[Span], told: Span, words: Sequence[Word]) -> Span:
        """Give a phrase told by its slot the known job that it ends in ("minecraft youtuber")."""
        for span in spans:
            if span.end != told.end or span.start <= told.start or span.whole:
                continue
            entry = self._index.entry(span.key)
            if entry is not None and entry.kind != SUBJECT:
                whole = " ".join(word.form for word in words[told.start : told.end])
                return span._replace(start=told.start, whole=whole, core=span.start)
        return told

    # Words that no title has are tried in other forms before the matcher sees the message.

    def _known(self, words: Sequence[Word], context: Context) -> list[Span]:
        forms, places, corrected = self._forms.expanded(words, context)
        spans = self._matched(forms, places, corrected)
        for at in range(len(forms) - 1):
            if BREAK in (forms[at], forms[at + 1]) or places[at] == places[at + 1]:
                continue
            joined = canonical(words[places[at]].lower + words[places[at + 1]].lower)
            if joined in self._index.words and len(joined) > 5:
                spans += [
                    span
                    for span in self._matched(
                        [*forms[:at], joined, *forms[at + 2 :]],
                        [*places[:at], places[at], *places[at + 2 :]],
                        corrected,
                        joined_at=(places[at], places[at + 1]),
                    )
                    if span.start <= places[at] < span.end
                ]
        spans += self._workers_of_fields(spans, words)
        return spans + self._inverted(words, context)

    def _workers_of_fields(self, spans: Sequence[Span], words: Sequence[Word]) -> list[Span]:
        """Find "plumbing apprentice": who learns or works in a field does the job of the field."""
        found = []
        for span in spans:
            if span.end == len(words) or words[span.end].after_break or span.corrected:
                continue
            if words[span.start].lower in self._rules.boundary:
                continue  # "an office" is a field only after "in"
            entry = self._index.entry(span.key)
            if words[span.end].form in _WORKERS_OF and entry is not None and entry.kind == SUBJECT:
                found.append(span._replace(end=span.end + 1, worker=True))
        return found

    def _matched(
        self,
        forms: Sequence[str],
        places: Sequence[int],
        corrected: set[int],
        joined_at: tuple[int, int] | None = None,
    ) -> list[Span]:
        spans = []
        for first, after in self._index.matches(forms):
            start, last = places[first], places[after - 1]
            if joined_at is not None and last == joined_at[0]:
                last = joined_at[1]
            inside = any(place in corrected for place in range(start, last + 1))
            spans.append(Span(start, last + 1, " ".join(forms[first:after]), "", inside))
        return spans

    def _inverted(self, words: Sequence[Word], context: Context) -> list[Span]:
        """Find "engineer, civil": a head, a comma, and what stands before it in a title."""
        spans = []
        for comma in range(1, len(words)):
            if not words[comma].comma_before or words[comma - 1].form not in self._index.heads:
                continue
            for end in range(min(len(words), comma + 3), comma, -1):
                if any(words[place].after_break for place in range(comma + 1, end)):
                    continue
                after = [words[place].form for place in range(comma, end)]
                key = " ".join([*after, words[comma - 1].form])
                entry = self._index.entry(key) if self._index.has(key) else None
                if entry is not None and entry.official:
                    spans.append(Span(comma - 1, end, key, "", False))
                    break
        return spans

    # What is found counts only where a reader would take it for a job.

    def _barred(self, words: Sequence[Word]) -> list[tuple[int, int]]:
        never = self._rules.never
        return [
            (start, end)
            for start in range(len(words))
            for end in range(start + 1, min(start + _LONGEST_RULE, len(words)) + 1)
            if " ".join(word.form for word in words[start:end]) in never
            or " ".join(word.lower for word in words[start:end]) in never
        ]

    def _accepted(self, span: Span, context: Context, barred: Sequence[tuple[int, int]]) -> bool:
        start, end = span.start, span.end
        if any(a <= start and end <= b for a, b in barred):
            return False
        entry = self._index.entry(span.key)
        if entry is None:
            return False
        if self._is_somebody(span, context):
            return False
        words = context.words
        single = end - start == 1 and " " not in span.key
        if span.worker:
            return not self._continues(end, context) or context.pay_follows(end)
        if entry.kind == SUBJECT:
            if span.key == "it" and not self._is_initials_it(start, end, context):
                return False
            if span.corrected or (self._continues(end, context) and not context.pay_follows(end)):
                return False
            return context.field_slot(start, end)
        if single:
            return self._accepted_single(span, entry.kind, entry.official, context)
        if context.lower[start] in self._rules.boundary and not entry.official:
            return False
        if context.lower[start] == "or" and words[start].typed != "OR":
            return False  # "doctor or nurse" has no nurse of the operating room
        if not entry.official and context.slot(start, end) == NO_SLOT:
            return context.direct_article(start)
        return True

    def _is_somebody(self, span: Span, context: Context) -> bool:
        """Tell whether the phrase is a person the writer knows ("my form tutor") and no job."""
        known = self._rules.known_person
        typed = " ".join(word.form for word in context.words[span.start : span.end])
        if not known & {span.key, span.key.rpartition(" ")[2], typed}:
            return False
        if context.next_word(span.end) and (
            context.words[span.end].form in self._index.heads or context.study_follows(span.end)
        ):
            return False
        return context.is_somebody(self._phrase_start(span.start, context), span.end)

    def _is_initials_it(self, start: int, end: int, context: Context) -> bool:
        """Tell "IT" from a shouted "it"; all that is said, or "IT JOBS", means the work."""
        if context.words[start].typed != "IT":
            return False
        said_alone = len(context.words) == 1 or (start == 0 and context.pay_follows(end))
        return said_alone or not context.shouted

    def _may_stand_beside(
        self, span: Span, context: Context, barred: Sequence[tuple[int, int]]
    ) -> bool:
        """Tell whether a phrase that is no job by itself would be one beside another job."""
        start, end = span.start, span.end
        rules = self._rules
        word = context.words[start]
        entry = self._index.entry(span.key)
        if entry is None or not entry.official or word.lower in rules.boundary:
            return False
        if any(a <= start and end <= b for a, b in barred):
            return False
        if self._continues(end, context) and not context.pay_follows(end):
            return False
        if rules.careful & {word.form, word.lower} and not (
            word.typed.isupper() and not context.shouted
        ):
            return False
        if entry.kind == SUBJECT:
            return (
                context.compares
                and not span.corrected
                and word.lower not in rules.not_alone
                and context.next_word(end) not in rules.field_no - {"and"}
            )
        return not rules.article_only & {word.form, word.lower}

    def _accepted_single(self, span: Span, kind: str, official: bool, context: Context) -> bool:
        start, end = span.start, span.end
        word = context.words[start]
        slot = context.slot(start, end)
        if word.lower in self._rules.boundary:
            return False
        if word.form in self._rules.careful or word.lower in self._rules.careful:
            asked = slot == STRONG_SLOT or context.direct_article(start)
            if len(word.form) > 2:
                asked = asked or context.field_slot(start, end)
            return official and asked and word.lower != "it"
        if kind == ABBREVIATION and len(word.form) <= 2:
            typed_as_initials = word.typed.isupper() and not context.shouted
            return (
                typed_as_initials
                or slot != NO_SLOT
                or context.direct_article(start)
                or context.field_slot(start, end)
            )
        # From here the whole phrase counts: "become a crew chief" is judged from "crew" on.
        slot = max(slot, context.slot(self._phrase_start(start, context), end))
        if span.corrected and slot == NO_SLOT and not official:
            return False
        if self._rules.article_only & {word.form, word.lower}:
            return self._is_introduced(start, end, slot, context)
        ordinary = word.form in self._rules.slot_only or word.lower in self._rules.slot_only
        several = word.lower.endswith("s") and word.lower != word.form
        if ((ordinary and not several) or not official) and self._continues(end, context):
            # "a professional accountant": the job is the noun that follows (none does "carers").
            return context.pay_follows(end)
        if ordinary:
            return slot != NO_SLOT
        return official or (len(word.form) > 2 and slot == STRONG_SLOT)

    def _is_introduced(self, start: int, end: int, slot: int, context: Context) -> bool:
        """Tell whether an article or "become" makes a job of a word like "private" or "head"."""
        if self._continues(end, context) and not context.pay_follows(end):
            return False
        first = self._phrase_start(start, context)
        if context.comes_after_become(first):
            return slot != NO_SLOT
        several = context.lower[start] != context.words[start].form
        return slot == STRONG_SLOT and (several or context.direct_article(first))

    # "heavy equipment mechanic", "field artillery officer": words before a known job.

    def _widened(self, span: Span, context: Context) -> Span:
        words = context.words
        head = words[span.end - 1].form
        entry = self._index.entry(span.key)
        if entry is None or entry.kind == SUBJECT:
            return span
        if head not in self._index.heads and head not in self._rules.agent_heads:
            return span
        first = self._phrase_start(span.start, context)
        if first == span.start:
            return span
        slot = context.slot(first, span.end)
        free = self._is_free_phrase(first, context) or (
            first == 0
            and len(words) <= _MOST_MODIFIERS
            and (span.end == len(words) or (span.start == 1 and context.pay_follows(span.end)))
        )
        if slot == NO_SLOT and not free:
            return span
        start = span.start
        while start > first and (free or context.lower[start - 1] in self._index.modifiers):
            start -= 1
        if start == span.start:
            return span
        whole = " ".join(word.form for word in words[start : span.end])
        return span._replace(start=start, whole=whole, core=span.start)

    def _phrase_start(self, start: int, context: Context) -> int:
        first = start
        while (
            first > 0
            and start - first < _MOST_MODIFIERS
            and not context.words[first].after_break
            and self._may_modify(first - 1, context)
        ):
            first -= 1
        return first

    def _may_modify(self, place: int, context: Context) -> bool:
        word = context.words[place]
        return not (
            context.is_boundary(place)
            or context.is_quality(place)
            or context.is_employer(place)
            or (word.form in self._index.places and word.form not in self._index.words)
            or any(letter.isdigit() for letter in word.lower)
            or word.lower.endswith(("'s", "ly"))
        )

    def _is_free_phrase(self, first: int, context: Context) -> bool:
        """Tell whether all words from `first` on belong to the job ("a gas wholesaler")."""
        left, _ = context.before(first)
        word = context.lower[left] if left >= 0 else ""
        return context.direct_article(first) or word in ("become", "becoming")

    # A job that no list has: told by its slot and by its ending.

    def _by_slot(self, context: Context, barred: Sequence[tuple[int, int]]) -> list[Span]:
        spans = []
        words = context.words
        for end in range(1, len(words) + 1):
            last = end - 1
            if not self._may_modify(last, context) or self._continues(end, context):
                continue
            head = words[last].form
            start = self._phrase_start(last, context)
            if any(a < end and start < b and end <= b for a, b in barred):
                continue
            if not self._tells_a_job(start, end, head, context):
                continue
            spans.append(Span(start, end, "", "", False))
        return spans

    def _continues(self, end: int, context: Context) -> bool:
        words = context.words
        return end < len(words) and not words[end].after_break and self._may_modify(end, context)

    def _tells_a_job(self, start: int, end: int, head: str, context: Context) -> bool:
        known_head = head in self._rules.agent_heads
        if head in self._rules.never or len(head) < 4:
            return False
        if end - start == 1 and head in _WORKERS_OF:
            return False  # "do workers get paid" asks for no job in particular
        if head in self._rules.ordinary and not known_head:
            return False
        if head in self._index.modifiers and not known_head:
            return False
        if context.slot(start, end) != STRONG_SLOT or context.is_whole_message(start, end):
            return False
        plural = context.words[end - 1].lower != head
        introduced = context.direct_article(start) or plural or context.pay_follows(end)
        if not introduced:
            return False
        if known_head:
            return True
        if context.asks_what_it_does(start, end) and not context.pay_follows(end):
            earns = any(
                w in ("make", "earn", "makes", "earns") for w in context.lower[end : end + 2]
            )
            return head.endswith(_AGENT_ENDINGS if earns else _SURE_ENDINGS)
        left, _ = context.before(start)
        if left >= 0 and context.lower[left] in ("become", "becoming", "as", "be", "being"):
            return head.endswith(_AGENT_ENDINGS)
        return head.endswith(_AGENT_ENDINGS) and (
            context.pay_follows(end) or head.endswith(_SURE_ENDINGS)
        )


def _not_overlapping(spans: Sequence[Span]) -> list[Span]:
    """Keep the longest spans; of equals the one whose phrase is best known."""
    ranked = sorted(
        spans,
        key=lambda s: (
            -(s.end - s.start),
            not s.key,
            bool(s.whole),
            s.corrected,
            -len(s.key),
            s.start,
        ),
    )
    kept: list[Span] = []
    for span in ranked:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


__all__ = ["WEAK_SLOT", "Span", "SpanFinder"]
