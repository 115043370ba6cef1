"""Short questions about the answer told last: "how long does it take", "and what about the money".

The classifier hears them as questions about a job. Where no job has been spoken of, they are about
the route or the help that was told last.
"""

from __future__ import annotations

from actions import apprentice_pay, loan_repayment, tariff, which_job
from actions.grades import read
from actions.ground import Ground
from actions.turn import Turn

LONGEST = 9
"""Words; a longer message says itself what it is about."""
HEARD_AS = (
    "pay", "hours", "entry_requirements", "how_to_become", "job_description", "explain_figures",
    "goodbye", "out_of_scope", "nlu_fallback", "skills", "pay_change", "school_info", "privacy",
    "repeat", "capabilities",
)  # fmt: skip
"""Intents that such a question is taken for."""
ABOUT_LOANS = ("take_home_pay", "maintenance_loan", "is_student_debt_bad", "tuition_fees")
"""Answers that a question about a repayment comes near, beside the one about repaying."""
ABOUT_APPRENTICE_PAY = ("apprenticeship_pay", "apprenticeship_hours", "minimum_wage")
"""Answers that a sum of an apprentice's pay comes near, the one about pay first."""
LISTS_PLACES = (
    "find_a_job", "find_an_apprenticeship", "part_time_jobs", "virtual_work_experience",
)  # fmt: skip
"""Answers that name the sites to look on themselves."""
KINDS = (
    "length", "disclose", "write", "say", "subjects", "rise", "when", "hours", "pay", "apply",
    "entry",
)  # fmt: skip
"""In this order: "how long do I get paid" asks for a length. Each is a pattern of the wording."""

_COURSE = {
    "length": "", "entry": "", "pay": "college_costs_and_travel",
    "when": "applying_for_sixth_form", "apply": "applying_for_sixth_form", "subjects": "",
}  # fmt: skip
_DISCLOSE = {"disclose": ""}
_SAME = dict.fromkeys(KINDS, "")
OF_SUBJECT = {
    **dict.fromkeys(("a_levels", "t_levels", "v_levels", "btecs", "level_2_after_gcses"), _COURSE),
    "v_levels": {**_COURSE, "when": ""},
    **dict.fromkeys(
        (
            "autism",
            "adhd_and_dyslexia",
            "physical_disability",
            "long_term_illness",
            "mental_health_and_work",
            "criminal_record",
            "lgbt_at_work",
            "race_and_religion",
        ),
        _DISCLOSE,
    ),
    "young_carers": {"pay": "bursary_16_19", "apply": "bursary_16_19"},
    "living_far_away": {"pay": "bursary_16_19"},
    "cv": {"write": "write_my_cv", "say": ""},
    "write_my_cv": {"say": "cv"},
    "cv_without_experience": {"write": "write_my_cv", "say": "cv"},
    "personal_statement": {"write": "write_my_personal_statement", "say": ""},
    "cover_letter": {"write": "", "say": ""},
    "minimum_wage": {"rise": "", "pay": ""},
    "nhs_course_funding": {"pay": "", "apply": ""},
    "supported_internships": dict.fromkeys(("length", "pay", "entry"), ""),
    "foundation_apprenticeships": {"length": "", "entry": ""},
    "degree_apprenticeships": {"entry": "", "length": ""},
    "bursary_16_19": _SAME,
    "care_leaver_bursary": _SAME,
    "child_benefit": {"when": ""},
    "money_worries": dict.fromkeys(("apply", "pay", "entry"), "bursary_16_19"),
    "clearing": {"when": "", "apply": "", "length": ""},
    "missed_grades": {"apply": "clearing", "when": "clearing"},
    "apply_for_student_finance": {"when": "", "apply": ""},
    "maintenance_loan": {"apply": "apply_for_student_finance"},
    "tuition_fees": {"pay": "", "apply": "apply_for_student_finance"},
    "work_and_part_time_study": {"pay": "minimum_wage", "hours": ""},
    "gap_year": {"apply": "deferring_a_place"},
}
"""The subject that a kind of question leads to; "" is the one told last, which has the answer."""
OF_FOLDER = {
    "apprenticeships": {
        "length": "apprenticeship_length", "when": "apprenticeship_dates",
        "hours": "apprenticeship_hours", "pay": "apprenticeship_pay",
        "apply": "apply_for_an_apprenticeship", "entry": "apprenticeship_entry",
    },
    "university": {
        "when": "ucas_dates", "pay": "tuition_fees", "apply": "apply_to_university",
    },
    "student_finance": {
        "apply": "apply_for_student_finance", "length": "repaying_student_loans",
        "when": "repaying_student_loans",
    },
    "work_experience": {
        "hours": "work_experience_rules", "pay": "work_experience_rules",
        "apply": "find_work_experience", "say": "asking_an_employer",
        "write": "asking_an_employer",
    },
}  # fmt: skip
"""The same for the other subjects of a folder of knowledge/answers."""


def meant(turn: Turn, ground: Ground, beside: bool = False) -> str | None:
    """Return the subject that a short question is about by what was told last, or None.

    `beside` another question of the same message it need not say "it" to be about that.
    """
    last = turn.memory.subject
    near = turn.ranked[0][0] if turn.ranked else ""
    heard = turn.intent in HEARD_AS or turn.intent == near == "pay_general"
    if last is None or last not in ground.answers or not heard:
        return None
    if turn.said or turn.memory.jobs or turn.chosen or turn.memory.asking not in (None, "job"):
        return None
    if len(turn.clause.split()) > LONGEST or which_job.names_something_else(turn, ground):
        return None
    pattern = ground.wording.pattern
    if not beside and not pattern("follow_ups.about_it").search(turn.clause):
        return None
    kind = next((k for k in KINDS if pattern(f"follow_ups.{k}").search(turn.clause)), None)
    kinds = {**OF_FOLDER.get(ground.answers[last].intent, {}), **OF_SUBJECT.get(last, {})}
    if kind is None or kind not in kinds:
        return None
    return kinds[kind] or last


ABOUT_THE_JOB = {"pay_general": "pay", "apprenticeship_entry": "entry_requirements"}
"""The intent that is meant where a question without a job is near to one of these answers."""


def of_the_job(turn: Turn, ground: Ground) -> str | None:
    """Return the intent of a short question about the job in hand: "what do they get paid".

    It is heard as a question about pay, or about entry, in general.
    """
    near = turn.ranked[0][0] if turn.ranked else ""
    if not turn.memory.jobs or turn.said or len(turn.text.split()) > LONGEST:
        return None
    pattern = ground.wording.pattern
    general = pattern("follow_ups.general").search(turn.text)
    if general or not pattern("follow_ups.about_it").search(turn.text):
        return None
    return ABOUT_THE_JOB.get(near)


def is_a_sum(turn: Turn, ground: Ground) -> bool:
    """Tell whether grades were typed to be counted: "how many ucas points is BBC".

    The classifier hears a question about UCAS points; the sum is its answer.
    """
    near = turn.ranked[0][0] if turn.ranked else None
    about_points = near == tariff.ABOUT or (
        turn.memory.subject == tariff.ABOUT and len(turn.text.split()) <= LONGEST
    )
    return about_points and not turn.said and bool(read(turn.clause, ground.wording).held)


def is_a_repayment(turn: Turn, ground: Ground) -> bool:
    """Tell whether a salary was typed to be worked with: "student loan repayment on 27000"."""
    near = turn.ranked[0][0] if turn.ranked else None
    meant = near == loan_repayment.ABOUT or (
        near in ABOUT_LOANS and ground.wording.pattern("sums.paying_back").search(turn.clause)
    )
    return bool(meant) and bool(loan_repayment.read(turn.clause, ground.wording))


def is_apprentice_pay(turn: Turn, ground: Ground) -> bool:
    """Tell whether an apprentice's hours were typed to be worked with: "aged 17, 36 hours"."""
    near = turn.ranked[0][0] if turn.ranked else None
    if near not in ABOUT_APPRENTICE_PAY or not ground.wording.pattern("sums.apprentice").search(
        turn.clause
    ):
        return False
    known = apprentice_pay.read(turn.clause, ground.wording, "")
    about_pay = near == ABOUT_APPRENTICE_PAY[0] or known.age is not None or known.year is not None
    return known.hours is not None and about_pay


def wants_resources(turn: Turn, ground: Ground) -> bool:
    """Tell whether somewhere to read or watch is asked for: "any websites about apprenticeships".

    The classifier hears the subject; sites that list vacancies are an answer of their own.
    """
    near = turn.ranked[0][0] if turn.ranked else None
    if near in LISTS_PLACES:
        return False
    return bool(ground.wording.pattern("follow_ups.to_read").search(turn.clause))


def is_another_salary(turn: Turn, ground: Ground) -> bool:
    """Tell whether a text names one more salary after a repayment: "what about 24k"."""
    short = len(turn.text.split()) <= LONGEST and not turn.said
    told_last = turn.memory.subject == loan_repayment.ABOUT
    return short and told_last and bool(loan_repayment.read(turn.clause, ground.wording))
