"""Who asks, picked up from words: parents, years, ages, and what tells nothing."""

import pytest

from actions.readers import noticed, reader_of
from actions.turn import Memory


@pytest.mark.parametrize(
    ("text", "audience", "stage"),
    [
        ("my son is in year 11", "parent", "years 10-11"),
        ("My daughter's in Y9, what should she pick", "parent", "years 7-9"),
        ("my 15 year old wants to leave", "parent", "years 10-11"),
        ("im in yr 8", "pupil", "years 7-9"),
        ("i'm in year 13 and stuck", "pupil", "years 12-13"),
        ("year 10", None, "years 10-11"),
        ("im 17 what can i do", None, "years 12-13"),
        ("im in lower sixth", None, "years 12-13"),
        ("i left school last year", None, "leavers"),
        ("what do you do in year 12", None, None),
        ("is year 10 too early to choose", None, None),
        ("im 16", None, None),
        ("what does a vet earn", None, None),
        ("as a parent, how do i help", "parent", None),
        ("my mum says go uni", "pupil", None),
    ],
)
def test_who_asks(ground, text, audience, stage):
    reader = reader_of(noticed(text, Memory(), ground))
    assert (reader.audience, reader.stage) == (audience, stage)


def test_what_is_known_stays_known(ground):
    memory = noticed("my son is in year 11", Memory(), ground)
    assert noticed("what about apprenticeships", memory, ground) == memory


def test_a_new_year_replaces_the_old_one(ground):
    memory = noticed("my son is in year 11", Memory(), ground)
    later = noticed("and my daughter is in year 8", memory, ground)
    assert reader_of(later).stage == "years 7-9"
