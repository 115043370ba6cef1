"""The states of a hand-over, where those who stand on the rules look for them."""

from bot.records.handover.states import ENDING, Change, Event, NotNow, State, answers, step

__all__ = ["ENDING", "Change", "Event", "NotNow", "State", "answers", "step"]
