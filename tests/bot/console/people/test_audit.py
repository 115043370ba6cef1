"""The audit page: found by who, what and when; itself audited; a hundred rows a page."""

from datetime import timedelta

from bot.records.audit.actors import Actor
from bot.records.audit.log import append
from bot.records.pupils import find_pupil
from tests.bot.console.staffed import Staffed, now


def noted(school: Staffed, staff, action: str = "signed in", at=None, **more) -> None:
    actor = Actor("staff", staff.id, staff.details.name)
    school.run(append, actor=actor, action=action, object_kind="staff", object_id=staff.id,
               now=at or now(), **more)  # fmt: skip


async def test_found_by_who_what_and_when(signed_in, school: Staffed):
    ada, sam = school.adviser("Ada Marlowe"), school.staff("careers staff", name="Sam Reed")
    noted(school, ada, at=now() - timedelta(days=3))
    noted(school, sam, "roles changed", before={"roles": []}, after={"roles": ["dsl"]})
    console = signed_in("careers leader")

    async def found(query: str = "") -> str:
        text = (await console.get(f"/console/audit{query}")).text
        rows = text.partition("</main>")[0]
        return rows.partition("<tbody>")[2].partition("</tbody>")[0]

    rows = await found(f"?staff={ada.id}")
    assert "Ada Marlowe" in rows
    assert "Sam Reed" not in rows
    rows = await found("?action=roles+changed")
    assert "Changed somebody&#39;s roles" in rows
    assert "roles [&#39;dsl&#39;]" in rows
    assert "Ada Marlowe" not in rows
    day = (now() - timedelta(days=2)).date().isoformat()
    assert "Ada Marlowe" not in await found(f"?since={day}")
    rows = await found(f"?until={day}")
    assert "Ada Marlowe" in rows
    assert "Sam Reed" not in rows
    assert "Sam Reed" in await found("?since=nonsense&until=9999-12-31&action=x&page=-1")
    assert await found("?until=2000-01-01") == ""
    assert "Nothing fits" in console.response.text


async def test_that_somebody_looks_is_noted(signed_in, school: Staffed):
    leader = school.staff("careers leader", name="Kim Shaw")
    console = signed_in(leader)
    await console.get("/console/audit?action=signed+in")
    (row,) = school.audited("audit viewed")
    assert row.actor_id == leader.id
    assert row.after == {"action": "signed in", "page": 1}


async def test_a_hundred_rows_a_page(signed_in, school: Staffed):
    staff = school.staff("careers staff")
    for _ in range(105):
        noted(school, staff)
    console = signed_in("administrator")
    text = (await console.get(f"/console/audit?staff={staff.id}")).text
    assert text.count("<tr data-row") == 100
    assert "1 to 100 of 105 rows" in text
    (way,) = [one for one in console.page.links if "page=2" in one]
    assert (await console.get(way)).text.count("<tr data-row") == 5


async def test_a_row_whose_pupil_is_gone_says_so(signed_in, school: Staffed):
    from sqlalchemy import delete

    from bot.records.models import AuditDetail

    pupil = school.pupil()
    assert school.run(find_pupil, pupil) is not None
    school.run(append, actor=Actor("staff", "0" * 32, "Ada Marlowe"), action="record viewed",
               object_kind="pupil", object_id=pupil, now=now(), purpose="Because")  # fmt: skip
    school.run(lambda connection, sealing, school_id: connection.execute(
        delete(AuditDetail).where(AuditDetail.school_id == school_id)
    ))  # fmt: skip
    console = signed_in("administrator")
    text = (await console.get("/console/audit")).text
    assert "detail deleted with whom it told of" in text
    assert "Ada Marlowe" not in text
