"""The eight traps of LMI for All, each by its number in the contract."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi.service.answers import (
    by_year,
    occupations,
    onet,
    surroundings,
    vacancy_difficulty,
)
from lmi.service.client import LmiForAll
from lmi.service.no_data import NoData, Reason
from lmi.service.regions import Region
from lmi.service.results import (
    EmploymentBreakdown,
    EmploymentForecast,
    PayByRegion,
    PayChange,
    Receipt,
    Unemployment,
    WeeklyHours,
    WeeklyPay,
)
from tests.lmi.service.questions import ask_everything
from tests.lmi_twin import Mode, Twin
from tests.lmi_twin.shapes import ERROR, ONLY_WIDER, OTHER, SUPPRESSED

RECEIPT = Receipt(datetime(2026, 11, 22, tzinfo=timezone.utc))


# --- 1: everything that a network can do ----------------------------------------------------------


def test_trap_1_dns_failure(
    make: Callable[..., LmiForAll], monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    def nowhere(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    client = make(base_url="https://lmi.invalid/api/v1")
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert client.pay("2216").reason is Reason.UNREACHABLE
    assert pauses == [0.2, 0.4]


def test_trap_1_refused_connection(twin: Twin, client: LmiForAll, pauses: list[float]) -> None:
    twin.stop()
    assert client.pay("2216").reason is Reason.UNREACHABLE
    assert pauses == [0.2, 0.4]


def test_trap_1_closed_without_an_answer(twin: Twin, client: LmiForAll) -> None:
    twin.switch("*", Mode.DOWN)
    assert client.pay("2216").reason is Reason.UNREACHABLE
    assert len(twin.calls) == 3, "two retries, and no question about the wider group"


def test_trap_1_timeout(twin: Twin, make: Callable[..., LmiForAll]) -> None:
    client = make(timeout_s=(2.0, 0.05))
    twin.switch("*", Mode.SLOW, seconds=30)
    assert client.pay("2216").reason is Reason.TIMED_OUT
    assert len(twin.calls) == 1, "a slow answer is not asked for again"


@pytest.mark.parametrize(
    ("mode", "reason", "calls"),
    [
        (Mode.ERROR_500, Reason.BAD_STATUS, 3),
        (Mode.RATE_LIMITED, Reason.RATE_LIMITED, 3),
        (Mode.EMPTY, Reason.EMPTY, 1),
        (Mode.HTML, Reason.NOT_JSON, 1),
        (Mode.HTML_AS_JSON, Reason.NOT_JSON, 1),
        (Mode.GARBAGE, Reason.NOT_JSON, 1),
        (Mode.REDIRECT, Reason.BAD_STATUS, 1),
        (Mode.CUT, Reason.UNREACHABLE, 3),
        (Mode.HUGE, Reason.TOO_LARGE, 1),
    ],
)
def test_trap_1_bad_answers(
    twin: Twin, client: LmiForAll, mode: Mode, reason: Reason, calls: int
) -> None:
    twin.switch("*", mode)
    assert client.pay("2216").reason is reason
    assert len(twin.calls) == calls


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode not in (Mode.OK, Mode.SLOW)])
def test_trap_1_no_endpoint_lets_trouble_out(
    twin: Twin, make: Callable[..., LmiForAll], mode: Mode
) -> None:
    twin.switch("*", mode)
    for answer in ask_everything(make()):
        assert isinstance(answer, NoData)


def test_trap_1_deeply_nested_json_is_no_crash(client: LmiForAll) -> None:
    from lmi.service.transport import decoded

    assert decoded(b"[" * 200_000).reason is Reason.NOT_JSON
    assert decoded(b"9" * 10_000).reason is Reason.NOT_JSON


# --- 2: an error with status 200, or no key -------------------------------------------------------


def test_trap_2_error_in_200(client: LmiForAll, twin: Twin) -> None:
    answer = client.pay(ERROR)
    assert answer.reason is Reason.ERROR_IN_ANSWER
    assert len(twin.calls) == 2, "the job, then its wider group; no retries"
    assert client.breaker.ask() is not None, "a service that says so is well"


def test_trap_2_missing_key(client: LmiForAll, twin: Twin) -> None:
    twin.switch("*", Mode.NO_KEY)
    for answer in ask_everything(client):
        assert isinstance(answer, NoData)
        assert answer.reason in (Reason.UNEXPECTED_SHAPE, Reason.NO_FIGURE)


# --- 3: coarse answers are for the wider group ----------------------------------------------------


def test_trap_3_the_job_itself_is_asked_first_and_a_wider_figure_says_so(
    client: LmiForAll, twin: Twin
) -> None:
    pay = client.pay(ONLY_WIDER)
    assert [call.partition("&")[0] for call in twin.calls] == [
        "ashe/estimatePay?coarse=false",
        "ashe/estimatePay?coarse=true",
    ]
    assert pay.wider_group
    assert (pay.asked_soc2010, pay.soc2010) == (ONLY_WIDER, ONLY_WIDER[:2])
    assert "wider group" in pay.source.caveat
    assert not client.pay("2216").wider_group


def test_trap_3_hours_and_vacancies_too(client: LmiForAll) -> None:
    assert client.hours(ONLY_WIDER).wider_group
    assert client.hours_by_region(ONLY_WIDER).wider_group
    difficulty = client.vacancy_difficulty(ONLY_WIDER)
    assert difficulty.wider_group
    assert "wider group" in difficulty.source.caveat


def test_trap_3_an_answer_for_another_job_is_none(client: LmiForAll) -> None:
    assert client.pay(OTHER).reason is Reason.OTHER_JOB
    assert client.occupation(OTHER).reason is Reason.OTHER_JOB


def test_trap_3_recorded(recorded_twin: Twin) -> None:
    """The recorded coarse answer for 4135 echoes 41: served for whichever was asked."""
    _, body, origin = recorded_twin.answer("ashe/estimatePay", "coarse=true&soc=4135")
    assert origin == "recorded"
    pay = by_year.series(WeeklyPay, body, "4135", RECEIPT)
    assert pay.wider_group
    assert (pay.year, pay.value) == (2015, 490)


# --- 4: unsorted series ---------------------------------------------------------------------------


def test_trap_4_latest_by_year_not_by_place() -> None:
    body = {
        "soc": 41,
        "series": [
            {"year": 2015, "estpay": 490},
            {"year": 2020, "estpay": 555},
            {"year": 2013, "estpay": 710},
            {"year": 2015, "estpay": 500},
        ],
    }
    pay = by_year.series(WeeklyPay, body, "4135", RECEIPT)
    assert (pay.year, pay.value) == (2020, 555)
    assert pay.in_year(2015).value == 500, "the last mention of a year is the revision"


# --- 5: the rate limit disguised as a vacancy -----------------------------------------------------


def test_trap_5_too_many_requests_is_no_vacancy(client: LmiForAll, twin: Twin) -> None:
    twin.switch("vacancies/search", Mode.RATE_LIMITED)
    assert client.vacancies("vet") == NoData(Reason.RATE_LIMITED)
    assert len(twin.calls) == 1, "asking again would only make it worse"


# --- 6: fuzzy search ------------------------------------------------------------------------------


def test_trap_6_search_is_ranked_by_titles(client: LmiForAll) -> None:
    found = client.search("library")
    codes = [match.entry.soc2010 for match in found.matches]
    assert codes[:2] == ["4135", "2451"]
    by_title = {match.entry.soc2010: match.score for match in found.by_title}
    assert "1259" not in by_title, "nothing in its titles"
    assert by_title["9233"] <= 0.1, "only in brackets: a cleaner in a library"


def test_trap_6_recorded(recorded_twin: Twin) -> None:
    with LmiForAll(recorded_twin.base_url) as client:
        first = {
            query: client.search(query).matches[0].entry.soc2010
            for query in ("library", "driving", "plumber")
        }
        assert client.search("gobbledygook").matches == ()
    assert first == {"library": "4135", "driving": "8215", "plumber": "5314"}


# --- 7: small samples and suppressed values -------------------------------------------------------


def test_trap_7_suppressed_is_never_a_number(client: LmiForAll) -> None:
    asked = [
        client.pay(SUPPRESSED),
        client.hours(SUPPRESSED),
        client.pay_changes(SUPPRESSED),
        client.unemployment(SUPPRESSED),
        client.employment_forecast(SUPPRESSED),
        client.employment_breakdown(SUPPRESSED, "region"),
        client.replacement_demand(SUPPRESSED),
        client.vacancy_difficulty(SUPPRESSED),
        client.onet_occupations(SUPPRESSED),
        client.degree_subjects(SUPPRESSED),
    ]
    assert [answer.reason for answer in asked] == [Reason.NO_FIGURE] * len(asked)


def test_trap_7_suppressed_parts_are_left_out(client: LmiForAll) -> None:
    codes = [part.code for part in client.pay_by_region("2216").last.parts]
    assert codes == [1, 7]


def test_trap_7_notes_are_kept(client: LmiForAll) -> None:
    answer = client.employment_breakdown("2216", "region")
    assert answer.last.part(1).note == "Made-up note: small sample."
    assert answer.last.part(9).note == ""
    assert "small number of people" in answer.source.caveat


def test_trap_7_recorded_notes(recorded_twin: Twin) -> None:
    with LmiForAll(recorded_twin.base_url) as client:
        answer = client.employment_breakdown("2815", "region")
    assert [year.year for year in answer.years] == list(range(2016, 2025))
    noted = {part.code for part in answer.years[0].parts if part.note}
    assert noted == set(range(1, 13)) - {2, 8}
    assert answer.last.part(9).name == "North East"


NOTHING = [0, 0.0, None, "", "0", "x", "..", ":", "-", True, [], {}, -5, float("nan"), 10**400]


@pytest.mark.parametrize("value", NOTHING, ids=repr)
def test_trap_7_whatever_stands_for_nothing(value: object) -> None:
    body = {"soc": 2216, "series": [{"year": 2022, "estpay": value}]}
    assert by_year.series(WeeklyPay, body, "2216", RECEIPT).reason is Reason.NO_FIGURE


# --- 8: n.e.c. and HTML ---------------------------------------------------------------------------


def test_trap_8_nec_and_html(client: LmiForAll) -> None:
    entry = client.occupation("8229").entry
    assert entry.title == "Mobile machine drivers & operatives"
    assert entry.leftover
    assert not client.occupation("4135").entry.leftover


# --- all of them at once: any JSON at all ---------------------------------------------------------

# fmt: off
KEYS = st.sampled_from([
    "soc", "series", "year", "estpay", "hours", "breakdown", "region", "code", "name",
    "employment", "note", "annual_changes", "change", "predictedEmployment", "years",
    "unemprate", "percentSSV", "percentHTF", "rate", "start_year", "end_year", "onetCodes",
    "scales", "id", "skills", "value", "results", "title", "likely_soc_codes", "courses",
    "percentage", "location", "link", "jobsBreakdown", "description", "add_titles", "tasks",
    "data_available", "occupations", "onetcode", "error",
])
# fmt: on
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([2216, "2216", 2022, "2011/12", "29-1131.00", "(H3) X", "https://[", -1, 0])
    | st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)
READERS: list[Callable[[object], object]] = [
    lambda body: occupations.matches(body, "vet", RECEIPT),
    lambda body: occupations.details(body, "2216", RECEIPT),
    lambda body: by_year.series(WeeklyPay, body, "2216", RECEIPT),
    lambda body: by_year.series(WeeklyHours, body, "2216", RECEIPT),
    lambda body: by_year.series(PayChange, body, "2216", RECEIPT),
    lambda body: by_year.series(Unemployment, body, "2216", RECEIPT),
    lambda body: by_year.series(EmploymentForecast, body, "2216", RECEIPT),
    lambda body: by_year.breakdown(PayByRegion, "region", body, "2216", RECEIPT),
    lambda body: by_year.breakdown(EmploymentBreakdown, "industry", body, "2216", RECEIPT),
    lambda body: by_year.replacement(body, "2216", RECEIPT),
    lambda body: vacancy_difficulty.difficulty(body, "2216", RECEIPT, Region.LONDON),
    lambda body: vacancy_difficulty.regions(body, RECEIPT),
    lambda body: vacancy_difficulty.hardest(body, Region.LONDON, RECEIPT),
    lambda body: onet.occupations(body, "2216", RECEIPT),
    lambda body: onet.profile("skills", body, "29-1131.00", RECEIPT),
    lambda body: onet.from_skills(body, RECEIPT),
    lambda body: surroundings.subjects(body, "2216", RECEIPT),
    lambda body: surroundings.postings(body, RECEIPT),
    lambda body: surroundings.area_jobs(body, "LS1", RECEIPT),
]


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_no_json_makes_a_reader_raise_or_show_a_zero(body: object) -> None:
    for read in READERS:
        answer = read(body)
        if isinstance(answer, (WeeklyPay, WeeklyHours, EmploymentForecast, Unemployment)):
            assert answer.figures
            assert all(figure.value > 0 for figure in answer.figures)
