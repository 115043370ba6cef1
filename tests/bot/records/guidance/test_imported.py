"""What came in a file and waits: each pupil's own, each school's own."""

from itertools import product

import pytest

from bot.records.guidance.imported import FILE, answer_imported, said_no_to, take_out, waiting_of
from bot.records.guidance.lines import NotTheirs, add_line, lines_of
from bot.records.guidance.proposals import NoProposal, decline, propose
from tests.bot.records.guidance.conftest import ADVICE, BODIES, NOW, SEALING, Held

WAITS = {
    "kind": "aspiration",
    "body": BODIES["aspiration"],
    "source": {"file": FILE, "on": "2026-07-17", "day": "2024-02-01", "said": "narwhals"},
    "now": NOW,
}


@pytest.mark.parametrize("yes", [True, False])
def test_nobody_answers_for_a_pupil_of_another_school(held: Held, yes: bool):
    waiting = held.of_twin(propose, **WAITS)
    for school, pupil in product((held.school, held.twin_school), (held.pupil, held.twin)):
        if (school, pupil) == (held.twin_school, held.twin):
            continue
        with held.engine.begin() as connection:
            whose = (connection, SEALING, school, pupil)
            assert waiting_of(*whose) == []
            with pytest.raises(NoProposal):
                answer_imported(*whose, waiting.id, yes, NOW)
    assert held.of_twin(waiting_of) == [waiting]
    assert held.of_twin(lines_of) == []


def test_a_no_of_another_schools_pupil_is_not_this_ones(held: Held):
    waiting = held.of_twin(propose, **WAITS)
    held.of_twin(decline, waiting.id, NOW)
    with held.engine.begin() as connection:
        assert said_no_to(connection, held.twin_school, held.twin) == {"narwhals"}
        assert said_no_to(connection, held.school, held.twin) == set()
        assert said_no_to(connection, held.twin_school, held.pupil) == set()


LINE = {"kind": "note", "body": BODIES["note"], "provenance": "import", "now": NOW}
OUT_OF_A_FILE = {"file": FILE, "on": "2026-07-17", "said": "narwhals"}


def test_nobody_takes_out_a_line_at_another_school(held: Held):
    line = held.of_twin(add_line, source=OUT_OF_A_FILE, **LINE)
    for school, pupil in product((held.school, held.twin_school), (held.pupil, held.twin)):
        if (school, pupil) == (held.twin_school, held.twin):
            continue
        with held.engine.begin() as connection:
            assert not take_out(connection, SEALING, school, pupil, line.id, NOW)
            assert said_no_to(connection, school, pupil) == set()
    assert held.of_twin(lines_of) == [line]


@pytest.mark.parametrize(
    ("source", "kept"), [(OUT_OF_A_FILE, {"narwhals"}), ({"said": "narwhals"}, set()), ({}, set())]
)
def test_only_of_what_came_in_a_file_a_no_stays(held: Held, source: dict, kept: set):
    line = held(add_line, source=source, **LINE)
    assert held(take_out, line.id, NOW)
    assert held(lines_of) == []
    with held.engine.begin() as connection:
        assert said_no_to(connection, held.school, held.pupil) == kept


def test_what_is_not_the_pupils_stays(held: Held):
    more = {"kind": "advice", "body": ADVICE, "provenance": "adviser"}
    line = held(add_line, source=OUT_OF_A_FILE, **{**LINE, **more})
    with pytest.raises(NotTheirs):
        held(take_out, line.id, NOW)
    assert held(lines_of) == [line]
    with held.engine.begin() as connection:
        assert said_no_to(connection, held.school, held.pupil) == set()
