"""The committed tables come from the official files, byte for byte, and hold only facts."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from lmi.official.errors import UnexpectedFile
from lmi.official.pay import AllJobsPay, Pay, all_jobs_pay
from lmi.official.profiles import apprenticeship_levels, gcses, university_entry
from lmi.official.title_words import natural_words
from lmi.rebuild import CORRECTIONS, rebuild
from lmi.table_files import TABLES, read_sources, read_table

SHARED = Path(__file__).parents[3] / "shared" / "data"
BY_HAND = {"summaries.csv", "places.csv"}


class Rebuilt(NamedTuple):
    folder: Path
    counts: dict[str, int]
    told: list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the official files are not at ../shared/data")
    return SHARED


@pytest.fixture(scope="module")
def rebuilt(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Rebuilt:
    target = tmp_path_factory.mktemp("tables")
    (target / "summaries.csv").write_text("by hand", encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    counts = rebuild(shared, target, lambda what, done, total: told.append((what, done, total)))
    return Rebuilt(target, counts, told)


def test_the_rebuild_reproduces_the_committed_tables_byte_for_byte(rebuilt: Rebuilt) -> None:
    made = {path.name for path in rebuilt.folder.iterdir()} - BY_HAND
    assert len(made) == 12
    for name in sorted(made):
        assert (rebuilt.folder / name).read_bytes() == (TABLES / name).read_bytes(), name


def test_no_committed_table_is_left_out_of_the_rebuild(rebuilt: Rebuilt) -> None:
    committed = {path.name for path in TABLES.iterdir()} - BY_HAND
    assert committed == {path.name for path in rebuilt.folder.iterdir()} - BY_HAND


def test_tables_written_by_hand_are_left_alone(rebuilt: Rebuilt) -> None:
    assert (rebuilt.folder / "summaries.csv").read_text(encoding="utf-8") == "by hand"
    assert not (rebuilt.folder / "places.csv").exists()


def test_every_table_states_its_source(shared: Path) -> None:
    recorded = read_sources(TABLES)
    assert {f"{name}.csv" for name in recorded} == {
        path.name for path in TABLES.glob("*.csv")
    } - BY_HAND
    for name, entry in recorded.items():
        for field in ("publisher", "dataset", "year", "date", "licence", "link", "files"):
            assert entry[field], (name, field)
        assert entry["link"].startswith("https://")
        assert entry["rows"] == len(read_table(TABLES / f"{name}.csv"))
        assert "/work" not in json.dumps(entry)


def test_progress_is_told_and_rows_are_counted(rebuilt: Rebuilt) -> None:
    assert [done for _, done, _ in rebuilt.told] == list(range(len(rebuilt.told)))
    assert rebuilt.told[-1][1] == rebuilt.told[-1][2]
    assert rebuilt.counts["unit_groups"] == 412


def test_a_folder_without_the_files_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnexpectedFile, match="does not hold the official files"):
        rebuild(tmp_path / "absent", tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_no_sentence_of_the_sources_is_in_the_tables(shared: Path) -> None:
    """No table shares a run of eight words with the descriptive text of ONS or NCS."""
    units = json.loads((shared / "soc" / "soc2020_unit_groups.json").read_text("utf-8"))
    profiles = json.loads((shared / "ncs" / "ncs_job_profiles_2020-11.json").read_text("utf-8"))
    texts = [
        text
        for group in units["unit_groups"].values()
        for text in (group["description"], group["entry_routes"], *group["tasks"])
    ]
    for profile in profiles["profiles"]:
        texts += [profile["overview"], *profile.get("day_to_day_tasks", [])]
        texts += [
            str(line)
            for route in (profile.get("entry_routes") or {}).values()
            for value in route.values()
            for line in (value if isinstance(value, list) else [value])
        ]
    theirs = set().union(*(runs_of_words(text) for text in texts))
    for path in sorted(TABLES.glob("*.csv")):
        for row in read_table(path):
            for column, cell in row.items():
                if column == "title":
                    continue  # an official title may be long, and the texts name it too
                assert not runs_of_words(cell) & theirs, (path.name, cell)


def runs_of_words(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9']+", text.casefold())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def test_job_titles_are_deduplicated_ranked_and_small() -> None:
    rows = read_table(TABLES / "job_titles.csv")
    assert (TABLES / "job_titles.csv").stat().st_size < 2_000_000
    assert len({row["title"].casefold() for row in rows}) == len(rows)
    known = {row["code"] for row in read_table(TABLES / "unit_groups.csv")}
    for row in rows:
        codes = row["soc2020"].split()
        assert codes, row
        assert set(codes) <= known
        assert len(set(codes)) == len(codes)
        assert 0 < float(row["weight"]) <= 1
        assert row["origin"] in {"soc2020_related", "soc2010_index", "ncs_profile"}


COMMON_JOBS = {
    "vet": "2240",
    "nurse": "2237",
    "mental-health-nurse": "2235",
    "midwife": "2231",
    "gp": "2211",
    "surgeon": "2212",
    "dentist": "2253",
    "paramedic": "2255",
    "pharmacist": "2251",
    "physiotherapist": "2221",
    "electrician": "5241",
    "electrical-engineer": "2123",
    "mechanical-engineer": "2122",
    "civil-engineer": "2121",
    "plumber": "5315",
    "carpenter": "5316",
    "bricklayer": "5313",
    "stonemason": "5312",
    "motor-mechanic": "5231",
    "software-developer": "2134",
    "app-developer": "2134",
    "web-developer": "2134",
    "ux-designer": "2141",
    "graphic-designer": "2142",
    "fashion-designer": "3422",
    "interior-designer": "3421",
    "product-designer": "3429",
    "social-media-manager": "2493",
    "cyber-intelligence-officer": "2135",
    "network-engineer": "2137",
    "police-officer": "3312",
    "firefighter": "3313",
    "soldier": "3311",
    "army-officer": "1161",
    "prison-officer": "3314",
    "primary-school-teacher": "2314",
    "secondary-school-teacher": "2313",
    "headteacher": "2321",
    "teaching-assistant": "6112",
    "nursery-worker": "6111",
    "childminder": "6114",
    "social-worker": "2461",
    "youth-worker": "3221",
    "care-worker": "6135",
    "solicitor": "2412",
    "barrister": "2411",
    "paralegal": "2419",
    "architect": "2451",
    "quantity-surveyor": "2453",
    "management-accountant": "2421",
    "auditor": "2421",
    "estate-agent": "3555",
    "actor": "3413",
    "photographer": "3417",
    "hairdresser": "6221",
    "beauty-therapist": "6222",
    "chef": "5434",
    "barista": "9266",
    "waiter": "9264",
    "kitchen-assistant": "9263",
    "airline-pilot": "3511",
    "cabin-crew": "6213",
    "train-driver": "8231",
    "large-goods-vehicle-driver": "8211",
    "delivery-van-driver": "8214",
    "farmer": "5111",
    "zookeeper": "6129",
    "veterinary-nurse": "3240",
    "personal-trainer": "3433",
    "sports-professional": "3431",
    "marketing-manager": "2432",
    "warehouse-worker": "9252",
    "sales-assistant": "7111",
    "receptionist": "4216",
    "psychologist": "2226",
    "clinical-psychologist": "2225",
    "forensic-scientist": "2112",
    "architectural-technologist": "2452",
}


def test_common_jobs_are_in_the_right_unit_group() -> None:
    found = {row["slug"]: row["soc2020"].split()[0] for row in read_table(TABLES / "profiles.csv")}
    wrong = {slug: (found[slug], code) for slug, code in COMMON_JOBS.items() if found[slug] != code}
    assert not wrong


def test_every_correction_is_used_and_says_why() -> None:
    profiles = {row["slug"] for row in read_table(TABLES / "profiles.csv")}
    soc2010 = {row["code"] for row in read_table(TABLES / "soc2010.csv")}
    titles = {row["title"].casefold() for row in read_table(TABLES / "job_titles.csv")}
    places = {"profile": profiles, "soc2010": soc2010, "title": titles}
    for row in read_table(CORRECTIONS):
        assert row["key"] in places[row["kind"]], row
        assert row["reason"], row


def test_the_middle_of_all_jobs_is_weighted_by_jobs_and_skips_what_is_not_published() -> None:
    def group(code: str, median: int | None, jobs: int | None) -> Pay:
        return Pay(code, 2024, "all", jobs, median, None, None, None, None)

    rows = [
        group("1111", 90_000, 1_000),
        group("2222", 20_000, 5_000),
        group("3333", 30_000, 3_000),
        group("4444", 1, None),
        group("5555", None, 900_000),
    ]
    assert all_jobs_pay(rows) == [AllJobsPay(2024, "all", 20_000, "computed")]
    rows.append(group("6666", 40_000, 2_000))
    assert all_jobs_pay(rows)[0].median == 30_000


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Nurse, dental", ("dental", "nurse")),
        ("Nurse, care, primary, advanced", ("advanced", "primary", "care", "nurse")),
        ("Stock manager (farming)", ("stock", "manager")),
        ("Barrister's clerk", ("barrister", "clerk")),
        ("Secretaries", ("secretary",)),
    ],
)
def test_titles_are_compared_in_natural_order(title: str, words: tuple[str, ...]) -> None:
    assert natural_words(title) == words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2 to 3 A levels for a degree", ("2-3", "degree")),
        ("3 A levels including maths", ("3", "degree")),
        ("at least 1 A level for a foundation degree", ("1+", "foundation degree")),
        ("1 or 2 A levels for a higher national diploma", ("1-2", "higher national diploma")),
        ("between 1 and 3 A levels for a higher national diploma or degree", ("1-3", "degree")),
        ("to pass an audition", ("", "")),
    ],
)
def test_a_levels_are_read_from_requirement_lines(line: str, expected: tuple[str, str]) -> None:
    assert university_entry([line]) == expected


def test_a_degrees_a_levels_count_before_a_foundation_degrees() -> None:
    lines = ["1 or 2 A levels for a foundation degree", "2 to 3 A levels for a degree"]
    assert university_entry(lines) == ("2-3", "degree")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["5 GCSEs at grades 9 to 4"], "5"),
        (["4 or 5 GCSEs for a level 3 course", "2 or more GCSEs for a level 2 course"], "2-5"),
        (["2 or more GCSEs"], "2+"),
        (["2 or fewer GCSEs for a level 1 course"], "0-2"),
        (["2 or fewer GCSEs for a level 1 course", "2 or more GCSEs for a level 2 course"], "2+"),
        (["some GCSEs"], ""),
        ([], ""),
    ],
)
def test_gcses_are_read_from_requirement_lines(lines: list[str], expected: str) -> None:
    assert gcses(lines) == expected


def test_levels_of_apprenticeship_are_read_from_lines_or_else_from_standards() -> None:
    lines = ["GCSEs for a higher or degree apprenticeship", "an advanced apprenticeship in joinery"]
    assert apprenticeship_levels(lines, ["2"]) == ("advanced", "higher", "degree")
    assert apprenticeship_levels(["entry requirements vary"], ["6", "2"]) == (
        "intermediate",
        "degree",
    )
    assert apprenticeship_levels(["a degree in any subject"], []) == ()
