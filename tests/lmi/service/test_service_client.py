"""Every endpoint of the contract, over a socket, from the twin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from lmi.service.client import BREAKDOWNS, LmiForAll
from lmi.service.contract import ENDPOINTS
from lmi.service.no_data import NoData, Reason
from lmi.service.regions import Gender, Region
from tests.lmi.service.questions import ask_everything
from tests.lmi_twin import Twin
from tests.lmi_twin.shapes import SHAPES


def test_soc_search(client: LmiForAll, twin: Twin) -> None:
    found = client.search("  veterinary  surgeon ")
    assert not isinstance(found, NoData)
    assert found.query == "veterinary surgeon"
    assert twin.calls == ["soc/search?q=veterinary+surgeon"]
    assert client.search("gobbledygook").matches == ()


def test_soc_code(client: LmiForAll) -> None:
    answer = client.occupation("4135")
    assert answer.entry.soc2010 == "4135"
    assert answer.entry.title == "Library clerks and assistants"
    assert answer.entry.description == "Made-up words about 4135."
    assert answer.entry.qualifications == "Made-up entry & training."
    assert answer.entry.tasks == (
        "first made-up task of 4135",
        "second made-up task",
        "third, the last",
    )
    assert answer.entry.job_titles == ("Assistant, library", "Clerk (library)")
    assert not answer.stale
    assert abs(answer.fetched_at - datetime.now(timezone.utc)) < timedelta(minutes=5)


def test_soc_code_unknown(client: LmiForAll) -> None:
    assert client.occupation("1234") == NoData(Reason.NOT_FOUND)


def test_estimate_pay(client: LmiForAll, twin: Twin) -> None:
    pay = client.pay("2216")
    assert (pay.value, pay.unit, pay.year) == (333, "GBP a week", 2022)
    assert [figure.year for figure in pay.figures] == [2020, 2021, 2022]
    assert pay.in_year(2021).value == 222
    assert pay.in_year(2013) is None
    assert not pay.wider_group
    assert pay.source.year == "2022"
    assert "weekly pay" in pay.source.dataset
    assert pay.source.caveat == ""
    assert twin.calls == ["ashe/estimatePay?coarse=false&soc=2216"]


def test_estimate_pay_in_a_region(client: LmiForAll, twin: Twin) -> None:
    assert client.pay("2216", Region.WALES).region is Region.WALES
    assert twin.calls == ["ashe/estimatePay?coarse=false&filters=region%3A10&soc=2216"]


def test_estimate_pay_by_region(client: LmiForAll, twin: Twin) -> None:
    pay = client.pay_by_region("2216")
    assert pay.unit == "GBP a week"
    assert pay.last.year == 2022
    assert [(part.name, part.value) for part in pay.last.parts] == [
        ("London", 201),
        ("Yorkshire and the Humber", 207),
    ]
    assert pay.in_year(2020).part(7).value == 107
    assert twin.calls == ["ashe/estimatePay?breakdown=region&coarse=false&soc=2216"]


def test_estimate_hours(client: LmiForAll) -> None:
    hours = client.hours("2216")
    assert (hours.value, hours.unit, hours.year) == (33.3, "hours a week", 2022)
    assert client.hours_by_region("2216").last.part(1).value == 201


def test_annual_changes(client: LmiForAll) -> None:
    change = client.pay_changes("2216", Region.LONDON)
    assert (change.value, change.unit, change.year) == (33.3, "% a year", 2022)
    assert change.region is Region.LONDON


def test_predict(client: LmiForAll, twin: Twin) -> None:
    forecast = client.employment_forecast("2216", 2020, 2022, Region.LONDON)
    assert (forecast.first.value, forecast.last.value, forecast.unit) == (111, 333, "people")
    assert forecast.source.year == "2020-2022"
    assert not hasattr(forecast, "year"), "a projection has no data year to be weighed by"
    assert twin.calls == ["wf/predict?maxYear=2022&minYear=2020&region=1&soc=2216"]


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_predict_breakdown(client: LmiForAll, by: str) -> None:
    answer = client.employment_breakdown("2216", by, 2021, 2023)
    assert (answer.by, answer.unit) == (by, "people")
    assert [year.year for year in answer.years] == [2021, 2022, 2023]
    assert answer.last.part(1).value == 1111
    assert answer.source.year == "2021-2023"


def test_predict_breakdown_by_anything_else(client: LmiForAll, twin: Twin) -> None:
    assert client.employment_breakdown("2216", "../../etc").reason is Reason.BAD_QUESTION
    assert twin.calls == []


def test_replacement_demand(client: LmiForAll) -> None:
    answer = client.replacement_demand("2216")
    assert (answer.start_year, answer.end_year) == (2020, 2030)
    assert (answer.value, answer.unit) == (33.3, "% of today's stock")
    assert answer.source.year == "2020-2030"


def test_unemployment(client: LmiForAll, twin: Twin) -> None:
    assert client.unemployment("2216").value == 33.3
    assert client.unemployment("2216", Gender.FEMALE).unit == "%"
    assert twin.calls[-1] == "lfs/unemployment?filterBy=gender%3A2&soc=2216"


def test_ess(client: LmiForAll, twin: Twin) -> None:
    answer = client.vacancy_difficulty("2216")
    assert (answer.skills_shortage, answer.hard_to_fill) == (11.1, 22.2)
    assert (answer.hard_to_fill_for_skills, answer.reliability) == (33.3, 3)
    assert answer.source.year == "2022"
    local = client.vacancy_difficulty("2216", Region.WALES, 2017)
    assert (local.region, local.year) == (Region.WALES, 2017)
    assert twin.calls[-1] == "ess/region/10/2216?coarse=false&year=2017"


def test_ess_regions(client: LmiForAll) -> None:
    assert client.survey_regions().codes == (("London", 1), ("South East", 2), ("Wales", 10))


def test_ess_ranksocs(client: LmiForAll, twin: Twin) -> None:
    assert client.hardest_to_fill(Region.NORTH_WEST).soc2010 == ("2216", "4135")
    assert twin.calls == ["ess/regions/ranksocs/8"]


def test_soc2onet(client: LmiForAll) -> None:
    (occupation,) = client.onet_occupations("2216").occupations
    assert occupation.code == "29-1131.00"
    assert occupation.titles == ("Made-up animal doctors", "Made-up vets")
    assert occupation.available == ("abilities", "knowledge", "skills")


@pytest.mark.parametrize("kind", ["skills", "abilities", "interests", "knowledge"])
def test_onet(client: LmiForAll, twin: Twin, kind: str) -> None:
    answer = getattr(client, kind)("29-1131.00")
    assert (answer.kind, answer.onet_code) == (kind, "29-1131.00")
    importance = answer.scale("IM")
    assert importance.span == (1, 5)
    assert [trait.name for trait in importance.traits] == [
        "Active Listening",
        "Reading Comprehension",
    ], "highest first; 0, null and 99 on a scale to 5 are left out"
    assert answer.scale("LV") is None, "a scale without a trait is not there"
    assert twin.calls == [f"o-net/{kind}/29-1131.00"]


def test_onet_without_scales(client: LmiForAll, twin: Twin) -> None:
    assert client.skills("00-0000.00").reason is Reason.NO_FIGURE
    assert client.skills("../soc/code/1").reason is Reason.BAD_QUESTION
    assert len(twin.calls) == 1


def test_reversematch(client: LmiForAll, twin: Twin) -> None:
    found = client.jobs_from_skills(["2.A.1.a", "2.A.1.b"], weights="1,2")
    assert [match.soc2010 for match in found.matches] == [("1115", "1116"), ("2216",)]
    assert twin.calls == ["o-net/reversematch?skills=2.A.1.a%2C2.A.1.b&weights=1%2C2"]
    assert client.jobs_from_skills().reason is Reason.BAD_QUESTION


def test_hesa_courses(client: LmiForAll) -> None:
    answer = client.degree_subjects("2216")
    assert (answer.last.academic_year, answer.year) == ("2012/13", 2013)
    assert [(s.code, s.name, s.percent) for s in answer.last.subjects] == [
        ("G1", "Mathematics & more", 22),
        ("H3", "Mechanical engineering", 11),
    ]
    assert answer.source.year == "2012/13"


def test_vacancies(client: LmiForAll, twin: Twin) -> None:
    first, second = client.vacancies("vet", "Leeds", radius=20, limit=2).postings
    assert (first.id, first.title, first.company) == ("111", "Made-up vet", "Made-up & Sons")
    assert (first.summary, first.place) == ("Made-up work.", "Made-up Town")
    assert first.link == "https://jobs.example/111"
    assert second.link == "", "an address that is not http(s) is not handed on"
    assert twin.calls == ["vacancies/search?keywords=vet&limit=2&location=Leeds&radius=20"]
    assert client.vacancies("gobbledygook").postings == ()


def test_census(client: LmiForAll) -> None:
    (group,) = client.census_jobs("LS1 1AA").groups
    assert group.description == "Made-up professionals"
    assert (group.people, group.percent) == (1111, 11.1)


@pytest.mark.parametrize("soc", ["", "12", "22160", "2216/..", "²²¹⁶", "0111", "abcd"])
def test_a_code_that_is_none_is_never_asked(client: LmiForAll, twin: Twin, soc: str) -> None:
    asked = [client.occupation(soc), client.pay(soc), client.vacancy_difficulty(soc)]
    assert all(answer.reason is Reason.BAD_QUESTION for answer in asked)
    assert twin.calls == []


def test_every_endpoint_of_the_contract_is_asked(client: LmiForAll, twin: Twin) -> None:
    answers = ask_everything(client)
    assert not [answer for answer in answers if isinstance(answer, NoData)]
    paths = {call.partition("?")[0] for call in twin.calls}
    for endpoint in ENDPOINTS:
        assert any(endpoint.matches(path) for path in paths), endpoint.name
    assert len(ENDPOINTS) == len(SHAPES), "the twin's table and the contract list the same"
    for answer in answers:
        assert answer.source.publisher == "LMI for All"


def test_connections_are_pooled(client: LmiForAll, twin: Twin) -> None:
    ask_everything(client)
    assert len(twin.calls) > 20
    assert twin.connections == 1


def test_not_configured_calls_nothing(make: Callable[..., LmiForAll], twin: Twin) -> None:
    answers = ask_everything(make(base_url="  "))
    assert set(answers) == {NoData(Reason.NOT_CONFIGURED)}
    assert twin.calls == []


@pytest.mark.parametrize("address", ["lmi.example/api", "ftp://lmi.example", "file:///etc/passwd"])
def test_an_address_that_is_not_http_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        LmiForAll(address)
