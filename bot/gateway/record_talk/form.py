"""Adding an experience: four short questions, one at a time. What is answered is kept sealed.

The answers so far are a proposal whose source says which question is next (`source["form"]`), so
that a restart loses nothing. It becomes a line only with the pupil's yes at the end.
"""

from bot.gateway.record_talk.offers import offer
from bot.gateway.record_talk.replies import Chat, Reply, button, gone, reply
from bot.records.guidance.bodies import BodyWrong
from bot.records.guidance.in_chat import proposal_of, rewrite_proposal
from bot.records.guidance.proposals import ProposalRow, decline, proposals_of, propose

STEPS = ("where", "when", "did", "learnt")


def begin(chat: Chat, kind: str, where: str | None, *, anew: bool = False) -> Reply:
    """Begin the form; one that was begun before can be gone on with."""
    say = chat.wording.say
    known = [one for one in proposals_of(*chat.whose) if "form" in one.source]
    if known and not anew:
        return reply(
            "form",
            say("record_talk.form_known"),
            button(say("record_talk.button_go_on"), "go_on", id=known[0].id),
            button(say("record_talk.button_new"), "new", kind=kind),
        )
    for one in known:
        decline(*chat.whose, one.id, chat.now)
    not_said = say("record_talk.not_said")
    draft = propose(
        *chat.whose,
        kind="experience",
        body={"type": kind, "where": where or not_said, "did": not_said, "learnt": not_said},
        source={
            "conversation": chat.conversation_id,
            "seq": chat.seq,
            "form": "when" if where else "where",
        },
        conversation_id=chat.conversation_id,
        now=chat.now,
    )
    return ask(chat, draft, first=True)


def ask(chat: Chat, draft: ProposalRow, *, first: bool = False) -> Reply:
    """The next question."""
    say, step = chat.wording.say, draft.source["form"]
    if step == "where":
        text = say("record_talk.form_where")
    elif step == "when":
        text = say("record_talk.form_when")
    elif step == "did":
        text = say("record_talk.form_did")
    else:
        text = say("record_talk.form_learnt")
    if first:
        text = f"{say('record_talk.form_begin')}\n\n{text}"
    return reply(
        "form",
        text,
        button(say("record_talk.button_skip"), "skip", id=draft.id, step=step),
        button(say("record_talk.button_stop"), "stop", id=draft.id),
        note={"awaits": "form", "id": draft.id},
    )


def again(chat: Chat, draft_id: str) -> Reply:
    """Start over with the first question, on the same experience."""
    draft = proposal_of(*chat.whose, draft_id)
    if draft is None:
        return gone(chat)
    source = {**draft.source, "form": STEPS[0]}
    return ask(chat, rewrite_proposal(chat.connection, chat.sealing, draft, source=source))


def go_on(chat: Chat, draft_id: str) -> Reply:
    """The question that was left open, or the yes that was."""
    draft = proposal_of(*chat.whose, draft_id)
    if draft is None:
        return gone(chat)
    return ask(chat, draft) if "form" in draft.source else offer(chat, draft)


def answered(chat: Chat, draft_id: str, typed: str | None, step: str | None = None) -> Reply:
    """The answer to the open question, None where it is skipped; then the next question.

    `step` is the question that a button skips: one that is no longer open is not skipped again.
    """
    draft = proposal_of(*chat.whose, draft_id)
    if draft is None:
        return gone(chat)
    now_at = draft.source.get("form")
    if now_at is None or step not in (None, now_at):
        return go_on(chat, draft_id)
    left = STEPS[STEPS.index(now_at) + 1 :]
    source = {key: value for key, value in draft.source.items() if key != "form"}
    if left:
        source["form"] = left[0]
    body = draft.body.fields()
    if typed is not None:
        body[now_at] = typed
    if now_at == "when":
        # Read now: what "last June" is depends on the day on which it was said.
        source.pop("day", None)
        day = None if typed is None else chat.reading.days.was(typed, chat.today)
        if day is not None:
            source["day"] = day.isoformat()
    try:
        draft = rewrite_proposal(chat.connection, chat.sealing, draft, body=body, source=source)
    except BodyWrong:
        too_long = reply("too_long", chat.wording.say("record_talk.too_long"))
        return too_long.then(ask(chat, draft))
    return ask(chat, draft) if left else offer(chat, draft)


def stop(chat: Chat, draft_id: str) -> Reply:
    """Nothing of the form is kept."""
    if not decline(*chat.whose, draft_id, chat.now):
        return gone(chat)
    return reply("stopped", chat.wording.say("record_talk.form_stopped"))


def is_of_form(chat: Chat, proposal_id: str) -> bool:
    """Whether what waits for a yes was filled in by the form."""
    found = proposal_of(*chat.whose, proposal_id)
    return found is not None and found.kind == "experience"
