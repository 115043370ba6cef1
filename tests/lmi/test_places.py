"""Place names in text: the right area, and no ordinary word mistaken for a place."""

from __future__ import annotations

import csv
import time
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi.places import MIN_FORGIVEN, Place, Places
from lmi.table_files import TABLES

REGIONS = {
    "London": 1,
    "South East": 2,
    "East of England": 3,
    "South West": 4,
    "West Midlands": 5,
    "East Midlands": 6,
    "Yorkshire and the Humber": 7,
    "North West": 8,
    "North East": 9,
    "Wales": 10,
    "Scotland": 11,
    "Northern Ireland": 12,
    "England": 0,
    "United Kingdom": 0,
}

# Which published areas lie in which region; South East Midlands reaches into three.
REGIONS_OF_AREA = {
    "Brighton and Hove East Sussex West Sussex": {"South East"},
    "Buckinghamshire": {"South East"},
    "Cambridge and Peterborough": {"East of England"},
    "Cambridgeshire and Peterborough": {"East of England"},
    "Cheshire and Warrington": {"North West"},
    "Cornwall and the Isles of Scilly": {"South West"},
    "Cumbria": {"North West"},
    "Derbyshire and Nottinghamshire": {"East Midlands"},
    "Dorset": {"South West"},
    "England": {"England"},
    "Essex Southend-on-Sea and Thurrock": {"East of England"},
    "Gloucestershire": {"South West"},
    "Greater London": {"London"},
    "Greater Manchester": {"North West"},
    "Hertfordshire": {"East of England"},
    "Hull and East Yorkshire": {"Yorkshire and the Humber"},
    "Kent and Medway": {"South East"},
    "Lancashire": {"North West"},
    "Liverpool City Region": {"North West"},
    "Norfolk and Suffolk": {"East of England"},
    "North East": {"North East"},
    "North of Tyne": {"North East"},
    "Oxfordshire": {"South East"},
    "South East Midlands": {"East Midlands", "East of England", "South East"},
    "South Yorkshire": {"Yorkshire and the Humber"},
    "Stoke-on-Trent and Staffordshire": {"West Midlands"},
    "Swindon and Wiltshire": {"South West"},
    "Tees Valley": {"North East"},
    "Thames Valley Berkshire": {"South East"},
    "The Marches": {"West Midlands"},
    "West Midlands": {"West Midlands"},
    "West Yorkshire": {"Yorkshire and the Humber"},
    "West of England": {"South West"},
    "West of England and North Somerset": {"South West"},
    "Worcestershire": {"West Midlands"},
    "York and North Yorkshire": {"Yorkshire and the Humber"},
}


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.load()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (TABLES / "places.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def only(found: list[Place]) -> Place:
    assert len(found) == 1, found
    return found[0]


class TestTable:
    def test_names_are_lower_case_sorted_and_distinct(self, rows: list[dict[str, str]]) -> None:
        names = [row["place"] for row in rows]
        assert len(names) >= 500
        assert names == sorted(set(names))
        assert all(name == name.lower().strip() for name in names)

    def test_no_two_names_are_typed_the_same(
        self, rows: list[dict[str, str]], places: Places
    ) -> None:
        assert len(places) == len(rows)

    def test_regions_and_their_numbers_agree(self, rows: list[dict[str, str]]) -> None:
        assert {(row["region"], int(row["lmi_region"])) for row in rows} == set(REGIONS.items())

    def test_areas_are_those_that_have_projections(self, rows: list[dict[str, str]]) -> None:
        with (TABLES / "employment_area.csv").open(encoding="utf-8", newline="") as stream:
            published = {row["name"] for row in csv.DictReader(stream)}
        assert {row["area"] for row in rows} - {""} == published == set(REGIONS_OF_AREA)

    def test_each_area_lies_in_its_regions(self, rows: list[dict[str, str]]) -> None:
        for area, regions in REGIONS_OF_AREA.items():
            assert {row["region"] for row in rows if row["area"] == area} == regions, area

    def test_a_whole_region_or_another_nation_has_no_area(self, rows: list[dict[str, str]]) -> None:
        by_name = {row["place"]: row for row in rows}
        whole = ["north west", "the north east", "yorkshire", "west midlands", "east of england"]
        assert all(by_name[name]["area"] == "" for name in whole)
        assert all(row["area"] == "" for row in rows if int(row["lmi_region"]) >= 10)

    def test_the_word_column_is_empty_or_one(self, rows: list[dict[str, str]]) -> None:
        assert {row["word"] for row in rows} == {"", "1"}
        words = {row["place"] for row in rows if row["word"]}
        assert {"bath", "reading", "sale", "deal", "rugby", "hove", "street", "barking"} <= words


class TestFinding:
    @pytest.mark.parametrize(
        ("text", "name", "area"),
        [
            ("what does a vet earn in Leeds", "Leeds", "West Yorkshire"),
            ("BRUM", "Birmingham", "West Midlands"),
            ("jobs in the black country", "the Black Country", "West Midlands"),
            ("nurse pay in notts?", "Nottinghamshire", "Derbyshire and Nottinghamshire"),
            ("and in west yorks", "West Yorkshire", "West Yorkshire"),
            ("newcastle", "Newcastle upon Tyne", "North of Tyne"),
            (
                "newcastle under lyme",
                "Newcastle-under-Lyme",
                "Stoke-on-Trent and Staffordshire",
            ),
            ("Stoke-on-Trent please", "Stoke-on-Trent", "Stoke-on-Trent and Staffordshire"),
            ("near St. Helens", "St Helens", "Liverpool City Region"),
            ("King’s Lynn", "King's Lynn", "Norfolk and Suffolk"),
            ("kings lynn", "King's Lynn", "Norfolk and Suffolk"),
            ("hull & east yorkshire", "Hull and East Yorkshire", "Hull and East Yorkshire"),
            ("miltonkeynes", "Milton Keynes", "South East Midlands"),
            ("warrington", "Warrington", "Cheshire and Warrington"),
            ("luton", "Luton", "South East Midlands"),
            ("runcorn", "Runcorn", "Liverpool City Region"),
            ("wigan", "Wigan", "Greater Manchester"),
            ("harrogate", "Harrogate", "York and North Yorkshire"),
            ("weston super mare", "Weston-super-Mare", "West of England and North Somerset"),
            ("telford", "Telford", "The Marches"),
            ("darlington", "Darlington", "Tees Valley"),
            ("chesterfield", "Chesterfield", "Derbyshire and Nottinghamshire"),
            ("gatwick", "Gatwick", "Brighton and Hove East Sussex West Sussex"),
        ],
    )
    def test_a_name_leads_to_its_area(
        self, places: Places, text: str, name: str, area: str
    ) -> None:
        place = only(places.find(text))
        assert (place.name, place.area) == (name, area)

    @pytest.mark.parametrize(
        ("text", "region", "number"),
        [
            ("the north east", "North East", 9),
            ("North-West", "North West", 8),
            ("grimsby", "Yorkshire and the Humber", 7),
            ("leicester", "East Midlands", 6),
            ("nuneaton", "West Midlands", 5),
            ("exeter", "South West", 4),
            ("east anglia", "East of England", 3),
            ("southampton", "South East", 2),
            ("cardiff", "Wales", 10),
            ("glasgow", "Scotland", 11),
            ("belfast", "Northern Ireland", 12),
            ("the uk", "United Kingdom", 0),
        ],
    )
    def test_where_no_one_area_fits_the_region_is_given(
        self, places: Places, text: str, region: str, number: int
    ) -> None:
        place = only(places.find(text))
        assert (place.area, place.region, place.lmi_region) == (None, region, number)

    def test_offsets_are_those_of_the_name(self, places: Places) -> None:
        text = "pay in Leeds's schools, or in Tower Hamlets?"
        assert [(place.text, text[place.start : place.end]) for place in places.find(text)] == [
            ("Leeds", "Leeds"),
            ("Tower Hamlets", "Tower Hamlets"),
        ]

    def test_the_longest_name_wins(self, places: Places) -> None:
        found = places.find("north east lincolnshire or north yorkshire or york")
        assert [place.name for place in found] == [
            "North East Lincolnshire",
            "North Yorkshire",
            "York",
        ]

    def test_a_country_after_its_part_adds_nothing(self, places: Places) -> None:
        assert [place.name for place in places.find("the north east of England")] == [
            "the North East"
        ]
        assert [place.name for place in places.find("Leeds, UK")] == ["Leeds"]
        assert [place.name for place in places.find("is leeds like the rest of england")] == [
            "Leeds",
            "England",
        ]

    @pytest.mark.parametrize("text", ["", "  ", "?!", "new york", "www.a.uk", "no i haven't"])
    def test_no_place(self, places: Places, text: str) -> None:
        assert places.find(text) == []


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            "jobs in reading",
            "what do nurses get in Reading?",
            "Reading",
            "vet near reading please",
            "im from reading",
            "pay around reading, and the outlook",
        ],
    )
    def test_a_word_is_a_place_after_in_or_alone(self, places: Places, text: str) -> None:
        assert only(places.find(text)).name == "Reading"

    @pytest.mark.parametrize(
        "text",
        [
            "i like reading",
            "good at reading and maths",
            "interested in rugby",
            "a career in rugby",
            "rugby player",
            "sandwich artist",
            "work in street cleaning",
            "what's a good deal",
            "bath fitter",
            "shops with a sale",
            "hackney carriage driver",
            "my name is stanley",
            "a dog that is always barking",
        ],
    )
    def test_a_word_is_no_place_elsewhere(self, places: Places, text: str) -> None:
        assert places.find(text) == []


class TestSlips:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("birmigham", "Birmingham"),
            ("Sheffeild", "Sheffield"),
            ("manchestr", "Manchester"),
            ("middlesborough", "Middlesbrough"),
            ("nottinghamm", "Nottingham"),
            ("wolverhamton", "Wolverhampton"),
            ("cornwal", "Cornwall"),
            ("north east linconshire", "North East Lincolnshire"),
            ("milton keyns", "Milton Keynes"),
            ("the norht east", "the North East"),
        ],
    )
    def test_one_slip_is_forgiven(self, places: Places, text: str, name: str) -> None:
        assert only(places.find(f"nurse in {text}")).name == name

    @pytest.mark.parametrize(
        "text",
        ["finland", "iceland", "sydney", "darwin", "banking", "survey", "the lakers", "stratford"],
    )
    def test_another_word_or_name_is_left_alone(self, places: Places, text: str) -> None:
        assert places.find(f"work in {text}") == []

    def test_no_job_title_is_taken_for_a_misspelt_place(self, places: Places) -> None:
        with (TABLES / "job_titles.csv").open(encoding="utf-8", newline="") as stream:
            titles = {row["title"] for row in csv.DictReader(stream)}
        assert {
            title: place.name
            for title in titles
            for place in places.find(title)
            if place.text.lower() not in ALL_NAMES
        } == {}

    @settings(deadline=None)  # other tests may be running beside this one
    @given(st.data())
    def test_a_dropped_letter_never_leads_to_another_area(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(LONG_NAMES))
        drop = data.draw(st.integers(1, len(row["place"]) - 1))
        typed = row["place"][:drop] + row["place"][drop + 1 :]
        if typed in ALL_NAMES:
            return
        assert all(place.lmi_region == int(row["lmi_region"]) for place in PLACES.find(typed))

    @settings(deadline=None)  # other tests may be running beside this one
    @given(st.text(max_size=200))
    def test_any_text_is_read_without_error(self, text: str) -> None:
        for place in PLACES.find(text):
            assert text[place.start : place.end] == place.text != ""


PLACES = Places.load()
with (TABLES / "places.csv").open(encoding="utf-8", newline="") as _stream:
    _ROWS = list(csv.DictReader(_stream))
ALL_NAMES = {row["place"] for row in _ROWS}
LONG_NAMES = [row for row in _ROWS if row["place"].isalpha() and len(row["place"]) > MIN_FORGIVEN]


def test_looking_up_takes_less_than_a_millisecond(places: Places) -> None:
    texts = [
        "what does a vet earn and will there still be jobs in the north east of england",
        "how much do nurses get in birmigham compared with london",
        "i want to be a games designer but my mum says there are no jobs near me, is that true",
    ]
    taken = []
    for text in texts * 50:
        started = time.perf_counter()
        places.find(text)
        taken.append(time.perf_counter() - started)
    assert median(taken) < 0.001
