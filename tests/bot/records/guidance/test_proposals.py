"""Proposals: only a yes makes a line, only once, and a no leaves nothing of the words."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.records.guidance.bodies import BodyWrong
from bot.records.guidance.lines import NoPupil, lines_of
from bot.records.guidance.proposals import (
    NoProposal,
    confirm_proposal,
    decline,
    lapse_proposals,
    last_declined,
    proposals_of,
    propose,
)
from bot.records.models import Proposal
from tests.bot.records.guidance.conftest import BODIES, NOW, SEALING, Held

LATER = NOW + timedelta(minutes=1)
FRIDAY = date(2026, 11, 27)


def offer(held: Held, kind: str = "action", **more):
    values = {"kind": kind, "body": BODIES[kind], "source": {"seq": 3}, "now": NOW}
    return held(propose, **{**values, **more})


def kept_words(held: Held) -> list[dict]:
    with held.engine.begin() as connection:
        return [SEALING.open(body) for body in connection.execute(select(Proposal.body)).scalars()]


def test_a_proposal_is_no_line(held: Held):
    row = offer(held, conversation_id="c", due_on=FRIDAY)
    assert held(lines_of) == []
    assert held(proposals_of) == [row]
    assert held(proposals_of, conversation_id="c") == [row]
    assert held(proposals_of, conversation_id="d") == []
    assert row.body.fields() == BODIES["action"]


def test_a_yes_makes_one_line(held: Held):
    row = offer(held, due_on=FRIDAY)
    line = held(confirm_proposal, row.id, LATER)
    assert line.body == row.body
    assert (line.provenance, line.confirmed_at, line.due_on) == ("service", LATER, FRIDAY)
    assert line.source == {"seq": 3, "proposal": row.id}
    assert held(lines_of) == [line]
    assert held(proposals_of) == []
    with pytest.raises(NoProposal):
        held(confirm_proposal, row.id, LATER)
    assert not held(decline, row.id, LATER)
    assert held(lines_of) == [line]
    assert kept_words(held) == [{}]


def test_a_no_leaves_nothing_of_the_words(held: Held):
    row = offer(held, "barrier")
    assert held.unsealed(last_declined, "barrier") is None
    assert held(decline, row.id, LATER)
    assert not held(decline, row.id, LATER)
    with pytest.raises(NoProposal):
        held(confirm_proposal, row.id, LATER)
    assert held(lines_of) == held(proposals_of) == []
    assert kept_words(held) == [{}]
    assert held.unsealed(last_declined, "barrier") == LATER
    assert held.unsealed(last_declined, "action") is None


def test_what_nobody_answers_lapses(held: Held):
    old, new = offer(held), offer(held, now=LATER)
    with held.engine.begin() as connection:
        assert lapse_proposals(connection, SEALING, held.school, LATER, LATER) == 1
        assert lapse_proposals(connection, SEALING, held.twin_school, LATER, LATER) == 0
    assert held(proposals_of) == [new]
    with pytest.raises(NoProposal):
        held(confirm_proposal, old.id, LATER)
    assert {} in kept_words(held)


def test_what_cannot_be_proposed(held: Held):
    with pytest.raises(ValueError, match="advice"):
        offer(held, "advice")
    with pytest.raises(BodyWrong):
        offer(held, body={"words": "x"})
    with held.engine.begin() as connection, pytest.raises(NoPupil):
        propose(
            connection,
            SEALING,
            held.school,
            held.twin,
            kind="note",
            body=BODIES["note"],
            source={},
            now=NOW,
        )
    assert held(proposals_of) == []
