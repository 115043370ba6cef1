"""Ideas for jobs from what someone likes and cannot stand: a spread of kinds of work with reasons.

The quiz ends in the same spread (`show`). It is no verdict: it is listed by name, over sectors and
levels, and beside it stand a step up and a field where few women or few men work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.ground import Ground
from actions.pay import pay_figures
from actions.showing import as_source, listed, payload, pounds
from actions.turn import Memory, Reply, Turn, message
from knowledge.answers import MOST_BUTTONS
from knowledge.ideas import Cues, Group, Heard, shipped
from knowledge.spreading import Few, Pick, Spread, Stretch
from lmi import figures
from lmi.figures.scope import dated, distinct
from lmi.snapshot import Source

ASKED = "job_ideas"
FORM = "job_ideas"
"""The form of the open question what someone likes."""
OPEN_TO_WORDS = ("job_ideas", "choose_career", "nlu_fallback", "out_of_scope", "deny", "affirm")
"""What an answer to that question is taken for; anything else is a question of its own."""
LONGEST_ANSWER = 15
"""Words."""
ROUNDED_TO = 1_000
RARE = (10, 5, 4)
"""Few are fewer than one in ten, five or four; the smallest share that holds is said."""


@dataclass(frozen=True)
class Share:
    """Who are few among the employees of a group's jobs: fewer than one in `one_in`."""

    sex: Few
    one_in: int
    year: int
    counts: tuple[tuple[str, str, int], ...]
    """(SOC 2020 code, "all", "women" or "men", employees) that it was worked out from."""


def job_ideas(turn: Turn, ground: Ground) -> Reply:
    """Show kinds of work for what was said, or one of them, or ask what someone likes."""
    group = shipped().groups.get(str(turn.chosen.get("group") or ""))
    if group is not None:
        return _group(group, turn, ground)
    heard, refused_jobs = _heard(turn, ground)
    reply = _from_words(heard, refused_jobs, turn, ground)
    return reply or _ask(heard, turn, ground)


def typed(turn: Turn, ground: Ground) -> Reply | None:
    """Take what is typed after the question what someone likes; None where it is something else."""
    short = len(turn.text.split()) <= LONGEST_ANSWER
    named = turn.intent == "give_job" and not turn.said
    if not short or not (named or turn.intent in OPEN_TO_WORDS):
        return None
    heard, refused_jobs = _heard(turn, ground)
    return _from_words(heard, refused_jobs, turn, ground)


def show(
    spread: Spread,
    first: str,
    ground: Ground,
    memory: Memory,
    few: Mapping[str, Share],
) -> Reply:
    """Return the spread in two messages, with buttons for the four kinds of work that fit most.

    `first` says what it comes from, for example "From animals and maths:".
    """
    say = ground.wording.say
    picks = sorted(spread.picks, key=lambda pick: pick.group.name.casefold())
    lines = [_pick_line(pick, ground) for pick in picks]
    listing = message(
        "job_spread",
        "\n\n".join([say("ideas.list_intro", from_what=first), "\n".join(lines)]),
        sources=[_grouping_source(ground)],
    )
    stretches = sorted(spread.stretches, key=lambda s: s.group.name.casefold())
    lines = [_stretch_line(stretch, few, ground) for stretch in stretches]
    told = [few[s.group.id] for s in stretches if s.kind in ("women", "men")]
    nearest = sorted((p.group for p in spread.picks[:MOST_BUTTONS]), key=_by_name)
    others = [p.group for p in picks if p.group not in nearest] + [s.group for s in stretches]
    offers = [(g.name, _payload(g)) for g in [*nearest, *sorted(others, key=_by_name)]]
    stretch = message(
        "job_stretch",
        "\n\n".join(
            [
                say("ideas.stretch_intro"),
                "\n".join(lines),
                say("ideas.levels"),
                say("ideas.no_verdict"),
            ]
        ),
        buttons=offers[:MOST_BUTTONS],
        figures=[
            {
                "label": "employees" if sex == "all" else f"employees, {sex}",
                "value": number,
                "unit": "jobs",
                "year": share.year,
                "soc2020": code,
            }
            for share in told
            for code, sex, number in share.counts
        ],
        sources=[
            as_source(dated(ground.snapshot.source("pay"), share.year), say("ideas.share"))
            for share in told[:1]
        ],
    )
    return Reply(
        (listing, stretch),
        replace(memory, offered=tuple(offers), asking=None, form=None, misses=0),
    )


def shares(ground: Ground) -> dict[str, Share]:
    """Return by group id where fewer than one in four employees are women, or men."""
    found = {g.id: _share(g, ground) for g in shipped().groups.values()}
    return {name: share for name, share in found.items() if share is not None}


def few_of(few: Mapping[str, Share]) -> dict[str, Few]:
    """Return shares as the ranking takes them: who are few, by group id."""
    return {name: share.sex for name, share in few.items()}


def _share(group: Group, ground: Ground) -> Share | None:
    """Return who are few in a group, in the latest year, allowing for figures being rounded.

    A number of women that is not published is what is left of all employees without the men. Jobs
    with too little published are left out; more than half of them have to be there.
    """
    snapshot = ground.snapshot
    year = max(snapshot.pay_years())
    for sex, other in (("women", "men"), ("men", "women")):
        counts: list[tuple[str, str, int]] = []
        most, least = 0.0, 0.0
        counted = 0
        for code in group.jobs:
            rows = {s: snapshot.pay(code, year, s) for s in ("all", sex, other)}
            jobs = {s: row.jobs for s, row in rows.items() if row is not None and row.jobs}
            if "all" not in jobs or not (sex in jobs or other in jobs):
                continue
            half = ROUNDED_TO / 2
            if sex in jobs:
                most += jobs[sex] + half
                least += jobs["all"] - half
            else:
                # The most there can be of one sex: all, rounded down, less the other, rounded up.
                most += (jobs["all"] + half) - (jobs[other] - half)
                least += jobs["all"] + half
            counted += 1
            counts += [(code, s, jobs[s]) for s in ("all", sex if sex in jobs else other)]
        if counted * 2 <= len(group.jobs) or not least:
            continue
        fitting = [one_in for one_in in RARE if most / least < 1 / one_in]
        if fitting:
            few: Few = "women" if sex == "women" else "men"
            return Share(few, fitting[0], year, tuple(counts))
    return None


def _heard(turn: Turn, ground: Ground) -> tuple[Heard, set[str]]:
    """Return what the clause says (the whole message, if it says nothing), and jobs refused in it.

    A job is refused where its words stand after "not": "animals but not be a vet".
    """
    pattern = ground.wording.pattern
    cues = Cues(pattern("ideas.neutral"), pattern("ideas.like"), pattern("ideas.dislike"))
    text, begin = turn.clause, max(turn.text.find(turn.clause), 0)
    heard = shipped().heard(text, cues)
    if not heard.likes and not heard.dislikes:
        begin = 0
        heard = shipped().heard(turn.text, cues)
    refused = {
        code
        for words in turn.said
        for code, _ in words.unit_groups
        if any(start <= words.start - begin < end for start, end in heard.refusing)
    }
    return heard, refused


def _from_words(heard: Heard, refused_jobs: set[str], turn: Turn, ground: Ground) -> Reply | None:
    say = ground.wording.say
    few = shares(ground)
    signals = heard.signals(lambda refused: say("ideas.spared", refused=refused))
    spread = shipped().spread(signals, few_of(few), refused_jobs)
    if spread is None:
        return None
    likes = listed([f"**{each.label}**" for each in heard.likes])
    dislikes = listed([f"**{each.without}**" for each in heard.dislikes], "or")
    if not likes:
        first = say("ideas.from_refusal", dislikes=dislikes)
    elif dislikes:
        first = say("ideas.from_words_without", likes=likes, dislikes=dislikes)
    else:
        first = say("ideas.from_words", likes=likes)
    return show(spread, first, ground, replace(turn.memory, topic="job_ideas"), few)


def _ask(heard: Heard, turn: Turn, ground: Ground) -> Reply:
    """Ask what someone likes, once; then say what words could help. The quiz is always offered."""
    say = ground.wording.say
    first_time = ASKED not in turn.memory.asked
    if heard.dislikes:
        text = say("ideas.refused_only", dislikes=listed([w.without for w in heard.dislikes], "or"))
    else:
        text = say("ideas.ask" if first_time else "ideas.not_heard")
    buttons = [
        (say("ideas.button_quiz"), "/quiz"),
        (say("ideas.button_adviser"), "/talk_to_adviser"),
    ]
    asked = turn.memory.asked if not first_time else (*turn.memory.asked, ASKED)
    # A quiz that was begun stays; it is carried on by its button.
    form: Mapping[str, Any] = turn.memory.form or {"name": FORM}
    return Reply(
        (message("job_ideas_ask", text, buttons=buttons),),
        replace(turn.memory, asked=asked, form=form, asking=None, offered=(), misses=0),
    )


def _group(group: Group, turn: Turn, ground: Ground) -> Reply:
    """Show one kind of work: what it is, the usual level, its example jobs and their pay."""
    say = ground.wording.say
    lines: list[str] = []
    told: list[Mapping[str, Any]] = []
    sources: list[Source] = []
    offers = []
    for code in sorted(group.jobs, key=lambda c: ground.titles.label(c).casefold()):
        name = ground.titles.label(code)
        offers.append((name, payload("give_job", code)))
        typical = figures.typical_pay(ground.snapshot, code)
        in_year = figures.pay_in(typical, "year") if typical is not None else None
        if typical is None or in_year is None or typical.basis == "wider_group":
            lines.append(say("ideas.job_line_no_pay", name=name))
            continue
        key = "ideas.job_line" if typical.part_time is None else "ideas.job_line_part_time"
        lines.append(say(key, name=name, amount=pounds(typical.median), year=typical.year))
        told += pay_figures(typical, in_year)[:1]
        sources += typical.sources
    if group.level == "2":
        level = say("ideas.group_level_2")
    elif group.level == "3":
        level = say("ideas.group_level_3")
    elif group.level == "4-5":
        level = say("ideas.group_level_4")
    else:
        level = say("ideas.group_level_6")
    about = say("ideas.group", name=group.name, about=group.about)
    shown = message(
        "job_group",
        "\n\n".join([about, level, "\n".join([say("ideas.group_jobs"), *lines])]),
        buttons=offers,
        figures=told,
        sources=[*(as_source(s) for s in distinct(sources)), _grouping_source(ground)],
    )
    memory = replace(turn.memory, offered=tuple(offers), asking=None, misses=0)
    return Reply((shown,), memory)


def _pick_line(pick: Pick, ground: Ground) -> str:
    say = ground.wording.say
    because = _because(pick, ground)
    if pick.although:
        because = say("ideas.although", because=because, refused=listed(pick.although))
    level = _level(pick.group)
    return say("ideas.spread_line", name=pick.group.name, level=level, because=because)


def _because(pick: Pick | Stretch, ground: Ground) -> str:
    """Return the reasons as they read after the name: animals, and sport (pitches)."""
    say = ground.wording.say
    parts = [
        say("ideas.reason", label=reason.label, tie=reason.tie) if reason.tie else reason.label
        for reason in pick.because
    ]
    return listed(parts)


def _stretch_line(stretch: Stretch, few: Mapping[str, Share], ground: Ground) -> str:
    say = ground.wording.say
    because = _because(stretch, ground)
    share = few.get(stretch.group.id)
    told: dict[str, object] = {
        "name": stretch.group.name,
        "level": _level(stretch.group),
        "because": because,
        "near": stretch.near.name if stretch.near is not None else "",
        "number": share.one_in if share is not None else "",
        "year": share.year if share is not None else "",
    }
    if stretch.kind == "higher":
        return say("ideas.higher", **told)
    if stretch.kind == "women":
        return say("ideas.few_women_because" if because else "ideas.few_women", **told)
    if stretch.kind == "men":
        return say("ideas.few_men_because" if because else "ideas.few_men", **told)
    return say("ideas.further_because" if because else "ideas.further", **told)


def _level(group: Group) -> str:
    return group.level.replace("-", " to ")


def _payload(group: Group) -> str:
    return payload("job_ideas", group=group.id)


def _by_name(group: Group) -> str:
    return group.name.casefold()


def _grouping_source(ground: Ground) -> dict[str, str]:
    say = ground.wording.say
    return as_source(ground.snapshot.source("unit_groups"), say("ideas.own_grouping"))


__all__ = ["few_of", "job_ideas", "shares", "show", "typed"]
