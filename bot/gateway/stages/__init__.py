"""The stages of a message's way: each a small function of a turn and the gateway's desk."""

from bot.gateway.stages.admit import admit
from bot.gateway.stages.adviser_talk import adviser_said, adviser_told
from bot.gateway.stages.ask_engine import ask_engine
from bot.gateway.stages.audit import audit
from bot.gateway.stages.deliver import deliver
from bot.gateway.stages.limit import limit
from bot.gateway.stages.meeting_talk import meeting_said, meeting_told
from bot.gateway.stages.normalise import normalise
from bot.gateway.stages.record_talk import record_said, record_told
from bot.gateway.stages.safeguard import safeguard
from bot.gateway.stages.store_reply import store_reply
from bot.gateway.stages.takeover import takeover

ARRIVAL = (safeguard, normalise, limit, admit)
"""From what was sent to an entry in the transcript. Safeguarding first, on the raw text."""

REPLY = (
    safeguard,
    takeover,
    meeting_said,
    adviser_said,
    record_said,
    ask_engine,
    meeting_told,
    adviser_told,
    record_told,
)
"""Who answers, and what: passed over from where one of them settles the turn."""

TERMINAL = (store_reply, deliver, audit)
"""Always: what became of the turn is stored, told and accounted for."""

__all__ = ["ARRIVAL", "REPLY", "TERMINAL", "audit"]
