"""The shapes of lines, and that what is wrong is told without what was written."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.guidance.bodies import BODIES, LONGEST_TEXT, BodyWrong, body_of
from bot.records.guidance.lines import KINDS
from tests.bot.records.guidance.conftest import BODIES as EXAMPLES


def test_every_kind_has_a_shape():
    assert set(BODIES) == set(KINDS) == set(EXAMPLES)


@pytest.mark.parametrize("kind", KINDS)
def test_fields_come_back_as_they_went_in(kind: str):
    found = body_of(kind, EXAMPLES[kind])
    assert found.fields() == EXAMPLES[kind]
    assert body_of(kind, found.fields()) == found


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("note", {}, ("text",)),
        ("note", {"text": "  "}, ("text",)),
        ("note", {"text": "x" * (LONGEST_TEXT + 1)}, ("text",)),
        ("note", {"text": "x", "zebra": "y"}, ("?",)),
        ("aspiration", {"text": "x", "soc2020": 12}, ("soc2020",)),
        ("advice", {"text": "x", "adviser_name": "A", "qualification": "Q"}, ("level",)),
        ("experience", {**EXAMPLES["experience"], "type": "party"}, ("type",)),
        ("skill", {"name": "x"}, ("evidence",)),
        (
            "information",
            {
                "title": "x",
                "figures": [
                    {
                        "label": "l",
                        "value": float("nan"),
                        "unit": "u",
                        "year": 1,
                        "publisher": "p",
                    }
                ],
            },
            ("figures",),
        ),
    ],
)
def test_wrong_fields_are_named(kind: str, fields: dict, wrong: tuple[str, ...]):
    with pytest.raises(BodyWrong) as found:
        body_of(kind, fields)
    assert found.value.fields == wrong


@given(
    st.sampled_from(KINDS),
    st.dictionaries(
        st.sampled_from(("text", "name", "type", "zebracrossing")),
        st.just("zebracrossing") | st.integers(),
    ),
)
def test_what_was_written_is_in_no_exception(kind: str, fields: dict):
    try:
        body_of(kind, fields)
    except BodyWrong as problem:
        told = "".join(traceback.TracebackException.from_exception(problem).format())
        assert "zebracrossing" not in told.replace(__file__, "")
        assert problem.__context__ is None
