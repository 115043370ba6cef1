"""The lowest legal pay of an apprentice: for an age, a year of training and weekly hours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from actions.ground import Ground
from actions.showing import fact_sources, payload
from actions.tariff import check_line, could_answer, follow, stopped
from actions.turn import Reply, Turn, message
from knowledge.answers import Message
from knowledge.facts import day_told
from knowledge.sums import money, wages
from knowledge.sums.spoken import digits
from knowledge.wording import Wording

INTENT = "apprentice_pay"
TYPICAL_HOURS = (30, 37, 40)
EXAMPLE_HOURS = Decimal(37)
"""What a sum uses where the hours are not known: a common full-time week."""
MOST_HOURS, FEWEST_HOURS = Decimal(60), Decimal(1)
YOUNGEST_SAID, YOUNGEST_BARE, OLDEST_SAID = 5, 11, 80
ADULT = 18
LATER = 2
"""Stands for every year after the first: they have the same rate."""
SHORT_ANSWER = 5
NEXT = ("apprenticeship_pay", "find_an_apprenticeship", "take_home_pay", "apprenticeships")
WANTED = ("age", "year", "hours")

_NUMBER = r"(?<![\w£.,/])(\d{1,3}(?:\.\d+)?)"
_UNIT_JOINED = re.compile(r"(?<=\d)(?=(?!st|nd|rd|th)[a-z])")
_BARE = re.compile(rf"{_NUMBER}(?![\d%]|\.\d|,\d|\s*[%£])")


@dataclass(frozen=True)
class Known:
    """What is known so far; None is not known, `unsure` what the person cannot tell."""

    age: int | None = None
    year: int | None = None
    hours: Decimal | None = None
    unsure: tuple[str, ...] = ()

    @classmethod
    def of(cls, form: Mapping[str, Any] | None) -> Known:
        """Read what is known out of a form or a button."""
        given = form or {}
        hours = given.get("hours")
        return cls(
            age=int(given["age"]) if given.get("age") is not None else None,
            year=int(given["year"]) if given.get("year") is not None else None,
            hours=Decimal(str(hours)) if hours is not None else None,
            unsure=tuple(given.get("unsure") or ()),
        )

    def as_form(self, wanted: str) -> dict[str, Any]:
        """Return the form that remembers this while `wanted` is asked for."""
        form: dict[str, Any] = {"name": INTENT, "wanted": wanted}
        if self.age is not None:
            form["age"] = self.age
        if self.year is not None:
            form["year"] = self.year
        if self.hours is not None:
            form["hours"] = float(self.hours)
        if self.unsure:
            form["unsure"] = list(self.unsure)
        return form

    def with_(self, more: Known) -> Known:
        """Return this with what is known newly."""
        return Known(
            age=self.age if more.age is None else more.age,
            year=self.year if more.year is None else more.year,
            hours=self.hours if more.hours is None else more.hours,
            unsure=(*self.unsure, *more.unsure),
        )


def apprentice_pay(turn: Turn, ground: Ground) -> Reply:
    """The lowest legal pay an hour, a week, a month and a year; asks for what it needs."""
    known = Known() if turn.chosen.get("again") else _before(turn)
    if turn.chosen:
        return _go_on(known.with_(Known.of(turn.chosen)), turn, ground)
    return _go_on(known.with_(read(turn.clause, ground.wording, _wanted(turn))), turn, ground)


def form_answer(turn: Turn, ground: Ground) -> Reply | None:
    """Take a text as what was asked for; None where it is about something else."""
    if ground.wording.pattern("sums.stop").search(turn.text):
        return stopped(turn, ground)
    wanted = _wanted(turn)
    more = read(turn.text, ground.wording, wanted)
    if more == Known() and ground.wording.pattern("sums.not_sure").search(turn.text):
        more = Known(unsure=(wanted,)) if wanted in ("year", "hours") else more
    if turn.intent == INTENT or more != Known():
        if turn.intent != INTENT and not could_answer(turn, SHORT_ANSWER):
            return None
        return _go_on(_before(turn).with_(more), turn, ground)
    if wanted == "hours" and re.fullmatch(r"\W*\d[\d.]*\W*\w*\W*", turn.text):
        return _ask("hours", _before(turn), turn, ground, again=True)
    return None


def _before(turn: Turn) -> Known:
    form = turn.memory.form or {}
    return Known.of(form) if form.get("name") == INTENT else Known()


def _wanted(turn: Turn) -> str:
    form = turn.memory.form or {}
    return str(form.get("wanted") or "") if form.get("name") == INTENT else ""


# ---- reading ----


def read(text: str, wording: Wording, wanted: str = "") -> Known:
    """Read age, year of training and weekly hours; a number alone is what is `wanted`."""
    text = _UNIT_JOINED.sub(" ", digits(text.lower().replace("’", "'")))
    pattern = wording.pattern
    hours, text = _hours(text, wording)
    year = None
    if pattern("sums.later_year").search(text):
        year = LATER
    elif pattern("sums.first_year").search(text):
        year = 1
    if year is not None:  # the 1 of "1st year" is no number of hours
        text = pattern("sums.later_year").sub(" ", pattern("sums.first_year").sub(" ", text))
    if wanted == "year" and year is None and (bare := re.fullmatch(r"\W*([1-6])\W*", text)):
        year = min(int(bare[1]), LATER)
        return Known(year=year)
    age, text = _age(text, wording)
    for found in _BARE.finditer(pattern("sums.no_number_of_ours").sub(" ", text)):
        number = Decimal(found[1])
        could_be_age = number == int(number) and YOUNGEST_BARE <= number <= OLDEST_SAID
        if wanted == "hours" and hours is None:
            hours = number
        elif age is None and could_be_age:
            age = int(number)
        elif hours is None and FEWEST_HOURS <= number <= MOST_HOURS:
            hours = number
    if hours is not None and not FEWEST_HOURS <= hours <= MOST_HOURS:
        hours = None
    return Known(age, year, hours)


def _hours(text: str, wording: Wording) -> tuple[Decimal | None, str]:
    """Return the hours a week named in a text, and the text without them."""
    unit, a_day = wording.pattern("sums.hours_unit").pattern, wording.pattern("sums.a_day").pattern
    days = wording.pattern("sums.days").pattern
    found = re.search(rf"{_NUMBER}\s*-?\s*{unit}", text)
    if not found:
        return None, text
    hours, rest = Decimal(found[1]), text[: found.start()] + " " + text[found.end() :]
    if not re.match(rf"\s*{a_day}", text[found.end() :]):
        return hours, rest
    week = re.search(rf"(?<![\w£.])([1-7])\s*{days}", rest)
    if not week:
        return None, rest
    return hours * int(week[1]), rest[: week.start()] + " " + rest[week.end() :]


def _age(text: str, wording: Wording) -> tuple[int | None, str]:
    """Return the age named in a text, and the text without it."""
    before = wording.pattern("sums.age_before").pattern
    after = wording.pattern("sums.age_after").pattern
    text = wording.pattern("sums.no_number_of_ours").sub(" ", text)
    for found in (
        re.search(rf"{_NUMBER}\s*-?\s*{after}", text),
        re.search(rf"{before}\s*(?:just\s+|only\s+|now\s+)?(\d{{1,2}})(?![\d.,]\d|\d)", text),
    ):
        if found and YOUNGEST_SAID <= Decimal(found[1]) <= OLDEST_SAID:
            return int(Decimal(found[1])), text[: found.start()] + " " + text[found.end() :]
    return None, text


# ---- asking ----


def _go_on(known: Known, turn: Turn, ground: Ground) -> Reply:
    facts, day = ground.answers.facts, turn.today
    if known.age is None:
        return _ask("age", known, turn, ground)
    if known.age < int(str(wages.youngest(facts, day).fact.value)):
        return _done(_too_young(turn, ground), turn)
    matters = wages.year_matters(known.age, facts, day)
    if matters and known.year is None and "year" not in known.unsure:
        return _ask("year", known, turn, ground)
    if known.hours is None and "hours" not in known.unsure:
        return _ask("hours", known, turn, ground)
    return _done(_told(known, turn, ground), turn)


def _ask(wanted: str, known: Known, turn: Turn, ground: Ground, again: bool = False) -> Reply:
    """Ask for one thing, with buttons for the usual answers."""
    say = ground.wording.say
    rate_age = int(str(ground.answers.facts.on("apprentice_rate_age", turn.today).fact.value))
    if wanted == "age":
        text = say("sums.pay_ask_age")
        buttons = [
            (say("sums.age_under", last=rate_age - 1), {"age": rate_age - 1}),
            (say("sums.age_middle", first=rate_age), {"age": rate_age}),
            (say("sums.age_over"), {"age": 21}),
        ]
    elif wanted == "year":
        text = say("sums.pay_ask_year", age=rate_age)
        buttons = [
            (say("sums.button_first_year"), {"year": 1}),
            (say("sums.button_later_year"), {"year": LATER}),
        ]
    else:
        text = say("sums.pay_ask_hours_again" if again else "sums.pay_ask_hours")
        buttons = [(say("sums.button_hours", hours=h), {"hours": h}) for h in TYPICAL_HOURS]
    offers = tuple((title, payload(INTENT, **values)) for title, values in buttons)
    memory = replace(turn.memory, form=known.as_form(wanted), asking=None, offered=offers, misses=0)
    return Reply((message(f"apprentice_pay_{wanted}", text, buttons=offers),), memory)


def _done(told: Message, turn: Turn) -> Reply:
    offered = tuple((b["title"], b["payload"]) for b in told["buttons"])
    memory = replace(turn.memory, form=None, asking=None, offered=offered, misses=0)
    return Reply((told,), memory)


# ---- telling ----


def _told(known: Known, turn: Turn, ground: Ground) -> Message:
    say = ground.wording.say
    facts = ground.answers.facts
    assert known.age is not None  # asked for before
    hours = EXAMPLE_HOURS if known.hours is None else known.hours
    pay = wages.lowest_pay(known.age, known.year or 1, hours, facts, turn.today)
    used = list(pay.used)
    rate_age = facts.on("apprentice_rate_age", turn.today)
    now = pay.now
    if pay.rule == "under_age":
        first = say("sums.pay_under_age", hour=money(now.hour), age=rate_age.text)
    elif pay.rule == "first_year":
        first = say("sums.pay_first_year", hour=money(now.hour))
    else:
        first = say("sums.pay_age", hour=money(now.hour), age=rate_age.text)
    lines = [
        say("sums.pay_for_hours", hours=f"{hours.normalize():f}"),
        say("sums.pay_week", amount=money(now.week)),
        say("sums.pay_month", amount=money(now.month)),
        say("sums.pay_year", amount=money(now.year)),
    ]
    notes = []
    if pay.coming is not None and pay.coming_from is not None:
        told = {"day": day_told(pay.coming_from), "hour": money(pay.coming.hour)}
        told |= {"week": money(pay.coming.week), "month": money(pay.coming.month)}
        told |= {"year": money(pay.coming.year)}
        notes.append(say("sums.pay_coming", **told))
    if known.year is None and pay.rule == "first_year":
        notes.append(say("sums.pay_first_year_assumed"))
    if known.hours is None:
        notes.append(say("sums.pay_hours_assumed", hours=f"{EXAMPLE_HOURS:f}"))
    most = facts.on("young_worker_week_hours", turn.today)
    if known.age < ADULT and hours > Decimal(str(most.fact.value)):
        notes.append(say("sums.pay_young_hours", most=most.text))
        used.append(most)
    notes.append(say("sums.pay_more"))
    notes += check_line(ground, used, turn)
    text = "\n\n".join([first, "\n".join(lines), " ".join(notes)])
    return message("apprentice_pay", text, buttons=_next(ground), sources=fact_sources(used))


def _too_young(turn: Turn, ground: Ground) -> Message:
    facts = ground.answers.facts
    youngest = wages.youngest(facts, turn.today)
    rule = facts.on("leaving_date_rule", turn.today)
    text = ground.wording.say("sums.pay_too_young", age=youngest.text, rule=rule.text)
    text = " ".join([text, *check_line(ground, [youngest, rule], turn)])
    age = int(str(youngest.fact.value))
    title = ground.wording.say("sums.at_sixteen", age=age)
    buttons = [(title, payload(INTENT, age=age)), *follow(ground, NEXT[1:])]
    sources = fact_sources([youngest, rule])
    return message("apprentice_pay_too_young", text, buttons=buttons, sources=sources)


def _next(ground: Ground) -> list[tuple[str, str]]:
    again = (ground.wording.say("sums.again_pay"), payload(INTENT, again="yes"))
    return [again, *follow(ground, NEXT)]
