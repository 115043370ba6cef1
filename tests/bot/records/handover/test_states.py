"""The states of a hand-over, by themselves."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisers.handover import states
from bot.advisers.takeover import for_a_person, held_by_person
from bot.records.handover.states import ENDING, Change, Event, NotNow, State, answers, step
from bot.records.models import ENDINGS, STATES

WAYS = [
    ((Event.ASKED, Event.CONSENTED, Event.CLAIMED, Event.HANDED_BACK), State.BOT),
    ((Event.ASKED, Event.LEFT, Event.CLAIMED, Event.CLOSED), State.CLOSED),
    ((Event.CONSENTED, Event.WITHDRAWN), State.BOT),
    ((Event.CONSENTED, Event.LEFT, Event.LAPSED), State.BOT),
    ((Event.CONSENTED, Event.CLAIMED, Event.PASSED_ON, Event.PUT_BACK), State.WAITING),
    ((Event.CONSENTED, Event.CLAIMED, Event.SNOOZED, Event.RETURNED, Event.WOKEN), State.PERSON),
    ((Event.CONSENTED, Event.CLAIMED, Event.SNOOZED, Event.HANDED_BACK), State.BOT),
]


@pytest.mark.parametrize(("events", "end"), WAYS)
def test_the_ways_there_are(events: tuple[Event, ...], end: State):
    state = State.BOT
    for event in events:
        change = step(state, event)
        assert change == Change(event, state, change.after, ENDING.get(event))
        state = change.after
    assert state is end


def test_states_and_endings_are_those_of_the_store():
    assert tuple(State) == STATES
    assert set(ENDING.values()) == set(ENDINGS)
    assert states.step is step


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_what_cannot_happen_raises_and_says_no_more(state: State, event: Event):
    try:
        after = step(state, event).after
    except NotNow as problem:
        assert str(problem) == f"{event} in state {state}"
    else:
        assert after in State


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_only_a_person_or_its_reader_ends_what_a_person_holds(events: list[Event]):
    """No clock, and nobody who has not taken it, brings the bot back into a person's chat."""
    state = State.BOT
    for event in events:
        try:
            change = step(state, event)
        except NotNow:
            continue
        if change.before is State.PERSON and change.after is not State.PERSON:
            acts = (Event.HANDED_BACK, Event.CLOSED, Event.SNOOZED, Event.PUT_BACK)
            assert change.event in acts
        if change.after is State.PERSON and change.before is not State.PERSON:
            assert change.event in (Event.CLAIMED, Event.WOKEN, Event.PASSED_ON)
        state = change.after


def test_who_answers():
    assert [answers(state) for state in State] == [True, False, False, False, False]
    assert [held_by_person(state) for state in STATES] == [False, False, True, False, False]
    assert [for_a_person(state) for state in STATES] == [False, True, True, True, False]
