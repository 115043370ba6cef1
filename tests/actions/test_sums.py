"""The worked sums in conversation: what is read out of what people type, asked for, and told."""

import datetime as dt
import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import apprentice_pay, loan_repayment, tariff
from actions.context import read_payload
from actions.grades import read
from actions.registry import turn_of
from actions.turn import Memory
from knowledge.facts import Facts
from knowledge.sums.tariff import count, grades_of
from knowledge.wording import Wording
from tests.actions.message_rules import text_faults
from tests.knowledge import style
from tests.knowledge.reading import grade_of_text

WORDING = Wording.load()
FACTS = Facts.load()
TODAY = dt.date(2026, 11, 22)
TOPICS = {
    "ucas_tariff": (tariff.ucas_tariff, tariff.form_answer),
    "apprentice_pay": (apprentice_pay.apprentice_pay, apprentice_pay.form_answer),
    "loan_repayment": (loan_repayment.loan_repayment, loan_repayment.form_answer),
}
HARDEST = 7.0
# Official names, which the reader brings along.
NAMES = re.compile(r"BTEC(?: extended)?(?: diploma| certificate)?|EPQ|T Level|A levels?")
MOST_WORDS = 120


class Sums:
    """A conversation with the three sums alone; a form has each text first."""

    def __init__(self, ground, day=TODAY):
        self.ground, self.day, self.slots = ground, day, {}

    def say(self, text, intent="nlu_fallback"):
        words = [
            {
                "text": found.text,
                "start": found.start,
                "end": found.end,
                "name": found.name,
                "plural": found.plural,
                "ambiguous": found.ambiguous,
                "unit_groups": [
                    {"soc2020": c.soc2020, "title": c.title} for c in found.unit_groups
                ],
            }
            for found in self.ground.titles.find(text)
        ]
        return self._turn(intent, text, [], words)

    def press(self, message, title):
        (payload,) = [b["payload"] for b in message["buttons"] if b["title"] == title]
        intent, values = read_payload(payload)
        entities = [{"entity": name, "value": value} for name, value in values.items()]
        return self._turn(intent, payload, entities, [])

    @property
    def form(self):
        return Memory.from_slots(self.slots).form

    def _turn(self, intent, text, entities, words):
        latest = {"text": text, "intent": {"name": intent}, "entities": entities}
        turn = turn_of({**latest, "job_words": words}, self.slots, self.day)
        reply = None
        if self.form and turn.text:
            reply = TOPICS[self.form["name"]][1](turn, self.ground)
        if reply is None and intent in TOPICS:
            reply = TOPICS[intent][0](turn, self.ground)
        if reply is None:
            return None
        self.slots = json.loads(json.dumps(reply.memory.as_slots()))
        (message,) = reply.messages
        fits(message)
        return message


def fits(message):
    """Every message keeps to the rules for what pupils read."""
    text = message["text"]
    assert list(text_faults(text)) == []
    assert list(style.faults(text)) == []
    assert len(text.split()) <= MOST_WORDS
    assert len(message["buttons"]) <= 4
    asking = message["answer"].endswith(("_ask", "_which_job"))
    assert grade_of_text(NAMES.sub("course", text)) <= HARDEST
    if "**" in text and not asking:
        assert message["sources"]


@pytest.fixture
def sums(ground):
    return Sums(ground)


# ---- UCAS points: what is read ----

TYPED = [
    ("how many ucas points is BBC", 112),
    ("A*AA plus epq A", 176),
    ("a star a a", 152),
    ("D*DD btec extended diploma", 152),
    ("t level merit", 120),
    ("2 a levels at b and a btec extended certificate at distinction", 128),
    ("2 a levels at b and a btec ext dip at ddm", 208),
    ("AS level b", 16),
    ("how many points do i get for 3 bs", 120),
    ("two b's and a c", 112),
    ("b b and c", 112),
    ("b, b and c at a level", 112),
    ("a b b", 128),
    ("i got an a in maths b in physics and c in art", 120),
    ("wat points is AAB", 136),
    ("predicted abb how many ucas points", 128),
    ("distinction distinction merit btec", 128),
    ("triple distinction star btec", 168),
    ("d*d*d*", 168),
    ("DDM in btec", 128),
    ("btec DD and an A level at C", 128),
    ("merit in t level", 120),
    ("t level distinction star", 168),
    ("t level pass c in the core", 96),
    ("BBB and AS at a", 140),
    ("bbc and epq a*", 140),
    ("bbc epq a", 136),
    ("epq at b", 20),
    ("straight As", 144),
    ("how many points for a b in a level", 40),
    ("AAA and an A in EPQ", 168),
    ("a levels b, c and d", 96),
    ("a-level grades BCC and a btec subsidiary diploma merit", 136),
    ("pls work out my ucas: maths A, physics B, chem B, epq C", 144),
    ("a level maths A* further maths A physics B", 144),
    ("2 As and a B", 136),
    ("BTEC triple distinction", 144),
    ("double distinction btec diploma and b at a level", 136),
    ("2 distinctions and a merit in btec", 128),
    ("how many ucas tariff points would CCC be and do i reach 112", 96),
    ("one A and two Bs", 128),
    ("a, b, c", 120),
    ("an a star and two as", 152),
    ("d*d*d", 160),
    ("D D M", 128),
    ("distinction star distinction merit in health and social care btec", 136),
    ("ctec diploma dd", 96),
    ("aaq distinction and a levels bc", 120),
    ("is BCD good", 96),
    ("grade b in 3 a levels", 120),
    ("3 a levels at grade c", 96),
    ("ABBc", 160),
    ("how many ucas points would my daughter have with a b and two cs", 104),
    ("BTEC sport extended diploma MMP", 80),
    ("mmm", 96),
    ("b and b and an epq at b", 100),
    ("E in as level", 6),
    ("what are A*A*A worth", 160),
    ("a*a*a*", 168),
    ("i got 2 bs and an a in my a levels and a b in epq", 148),
    ("t level pass", 96),
    ("u in maths b in art c in french", 72),
    ("BBU", 80),
    ("A level D and E and btec M", 72),
    ("can u tell me how many points a B B C is", 112),
    ("i'm doing btec d d m", 128),
    ("A LEVELS BBC AND EPQ A", 136),
    ("epq a star + BBC", 140),
    ("AAB + EPQ (B)", 156),
    ("3 Distinction*s", 168),
    ("t level pass D in core", 72),
]


def total(text):
    return sum(count(h.kind, h.grades, FACTS, TODAY).total for h in read(text, WORDING).held)


@pytest.mark.parametrize(("text", "points"), TYPED)
def test_typed_grades(text, points):
    assert total(text) == points


@pytest.mark.parametrize(
    "text",
    [
        "how many ucas points do i need",
        "i want to be a vet how many points",
        "is it worth a lot",
        "i'd like to know about ucas points",
        "do i need a degree",
        "can my dad help me add up",
        "gcses 5 bs and 3 cs points",
        "btec level 2 merit points",
        "ucas points for ib 34",
    ],
)
def test_words_that_are_no_grades(text):
    assert read(text, WORDING).held == ()


A_LEVELS = st.lists(st.sampled_from(grades_of("a_level")), min_size=3, max_size=5)
STYLES = [
    lambda each: "".join(each),
    lambda each: "".join(each) + " at a level",
    lambda each: "a levels " + " ".join(each).lower(),
    lambda each: ", ".join(each),
    lambda each: "predicted " + "/".join(each) + " what points",
    lambda each: "i got " + " and ".join(f"{grade} in maths" for grade in each),
]


@given(A_LEVELS, st.sampled_from(STYLES), st.sampled_from(grades_of("epq")))
def test_a_levels_in_any_style_are_read_whole(each, written, epq):
    expected = count("a_level", each, FACTS, TODAY).total
    assert total(written(each)) == expected
    assert total(f"{written(each)} plus epq {epq}") == (
        expected + count("epq", [epq], FACTS, TODAY).total
    )


@given(st.text(max_size=60))
def test_any_text_can_be_read(text):
    total(text)
    apprentice_pay.read(text, WORDING)
    loan_repayment.read(text, WORDING)


# ---- UCAS points: what is told ----


def test_the_sum_says_what_each_grade_counts(sums):
    told = sums.say("A*AA plus epq A", "ucas_tariff")
    assert "**That comes to 176 UCAS points.**" in told["text"]
    assert "A levels at A*AA: 56 + 48 + 48 = 152" in told["text"]
    assert "EPQ at A: 24" in told["text"]
    assert "Universities may ask for grades, not points" in told["text"]
    assert told["sources"][0]["publisher"] == "UCAS"
    assert "Check this before you decide" in told["text"]  # the EPQ's points are to be confirmed


def test_grades_are_asked_for_and_then_told_what_they_count(sums):
    asked = sums.say("work out my ucas points", "ucas_tariff")
    assert asked["answer"] == "ucas_tariff_ask"
    assert "A* 56" not in asked["text"]
    assert sums.say("what does a vet earn", "pay") is None
    assert sums.form == {"name": "ucas_tariff"}
    assert "**That comes to 112" in sums.say("bbc")["text"]
    assert sums.form is None
    again = sums.say("ucas points", "ucas_tariff")
    assert "A level: A* 56, A 48" in again["text"]


def test_the_grades_for_a_number_of_points(sums):
    told = sums.say("what grades for 112 points", "ucas_tariff")
    assert "Three A levels: BBC, ACC or ABD" in told["text"]
    assert "BTEC extended diploma: DMM" in told["text"]
    assert "T Level: Merit (120 points)" in told["text"]
    assert "come to 168" in sums.say("need 200 ucas points", "ucas_tariff")["text"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("is BBC enough for 112 points", "That reaches the 112 points"),
        ("i have CCC and need 112 points", "16 points short of 112"),
        ("t level pass, need 96 points", "reaches 96 only with C or above"),
        ("t level pass, need 112 points", "16 or 40 points short of 112"),
    ],
)
def test_a_number_beside_the_grades_is_compared(sums, text, told):
    assert told in sums.say(text, "ucas_tariff")["text"]


def test_one_word_asks_which_qualification(sums):
    asked = sums.say("how many points is a merit", "ucas_tariff")
    assert "to 32 " in sums.press(asked, "BTEC extended certificate")["text"]
    sums.say("how many points is a merit", "ucas_tariff")
    assert "to 120 " in sums.say("t level")["text"]


def test_a_btec_with_too_few_grades_asks_for_all(sums):
    asked = sums.say("BBC and btec extended diploma distinction", "ucas_tariff")
    assert "has 3 grades" in asked["text"]
    assert "to 240 " in sums.say("ddm")["text"]
    asked = sums.say("btec extended diploma distinction", "ucas_tariff")
    assert "to 144 " in sums.press(asked, "DDD")["text"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("what's an F worth", "“F” isn't a grade"),
        ("ABF", "“F” isn't a grade"),
        ("ib 34 points", "points calculator"),
        ("gcse 987 points", "GCSEs and other level 2 courses carry no UCAS points"),
        ("AAB and AS c", "only the A level counts"),
        ("d*dd", "This counts them as one BTEC extended diploma"),
        ("epq points", "EPQ: A* 28, A 24"),
        ("t level pass", "96 or 72 UCAS points"),
    ],
)
def test_what_cannot_be_counted_plainly_is_explained(sums, text, told):
    assert told in sums.say(text, "ucas_tariff")["text"]


def test_a_sum_can_be_stopped_or_begun_again(sums):
    sums.say("btec extended diploma merit", "ucas_tariff")
    assert sums.say("never mind")["answer"] == "stopped"
    assert sums.form is None
    told = sums.say("BBC", "ucas_tariff")
    assert sums.press(told, "Try other grades")["answer"] == "ucas_tariff_ask"
    assert "to 96 " in sums.say("ccc")["text"]


# ---- apprentice pay ----


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("how much would a 17 year old get for 37 hours", (17, None, "37")),
        ("apprentice wage second year age 20 40 hrs", (20, 2, "40")),
        ("my son is 18 what will he be paid a week", (18, None, None)),
        ("im 19 first year 37.5hrs", (19, 1, "37.5")),
        ("apprentice pay 17 30", (17, None, "30")),
        ("shes 16 and works thirty seven and a half hours", (16, None, "37.5")),
        ("18yo 8 hours a day 5 days a week", (18, None, "40")),
        ("im in year 11 doing a level 3 apprenticeship in 2027", (None, None, None)),
        ("boss pays £5 an hour im 18", (18, None, None)),
        ("just started, 22 years old, 35 h", (22, 1, "35")),
        ("third year apprentice 21", (21, 2, None)),
        ("sixteen", (16, None, None)),
    ],
)
def test_typed_ages_years_and_hours(text, known):
    age, year, hours = known
    found = apprentice_pay.read(text, WORDING)
    assert (found.age, found.year) == (age, year)
    assert found.hours == (Decimal(hours) if hours else None)


def test_pay_for_an_hour_a_week_a_month_and_a_year(sums):
    told = sums.say("how much would a 17 year old get for 37 hours", "apprentice_pay")
    for part in ("**£8.00 an hour**", "a week: **£296**", "a month: £1,282.67", "a year: £15,392"):
        assert part in told["text"]
    assert "Employers may pay more" in told["text"]
    assert told["sources"][0]["dataset"].startswith("National Minimum Wage")


@pytest.mark.parametrize(
    ("day", "hour", "coming"),
    [
        (dt.date(2025, 11, 25), "£7.55", ""),
        (dt.date(2026, 3, 31), "£7.55", "From 1 April 2026 it goes up to £8.00 an hour"),
        (dt.date(2026, 4, 1), "£8.00", ""),
    ],
)
def test_the_rate_is_that_of_the_day(ground, day, hour, coming):
    told = Sums(ground, day).say("17 year old 37 hours", "apprentice_pay")
    assert f"**{hour} an hour**" in told["text"]
    assert coming in told["text"]
    assert ("From " in told["text"]) is bool(coming)


def test_what_is_missing_is_asked_one_thing_at_a_time(sums):
    asked = sums.say("work out my apprentice pay", "apprentice_pay")
    assert [b["title"] for b in asked["buttons"]] == ["16 to 18", "19 or 20", "21 or over"]
    asked = sums.press(asked, "21 or over")
    assert asked["answer"] == "apprentice_pay_year"
    asked = sums.say("second year")
    assert [b["title"] for b in asked["buttons"]] == ["30 hours", "37 hours", "40 hours"]
    assert "**£12.71 an hour**" in sums.press(asked, "30 hours")["text"]
    assert sums.form is None


def test_under_19_the_year_of_training_is_not_asked_for(sums):
    asked = sums.say("my son is 18 what will he be paid a week", "apprentice_pay")
    assert asked["answer"] == "apprentice_pay_hours"
    told = sums.say("not sure")
    assert "37 hours as an example" in told["text"]


def test_another_question_leaves_the_form_waiting(sums):
    sums.say("apprentice pay", "apprentice_pay")
    assert sums.say("what about child benefit then", "apprenticeships") is None
    assert sums.say("what can i do at 16", "school_choices") is None
    assert sums.say("17")["answer"] == "apprentice_pay_hours"
    assert sums.say("400")["answer"] == "apprentice_pay_hours"
    assert "a week: **£280**" in sums.say("35")["text"]


def test_under_16_says_when_it_can_start(sums):
    told = sums.say("im 15 what would i get as an apprentice", "apprentice_pay")
    assert "start **at 16**" in told["text"]
    assert "last Friday in June" in told["text"]
    assert sums.press(told, "Pay at 16")["answer"] == "apprentice_pay_hours"


def test_long_hours_under_18(sums):
    told = sums.say("17 year old apprentice 45 hours", "apprentice_pay")
    assert "40 hours a week is the most" in told["text"]


# ---- student loans ----


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("32k", ["32000"]),
        ("£32,000", ["32000"]),
        ("on 28.5k", ["28500"]),
        ("2500 a month", ["30000"]),
        ("£600 a week", ["31200"]),
        ("thirty five thousand a year", ["35000"]),
        ("24 grand", ["24000"]),
        ("30-40k", ["30000", "40000"]),
        ("compare 30k and 40k", ["30000", "40000"]),
        ("£15 an hour", ["28860"]),
        ("if i borrow 45000 and earn 30k", ["30000"]),
        ("how much on 32k a month", ["32000"]),
        ("with 45k of debt", []),
        ("plan 5 9% in 2027 after 40 years", []),
    ],
)
def test_typed_salaries(text, years):
    found = loan_repayment.read(text, WORDING)
    assert [salary.year for salary in found] == [Decimal(year) for year in years]


@pytest.mark.parametrize(
    ("text", "month"),
    [("32k", "£52.50"), ("2500 a month", "£37.50"), ("£45,000", "£150")],
)
def test_the_repayment_a_month_and_a_year(sums, text, month):
    told = sums.say(f"what would i pay back on {text}", "loan_repayment")
    assert f"**{month} a month**" in told["text"]
    for part in ("9%", "£25,000", "like a tax", "40 years", "Plan 5"):
        assert part in told["text"]
    assert told["sources"][0]["dataset"] == "Repaying your student loan"


def test_nothing_is_paid_below_the_threshold(sums):
    told = sums.say("student loan on 24k", "loan_repayment")
    assert "pay back **nothing**" in told["text"]


def test_a_salary_is_asked_for_when_none_is_named(sums):
    assert sums.say("what will i repay a month", "loan_repayment")["answer"] == "loan_repayment_ask"
    assert sums.say("when does it get written off", "student_finance") is None
    assert "**£75 a month**" in sums.say("35")["text"]
    assert sums.form is None


def test_a_job_stands_for_its_typical_pay(sums):
    told = sums.say("what would an electrician pay back", "loan_repayment")
    assert "**Electricians** typically earn £38,064 a year (2024)" in told["text"]
    assert "**£97.98 a month**, or £1,175.76 a year" in told["text"]
    assert [f["value"] for f in told["figures"]] == [38064, 1175.76]
    assert {s["publisher"] for s in told["sources"]} == {"Office for National Statistics", "GOV.UK"}
    later = sums.say("and what would come off for the loan", "loan_repayment")
    assert "**Electricians**" in later["text"]
    again = sums.press(later, "Try another salary")
    assert again["answer"] == "loan_repayment_ask"
    assert "**Plumbers**" in sums.say("a plumber", "give_job")["text"]
    assert sums.form is None


def test_a_job_of_several_groups_asks_which(sums):
    asked = sums.say("what would a nurse pay back", "loan_repayment")
    assert asked["answer"] == "ask_which_job"
    told = sums.press(asked, asked["buttons"][0]["title"])
    assert "a month**" in told["text"]


def test_part_time_jobs_say_why_pay_looks_low(sums):
    told = sums.say("what would a kitchen assistant pay back", "loan_repayment")
    assert "part time" in told["text"]
    assert "**nothing**" in told["text"]
