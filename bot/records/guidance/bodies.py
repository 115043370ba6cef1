"""What a line of the record says: one shape for each kind, checked on the way in and out."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Encounter = Literal["employer", "workplace", "provider", "visit", "course", "project"]
"""Kinds of experience: an employer met, a workplace seen from inside, a provider of courses or
apprenticeships met, a college or university visited, a course, a project."""

ENCOUNTERS: tuple[Encounter, ...] = get_args(Encounter)
LONGEST_TEXT = 2000
LONGEST_WORDS = 200

_Text = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, strip_whitespace=True)
]
_Words = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_WORDS, strip_whitespace=True)
]


class BodyWrong(ValueError):
    """A line's fields are not those of its kind. `fields` names the wrong ones, not their text."""

    def __init__(self, kind: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"{kind}: {', '.join(fields)}")
        self.kind = kind
        self.fields = fields


class Body(BaseModel):
    """What all kinds share: fields that are not described are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    def fields(self) -> dict[str, Any]:
        """The fields that say something, as JSON holds them."""
        return self.model_dump(mode="json", exclude_none=True)


class Figure(Body):
    """A figure as it was told, with the year that it is for."""

    label: _Words
    value: int | float | str
    unit: _Words
    year: int | str
    publisher: _Words

    @property
    def amount(self) -> str:
        """The value as it is read, with its unit: "£38,064 a year", "41 hours"."""
        value = self.value if isinstance(self.value, str) else f"{self.value:,}"
        pounds, rest = self.unit.startswith("£"), self.unit.removeprefix("£").strip()
        return f"{'£' if pounds else ''}{value} {rest}".rstrip()


class Fact(Body):
    """A dated fact, with its value on that day."""

    id: _Words
    value: int | float | str


class Information(Body):
    """What the service told: the answers by id, and the figures and facts in them."""

    title: _Words
    answers: tuple[_Words, ...] = ()
    figures: tuple[Figure, ...] = ()
    facts: tuple[Fact, ...] = ()


class Advice(Body):
    """What an adviser advised, with the qualification that the adviser had on that day."""

    text: _Text
    adviser_name: _Words
    qualification: _Words
    level: Annotated[int, Field(ge=1, le=8)]
    register_number: _Words | None = None


class Aspiration(Body):
    """What the pupil would like to become or do; with the job's SOC 2020 group where known."""

    text: _Text
    soc2020: Annotated[int, Field(ge=1000, le=9999)] | None = None


class Said(Body):
    """A decision, a barrier or a note, in words."""

    text: _Text


class Action(Body):
    """What the pupil will do, and who helps; how it ended, where the pupil said so."""

    text: _Text
    helper: _Words | None = None
    reason: _Text | None = None


class Experience(Body):
    """Something the pupil took part in. `when` is the pupil's own wording of the time."""

    type: Encounter
    where: _Words
    when: _Words | None = None
    did: _Text
    learnt: _Text
    reflection: _Text | None = None


class Skill(Body):
    """Something the pupil can do, and what shows it."""

    name: _Words
    evidence: _Text


BODIES: dict[str, type[Body]] = {
    "information": Information,
    "advice": Advice,
    "aspiration": Aspiration,
    "decision": Said,
    "action": Action,
    "experience": Experience,
    "skill": Skill,
    "barrier": Said,
    "note": Said,
}


def body_of(kind: str, fields: Mapping[str, Any]) -> Body:
    """The fields as the body of a line of that kind. Raises BodyWrong; KeyError for no kind."""
    model = BODIES[kind]
    try:
        return model.model_validate(dict(fields))
    except ValidationError as problem:
        # A field that is not described could have any name, so it is not named.
        places = {str(error["loc"][0]) if error["loc"] else "" for error in problem.errors()}
        wrong = tuple(sorted(place if place in model.model_fields else "?" for place in places))
    # Raised outside of the handler: it carries no exception along that holds what was written.
    raise BodyWrong(kind, wrong)
