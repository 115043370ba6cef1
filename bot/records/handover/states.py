"""Who is to speak in a conversation, and what may change it. Pure: nothing here knows of a store.

The service answers in the state `bot` only. A wish for an answer later leaves the conversation
with the service (`left`); a wish to talk now does not (`consented`).
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Who is to speak: the service, a person who is waited for, a person, one later, nobody."""

    BOT = "bot"
    WAITING = "waiting"
    PERSON = "person"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Event(StrEnum):
    """What can happen to a hand-over."""

    ASKED = "asked"
    CONSENTED = "consented"
    LEFT = "left for later"
    CLAIMED = "claimed"
    PASSED_ON = "passed on"
    PUT_BACK = "put back"
    HANDED_BACK = "handed back"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    LAPSED = "lapsed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `ending` is how the hand-over ends with it, None while it goes on."""

    event: Event
    before: State
    after: State
    ending: str | None = None


class NotNow(Exception):
    """That cannot happen in this state. It names both and nothing else."""


ENDING = {
    Event.HANDED_BACK: "handed back",
    Event.CLOSED: "closed",
    Event.WITHDRAWN: "withdrawn",
    Event.LAPSED: "lapsed",
}

_BOT, _WAITING, _PERSON, _SNOOZED = State.BOT, State.WAITING, State.PERSON, State.SNOOZED
_STEPS: dict[Event, dict[State, State]] = {
    Event.ASKED: {_BOT: _BOT},
    Event.CONSENTED: {_BOT: _WAITING},
    # Also when the day is over: who waited is answered later, and the service speaks again.
    Event.LEFT: {_BOT: _BOT, _WAITING: _BOT},
    # From closed where a chat came to its longest life while a wish for an answer later stood.
    Event.CLAIMED: {_BOT: _PERSON, _WAITING: _PERSON, State.CLOSED: _PERSON},
    Event.PASSED_ON: {_PERSON: _PERSON, _SNOOZED: _PERSON},
    Event.PUT_BACK: {_PERSON: _WAITING, _SNOOZED: _WAITING},
    Event.HANDED_BACK: {_PERSON: _BOT, _SNOOZED: _BOT},
    Event.SNOOZED: {_PERSON: _SNOOZED},
    Event.WOKEN: {_SNOOZED: _PERSON},
    Event.WITHDRAWN: {_BOT: _BOT, _WAITING: _BOT, State.CLOSED: State.CLOSED},
    Event.CLOSED: {_PERSON: State.CLOSED, _SNOOZED: State.CLOSED},
    Event.LAPSED: {_BOT: _BOT, _WAITING: _BOT, State.CLOSED: State.CLOSED},
    Event.RETURNED: {_BOT: _BOT, _SNOOZED: _SNOOZED},
}


def step(state: State, event: Event) -> Change:
    """What the event makes of the state. Raises NotNow."""
    after = _STEPS[event].get(state)
    if after is None:
        raise NotNow(f"{event} in state {state}")
    return Change(event, state, after, ENDING.get(event))


def answers(state: str) -> bool:
    """Whether the service answers in that state; a line written in another is for a person."""
    return state == State.BOT
