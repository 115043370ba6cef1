"""Short questions about the answer told last, and the job that a guidance answer leaves in hand."""

import pytest

NEAR = 0.9


def told(talk, subject, text="what about it", intent="apprenticeships", **more):
    (said,) = talk.say(intent, text, ranked=[(subject, 0.95, NEAR)], **more)
    return said


@pytest.mark.parametrize(
    ("intent", "text", "subject"),
    [
        ("entry_requirements", "how long does it take", "apprenticeship_length"),
        ("pay", "and what about the money", "apprenticeship_pay"),
        ("pay", "what would she be paid", "apprenticeship_pay"),
        ("entry_requirements", "what do i need to get in", "apprenticeship_entry"),
        ("how_to_become", "how do i apply for it", "apply_for_an_apprenticeship"),
        ("hours", "how many hours would i do", "apprenticeship_hours"),
    ],
)
def test_a_short_question_is_about_the_route_told_last(talk, intent, text, subject):
    told(talk, "what_is_an_apprenticeship")
    (said,) = talk.say(intent, text)
    assert said["answer"].partition(".")[0] == subject


def test_what_the_answer_itself_tells_is_told_again(talk):
    told(talk, "supported_internships", intent="school_choices")
    (said,) = talk.say("pay", "is it paid")
    assert said["answer"] == "supported_internships"


def test_a_question_of_when_is_no_goodbye(talk):
    told(talk, "clearing", intent="results")
    (said,) = talk.say("goodbye", "when does it end")
    assert said["answer"] == "clearing"
    assert talk.say("goodbye", "bye")[0]["answer"] == "goodbye"


def test_a_question_that_names_its_job_is_about_that(talk):
    told(talk, "what_is_an_apprenticeship")
    assert talk.say("pay", "what do plumbers get paid, is it a lot")[0]["answer"] == "pay"


def test_a_question_of_something_else_is_left_alone(talk):
    told(talk, "what_is_an_apprenticeship")
    said = talk.say("pay", "what do glorbists get paid")[0]["answer"]
    assert said in ("ask_job", "unknown_job")


def test_without_an_answer_before_the_job_is_asked_for(talk):
    assert talk.say("entry_requirements", "how long does it take")[0]["answer"] == "ask_job"


def test_the_job_of_a_stereotype_stays_in_hand(talk):
    told(talk, "gender_stereotypes", "can girls be plumbers", intent="barriers")
    assert [job.soc2020 for job in talk.memory.jobs] == ["5315"]
    (said,) = talk.say("how_to_become", "how do i get in")
    assert said["answer"] == "how_to_become"
    assert "plumber" in said["text"]


def test_the_job_of_somebody_else_is_not_taken_up(talk):
    told(talk, "people_like_me", "my dad is a plumber and nobody here goes uni", intent="barriers")
    assert not talk.memory.jobs


def test_grades_typed_in_a_question_about_points_are_added_up(talk):
    said = told(talk, "ucas_points", "how many ucas points is BBC", intent="university")
    assert said["answer"] == "ucas_tariff"
    assert "112" in said["text"]


def test_another_salary_goes_on_with_the_repayment(talk):
    talk.say("loan_repayment", "what would i pay back on 32000")
    (said,) = talk.say("out_of_scope", "what about 40 grand")
    assert said["answer"] == "loan_repayment"
    assert "£40,000" in said["text"]


def test_carry_on_goes_back_to_the_quiz(talk):
    talk.say("quiz", "quiz")
    talk.say("affirm", "yes")
    talk.say("pay", "how much do vets get")
    (said,) = talk.say("job_description", "carry on")
    assert said["answer"] == "quiz"
    assert "2 of 10" in said["text"]


def test_a_second_question_without_a_job_is_about_what_was_just_told(talk):
    text = "does child benefit stop and what will he get paid"
    clauses = [("apprenticeships", "does child benefit stop"), ("pay", "what will he get paid")]
    talk.slots["subject"] = None
    said = talk.say("apprenticeships", text, clauses, ranked=[("child_benefit", 0.9, 0.9)])
    assert [message["answer"] for message in said] == [
        "child_benefit.parents",
        "apprenticeship_pay.parents",
    ]


def test_a_second_question_that_leads_nowhere_is_left_out(talk):
    text = "my son did badly in his gcses, what are the next steps"
    clauses = [
        ("results", "my son did badly in his gcses"),
        ("how_to_become", "what are the next steps"),
    ]
    said = talk.say("results", text, clauses, ranked=[("results_lower_than_hoped", 0.9, 0.9)])
    assert [message["answer"].partition(".")[0] for message in said] == ["results_lower_than_hoped"]


@pytest.mark.parametrize(
    ("last", "intent", "text", "answer"),
    [
        ("child_benefit", "pay", "what would she be paid", "apprenticeship_pay"),
        ("child_benefit", "entry_requirements", "how long does it take", "apprenticeship_length"),
        ("lgbt_at_work", "privacy", "do i have to tell them", "lgbt_at_work"),
        ("cv", "repeat", "can u write it", "write_my_cv"),
        ("no_placement", "capabilities", "what do i say in the email", "asking_an_employer"),
        ("v_levels", "entry_requirements", "which subjects", "v_levels"),
        ("v_levels", "out_of_scope", "when do they start", "v_levels"),
        ("young_carers", "pay", "is there any money", "bursary_16_19"),
        ("nhs_course_funding", "pay", "how much", "nhs_course_funding"),
        ("minimum_wage", "pay_change", "will it go up", "minimum_wage"),
    ],
)
def test_what_other_short_questions_lead_to(talk, last, intent, text, answer):
    talk.slots = {"year_group": 12}
    told(talk, last, intent="school_choices")
    (said,) = talk.say(intent, text)
    assert said["answer"].partition(".")[0] == answer


def test_a_question_of_privacy_is_still_one(talk):
    told(talk, "lgbt_at_work", intent="barriers")
    assert talk.say("privacy", "will you tell my mum")[0]["answer"] == "privacy"
    assert talk.say("privacy", "do i have to tell you my name")[0]["answer"] == "privacy"


def test_pay_in_general_is_that_of_the_job_in_hand(talk):
    told(talk, "gender_stereotypes", "can girls be plumbers", intent="barriers")
    said = told(talk, "pay_general", "what do they get paid", intent="pay_general")
    assert said["answer"] == "pay"
    said = told(talk, "pay_general", "what do people get paid on average", intent="pay_general")
    assert said["answer"] == "pay_general"


def test_what_is_not_wanted_of_sitting_is_heard(ground):
    pattern = ground.wording.pattern("ideas.dislike")
    assert pattern.search("a job where u dont sit down")


def test_pay_in_general_is_that_of_the_route_told_last(talk):
    told(talk, "what_is_an_apprenticeship")
    said = told(talk, "pay_general", "do u get paid", intent="pay_general")
    assert said["answer"] == "apprenticeship_pay"
    said = told(talk, "take_home_pay", "do i pay tax on it", intent="pay_general")
    assert said["answer"] == "take_home_pay"


@pytest.mark.parametrize(
    ("text", "near", "answer"),
    [
        ("apprentice wage age 19 second year 35 hours", "apprenticeship_pay", "apprentice_pay"),
        (
            "what does 36 hours come to for an apprentice of 17",
            "apprenticeship_hours",
            "apprentice_pay",
        ),
        ("33 hours at the apprentice rate", "apprenticeship_pay", "apprentice_pay"),
        ("is 40 hours normal for an apprentice", "apprenticeship_hours", "apprenticeship_hours"),
        ("what do i get for 35 hours at 17", "minimum_wage", "minimum_wage"),
        ("how much do you pay back on 25k", "take_home_pay", "loan_repayment"),
        ("whats left of 25k", "take_home_pay", "take_home_pay"),
        ("30k, what is taken for student finance", "maintenance_loan", "loan_repayment"),
    ],
)
def test_numbers_typed_to_be_worked_with_are(talk, text, near, answer):
    said = talk.say("apprenticeships", text, ranked=[(near, 0.95, NEAR)])
    assert said[0]["answer"].startswith(answer)


@pytest.mark.parametrize(
    ("text", "near", "answer"),
    [
        ("something free to read about apprenticeships", "what_is_an_apprenticeship", "resources"),
        (
            "any websites for parents about apprenticeships",
            "apprenticeship_or_a_levels",
            "resources",
        ),
        (
            "what websites have apprenticeships on",
            "find_an_apprenticeship",
            "find_an_apprenticeship",
        ),
        ("my cv is something to be proud of", "cv", "cv"),
    ],
)
def test_somewhere_to_read_is_asked_for_in_so_many_words(talk, text, near, answer):
    said = talk.say("apprenticeships", text, ranked=[(near, 0.95, NEAR)])
    assert said[0]["answer"].startswith(answer)
