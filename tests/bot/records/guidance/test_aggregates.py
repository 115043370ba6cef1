"""How many go where: the last word of each pupil, by group, small numbers hidden."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from bot.records.guidance.aggregates import (
    GROUPINGS,
    NOT_HELD,
    Counts,
    report,
    years_reported,
)
from bot.records.guidance.destinations import add_destination
from bot.records.guidance.suppression import ALL
from bot.records.pupils import NewPupil, PupilDetails, add_pupils
from tests.bot.records.guidance.conftest import NOW, SEALING, Held

DAY = date(2026, 11, 1)


def pupils(held: Held, number: int, **details) -> list[str]:
    new = [
        NewPupil(PupilDetails("Testy", "Exampleton", **details), 2022, "11B") for _ in range(number)
    ]
    with held.engine.begin() as connection:
        return add_pupils(connection, SEALING, held.school, new, NOW)


def go(held: Held, pupil_ids: list[str], category: str, **more) -> None:
    values = {
        "kind": "intended",
        "category": category,
        "details": {},
        "year_group": 11,
        "reported_by": "pupil",
        "reported_on": DAY,
        "now": NOW,
    }
    with held.engine.begin() as connection:
        for one in pupil_ids:
            add_destination(connection, SEALING, held.school, one, **{**values, **more})


def counted(held: Held, kind: str, grouping: str, beginning_in: int = 2026) -> Counts:
    with held.engine.begin() as connection:
        return report(connection, SEALING, held.school, beginning_in).counts[kind, grouping]


def test_by_year_route_premium_and_send(held: Held):
    go(held, pupils(held, 10, pupil_premium=True, send="K"), "apprenticeship")
    go(held, pupils(held, 8, pupil_premium=False, send="N"), "school sixth form", year_group=13)
    go(held, pupils(held, 7, send="E"), "employment")
    year = counted(held, "intended", "year")
    assert year.groups == ("11", "13")
    assert year.number("11", "apprenticeship") == 10
    assert year.number("13", "apprenticeship") == 0
    assert (year.number(ALL, ALL), year.number("11", ALL), year.number(ALL, "employment")) == (
        *(25, 17),
        7,
    )
    premium = counted(held, "intended", "pupil-premium")
    assert {group: premium.number(group, ALL) for group in premium.groups} == {
        "yes": 10,
        "no": 8,
        NOT_HELD: 7,
    }
    send = counted(held, "intended", "send")
    assert {group: send.number(group, ALL) for group in send.groups} == {
        "support": 10,
        "none": 8,
        "plan": 7,
    }
    assert counted(held, "actual", "year").numbers == {}


def test_by_gender_with_those_of_whom_it_is_not_held(held: Held):
    for gender, number in (("F", 12), ("M", 9), ("X", 7), (None, 8)):
        go(held, pupils(held, number, gender=gender), "further education")
    found = counted(held, "intended", "gender")
    assert {group: found.number(group, "further education") for group in found.groups} == {
        "female": 12,
        "male": 9,
        "another": 7,
        NOT_HELD: 8,
    }
    go(held, pupils(held, 2, gender="X"), "employment")
    found = counted(held, "intended", "gender")
    assert found.number("another", "employment") is None
    # Else it would be the row less what is shown.
    assert None in (found.number("another", ALL), found.number("another", "further education"))


def test_no_small_number_of_all_the_tables_together_is_fixed_by_the_sums(held: Held):
    sent = {"F": "N", "M": "K", "X": "E", None: None}
    places = ("employment", "apprenticeship", "further education")
    for number, gender in enumerate(sent):
        for at, category in enumerate(places):
            found = pupils(
                held, 2 + 3 * ((number + at) % 4), gender=gender, send=sent[gender],
                pupil_premium=(None, True, False)[at],
            )  # fmt: skip
            go(held, found, category, kind="actual", sustained=(None, True, False)[number % 3])
            go(held, found[:1], category, kind="actual", year_group=13)
    with held.engine.begin() as connection:
        all_counts = report(connection, SEALING, held.school, 2026).counts
    shown = {
        grouping: all_counts["actual", grouping].numbers
        for grouping in GROUPINGS
        if ("actual", grouping) in all_counts
    }
    assert len(shown) == len(GROUPINGS)
    # A reader knows each number that is shown, and each sum over a group or a category.
    cells, rows = {}, []
    for grouping, numbers in shown.items():
        for group, category in numbers:
            name = (ALL if group == ALL else grouping, group, category)
            cells[name] = numbers[group, category]
    for grouping, numbers in shown.items():
        groups = {group for group, _ in numbers if group != ALL}
        for category in {one for _, one in numbers}:
            parts = [(grouping, one, category) for one in groups if (one, category) in numbers]
            rows.append([(ALL, ALL, category), *parts])
        for group in {*groups, ALL}:
            of = ALL if group == ALL else grouping
            parts = [(of, group, one) for at, one in numbers if at == group and one != ALL]
            rows.append([(of, group, ALL), *parts])
    hidden = sorted(name for name, number in cells.items() if number is None)
    assert hidden
    matrix = [
        [Fraction(-1 if name == row[0] else row[1:].count(name)) for name in hidden] for row in rows
    ]
    assert fixed(matrix) == set()


def fixed(rows: list[list[Fraction]]) -> set[int]:
    """Which unknowns a set of sums fixes, by elimination."""
    done = 0
    for column in range(len(rows[0])):
        found = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if found is None:
            continue
        rows[done], rows[found] = rows[found], rows[done]
        rows[done] = [one / rows[done][column] for one in rows[done]]
        for at, row in enumerate(rows):
            if at != done and row[column]:
                rows[at] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    single = [[at for at, value in enumerate(row) if value] for row in rows[:done]]
    return {found[0] for found in single if len(found) == 1}


def test_the_last_word_of_a_school_year_counts(held: Held):
    found = pupils(held, 9)
    go(held, found, "undecided", reported_on=DAY)
    go(held, found, "apprenticeship", reported_on=DAY + timedelta(days=1))
    go(held, found, "employment", reported_on=date(2027, 9, 1), year_group=12)
    year = counted(held, "intended", "year")
    assert (year.number("11", "undecided"), year.number("11", "apprenticeship")) == (0, 9)
    assert year.number(ALL, ALL) == 9
    assert counted(held, "intended", "year", 2027).number("12", "employment") == 9
    with held.engine.begin() as connection:
        assert years_reported(connection, held.school) == [2027, 2026]
        assert years_reported(connection, held.twin_school) == []


def test_who_lasted_six_months(held: Held):
    for number, sustained in ((10, True), (7, False), (6, None)):
        go(held, pupils(held, number), "employment", kind="actual", sustained=sustained)
    found = counted(held, "actual", "sustained")
    assert {group: found.number(group, "employment") for group in found.groups} == {
        "yes": 10,
        "no": 7,
        NOT_HELD: 6,
    }


def test_another_school_is_not_counted(held: Held):
    go(held, pupils(held, 6), "employment")
    held.of_twin(
        add_destination,
        kind="intended",
        category="employment",
        details={},
        year_group=11,
        reported_by="pupil",
        reported_on=DAY,
        now=NOW,
    )
    assert counted(held, "intended", "year").number(ALL, ALL) == 6


@pytest.mark.parametrize("grouping", ["year", "gender", "pupil-premium", "send"])
def test_a_small_number_is_hidden_with_another_in_every_table(held: Held, grouping: str):
    go(held, pupils(held, 3, pupil_premium=True, send="K"), "apprenticeship")
    for premium in (True, False):
        for send in ("K", "N"):
            for year in (11, 13):
                found = pupils(held, 7, pupil_premium=premium, send=send)
                go(held, found, "school sixth form", year_group=year)
                go(held, pupils(held, 9, pupil_premium=premium, send=send), "employment")
    found = counted(held, "intended", grouping)
    assert found.number(ALL, "apprenticeship") is None
    others = [found.number(ALL, one) for one in ("school sixth form", "employment")]
    assert found.number(ALL, ALL) is None or None in others
