"""Where do you mean to go: asked on the record page from Year 9, once a school year."""

from datetime import date, timedelta

import pytest

from bot.records.guidance.destinations import add_destination
from bot.records.guidance.intentions import is_asked
from bot.records.pupils import PupilDetails, PupilRow, school_year, update_pupil
from tests.bot.channels.web.record_owner import NAME, NOW, Owner, words

ONCE = "It is asked once a school year."
TODAY = NOW.date()
BEGAN = date(school_year(TODAY), 9, 1)


async def plan(owner: Owner, day: date, kind: str = "intended") -> None:
    await owner.write(
        add_destination,
        kind=kind,
        category="apprenticeship",
        details={},
        year_group=10,
        reported_by="pupil",
        reported_on=day,
        now=NOW,
    )


async def test_it_is_asked_until_it_is_told_and_then_no_more(owner: Owner):
    page = words(await owner.page())
    assert ONCE in page and "Where do you mean to go" in page
    await owner.post("/record/destination", category="undecided")
    assert ONCE not in words(await owner.page())


@pytest.mark.parametrize(("days", "asked"), [(-1, True), (0, False)])
async def test_a_plan_of_last_school_year_is_asked_about_again(
    owner: Owner, days: int, asked: bool
):
    await plan(owner, BEGAN + timedelta(days=days))
    page = words(await owner.page())
    assert (ONCE in page) is asked
    assert ("Is that still the plan this school year?" in page) is asked


@pytest.mark.parametrize(("year_group", "asked"), [(8, False), (9, True), (13, True), (14, False)])
async def test_from_year_9_to_the_end_of_school(owner: Owner, year_group: int, asked: bool):
    began = school_year(TODAY) - (year_group - 7)
    await owner.write(update_pupil, PupilDetails(NAME, NAME), began, "10B", NOW)
    assert (ONCE in words(await owner.page())) is asked


def test_who_left_is_not_asked():
    pupil = PupilRow("p", 1, PupilDetails("A", "B"), BEGAN.year - 3, None, TODAY, NOW)
    assert not is_asked(pupil, None, TODAY)
    assert is_asked(pupil, None, TODAY - timedelta(days=1)) or TODAY == BEGAN
