"""Ideas from what someone likes and cannot stand, and what is shown of a kind of work."""

import pytest

from actions import topics
from actions.job_ideas import job_ideas, shares, typed
from actions.quiz import quiz
from actions.registry import turn_of
from actions.showing import payload
from knowledge.ideas import shipped
from tests.actions.conversation import TODAY
from tests.actions.message_rules import LONGEST_TITLE, MOST_BUTTONS, MOST_WORDS, shown, text_faults

IDEAS = shipped()


@pytest.fixture(autouse=True)
def _topics(monkeypatch):
    monkeypatch.setitem(topics.TOPICS, "quiz", quiz)
    monkeypatch.setitem(topics.TOPICS, "job_ideas", job_ideas)


def lines(message):
    return [line for line in message["text"].split("\n") if line.startswith("- ")]


def check(messages):
    for message in messages:
        assert list(text_faults(message["text"])) == []
        assert len(shown(message["text"]).split()) <= MOST_WORDS, message["text"]
        assert len(message["buttons"]) <= MOST_BUTTONS
        assert all(0 < len(b["title"]) <= LONGEST_TITLE for b in message["buttons"])
        assert not message["figures"] or message["sources"]
        for figure in message["figures"]:
            assert {"label", "value", "unit", "year", "soc2020"} <= set(figure)


@pytest.mark.parametrize(
    ("text", "begins", "shows"),
    [
        ("jobs with animals", "From **animals**:", "Animal care and vet nursing"),
        (
            "good at maths hate offices",
            "From **maths**, and without **office work**:",
            "Electrics, plumbing and heating",
        ),
        ("like football but not good enough to play", "From **sport**:", "Coaching and fitness"),
        (
            "something with computers but also helping people",
            "From **computers** and **helping people**:",
            "IT support and repairs",
        ),
        ("i dont want to sit in an office all day", "Without **office work**:", "Sites, roads"),
        ("i like science but not blood", "From **science**, and without **blood**:", "Engineers"),
        ("my daughter loves horses", "From **animals**:", "Vets and animal scientists"),
    ],
)
def test_words_lead_to_a_spread(talk, text, begins, shows):
    listing, stretch = talk.say("job_ideas", text)
    assert listing["text"].startswith(begins)
    assert shows in listing["text"]
    assert 5 <= len(lines(listing)) <= 6
    names = [line.split("**")[1].casefold() for line in lines(listing)]
    assert names == sorted(names)
    assert all(line.partition("): ")[2] for line in lines(listing))  # each says why
    assert len(lines(stretch)) == 2
    assert "a start, not a verdict" in stretch["text"]
    assert len(stretch["buttons"]) == 4
    assert listing["buttons"] == []
    check([listing, stretch])


def test_a_tie_says_what_the_work_has_to_do_with_it(talk):
    listing, _ = talk.say("job_ideas", "jobs in football")
    assert (
        "**Gardens and sports grounds** (level 2): sport (looking after pitches)" in listing["text"]
    )


def test_offices_are_not_offered_to_someone_who_hates_them(talk):
    listing, stretch = talk.say("job_ideas", "good at maths hate offices")
    names = listing["text"] + stretch["text"]
    for name in ("Accounts and payroll", "Accountants", "Data and websites", "Software"):
        assert name not in names


def test_a_job_that_is_refused_is_left_out(talk):
    listing, stretch = talk.say("job_ideas", "i want to work with animals but not be a vet")
    assert "Vets and animal scientists" not in listing["text"] + stretch["text"]
    listing, _ = talk.say("job_ideas", "i want to work with animals")
    assert "Vets and animal scientists" in listing["text"]


def test_women_and_men_who_are_few_are_named_and_nobody_is_asked(talk):
    seen = set()
    for text in ("jobs with cars", "jobs with babies", "i like maths", "i like animals"):
        _, stretch = talk.say("job_ideas", text)
        for sex in ("women", "men"):
            if (
                f"employees in this work are {sex} (2024). It is open to everyone."
                in stretch["text"]
            ):
                seen.add(sex)
                assert stretch["figures"]
                assert "2024" in [source["year"] for source in stretch["sources"]]
    assert seen == {"women", "men"}


def test_shares_hold_against_the_published_numbers(ground):
    """Worked out again from the table: what is said is never more than is published."""
    found = shares(ground)
    assert found["electrics_plumbing"].sex == "women"
    assert found["early_years"].sex == "men"
    for name, share in found.items():
        total = few = 0
        for code in IDEAS.groups[name].jobs:
            rows = {
                sex: getattr(ground.snapshot.pay(code, share.year, sex), "jobs", None)
                for sex in ("all", "women", "men")
            }
            other = rows["men" if share.sex == "women" else "women"]
            if rows["all"] and (rows[share.sex] or other):
                total += rows["all"]
                few += rows[share.sex] or rows["all"] - other
        assert few / total < 1 / share.one_in
    assert "teaching" not in found


def test_nothing_heard_asks_once_what_someone_likes(talk):
    (first,) = talk.say("job_ideas", "give me some job ideas")
    assert first["text"].startswith("What do you like")
    assert [b["title"] for b in first["buttons"]] == ["Do the quiz", "Talk to an adviser"]
    assert talk.memory.form == {"name": "job_ideas"}
    (second,) = talk.say("job_ideas", "more ideas")
    assert second["text"] != first["text"]
    assert [b["payload"] for b in second["buttons"]] == ["/quiz", "/talk_to_adviser"]
    check([first, second])


def test_a_refusal_alone_is_noted(talk):
    (message,) = talk.say("job_ideas", "i hate blood")
    assert message["text"].startswith("Noted: not blood.")
    check([message])


def test_the_quiz_stays_when_ideas_are_asked_for(talk):
    talk.slots = {"form": {"name": "quiz", "answers": {"making": "yes"}}}
    talk.say("job_ideas", "give me some job ideas")
    assert talk.memory.form["name"] == "quiz"


@pytest.mark.parametrize(
    ("text", "intent", "taken"),
    [
        ("animals", "nlu_fallback", True),
        ("football and maths", "give_job", True),
        ("no desk, like cars", "deny", True),
        ("no idea", "nlu_fallback", False),
        ("how much does a chef earn", "pay", False),
        ("can i talk to someone about animals", "talk_to_adviser", False),
        (" ".join(["animals"] * 16), "nlu_fallback", False),
    ],
)
def test_what_is_typed_after_the_question(talk, ground, text, intent, taken):
    talk.say("job_ideas", "job ideas")
    turn = turn_of({"text": text, "intent": {"name": intent}}, talk.slots, TODAY)
    reply = typed(turn, ground)
    assert (reply is not None) is taken
    if reply is not None:
        assert reply.messages[0]["answer"] == "job_spread"
        assert reply.memory.form is None


def test_two_questions_in_one_message_hear_their_own_part(talk):
    messages = talk.say(
        "job_ideas",
        "i love animals. and what does a chef earn",
        clauses=[("job_ideas", "i love animals"), ("pay", "what does a chef earn")],
    )
    assert messages[0]["text"].startswith("From **animals**:")
    assert messages[-1]["answer"] == "pay"


# ---- one kind of work ----


def test_a_chosen_kind_of_work_shows_its_jobs_pay_and_level(talk, ground):
    _, stretch = talk.say("job_ideas", "jobs with animals")
    (message,) = talk.press_title(stretch, "Animal care and vet nursing")
    assert message["answer"] == "job_group"
    assert "level 2" in message["text"]
    assert [b["payload"] for b in message["buttons"]] == [
        payload("give_job", code)
        for code in sorted(["6129", "3240"], key=lambda c: ground.titles.label(c).casefold())
    ]
    assert message["sources"][0]["year"] == "2024"
    (job,) = talk.press(message["buttons"][0]["payload"])
    assert job["answer"] == "overview"
    check([message])


@pytest.mark.parametrize("group", IDEAS.groups)
def test_every_kind_of_work_can_be_shown(talk, ground, group):
    (message,) = talk.press(payload("job_ideas", group=group))
    assert message["answer"] == "job_group"
    assert len(lines(message)) == len(message["buttons"]) == len(IDEAS.groups[group].jobs)
    assert {f["soc2020"] for f in message["figures"]} <= set(IDEAS.groups[group].jobs)
    for figure in message["figures"]:
        assert f"£{figure['value']:,}" in message["text"]
        assert f"({figure['year']})" in message["text"]
    check([message])


def test_a_kind_of_work_can_be_typed_or_counted(talk):
    talk.say("job_ideas", "jobs with animals")
    (message,) = talk.say("choose_option", "police and prisons")
    assert message["text"].startswith("**Police and prisons.**")


def test_a_kind_of_work_that_is_gone_asks(talk):
    (message,) = talk.press('/job_ideas{"group": "alchemy"}')
    assert message["answer"] == "job_ideas_ask"


@pytest.mark.parametrize("words", IDEAS.words, ids=lambda w: w.label)
def test_every_meaning_of_words_gives_messages_in_order(talk, words):
    """Each label, typed after "i like", would be a spread that keeps the rules of messages."""
    first = words.pattern.pattern.removeprefix(r"\b(?:").split("|")[0]
    plain = first.replace("?", "").replace("[sz]", "s").replace("(:ing)", "").replace("(:", "")
    messages = talk.say("job_ideas", f"{'no' if words.refused else 'i like'} {plain}")
    check(messages)
