"""Which job is meant: named now, chosen on a button, spoken of before, or to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.ground import Ground
from actions.showing import payload
from actions.turn import Job, JobWords, Reply, Turn, message

MOST_CHOICES = 4


def find(turn: Turn, ground: Ground, most: int = 1) -> list[Job] | Reply:
    """Return the jobs (at least one, at most `most`) that the question is about.

    Where that is not clear, return the reply that asks: for a job, or which of several is meant.
    The topic is kept, so that the answer to the question leads to the answer asked for.
    """
    chosen = from_button(turn, ground)
    if chosen:
        return [chosen]
    if turn.said:
        jobs = []
        for words in turn.said[:most]:
            if not words.unit_groups:
                return unknown(turn, ground, words.text.strip())
            if words.ambiguous:
                clear = [w for w in turn.said[:most] if w.unit_groups and not w.ambiguous]
                return which(turn, ground, words, [of_words(w) for w in clear])
            job = of_words(words)
            if job.soc2020 not in [j.soc2020 for j in jobs]:
                jobs.append(job)
        return jobs
    other = names_something_else(turn, ground)
    if other:
        return unknown(turn, ground, other)
    if turn.memory.jobs:
        return list(turn.memory.jobs[:most])
    return ask(turn, ground)


def names_something_else(turn: Turn, ground: Ground) -> str:
    """Return what a message calls a job ("become a wizard") though no list knows it, else "".

    Without this the job spoken of before would be answered for, as if it had been named.
    """
    found = ground.wording.pattern("asking.names_a_job").search(turn.clause)
    return found["named"].strip() if found else ""


def from_button(turn: Turn, ground: Ground) -> Job | None:
    """Return the job that a button carried, in the words that were used for it."""
    code = str(turn.chosen.get("job") or "")
    if code not in ground.snapshot.unit_groups:
        return None
    return of_code(ground, code, str(turn.chosen.get("said") or ""))


def of_code(ground: Ground, code: str, said: str = "") -> Job:
    """Return a unit group as a job, under the name `said` where that names it."""
    words = ground.titles.resolve(said) if said else None
    if words and code in [c.soc2020 for c in words.unit_groups]:
        return Job(code, words.name, words.plural)
    title = ground.snapshot.unit_groups[code].title
    words = ground.titles.resolve(title)
    label = ground.titles.label(code)
    plural = label[:1].lower() + label[1:] if label[1:2].islower() else label
    return Job(code, words.name if words else plural, plural, named=False)


def of_words(words: JobWords) -> Job:
    """Return the job that clear job words name."""
    return Job(words.unit_groups[0][0], words.name, words.plural)


def ask(turn: Turn, ground: Ground) -> Reply:
    """Ask which job the question is about, giving an example of an answer."""
    text = ground.wording.say("asking.which_job")
    return Reply(
        (message("ask_job", text, buttons=_advice(ground)),),
        replace(turn.memory, topic=turn.intent, asking="job", offered=(), misses=0),
    )


def which(turn: Turn, ground: Ground, words: JobWords, clear: Sequence[Job] = ()) -> Reply:
    """Ask which of several unit groups is meant, with a button for each.

    `clear` are the other jobs of the same message; they wait for the answer.
    """
    offers = []
    for code, _ in words.unit_groups[:MOST_CHOICES]:
        offers.append((ground.titles.label(code), payload(turn.intent, code)))
    text = ground.wording.say("asking.which_of_several", job=words.name)
    return Reply(
        (message("ask_which_job", text, buttons=offers),),
        replace(
            turn.memory,
            jobs=tuple(clear) or turn.memory.jobs,
            topic=turn.intent,
            asking="which",
            offered=tuple(offers),
            misses=0,
        ),
    )


def unknown(turn: Turn, ground: Ground, named: str) -> Reply:
    """Say that a job is not in the official lists, and what to try next."""
    text = ground.wording.say("asking.unknown_job", job=named)
    return Reply(
        (message("unknown_job", text, buttons=_advice(ground)),),
        replace(turn.memory, topic=turn.intent, asking="job", offered=(), misses=0),
    )


def _advice(ground: Ground) -> list[tuple[str, str]]:
    say = ground.wording.say
    return [
        (say("buttons.choose_career"), "/choose_career"),
        (say("buttons.talk_to_adviser"), "/talk_to_adviser"),
    ]
