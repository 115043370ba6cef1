"""Everything held of a pupil, as one document."""

import json

from sqlalchemy import insert, select, update

from bot.advisers.meetings.plan_form import Plan
from bot.records.belongings import OF_A_PUPIL
from bot.records.guidance.bundle import SCHEMA, VERSION, bundle_of, with_memory
from bot.records.guidance.lines import KINDS
from bot.records.models import ActionPlan, ConversationOwner, Meeting, Proposal, Referral
from bot.records.staff import StaffDetails, add_staff
from tests.bot.records.guidance.conftest import NOW, SEALING, Held
from tests.bot.records.guidance.full import chat, fill
from tests.bot.records.guidance.full_of_advisers import PRIVATE, plan_that_says

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
        "meetings": found["meetings"],
        "waiting_places": found["waiting_places"],
        "referrals": found["referrals"],
    }
    # Of the audit the pupil has the looks; what staff did beside is for the school to tell.
    tables = [table for table in OF_A_PUPIL if table.__tablename__ != "audit_details"]
    assert set(shown) == {table.__tablename__ for table in tables}
    with held.engine.begin() as connection:
        for table in tables:
            rows = connection.execute(select(table.__table__)).all()
            assert len(rows) == len(shown[table.__tablename__]) > 0


def test_meetings_with_plans_and_sign_offs(held: Held):
    held(fill, NAME, SENTENCE)
    (meeting,) = held(bundle_of, NOW)["meetings"]
    assert (meeting["state"], meeting["begins_at"]) == ("signed off", NOW.isoformat())
    assert (meeting["talk"], meeting["with"]) == (SENTENCE, None)
    plan = meeting["plan"]
    said = plan_that_says(f"{NAME}: {SENTENCE}")
    assert said.pop("private_note")
    assert plan["says"] == said
    assert Plan.model_validate(said).model_dump(mode="json") == said  # as they are made
    assert plan["comment"] == {"text": f"{NAME}: {SENTENCE}"}
    assert (plan["agreed_version"], plan["follow_up_on"]) == (2, "2027-01-20")
    assert [one["name"] for one in meeting["asked_along"]] == [f"{NAME}'s aunt"]
    assert [one["who"] for one in meeting["plan_shared_with"]] == ["tutor"]
    assert meeting["sign_off"]["adviser"] == {"name": "Quorra Plinth", "register_number": "CDI-1"}
    assert (meeting["sign_off"]["minutes"], meeting["sign_off"]["level"]) == (35, 6)


def test_a_plan_is_in_it_once_it_was_given(held: Held):
    held(fill, NAME, SENTENCE)
    with held.engine.begin() as connection:
        connection.execute(update(ActionPlan).values(version=3))
    (meeting,) = held(bundle_of, NOW)["meetings"]
    assert meeting["plan"]["says"] is None
    assert meeting["plan"]["version"] == 3


def test_hand_overs_and_opinions_stand_with_their_chat(held: Held):
    held(fill, NAME, SENTENCE)
    (talk,) = held(bundle_of, NOW)["conversations"]
    (handover,) = talk["handovers"]
    assert handover["request"] == {"reason": SENTENCE, "called": NAME}
    assert (handover["asked_by"], handover["ending"]) == ("reader", "closed")
    assert [one["what"] for one in handover["changes"]] == ["asked"]
    assert [entry["opinion"] for entry in talk["entries"]] == [
        None,
        {"helpful": False, "why": {"text": SENTENCE}, "at": NOW.isoformat()},
    ]


def test_what_staff_wrote_for_each_other_is_not_in_it(held: Held):
    held(fill, NAME, SENTENCE)
    found = held(bundle_of, NOW)
    assert PRIVATE not in json.dumps(found)
    assert "money" not in json.dumps(found["conversations"])
    (referral,) = found["referrals"]
    assert (referral["asked_by"], referral["details"]) == ("tutor", None)
    with held.engine.begin() as connection:
        connection.execute(update(Referral).values(origin="pupil"))
    (referral,) = held(bundle_of, NOW)["referrals"]
    assert SENTENCE in referral["details"]["reason"]


def test_who_gives_a_meeting_is_named_while_they_are_there(held: Held):
    held(fill, NAME, SENTENCE)
    with held.engine.begin() as connection:
        staff = add_staff(
            connection,
            SEALING,
            held.school,
            StaffDetails("Quorra Plinth", "q@school.example", register_number="CDI-1"),
            now=NOW,
            roles=("adviser",),
            level=6,
            register_expires=NOW.date(),
        )
        connection.execute(update(Meeting).values(staff_id=staff.id))
    (meeting,) = held(bundle_of, NOW)["meetings"]
    assert meeting["with"] == {"name": "Quorra Plinth", "role": "careers adviser"}


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
