"""Fields of work that stand for a job: "mechanical engineering" for a mechanical engineer."""

from __future__ import annotations

from lmi.occupations.inflection import canonical

# The last word of a job and the word that names its field.
_HEADS = {
    "engineer": ("engineering",),
    "designer": ("design",),
    "developer": ("development",),
    "manager": ("management",),
    "therapist": ("therapy",),
    "physiotherapist": ("physiotherapy",),
    "psychotherapist": ("psychotherapy",),
    "hypnotherapist": ("hypnotherapy",),
    "photographer": ("photography",),
    "radiographer": ("radiography",),
    "choreographer": ("choreography",),
    "accountant": ("accountancy", "accounting"),
    "programmer": ("programming",),
    "teacher": ("teaching",),
    "nurse": ("nursing",),
    "surgeon": ("surgery",),
    "scientist": ("science",),
    "analyst": ("analysis", "analytics"),
    "planner": ("planning",),
    "surveyor": ("surveying",),
    "journalist": ("journalism",),
    "writer": ("writing",),
    "translator": ("translation",),
    "illustrator": ("illustration",),
    "animator": ("animation",),
    "architect": ("architecture",),
    "banker": ("banking",),
    "consultant": ("consulting", "consultancy"),
    "counsellor": ("counselling",),
    "economist": ("economics",),
    "mechanic": ("mechanics",),
    "welder": ("welding",),
    "officer": (),
}
# "management" and "science" alone name no job; with a word before them they do.
_NEEDS_MODIFIER = frozenset(
    [
        "design",
        "development",
        "management",
        "therapy",
        "science",
        "analysis",
        "analytics",
        "surgery",
        "planning",
        "translation",
        "engineering",
        "teaching",
        "nursing",
        "consulting",
        "consultancy",
        "mechanics",
    ]
)


def fields_of(raw: list[str]) -> list[str]:
    """Give the matching forms of the fields that a job's words (lower case) stand for."""
    *before, head = raw
    names = _HEADS.get(head, ())
    if not names and head.endswith("ologist"):
        names = (head[:-3] + "y",)
    lead = [canonical(word) for word in before]
    return [
        " ".join([*lead, canonical(name)]) for name in names if lead or name not in _NEEDS_MODIFIER
    ]
