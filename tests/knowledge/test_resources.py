"""The directory of places to go: read whole, refused with file and line, filtered as asked."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from knowledge.content import BadContent
from knowledge.readers import AUDIENCES, PARENTS, STAGES
from knowledge.resources import COSTS, SECTORS, TOPICS, Resources, Wanted
from tests.knowledge import style
from tests.knowledge.reading import grade_of_text

RESOURCES = Resources.load()
ALL = list(RESOURCES)

ENTRY = """
- id: a_place
  name: A place
  what: It says what jobs there are.
  link: https://www.example.org
  kind: charity
  benchmarks: [2]
  key_stages: [3]
  audiences: [years 7-9, parents]
  cost: free
  send: ""
  topics: [choosing]
  checked_on: 2026-11-22
  status: to-confirm
"""


def loaded(folder: Path, text: str) -> Resources:
    path = folder / "resources.yml"
    path.write_text(dedent(text), encoding="utf-8")
    return Resources.load(path)


# ---- the entries ----


def test_there_are_enough_and_no_name_or_link_stands_twice():
    assert len(ALL) >= 55
    for values in ([r.name for r in ALL], [r.link for r in ALL]):
        assert sorted(values) == sorted(set(values))


def test_what_a_place_is_fits_in_one_plain_sentence():
    assert [
        r.id for r in ALL if not re.fullmatch(r"[^.?!]+(?:[.?!][^.?! ][^.?!]*)*\.", r.what)
    ] == []
    assert [r.id for r in ALL if grade_of_text(r.what) > 11] == []


@pytest.mark.parametrize("resource", ALL, ids=lambda r: r.id)
def test_style(resource):
    # A place's own name is its own.
    assert list(style.faults(resource.what)) == []
    assert list(style.faults(resource.send)) == []


def test_only_what_the_list_of_facts_names_is_confirmed():
    """Nobody has opened the others' sites for this list yet."""
    assert {r.id for r in ALL if r.is_confirmed} == {
        "national_careers_service", "explore_careers", "find_an_apprenticeship", "t_levels", "ucas",
    }  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_something_for_pupils_and_for_parents(topic):
    assert len(RESOURCES.find(Wanted(topic))) >= 4
    assert RESOURCES.find(Wanted(topic, audience=PARENTS))
    assert RESOURCES.find(Wanted(topic, audience="years 10-11"))


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("topic", ["choosing", "apprenticeships", "send"])
def test_everybody_finds_something_free(audience, topic):
    assert RESOURCES.find(Wanted(topic, audience=audience, cost="free"))


@pytest.mark.parametrize("benchmark", [2, 3, 4, 5, 6, 7, 8])
def test_each_benchmark_about_pupils_has_a_place(benchmark):
    assert RESOURCES.find(Wanted(benchmark=benchmark))


@pytest.mark.parametrize("sector", SECTORS)
def test_each_sector_has_a_place(sector):
    assert RESOURCES.find(Wanted("sector", sector=sector))


# ---- finding ----


def test_what_is_mainly_for_the_topic_comes_first_then_official_places_then_by_name():
    found = RESOURCES.find(Wanted("apprenticeships", audience=PARENTS, key_stage=3))
    main = [r for r in found if r.topics[0] == "apprenticeships"]
    assert found[: len(main)] == main
    assert [r.id for r in main] == ["apprenticeships_gov_uk", "amazing_apprenticeships"]


def test_every_filter_counts():
    wanted = Wanted(
        "jobs", also="cv and interviews", audience="years 12-13", cost="free", send=True
    )
    found = RESOURCES.find(wanted)
    assert {r.id for r in found} == {"national_careers_service", "scope"}
    for resource in found:
        assert {"jobs", "cv and interviews"} <= set(resource.topics)
        assert resource.send
    assert RESOURCES.find(Wanted(cost="paid")) == [r for r in ALL if r.cost == "paid"]
    assert all(5 in r.key_stages for r in RESOURCES.find(Wanted(key_stage=5)))


def test_one_filter_is_given_up_where_one_is_enough():
    found, left_out = RESOURCES.nearest(Wanted("technical", cost="paid", audience=PARENTS))
    assert left_out == ("cost",)
    assert found == RESOURCES.find(Wanted("technical", audience=PARENTS))


def test_as_many_as_it_takes_are_given_up_where_one_is_not_enough():
    found, left_out = RESOURCES.nearest(Wanted("results", cost="paid", sector="health"))
    assert left_out == ("cost", "sector")
    assert found == RESOURCES.find(Wanted("results"))


def test_nothing_is_given_up_where_something_fits():
    assert RESOURCES.nearest(Wanted("send"))[1] == ()


def test_an_empty_directory_has_nothing_near():
    assert Resources({}).nearest(Wanted("send", cost="free")) == ([], ("cost", "topic"))


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("cost", [None, *COSTS])
@pytest.mark.parametrize("audience", [None, *STAGES, PARENTS])
def test_there_is_always_something(topic, cost, audience):
    assert RESOURCES.nearest(Wanted(topic, cost=cost, audience=audience, send=True))[0]


# ---- reading ----


def test_an_entry_is_read(tmp_path):
    resources = loaded(tmp_path, ENTRY)
    assert "a_place" in resources
    assert "other" not in resources
    assert resources["a_place"].line == 2
    assert resources["a_place"].audiences == ("years 7-9", "parents")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("kind: charity", "kind: school", "kind is 'school', none of official, charity, company"),
        ("cost: free", "cost: cheap", "cost is 'cheap', none of free, paid, mixed"),
        ("status: to-confirm", "status: sure", "status is 'sure'"),
        ("https://www", "http://www", "the link does not begin with https://"),
        ("benchmarks: [2]", "benchmarks: [9]", "benchmarks: 9 is none of 1, 2"),
        ("benchmarks: [2]", "benchmarks: 2", "benchmarks is not a list"),
        ("key_stages: [3]", "key_stages: [4]", "the key stages [4] are not those of the audiences"),
        ("[years 7-9, parents]", "[year 7]", "audiences: 'year 7' is none of years 7-9"),
        ("topics: [choosing]", "topics: [fun]", "topics: 'fun' is none of choosing"),
        ("topics: [choosing]", "topics: [sector]", "the topic sector and the key sectors go"),
        ("topics: [choosing]", "topics: [send]", "the topic send needs a note"),
        ('send: ""', "send: [1]", "send is not words"),
        ("checked_on: 2026-11-22", "checked_on: today", "checked_on is not a day"),
        ("what: It says", "what: " + "word " * 26 + "It says", "what has more than 25 words"),
        ("  name: A place\n", "", "name is missing"),
        ("  name: A place", "  name: A place\n  nickname: x", "unknown key nickname"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, old, new, fault):
    assert old in ENTRY
    with pytest.raises(BadContent) as told:
        loaded(tmp_path, ENTRY.replace(old, new))
    assert re.search(r"resources\.yml:2: ", str(told.value))
    assert fault in str(told.value)


def test_an_id_may_stand_once(tmp_path):
    with pytest.raises(BadContent, match=r"resources\.yml:16: a_place stands in line 2 too"):
        loaded(tmp_path, ENTRY + ENTRY)
