"""Every question about every unit group: an answer, with nothing left open and nothing made up."""

import csv
import re
from collections import defaultdict

import pytest

from actions.topics import ABOUT_JOBS
from actions.turn import Job, Memory
from actions.which_job import of_code
from tests.actions.conversation import TODAY, Conversation
from tests.actions.message_rules import ROOT, faults, shown

TABLES = ROOT / "lmi" / "tables"
TEXTS = {
    "pay": ("what is the pay", "how much an hour", "what do they get a week", "pay per month"),
    "local_outlook": ("jobs in Leeds", "jobs in Plymouth", "are there jobs in London"),
    "outlook": ("will there be jobs", "will ai take the job"),
    "how_to_become": ("how do i get in", "how long does it take"),
}
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@pytest.fixture(scope="module")
def codes(ground):
    return sorted(ground.snapshot.unit_groups)


def remembering(ground, code, named):
    """A conversation about a job, known by a name of its own or by its unit group's title."""
    job = Job(code, "widget maker", "widget makers") if named else of_code(ground, code)
    return Conversation(ground, Memory(jobs=(job,)).as_slots())


@pytest.mark.parametrize("intent", sorted(set(ABOUT_JOBS) - {"compare"}))
def test_every_job_has_an_answer_without_a_fault(ground, codes, intent):
    wrong = defaultdict(list)
    for number, code in enumerate(codes):
        texts = TEXTS.get(intent, ("tell me",))
        talk = remembering(ground, code, named=number % 2 == 0)
        messages = talk.say(intent, texts[number % len(texts)])
        assert len(messages) == 1
        for fault in faults(messages[0], ground):
            wrong[fault.partition(":")[0]].append((code, fault))
        # The conversation goes on about this job, whatever was asked.
        assert [job.soc2020 for job in talk.memory.jobs] == [code]
        assert talk.memory.misses == 0
        assert messages[0]["buttons"]
    assert not wrong, {fault: (len(found), found[:3]) for fault, found in wrong.items()}


@pytest.mark.parametrize("intent", ["pay", "outlook", "how_to_become", "give_job"])
def test_every_job_can_be_pressed(ground, codes, intent):
    for code in codes[::4]:
        talk = Conversation(ground)
        messages = talk.press(f'/{intent}{{"job": "{code}"}}')
        assert [fault for message in messages for fault in faults(message, ground)] == []
        assert talk.memory.jobs[0].soc2020 == code


def test_every_job_can_be_compared_with_the_next(ground, codes):
    wrong = []
    for one, two in zip(codes, codes[1:] + codes[:1], strict=True):
        talk = remembering(ground, one, named=True)
        talk.slots["jobs"].append(
            {"soc2020": two, "name": "tinker", "plural": "tinkers", "named": True}
        )
        (message,) = talk.say("compare", "compare them")
        assert message["answer"] == "compare"
        wrong += [(one, two, fault) for fault in faults(message, ground)]
    assert not wrong, (len(wrong), wrong[:3])


# ---- no number is made up ----


def rows(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def published():
    """Every published number of a unit group, read from the tables without the code under test."""
    found = defaultdict(list)
    for row in rows("pay.csv"):
        found[row["soc2020"]].append(row)
    return found


def digits_of_templates(ground):
    """Numbers that stand in the wording itself, such as a telephone number."""
    keys = ground.wording.keys()
    return {
        number
        for key in keys
        for number in NUMBER.findall(re.sub(r"\{\w+\}", "", ground.wording._templates[key]))
    }


def as_shown(value):
    """The ways in which one number may be written."""
    whole = f"{value:,.0f}"
    thousands = f"{round(value / 1000) * 1000:,.0f}"
    return {whole, thousands, f"{value / 1e6:,.2f}", f"{value:g}", f"{value:,.2f}", f"{value:.1f}"}


def accounted_for(ground, code, message, published):
    """Numbers that the text may show: published, of a source, or reckoned from what is shown."""
    values = [figure["value"] for figure in message["figures"]]
    for row in published[code]:
        values += [float(row[key]) for key in ("jobs", "median", "p25", "p75") if row[key]]
    allowed = {shape for value in values for shape in as_shown(value)}
    shown_values = [figure["value"] for figure in message["figures"]]
    for one in shown_values:
        for two in shown_values:
            allowed |= as_shown(abs(one - two))
            if two:
                allowed.add(f"{abs(one - two) / two * 100:.0f}")
    snapshot = ground.snapshot
    group = snapshot.unit_groups[code]
    words = [snapshot.groups[group.sub_major], snapshot.summaries[code], group.title]
    words += [source["year"] for source in message["sources"]]
    words += [str(figure["year"]) for figure in message["figures"]]
    for profile in snapshot.profiles_for(code):
        words += [profile.title, profile.university_a_levels, profile.university_gcses]
        words += [profile.college_gcses, profile.apprenticeship_gcses]
        words += [f"{hours:g}" for hours in (profile.min_hours, profile.max_hours) if hours]
        words += [
            str(snapshot.standards[reference].duration_months)
            for reference in profile.standards
            if reference in snapshot.standards
        ]
    national = snapshot.employment(group.sub_major)
    words += map(str, national)
    for base in national.values():
        change = (national[2035] - base) / base * 100
        allowed.add(f"{abs(change):.0f}")
    return allowed | {number for word in words for number in NUMBER.findall(word)}


@pytest.mark.parametrize(
    "intent",
    ["pay", "pay_change", "pay_gap", "hours", "workforce", "outlook", "local_outlook",
     "job_description", "how_to_become", "entry_requirements"],
)  # fmt: skip
def test_no_number_is_made_up(ground, codes, published, intent):
    constant = digits_of_templates(ground)
    wrong = []
    for code in codes:
        talk = remembering(ground, code, named=True)
        (message,) = talk.say(intent, TEXTS.get(intent, ("tell me",))[0])
        allowed = accounted_for(ground, code, message, published) | constant
        allowed |= extra_numbers(ground, code, intent, published)
        found = [n for n in NUMBER.findall(shown(message["text"])) if n not in allowed]
        if found:
            wrong.append((code, found, message["text"]))
    assert not wrong, (len(wrong), wrong[:3])


def extra_numbers(ground, code, intent, published):
    """Numbers that need a sum of their own, reckoned here from the tables."""
    snapshot = ground.snapshot
    if intent == "pay":
        # Full-time work at the minimum wage: hours by weeks by the rate of the year.
        return {f"{rate * 37.5 * 52.143:,.0f}" for rate in (8.72, 8.91, 9.50, 10.42, 11.44)}
    if intent == "pay_change":
        all_jobs = {int(r["year"]): float(r["median"]) for r in rows("pay_all_jobs.csv")
                    if r["sex"] == "all"}  # fmt: skip
        return {
            f"{(all_jobs[b] - all_jobs[a]) / all_jobs[a] * 100:.0f}"
            for a in all_jobs
            for b in all_jobs
        }
    if intent == "workforce":
        counted = employees(published)
        found = set()
        for row in published[code]:
            if row["sex"] != "all" or not row["jobs"]:
                continue
            share = counted[row["year"]] / float(row["jobs"])
            step = 10 ** max(len(str(int(share))) - 2, 0)
            found.add(f"{round(share / step) * step:,}")
        return found
    if intent in ("outlook", "local_outlook"):
        leaving = snapshot.replacement(snapshot.unit_groups[code].sub_major)
        return as_shown(leaving.replacement_demand * 1000) if leaving else set()
    return set()


def employees(published):
    """All employees that are counted in each year, by the sum over the unit groups."""
    counted = defaultdict(float)
    for row in (row for of_one in published.values() for row in of_one):
        if row["sex"] == "all" and row["jobs"]:
            counted[row["year"]] += float(row["jobs"])
    return counted


def test_the_day_is_the_one_that_the_tests_are_written_for():
    assert TODAY.year == 2026
