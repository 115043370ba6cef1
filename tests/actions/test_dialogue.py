"""Conversations as pupils have them: what is answered, kept, asked back and offered."""

import pytest

from tests.actions.message_rules import check


def values(message, label):
    return [figure["value"] for figure in message["figures"] if figure["label"] == label]


def codes(talk):
    return [job.soc2020 for job in talk.memory.jobs]


# ---- pay ----


@pytest.mark.parametrize(
    ("text", "name", "median", "lower", "upper"),
    [
        ("what does a vet earn", "Vets", "£42,612", "£32,976", None),
        ("electrician salary", "Electricians", "£38,064", "£30,000", "£45,528"),
    ],
)
def test_pay_is_the_published_one(talk, ground, text, name, median, lower, upper):
    (message,) = talk.say("pay", text)
    assert message["answer"] == "pay"
    assert f"**{name}** typically earn **{median} a year** (2024)." in message["text"]
    assert lower in message["text"]
    assert upper is None or upper in message["text"]
    assert values(message, "typical pay") == [int(median[1:].replace(",", ""))]
    assert {figure["year"] for figure in message["figures"]} == {2024}
    assert message["sources"][0]["publisher"] == "Office for National Statistics"
    assert message["sources"][0]["year"] == "2024"
    assert message["chart"]["kind"]
    check([message], ground)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("what does a vet earn a month", "£3,551 a month", "GBP a month"),
        ("what do vets get per week", "£817 a week", "GBP a week"),
        ("vet yearly pay", "£42,612 a year", "GBP a year"),
    ],
)
def test_pay_in_the_period_that_is_asked_for(talk, text, amount, unit):
    (message,) = talk.say("pay", text)
    assert amount in message["text"]
    assert {figure["unit"] for figure in message["figures"]} == {unit}
    if "year" not in unit:
        assert "Worked out from pay a year" in message["text"]


def test_pay_by_the_hour_says_what_it_is_worked_out_from(talk):
    (message,) = talk.say("pay", "what does a vet earn an hour")
    assert "an hour" in message["text"]
    assert "hours" in message["text"]
    (amount,) = values(message, "typical pay")
    assert 42_612 / 52.143 / 48 < amount < 42_612 / 52.143 / 30


def test_the_period_is_kept_for_the_next_job(talk):
    talk.say("pay", "what does a vet earn a month")
    (message,) = talk.say("give_job", "what about an electrician")
    assert "**Electricians** typically earn **£3,172 a month**" in message["text"]


def test_part_time_pay_says_why_it_looks_low(talk):
    (message,) = talk.say("pay", "what does a kitchen assistant earn")
    assert "£11,064" in message["text"]
    assert "part time" in message["text"]
    assert any("Minimum Wage" in source["dataset"] for source in message["sources"])


def test_two_jobs_in_one_pay_question(talk, ground):
    messages = talk.say("pay", "what do a vet and an electrician earn")
    assert [values(message, "typical pay") for message in messages] == [[42612], [38064]]
    assert messages[0]["buttons"] == []
    assert messages[1]["buttons"]
    check(messages, ground)


def test_the_gap_and_the_change_are_stated_plainly(talk, ground):
    (gap,) = talk.say("pay_gap", "do women electricians get less")
    (change,) = talk.say("pay_change", "has electricians pay gone up")
    assert "women typically earn" in gap["text"] or "not published" in gap["text"]
    assert "in 2021" in change["text"]
    assert "in 2024" in change["text"]
    check([gap, change], ground)


# ---- follow-ups ----


def test_a_follow_up_keeps_the_job(talk):
    talk.say("pay", "what does a vet earn")
    (message,) = talk.say("outlook", "and will there still be jobs")
    assert message["answer"] == "outlook"
    assert codes(talk) == ["2240"]
    (message,) = talk.say("how_to_become", "how long does it take")
    assert "veterinarian" in message["text"].lower() or "vet" in message["text"].lower()
    assert codes(talk) == ["2240"]


@pytest.mark.parametrize("topic", ["pay", "outlook", "how_to_become", "skills", "hours"])
def test_what_about_another_job_asks_the_same_of_it(talk, topic):
    (first,) = talk.say(topic, "tell me about electricians")
    (second,) = talk.say("give_job", "what about a plumber")
    assert second["answer"].removesuffix("_none") == first["answer"].removesuffix("_none")
    assert codes(talk) == ["5315"]


def test_a_job_alone_gives_an_overview(talk, ground):
    (message,) = talk.say("give_job", "plumber")
    assert message["answer"] == "overview"
    assert "£37,416" in message["text"]
    check([message], ground)


def test_a_place_after_pay_says_that_pay_is_for_the_whole_uk(talk):
    talk.say("pay", "what does a vet earn")
    (message,) = talk.say("give_place", "and in leeds?")
    assert message["answer"] == "pay"
    assert "£42,612" in message["text"]
    assert "pay in Leeds alone is not in these figures" in message["text"]


def test_a_place_after_the_outlook_is_set_against_england(talk, ground):
    talk.say("outlook", "will there be jobs for electricians")
    (message,) = talk.say("give_place", "and in leeds?")
    assert message["answer"] == "local_outlook"
    assert "West Yorkshire, which covers Leeds," in message["text"]
    assert "whole of England" in message["text"]
    assert talk.memory.place == "Leeds"
    check([message], ground)


def test_a_place_is_asked_for_and_can_be_typed_or_pressed(talk, ground):
    (asked,) = talk.say("local_outlook", "are there jobs near me for vets")
    assert asked["answer"] == "ask_place"
    assert len(asked["buttons"]) == 3
    (typed,) = talk.say("out_of_scope", "sheffield")
    assert "South Yorkshire" in typed["text"]
    (pressed,) = talk.press(asked["buttons"][0]["payload"])
    assert "West Yorkshire" in pressed["text"]
    assert codes(talk) == ["2240"]
    check([asked, typed, pressed], ground)


def test_a_place_without_figures_of_its_own_gets_englands(talk, ground):
    without = next(
        place for place in ground.places.find("in Manchester, Cardiff and Glasgow")
        if place.area is None
    )  # fmt: skip
    talk.say("outlook", "jobs for vets")
    (message,) = talk.say("give_place", f"in {without.name}")
    assert message["text"].casefold().startswith(without.name.casefold())
    assert "no figures of its own" in message["text"]
    check([message], ground)


def test_a_place_before_any_job_is_noted_and_used(talk, ground):
    (noted,) = talk.say("give_place", "im in leeds")
    assert "Leeds" in noted["text"]
    (message,) = talk.say("local_outlook", "are there jobs for vets round here")
    assert "West Yorkshire" in message["text"]
    check([noted, message], ground)


def test_an_offer_made_for_one_job_is_not_used_for_the_next(talk):
    talk.say("local_outlook", "are there jobs near me for vets")
    talk.say("give_place", "sheffield")
    talk.say("outlook", "will there be jobs for electricians")
    (message,) = talk.say("give_place", "and in london")
    assert "London" in message["text"]
    assert codes(talk) == ["5241"]


def test_ai_is_answered_with_the_forecast_and_its_limits(talk, ground):
    (message,) = talk.say("outlook", "will ai take electricians jobs")
    assert message["text"].startswith("Nobody can say for sure what AI will change.")
    assert "2035" in message["text"]
    check([message], ground)


# ---- which job ----


@pytest.mark.parametrize(
    ("intent", "answer"),
    [
        ("choose_option", "the {ordinal} one"),
        ("choose_option", "{ordinal}"),
        ("nlu_fallback", "{number}"),
        ("nlu_fallback", "number {number}"),
        ("nlu_fallback", "civil"),
        ("choose_option", "the civil engineers one"),
        ("out_of_scope", "civil enginers"),
        ("give_job", "civil engineer"),
    ],
)
def test_an_ambiguous_word_is_asked_about_and_chosen(talk, ground, intent, answer):
    (asked,) = talk.say("pay", "what does an engineer earn a month")
    assert asked["answer"] == "ask_which_job"
    place = [button["title"] for button in asked["buttons"]].index("Civil engineers")
    ordinal = ("first", "second", "third", "fourth")[place]
    (message,) = talk.say(intent, answer.format(ordinal=ordinal, number=place + 1))
    assert message["answer"] == "pay"
    assert codes(talk) == ["2121"]
    assert "Civil engineers" in message["text"]
    check([asked, message], ground)


def test_an_ambiguous_word_is_chosen_by_its_button(talk):
    (asked,) = talk.say("outlook", "will there be jobs for engineers")
    (message,) = talk.press_title(asked, "Mechanical engineers")
    assert message["answer"] == "outlook"
    assert codes(talk) == ["2122"]


def test_the_last_of_what_was_offered(talk):
    (asked,) = talk.say("pay", "what does an engineer earn")
    talk.say("choose_option", "the last one")
    assert codes(talk)[0] in asked["buttons"][-1]["payload"]


def test_a_choice_that_is_none_shows_the_offers_again(talk, ground):
    (asked,) = talk.say("pay", "what does an engineer earn")
    (again,) = talk.say("choose_option", "option nine please")
    assert again["answer"] == "which_option"
    assert again["buttons"] == asked["buttons"]
    check([again], ground)


def test_a_word_that_all_offers_share_chooses_none(talk):
    (asked,) = talk.say("pay", "what does a teacher earn")
    (again,) = talk.say("choose_option", "teaching professionals")
    assert again["answer"] == "which_option"
    assert again["buttons"] == asked["buttons"]
    talk.say("choose_option", "secondry")
    assert codes(talk) == ["2313"]


def test_a_message_that_shares_small_words_with_an_offer_is_no_choice(talk):
    talk.say("nlu_fallback", "wibble wobble")
    (offers,) = talk.say("nlu_fallback", "wobble wibble")
    assert "What does a job pay?" in [button["title"] for button in offers["buttons"]]
    (message,) = talk.say("nlu_fallback", "what is a llama")
    assert message["answer"] == "not_understood_again"


def test_choosing_when_nothing_was_offered(talk, ground):
    (message,) = talk.say("choose_option", "the second one")
    assert message["answer"] == "nothing_to_choose"
    check([message], ground)


@pytest.mark.parametrize(
    "text", ["what do deodorant smellers earn as a job", "how do i become a wizard"]
)
def test_an_unknown_job_leads_on(talk, ground, text):
    intent = "pay" if "earn" in text else "how_to_become"
    (message,) = talk.say(intent, text)
    assert message["answer"] == "unknown_job"
    assert [b["payload"] for b in message["buttons"]] == ["/choose_career", "/talk_to_adviser"]
    (next_one,) = talk.say("give_job", "plumber")
    assert next_one["answer"] == intent
    check([message, next_one], ground)


def test_an_unknown_job_is_not_answered_for_the_one_before(talk):
    talk.say("pay", "what does a vet earn")
    (message,) = talk.say("how_to_become", "how do i become a wizard")
    assert message["answer"] == "unknown_job"
    assert "wizard" in message["text"]


@pytest.mark.parametrize("intent", ["pay", "outlook", "compare", "how_to_become", "local_outlook"])
def test_a_question_without_a_job_asks_for_one_and_then_answers(talk, ground, intent):
    (asked,) = talk.say(intent, "tell me")
    assert asked["answer"] == "ask_job"
    assert asked["buttons"]
    (message,) = talk.say("nlu_fallback", "electrician")
    expected = {"compare": "ask_second_job", "local_outlook": "ask_place"}
    assert message["answer"] == expected.get(intent, intent)
    assert codes(talk) == ["5241"]
    check([asked, message], ground)


def test_a_button_for_a_job_that_is_no_longer_listed(talk):
    (message,) = talk.press('/pay{"job": "0000"}')
    assert message["answer"] == "ask_job"


@pytest.mark.parametrize(
    "payload",
    ["/pay{}", '/pay{"job": null}', '/pay{"job": ["2240"]}', '/pay{"job": "2240", "said": 5}',
     '/local_outlook{"job": "2240", "place": "Nowhere at all"}', '/give_year_group{"year": "x"}'],
)  # fmt: skip
def test_odd_payloads_are_answered(talk, ground, payload):
    check(talk.press(payload), ground)


# ---- comparing ----


def test_two_jobs_side_by_side(talk, ground):
    (message,) = talk.say("compare", "compare a vet and an electrician")
    assert message["answer"] == "compare"
    assert values(message, "typical pay") == [42612, 38064]
    assert "£4,548 a year more" in message["text"]
    assert codes(talk) == ["2240", "5241"]
    assert [b["title"] for b in message["buttons"]] == ["Ways in: vets", "Ways in: electricians"]
    assert len(message["chart"]["table"]["rows"]) == 2
    check([message], ground)


def test_three_jobs_side_by_side(talk, ground):
    (message,) = talk.say("compare", "vet, plumber or chef")
    assert codes(talk) == ["2240", "5315", "5434"]
    assert values(message, "typical pay") == [42612, 37416, 25572]
    check([message], ground)


def test_a_fourth_job_is_left_out_without_a_failure(talk, ground):
    (message,) = talk.say("compare", "vet, plumber, chef or electrician")
    assert len(codes(talk)) == 3
    check([message], ground)


def test_comparing_one_job_asks_for_the_second(talk, ground):
    (asked,) = talk.say("compare", "compare vets")
    assert asked["answer"] == "ask_second_job"
    assert asked["text"].startswith("Compare vets with which other job?")
    (message,) = talk.say("give_job", "a plumber")
    assert message["answer"] == "compare"
    assert codes(talk) == ["2240", "5315"]
    check([asked, message], ground)


def test_comparing_with_the_job_in_hand(talk):
    talk.say("pay", "what does a vet earn")
    (message,) = talk.say("compare", "is that better than an electrician")
    assert message["answer"] == "compare"
    assert codes(talk) == ["2240", "5241"]


def test_two_names_of_one_job_are_told_so(talk, ground):
    (message,) = talk.say("compare", "vet or veterinary surgeon")
    assert message["answer"] == "ask_second_job"
    assert "count as one job" in message["text"]
    check([message], ground)


def test_comparing_with_an_ambiguous_word(talk):
    (asked,) = talk.say("compare", "compare a vet and an engineer")
    (message,) = talk.say("choose_option", "the first one")
    assert message["answer"] == "compare"
    first, second = codes(talk)
    assert first == "2240"
    assert second in asked["buttons"][0]["payload"]


def test_one_of_the_compared_jobs_can_be_chosen_and_then_the_other(talk):
    talk.say("compare", "compare a vet and an electrician")
    (second,) = talk.say("choose_option", "the second one")
    assert second["answer"] == "overview"
    assert codes(talk) == ["5241"]
    (first,) = talk.say("choose_option", "and the first one")
    assert first["answer"] == "overview"
    assert codes(talk) == ["2240"]


# ---- several questions, misses, scene ----


def test_two_questions_in_one_message(talk, ground):
    pay, outlook = talk.say(
        "pay",
        "what does a vet earn and will there still be jobs",
        [("pay", "what does a vet earn"), ("outlook", "will there still be jobs")],
    )
    assert (pay["answer"], outlook["answer"]) == ("pay", "outlook")
    assert "£42,612" in pay["text"]
    assert pay["buttons"] == []
    asked = {button["payload"].partition("{")[0] for button in outlook["buttons"]}
    assert asked.isdisjoint({"/pay", "/outlook"})
    assert codes(talk) == ["2240"]
    check([pay, outlook], ground)


def test_two_questions_about_two_jobs(talk):
    text = "what does a vet earn and how do i become a plumber"
    pay, ways = talk.say(
        "pay",
        text,
        [("pay", "what does a vet earn"), ("how_to_become", "how do i become a plumber")],
    )
    assert "£42,612" in pay["text"]
    assert "plumber" in ways["text"].lower()


def test_two_questions_without_a_job_ask_once(talk):
    messages = talk.say(
        "pay",
        "what do they earn and how do i get in",
        [("pay", "what do they earn"), ("how_to_become", "how do i get in")],
    )
    assert [message["answer"] for message in messages] == ["ask_job"]


def test_two_misses_lead_to_an_adviser_and_a_hit_counts_anew(talk, ground):
    (first,) = talk.say("nlu_fallback", "wibble wobble")
    (second,) = talk.say("out_of_scope", "who won the cup")
    assert first["answer"] == "not_understood"
    assert second["answer"] == "not_understood_again"
    assert second["buttons"][0]["payload"] == "/talk_to_adviser"
    talk.say("pay", "what does a vet earn")
    (third,) = talk.say("out_of_scope", "who won the football cup final last night")
    assert third["answer"] == "not_known"
    check([first, second, third], ground)


@pytest.mark.parametrize(
    ("text", "year"),
    [("im in year 10", 10), ("Y11", 11), ("yr 7", 7), ("sixth form", None), ("year 14", None)],
)
def test_a_year_group_is_noted(talk, ground, text, year):
    (message,) = talk.say("give_year_group", text)
    assert talk.memory.year_group == year
    assert (f"Year {year}" in message["text"]) == (year is not None)
    assert message["buttons"]
    check([message], ground)


def test_the_scene_sets_year_and_audience(talk):
    talk.say("greeting", "hello", scene={"year": 9, "audience": "parent"})
    assert (talk.memory.year_group, talk.memory.audience) == (9, "parent")
    talk.say("pay", "what does a vet earn")
    assert (talk.memory.year_group, talk.memory.audience) == (9, "parent")


def test_yes_takes_the_only_offer_and_otherwise_asks(talk):
    (message,) = talk.say("affirm", "yes")
    assert message["answer"] == "go_on"
    talk.say("pay", "how much is it")
    (message,) = talk.say("affirm", "yes")
    assert message["answer"] == "ask_job"


def test_related_jobs_can_be_chosen(talk, ground):
    (message,) = talk.say("related_jobs", "jobs like a vet")
    (overview,) = talk.say("choose_option", "the first one")
    assert overview["answer"] == "overview"
    assert codes(talk)[0] in message["buttons"][0]["payload"]
    check([message, overview], ground)


def test_every_button_of_a_long_walk_leads_somewhere(ground, talk):
    """Press what is offered, breadth first, until some hundred buttons were pressed."""
    from tests.actions.conversation import Conversation

    waiting = [b["payload"] for b in talk.say("greeting", "hello")[0]["buttons"]]
    seen = set()
    while waiting and len(seen) < 150:
        payload = waiting.pop(0)
        if payload in seen:
            continue
        seen.add(payload)
        messages = Conversation(ground).press(payload)
        check(messages, ground)
        waiting += [b["payload"] for message in messages for b in message["buttons"]]
    assert len(seen) > 100
