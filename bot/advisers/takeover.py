"""Takeover: whether a person holds a conversation, or is waited for in it."""

from bot.records.handover.states import State

HELD_BY_PERSON = State.PERSON.value
SNOOZED = State.SNOOZED.value
FOR_A_PERSON = (State.WAITING.value, State.PERSON.value, State.SNOOZED.value)


def held_by_person(state: str) -> bool:
    """True when a person holds the conversation, so that the bot stays silent."""
    return state == HELD_BY_PERSON


def for_a_person(state: str) -> bool:
    """True when what is written in that state is meant for a person, there or awaited."""
    return state in FOR_A_PERSON
