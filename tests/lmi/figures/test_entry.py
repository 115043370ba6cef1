from __future__ import annotations

import pytest

from lmi.figures.entry import ways_in
from lmi.snapshot import Profile
from tests.lmi.figures.small_snapshot import SmallSnapshot


def profile(title, routes, soc2020=("1111",), hours=(37.0, 40.0)):
    slug = title.lower().replace(" ", "-")
    return Profile(
        slug,
        title,
        "1000",
        soc2020,
        routes,
        *hours,
        "",
        "",
        "",
        "",
        (),
        (),
        f"https://e.org/{slug}",
    )


def test_a_vet(snapshot):
    ways = ways_in(snapshot, "2240", ["vet"])
    assert (ways.matched, ways.sure) == (True, True)
    (facts,) = ways.profiles
    assert facts.title == "Vet"
    assert facts.link == "https://nationalcareers.service.gov.uk/job-profiles/vet"
    assert "university" in ways.routes
    assert facts.university_award == "degree"
    assert ways.hours.basis == "profile"


@pytest.mark.parametrize("words", ["electrician", "Electricians", "ELECTRICIAN"])
def test_a_profile_is_found_by_name_in_any_form(snapshot, words):
    ways = ways_in(snapshot, "5241", [words])
    assert [facts.title for facts in ways.profiles] == ["Electrician"]
    assert "apprenticeship" in ways.routes
    assert "university" not in ways.routes


def test_part_of_a_name_is_no_match(snapshot):
    ways = ways_in(snapshot, "5241", ["electric"])
    assert not ways.matched
    assert len(ways.profiles) > 1


def test_routes_of_all_profiles_in_alphabetical_order():
    small = SmallSnapshot(
        codes=["1111"],
        profiles=[
            profile("B job", ("university", "work")),
            profile("A job", ("college", "apprenticeship"), hours=(30.0, None)),
        ],
    )
    ways = ways_in(small, "1111")
    assert [facts.title for facts in ways.profiles] == ["A job", "B job"]
    assert ways.routes == ("apprenticeship", "college", "university", "work")
    assert (ways.hours.low, ways.hours.high) == (30, 40)
    assert ways.hours.scope.kind == "unit_group"


def test_profiles_that_are_only_likely_are_told_apart():
    likely = profile("C job", ("work",), soc2020=("1112", "1111"))
    small = SmallSnapshot(codes=["1111", "1112"], profiles=[likely, profile("A job", ("direct",))])
    assert [facts.title for facts in ways_in(small, "1111").profiles] == ["A job"]
    alone = SmallSnapshot(codes=["1111", "1112"], profiles=[likely])
    assert not ways_in(alone, "1111").sure
    assert ways_in(alone, "1111", ["c job"]).sure


def test_no_stated_hours_no_hours():
    small = SmallSnapshot(codes=["1111"], profiles=[profile("A", ("work",), hours=(None, None))])
    assert ways_in(small, "1111").hours is None


def test_no_profile():
    assert ways_in(SmallSnapshot(codes=["1111"]), "1111") is None


def test_every_profile_gives_its_facts(snapshot):
    for code in snapshot.unit_groups:
        ways = ways_in(snapshot, code)
        assert ways is None or all(facts.link.startswith("https://") for facts in ways.profiles)


def test_linked_apprenticeship_standards_come_with_level_and_length(snapshot):
    (facts,) = ways_in(snapshot, "3120", ["3D printing technician"]).profiles
    assert [standard.reference for standard in facts.standards] == ["ST0266"]
    assert facts.standards[0].duration_months > 0
