"""Places to go: who asks, for what, at what cost; nothing found; showing more."""

import json
import re

import pytest

from actions.resources import MOST_WORDS, SHOWN, directory, read, resources
from actions.topics import TOPICS
from actions.turn import Memory, Turn
from knowledge.readers import PARENTS
from knowledge.resources import TOPICS as IN_THE_DIRECTORY
from tests.actions.conversation import TODAY
from tests.actions.message_rules import MOST_BUTTONS, shown, text_faults
from tests.test_training_data import training_phrases


@pytest.fixture(autouse=True)
def _answered(monkeypatch):
    monkeypatch.setitem(TOPICS, "resources", resources)


def names(message):
    return re.findall(r"^- \[([^\]]+)\]", message["text"], re.MULTILINE)


def wanted_of(ground, text, **memory):
    turn = Turn(text=text, clause=text, intent="resources", memory=Memory(**memory), today=TODAY)
    return read(turn, ground)


def check(message):
    """What holds for each message here; whether its buttons lead somewhere is the domain's."""
    assert list(text_faults(shown(message["text"]))) == []
    assert len(shown(message["text"]).split()) <= 120
    assert 0 < len(message["buttons"]) <= MOST_BUTTONS
    titles = [button["title"] for button in message["buttons"]]
    assert len(set(titles)) == len(titles)
    assert {source["link"] for source in message["sources"]} == set(
        re.findall(r"^- \[[^\]]+\]\(([^)]+)\)", message["text"], re.MULTILINE)
    )


# ---- what is looked for ----


@pytest.mark.parametrize(
    ("text", "topic", "more"),
    [
        ("something for year 9 parents about apprenticeships", "apprenticeships",
         {"audience": PARENTS, "key_stage": 3}),
        ("websites for send students", "send", {}),
        ("where can i look for work experience", "work experience", {}),
        ("free help with cv", "cv and interviews", {"cost": "free"}),
        ("websites for year 12", "choosing", {"audience": "years 12-13"}),
        ("resources for ks4", "choosing", {"audience": "years 10-11"}),
        ("ks3 parents apprenticeships", "apprenticeships",
         {"audience": PARENTS, "key_stage": 3}),
        ("websites for parents about student finance", "money", {"audience": PARENTS}),
        ("apprenticeship sites for someone with autism", "apprenticeships", {"send": True}),
        ("websites about engineering careers", "sector", {"sector": "engineering"}),
        ("construction apprenticeships websites", "apprenticeships",
         {"sector": "construction"}),
        ("resources for gatsby benchmark 5", None, {"benchmark": 5}),
        ("apprenticeship resources for benchmark 5", "apprenticeships", {"benchmark": 5}),
        ("charity for young carers", "barriers", {}),
        ("results day help websites", "results", {}),
        ("sites for part time jobs for teens", "jobs", {}),
        ("websites for school leavers about jobs hunting", "choosing", {"audience": "leavers"}),
        ("virtual work experience websites", "work experience", {}),
        ("uni money help websites", "university", {"also": "money"}),
        ("is there a site that explains t levels", "technical", {}),
        ("any good websites", "choosing", {}),
        ("bursaries if you get free school meals, any websites", "money", {}),
    ],
)  # fmt: skip
def test_the_words_tell_what_is_looked_for(ground, text, topic, more):
    wanted, _ = wanted_of(ground, text)
    assert wanted.topic == topic
    filters = {"also", "audience", "key_stage", "cost", "send", "benchmark", "sector"}
    given = {name: getattr(wanted, name) for name in filters if getattr(wanted, name)}
    assert given == more


def test_what_is_remembered_of_the_reader_counts(ground):
    wanted, year = wanted_of(ground, "any websites", audience="parent", year_group=11)
    assert (wanted.audience, wanted.key_stage, year) == (PARENTS, 4, 11)
    wanted, year = wanted_of(ground, "any websites", audience="pupil", year_group=12)
    assert (wanted.audience, wanted.key_stage, year) == ("years 12-13", None, 12)


def test_the_words_count_before_what_is_remembered(ground):
    wanted, year = wanted_of(ground, "sites for year 8", audience="pupil", year_group=12)
    assert (wanted.audience, year) == ("years 7-9", 8)
    wanted, _ = wanted_of(ground, "sites for year 12 students", audience="parent", year_group=8)
    assert wanted.audience == "years 12-13"
    wanted, year = wanted_of(ground, "ks3 sites", audience="pupil", year_group=12)
    assert (wanted.audience, year) == ("years 7-9", None)


# ---- what is told ----


def test_year_9_parents_about_apprenticeships(talk):
    (message,) = talk.say("resources", "something for year 9 parents about apprenticeships")
    assert message["text"].startswith(
        "Places to look for **apprenticeships**, for parents of someone in Year 9:"
    )
    assert names(message)[:2] == ["Apprenticeships", "Amazing Apprenticeships"]
    assert "Free." in message["text"]
    assert "SEND: Has material about apprenticeships and SEND." in message["text"]
    assert "no ranking" in message["text"]
    check(message)


def test_free_help_with_cv_is_free(talk):
    (message,) = talk.say("resources", "free help with cv")
    assert message["text"].startswith("Places to look for **CVs and interviews**, free:")
    assert {directory_of(name).cost for name in names(message)} == {"free"}
    check(message)


def directory_of(name):
    return next(resource for resource in directory() if resource.name == name)


def test_each_place_has_its_source_and_says_when_it_is_not_confirmed(talk):
    (message,) = talk.say("resources", "apprenticeship websites for year 11")
    sources = {source["publisher"]: source for source in message["sources"]}
    assert sources["Find an apprenticeship"]["year"] == "checked November 2026"
    assert sources["Find an apprenticeship"]["caveat"] == ""
    assert sources["Apprenticeships"]["year"] == "listed November 2026"
    assert "Not yet confirmed" in sources["Apprenticeships"]["caveat"]


def test_more_is_shown_on_the_button_until_there_is_no_more(talk):
    (message,) = talk.say("resources", "websites for send students in year 11")
    seen = names(message)
    while "Show more" in [button["title"] for button in message["buttons"]]:
        assert "for **SEND**, for Year 11:" in message["text"]
        (message,) = talk.press_title(message, "Show more")
        assert not set(seen) & set(names(message))
        seen += names(message)
        check(message)
    fitting = [r for r in directory() if "send" in r.topics and "years 10-11" in r.audiences]
    assert sorted(seen) == sorted(r.name for r in fitting)


def test_more_can_be_typed_as_the_button_reads(talk):
    (first,) = talk.say("resources", "websites for send students in year 11")
    (second,) = talk.say("nlu_fallback", "show more")
    assert not set(names(first)) & set(names(second))


def test_other_topics_lead_through_all_of_them_for_the_same_reader(talk):
    (message,) = talk.say("resources", "websites for year 9 parents")
    seen = {"choosing"}
    for _ in range(len(IN_THE_DIRECTORY)):
        check(message)
        assert "for parents of someone in Year 9" in message["text"]
        topics = [b for b in message["buttons"] if b["title"] != "Show more"]
        assert len(topics) >= 3
        (message,) = talk.press(topics[0]["payload"])
        seen.add(json.loads(topics[0]["payload"].removeprefix("/resources"))["wanted"]["topic"])
    assert seen == set(IN_THE_DIRECTORY)


def test_nothing_found_leaves_out_one_filter_and_says_which(talk):
    (message,) = talk.say("resources", "resources for benchmark 8 about money")
    assert "so this leaves out: Gatsby Benchmark 8." in message["text"]
    assert message["text"].startswith("Places to look for **money**:")
    check(message)


def test_a_parent_gets_what_is_for_older_years_rather_than_another_kind_of_work(talk):
    (message,) = talk.say("resources", "nhs careers websites for parents of year 8s")
    assert "so this leaves out: Year 8." in message["text"]
    assert names(message) == ["Health Careers"]
    check(message)


def test_the_sector_is_left_out_by_name(talk):
    (message,) = talk.say("resources", "teaching as a career for year 8 results websites")
    assert "so this leaves out: teaching." in message["text"]
    check(message)


def test_free_ones_of_the_topic_before(talk):
    talk.slots["year_group"] = 13
    talk.say("resources", "university websites")
    (message,) = talk.say("resources", "any free ones")
    assert message["text"].startswith("Places to look for **university**, for Year 13, free:")


def test_the_year_of_a_parent_s_child_is_kept(talk):
    (message,) = talk.say("resources", "my son is in year 10 any websites on apprenticeships")
    assert "for parents of someone in Year 10:" in message["text"]
    (message,) = talk.say("resources", "websites on money")
    assert "for parents of someone in Year 10:" in message["text"]


def test_a_button_of_an_older_list_still_answers(talk):
    payload = '/resources{"wanted": {"topic": "gone", "after": 99, "year": "x"}}'
    (message,) = talk.press(payload)
    assert "There is nothing more on that here." in message["text"]
    assert message["buttons"]
    assert "0800 100 900" in message["text"]
    assert len(message["sources"]) == 1


def test_the_button_without_values_shows_where_to_begin(talk):
    (message,) = talk.press("/resources")
    assert message["text"].startswith("Places to look for **ideas and choices**")
    check(message)


@pytest.mark.parametrize(
    "text", [text for intent, text in training_phrases() if intent == "resources"]
)
@pytest.mark.parametrize("reader", [{}, {"audience": "parent", "year_group": 9}])
def test_every_phrase_finds_places_and_keeps_the_rules(talk, text, reader):
    talk.slots.update(reader)
    (message,) = talk.say("resources", text)
    check(message)
    assert 1 <= len(names(message)) <= SHOWN
    assert len(shown(message["text"]).split()) <= MOST_WORDS
