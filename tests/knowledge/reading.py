"""The school grade at which a text reads, sentence by sentence."""

import re

from tests.lmi.test_summaries import grade, words

# Words that a reader brings along: names of services, and what these answers are about. They are
# asked with ("how does university work"), so they are counted as the short word that stands in.
_BROUGHT_ALONG = re.compile(
    r"National Careers Service|Department for Education|Office for National Statistics|"
    r"Discover Uni|Student Finance England|Equality Act 2010|Childline|Samaritans|"
    r"\b(?:university|universities|apprenticeships?|experience|automatic)\b",
    re.IGNORECASE,
)
FEWEST_WORDS = 4
"""A shorter piece ("An interview:") is a heading; no measure means anything on it."""


def sentences(text: str) -> list[str]:
    """The sentences and list entries of a light Markdown text."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("**", "")
    plain = re.sub(r"^- ", "", plain, flags=re.MULTILINE)
    pieces = re.split(r"(?<=[.?:!;])\s+|\n+", plain)
    return [piece.strip() for piece in pieces if len(words(piece)) >= FEWEST_WORDS]


def grade_of_sentence(sentence: str) -> float:
    """Grade 6 is age 11 to 12, grade 7 age 12 to 13."""
    return grade(_BROUGHT_ALONG.sub("school", sentence))


def grade_of_text(text: str) -> float:
    """The mean over the sentences, each counting by its words."""
    found = sentences(text)
    if not found:
        return 0.0
    counts = [len(words(sentence)) for sentence in found]
    graded = [grade_of_sentence(sentence) for sentence in found]
    return sum(g * n for g, n in zip(graded, counts, strict=True)) / sum(counts)
