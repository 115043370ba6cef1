"""How many pupils hope for jobs of which group. Names nobody, and hides small numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from bot.records.guidance.suppression import ALL, Tables, hidden_cells
from bot.records.models import RecordLine
from bot.records.sealing import Sealing


def hoped_groups(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    beginning_in: int,
    group_of: Mapping[str, str],
) -> dict[str, int | None]:
    """Pupils by group of jobs, of the last hope that each told in that school year.

    `group_of` has the group of each SOC 2020 unit group; hopes without a known one are left out.
    What is not in the result is nought, None is a hidden number. Raises SealBroken.
    """
    chosen = (
        select(RecordLine.pupil_id, RecordLine.body)
        .where(
            RecordLine.school_id == school_id,
            RecordLine.kind == "aspiration",
            RecordLine.happened_on.between(date(beginning_in, 9, 1), date(beginning_in + 1, 8, 31)),
        )
        .order_by(RecordLine.happened_on, RecordLine.created_at, RecordLine.id)
    )
    last: dict[str, str] = {}
    for row in connection.execute(chosen):
        group = group_of.get(str(sealing.open(row.body).get("soc2020", "")))
        if group is not None:
            last[row.pupil_id] = group
    counts = Counter(last.values())
    hidden = hidden_cells(Tables({"hopes": {("told", group): n for group, n in counts.items()}}))
    return {
        group: None if {(ALL, ALL, group), ("hopes", "told", group)} & hidden else number
        for group, number in counts.items()
    }
