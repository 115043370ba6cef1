"""Routes, applying, money, barriers, worries: which authored answer is meant, and for whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions import which_job
from actions.authored import not_known
from actions.ground import Ground
from actions.readers import reader_of
from actions.showing import payload
from actions.turn import Job, Memory, Reply, Turn, message
from knowledge.answers import MOST_BUTTONS
from knowledge.readers import STAGES

SURE = 0.47
"""Share of the score from which the first subject is the answer (docs/decisions/0018)."""
AHEAD, AHEAD_OF_NEXT, AHEAD_AND_NEAR = 0.4, 1.55, 0.45
"""It is the answer below that too, where it is so much ahead of the next one and so near."""
FAR = 0.38
"""Likeness below which no answer is said, only offered."""
RIVAL = 0.04
"""Share of the score from which on another subject is offered beside the answer told."""
OFFERED = 3
FIRST = {
    "school_choices": "after_gcses",
    "results": "results_lower_than_hoped",
    "university": "apply_to_university",
    "student_finance": "tuition_fees",
    "apprenticeships": "what_is_an_apprenticeship",
    "work_experience": "find_work_experience",
    "cv_interview": "cv",
    "job_search": "find_a_job",
    "choose_career": "dont_know_what_to_do",
    "pay_general": "pay_general",
    "barriers": "people_like_me",
    "low_confidence": "not_clever_enough",
    "worried": "worried_about_the_future",
}
"""The answer behind a button that names a broad intent alone."""
ABOUT_A_JOB = (
    "gender_stereotypes",
    "keeping_doors_open",
    "age_limits",
    "bad_at_maths",
    "autism",
    "adhd_and_dyslexia",
    "physical_disability",
    "long_term_illness",
    "criminal_record",
    "people_like_me",
    "race_and_religion",
    "dream_job_hard_to_reach",
    "jobs_without_degree",
    "university_without_a_levels",
    "change_of_career",
    "find_an_apprenticeship",
    "apprenticeship_entry",
)
"""Subjects where a job that the question names stays in hand: "can girls be plumbers"."""
_SOMEBODY = re.compile(r"\b(?:my|our|his|her|their|the|says?|said)\b[^.?!]*$", re.IGNORECASE)
"""Before a job of somebody else: "my dad is a builder", "the teacher said"."""
YEARS = {"years 7-9": 9, "years 10-11": 11, "years 12-13": 13}


def guidance(turn: Turn, ground: Ground) -> Reply:
    """Give the answer that the question is after; a close call offers two or three."""
    if not turn.text and turn.intent in FIRST:
        return tell(FIRST[turn.intent], turn, ground)
    ranked = [(s, score, near) for s, score, near in turn.ranked if s in ground.answers]
    if not ranked:
        return not_known(turn, ground)
    if is_sure(ranked):
        return _beside(tell(ranked[0][0], turn, ground), ranked[1:OFFERED], ground)
    return offer([subject for subject, _, _ in ranked[:OFFERED]], turn, ground)


def _beside(reply: Reply, following: Sequence[tuple[str, float, float]], ground: Ground) -> Reply:
    """Offer beside an answer what else may have been meant, where that is not far behind."""
    told = reply.messages[-1]
    others = [subject for subject, score, _ in following if score >= RIVAL]
    if not others or told["answer"] not in ground.answers:
        return reply
    kept = [b for b in told["buttons"] if b["payload"].startswith(('/answer{"more"', "/talk_to"))]
    buttons = [
        *kept,
        *({"title": ground.answers.title(s), "payload": ground.answers.payload(s)} for s in others),
    ][:MOST_BUTTONS]
    told = dict(told, text=f"{told['text']}\n\n{ground.wording.say('answers.beside')}")
    told["buttons"] = buttons
    memory = replace(reply.memory, offered=tuple((b["title"], b["payload"]) for b in buttons))
    return Reply((*reply.messages[:-1], told), memory)


def is_sure(ranked: Sequence[tuple[str, float, float]]) -> bool:
    """Tell whether the first of the ranked subjects is the answer, not one of a few to offer."""
    _, score, near = ranked[0]
    if near < FAR:
        return False
    if score >= SURE:
        return True
    following = ranked[1][1] if len(ranked) > 1 else 0.0
    return score >= AHEAD and near >= AHEAD_AND_NEAR and score >= AHEAD_OF_NEXT * following


def chosen_answer(turn: Turn, ground: Ground) -> Reply:
    """Give the answer that a button names: a subject, what comes after "more", or a stage."""
    more = str(turn.chosen.get("more") or "")
    if more in ground.answers:
        return told_as(more, turn, ground, more=True)
    memory = turn.memory
    if turn.chosen.get("stage") in STAGES:
        memory = at_stage(str(turn.chosen["stage"]), memory)
    if turn.chosen.get("audience") in ("parent", "pupil"):
        memory = replace(memory, audience=str(turn.chosen["audience"]))
    subject = str(turn.chosen.get("subject") or memory.subject or "")
    if subject not in ground.answers:
        return not_known(turn, ground)
    return tell(subject, replace(turn, memory=memory), ground)


def at_stage(stage: str, memory: Memory) -> Memory:
    """Return the memory of a pupil of a stage that was chosen from a button."""
    return replace(memory, year_group=YEARS.get(stage), left_school=stage == "leavers")


def tell(subject: str, turn: Turn, ground: Ground) -> Reply:
    """Give the answer to a subject that is for this reader; ask once for the stage if it counts."""
    reader = reader_of(turn.memory)
    unknown = reader.stage is None and not reader.is_parent
    if unknown and ground.answers.depends_on_stage(subject) and "stage" not in turn.memory.asked:
        return _ask_stage(subject, turn, ground)
    return told_as(ground.answers.choose(subject, reader).id, turn, ground)


def told_as(answer_id: str, turn: Turn, ground: Ground, *, more: bool = False) -> Reply:
    """Return one answer as it reads today, with what the school adds."""
    told = ground.answers.message(answer_id, on=turn.today, more=more)
    if not more:
        told = ground.school.apply(told, turn.today)
    offers = tuple((b["title"], b["payload"]) for b in told["buttons"])
    memory = replace(
        turn.memory,
        asking=None,
        offered=offers,
        misses=0,
        subject=ground.answers[answer_id].subject,
    )
    if memory.subject in ABOUT_A_JOB and (jobs := _jobs_hoped_for(turn)):
        memory = replace(memory, jobs=jobs)
    return Reply((told,), memory)


def _jobs_hoped_for(turn: Turn) -> tuple[Job, ...]:
    """Return the one job that a question names as an aim; "my dad is a builder" names none."""
    clear = [w for w in turn.said if w.unit_groups and not w.ambiguous]
    if len(clear) != 1 or len(turn.said) != 1 or _SOMEBODY.search(turn.text[: clear[0].start]):
        return ()
    return (which_job.of_words(clear[0]),)


def offer(subjects: Sequence[str], turn: Turn, ground: Ground) -> Reply:
    """Ask which of a few subjects is meant."""
    buttons = [(ground.answers.title(s), ground.answers.payload(s)) for s in subjects]
    buttons.append((ground.answers.title("talk_to_adviser"), "/talk_to_adviser"))
    text = ground.wording.say("answers.which")
    memory = replace(turn.memory, asking=None, offered=tuple(buttons), misses=0)
    return Reply((message("which_answer", text, buttons=buttons),), memory)


def _ask_stage(subject: str, turn: Turn, ground: Ground) -> Reply:
    say = ground.wording.say
    buttons = [
        (say(f"answers.stage_{number}"), payload("answer", subject=subject, stage=stage))
        for number, stage in enumerate(STAGES[:3], start=1)
    ]
    parent = payload("answer", subject=subject, audience="parent")
    buttons.append((say("answers.stage_parent"), parent))
    memory = replace(
        turn.memory,
        asking="stage",
        asked=(*turn.memory.asked, "stage"),
        offered=tuple(buttons),
        subject=subject,
        misses=0,
    )
    return Reply((message("which_stage", say("answers.stage"), buttons=buttons),), memory)
