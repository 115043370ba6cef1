"""What the talk about a person says: sentences of the content file, and a note of what is open."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.advisers.opening_hours import ENGLAND, OpeningHours
from bot.gateway.adviser_talk.wish import Wish, payload
from bot.gateway.messages import Message, whole
from knowledge.facts import day_told
from knowledge.wording import Wording


@dataclass(frozen=True, slots=True)
class Reply:
    """Messages, and what to note with them. `carry_on` is a question for the engine instead."""

    messages: tuple[Message, ...] = field(repr=False)
    note: dict[str, Any] = field(default_factory=dict)
    carry_on: str | None = field(default=None, repr=False)
    changed: bool = False


def button(title: str, do: str, wish: Wish | None = None, **more: Any) -> dict[str, str]:
    """A button that this talk answers itself."""
    return {"title": title, "payload": payload(do, wish, **more)}


def reply(
    name: str,
    text: str,
    *buttons: dict[str, str],
    note: dict[str, Any] | None = None,
    changed: bool = False,
) -> Reply:
    """One message as a reply. `name` tells an operator what it is."""
    message = whole({"answer": f"adviser_{name}", "text": text, "buttons": list(buttons)})
    return Reply((message,), note or {}, changed=changed)


def told_moment(at: datetime, now: datetime) -> str:
    """A moment as a reader is told it: "today at 08:30", "Monday 7 December at 08:30"."""
    here, today = at.astimezone(ENGLAND), now.astimezone(ENGLAND).date()
    clock = f"{here:%H:%M}"
    if here.date() == today:
        return f"today at {clock}"
    if here.date() == today + timedelta(days=1):
        return f"tomorrow at {clock}"
    return f"{here:%A} {day_told(here.date())} at {clock}"


def told_when(wording: Wording, hours: OpeningHours, now: datetime) -> str:
    """When somebody answers: soon while advisers are there, else from the next opening on."""
    opens = None if hours.is_open(now) else hours.next_opening(now)
    if opens is None:
        return wording.say("adviser_talk.when_soon")
    return wording.say("adviser_talk.when_open", opens=told_moment(opens, now))


def told_wait(wording: Wording, usual: timedelta | None) -> str:
    """How long it takes as a rule, where that is known."""
    if usual is None:
        return wording.say("adviser_talk.wait_unknown")
    minutes = max(1, -(-int(usual.total_seconds()) // 60))
    if minutes <= 2:
        return wording.say("adviser_talk.wait_short")
    return wording.say("adviser_talk.wait_usual", minutes=minutes)


def form_link(wording: Wording, base: str) -> str:
    """Where somebody leaves a question without a chat; a link leads to https addresses only."""
    address = f"{base}/ask-adviser"
    if base.startswith("https://"):
        return wording.say("adviser_talk.form_link", address=address)
    return wording.say("adviser_talk.form_plain", address=address)
