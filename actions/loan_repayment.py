"""What a Plan 5 student loan takes from pay: for a salary that is typed, or a job's typical pay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from actions import which_job
from actions.ground import Ground
from actions.showing import as_source, fact_sources, group_of, payload, pounds
from actions.tariff import check_line, could_answer, follow, stopped
from actions.turn import Job, Reply, Turn, message
from knowledge.facts import FactValue
from knowledge.sums import exact, loans, money, to_the_penny
from knowledge.sums.spoken import digits
from knowledge.wording import Wording
from lmi import figures
from lmi.figures.live import more_recent_pay

INTENT = "loan_repayment"
ABOUT = "repaying_student_loans"
"""The subject that a sum is about: what is asked next without a name is asked of it."""
MOST_AMOUNTS = 3
SHORT_ANSWER = 6
SHORT_NUMBER = 4
NEXT = ("repaying_student_loans", "is_student_debt_bad", "tuition_fees", "student_finance")

HOURS_A_WEEK = Decimal(37)
"""For pay that is named by the hour."""
TIMES_A_YEAR = {"month": Decimal(12), "week": Decimal(52), "hour": HOURS_A_WEEK * 52}
# Pay that nobody names by that period: "on 32k a month" asks for the repayment a month.
TOO_MUCH = {"month": Decimal(15_000), "week": Decimal(5_000), "hour": Decimal(500)}
MOST = Decimal(10_000_000)
"""A higher amount is no salary."""
LEAST_ALONE = Decimal(1_000)
"""The least number that is pay without a sign, a "k" or a period."""
MONTHLY_BELOW = Decimal(6_000)
"""Pay below this with no period named is taken to be for a month."""
YEARS_NAMED = range(2015, 2061)

_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<sign>£\s*)?(?P<number>\d{1,3}(?:,\d{3})+|\d+)(?P<pence>\.\d+)?"
)
_UNIT_JOINED = re.compile(r"(?<=\d)(?=[a-z])")
_RANGE = re.compile(r"\s*(?:-|–|to|or|and)\s*£?\s*\d+(?:\.\d+)?\s*")


@dataclass(frozen=True)
class Salary:
    """Pay as it was typed: `amount` pounds for a `period`, and that as pounds a year."""

    amount: Decimal
    period: str
    year: Decimal


def loan_repayment(turn: Turn, ground: Ground) -> Reply:
    """What is paid back a month and a year on a salary or on a job's pay; asks where none is."""
    salaries = [] if turn.chosen else read(turn.clause, ground.wording)
    if salaries:
        return _told(salaries, turn, ground)
    if turn.chosen.get("again"):
        return _ask(turn, ground)
    if turn.chosen or turn.said or turn.memory.jobs:
        return _for_job(turn, ground)
    return _ask(turn, ground)


def form_answer(turn: Turn, ground: Ground) -> Reply | None:
    """Take a text as the salary or the job asked for; None where it is about something else."""
    if ground.wording.pattern("sums.stop").search(turn.text):
        return stopped(turn, ground)
    if turn.intent == INTENT:
        return loan_repayment(turn, ground)
    short = could_answer(turn, SHORT_ANSWER)
    bare = len(turn.text.split()) <= SHORT_NUMBER
    salaries = read(turn.text, ground.wording, wanted=bare) if short else []
    if salaries:
        return _told(salaries, turn, ground)
    only_a_job = turn.intent in ("give_job", "nlu_fallback", "out_of_scope", "affirm")
    if turn.said and only_a_job and short:
        return _for_job(replace(turn, intent=INTENT), ground)
    return None


# ---- reading ----


def read(text: str, wording: Wording, wanted: bool = False) -> list[Salary]:
    """Return the salaries named in a text; where one is `wanted`, "30" is £30,000."""
    text = _UNIT_JOINED.sub(" ", digits(text.lower()))
    found = []
    for number in _AMOUNT.finditer(text):
        salary = _salary(number, text, wording, wanted)
        if salary is not None and salary not in found:
            found.append(salary)
    return found[:MOST_AMOUNTS]


def _salary(number: re.Match[str], text: str, wording: Wording, wanted: bool) -> Salary | None:
    pattern = wording.pattern
    before, after = text[: number.start()], text[number.end() :]
    amount = Decimal(number["number"].replace(",", "") + (number["pence"] or ""))
    if amount > MOST:
        return None
    thousands = re.compile(rf"\s*{pattern('sums.thousands').pattern}")
    in_thousands = thousands.match(after)
    ranged = _RANGE.match(after)
    shared = ranged and thousands.match(after, ranged.end()) and amount < LEAST_ALONE
    if in_thousands or shared:
        amount *= 1000
    end = in_thousands.end() if in_thousands else 0
    if re.search(rf"{pattern('sums.not_pay_before').pattern}\W*(?:\w+\W+)?$", before):
        return None
    if re.match(rf"\W*{pattern('sums.not_pay_after').pattern}", after[end:]):
        return None
    period = _period(after[end:], wording)
    marked = bool(number["sign"] or in_thousands or shared or period)
    if period and amount >= TOO_MUCH.get(period, amount + 1):
        period = ""
    if not marked:
        if amount in YEARS_NAMED and not wanted:
            return None
        if wanted and 10 <= amount < 200:
            amount *= 1000
        elif amount < LEAST_ALONE:
            return None
    if not period:
        period = "month" if LEAST_ALONE <= amount < MONTHLY_BELOW else "year"
    return Salary(amount, period, to_the_penny(amount * TIMES_A_YEAR.get(period, Decimal(1))))


def _period(after: str, wording: Wording) -> str:
    """Return the period that follows an amount at once, "" for none."""
    patterns = {
        "year": wording.pattern("periods.year"),
        "month": wording.pattern("periods.month"),
        "week": wording.pattern("periods.week"),
        "hour": wording.pattern("periods.hour"),
    }
    start = re.match(r"\s*(?:pounds?|quid|gbp)?\s*/?\s*", after)
    at = start.end() if start else 0
    return next((name for name, found in patterns.items() if found.match(after, at)), "")


# ---- telling ----


def _told(salaries: Sequence[Salary], turn: Turn, ground: Ground) -> Reply:
    """What is paid back on one salary, or on each of several."""
    say = ground.wording.say
    sums = [loans.repayment(s.year, ground.answers.facts, turn.today) for s in salaries]
    paragraphs = []
    if len(sums) == 1:
        paragraphs.append(
            " ".join([*_from_period(salaries[0], ground), _sentence(sums[0], ground)])
        )
    else:
        lines = [_line(each, ground) for each in sums]
        paragraphs.append("\n".join([say("sums.loan_lines"), *lines]))
        rule = {"rate": sums[0].rate.text, "threshold": _threshold(sums[0])}
        paragraphs.append(say("sums.loan_rule", **rule))
    paragraphs.append(_close(sums[0], turn, ground))
    told = message(
        INTENT,
        "\n\n".join(paragraphs),
        buttons=_next(ground),
        sources=fact_sources(_shown(sums)),
    )
    offered = tuple((b["title"], b["payload"]) for b in told["buttons"])
    memory = replace(turn.memory, form=None, asking=None, offered=offered, misses=0, subject=ABOUT)
    return Reply((told,), memory)


def _from_period(salary: Salary, ground: Ground) -> list[str]:
    """Return the sentences that turn pay for a month, a week or an hour into pay for a year."""
    if salary.period == "year":
        return []
    say = ground.wording.say
    periods = {
        "month": say("sums.loan_a_month"),
        "week": say("sums.loan_a_week"),
        "hour": say("sums.loan_an_hour"),
    }
    told = {"amount": money(salary.amount), "period": periods[salary.period]}
    if salary.period == "hour":
        hours = f"{HOURS_A_WEEK:f}"
        return [say("sums.loan_from_hours", salary=money(salary.year), hours=hours, **told)]
    return [say("sums.loan_from_period", salary=money(salary.year), **told)]


def _threshold(each: loans.Repayment) -> str:
    return money(exact(each.threshold.fact.value))


def _sentence(each: loans.Repayment, ground: Ground) -> str:
    say = ground.wording.say
    if not each.above:
        return say("sums.loan_nothing", salary=money(each.salary), threshold=_threshold(each))
    return say(
        "sums.loan_on",
        salary=money(each.salary),
        month=money(each.month),
        year=money(each.year),
        rate=each.rate.text,
        above=money(each.above),
        threshold=_threshold(each),
    )


def _line(each: loans.Repayment, ground: Ground) -> str:
    say = ground.wording.say
    if not each.above:
        return say("sums.loan_line_nothing", salary=money(each.salary))
    told = {"salary": money(each.salary), "month": money(each.month), "year": money(each.year)}
    return say("sums.loan_line", **told)


def _close(each: loans.Repayment, turn: Turn, ground: Ground) -> str:
    """Return how it is paid, when it ends, which plan it is, and what to check."""
    say = ground.wording.say
    key = "sums.loan_tax" if each.above else "sums.loan_tax_plain"
    sentences = [say(key, years=each.write_off.text), say("sums.loan_plan")]
    return " ".join([*sentences, *check_line(ground, each.used, turn)])


def _shown(sums: Sequence[loans.Repayment]) -> list[FactValue]:
    return [value for each in sums for value in each.used]


def _for_job(turn: Turn, ground: Ground) -> Reply:
    """What is paid back on the typical pay of the job that is meant."""
    jobs = which_job.find(turn, ground)
    if isinstance(jobs, Reply):
        return replace(jobs, memory=replace(jobs.memory, form=None))
    job = jobs[0]
    typical = figures.typical_pay(ground.snapshot, job.soc2020)
    typical = more_recent_pay(typical, ground.live().pay(job.soc2020))
    shown = figures.pay_in(typical, "year") if typical is not None else None
    if typical is None or shown is None:
        no_pay = ground.wording.say("pay.none", jobs=job.plural)
        return _ask(turn, ground, before=no_pay, job=job)
    say = ground.wording.say
    salary = exact(shown.median)
    each = loans.repayment(salary, ground.answers.facts, turn.today)
    told = {"Jobs": job.plural_first, "jobs": job.plural, "amount": pounds(shown.median)}
    told |= {"pay_year": str(shown.year), "group": group_of(typical.scope)}
    first = say(
        "sums.loan_job_wider" if typical.basis == "wider_group" else "sums.loan_job", **told
    )
    sources = [as_source(source) for source in shown.sources]
    part_time = typical.part_time
    if part_time is not None:
        first += " " + say(
            f"pay.{typical.part_time.reason}",
            floor=pounds(part_time.full_time_minimum),
            wage=pounds(part_time.wage),
            wage_year=part_time.wage_year,
        )
        sources.append(as_source(part_time.source))
    text = f"{first} {_sentence(each, ground)}\n\n{_close(each, turn, ground)}"
    unit = {"unit": "GBP a year", "year": shown.year, "soc2020": job.soc2020}
    numbers = [
        {"label": "typical pay", "value": shown.median, **unit, "scope": typical.scope.title},
        {"label": "student loan repayment", "value": float(each.year), **unit},
    ]
    reply = message(
        INTENT,
        text,
        buttons=_next(ground),
        figures=numbers,
        sources=[*sources, *fact_sources(each.used)],
    )
    offered = tuple((b["title"], b["payload"]) for b in reply["buttons"])
    memory = replace(
        turn.memory, jobs=(job,), topic=INTENT, form=None, asking=None, offered=offered, misses=0
    )
    return Reply((reply,), memory)


def _ask(turn: Turn, ground: Ground, before: str = "", job: Job | None = None) -> Reply:
    """Ask which pay the sum is for."""
    text = " ".join(part for part in (before, ground.wording.say("sums.loan_ask")) if part)
    told = message(f"{INTENT}_ask", text, buttons=follow(ground, NEXT))
    offered = tuple((b["title"], b["payload"]) for b in told["buttons"])
    memory = replace(
        turn.memory,
        jobs=(job,) if job else turn.memory.jobs,
        form={"name": INTENT},
        asking=None,
        offered=offered,
        misses=0,
    )
    return Reply((told,), memory)


def _next(ground: Ground) -> list[tuple[str, str]]:
    again = (ground.wording.say("sums.again_loan"), payload(INTENT, again="yes"))
    return [again, *follow(ground, NEXT)]
