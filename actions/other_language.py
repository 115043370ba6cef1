"""A message in another language: a sentence in that language, and a way to a person."""

from __future__ import annotations

from dataclasses import replace

from actions.ground import Ground
from actions.turn import Reply, Turn, message
from knowledge.languages import detect

ADVISER = "talk_to_adviser"


def other_language(turn: Turn, ground: Ground) -> Reply | None:
    """Say in the message's own language what this is and how to reach a person; else None.

    None as well where the message is English, or English besides: that is answered. The text
    carries its language and direction, so that it is shown and read aloud as it should be.
    """
    language = detect(turn.text) if turn.text else None
    if language is None:
        return None
    buttons = [(ground.wording.say("buttons.talk_to_adviser"), f"/{ADVISER}")]
    said = message("other_language", language.sentence, buttons=buttons)
    said |= {"lang": language.code, "dir": language.direction}
    memory = replace(turn.memory, asking=None, offered=tuple(buttons), misses=0)
    return Reply((said,), memory)
