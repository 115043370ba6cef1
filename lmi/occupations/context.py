"""Where in a message a job is asked about: "become a …", "… salary", "what does a … do".

An ordinary word ("cook", "guide", "reader") counts as a job only in such a slot, and a word that
no list knows ("deodorant smeller") can be told for a job by its slot alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from lmi.occupations.tables import Rules
from lmi.occupations.words import Word

NO_SLOT, WEAK_SLOT, STRONG_SLOT = 0, 1, 2

_ARTICLES = frozenset(("a", "an", "the"))
_BECOME = frozenset(["become", "becoming", "becomes", "became"])
_BE = frozenset(["be", "being"])
_DO = frozenset(["do", "does", "did", "would", "can", "will", "could"])
_DONE = frozenset(
    [
        "make",
        "makes",
        "earn",
        "earns",
        "get",
        "gets",
        "do",
        "need",
        "needs",
        "work",
        "take",
        "start",
        "paid",
        "bring",
    ]
)
_AFTER_JOB = frozenset(
    [
        "salary",
        "salaries",
        "wage",
        "wages",
        "pay",
        "earnings",
        "income",
        "job",
        "jobs",
        "career",
        "careers",
        "apprenticeship",
        "apprenticeships",
        "qualifications",
        "requirements",
        "duties",
        "vacancies",
        "hours",
        "roles",
        "role",
        "responsibilities",
        "outlook",
        "skills",
        "paid",
        "earn",
        "earns",
        "payscale",
        "profession",
        "prospects",
    ]
)
_BEFORE_PAY = frozenset(
    ["annual", "average", "hourly", "yearly", "starting", "monthly", "weekly", "mean", "median"]
)
_PREPOSITIONS = frozenset(["of", "for", "on", "about", "like"])
_WORK_IN = frozenset(
    [
        "scope",
        "career",
        "careers",
        "job",
        "jobs",
        "work",
        "working",
        "works",
        "future",
        "opportunities",
        "prospects",
        "demand",
        "outlook",
        "get",
        "getting",
        "go",
        "going",
        "got",
        "into",
        "skill",
        "skills",
        "need",
        "needs",
        "needed",
        "require",
        "required",
        "requirements",
        "qualifications",
        "role",
        "interested",
        "apprenticeship",
        "apprenticeships",
        "wage",
        "salary",
        "pay",
        "earn",
        "money",
        "growth",
        "market",
        "experience",
        "employment",
        "life",
        "position",
        "roles",
        "enter",
        "gcse",
        "gcses",
        "qualify",
        "train",
        "vacancies",
        "placement",
    ]
)
_STUDY = frozenset(
    [
        "degree",
        "degrees",
        "ms",
        "msc",
        "bsc",
        "ba",
        "phd",
        "masters",
        "master",
        "bachelor",
        "bachelors",
        "btech",
        "diploma",
        "major",
        "majoring",
        "minor",
        "study",
        "studying",
        "studied",
        "graduate",
        "graduated",
        "graduating",
        "graduation",
        "course",
        "courses",
        "programme",
        "program",
        "college",
        "university",
        "after",
        "completing",
        "pursue",
        "pursuing",
        "pursued",
        "learn",
        "learning",
        "class",
        "classes",
        "lecturer",
        "professor",
        "research",
        "researcher",
        "exam",
        "exams",
        "paper",
        "student",
        "students",
    ]
)
_MARKS = frozenset("abcdeu")
_SCHOOL_WORDS = """
    gcse gcses grade grades level levels mark marks pass passed fail failed failing score scored
    distinction merit predicted good bad top bottom set lesson lessons
"""
_SCHOOL = frozenset(_SCHOOL_WORDS.split())
_COMPARE = frozenset(["compare", "compared", "comparing", "comparison"])
_COMPARED_WITH = frozenset(["vs", "versus", "v", "compare", "compared", "comparing", "wbt", "hbt"])
_WHAT_WORDS = "what whats what's wat wot wht how hows how's hw"
_WHAT_OF = frozenset(_WHAT_WORDS.split())
_ABOUT = frozenset(["about", "abt", "bout"])
_CHOICE_WORDS = """
    compare compared comparing comparison vs versus v difference differences between better than
    more less which wich choose choosing prefer rather either both or
"""
_CHOICE = frozenset(_CHOICE_WORDS.split())
_WORK_WORDS = "job jobs career careers work working works apprenticeship apprenticeships role roles"
_WORKING = frozenset(_WORK_WORDS.split())
_LOOK_BACK = 7
_SOMEBODYS = frozenset(["my", "our", "his", "her", "their", "your", "no", "me"])
_SAYS_WORDS = (
    "say says said saying told tells reckons thinks keep keeps asked laughed predicted gave wont"
)
_SAYS = frozenset(_SAYS_WORDS.split())


class Context:
    """Answers questions about places in one message; built once per message."""

    def __init__(self, words: Sequence[Word], rules: Rules) -> None:
        """Take the words of the message and the rules."""
        self.words = words
        self.lower = [word.lower for word in words]
        self._rules = rules
        self.has_career_word = any(word in rules.career for word in self.lower)
        self.shouted = bool(words) and all(
            not any(letter.islower() for letter in word.typed) for word in words
        )
        self.offers_choice = any(word in _CHOICE for word in self.lower)
        self.compares = any(word in _COMPARED_WITH for word in self.lower)

    def is_boundary(self, place: int) -> bool:
        """Tell whether the word at `place` ends a noun phrase."""
        return self.lower[place] in self._rules.boundary

    def is_quality(self, place: int) -> bool:
        """Tell whether the word only praises or places a job ("good", "average", "freelance")."""
        return self.lower[place] in self._rules.quality

    def is_employer(self, place: int) -> bool:
        """Tell whether the word names an employer or a place rather than a kind of work."""
        return self.words[place].form in self._rules.employer or (
            self.lower[place] in self._rules.employer
        )

    def before(self, start: int) -> tuple[int, bool]:
        """Give the place left of a phrase, qualities and articles left out, and if one was met.

        The place is -1 where the message or a clause begins.
        """
        place = start
        article = False
        while place > 0 and not self.words[place].after_break:
            place -= 1
            word = self.lower[place]
            if word in _ARTICLES:
                article = True
            elif self.is_employer(place) or not (self.is_quality(place)):
                if self.is_employer(place) and not article:
                    continue
                return place, article
        return -1, article

    def direct_article(self, start: int) -> bool:
        """Tell whether a/an stands before the phrase, with only qualities between."""
        place = start
        while place > 0 and not self.words[place].after_break:
            place -= 1
            if self.lower[place] in ("a", "an"):
                return True
            if not self.is_quality(place):
                return False
        return False

    def _word(self, place: int) -> str:
        return self.lower[place] if 0 <= place < len(self.lower) else ""

    def next_word(self, end: int) -> str:
        """Give the word after a phrase, or "" where the message or a clause ends."""
        if end >= len(self.words) or self.words[end].after_break:
            return ""
        return self.lower[end]

    def is_whole_message(self, start: int, end: int) -> bool:
        """Tell whether the message is little more than this phrase."""
        rest = [
            place
            for place in range(len(self.words))
            if not start <= place < end and not self.is_boundary(place)
        ]
        return not rest and len(self.words) - (end - start) <= 2

    def comes_after_become(self, start: int) -> bool:
        """Tell whether "become", "as" or "being" stands before the phrase."""
        left, _ = self.before(start)
        word = self._word(left)
        return word in _BECOME or word in _BE or word == "as"

    def pay_follows(self, end: int) -> bool:
        """Tell whether "salary", "jobs", "annual pay" or the like follows the phrase."""
        follows = self.next_word(end)
        if follows in _BEFORE_PAY:
            follows = self.next_word(end + 1)
        return follows in _AFTER_JOB

    def asks_what_it_does(self, start: int, end: int) -> bool:
        """Tell whether the phrase stands in "what does a … do" or "how much do … make"."""
        left, _ = self.before(start)
        if self._word(left) not in _DO:
            return False
        return any(self.next_word(place) in _DONE for place in (end, end + 1)) or any(
            self._word(place) in _DONE for place in range(end, min(end + 6, len(self.lower)))
        )

    def study_follows(self, end: int) -> bool:
        """Tell whether "training", "degree" or the like follows: "my nurse training"."""
        return self.next_word(end) in _STUDY or self.next_word(end) == "training"

    def is_somebody(self, start: int, end: int) -> bool:
        """Tell whether a phrase names somebody the writer knows: "my teacher says", "our gp"."""
        if self.pay_follows(end) or self.asks_what_it_does(start, end):
            return False
        left = start - 1
        while left >= 0 and not self.words[left + 1].after_break and self.is_quality(left):
            left -= 1
        if left < 0 or self.words[left + 1].after_break:
            return self.next_word(end) in _SAYS
        return self.lower[left] in _SOMEBODYS or (
            self.lower[left] not in ("a", "an") and self.next_word(end) in _SAYS
        )

    def slot(self, start: int, end: int) -> int:
        """Tell how surely the place start..end asks for a job."""
        left, article = self.before(start)
        word = self._word(left)
        if word in _BECOME or (self.pay_follows(end) and not self._study_around(left, end)):
            return STRONG_SLOT
        if self.is_whole_message(start, end):
            return STRONG_SLOT
        if word == "as" and (article or self._word(left - 1) in ("work", "job", "career", "train")):
            return STRONG_SLOT
        if word in _BE and (article or self._word(left - 1) == "to"):
            return STRONG_SLOT if self.has_career_word else WEAK_SLOT
        if self.asks_what_it_does(start, end) or self._is_called_a_job(end):
            return STRONG_SLOT
        if word in _PREPOSITIONS and self._governed_by_career(left):
            return STRONG_SLOT
        if article and self.has_career_word and word:
            return WEAK_SLOT
        if self.is_spoken_of(start):
            return WEAK_SLOT
        if word in ("is", "are", "was", "am", "im", "i'm", "or", "than"):
            return WEAK_SLOT if article or self.has_career_word else NO_SLOT
        return NO_SLOT

    def is_spoken_of(self, start: int) -> bool:
        """Tell whether words before a phrase bring it up: "what about a …", "compare it with …"."""
        left = start
        while left > 0 and not self.words[left].after_break:
            left -= 1
            word = self.lower[left]
            if word in ("a", "an") or (self.is_quality(left) and not self.is_employer(left)):
                continue
            before = self._word(left - 1)
            if word in _COMPARED_WITH:
                return True
            if word in _ABOUT:
                return before in _WHAT_OF
            if word in ("with", "to", "and", "against"):
                return any(self._word(back) in _COMPARE for back in range(max(0, left - 5), left))
            return word == "between" and before.startswith("difference")
        return False

    def _is_called_a_job(self, end: int) -> bool:
        """Tell whether "a good job" or "a stable career" follows: "is csi a good job"."""
        if self.next_word(end) not in ("a", "an"):
            return False
        for place in range(end + 1, min(end + 5, len(self.lower))):
            if self.words[place].after_break:
                return False
            if self.lower[place] in ("job", "career", "profession"):
                return True
        return False

    def _governed_by_career(self, place: int) -> bool:
        return any(
            self._word(back) in self._rules.career
            for back in range(max(0, place - _LOOK_BACK), place)
        )

    def _study_around(self, left: int, end: int) -> bool:
        return self._word(left) in _STUDY or self.next_word(end) in _STUDY

    def _is_marked(self, place: int) -> bool:
        """Tell whether the words before "in" are about marks: "a 3 in …", "my gcse in …"."""
        near = range(max(0, place - 2), place)
        return any(
            self._word(back) in _SCHOOL
            or self._word(back) in _MARKS
            or any(letter.isdigit() for letter in self._word(back))
            for back in near
        )

    def field_slot(self, start: int, end: int) -> bool:
        """Tell whether a field of work ("nursing", "law") stands here for the jobs in it."""
        rules = self._rules
        if self.next_word(end) in rules.field_no:
            return False
        # "maths" alone is a school subject; "jobs in maths" is judged below.
        alone = end - start > 1 or self.lower[start] not in rules.not_alone
        if alone and self.is_whole_message(start, end):
            return True
        left, article = self.before(start)
        word = self._word(left)
        if word in _STUDY or (word == "in" and self._is_marked(left)):
            return False
        if word in ("do", "doing", "like") and article:
            return False  # "do a language" is a subject, "do law" may be work
        if word in _DO and self.next_word(end) == "pay":
            return False  # "does the government pay for it"
        if self.pay_follows(end):
            return True
        if word in ("is", "would") and self._is_called_a_job(end):
            return alone
        if word in ("in", "of", "for", "into", "with", "to"):
            back = [self._word(place) for place in range(max(0, left - _LOOK_BACK), left)]
            near = back[-3:]
            if word != "for" and any(step in _STUDY for step in near):
                return False
            if word in ("in", "for") and self.lower[start] in rules.not_alone:
                return any(step in _WORKING for step in back)
            return any(step in _WORK_IN and (step != "got" or word == "into") for step in back)
        if word in ("do", "doing") and self.lower[start] in rules.not_alone:
            return any(step in _WORKING for step in self.lower)
        if word in ("do", "doing", "become", "about", "like"):
            back = [self._word(place) for place in range(max(0, left - 3), left)]
            return any(
                step in ("want", "wanna", "like", "love", "to", "about") for step in back
            ) and (self.has_career_word)
        return False
