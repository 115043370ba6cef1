"""Everything held of a pupil, as one document."""

import json

from sqlalchemy import insert, select, update

from bot.records.guidance.bundle import SCHEMA, VERSION, bundle_of, with_memory
from bot.records.guidance.erasure import OF_A_PUPIL
from bot.records.guidance.lines import KINDS
from bot.records.models import ConversationOwner, Proposal
from tests.bot.records.guidance.conftest import NOW, SEALING, Held
from tests.bot.records.guidance.full import chat, fill

NAME, SENTENCE = "Xanthippe", "wants to count narwhals"


def test_holds_everything_in_json(held: Held):
    conversation = held(fill, NAME, SENTENCE)
    found = held(bundle_of, NOW)
    assert json.loads(json.dumps(found)) == found
    assert (found["schema"], found["version"], found["school"]) == (
        *(SCHEMA, VERSION),
        {"name": "one"},
    )
    assert found["pupil"]["given_name"] == NAME
    assert found["pupil"]["email"] == f"{NAME}@school.example"
    assert found["derived"] == {"year_group": 10, "has_left": False}
    assert {line["kind"] for line in found["lines"]} == set(KINDS)
    (decision,) = (line for line in found["lines"] if line["kind"] == "decision")
    assert decision["body"] == {"text": f"{NAME}: {SENTENCE}"}
    assert [one["body"]["text"] for one in decision["earlier"]] == [f"{SENTENCE} {NAME}"]
    assert sorted(str(one["outcome"]) for one in found["proposals"]) == [
        *("None", "confirmed", "declined"),
    ]
    (destination,) = found["destinations"]
    assert destination["details"] == {"place": NAME, "comment": SENTENCE}
    (view,) = found["views"]
    assert view["role"] == "adviser"
    assert len(found["sign_in"]["codes"]) == len(found["sign_in"]["sessions"]) == 1
    (talk,) = found["conversations"]
    assert talk["id"] == conversation
    # What a guest said before is nobody's; what was derived from the pupil's words is told.
    assert [entry["seq"] for entry in talk["entries"]] == [2, 3]
    assert talk["entries"][1]["read_as"]["intent"] == "pay"


def test_every_row_of_every_table_is_in_it(held: Held):
    """A table that is forgotten here would be a table that a pupil cannot see."""
    held(fill, NAME, SENTENCE)
    found = held(bundle_of, NOW)
    shown = {
        "record_lines": found["lines"],
        "proposals": found["proposals"],
        "destinations": found["destinations"],
        "destination_invitations": found["destination_links"],
        "attachments": found["attachments"],
        "record_views": found["views"],
        "sign_in_codes": found["sign_in"]["codes"],
        "pupil_sessions": found["sign_in"]["sessions"],
        "conversation_owners": found["conversations"],
    }
    assert set(shown) == {table.__tablename__ for table in OF_A_PUPIL}
    with held.engine.begin() as connection:
        for table in OF_A_PUPIL:
            rows = connection.execute(select(table.__table__)).all()
            assert len(rows) == len(shown[table.__tablename__]) > 0


def test_hashes_of_codes_and_tokens_are_not_in_it(held: Held):
    held(fill, NAME, SENTENCE)
    told = json.dumps(held(bundle_of, NOW))
    assert held.pupil * 2 not in told
    assert held.pupil[::-1] * 2 not in told


def test_a_waiting_offer_has_its_words(held: Held):
    held(fill, NAME, SENTENCE)
    offered = {one["outcome"]: one["body"] for one in held(bundle_of, NOW)["proposals"]}
    assert offered == {None: {"text": SENTENCE}, "confirmed": {}, "declined": {}}
    with held.engine.begin() as connection:
        connection.execute(update(Proposal).values(outcome="lapsed", answered_at=NOW))
    assert {one["outcome"] for one in held(bundle_of, NOW)["proposals"]} == {"lapsed"}


def test_none_for_nobody_and_nothing_of_other_pupils(held: Held):
    with held.engine.begin() as connection:
        assert bundle_of(connection, None, held.school, "0" * 32, NOW) is None
        chat(connection, SEALING, held.school, "g" * 32, "a guest")
        chat(connection, SEALING, held.twin_school, "h" * 32, SENTENCE)
        connection.execute(
            insert(ConversationOwner).values(
                conversation_id="h" * 32,
                school_id=held.twin_school,
                pupil_id=held.twin,
                from_seq=1,
                joined_at=NOW,
            )
        )
    found = held(bundle_of, NOW)
    assert found["conversations"] == found["lines"] == []
    assert SENTENCE not in json.dumps(found)


def test_what_the_engine_remembers_stands_with_its_chat(held: Held):
    conversation = held(fill, NAME, SENTENCE)
    bundle = held(bundle_of, NOW)
    memory = {"slots": {"topic": "pay"}, "form": None, "turns": 1, "last_turn_at": "x"}
    whole = with_memory(bundle, {conversation: memory}, "away")
    assert whole["memory"] == {"asked": True, "note": None}
    assert [talk["memory"] for talk in whole["conversations"]] == [memory]
    without = with_memory(bundle, {conversation: None}, "away")
    assert [talk["memory"] for talk in without["conversations"]] == [None]
    away = with_memory(bundle, None, "Later.")
    assert away == {**bundle, "memory": {"asked": False, "note": "Later."}}


def test_what_was_said_is_told_in_words(held: Held):
    held(fill, NAME, SENTENCE)
    (talk,) = held(bundle_of, NOW)["conversations"]
    said = f"{NAME} says {SENTENCE}"
    assert [entry["messages"][0]["text"] for entry in talk["entries"]] == [said, said]
    assert talk["entries"][0]["read_as"] is None
