"""What is read of one pupil is found by the pupil, however many others the school has."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.records.guidance.attachments import attachments_of
from bot.records.guidance.destinations import destinations_of
from bot.records.guidance.lines import lines_of, versions_of_pupil
from bot.records.guidance.proposals import proposals_of
from bot.records.guidance.views import views_of
from bot.records.pupils import find_pupil
from tests.bot.records.guidance.conftest import Held

OF_A_PUPIL = (
    find_pupil,
    lines_of,
    versions_of_pupil,
    proposals_of,
    destinations_of,
    attachments_of,
    views_of,
)


@pytest.mark.parametrize("work", OF_A_PUPIL, ids=lambda work: work.__name__)
def test_no_query_goes_over_the_whole_school(held: Held, work: Callable[..., Any]):
    asked: list[tuple[str, Any]] = []

    def note(
        connection: Connection, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    event.listen(held.engine, "before_cursor_execute", note)
    held(work)
    event.remove(held.engine, "before_cursor_execute", note)
    assert asked
    with held.engine.begin() as connection:
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [row[3] for row in plan]
            searched = [step for step in steps if step.startswith(("SEARCH", "SCAN"))]
            assert all("(id=? " in s or "pupil_id=?" in s or "line_id=?" in s for s in searched)
