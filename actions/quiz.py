"""The quiz: ten statements, one at a time, that end in a spread of kinds of work.

It can be stopped at any statement with what has come so far, left for another question and carried
on. The form is {"name": "quiz", "answers": {statement id: answer}}; it is cleared at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.ground import Ground
from actions.job_ideas import few_of, shares, show
from actions.showing import payload
from actions.turn import Memory, Reply, Turn, message
from knowledge.ideas import Signal, Statement, shipped

FORM = "quiz"
WEIGHTS = {"yes": 1.0, "sometimes": 0.5, "no": -0.5, "skip": 0.0}
STOP = "stop"
LONGEST_ANSWER = 9
"""Words; a longer message is about something else."""
THUMBS = {"👍": " yes ", "👎": " no ", "🤷": " dunno "}

Answers = dict[str, str]


def quiz(turn: Turn, ground: Ground) -> Reply:
    """Begin the quiz, carry it on, or take the answer on a button."""
    say = ground.wording.say
    answers = _answers(turn.memory)
    if turn.chosen.get("again"):
        return _ask({}, turn.memory, ground, say("ideas.quiz_intro"))
    answer = str(turn.chosen.get("answer") or "")
    if not answer:
        if answers is None:
            return _ask({}, turn.memory, ground, say("ideas.quiz_intro"))
        return _ask(answers, turn.memory, ground, say("ideas.quiz_on"))
    if answers is None:
        return _over(turn.memory, ground)
    if answer == STOP:
        return _end(answers, turn.memory, ground)
    statement = _statement(turn.chosen.get("step"))
    if statement is None or answer not in WEIGHTS:
        return _ask(answers, turn.memory, ground)
    if statement.id in answers:
        # The button of an earlier statement: that answer changes, the quiz stays where it was.
        lead = say("ideas.quiz_changed") if answers[statement.id] != answer else ""
        return _ask({**answers, statement.id: answer}, turn.memory, ground, lead)
    if statement != _open(answers):
        return _ask(answers, turn.memory, ground)
    return _go_on({**answers, statement.id: answer}, turn.memory, ground)


def typed(turn: Turn, ground: Ground) -> Reply | None:
    """Take an answer that was typed ("yeah", "kinda", "stop"); None where it is something else."""
    answers = _answers(turn.memory)
    if answers is None:
        return None
    meant = understood(turn.text, ground)
    if meant == "again":
        return _ask({}, turn.memory, ground, ground.wording.say("ideas.quiz_intro"))
    if meant == "back":
        before = dict(list(answers.items())[:-1])
        return _ask(before, turn.memory, ground, ground.wording.say("ideas.quiz_back"))
    if meant == STOP:
        return _end(answers, turn.memory, ground)
    if meant == "on":
        return _go_on(answers, turn.memory, ground)
    statement = _open(answers)
    if meant in WEIGHTS and statement is not None:
        return _go_on({**answers, statement.id: meant}, turn.memory, ground)
    return None


def resume_button(memory: Memory, ground: Ground) -> tuple[str, str] | None:
    """Return the button that carries the quiz on, for below another answer; None without one."""
    if _answers(memory) is None:
        return None
    return ground.wording.say("ideas.button_on"), payload("quiz")


def understood(text: str, ground: Ground) -> str | None:
    """Return what a typed answer means: an answer of `WEIGHTS`, stop, on, back, again; or None.

    Every word of it has to belong to such an answer, so that a question is never taken for one.
    """
    plain = _plain(text)
    if not plain or len(plain.split()) > LONGEST_ANSWER or "?" in text:
        return None
    pattern = ground.wording.pattern
    yes, no = pattern("ideas.said_yes"), pattern("ideas.said_no")
    sometimes, skip = pattern("ideas.said_sometimes"), pattern("ideas.said_skip")
    on = pattern("ideas.said_on")
    stop, filler = pattern("ideas.said_stop"), pattern("ideas.filler")
    back, again = pattern("ideas.said_back"), pattern("ideas.said_again")
    # In this order: "no more" stops, "not sure" skips, "not always" is sometimes, "yeah no" is no.
    for meant, of, beside in (
        ("again", again, ()),
        (STOP, stop, (yes, no)),
        ("back", back, ()),
        ("on", on, ()),
        ("skip", skip, ()),
        ("sometimes", sometimes, (yes, no)),
        ("no", no, (yes,)),
        ("yes", yes, ()),
    ):
        rest = of.sub(" ", plain)
        if rest == plain:
            continue
        for other in (*beside, filler):
            rest = other.sub(" ", rest)
        if not rest.strip():
            return meant
    return None


def _plain(text: str) -> str:
    """Return a text in small letters and plain words: "Yesss!!" is "yes"."""
    for thumb, word in THUMBS.items():
        text = text.replace(thumb, word)
    text = re.sub(r"['’]", "", text.casefold())
    text = re.sub(r"([a-z])\1{2,}", r"\1", text)
    return " ".join(re.sub(r"[^\w\s]|_", " ", text).split())


def _answers(memory: Memory) -> Answers | None:
    """Return the answers of a quiz under way, in the order given; None where there is no quiz."""
    form = memory.form
    if not form or form.get("name") != FORM:
        return None
    given = form.get("answers")
    known = {statement.id for statement in shipped().statements}
    if not isinstance(given, Mapping):
        return {}
    return {str(k): str(v) for k, v in given.items() if k in known and v in WEIGHTS}


def _open(answers: Answers) -> Statement | None:
    """Return the first statement without an answer."""
    return next((s for s in shipped().statements if s.id not in answers), None)


def _statement(step: object) -> Statement | None:
    """Return the statement of a step, counted from 1, as a button carries it."""
    statements = shipped().statements
    number = int(str(step)) if str(step).isdecimal() else 0
    return statements[number - 1] if 1 <= number <= len(statements) else None


def _go_on(answers: Answers, memory: Memory, ground: Ground) -> Reply:
    return _ask(answers, memory, ground) if _open(answers) else _end(answers, memory, ground)


def _ask(answers: Answers, memory: Memory, ground: Ground, lead: str = "") -> Reply:
    """Ask the first open statement; `lead` stands before it."""
    statement = _open(answers)
    if statement is None:
        return _end(answers, memory, ground)
    say = ground.wording.say
    statements = shipped().statements
    step = statements.index(statement) + 1
    text = say("ideas.statement", step=step, steps=len(statements), statement=statement.text)
    named = [
        (say("ideas.button_yes"), "yes"),
        (say("ideas.button_sometimes"), "sometimes"),
        (say("ideas.button_no"), "no"),
        (say("ideas.button_stop"), STOP),
    ]
    buttons = [(title, _payload(answer, step)) for title, answer in named]
    shown = message("quiz", f"{lead}\n\n{text}" if lead else text, buttons=buttons)
    form = {"name": FORM, "answers": answers}
    return Reply((shown,), replace(memory, form=form, asking=None, offered=(), misses=0))


def _payload(answer: str, step: int) -> str:
    return f'/quiz{{"answer": "{answer}", "step": {step}}}'


def _end(answers: Answers, memory: Memory, ground: Ground) -> Reply:
    """Show what the answers so far lead to."""
    say = ground.wording.say
    ideas = shipped()
    signals = [
        Signal(statement.label, statement.tags, WEIGHTS[answers[statement.id]])
        for statement in ideas.statements
        if WEIGHTS[answers.get(statement.id, "skip")]
    ]
    few = shares(ground)
    spread = ideas.spread(signals, few_of(few))
    ended = replace(memory, form=None, topic="quiz")
    if spread is None:
        return _nothing(ended, ground)
    steps = len(ideas.statements)
    if len(answers) < steps:
        first = say("ideas.quiz_some", answered=len(answers), steps=steps)
    else:
        first = say("ideas.quiz_all")
    return show(spread, first, ground, ended, few)


def _nothing(memory: Memory, ground: Ground) -> Reply:
    """Say that no statement was answered with yes or sometimes, and what else there is."""
    say = ground.wording.say
    buttons = [
        (say("ideas.button_again"), '/quiz{"again": "yes"}'),
        (say("ideas.button_adviser"), "/talk_to_adviser"),
    ]
    shown = message("quiz_nothing", say("ideas.quiz_nothing"), buttons=buttons)
    # What is typed next is heard as an answer to "something you like".
    form = {"name": "job_ideas"}
    return Reply((shown,), replace(memory, form=form, asking=None, offered=(), misses=0))


def _over(memory: Memory, ground: Ground) -> Reply:
    """Answer the button of a quiz that has ended."""
    say = ground.wording.say
    buttons = [(say("ideas.button_again"), '/quiz{"again": "yes"}')]
    shown = message("quiz_over", say("ideas.quiz_over"), buttons=buttons)
    return Reply((shown,), replace(memory, asking=None, offered=(), misses=0))


__all__ = ["quiz", "resume_button", "typed", "understood"]
