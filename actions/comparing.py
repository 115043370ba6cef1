"""Two or three jobs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions import which_job
from actions.ground import Ground
from actions.pay import pay_figures
from actions.showing import (
    as_chart,
    as_source,
    group_of,
    is_plainly,
    listed,
    payload,
    people,
    pounds,
)
from actions.turn import Job, Reply, Turn, message
from lmi import figures
from lmi.charts import compare_chart
from lmi.figures.compare import CompareRow

MOST = 3


def compare(turn: Turn, ground: Ground) -> Reply:
    """Pay, outlook and ways in of two or three jobs, in the order in which they were named."""
    jobs = _jobs(turn, ground)
    if isinstance(jobs, Reply):
        return jobs
    say = ground.wording.say
    found = figures.compare(
        ground.snapshot, [(job.soc2020, job.plural_first) for job in jobs], turn.today
    )
    lines = [_line(ground, job, row) for job, row in zip(jobs, found.rows, strict=True)]
    together = listed([jobs[0].plural_first, *(job.plural for job in jobs[1:])])
    text = [say("compare.side_by_side", Jobs=together), "\n".join(lines)]
    text += _difference(ground, jobs, found.rows)
    if len(found.pay_years) > 1:
        text.append(say("compare.years_differ"))
    text.append(say("compare.which_matters"))
    buttons = [
        (say("compare.ways_into", jobs=job.plural), payload("how_to_become", job)) for job in jobs
    ]
    shown = [
        (row.pay, figures.pay_in(row.pay, "year")) for row in found.rows if row.pay is not None
    ]
    chart = compare_chart(found.rows) if shown else None
    reply = message(
        "compare",
        "\n\n".join(text),
        buttons=buttons,
        figures=[f for pay, in_year in shown if in_year for f in pay_figures(pay, in_year)],
        chart=as_chart(chart),
        sources=[as_source(source) for source in found.sources],
    )
    return Reply(
        (reply,),
        replace(
            turn.memory,
            jobs=tuple(jobs),
            topic="compare",
            asking=None,
            offered=tuple((job.plural_first, payload("give_job", job)) for job in jobs),
            misses=0,
        ),
    )


def _jobs(turn: Turn, ground: Ground) -> list[Job] | Reply:
    """The jobs to compare: those named, joined to those spoken of before; asks for a second."""
    found = which_job.find(turn, ground, most=MOST)
    if isinstance(found, Reply):
        return found
    jobs = list(found)
    # Two words for one unit group are told so; only a single job is joined to one from before.
    for before in turn.memory.jobs if len(turn.said) < 2 else ():
        if len(jobs) < 2 and before.soc2020 not in [job.soc2020 for job in jobs]:
            jobs.insert(0, before)
    if len(jobs) >= 2:
        return jobs[:MOST]
    say = ground.wording.say
    same = len(turn.said) > 1
    text = say(
        "compare.same_group" if same else "compare.with_what",
        jobs=jobs[0].plural,
        group=ground.snapshot.unit_groups[jobs[0].soc2020].title,
    )
    return Reply(
        (message("ask_second_job", text),),
        replace(turn.memory, jobs=tuple(jobs), topic="compare", asking="job", misses=0),
    )


def _difference(ground: Ground, jobs: list[Job], rows: Sequence[CompareRow]) -> list[str]:
    """Say by how much the pay of two jobs differs, where both are published for the same year."""
    paid = [row.pay for row in rows]
    if len(paid) != 2 or any(pay is None or pay.scope.is_wider for pay in paid):
        return []
    first, second = (pay for pay in paid if pay is not None)
    if first.year != second.year or first.median == second.median:
        return []
    more, less = (jobs[0], jobs[1]) if first.median > second.median else (jobs[1], jobs[0])
    return [
        ground.wording.say(
            "compare.difference",
            More=more.plural_first,
            less=less.plural,
            amount=pounds(abs(first.median - second.median)),
        )
    ]


def _line(ground: Ground, job: Job, row: CompareRow) -> str:
    say = ground.wording.say
    parts = []
    if row.pay is None:
        parts.append(say("compare.no_pay"))
    elif row.pay.basis == "wider_group":
        parts.append(
            say(
                "compare.pay_wider",
                amount=pounds(row.pay.median),
                year=row.pay.year,
                group=group_of(row.pay.scope),
            )
        )
    else:
        parts.append(say("compare.pay", amount=pounds(row.pay.median), year=row.pay.year))
    if row.pay is not None and row.pay.part_time is not None:
        parts.append(say("compare.part_time"))
    if job.named and not is_plainly(job, row.title):
        parts.append(say("compare.group", group=row.title.removesuffix(" n.e.c.")))
    if row.outlook is not None:
        parts.append(
            say(
                f"compare.{row.outlook.direction}",
                group=group_of(row.outlook.scope),
                percent=f"{abs(row.outlook.percent):.0f}",
                end_year=row.outlook.end_year,
            )
        )
    if row.workforce is not None:
        parts.append(
            say(
                "compare.workforce",
                number=people(row.workforce.jobs / 1_000),
                year=row.workforce.year,
            )
        )
    if row.ways_in is not None and row.ways_in.routes:
        routes = [say(f"routes.{route}") for route in row.ways_in.routes]
        parts.append(say("compare.ways_in", routes=listed(routes, "or")))
    return say("compare.line", Jobs=job.plural_first, facts=" ".join(parts))
