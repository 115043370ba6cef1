"""The ideas: sound content, and a spread that keeps its rules whatever is answered."""

import itertools
import json
import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.content import BadContent
from knowledge.ideas import FOLDER, Cues, Ideas, Signal, shipped
from knowledge.spreading import FEWEST, LEVELS, MOST, MOST_OF_A_SECTOR, strength
from knowledge.wording import Wording
from lmi.snapshot import Snapshot
from tests.knowledge import style
from tests.knowledge.reading import grade_of_text
from tests.lmi.test_summaries import ROOT

IDEAS = shipped()
WORDING = Wording.load()
CUES = Cues(*(WORDING.pattern(f"ideas.{name}") for name in ("neutral", "like", "dislike")))
PUBLIC_QUESTIONS = ROOT.parent / "shared" / "data" / "ncs" / "dysac_questions_2020-11.json"
WEIGHTS = (1.0, 0.5, 0.0, -0.5)
FEW = {"nursing": "men", "early_years": "men", "vehicles": "women", "software": "women"}
HARDEST = 7.5


def signals(weights):
    pairs = zip(IDEAS.statements, weights, strict=True)
    return [Signal(s.label, s.tags, weight) for s, weight in pairs if weight]


def heard(text):
    found = IDEAS.heard(text, CUES)
    return [w.label for w in found.likes], [w.label for w in found.dislikes]


def check_spread(spread):
    groups = [pick.group for pick in spread.picks]
    assert FEWEST <= len(groups) <= MOST
    assert len({g.id for g in groups}) == len(groups)
    assert len({g.sector for g in groups}) >= 3
    assert max(Counter(g.sector for g in groups).values()) <= MOST_OF_A_SECTOR
    assert len({g.level for g in groups}) >= 2
    assert all(pick.because for pick in spread.picks)
    stretches = [s.group.id for s in spread.stretches]
    assert len(set(stretches)) == 2
    assert not set(stretches) & {g.id for g in groups}
    for stretch in spread.stretches:
        if stretch.kind == "higher":
            assert LEVELS.index(stretch.group.level) > LEVELS.index(stretch.near.level)
            assert stretch.group.sector == stretch.near.sector
        if stretch.kind in ("women", "men"):
            assert FEW[stretch.group.id] == stretch.kind


# ---- the content ----


def test_every_example_job_is_a_unit_group():
    known = Snapshot.load().unit_groups
    assert [(g.id, c) for g in IDEAS.groups.values() for c in g.jobs if c not in known] == []


def test_there_is_enough_to_choose_from():
    assert len(IDEAS.statements) == 10
    assert 45 <= len(IDEAS.groups) <= 65
    assert len({g.sector for g in IDEAS.groups.values()}) >= 12
    assert {g.level for g in IDEAS.groups.values()} == set(LEVELS)


def test_every_tag_of_a_statement_or_word_is_in_some_work():
    used = {tag for g in IDEAS.groups.values() for tag in g.tags}
    for each in (*IDEAS.statements, *IDEAS.words):
        assert set(each.tags) <= used, each.label
    assert all(set(w.instead) <= used for w in IDEAS.words)


def test_the_texts_keep_to_the_style_and_are_easy_to_read():
    texts = [s.text for s in IDEAS.statements] + [g.about for g in IDEAS.groups.values()]
    assert [fault for text in texts for fault in style.faults(text)] == []
    assert [t for t in texts if len(t.split()) > 20] == []
    assert grade_of_text(" ".join(s.text for s in IDEAS.statements)) <= HARDEST
    assert grade_of_text(" ".join(g.about for g in IDEAS.groups.values())) <= HARDEST


def test_names_fit_on_a_button_and_differ():
    names = [g.name for g in IDEAS.groups.values()]
    assert len(set(names)) == len(names)
    assert [name for name in names if len(name) > 50] == []


def test_the_statements_are_our_own_words():
    if not PUBLIC_QUESTIONS.exists():
        pytest.skip("the public questions are not on this machine")

    def runs(text):
        words = re.findall(r"[a-z']+", text.casefold())
        return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}

    public = set()
    for text in re.findall(r'"([^"]+)"', json.dumps(json.loads(PUBLIC_QUESTIONS.read_text()))):
        public |= runs(text.replace('\\"', " "))
    ours = [s.text for s in IDEAS.statements] + [g.about for g in IDEAS.groups.values()]
    assert [text for text in ours if runs(text) & public] == []


def written(tmp_path, **changes):
    """A copy of the shipped content with replacements: {file: (old, new)}."""
    for path in FOLDER.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if path.stem in changes:
            old, new = changes[path.stem]
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("statements", "hands: 3", "hands: 4", "not 1, 2 or 3"),
        ("statements", "hands: 3", "juggling: 3", "no job group has the tag juggling"),
        ("statements", "label: being outdoors", "label: ''", "label is missing"),
        ("statements", "- id: listening", "- id: making", "making stands twice"),
        ("words", '"animals?|', '"(animals?|', "not a pattern"),
        ("words", '"animals?|', '"|', "fit an empty text"),
        ("words", "tags: {plants: 3}", "tags: {trains: 1, tea: 2}", "tag tea"),
        ("words", "tags: {plants: 3}", "tags: [plants]", "not a mapping"),
        ("job_groups", 'level: "2"', 'level: "7"', "is none of 2, 3, 4-5, 6"),
        ("job_groups", 'jobs: ["6129", "3240"]', 'jobs: ["6129"]', "two to four"),
        ("job_groups", 'jobs: ["6129", "3240"]', "jobs: [6129, 3240]", "codes of four digits"),
        ("job_groups", "tags: {animals: 3", "tags: {zebras: 3", "no statement or word has the tag"),
        ("job_groups", "ties: {food: growing it", "ties: {blood: growing it", "is no tag"),
        ("job_groups", "- id: vets", "- id: animal_care", "animal_care stands twice"),
        ("job_groups", "about: Feeding", "abuot: Feeding", "unknown key"),
    ],
)
def test_a_fault_names_its_file_and_line(tmp_path, file, old, new, fault):
    with pytest.raises(BadContent, match=rf"{file}\.yml:\d+: .*{re.escape(fault)}"):
        Ideas.load(written(tmp_path, **{file: (old, new)}))


def test_words_that_lead_nowhere_are_a_fault(tmp_path):
    few = ("tags: {animals: 3}", "tags: {degree: 3}")
    with pytest.raises(BadContent, match="of one level"):
        Ideas.load(written(tmp_path, words=few))


# ---- the spread ----


@given(st.lists(st.sampled_from(WEIGHTS), min_size=10, max_size=10))
@settings(max_examples=150, deadline=None)
def test_every_set_of_answers_gives_a_spread(weights):
    spread = IDEAS.spread(signals(weights), FEW)
    if not any(weight > 0 for weight in weights):
        assert spread is None
        return
    check_spread(spread)
    again = IDEAS.spread(signals(weights), FEW)
    assert again == spread  # the same answers always give the same


@given(
    st.lists(st.sampled_from([w.label for w in IDEAS.words]), max_size=3, unique=True),
    st.lists(st.sampled_from([w.label for w in IDEAS.words]), max_size=3, unique=True),
)
@settings(max_examples=150, deadline=None)
def test_every_set_of_words_gives_a_spread(likes, dislikes):
    by_label = {w.label: w for w in IDEAS.words}
    dislikes = [by_label[label] for label in dislikes if label not in likes]
    likes = [by_label[label] for label in likes]
    found = [Signal(w.label, w.tags) for w in likes if not w.refused]
    found += [Signal(w.without, w.tags, -1.0, refused=True) for w in dislikes]
    spread = IDEAS.spread(found, FEW)
    if all(w.refused for w in likes):
        assert spread is None
        return
    check_spread(spread)
    for pick in spread.picks:
        full = [s.label for s in found if s.refused and strength(s.tags, pick.group) >= 0.6]
        assert list(pick.although) == full  # what was refused is never hidden


def test_every_group_can_be_reached_by_the_quiz():
    """Searched at random: each comes up in the five or six, not only beside them."""
    draw = random.Random(7)
    missing = set(IDEAS.groups)
    for _ in range(6_000):
        spread = IDEAS.spread(signals(draw.choices(WEIGHTS, k=10)), FEW)
        if spread is not None:
            missing -= {pick.group.id for pick in spread.picks}
        if not missing:
            return
    assert sorted(missing) == []


def test_no_group_comes_up_for_almost_everybody():
    draw = random.Random(3)
    counted = Counter()
    for _ in range(400):
        spread = IDEAS.spread(signals(draw.choices((1.0, 0.5, -0.5), k=10)), FEW)
        counted.update(pick.group.id for pick in spread.picks) if spread else None
    assert counted.most_common(1)[0][1] < 400 * 0.6


def test_nothing_full_of_what_is_refused_comes_up_where_there_is_enough_else():
    likes, dislikes = (
        next(w for w in IDEAS.words if w.label == n) for n in ("maths", "office work")
    )
    found = [Signal("maths", likes.tags), Signal("office work", dislikes.tags, -1.0, refused=True)]
    spread = IDEAS.spread(found, FEW)
    assert all(not pick.although for pick in spread.picks)
    assert all(pick.group.tags.get("desk", 0) < 2 for pick in spread.picks)


def test_jobs_that_are_refused_take_their_groups_away():
    animals = next(w for w in IDEAS.words if w.label == "animals")
    spread = IDEAS.spread([Signal("animals", animals.tags)], FEW, ["2240"])
    shown = {pick.group.id for pick in spread.picks} | {s.group.id for s in spread.stretches}
    assert "vets" not in shown


def test_what_meets_two_wishes_comes_before_what_meets_one():
    found = IDEAS.heard("computers and helping people", CUES).signals(str)
    assert len(IDEAS.spread(found, FEW).picks[0].because) == 2


# ---- the words ----


@pytest.mark.parametrize(
    ("text", "likes", "dislikes"),
    [
        ("jobs with animals", ["animals"], []),
        ("good at maths hate offices", ["maths"], ["office work"]),
        ("like football but not good enough to play", ["sport"], []),
        ("im not very good at football but i love it", ["sport"], []),
        ("jobs in football that arent playing", ["sport"], []),
        ("something with computers but also helping people", ["computers", "helping people"], []),
        ("I don’t like people, I like animals", ["animals"], ["people"]),
        ("no maths but computers", ["computers"], ["maths"]),
        ("i hate maths, english and science", [], ["maths", "words", "science"]),
        ("i dont mind maths", ["maths"], []),
        ("im not bad at art", ["art"], []),
        ("rather be outside than in an office", ["being outdoors"], ["office work"]),
        ("i would rather not work with kids. i like cars", ["cars and engines"], ["children"]),
        ("i cant sit still", [], ["office work"]),
        ("i cant stop drawing", ["art"], []),
        ("jobs for people who like talking", ["talking"], []),
        ("i want to go to uni", [], []),
        ("animals but no uni", ["animals"], ["a degree"]),
        ("not just animals", ["animals"], []),
        ("give me some ideas", [], []),
        ("ANIMALS!!", ["animals"], []),
        ("İstanbul and animals", ["animals"], []),
        ("", [], []),
    ],
)
def test_likes_and_dislikes_are_heard(text, likes, dislikes):
    assert heard(text) == (likes, dislikes)


@given(st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_heard(text):
    found = IDEAS.heard(text, CUES)
    assert not {w.label for w in found.likes} & {w.label for w in found.dislikes}


def test_labels_and_patterns_of_words_do_not_clash():
    """A word belongs to one entry, so that nothing is heard twice."""
    plain = []
    for words in IDEAS.words:
        inside = words.pattern.pattern.removeprefix(r"\b(?:").removesuffix(r")\b")
        plain += [(w, words.label) for w in inside.split("|") if re.fullmatch(r"[a-z ]+", w)]
    counted = Counter(word for word, _ in plain)
    assert [pair for pair in plain if counted[pair[0]] > 1] == []
    labels = [words.label for words in IDEAS.words]
    assert len(set(itertools.chain(labels))) == len(labels)
