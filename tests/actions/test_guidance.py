"""Authored answers by subject: which is given, for whom, what is asked once, what is offered."""

import pytest

from actions.guidance import FIRST, RIVAL, SURE
from tests.actions.message_rules import check

NEAR = 0.9


def ids(messages):
    return [message["answer"] for message in messages]


def titles(message):
    return [button["title"] for button in message["buttons"]]


def test_a_sure_subject_is_answered_with_its_sources(talk, ground):
    (said,) = talk.say(
        "apprenticeships", "do they get paid", ranked=[("apprenticeship_pay", 0.9, NEAR)]
    )
    assert said["answer"] == "apprenticeship_pay"
    assert said["sources"]
    check([said], ground)


def test_a_close_call_is_offered_and_never_guessed(talk, ground):
    ranked = [("cv", 0.41, NEAR), ("write_my_cv", 0.4, NEAR), ("cover_letter", 0.1, 0.5)]
    (said,) = talk.say("cv_interview", "cv thing", ranked=ranked)
    assert said["answer"] == "which_answer"
    assert titles(said)[:3] == [ground.answers.title(subject) for subject, _, _ in ranked]
    check([said], ground)
    (chosen,) = talk.say("choose_option", "the second one")
    assert chosen["answer"] == "write_my_cv"


def test_without_a_ranking_it_is_not_known(talk):
    assert ids(talk.say("cv_interview", "qwerty")) == ["not_known"]


def test_a_parent_gets_the_parents_answer(talk):
    ranked = [("child_benefit", 0.9, NEAR)]
    (said,) = talk.say("apprenticeships", "do we lose child benefit for my son", ranked=ranked)
    assert said["answer"] == "child_benefit.parents"
    (again,) = talk.say(
        "apprenticeships", "and what about tax", ranked=[("council_tax", 0.9, NEAR)]
    )
    assert again["answer"] == "council_tax.parents"


def test_the_scene_tells_who_asks(talk):
    (said,) = talk.say(
        "apprenticeships",
        "child benefit",
        scene={"audience": "parent", "year": 11},
        ranked=[("child_benefit", 0.9, NEAR)],
    )
    assert said["answer"] == "child_benefit.parents"


def test_the_stage_is_asked_once_and_steers_the_answer(talk, ground):
    ranked = [("after_gcses", 0.9, NEAR)]
    (asked,) = talk.say("school_choices", "what can i do after school", ranked=ranked)
    assert asked["answer"] == "which_stage"
    check([asked], ground)
    (told,) = talk.press(asked["buttons"][0]["payload"])
    assert told["answer"] == "after_gcses.younger"
    (later,) = talk.say("school_choices", "what can i do after", ranked=ranked)
    assert later["answer"] == "after_gcses.younger"


def test_the_stage_is_never_asked_twice(talk):
    ranked = [("after_gcses", 0.9, NEAR)]
    assert ids(talk.say("school_choices", "options after", ranked=ranked)) == ["which_stage"]
    assert ids(talk.say("cv_interview", "cv", ranked=[("cv", 0.9, NEAR)])) == ["cv"]
    assert ids(talk.say("school_choices", "options after", ranked=ranked)) == ["after_gcses"]


def test_the_stage_can_be_typed(talk):
    ranked = [("after_gcses", 0.9, NEAR)]
    talk.say("school_choices", "what can i do after school", ranked=ranked)
    assert ids(talk.say("give_year_group", "year 8")) == ["after_gcses.younger"]


def test_more_is_told_when_it_is_asked_for(talk, ground):
    (said,) = talk.say("school_choices", "t levels?", ranked=[("t_levels", 0.9, NEAR)])
    assert titles(said)[0] == ground.wording.say("buttons.more")
    (more,) = talk.press(said["buttons"][0]["payload"])
    assert more["answer"] == "t_levels"
    assert more["text"] != said["text"]
    assert ground.wording.say("buttons.more") not in titles(more)


def test_a_button_for_something_that_is_gone_is_not_silent(talk):
    assert ids(talk.press('/answer{"subject": "no_such_thing"}')) == ["not_known"]
    assert ids(talk.press('/answer{"more": "no_such_thing"}')) == ["not_understood_again"]
    assert ids(talk.press('/answer{"subject": "cv", "stage": "years 99"}')) == ["cv"]


@pytest.mark.parametrize("intent", FIRST)
def test_the_broad_intent_alone_has_an_answer(talk, ground, intent):
    (said,) = talk.press(f"/{intent}")
    assert said["answer"] not in ("not_known", "not_understood")
    check([said], ground)


def test_every_answer_as_every_reader(ground):
    from tests.actions.conversation import Conversation

    for subject in ground.answers.subjects():
        if not ground.answers[subject].examples:
            continue
        for scene in ({"audience": "parent"}, {"year": 8}, {"year": 11}, {"year": 13}):
            said = Conversation(ground).say(
                "apprenticeships", "x?", scene=scene, ranked=[(subject, SURE, NEAR)]
            )
            assert said[0]["answer"].partition(".")[0] == subject
            check(said, ground)


def test_what_is_not_far_behind_is_offered_beside_the_answer(talk, ground):
    ranked = [("child_benefit", 0.8, NEAR), ("council_tax", 0.1, 0.6), ("cv", 0.01, 0.2)]
    (said,) = talk.say("apprenticeships", "does mum lose money", ranked=ranked)
    assert said["answer"] == "child_benefit"
    assert ground.wording.say("answers.beside") in said["text"]
    assert ground.answers.title("council_tax") in titles(said)
    assert ground.answers.title("cv") not in titles(said)
    check([said], ground)
    (other,) = talk.say("choose_option", ground.answers.title("council_tax"))
    assert other["answer"] == "council_tax"


def test_nothing_is_offered_beside_an_answer_that_stands_alone(talk, ground):
    ranked = [("child_benefit", 0.95, NEAR), ("council_tax", RIVAL - 0.01, 0.6)]
    (said,) = talk.say("apprenticeships", "child benefit", ranked=ranked)
    assert ground.wording.say("answers.beside") not in said["text"]
    assert ground.answers.title("cv") not in titles(said)


def test_an_adviser_stays_offered_beside_an_answer_that_needs_one(talk, ground):
    subject = next(s for s in ground.answers.subjects() if ground.answers[s].person)
    ranked = [(subject, 0.7, NEAR), ("cv", 0.1, 0.6), ("cover_letter", 0.1, 0.6)]
    (said,) = talk.say("barriers", "help", ranked=ranked, scene={"audience": "pupil", "year": 11})
    assert ground.answers.title("talk_to_adviser") in titles(said)
    check([said], ground)
