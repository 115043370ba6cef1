"""Which function answers which intent, and how a message with two questions gets both answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from actions import (
    about_jobs,
    apprentice_pay,
    comparing,
    context,
    following,
    future,
    getting_in,
    guidance,
    job_ideas,
    loan_repayment,
    pay,
    quiz,
    resources,
    school_info,
    several,
    tariff,
)
from actions.authored import authored, not_known, not_understood
from actions.ground import Ground
from actions.other_language import other_language
from actions.readers import noticed
from actions.showing import next_questions
from actions.turn import Reply, Turn
from knowledge.answers import MOST_BUTTONS

Topic = Callable[[Turn, Ground], Reply]

AUTHORED = (
    "greeting",
    "goodbye",
    "thanks",
    "capabilities",
    "are_you_human",
    "talk_to_adviser",
    "privacy",
    "explain_figures",
    "repeat",
    "someone_elses_chat",
    "complaint",
    "rudeness",
    "job_rankings",
    "deny",
)
"""Intents whose answer is the one of the same id in knowledge/answers."""

GUIDANCE = (
    "school_choices",
    "results",
    "university",
    "student_finance",
    "apprenticeships",
    "work_experience",
    "cv_interview",
    "job_search",
    "choose_career",
    "pay_general",
    "barriers",
    "low_confidence",
    "worried",
)
"""Broad intents: the folders of knowledge/answers whose answer is found by retrieval."""

FAREWELLS = ("goodbye", "thanks")
"""Answers that offer nothing more."""

ABOUT_JOBS: dict[str, Topic] = {
    "pay": pay.pay,
    "pay_change": pay.pay_change,
    "pay_gap": pay.pay_gap,
    "hours": pay.hours,
    "workforce": pay.workforce,
    "outlook": future.outlook,
    "local_outlook": future.local_outlook,
    "compare": comparing.compare,
    "job_description": about_jobs.job_description,
    "how_to_become": getting_in.how_to_become,
    "entry_requirements": getting_in.entry_requirements,
    "skills": about_jobs.skills,
    "degree_subjects": about_jobs.degree_subjects,
    "related_jobs": about_jobs.related_jobs,
    "loan_repayment": loan_repayment.loan_repayment,
}

FORMS: dict[str, Callable[[Turn, Ground], Reply | None]] = {
    "ucas_tariff": tariff.form_answer,
    "apprentice_pay": apprentice_pay.form_answer,
    "loan_repayment": loan_repayment.form_answer,
    "quiz": quiz.typed,
    "job_ideas": job_ideas.typed,
}
"""What reads a text first while a question of several steps is open; None leaves it to others."""

TOPICS: dict[str, Topic] = {
    **ABOUT_JOBS,
    **{intent: partial(authored, intent) for intent in AUTHORED},
    **dict.fromkeys(GUIDANCE, guidance.guidance),
    "answer": guidance.chosen_answer,
    "ucas_tariff": tariff.ucas_tariff,
    "apprentice_pay": apprentice_pay.apprentice_pay,
    "quiz": quiz.quiz,
    "job_ideas": job_ideas.job_ideas,
    "resources": resources.resources,
    "school_info": school_info.school_info,
    "give_year_group": context.give_year_group,
    "out_of_scope": not_known,
    "nlu_fallback": not_understood,
}
TOPICS["give_job"] = context.give_job(ABOUT_JOBS)
TOPICS["give_place"] = context.give_place(ABOUT_JOBS)
TOPICS["choose_option"] = context.choose_option(TOPICS)
TOPICS["affirm"] = context.affirm(TOPICS)


def answer(intent: str, turn: Turn, ground: Ground) -> Reply:
    """Answer a turn whose intent is `intent`; all its questions where it has several."""
    turn = replace(turn, intent=intent, memory=noticed(turn.text, turn.memory, ground))
    if turn.chosen:
        return TOPICS[intent](turn, ground)
    if title := context.typed_title(turn):
        return context.press(title, TOPICS, turn, ground)
    if reply := other_language(turn, ground) or _form_goes_on(turn, ground):
        return reply
    return _with_the_way_back(_read(intent, turn, ground), turn, ground)


def _read(intent: str, turn: Turn, ground: Ground) -> Reply:
    """Answer a typed text: all its questions, or the one that it is taken for."""
    asked = [q for q in turn.questions if q["intent"] in TOPICS]
    if len(asked) > 1:
        turns = [_about_its_job(turn.about(q), str(q["intent"])) for q in asked]
        if reply := several.several(turns, TOPICS, tuple(ABOUT_JOBS), ground):
            return several.with_left(reply, turn, ground)
    return several.with_left(_read_as_one(turn, ground), turn, ground)


def _read_as_one(turn: Turn, ground: Ground) -> Reply:
    if subject := following.meant(turn, ground):
        return guidance.tell(subject, turn, ground)
    meant = _meant_intent(turn, ground)
    turn = replace(_about_its_job(turn, meant), intent=meant)
    return _with_next_steps(_with_unlisted(TOPICS[meant](turn, ground), turn, ground), ground)


READ_AS: tuple[tuple[Callable[[Turn, Ground], bool], str], ...] = (
    (following.is_a_sum, tariff.INTENT),
    (following.is_a_repayment, loan_repayment.INTENT),
    (following.is_apprentice_pay, apprentice_pay.INTENT),
)
"""What tells that the intent heard is not the one meant, and the one that is; the first counts."""


def _meant_intent(turn: Turn, ground: Ground) -> str:
    """Return the intent that a text is answered for: heard, waited for, or read off its words."""
    better = _better_intent(turn, ground)
    if better == turn.intent:
        for applies, intent in READ_AS:
            if applies(turn, ground):
                return intent
    if better in GUIDANCE and following.wants_resources(turn, ground):
        return "resources"
    if better == turn.intent:
        return following.of_the_job(turn, ground) or better
    return better


def _with_the_way_back(reply: Reply, turn: Turn, ground: Ground) -> Reply:
    """Offer to carry on with the quiz, where another question came in between."""
    button = quiz.resume_button(reply.memory, ground)
    last = reply.messages[-1]
    if button is None or turn.memory.form is None or last["answer"] in FAREWELLS:
        return reply
    title, payload = button
    if any(b["payload"] == payload for b in last["buttons"]) or last["answer"].startswith("quiz"):
        return reply
    buttons = [*last["buttons"][: MOST_BUTTONS - 1], {"title": title, "payload": payload}]
    offered = tuple((b["title"], b["payload"]) for b in buttons)
    return Reply(
        (*reply.messages[:-1], dict(last, buttons=buttons)), replace(reply.memory, offered=offered)
    )


def _form_goes_on(turn: Turn, ground: Ground) -> Reply | None:
    """Let the open form, where there is one, answer a text that belongs to it."""
    name = (turn.memory.form or {}).get("name")
    return FORMS[name](turn, ground) if name in FORMS else None


def _about_its_job(turn: Turn, intent: str) -> Turn:
    """Leave behind what was offered for the job before, where a question names its own.

    "And in London" is then about the job named last, not about the one that London was offered for.
    """
    if not turn.said or intent not in (*ABOUT_JOBS, "give_job"):
        return turn
    return replace(turn, memory=replace(turn.memory, offered=()))


def _better_intent(turn: Turn, ground: Ground) -> str:
    """Return the intent, corrected by what the conversation was waiting for.

    A short message that was not understood is an answer to the question asked before, a title of
    a button offered, or a job.
    """
    if turn.text and not any(character.isalnum() for character in turn.text):
        return "nlu_fallback"
    if turn.intent not in ("nlu_fallback", "out_of_scope", "give_job", "give_place", "affirm"):
        return turn.intent
    short = len(turn.text.split()) <= 5
    choosing = not turn.said or turn.memory.asking == "which"
    if short and turn.memory.offered and choosing and context.pick(turn, ground):
        return "choose_option"
    if turn.memory.asking == "place" and ground.places.find(f"in {turn.text.strip()}"):
        return "give_place"
    if turn.intent in ("nlu_fallback", "out_of_scope") and short and turn.said:
        return "give_job"
    if following.is_another_salary(turn, ground):
        return loan_repayment.INTENT
    if turn.memory.asking == "job" and short and turn.intent != "affirm":
        return "give_job"
    return turn.intent


def _with_unlisted(reply: Reply, turn: Turn, ground: Ground) -> Reply:
    """Say so where a job was answered for without a word of its name that no list knows."""
    unlisted = next((w for w in turn.said if w.modifier and w.unit_groups), None)
    answered = reply.memory.jobs and reply.memory.asking is None
    if unlisted is None or not answered or turn.intent not in (*ABOUT_JOBS, "give_job"):
        return reply
    first, *rest = reply.messages
    said = ground.wording.say(
        "asking.unlisted", job=f"{unlisted.modifier} {unlisted.name}", jobs=unlisted.plural
    )
    return replace(reply, messages=(dict(first, text=f"{said}\n\n{first['text']}"), *rest))


def _with_next_steps(reply: Reply, ground: Ground) -> Reply:
    """Give an answer that offers nothing the next questions about the job in hand."""
    last = reply.messages[-1]
    if last["buttons"] or not reply.memory.jobs or last["answer"] in FAREWELLS:
        return reply
    buttons = [
        {"title": title, "payload": payload}
        for title, payload in next_questions(ground, reply.memory.jobs[0], [])
    ]
    return replace(reply, messages=(*reply.messages[:-1], dict(last, buttons=buttons)))
