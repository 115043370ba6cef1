"""What the service told: one line for each answer and day, with its figures and facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.gateway.messages import Message
from bot.gateway.record_talk.replies import Chat
from bot.records.entries import EntryRow
from bot.records.guidance.bodies import BodyWrong, Figure, Information, body_of
from bot.records.guidance.lines import add_line, day_in_england, lines_of
from knowledge.answers import Answers, facts_in
from knowledge.checking import is_guidance

MOST_JOBS = 3
"""Jobs that a line is named for."""


def keep_told(
    chat: Chat,
    library: Answers,
    messages: Sequence[Message],
    meta: Mapping[str, Any],
    payload: str | None,
) -> int:
    """Keep what the messages told, unless it is in the record of that day; how many lines."""
    told = (_told(chat, library, one, meta, payload) for one in messages)
    return _keep([(chat, body) for body in told if body is not None])


def keep_told_before(chat: Chat, library: Answers, entries: Sequence[EntryRow]) -> int:
    """Keep what the entries of the chat told before it was a pupil's, each on its day.

    Figures and facts are those of that day. Gives how many lines.
    """
    pressed = {one.seq: one.body.get("payload") for one in entries}
    told = []
    for one in entries:
        if one.sender != "service" or one.in_reply_to is None:
            continue
        then = replace(chat, seq=one.in_reply_to, today=day_in_england(one.created_at))
        for message in one.body["messages"]:
            body = _told(then, library, message, one.meta or {}, pressed.get(one.in_reply_to))
            if body is not None:
                told.append((then, body))
    return _keep(told)


def _keep(told: Sequence[tuple[Chat, Information]]) -> int:
    """Keep those that the pupil's record does not have on their day."""
    if not told:
        return 0
    known = {
        (line.happened_on, line.body.answers, line.body.title)
        for line in lines_of(*told[0][0].whose, kinds=["information"])
        if isinstance(line.body, Information)
    }
    kept = 0
    for chat, body in told:
        key = (chat.today, body.answers, body.title)
        if key in known:
            continue
        known.add(key)
        add_line(
            *chat.whose,
            kind="information",
            body=body.fields(),
            provenance="service",
            source={
                "conversation": chat.conversation_id,
                "seq": chat.seq,
                "answers": list(body.answers),
            },
            happened_on=chat.today,
            now=chat.now,
        )
        kept += 1
    return kept


def _told(
    chat: Chat, library: Answers, message: Message, meta: Mapping[str, Any], payload: str | None
) -> Information | None:
    answer_id = message["answer"]
    if not answer_id:
        return None
    answer = library[answer_id] if answer_id in library else None  # noqa: SIM401
    authored = answer is not None and is_guidance(answer)
    figures = list(_figures(message))
    if not (authored or figures):
        return None
    title = answer.title if answer is not None and authored else answer_id.replace("_", " ")
    title = title[:1].upper() + title[1:]
    jobs = [str(job.get("title") or "") for job in meta.get("jobs") or ()]
    if not authored and any(jobs):
        about = ", ".join(filter(None, jobs[:MOST_JOBS]))
        title = chat.wording.say("record_talk.told_about", topic=title, about=about)
    facts = []
    if answer is not None:
        more = payload is not None and '"more"' in payload
        for fact_id in facts_in(answer.more if more else answer.text):
            facts.append({"id": fact_id, "value": library.facts.on(fact_id, chat.today).text})
    try:
        found = body_of(
            "information",
            {
                "title": title[:200],
                "answers": [answer_id],
                "figures": [figure.fields() for figure in figures],
                "facts": facts,
            },
        )
    except BodyWrong:
        return None
    return found if isinstance(found, Information) else None


def _figures(message: Message) -> Iterator[Figure]:
    """The figures of a message that say what a line of the record needs."""
    publishers = [source.get("publisher") for source in message["sources"] or ()]
    for given in message["figures"] or ():
        fields = {
            "label": given.get("label"),
            "value": given.get("value"),
            "unit": str(given.get("unit") or "").replace("GBP", "£"),
            "year": given.get("year"),
            "publisher": given.get("publisher") or next(filter(None, publishers), None),
        }
        try:
            yield Figure.model_validate(fields)
        except ValueError:
            continue
