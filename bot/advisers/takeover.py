"""Takeover: whether a person holds a conversation.

Nothing sets the state yet: the queue and the console will. The gateway already asks, so that a
bot's reply can never cross a person's.
"""

HELD_BY_PERSON = "person"


def held_by_person(state: str) -> bool:
    """True when a person holds the conversation, so that the bot stays silent."""
    return state == HELD_BY_PERSON
