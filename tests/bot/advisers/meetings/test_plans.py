"""Plans: whole, read and agreed to by the pupil, in the record and to others only by a yes."""

import io
from datetime import date

import pypdf
import pytest

from bot.advisers.meetings.booking import hold
from bot.advisers.meetings.plan_form import PlanWrong, checked, routes_for
from bot.advisers.meetings.plans import (
    MOST_SHARES,
    NotYet,
    agree,
    comment,
    give,
    given_plan,
    plan_pdf,
    said_in,
    share,
    unshare,
    write,
)
from bot.records.audit.search import search
from bot.records.guidance.lines import lines_of
from bot.records.meetings.plans import shares_of
from bot.records.meetings.rows import NoMeeting
from tests.bot.advisers.meetings.diary import NOTICES, Diary, at

SAID = {
    "agreed_to_talk": "Ways into looking after zebras",
    "explored": "What a day is like.\nWhich subjects count.",
    "considered": tuple(routes_for(11)),
    "advice": "Keep both sciences.",
    "actions": [
        {"text": "Visit the college", "who": "pupil", "by": "2026-12-11"},
        {"text": "Send the list of open days", "who": "adviser", "by": None},
    ],
}


def plan(**changes):
    return checked({**SAID, **changes}, 11)


async def held(diary: Diary, **more):
    meeting = await diary.book(0, 9, **more)
    diary.now = at(9, 45)
    return await diary.write(hold, meeting.id, 40, actor=diary.staff, now=diary.now)


async def given(diary: Diary, **changes):
    meeting = await held(diary)
    more = {"actor": diary.staff, "now": diary.now}
    await diary.write(write, meeting.id, plan(**changes), date(2027, 1, 20), **more)
    return meeting, await diary.act(give, meeting.id)


async def lines(diary: Diary, **more):
    return await diary.write(lines_of, diary.pupils[0], **more)


# ---- whole or not


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [({"advice": "  "}, {"advice": "missing"}),
     ({"explored": "x" * 2001}, {"explored": "long"}),
     ({"agreed_to_talk": ""}, {"agreed_to_talk": "missing"}),
     ({"actions": [{"text": " "}]}, {"actions.0.text": "missing"}),
     ({"actions": [{"text": "a"}] * 11}, {"actions": "long"}),
     ({"considered": ("university",)}, {"considered": "choose"})],
)  # fmt: skip
def test_what_is_missing_or_too_long_is_named(changes, wrong):
    with pytest.raises(PlanWrong) as found:
        plan(**changes)
    assert found.value.fields == wrong


@pytest.mark.parametrize("left_out", list(routes_for(11)))
def test_no_route_is_left_out_without_a_reason(left_out):
    considered = tuple(one for one in routes_for(11) if one != left_out)
    with pytest.raises(PlanWrong) as found:
        plan(considered=considered)
    assert found.value.fields == {"why_not": "reason"}
    assert plan(considered=considered, why_not="Was decided long ago").considered == considered


def test_the_routes_are_those_of_the_choices_to_come():
    assert "t_level" in routes_for(9)
    assert "university" in routes_for(12)
    assert "apprenticeship" in set(routes_for(11)) & set(routes_for(13))


# ---- written and given


async def test_a_plan_is_the_pupils_to_read_once_it_is_given(diary: Diary):
    meeting = await held(diary)
    more = {"actor": diary.staff, "now": diary.now}
    await diary.write(write, meeting.id, plan(), None, **more)
    with pytest.raises(NoMeeting):
        await diary.write(given_plan, diary.pupils[0], meeting.id)
    assert await lines(diary) == []
    await diary.letters()
    await diary.act(give, meeting.id)
    _, row = await diary.write(given_plan, diary.pupils[0], meeting.id)
    assert said_in(row) == plan()
    (letter,) = await diary.letters()
    assert letter.to == "pupil0@school.example"
    assert "zebra" not in (letter.subject + letter.text).lower()
    with pytest.raises(NoMeeting):
        await diary.write(given_plan, diary.pupils[1], meeting.id)


async def test_advice_enters_the_record_under_the_advisers_name_once(diary: Diary):
    meeting, _ = await given(diary)
    (line,) = await lines(diary)
    assert (line.kind, line.provenance, line.staff_id) == ("advice", "adviser", diary.adviser)
    assert line.body.text == "Keep both sciences."
    assert (line.body.adviser_name, line.body.level) == ("Ada", 6)
    assert line.happened_on == date(2026, 11, 23)
    more = {"actor": diary.staff, "now": diary.now}
    await diary.write(write, meeting.id, plan(advice="Keep maths too."), None, **more)
    await diary.act(give, meeting.id)
    (again,) = await lines(diary)
    assert (again.id, again.body.text, again.corrected) == (line.id, "Keep maths too.", True)


async def test_nobody_unqualified_gives_what_the_record_calls_advice(diary: Diary):
    meeting = await held(diary, staff_id=diary.other)
    await diary.write(write, meeting.id, plan(), None, actor=diary.staff, now=diary.now)
    await diary.act(give, meeting.id)
    assert await lines(diary) == []


async def test_no_plan_before_the_meeting_and_none_for_a_group(diary: Diary):
    more = {"actor": diary.staff, "now": diary.now}
    meeting = await diary.book(0, 9)
    with pytest.raises(NotYet):
        await diary.write(write, meeting.id, plan(), None, **more)
    group = await diary.book(None, 10, kind="group")
    with pytest.raises(NoMeeting):
        await diary.write(write, group.id, plan(), None, actor=diary.staff, now=at(11))
    during = {"actor": diary.staff, "now": at(9, 20)}
    await diary.write(write, meeting.id, plan(), None, **during)
    with pytest.raises(NotYet):
        await diary.act(give, meeting.id, now=at(9, 20))


# ---- the pupil's yes


async def test_actions_enter_only_as_the_pupil_agrees_and_only_the_pupils_own(diary: Diary):
    meeting, row = await given(diary)
    assert await lines(diary, kinds=["action"]) == []
    agreed = await diary.write(agree, diary.pupils[0], meeting.id, row.version, diary.now)
    assert agreed.is_agreed
    (action,) = await lines(diary, kinds=["action"])
    assert action.body.text == "Visit the college"
    assert action.due_on == date(2026, 12, 11)
    assert action.confirmed_at is not None
    await diary.write(agree, diary.pupils[0], meeting.id, row.version, diary.now)
    assert len(await lines(diary, kinds=["action"])) == 1


async def test_a_changed_plan_asks_for_another_yes_and_adds_what_is_new(diary: Diary):
    meeting, row = await given(diary)
    await diary.write(agree, diary.pupils[0], meeting.id, row.version, diary.now)
    more = {"actor": diary.staff, "now": diary.now}
    actions = [*SAID["actions"], {"text": "Ring the vet", "who": "pupil", "by": None}]
    await diary.write(write, meeting.id, plan(actions=actions), None, **more)
    with pytest.raises(NoMeeting):
        await diary.write(agree, diary.pupils[0], meeting.id, 2, diary.now)
    second = await diary.act(give, meeting.id)
    assert not second.is_agreed
    with pytest.raises(NotYet):
        await diary.write(agree, diary.pupils[0], meeting.id, row.version, diary.now)
    await diary.write(agree, diary.pupils[0], meeting.id, second.version, diary.now)
    assert sorted(one.body.text for one in await lines(diary, kinds=["action"])) == [
        "Ring the vet",
        "Visit the college",
    ]


async def test_a_pupil_comments_instead(diary: Diary):
    meeting, _ = await given(diary)
    row = await diary.write(comment, diary.pupils[0], meeting.id, " Not sciences ", diary.now)
    assert (row.comment, row.is_agreed) == ("Not sciences", False)
    for text in ("", "x" * 2001):
        with pytest.raises(PlanWrong):
            await diary.write(comment, diary.pupils[0], meeting.id, text, diary.now)


@pytest.mark.parametrize("work", [agree, comment])
async def test_nobody_answers_for_another_pupil(diary: Diary, work):
    meeting, row = await given(diary)
    said = row.version if work is agree else "mine"
    with pytest.raises(NoMeeting):
        await diary.write(work, diary.pupils[1], meeting.id, said, diary.now)


# ---- to others


def to(diary: Diary, **changes):
    values = {
        "who": "tutor", "name": "Mr Tutor", "email": "tutor@school.example",
        "notices": NOTICES, "now": diary.now,
    }  # fmt: skip
    return {**values, **changes}


async def test_it_goes_to_those_the_pupil_names_and_as_a_pdf(diary: Diary):
    meeting, row = await given(diary)
    whose = (diary.pupils[0], meeting.id)
    with pytest.raises(NotYet):
        await diary.write(share, *whose, **to(diary))
    await diary.write(agree, *whose, row.version, diary.now)
    await diary.letters()
    share_id = await diary.write(share, *whose, **to(diary))
    (letter,) = await diary.letters()
    assert letter.to == "tutor@school.example"
    (document,) = letter.attachments
    assert document.name == "action-plan.pdf"
    pages = pypdf.PdfReader(io.BytesIO(document.content))
    text = " ".join(" ".join(page.extract_text() for page in pages.pages).split())
    assert "Visit the college" in text
    assert "11 December 2026" in text
    assert "Given0 Family0 agreed to this plan on 23 November 2026" in text
    (shared,) = await diary.write(shares_of, meeting.id)
    assert (shared.who, shared.sent_at) == ("tutor", diary.now)
    assert await diary.write(unshare, *whose, share_id, diary.now)
    assert not await diary.write(unshare, *whose, share_id, diary.now)


@pytest.mark.parametrize(
    "changes", [{"who": "friend"}, {"name": " "}, {"email": "nobody"}, {"email": ""}]
)
async def test_to_nobody_in_particular_it_does_not_go(diary: Diary, changes):
    meeting, row = await given(diary)
    whose = (diary.pupils[0], meeting.id)
    await diary.write(agree, *whose, row.version, diary.now)
    with pytest.raises(PlanWrong):
        await diary.write(share, *whose, **to(diary, **changes))
    assert await diary.write(shares_of, meeting.id) == []


async def test_it_goes_to_so_many_and_no_more(diary: Diary):
    meeting, row = await given(diary)
    whose = (diary.pupils[0], meeting.id)
    await diary.write(agree, *whose, row.version, diary.now)
    for number in range(MOST_SHARES):
        await diary.write(share, *whose, **to(diary, email=f"p{number}@b.example"))
    with pytest.raises(NotYet):
        await diary.write(share, *whose, **to(diary))


async def test_the_document_is_tagged_and_says_what_was_left_out_and_why(diary: Diary):
    considered = tuple(one for one in routes_for(11) if one != "t_level")
    meeting, _ = await given(diary, considered=considered, why_not="None near by")
    content = await diary.write(plan_pdf, meeting.id)
    read = pypdf.PdfReader(io.BytesIO(content))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.trailer["/Root"]["/Lang"] == "en-GB"
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    assert "Not this time: A T level" in text
    assert "Why: None near by" in text
    assert "not agreed to yet" in text


async def test_the_audit_has_each_act_and_no_word_of_it(diary: Diary):
    meeting, row = await given(diary)
    whose = (diary.pupils[0], meeting.id)
    await diary.write(agree, *whose, row.version, diary.now)
    await diary.write(comment, *whose, "Zebras after all", diary.now)
    await diary.write(share, *whose, **to(diary))
    rows = (await diary.write(search)).rows
    assert {one.action for one in rows} >= {
        "plan written", "plan given", "plan agreed", "plan commented", "plan shared"
    }  # fmt: skip
    assert "ebra" not in repr(rows)


async def test_a_plan_is_sealed_in_the_store(diary: Diary, tmp_path):
    await given(diary)
    await diary.store.scrub()
    for path in tmp_path.rglob("store.sqlite3*"):
        assert b"zebra" not in path.read_bytes()
