"""UCAS points: what the grades that were typed come to, or which grades reach a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.grades import Held, Read, loose, read, said
from actions.ground import Ground
from actions.showing import fact_sources, listed, payload
from actions.turn import Memory, Reply, Turn, message
from knowledge.answers import Message
from knowledge.facts import FactValue, pages, to_check
from knowledge.sums import tariff

INTENT = "ucas_tariff"
ABOUT = "ucas_points"
"""The subject that a sum is about: what is asked next without a name is asked of it."""
LONGEST_ANSWER = 14
SHORT_ANSWER = 6
"""Words; a longer message is no answer to a form's question but something new, unless it was not
understood as anything, and longer than the first of these never."""
NOT_A_QUESTION = ("nlu_fallback", "out_of_scope", "affirm", "choose_option", "give_year_group")
NEXT = ("ucas_points", "contextual_offers", "choose_a_course")


def ucas_tariff(turn: Turn, ground: Ground) -> Reply:
    """Add up the points of the grades named, or name grades for the points asked for.

    Asks for grades where there are none; the second time, tells what each grade counts.
    """
    held = "" if turn.chosen.get("again") else _said_before(turn.memory)
    typed = str(turn.chosen.get("grades") or turn.clause)
    return _answer(read(f"{held}, {typed}" if held else typed, ground.wording), turn, ground)


def form_answer(turn: Turn, ground: Ground) -> Reply | None:
    """Take a text as the grades that were asked for; None where it is about something else."""
    if ground.wording.pattern("sums.stop").search(turn.text):
        return stopped(turn, ground)
    if turn.intent == INTENT:
        return ucas_tariff(turn, ground)
    now = read(turn.text, ground.wording)
    if not could_answer(turn, SHORT_ANSWER) or not (
        now.held or now.short or now.loose or now.named
    ):
        return None
    both = read(f"{_said_before(turn.memory)}, {turn.text}", ground.wording)
    return _answer(both, turn, ground) if both.held or both.short or both.loose else None


def could_answer(turn: Turn, most: int) -> bool:
    """Tell whether a text can be an answer to a form's question: short, or not understood."""
    length = len(turn.text.split())
    return length <= most or (length <= LONGEST_ANSWER and turn.intent in NOT_A_QUESTION)


def stopped(turn: Turn, ground: Ground) -> Reply:
    """Leave a sum unfinished."""
    text = ground.wording.say("sums.stopped")
    return Reply((message("stopped", text),), replace(turn.memory, form=None, misses=0))


def follow(ground: Ground, names: Sequence[str], most: int = 2) -> list[tuple[str, str]]:
    """Return buttons for the guidance answers of these names, those that there are."""
    answers = ground.answers
    found = [(answers.title(n), answers.payload(n)) for n in names if n in answers]
    return found[:most]


def check_line(ground: Ground, used: Sequence[FactValue], turn: Turn) -> list[str]:
    """Return the sentence that says which pages to check, where a fact of a sum needs it."""
    found = pages(to_check(used, turn.today))
    return [ground.wording.say("answers.check", pages=found)] if found else []


def _said_before(memory: Memory) -> str:
    form = memory.form or {}
    return str(form.get("said") or "") if form.get("name") == INTENT else ""


def _answer(found: Read, turn: Turn, ground: Ground) -> Reply:
    if found.short is not None:
        return _ask_missing(found, found.short, turn, ground)
    if found.loose:
        return _ask_which(found, turn, ground)
    if found.held:
        return _finished(_sum(found, turn, ground), turn)
    if found.target is not None:
        return _finished(_ways(found.target, turn, ground), turn)
    return _ask(found, turn, ground)


def _finished(told: Message, turn: Turn) -> Reply:
    offered = tuple((b["title"], b["payload"]) for b in told["buttons"])
    memory = replace(turn.memory, form=None, asking=None, offered=offered, misses=0, subject=ABOUT)
    return Reply((told,), memory)


def _asked(told: Message, turn: Turn, form: dict[str, str]) -> Reply:
    offered = tuple((b["title"], b["payload"]) for b in told["buttons"])
    asked = tuple(dict.fromkeys((*turn.memory.asked, INTENT)))
    memory = replace(
        turn.memory, form={"name": INTENT, **form}, asked=asked, asking=None, offered=offered,
        misses=0,
    )  # fmt: skip
    return Reply((told,), memory)


# ---- the sum ----


def _sum(found: Read, turn: Turn, ground: Ground) -> Message:
    say = ground.wording.say
    lines = sorted(
        (
            tariff.count(held.kind, held.grades, ground.answers.facts, turn.today)
            for held in found.held
        ),
        key=lambda line: _name(line.kind, 1, ground),
    )
    total, least = sum(line.total for line in lines), sum(line.least for line in lines)
    first = (
        say("sums.tariff_total", total=total)
        if total == least
        else say("sums.tariff_total_either", total=total, least=least)
    )
    if found.target is not None:
        first += " " + _against(found.target, total, least, ground)
    used = [value for line in lines for value in line.used]
    notes = _notes(found, turn, ground)
    if any(line.kind == "as_level" for line in lines):
        rule = ground.answers.facts.on("tariff_as_with_a_level", turn.today)
        notes.insert(0, say("sums.tariff_as_note", rule=rule.text))
        used.append(rule)
    text = [
        first,
        "\n".join(_line(line, ground) for line in lines),
        *([" ".join(notes)] if notes else []),
        " ".join([say("sums.tariff_grades"), *check_line(ground, used, turn)]),
    ]
    return message(
        "ucas_tariff", "\n\n".join(text), buttons=_next(ground), sources=fact_sources(used)
    )


def _against(target: int, total: int, least: int, ground: Ground) -> str:
    """Return how points compare with the number that was named beside the grades."""
    say = ground.wording.say
    if least >= target:
        return say("sums.tariff_reaches", target=target)
    if total >= target:
        return say("sums.tariff_reaches_core", target=target)
    if total > least:
        told = {"short": target - total, "more": target - least, "target": target}
        return say("sums.tariff_falls_short_either", **told)
    return say("sums.tariff_falls_short", short=target - total, target=target)


def _notes(found: Read, turn: Turn, ground: Ground) -> list[str]:
    """Return what is to be said about what was typed and not counted as it stands."""
    say = ground.wording.say
    notes = []
    for held in found.held:
        if held.kind in tariff.VOCATIONAL and not held.sized:
            notes.append(say("sums.tariff_size_note", what=_name(held.kind, 1, ground)))
    if found.unknown:
        notes.append(say("sums.tariff_unknown", grade=found.unknown))
    if found.gcse:
        notes.append(say("sums.tariff_gcse_note"))
    if found.other:
        notes.append(say("sums.tariff_other_note"))
    return notes


def _line(line: tariff.Line, ground: Ground) -> str:
    say = ground.wording.say
    if line.total != line.least:
        counts = say("sums.tariff_core", total=line.total, least=line.least)
    elif len(line.points) > 1:
        counts = f"{' + '.join(map(str, line.points))} = {line.total}"
    else:
        counts = str(line.total)
    what, grades = _name(line.kind, len(line.grades), ground), _grades(line, ground)
    return say("sums.tariff_line", what=what, grades=grades, counts=counts)


def _name(kind: str, number: int, ground: Ground) -> str:
    say = ground.wording.say
    many = number > 1
    names = {
        "a_level": say("sums.name_a_levels" if many else "sums.name_a_level"),
        "as_level": say("sums.name_as_levels" if many else "sums.name_as_level"),
        "t_level": say("sums.name_t_levels" if many else "sums.name_t_level"),
        "epq": say("sums.name_epq"),
        "extended_diploma": say("sums.name_extended_diploma"),
        "diploma": say("sums.name_diploma"),
        "extended_certificate": say("sums.name_extended_certificate"),
    }
    return names[kind]


def _grades(line: tariff.Line | tariff.Way, ground: Ground) -> str:
    if line.kind != "t_level":
        return "".join(line.grades)
    return listed([_in_words(grade, ground) for grade in line.grades])


def _in_words(grade: str, ground: Ground) -> str:
    say = ground.wording.say
    return {
        "D*": say("sums.grade_distinction_star"),
        "D": say("sums.grade_distinction"),
        "M": say("sums.grade_merit"),
        "P": say("sums.grade_pass"),
        "PC": say("sums.grade_pass_c"),
        "PE": say("sums.grade_pass_e"),
    }[grade]


def _next(ground: Ground) -> list[tuple[str, str]]:
    again = (ground.wording.say("sums.again_grades"), payload(INTENT, again="yes"))
    return [again, *follow(ground, NEXT)]


# ---- which grades reach a number ----


def _ways(target: int, turn: Turn, ground: Ground) -> Message:
    say = ground.wording.say
    facts = ground.answers.facts
    ways = tariff.ways_to(target, facts, turn.today)
    if not ways:
        highest = ["A*"] * tariff.A_LEVELS_TOGETHER
        most = tariff.count("a_level", highest, facts, turn.today)
        text = [say("sums.tariff_too_many", target=target, most=most.total)]
        used = list(most.used)
    else:
        exactly = all(way.total == target for way in ways)
        text = [say("sums.tariff_ways" if exactly else "sums.tariff_ways_above", target=target)]
        lines = []
        for kind in dict.fromkeys(way.kind for way in ways):
            these = [_way(way, target, ground) for way in ways if way.kind == kind]
            what = say("sums.three_a_levels") if kind == "a_level" else _name(kind, 1, ground)
            lines.append(say("sums.tariff_ways_line", what=what, ways=listed(these, "or")))
        text += ["\n".join(lines), say("sums.tariff_ways_more")]
        used = tariff.facts_of_ways(ways, facts, turn.today)
    text.append(" ".join([say("sums.tariff_grades"), *check_line(ground, used, turn)]))
    return message(
        "ucas_tariff_ways", "\n\n".join(text), buttons=_next(ground), sources=fact_sources(used)
    )


def _way(way: tariff.Way, target: int, ground: Ground) -> str:
    grades = _grades(way, ground)
    if way.total == target:
        return grades
    return ground.wording.say("sums.tariff_way_above", grades=grades, total=way.total)


# ---- asking ----


def _ask(found: Read, turn: Turn, ground: Ground) -> Reply:
    """Ask for grades, with what they count where a kind is named or grades were asked for once."""
    say = ground.wording.say
    kinds = [kind for kind in found.named if kind != "btec"]
    if "btec" in found.named:
        kinds += [kind for kind in tariff.VOCATIONAL if kind not in kinds]
    if not kinds and INTENT in turn.memory.asked and not turn.chosen:
        kinds = ["a_level", "as_level", "epq", "t_level", "extended_diploma"]
    used: list[FactValue] = []
    text = _notes(found, turn, ground)
    if kinds:
        worth = [_worth(kind, turn, ground, used) for kind in kinds]
        text.append("\n".join([say("sums.tariff_worth"), *worth]))
    ask = say("sums.tariff_ask_short" if len(kinds) > 1 else "sums.tariff_ask")
    text.append(" ".join([ask, *check_line(ground, used, turn)]))
    told = message(
        "ucas_tariff_ask",
        "\n\n".join(text),
        buttons=follow(ground, NEXT),
        sources=fact_sources(used),
    )
    return _asked(told, turn, {"said": said(kinds[0], [])} if len(kinds) == 1 else {})


def _worth(kind: str, turn: Turn, ground: Ground, used: list[FactValue]) -> str:
    say = ground.wording.say
    number = tariff.VOCATIONAL.index(kind) + 1 if kind in tariff.VOCATIONAL else 1
    counts = []
    for grade in tariff.grades_of(kind):
        line = tariff.count(kind, [grade] * number, ground.answers.facts, turn.today)
        name = _in_words(grade, ground) if kind == "t_level" else grade
        counts.append(f"{name} {line.points[0]}")
        used += [value for value in line.used if value not in used]
    told = ", ".join(counts)
    if number > 1:
        told = say("sums.tariff_worth_size", counts=told, number=number)
    return say("sums.tariff_worth_line", what=_name(kind, 1, ground), counts=told)


def _ask_which(found: Read, turn: Turn, ground: Ground) -> Reply:
    """Ask what a single Distinction or Merit is of."""
    grade = found.loose
    buttons = [
        (_name(kind, 1, ground), payload(INTENT, grades=said(kind, [grade])))
        for kind in ("extended_certificate", "t_level")
    ]
    text = ground.wording.say("sums.tariff_which", grade=_in_words(grade, ground))
    told = message("ucas_tariff_which", text, buttons=buttons)
    return _asked(told, turn, {"said": loose(grade)})


def _ask_missing(found: Read, short: Held, turn: Turn, ground: Ground) -> Reply:
    """Ask for all grades of a BTEC that was named with too few."""
    number = tariff.VOCATIONAL.index(short.kind) + 1
    text = ground.wording.say(
        "sums.tariff_needs",
        what=_name(short.kind, 1, ground),
        number=number,
        example="DMM"[:number],
    )
    buttons = []
    if len(set(short.grades)) == 1:
        every = "".join(short.grades[:1] * number)
        buttons.append((every, payload(INTENT, grades=every)))
    told = message("ucas_tariff_missing", text, buttons=buttons)
    return _asked(told, turn, {"said": found.as_said()})
