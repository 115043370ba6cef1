from __future__ import annotations

import threading
from datetime import datetime, timezone

import pytest

from lmi.figures.live import LiveFigures, LivePay, more_recent_pay
from lmi.figures.pay import pay_in, typical_pay
from lmi.figures.scope import Scope
from lmi.service.around_results import (
    DegreeSubjects,
    OnetOccupation,
    OnetOccupations,
    OnetProfile,
    OnetScale,
    OnetTrait,
    Subject,
    SubjectsOfYear,
    VacancyDifficulty,
)
from lmi.service.no_data import NoData, Reason
from lmi.service.regions import Region
from lmi.service.results import (
    Part,
    PartsOfYear,
    PayByRegion,
    Receipt,
    Unemployment,
    WeeklyHours,
    WeeklyPay,
    YearFigure,
)
from tests.lmi.figures.small_snapshot import SmallSnapshot, row

RECEIPT = Receipt(datetime(2026, 1, 2, tzinfo=timezone.utc))
NOTHING = NoData(Reason.NO_FIGURE)
SMALL = SmallSnapshot([row("1111", 2024, 26000)], soc2010={"9999": ("1111",)})


class Answers:
    """A client that answers each question with what it was given, and NoData otherwise."""

    base_url = "http://service.example/api/v1"

    def __init__(self, **answers):
        self._answers = answers
        self.asked = []

    def __getattr__(self, name):
        def answer(*arguments):
            self.asked.append((name, *arguments))
            return self._answers.get(name, NOTHING)

        return answer


def at_once(question, seconds):
    return question()


def live(ask=at_once, **answers):
    return LiveFigures(Answers(**answers), SMALL, ask=ask)


def weekly(year=2025, pounds=600.0, soc2010="9999"):
    return WeeklyPay(RECEIPT, "9999", soc2010, (YearFigure(year, pounds),))


def test_pay_of_the_very_job():
    found = live(pay=weekly()).pay("1111")
    assert (found.weekly, found.year, found.same_group) == (600.0, 2025, True)
    assert found.scope == Scope("soc2010_unit_group", "9999", "Old 9999", "UK")
    assert found.sources[0].publisher == "LMI for All"


def test_pay_of_the_wider_group_is_labelled():
    found = live(pay=weekly(soc2010="99")).pay("1111")
    assert (found.scope.is_wider, found.same_group) == (True, False)


def test_a_split_group_is_not_the_same_group():
    split = SmallSnapshot([row("1111", 2024, 1)], soc2010={"9999": ("1111", "1112")})
    found = LiveFigures(Answers(pay=weekly()), split, ask=at_once).pay("1111")
    assert not found.same_group


def test_hours():
    hours = WeeklyHours(RECEIPT, "9999", "9999", (YearFigure(2022, 36.5),))
    found = live(hours=hours).hours("1111")
    assert (found.low, found.high, found.basis, found.year) == (36.5, 36.5, "live", 2022)


def test_degree_subjects():
    year = SubjectsOfYear("2011/12", 2012, (Subject("H3", "Mechanical engineering", 25.0),))
    found = live(degree_subjects=DegreeSubjects(RECEIPT, "9999", "9999", (year,))).degree_subjects(
        "1111"
    )
    assert (found.academic_year, found.subjects) == ("2011/12", (("Mechanical engineering", 25.0),))


@pytest.mark.parametrize("scale", ["IM", "LV", "XX"])
def test_skills(scale):
    traits = (OnetTrait("2.A.1.b", "Active Listening", 4.1),)
    found = live(
        onet_occupations=OnetOccupations(
            RECEIPT, "9999", "9999", (OnetOccupation("11-1011.00", ("Chief",), ()),)
        ),
        skills=OnetProfile(RECEIPT, "skills", "11-1011.00", (OnetScale(scale, None, traits),)),
    ).skills("1111")
    assert (found.scale, found.skills) == (scale, (("Active Listening", 4.1),))
    assert (found.onet_code, found.onet_titles) == ("11-1011.00", ("Chief",))


def test_no_us_occupation_no_skills():
    assert live().skills("1111") is None


def test_unemployment():
    rate = Unemployment(RECEIPT, "9999", "9999", (YearFigure(2020, 3.4),))
    found = live(unemployment=rate).unemployment("1111")
    assert (found.year, found.percent) == (2020, 3.4)


def test_hard_to_fill_in_a_region():
    answer = VacancyDifficulty(
        RECEIPT, "9999", "9999", 2017, Region.NORTH_EAST, 12.0, 30.0, None, None
    )
    found = live(vacancy_difficulty=answer).hard_to_fill("1111", Region.NORTH_EAST)
    assert (found.hard_to_fill, found.skills_shortage, found.year) == (30.0, 12.0, 2017)
    assert found.scope.place == "North East"


def test_regional_pay():
    answer = PayByRegion(
        RECEIPT, "9999", "9999", "region", (PartsOfYear(2022, (Part(1, "London", 700.0),)),)
    )
    found = live(pay_by_region=answer).regional_pay("1111")
    assert (found.year, found.weekly) == (2022, (("London", 700.0),))


@pytest.mark.parametrize(
    "question", ["pay", "hours", "degree_subjects", "skills", "unemployment", "hard_to_fill"]
)
def test_nothing_found_is_none(question):
    assert getattr(live(), question)("1111") is None


def test_nothing_is_asked_without_an_address():
    client = Answers(pay=weekly())
    client.base_url = ""
    assert LiveFigures(client, SMALL, ask=at_once).pay("1111") is None
    assert client.asked == []


def test_nothing_is_asked_without_a_soc2010_code():
    client = Answers(pay=weekly())
    assert LiveFigures(client, SmallSnapshot(codes=["1111"]), ask=at_once).pay("1111") is None
    assert client.asked == []


def test_all_questions_of_one_answer_share_one_budget():
    given, now = [], [0.0]

    def slow(question, seconds):
        given.append(seconds)
        now[0] += 0.2

    figures = LiveFigures(Answers(), SMALL, ask=slow, clock=lambda: now[0])
    figures.pay("1111"), figures.hours("1111"), figures.unemployment("1111")
    assert [round(seconds, 3) for seconds in given] == [0.3, 0.1, 0.0]


def test_a_hanging_service_is_left_behind():
    release = threading.Event()

    class Hanging(Answers):
        def pay(self, soc2010):
            release.wait(20)
            return weekly()

    figures = LiveFigures(Hanging(), SMALL, budget_s=0.05)
    try:
        assert figures.pay("1111") is None
    finally:
        release.set()


def test_a_later_figure_of_the_very_job_replaces_the_snapshots():
    pay = more_recent_pay(typical_pay(SMALL, "1111"), live(pay=weekly()).pay("1111"))
    assert (pay.basis, pay.year, pay.weekly) == ("live", 2025, 600.0)
    assert pay.median == 31286  # 600 x 52.143
    assert (pay_in(pay, "week").median, pay_in(pay, "week").worked_out) == (600.0, False)
    assert pay_in(pay, "year").worked_out


@pytest.mark.parametrize(("year", "same"), [(2024, True), (2022, True), (2025, False)])
def test_an_older_or_wider_live_figure_does_not(year, same):
    snapshot_pay = typical_pay(SMALL, "1111")
    scope = Scope("soc2010_unit_group", "9999", "Old", "UK")
    assert more_recent_pay(snapshot_pay, LivePay("1111", scope, same, year, 600.0, ())) is (
        snapshot_pay
    )


def test_no_answer_changes_nothing():
    snapshot_pay = typical_pay(SMALL, "1111")
    assert more_recent_pay(snapshot_pay, None) is snapshot_pay
    assert more_recent_pay(None, None) is None


def test_a_live_figure_alone_is_better_than_none():
    assert more_recent_pay(None, live(pay=weekly(2020)).pay("1111")).year == 2020
