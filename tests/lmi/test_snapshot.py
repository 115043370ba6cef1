"""The embedded snapshot: worked values, suppressed figures, lookups, loading time."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lmi.snapshot import Snapshot
from lmi.table_files import TABLES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return Snapshot.load()


@pytest.mark.parametrize(
    ("code", "title", "median"),
    [
        ("2240", "Veterinarians", 42612),
        ("5241", "Electricians and electrical fitters", 38064),
        ("9263", "Kitchen and catering assistants", 11064),
        ("6135", "Care workers and home carers", 19752),
    ],
)
def test_typical_pay_in_2024(snapshot: Snapshot, code: str, title: str, median: int) -> None:
    row = snapshot.pay(code)
    assert row is not None
    assert snapshot.unit_groups[code].title == title
    assert (row.year, row.sex, row.median) == (2024, "all", median)


def test_vets_pay_has_its_quartile_and_keeps_what_is_suppressed_empty(snapshot: Snapshot) -> None:
    vets = snapshot.pay("2240", 2024)
    assert vets is not None
    assert (vets.jobs, vets.p25, vets.p75, vets.p90) == (14000, 32976, None, None)
    men = snapshot.pay("2240", 2024, "men")
    assert men is not None
    assert men.median is None


def test_pay_covers_every_unit_group_year_and_sex(snapshot: Snapshot) -> None:
    assert snapshot.pay_years() == [2021, 2022, 2023, 2024]
    for code in snapshot.unit_groups:
        for year in snapshot.pay_years():
            for sex in ("all", "women", "men"):
                assert snapshot.pay(code, year, sex) is not None
    published = [code for code in snapshot.unit_groups if (snapshot.pay(code) or 0).median]
    assert len(published) == 358


def test_unknown_codes_years_and_sexes_give_nothing(snapshot: Snapshot) -> None:
    assert snapshot.pay("0000") is None
    assert snapshot.pay("2240", 1999) is None
    assert snapshot.pay("2240", 2024, "everyone") is None
    assert snapshot.all_jobs_pay(1999) is None
    assert snapshot.employment("99") == {}
    assert snapshot.area_employment("Atlantis", "22") == {}
    assert snapshot.replacement("2") is None
    assert snapshot.profiles_for("0000") == ()


def test_percentiles_are_in_order(snapshot: Snapshot) -> None:
    for code in snapshot.unit_groups:
        for year in snapshot.pay_years():
            row = snapshot.pay(code, year)
            assert row is not None
            figures = [row.p10, row.p25, row.median, row.p75, row.p90]
            known = [figure for figure in figures if figure is not None]
            assert known == sorted(known), row


def test_the_all_jobs_figure_is_computed_and_its_caveat_says_so(snapshot: Snapshot) -> None:
    assert snapshot.all_jobs_pay(2024) == 34128
    assert not snapshot.all_jobs_pay_is_official(2024)
    assert "not an official figure" in snapshot.source("pay_all_jobs").caveat
    assert "full time and part time" in snapshot.source("pay").caveat


def test_the_classification_is_whole(snapshot: Snapshot) -> None:
    assert len(snapshot.unit_groups) == 412
    assert len(snapshot.groups) == 139
    for code, group in snapshot.unit_groups.items():
        assert (group.major, group.sub_major, group.minor) == (code[0], code[:2], code[:3])
        assert group.title == group.title.strip()
        assert {group.major, group.sub_major, group.minor} <= set(snapshot.groups)


def test_employment_in_england_adds_up(snapshot: Snapshot) -> None:
    assert list(snapshot.employment("22")) == list(range(2010, 2036))
    assert snapshot.employment("22")[2035] == pytest.approx(1588.434)
    assert snapshot.employment("")[2035] == pytest.approx(32070.091)
    for year in (2010, 2025, 2035):
        majors = sum(snapshot.employment(str(major))[year] for major in range(1, 10))
        assert majors == pytest.approx(snapshot.employment("")[year], abs=0.1)
    for major in "123456789":
        below = [code for code in snapshot.groups if len(code) == 2 and code[0] == major]
        total = sum(snapshot.employment(code)[2035] for code in below)
        assert total == pytest.approx(snapshot.employment(major)[2035], abs=0.1)


def test_replacement_demand(snapshot: Snapshot) -> None:
    health = snapshot.replacement("22")
    assert health is not None
    assert health.net_change == pytest.approx(234.696)
    assert health.replacement_demand == pytest.approx(790.702)
    assert health.total_requirement == pytest.approx(1025.398)
    assert health.rate_pa == pytest.approx(0.03114)


def test_forty_two_areas_and_england(snapshot: Snapshot) -> None:
    local = [area for area in snapshot.areas if area.kind != "Country"]
    assert len(local) == 42
    assert [area.name for area in snapshot.areas if area.kind == "Country"] == ["England"]
    for area in snapshot.areas:
        assert area.name == area.name.strip()
        assert list(snapshot.area_employment(area.name, "22")) == [2020, 2025, 2030, 2035]


def test_a_name_that_two_areas_share_means_the_whole_one(snapshot: Snapshot) -> None:
    assert snapshot.area_employment("Dorset", "11")[2020] == pytest.approx(30.245)
    assert snapshot.area_employment("North East", "11")[2020] == pytest.approx(46.683)


def test_results_can_be_changed_without_changing_the_snapshot(snapshot: Snapshot) -> None:
    snapshot.employment("22").clear()
    snapshot.area_employment("Kent and Medway", "22").clear()
    snapshot.pay_years().clear()
    assert snapshot.employment("22")
    assert snapshot.area_employment("Kent and Medway", "22")
    assert snapshot.pay_years()


def test_codes_of_both_classifications_lead_to_each_other(snapshot: Snapshot) -> None:
    assert snapshot.soc2010_for("2240") == ("2216",)
    assert snapshot.soc2020_for("2216") == ("2240",)
    assert snapshot.soc2020_for("2435") == ("2452",)
    assert snapshot.soc2020_for("2231")[0] == "2237"
    assert snapshot.soc2010_titles["2216"] == "Veterinarians"
    assert len(snapshot.soc2010_titles) == 369
    for code in snapshot.soc2010_titles:
        assert set(snapshot.soc2020_for(code)) <= set(snapshot.unit_groups)
        assert snapshot.soc2020_for(code)


def test_a_profiles_entry_facts(snapshot: Snapshot) -> None:
    assert len(snapshot.profiles) == 829
    vet = snapshot.profiles["vet"]
    assert (vet.soc2010, vet.soc2020) == ("2216", ("2240",))
    assert vet.routes == ("university", "volunteering")
    assert (vet.min_hours, vet.max_hours) == (40, 45)
    assert (vet.university_a_levels, vet.university_award) == ("3", "degree")
    assert vet.university_gcses == "5"
    assert vet.link == "https://nationalcareers.service.gov.uk/job-profiles/vet"
    electrician = snapshot.profiles["electrician"]
    assert electrician.routes == ("college", "apprenticeship", "direct")
    assert electrician.apprenticeship_levels == ("advanced",)
    childminder = snapshot.profiles["childminder"]
    assert (childminder.routes, childminder.other_route) == ((), True)


def test_every_profile_has_a_unit_group_and_known_facts(snapshot: Snapshot) -> None:
    order = ("university", "college", "apprenticeship", "work", "volunteering", "direct")
    nowhere = []
    for profile in snapshot.profiles.values():
        assert profile.soc2020
        assert set(profile.soc2020) <= set(snapshot.unit_groups)
        assert list(profile.routes) == [route for route in order if route in profile.routes]
        assert set(profile.standards) <= set(snapshot.standards)
        assert (profile.min_hours is None) == (profile.max_hours is None)
        if not profile.routes and not profile.other_route:
            nowhere.append(profile.slug)
    assert nowhere == ["car-salesperson"]  # the source names no route for it


def test_profiles_of_a_unit_group_come_surest_first(snapshot: Snapshot) -> None:
    found = snapshot.profiles_for("2237")
    assert "nurse" in {profile.slug for profile in found}
    places = [profile.soc2020.index("2237") for profile in found]
    assert places == sorted(places)


def test_standards(snapshot: Snapshot) -> None:
    standard = snapshot.standards["ST0113"]
    assert (standard.title, standard.level, standard.duration_months) == ("Dental nurse", "3", 18)
    assert len(snapshot.standards) == 532


@pytest.mark.parametrize(
    "table",
    [
        "pay",
        "pay_all_jobs",
        "employment_england",
        "employment_area",
        "replacement_demand",
        "profiles",
        "unit_groups",
        "job_titles",
        "soc2010",
        "standards",
    ],
)
def test_every_table_has_a_source(snapshot: Snapshot, table: str) -> None:
    source = snapshot.source(table)
    assert source.publisher
    assert source.dataset
    assert source.year
    assert source.link.startswith("https://")
    assert source.licence == "Open Government Licence v3.0"


def test_projections_ask_for_caution(snapshot: Snapshot) -> None:
    for table in ("employment_england", "employment_area", "replacement_demand"):
        assert "caution" in snapshot.source(table).caveat


def test_it_loads_without_the_tables_written_by_hand(tmp_path: Path) -> None:
    left_out = shutil.ignore_patterns("summaries.csv", "places.csv")
    folder = Path(shutil.copytree(TABLES, tmp_path / "tables", ignore=left_out))
    snapshot = Snapshot.load(folder)
    assert snapshot.summaries == {}
    assert snapshot.places == {}


def test_it_loads_in_less_than_a_fifth_of_a_second() -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        Snapshot.load()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.2


def test_it_needs_nothing_that_the_engine_environment_lacks() -> None:
    script = (
        "import sys; import lmi.snapshot;"
        "print([name for name in ('openpyxl', 'requests', 'pydantic') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
