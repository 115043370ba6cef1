"""A pupil of whom every table holds something, with words to look for."""

from datetime import date

from sqlalchemy import Connection, insert

from bot.records.conversations import add_conversation
from bot.records.entries import add_reply, admit
from bot.records.guidance.attachments import add_attachment
from bot.records.guidance.destinations import add_destination
from bot.records.guidance.invitations import invite
from bot.records.guidance.lines import KINDS, add_line, correct_line, dispute_line, finish_action
from bot.records.guidance.proposals import confirm_proposal, decline, propose
from bot.records.guidance.views import note_view
from bot.records.models import ConversationOwner, PupilSession, SignInCode
from bot.records.pupils import PupilDetails, update_pupil
from bot.records.sealing import Sealing
from tests.bot.records.guidance.conftest import ADVICE, BODIES, EXPERIENCE, NOW
from tests.bot.records.guidance.files import pdf
from tests.bot.records.guidance.full_of_advisers import fill_advisers


def fill(
    connection: Connection, sealing: Sealing, school: int, pupil: str, name: str, sentence: str
) -> str:
    """Put the name and the sentence wherever a pupil's words can stand; the conversation's id."""
    common = (connection, sealing, school, pupil)
    details = PupilDetails(given_name=name, family_name=name, email=f"{name}@school.example")
    update_pupil(*common, details, 2023, "10B", NOW)
    lines = {}
    for kind in KINDS:
        body = dict(BODIES[kind])
        for field in ("text", "title", "learnt", "evidence", "helper", "reflection"):
            if field in body:
                body[field] = f"{sentence} {name}"[:200]
        lines[kind] = add_line(
            *common,
            kind=kind,
            body=body,
            provenance={"advice": "adviser", "information": "service"}.get(kind, "pupil"),
            source={},
            now=NOW,
        ).id
    correct_line(*common, lines["decision"], {"text": f"{name}: {sentence}"}, NOW)
    correct_line(*common, lines["experience"], {**EXPERIENCE, "did": sentence}, NOW)
    finish_action(*common, lines["action"], "dropped", NOW, sentence)
    dispute_line(*common, lines["advice"], NOW, f"{name} sees it differently: {sentence}")
    for answer in (confirm_proposal, decline, None):
        row = propose(*common, kind="barrier", body={"text": sentence}, source={}, now=NOW)
        if answer is not None:
            answer(*common, row.id, NOW)
    add_destination(
        *common,
        kind="intended",
        category="employment",
        details={"place": name, "comment": sentence},
        year_group=11,
        reported_by="pupil",
        reported_on=date(2026, 11, 1),
        now=NOW,
    )
    invite(connection, school, pupil, years_after=0, new_hash=pupil[::-1] * 2, now=NOW, days=60)
    add_attachment(
        *common,
        content=pdf(f"{name}: {sentence}".encode()),
        kind="reference",
        title=f"{name}: {sentence}",
        file_name=f"{name}.pdf",
        given_by=sentence,
        now=NOW,
    )
    note_view(*common, name=ADVICE["adviser_name"], role="adviser", purpose="meeting", now=NOW)
    connection.execute(
        insert(SignInCode).values(
            school_id=school, pupil_id=pupil, code_key=pupil * 2, issued_at=NOW
        )
    )
    connection.execute(
        insert(PupilSession).values(
            token_hash=pupil[::-1] * 2,
            school_id=school,
            pupil_id=pupil,
            way="code",
            created_at=NOW,
            last_seen_at=NOW,
            ends_at=NOW,
        )
    )
    conversation = pupil[::-1]
    chat(connection, sealing, school, conversation, f"{name} says {sentence}")
    connection.execute(
        insert(ConversationOwner).values(
            conversation_id=conversation,
            school_id=school,
            pupil_id=pupil,
            from_seq=2,
            joined_at=NOW,
        )
    )
    fill_advisers(connection, sealing, school, pupil, conversation, name, sentence)
    return conversation


def chat(
    connection: Connection, sealing: Sealing, school: int, conversation: str, said: str
) -> None:
    """A conversation of one question and one answer with a button, both with those words."""
    add_conversation(
        connection,
        sealing,
        conversation_id=conversation,
        school_id=school,
        channel="web",
        scene={"audience": "pupil"},
        opening={"notice": {"text": "n"}, "greeting": {"text": "g"}},
        standing=[],
        now=NOW,
    )
    for sent in ("a", "b"):
        admit(connection, sealing, conversation, sent, text=said, payload=None, now=NOW)
    add_reply(
        connection,
        sealing,
        conversation,
        in_reply_to=1,
        messages=[{"text": said, "buttons": [{"title": said, "payload": f"/x {said}"}]}],
        meta={"intent": "pay", "words": said},
        now=NOW,
    )
