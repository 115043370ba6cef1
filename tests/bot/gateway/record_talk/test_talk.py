"""The record in the chat, message by message."""

from datetime import timedelta

import pytest

from bot.records.guidance.views import note_view
from tests.bot.gateway.record_talk.conftest import TALK, Chatting, House, engine_says
from tests.bot.records.guidance.conftest import NOW, SEALING

PLAN = "i'll look at the electrician apprenticeship before friday"


def plan(chat: Chatting, text: str = PLAN) -> None:
    chat.say(text)
    chat.press("Yes")


# ---- offering


def test_a_plan_is_offered_and_enters_with_a_yes(chat: Chatting):
    [offered] = chat.say(PLAN)
    assert offered["text"].startswith(
        "You said you'll look at the electrician apprenticeship before Friday. "
        "Add that to your record?"
    )
    assert [one["title"] for one in offered["buttons"]] == ["Yes", "Change it", "No"]
    assert (chat.lines(), chat.to_engine) == ([], [])
    chat.press("Yes")
    [line] = chat.lines()
    assert (line.kind, line.status, line.body.text) == (
        "action", "open", "Look at the electrician apprenticeship",
    )  # fmt: skip
    assert f"{line.due_on}" == "2026-11-27"
    assert line.confirmed_at is not None
    assert "Friday 27 November 2026" in chat.text()


def test_the_question_beside_it_is_answered_first(chat: Chatting):
    said = chat.say("ill email the college tomorrow. what grades do i need?")
    assert [one["answer"] for one in said] == ["x", "record_offer"]
    assert TALK.reading.sayings.read(
        "ill email the college tomorrow. what grades do i need?", NOW.date()
    ).rest == "what grades do i need?"  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("i wnat to be a vet", "aspiration", "Be a vet"),
        ("ive decided on t levels", "decision", "Decided on T levels"),
    ],
)
def test_hopes_and_decisions(chat: Chatting, text: str, kind: str, kept: str):
    chat.meta = {"jobs": [{"soc2020": "2240", "title": "Veterinarians"}]}
    chat.say(text)
    chat.say("yes please")
    [line] = chat.lines("aspiration", "decision")
    assert (line.kind, line.body.text) == (kind, kept)
    # A job that somebody hopes for is a question about it as well.
    assert chat.to_engine == (["i wnat to be a vet"] if kind == "aspiration" else [])


def test_a_no_is_a_no(chat: Chatting):
    chat.say(PLAN)
    chat.press("No")
    for _ in range(8):
        chat.say("what about pay")
    chat.say(PLAN)
    assert "Add that" not in chat.text()
    assert chat.lines() == []


def test_not_more_than_once_in_six_messages_and_the_rest_later(chat: Chatting):
    plan(chat)
    chat.say("ill email the college tomorrow")
    assert "Add that" not in chat.text()
    offers = 0
    for _ in range(4):
        chat.say("what about pay")
        offers += "Add that" in chat.text()
    assert offers == 1
    assert "Here is something from earlier. You said you'll email the college." in chat.text()
    chat.press("Yes")
    assert len(chat.lines()) == 2


def test_nothing_is_offered_where_help_was_needed(chat: Chatting):
    chat.helped = True
    chat.say("hello")
    chat.say(PLAN)
    assert chat.to_engine == ["hello", PLAN]
    assert "record" not in chat.text()


def test_an_engine_that_asks_is_answered_first(chat: Chatting):
    chat.reply = [engine_says("Which job do you mean?")]
    chat.say("i want to be a vet")
    assert "Add that" not in chat.text()
    chat.reply = [engine_says()]
    chat.say("the animal one")
    assert "You said you want to be a vet. Add that to your record?" in chat.text()


def test_other_words(chat: Chatting):
    chat.say(PLAN)
    first = chat.said[0]["buttons"][0]["payload"]
    chat.press("Change it")
    assert "your own words" in chat.text()
    chat.say("ask my uncle about his job by 3 march")
    assert 'It would say: "Ask my uncle about his job by 3 march".' in chat.text()
    second = chat.said
    chat.say(payload=first)
    assert ("too old" in chat.text(), chat.lines()) == (True, [])
    chat.said = second
    chat.press("Yes")
    assert f"{chat.lines()[0].due_on}" == "2027-03-03"


def test_a_question_comes_before_the_other_words(chat: Chatting):
    chat.say(PLAN)
    chat.press("Change it")
    chat.say("what does a vet earn")
    assert chat.to_engine == ["what does a vet earn"]
    chat.press("Go on")
    chat.say("ask my uncle")
    assert "Ask my uncle" in chat.text()


def test_the_same_twice_is_one_line(house: House):
    one, two = house.chat(), house.chat()
    one.say(PLAN)
    two.say(PLAN)
    one.press("Yes")
    two.press("Yes")
    assert len(one.lines()) == 1
    assert "already" in two.text()


def test_asked_for_it_is_offered_at_once(chat: Chatting):
    plan(chat)
    chat.say("add that i want to be a vet to my record")
    chat.press("Yes")
    assert [line.body.text for line in chat.lines("aspiration")] == ["Be a vet"]


# ---- what is to do


def test_listed_and_done(chat: Chatting):
    plan(chat)
    chat.say("what did i say i'd do")
    assert "1. Look at the electrician apprenticeship (by Friday 27 November 2026)" in chat.text()
    assert "[Your record](https://signpost.example/record)" in chat.text()
    chat.press("Done: Look at")
    assert chat.lines()[0].status == "done"
    chat.say("my record")
    assert "nothing that is still to do" in chat.text()


def three(house: House) -> Chatting:
    chat = house.chat()
    plan(chat, "ill email the college tomorrow")
    for text in ("ill finish my cv by friday", "ill visit the vets next week"):
        chat.say(f"add to my record that {text}")
        chat.press("Yes")
    return chat


def test_which_one_is_done(house: House):
    chat = three(house)
    chat.say("what did i say id do")
    chat.say("done the second one")
    assert [x.body.text for x in chat.lines() if x.status == "done"] == ["Finish my CV"]
    chat.say("what did i say id do")
    chat.say("ive done it")
    assert "Which one" in chat.text()
    chat.say("the vets one")
    assert {x.body.text for x in chat.lines() if x.status == "done"} == {
        "Finish my CV", "Visit the vets",
    }  # fmt: skip


def test_dropped_with_a_reason_or_without(house: House):
    chat = three(house)
    chat.say("im not doing the college one anymore")
    assert "Why are you not doing it?" in chat.text()
    chat.say("what about pay")
    chat.press("Go on")
    chat.say("it is too far away")
    dropped = next(x for x in chat.lines() if x.status == "dropped")
    assert dropped.body.reason == "it is too far away"
    chat.say("forget about the vets one")
    chat.press("Skip")
    assert sorted(x.body.reason or "" for x in chat.lines() if x.status == "dropped") == [
        "", "it is too far away",
    ]  # fmt: skip


def test_without_anything_to_do_it_is_not_for_the_record(chat: Chatting):
    chat.say("ive done it")
    chat.say("not doing that anymore")
    chat.say("delete that")
    chat.say("change that")
    assert len(chat.to_engine) == 4


def test_a_pupil_who_comes_back_is_told_once(house: House):
    plan(house.chat())
    later = house.chat(now=NOW + timedelta(days=1))
    later.say("what about pay")
    assert "You have one thing still to do from before." in later.text()
    later.say("what about pay")
    assert "still to do" not in later.text()
    again = house.chat(now=NOW + timedelta(days=1, hours=1))
    again.say("what about pay")
    assert "still to do" not in again.text()
    other = house.chat(1, now=NOW + timedelta(days=1))
    other.say("what about pay")
    assert "still to do" not in other.text()


# ---- the form


def test_an_experience_in_four_answers(house: House, chat: Chatting):
    chat.say("add my work experience at the vets")
    assert "When was it?" in chat.text()
    chat.say("last week")
    chat.say("what does a vet earn?")
    assert chat.to_engine == ["what does a vet earn?"]
    house.engine.dispose()  # a restart
    chat.press("Go on")
    chat.say("i held the dogs")
    chat.say("skip")
    assert "- What you did: i held the dogs" in chat.text()
    assert chat.lines() == []
    chat.press("Yes")
    [line] = chat.lines()
    assert (line.body.type, line.body.where, line.body.when) == (
        "workplace", "The vets", "last week",
    )  # fmt: skip
    assert line.body.learnt == "Not said"
    assert b"i held the dogs" not in line.source.__repr__().encode()


@pytest.mark.parametrize(
    ("when", "day"),
    [("last june", "2026-06-01"), ("14 march", "2026-03-14"), ("in year 9", None), ("skip", None)],
)
def test_an_experience_is_of_the_day_that_is_named(chat: Chatting, when: str, day: str | None):
    chat.say("add my work experience at the vets")
    chat.say(when)
    chat.say("i held the dogs")
    chat.say("skip")
    chat.now += timedelta(days=400)  # answered later: it is still that June
    chat.press("Yes")
    [line] = chat.lines()
    assert f"{line.happened_on}" == (day or f"{chat.now.date()}")
    assert line.confirmed_at is not None


def test_a_day_that_was_taken_back_is_not_the_lines(chat: Chatting):
    chat.say("add my work experience at the vets")
    for answer in ("last june", "i held the dogs", "skip"):
        chat.say(answer)
    chat.press("Change it")
    for answer in ("the vets", "a while back", "i held the dogs", "skip"):
        chat.say(answer)
    chat.press("Yes")
    [line] = chat.lines()
    assert (line.body.when, line.happened_on) == ("a while back", chat.now.date())


def test_a_form_stops(chat: Chatting):
    chat.say("add my volunteering")
    chat.say("stop")
    assert ("Nothing was added" in chat.text(), chat.lines()) == (True, [])


def test_a_form_is_found_again_in_another_chat(house: House):
    chat = house.chat()
    chat.say("add my volunteering")
    chat.say("the food bank")
    other = house.chat()
    other.say("add my work experience at tesco")
    other.press("Go on")
    assert "When was it?" in other.text()
    other.press("Stop")
    other.say("add my work experience at tesco")
    assert "When was it?" in other.text()


def test_a_button_of_a_question_that_is_answered_skips_nothing(chat: Chatting):
    chat.say("add my volunteering")
    skip = chat.said[0]["buttons"][0]["payload"]
    chat.say("the food bank")
    chat.say(payload=skip)
    assert "When was it?" in chat.text()


def test_too_long_a_place_is_asked_again(chat: Chatting):
    chat.say("add my volunteering")
    chat.say("x " * 150)
    assert "fewer words" in chat.text()
    assert "Where was it?" in chat.text()


# ---- changing, deleting, who


def test_changed(chat: Chatting):
    plan(chat)
    chat.say("change that")
    chat.say("ask my aunt about it")
    [line] = chat.lines()
    assert (line.body.text, line.corrected) == ("Ask my aunt about it", True)
    assert 'It now says: "Ask my aunt about it".' in chat.text()


def test_deleted_after_a_second_question(chat: Chatting):
    plan(chat)
    chat.say("delete that")
    assert len(chat.lines()) == 1
    chat.press("Keep")
    assert len(chat.lines()) == 1
    chat.say("delete that")
    chat.say("yes")
    assert chat.lines() == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [("download my record", "can be downloaded"), ("delete everything", "can be deleted")],
)
def test_all_of_it_is_taken_or_deleted_on_the_page(chat: Chatting, asked: str, told: str):
    plan(chat)
    chat.say("add my work experience at the vets")
    [said, paused] = chat.say(asked)
    assert told in said["text"]
    assert "[Your record](https://signpost.example/record)" in said["text"]
    assert "You were adding something" in paused["text"]
    chat.press("Go on")
    assert "When was it?" in chat.text()
    assert (len(chat.lines()), chat.to_engine) == (1, [])


def test_who(house: House, chat: Chatting):
    chat.say("who can see this")
    assert "Nobody but you" in chat.text()
    with house.engine.begin() as c:
        note_view(
            c, SEALING, house.schools[0], house.pupils[0], name="Quorra Plinth", role="adviser",
            purpose="a meeting", now=NOW,
        )  # fmt: skip
    chat.say("who looked at my record")
    assert "- Quorra Plinth (adviser) on 22 November 2026: a meeting" in chat.text()


# ---- what was told


def test_what_was_told_is_kept_once_a_day(chat: Chatting):
    figure = {"label": "typical pay", "value": 42612, "unit": "GBP a year", "year": 2024}
    source = {"publisher": "ONS", "dataset": "ASHE", "year": "2024", "link": "https://ons.gov.uk"}
    chat.meta = {"jobs": [{"soc2020": "2240", "title": "Veterinarians"}]}
    chat.reply = [engine_says(answer="pay", figures=[figure], sources=[source])]
    chat.say("what does a vet earn")
    chat.say("what does a vet earn")
    [line] = chat.lines("information")
    assert line.body.title == "Pay: Veterinarians"
    assert line.body.figures[0].amount == "£42,612 a year"
    assert line.source["answers"] == ["pay"]
    chat.now += timedelta(days=1)
    chat.say("what does a vet earn")
    assert len(chat.lines("information")) == 2


def test_an_authored_answer_is_kept_with_its_facts(chat: Chatting):
    answer = next(one for one in TALK._library if one.facts and one.examples)
    chat.reply = [engine_says(answer=answer.id)]
    chat.say("tell me")
    [line] = chat.lines("information")
    assert line.body.title == answer.title
    assert [fact.id for fact in line.body.facts]


def test_small_talk_is_not_kept(chat: Chatting):
    chat.reply = [engine_says(answer="thanks")]
    chat.say("thanks")
    assert chat.lines() == []
