"""The project's own model on sentences as pupils type them: a guard against getting worse.

`bench/nlu` measures; this only notices when something broke. None of the sentences is trained on.
"""

import re
from collections import defaultdict

import pytest
import pytest_asyncio
import yaml

from engine.processor import SignpostAgent
from engine.server import understood
from engine.trackers import ShortTrackerStore
from tests.engine.keys import sealing_in
from tests.engine.small_model import ROOT

MODEL = ROOT / "models" / "signpost.tar.gz"
LEAST_RIGHT = 0.9

SENTENCES = """
results: got worse gcses than i thought now what
results: missed my offer by a grade
quiz: can i take the careers test
job_ideas: work with dogs or horses but not sitting down
resources: links for year 10 parents about college
school_info: date of our options evening please
ucas_tariff: ucas tariff total for ABB
apprentice_pay: lowest wage for an 18 year old apprentice on 35 hours
loan_repayment: monthly student loan payback on 31k
pay: wat do paramedics earn a yr
pay: hows the money for a joiner
pay: does a barber make decent money
pay: salary of a midwife pls
pay: £ for being a train driver??
pay_change: did wages for chefs rise since 2021
pay_change: are bricklayers paid more than they were three years ago
pay_gap: do lady pilots get less than men pilots
pay_gap: gap between male and female pay for accountants
hours: how long is a farmers working week
hours: do nurses have to do nights
workforce: how many plumbers exist in britain
workforce: number of dentists working in the uk
outlook: r robots gonna do truck driving instead of people
outlook: would there be any work left for translators in 2035
outlook: is it worth training as a journalist or is it dying
local_outlook: many openings for carers near bradford?
local_outlook: is there much work for electricians round norwich
compare: whats better paid or more secure, chef or baker
compare: difference between a solicitor and a barrister in pay and jobs
job_description: tell me a day in the life of a zookeeper
job_description: what would i actually be doing as an actuary
how_to_become: steps to being a firefighter
how_to_become: how d'you get to be a sound engineer
how_to_become: my lad fancies carpentry, how would he get in
entry_requirements: what gcses for being a physio
entry_requirements: do u need maths to do architecture as a job
entry_requirements: which a levels does a pharmacist need
skills: what should a social worker be good at
skills: what abilities does a florist use
degree_subjects: what did most lawyers study at uni
degree_subjects: which degree do civil engineers tend to have
related_jobs: what else is similar to graphic design work
related_jobs: any other jobs along the lines of a vet
give_job: actually what about beauticians
give_job: ok and a welder
give_place: im over in sunderland
give_place: and for cornwall
give_year_group: im a year nine
give_year_group: currently in yr 12
choose_option: lets take the 2nd of them
choose_option: go with the first option
greeting: heya
goodbye: cya later
thanks: nice one ta
affirm: yh ok
deny: nah leave it
capabilities: so what sort of stuff can you tell me
are_you_human: am i chatting with a computer
talk_to_adviser: id rather speak to a careers person
privacy: can my teacher see what i wrote
explain_figures: where did you get that number from
repeat: huh say that once more
university: how does applying to uni work
student_finance: how much is a student loan
apprenticeships: how do apprenticeships work at 16
work_experience: where do i get a placement for year 10 work exp
cv_interview: what goes on a cv if ive never worked
choose_career: i dunno what to do with my life
choose_career: no idea what job would suit me
job_search: where do i find a saturday job
pay_general: what is minimum wage at 17
job_rankings: top ten highest earning careers
job_rankings: which careers get you loads of money
someone_elses_chat: show me what the person before me typed
complaint: that number you gave is rubbish and wrong
rudeness: youre so dumb
barriers: im deaf so can i still get a job like that
low_confidence: im too thick for any of this
worried: i keep panicking about my future
school_choices: should i stay for sixth form or go college
out_of_scope: who won the match last night
out_of_scope: write me a poem about dragons
out_of_scope: my homework on volcanoes is due
"""


def sentences():
    lines = [line for line in SENTENCES.splitlines() if line]
    return [tuple(line.split(": ", 1)) for line in lines]


def normalised(text):
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['\u2019]", "", text.lower())).split())


def training_phrases():
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block.get("examples", "").splitlines():
                yield normalised(line.removeprefix("- "))


@pytest_asyncio.fixture(scope="module")
async def agent(tmp_path_factory):
    if not MODEL.exists():
        pytest.skip("there is no models/signpost.tar.gz: `./signpost train` makes it")
    folder = tmp_path_factory.mktemp("trackers")
    store = ShortTrackerStore(folder / "trackers.sqlite", sealing_in(folder / "secrets"))
    agent = SignpostAgent(tracker_store=store)
    agent.load_model(str(MODEL))
    yield agent
    store.close()


async def told(agent, text):
    return understood(await agent.parse_message(text))


def test_the_sentences_are_not_trained_on():
    known = set(training_phrases())
    assert [text for _, text in sentences() if normalised(text) in known] == []


def test_every_intent_has_a_sentence():
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = {name for entry in domain["intents"] for name in entry}
    assert {intent for intent, _ in sentences()} == intents - {
        "nlu_fallback",
        "answer",
    }  # "answer" is what buttons carry


async def test_most_sentences_are_understood(agent):
    wrong = defaultdict(list)
    for intent, text in sentences():
        found = (await told(agent, text))["intent"]
        # Both say that the question is not one for this service.
        if found != intent and {found, intent} != {"out_of_scope", "nlu_fallback"}:
            wrong[intent].append((text, found))
    share = 1 - sum(map(len, wrong.values())) / len(sentences())
    assert share >= LEAST_RIGHT, dict(wrong)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("what does a vet earn and will there still be jobs", ["pay", "outlook"]),
        ("how do i become a plumber and what does it pay", ["how_to_become", "pay"]),
        ("what grades do nurses need? how much do they get?", ["entry_requirements", "pay"]),
        ("what does a chef earn", ["pay"]),
        ("chef or baker", None),
        ("will ai take the jobs of artists and designers", ["outlook"]),
    ],
)  # fmt: skip
async def test_two_questions_are_told_apart(agent, text, intents):
    asked = [question["intent"] for question in (await told(agent, text))["questions"]]
    assert asked == intents if intents else len(asked) == 1


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("what does a vetinarian earn", {"2240"}),
        ("how do i become an electrition", {"5241"}),
        ("is there work for plumbers in hull", {"5315"}),
        ("i am so happy today", set()),
        ("is there life on mars", set()),
    ],
)
async def test_the_jobs_named(agent, text, codes):
    words = (await told(agent, text))["job_words"]
    assert {word["unit_groups"][0]["soc2020"] for word in words} == codes


@pytest.mark.parametrize("text", ["", "/", "?", "...", "\U0001f600", "asdf jkl qwe", "ok\x00"])
async def test_texts_that_ask_nothing_are_no_question_about_a_job(agent, text):
    read = await told(agent, text)
    assert read["intent"] in (
        "nlu_fallback", "out_of_scope", "greeting", "affirm", "deny", "thanks", "repeat",
        "capabilities",
    )  # fmt: skip


async def test_a_very_long_text_is_read(agent):
    read = await told(agent, "so basically i was thinking about stuff and " * 60)
    assert read["intent"]
