"""Asking for an adviser without a chat."""

import httpx
import pytest

from bot.records.handover.referrals import referrals
from bot.records.models import AuditEvent, Mail
from bot.records.staff import StaffDetails, add_staff
from tests.bot.channels.web.enrolled import Enrolled, now

GIVEN = {
    "name": "Sam Parent",
    "reached": "sam@home.example",
    "reason": "Which college is near?",
    "urgency": "2",
}


@pytest.fixture
def school(client: httpx.AsyncClient):
    found = Enrolled(client.folder)  # type: ignore[attr-defined]
    with found.engine.begin() as connection:
        details = StaffDetails(name="Plinth", email="plinth@school.example")
        add_staff(
            connection, found.sealing, found.school_id, details, now=now(), roles=("adviser",)
        )
    yield found
    found.close()


def kept(school: Enrolled):
    with school.engine.begin() as connection:
        return referrals(connection, school.sealing, school.school_id)


async def test_a_parents_question_is_passed_on_and_tied_to_nobody(client, school):
    page = await client.get("/ask-adviser")
    assert page.status_code == 200
    assert "not secret" in page.text
    assert "<script" not in page.text
    sent = await client.post("/ask-adviser", data=GIVEN)
    assert (sent.status_code, sent.headers["location"]) == (303, "/ask-adviser?sent=1")
    assert "Passed on" in (await client.get("/ask-adviser?sent=1")).text
    (row,) = kept(school)
    assert (row.origin, row.pupil_id, row.name, row.reached, row.reason, row.urgency) == (
        "parent", None, "Sam Parent", "sam@home.example", "Which college is near?", 2,
    )  # fmt: skip
    (mail,) = school.rows(Mail)
    told = school.sealing.open(mail.message)
    assert told["to"] == "plinth@school.example"
    assert not any(word in str(told) for word in ("Sam", "college"))
    assert [event.action for event in school.rows(AuditEvent)] == ["referral made"]


async def test_what_is_missing_or_too_long_is_told_and_nothing_typed_is_lost(client, school):
    for changes in ({"name": ""}, {"reason": "  "}, {"reached": "x" * 200}):
        answer = await client.post("/ask-adviser", data={**GIVEN, **changes})
        assert answer.status_code == 422
        assert "not sent yet" in answer.text
        if "reason" not in changes:
            assert "Which college is near?" in answer.text
    assert kept(school) == []


async def test_a_cry_for_help_is_answered_and_passed_on(client, school):
    reason = "i want to kill myself"
    answer = await client.post("/ask-adviser", data={**GIVEN, "reason": reason})
    assert answer.status_code == 200
    assert "<strong>999</strong>" in answer.text
    assert [row.reason for row in kept(school)] == [reason]


async def test_few_from_one_address_and_none_from_elsewhere(client, school):
    origin = {"Origin": "https://elsewhere.example"}
    assert (await client.post("/ask-adviser", data=GIVEN, headers=origin)).status_code == 403
    codes = [(await client.post("/ask-adviser", data=GIVEN)).status_code for _ in range(14)]
    assert codes[0] == 303
    assert codes[-1] == 429
    assert 10 <= len(kept(school)) <= 11


async def test_a_school_without_advisers_says_whom_to_ask(client):
    assert "the school's office" in (await client.get("/ask-adviser")).text.replace("&#39;", "'")
    answer = await client.post("/ask-adviser", data=GIVEN)
    assert answer.status_code == 200
    assert "no advisers" in answer.text
