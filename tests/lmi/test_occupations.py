"""Job words: what is found, what is not, and properties that hold for any text."""

import csv
import json
import statistics
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi.occupations import JobTitles
from lmi.occupations.inflection import canonical, plural_phrase, singular_phrase
from lmi.occupations.tables import AUTHORED, KINDS, read_everyday, split_title
from lmi.occupations.words import words_of

TABLES = AUTHORED / "tables"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def titles():
    return JobTitles.load()


def codes(job):
    return [candidate.soc2020 for candidate in job.unit_groups]


def only(titles, text):
    found = titles.find(text)
    assert len(found) == 1, [job.text for job in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "span", "code"),
    [
        ("what does a vet earn and will there still be jobs", "vet", "2240"),
        ("How do I become a mechanical engineer?", "mechanical engineer", "2122"),
        ("do midwives get paid well", "midwives", "2231"),
        ("how much do policewomen earn", "policewomen", "3312"),
        ("what is a plumber's salary", "plumber's", "5315"),
        ("engineer, civil", "engineer, civil", "2121"),
        ("fork-lift driver pay", "fork-lift driver", "8222"),
        ("i want to be a fire fighter", "fire fighter", "3313"),
        ("lorrydriver wages", "lorrydriver", "8211"),
        ("a vetinarian", "vetinarian", "2240"),
        ("i wanna be a phisio", "phisio", "2221"),
        ("how do i become an electrition", "electrition", "5241"),
        ("hairdreser pay", "hairdreser", "6221"),
        ("how much do plummers make", "plummers", "5315"),
        ("become an acountant", "acountant", "2421"),
        ("sofware developer salary", "sofware developer", "2134"),
        ("what does a brickie earn", "brickie", "5313"),
        ("is being a lollipop lady hard", "lollipop lady", "9232"),
        ("how do you become a copper", "copper", "3312"),
        ("can i be a social media person", "social media person", "2493"),
        ("how much does a realtor make", "realtor", "3555"),
        ("what does an attorney do", "attorney", "2412"),
        ("what does a TA do", "TA", "6112"),
        ("hgv driver pay", "hgv driver", "8211"),
        ("what does a pa do", "pa", "4215"),
        ("how do i become a gp", "gp", "2211"),
        ("future jobs in mechanical engineering", "mechanical engineering", "2122"),
        ("is there work in physiotherapy", "physiotherapy", "2221"),
        ("jobs in interior design", "interior design", "3421"),
    ],
)
def test_a_job_is_found_as_it_is_typed(titles, text, span, code):
    job = only(titles, text)
    assert job.text == span
    assert text[job.start : job.end] == span
    assert codes(job)[0] == code


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("veterinary nurse pay", "veterinary nurse"),
        ("my uncle was a field artillery officer and earned good pay", "field artillery officer"),
        ("does a heavy equipment mechanic need gcses", "heavy equipment mechanic"),
        ("would i make a good english teacher", "english teacher"),
        ("do british airways financial analysts earn loads", "financial analysts"),
        ("what might an underwater welder earn", "underwater welder"),
        ("becoming a mindfulness meditation practitioner", "mindfulness meditation practitioner"),
        ("can you become a gas wholesaler", "gas wholesaler"),
        ("i fancy becoming a professional accountant one day", "accountant"),
        ("how do i become a successful and famous photographer", "photographer"),
    ],
)
def test_the_span_is_the_whole_job_and_nothing_more(titles, text, span):
    assert only(titles, text).text == span


@pytest.mark.parametrize(
    "text",
    [
        "will that make me happy",
        "how can i get rich",
        "who will go to mars first",
        "being my best self at school",
        "thinking of becoming a vegetarian",
        "becoming a millionaire by 20",
        "i want to be a witch for halloween",
        "become a us citizen",
        "mum is such a light sleeper",
        "is the pound a strong currency",
        "my work was not saved",
        "she is a top student in year 9",
        "it is raining and it pays nothing",
        "can we cook dinner later",
        "what does a transistor do",
        "living wage rules in pa",
        "make money, make it better, work later",
        "i am bored rn",
        "best engineering college",
        "a degree in nursing",
        "",
        "   ?!",
    ],
)
def test_what_names_no_job_is_left_alone(titles, text):
    assert titles.find(text) == []


def test_ordinary_words_are_not_corrected_into_jobs(titles):
    words = (
        "best better money make work later number paper water weather place morning interest "
        "follow address conversation danger banner academy protest prayer reverse wallet barrier "
        "competitor glacier wander cater pivot precedent councils farce plotter weaker flourish"
    )
    for word in words.split():
        assert titles.find(f"tell me about the {word} please, and the weather") == [], word


def test_it_is_a_job_word_only_as_initials(titles):
    assert titles.find("are there jobs in it") == []
    assert only(titles, "are there jobs in IT").text == "IT"
    assert titles.find("WHAT IS IT ABOUT") == []


@pytest.mark.parametrize("word", ["engineer", "analyst", "designer", "doctor", "driver", "teacher",
                                  "manager", "scientist", "nurse"])  # fmt: skip
def test_words_that_fit_several_groups_are_ambiguous(titles, word):
    job = titles.resolve(word)
    assert job.ambiguous
    assert 2 <= len(set(codes(job))) <= 5


@pytest.mark.parametrize("word", ["chef", "vet", "plumber", "midwife", "civil engineer"])
def test_words_that_fit_one_group_are_not_ambiguous(titles, word):
    assert not titles.resolve(word).ambiguous


def test_a_nurse_is_offered_at_most_four_ways(titles):
    assert len(titles.resolve("nurse").unit_groups) <= 4


def test_a_job_that_no_list_knows_is_told_by_its_slot(titles):
    job = only(titles, "how do i become a wugologist")
    assert (job.text, job.unit_groups, job.ambiguous) == ("wugologist", (), False)


def test_several_jobs_come_from_left_to_right(titles):
    found = titles.find("is a paramedic paid more than a plumber or an electrician?")
    assert [job.text for job in found] == ["paramedic", "plumber", "electrician"]


def test_a_misspelling_is_never_shown(titles):
    job = only(titles, "vetinarian")
    assert (job.name, job.plural) == ("veterinarian", "veterinarians")
    job = only(titles, "i want to be a vetinary surgeon")
    assert job.name == "veterinary surgeon"


def test_resolve_knows_or_gives_none(titles):
    assert codes(titles.resolve("an engineer, civil"))[0] == "2121"
    assert codes(titles.resolve("the vet one"))[0] == "2240"
    assert titles.resolve("purple elephant sky") is None
    assert titles.resolve("") is None


def test_a_missing_table_is_an_error(tmp_path):
    with pytest.raises(OSError, match="job_titles"):
        JobTitles.load(tmp_path)


def test_everyday_words_point_to_unit_groups_and_say_their_kind(titles):
    with (TABLES / "unit_groups.csv").open(encoding="utf-8", newline="") as stream:
        known = {row["code"] for row in csv.DictReader(stream)}
    rows = read_everyday()
    assert len(rows) >= 700
    for row in rows:
        assert row.kind in KINDS, row
        assert row.name, row
        assert row.codes, row
        assert set(row.codes) <= known, row
    assert len({row.word.lower() for row in rows}) == len(rows)


def test_every_everyday_job_resolves_to_its_first_unit_group(titles):
    for row in read_everyday():
        job = titles.resolve(row.word)
        assert job is not None, row
        assert codes(job)[0] == row.codes[0], row


def related_titles():
    path = TABLES / "job_titles.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            split_title(row["title"])[0]
            for row in csv.DictReader(stream)
            if row["origin"] == "soc2020_related"
        ]


def test_forms_of_every_related_title_agree(titles):
    for title in related_titles():
        job = titles.resolve(title)
        assert job is not None, title
        first = codes(job)[0]
        words = title.split()
        forms = [title.lower(), title.upper(), plural_phrase(title.lower()), f"a {title}"]
        if len(words) > 1:
            forms.append(f"{words[-1]}, {' '.join(words[:-1])}")
        for form in forms:
            job = titles.resolve(form)
            assert job is not None, (title, form)
            assert codes(job)[0] == first, (title, form)


def test_unit_groups_of_related_titles_are_the_published_ones(titles):
    path = SHARED / "soc" / "soc2020_unit_groups.json"
    if not path.exists():
        pytest.skip("shared SOC 2020 data is not on this machine")
    published = {}
    groups = json.loads(path.read_text(encoding="utf-8"))["unit_groups"]
    for code, group in groups.items():
        for title in group["related_job_titles"]:
            if "(" not in title:
                key = " ".join(canonical(word.lower) for word in words_of(title))
                published.setdefault(key, (title, set()))[1].add(code)
    right = sum(codes(titles.resolve(title))[0] in wanted for title, wanted in published.values())
    assert right / len(published) >= 0.95


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_survived_and_spans_lie_inside(titles, text):
    check_spans(titles, text)


WORDS = st.sampled_from(
    [
        "a",
        "an",
        "the",
        "become",
        "what",
        "does",
        "do",
        "nurse",
        "engineer,",
        "civil",
        "vet's",
        "salary",
        "how",
        "much",
        "teacher",
        "cook",
        "it",
        "IT",
        "pa",
        "good",
        "street",
        "x-ray",
        "phisio",
        "brick",
        "layer",
        "or",
        "and",
        ",",
        ".",
        "?",
        "(",
        ")",
        "P.A.",
        "welder",
        "underwater",
        "officer",
        "of",
        "for",
        "in",
        "law",
        "nursing",
        "college",
        "£",
        "🙂",
        "’s",
        "women",
        "police",
        "lady",
    ]
)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(WORDS, max_size=20))
def test_any_order_of_job_words_is_survived(titles, words):
    check_spans(titles, " ".join(words))


def check_spans(titles, text):
    end = 0
    for job in titles.find(text):
        assert end <= job.start < job.end <= len(text)
        assert text[job.start : job.end] == job.text
        assert job.name
        assert job.plural
        assert len(job.unit_groups) <= 5
        scores = [candidate.score for candidate in job.unit_groups]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert len(set(codes(job))) == len(scores)
        assert not job.ambiguous or len(scores) > 1
        end = job.end
    titles.resolve(text)


@given(
    word=st.sampled_from(
        ["nurse", "vet", "boss", "barista", "actress", "policeman", "baby", "sitter", "chef"]
    )
)
def test_plural_and_singular_are_inverse(word):
    assert singular_phrase(plural_phrase(word)) == word


def test_looking_up_is_quick(titles):
    text = (
        "hi there can you tell me how much a veterinary nurse earns in leeds and what grades i need"
    )
    times = []
    for _ in range(200):
        started = time.perf_counter()
        titles.find(text)
        times.append(time.perf_counter() - started)
    assert statistics.median(times) < 0.002
