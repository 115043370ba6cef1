"""Offering a line, and the pupil's answer to it: yes, change it, or no. Only a yes adds it."""

from collections.abc import Sequence
from datetime import date

from bot.gateway.record_talk.replies import Chat, Reply, button, gone, reply, text_of, told_day
from bot.gateway.record_talk.saying import LONGEST, Said
from bot.records.guidance.bodies import Experience
from bot.records.guidance.in_chat import LineSeen, proposal_of, rewrite_proposal, was_declined
from bot.records.guidance.lines import RecordLineRow, lines_of
from bot.records.guidance.proposals import (
    NoProposal,
    ProposalRow,
    confirm_proposal,
    decline,
    proposals_of,
    propose,
)

BETWEEN = 6
"""Messages of the pupil from one offer, or from a no, to the next offer."""
MOST_LATER = 3
"""Lines of one conversation that wait for a moment to be offered."""


def helped(lines: Sequence[LineSeen]) -> bool:
    """Whether the safeguarding screen answered in the conversation: then nothing is offered."""
    return any(line.noted.helped for line in lines)


def may_offer(chat: Chat, lines: Sequence[LineSeen]) -> bool:
    """Whether the moment is one for an offer."""
    if helped(lines):
        return False
    last = max((s.seq for s in lines if s.note.keys() & {"offered", "refused"}), default=None)
    if last is None:
        return True
    since = sum(line.sender == "reader" and last < line.seq <= chat.seq for line in lines)
    return since >= BETWEEN


def key_of(chat: Chat, kind: str, text: str) -> str:
    """A keyed hash by which the same words are known again when they are no longer kept."""
    return chat.sealing.lookup("said", f"{kind} {text}")


def same_line(chat: Chat, kind: str, text: str) -> RecordLineRow | None:
    """A line of the record that says the same and has not ended."""
    key = key_of(chat, kind, text)
    for line in lines_of(*chat.whose, kinds=[kind]):
        if line.status in ("open", "standing") and key_of(chat, kind, text_of(line.body)) == key:
            return line
    return None


def waiting(
    chat: Chat, said: Said, *, later: bool = False, soc2020: int | None = None
) -> ProposalRow | None:
    """What was said as a proposal. None where it is in the record, or the pupil said no to it."""
    key = key_of(chat, said.kind, said.text)
    refused = was_declined(chat.connection, chat.school_id, chat.pupil_id, said.kind, key)
    if refused or same_line(chat, said.kind, said.text) is not None:
        return None
    known = proposals_of(*chat.whose)
    for one in known:
        if one.kind == said.kind and one.source.get("said") == key:
            return one
    here = [one for one in known if one.conversation_id == chat.conversation_id]
    if later and sum("later" in one.source for one in here) >= MOST_LATER:
        return None
    body: dict[str, object] = {"text": said.text}
    if said.kind == "aspiration" and soc2020 is not None:
        body["soc2020"] = soc2020
    source = {"conversation": chat.conversation_id, "seq": chat.seq, "said": key}
    return propose(
        *chat.whose,
        kind=said.kind,
        body=body,
        source={**source, "later": True} if later else source,
        due_on=said.due_on,
        conversation_id=chat.conversation_id,
        now=chat.now,
    )


def kept_for_later(chat: Chat) -> ProposalRow | None:
    """The oldest line of this conversation that waits for a moment to be offered."""
    here = proposals_of(*chat.whose, conversation_id=chat.conversation_id)
    return next((one for one in reversed(here) if one.source.get("later")), None)


def offer(
    chat: Chat, proposal: ProposalRow, words: str | None = None, *, earlier: bool = False
) -> Reply:
    """Ask whether to add the line. `words` are the pupil's own, where they have just been said."""
    source = {key: value for key, value in proposal.source.items() if key != "later"}
    proposal = rewrite_proposal(chat.connection, chat.sealing, proposal, source=source)
    say = chat.wording.say
    text = _offered(chat, proposal, words)
    if proposal.due_on is not None:
        text = say("record_talk.offer_due", offer=text, day=told_day(proposal.due_on))
    if earlier:
        text = say("record_talk.offer_earlier", offer=text)
    return reply(
        "offer",
        text,
        button(say("record_talk.button_yes"), "confirm", id=proposal.id),
        button(say("record_talk.button_change"), "change", id=proposal.id),
        button(say("record_talk.button_no"), "no", id=proposal.id),
        note={"offered": proposal.id},
    )


def _offered(chat: Chat, proposal: ProposalRow, words: str | None) -> str:
    say, body = chat.wording.say, proposal.body
    if isinstance(body, Experience):
        not_said = say("record_talk.not_said")
        return say(
            "record_talk.offer_experience",
            where=body.where,
            when=body.when or not_said,
            did=body.did,
            learnt=body.learnt,
        )
    text = text_of(body)
    plain = chat.reading.words.turned(text[:1].lower() + text[1:])
    if proposal.source.get("own"):
        return say("record_talk.offer_note", words=text)
    if proposal.kind == "action":
        return say("record_talk.offer_action", words=words or plain)
    if proposal.kind == "aspiration":
        return say("record_talk.offer_aspiration", words=words or plain)
    if proposal.kind == "decision":
        before = say("record_talk.line_decision", words="").lower()
        return say("record_talk.offer_decision", words=words or plain.removeprefix(before).strip())
    return say("record_talk.offer_note", words=text)


def confirm(chat: Chat, proposal_id: str) -> Reply | None:
    """The pupil's yes: the line enters the record, once. None for a form that is not filled in."""
    proposal = proposal_of(*chat.whose, proposal_id)
    say = chat.wording.say
    if proposal is None:
        return _answered_before(chat, proposal_id)
    if "form" in proposal.source:
        return None
    plain = not isinstance(proposal.body, Experience)
    if plain and same_line(chat, proposal.kind, text_of(proposal.body)) is not None:
        decline(*chat.whose, proposal_id, chat.now)
        return reply("there", say("record_talk.there_already"))
    try:
        line = confirm_proposal(*chat.whose, proposal_id, chat.now, happened_on=_was_on(proposal))
    except NoProposal:
        # The page of the record was quicker.
        return _answered_before(chat, proposal_id)
    text = text_of(line.body)
    if line.due_on is None:
        told = say("record_talk.added", text=text)
    else:
        told = say("record_talk.added_due", text=text, day=told_day(line.due_on))
    how = say("record_talk.added_how")
    return reply("added", f"{told}\n\n{how}", note={"added": line.id})


def _was_on(proposal: ProposalRow) -> date | None:
    """The day of an experience, where the pupil's words name one (record_talk/form.py)."""
    day = proposal.source.get("day")
    return None if day is None else date.fromisoformat(day)


def _answered_before(chat: Chat, proposal_id: str) -> Reply:
    added = any(line.source.get("proposal") == proposal_id for line in lines_of(*chat.whose))
    if added:
        return reply("there", chat.wording.say("record_talk.there_already"))
    return gone(chat)


def refuse(chat: Chat, proposal_id: str) -> Reply:
    """The pupil's no: nothing of it is kept, and it is not offered again."""
    if not decline(*chat.whose, proposal_id, chat.now):
        return gone(chat)
    return reply("no", chat.wording.say("record_talk.not_added"), note={"refused": True})


def ask_words(chat: Chat, proposal_id: str) -> Reply:
    """Ask for the pupil's own words in place of the offered ones."""
    if proposal_of(*chat.whose, proposal_id) is None:
        return gone(chat)
    text = chat.wording.say("record_talk.ask_words")
    return reply("words", text, note={"awaits": "words", "id": proposal_id})


def new_words(chat: Chat, proposal_id: str, typed: str) -> Reply:
    """The pupil's own words: a new line is offered in place of the old one."""
    proposal = proposal_of(*chat.whose, proposal_id)
    if proposal is None:
        return gone(chat)
    if len(typed) > LONGEST:
        text = chat.wording.say("record_talk.too_long")
        return reply("too_long", text, note={"awaits": "words", "id": proposal_id})
    text, due_on = own_words(chat, proposal.kind, typed)
    # A new one, so that the buttons under the old words cannot say yes to the new ones.
    decline(*chat.whose, proposal_id, chat.now)
    if same_line(chat, proposal.kind, text) is not None:
        return reply("there", chat.wording.say("record_talk.there_already"))
    fields = {**proposal.body.fields(), "text": text}
    fields.pop("soc2020", None)
    new = propose(
        *chat.whose,
        kind=proposal.kind,
        body=fields,
        source={
            "conversation": chat.conversation_id,
            "seq": chat.seq,
            "said": key_of(chat, proposal.kind, text),
            "own": True,
        },
        due_on=due_on or proposal.due_on,
        conversation_id=chat.conversation_id,
        now=chat.now,
    )
    return offer(chat, new)


def own_words(chat: Chat, kind: str, typed: str) -> tuple[str, date | None]:
    """What a pupil typed as the text of a line, and the day in it where the line has one."""
    said = chat.reading.sayings.read(typed, chat.today)
    if said is not None and said.kind == kind and not said.rest:
        return said.text, said.due_on
    words = chat.reading.words
    text = words.named(words.spelt(typed)).strip(" .,;")
    due = chat.reading.days.find(text, chat.today) if kind == "action" else None
    text = text or typed.strip()
    return text[:1].upper() + text[1:], due.day if due else None
