"""Staff: invited, changed, given roles, sent links, seen out."""

import re

from bot.identity.staff.invitations import find_joining, open_link
from bot.records.models import StaffSession
from bot.records.staff import find_by_email, find_staff, qualified_on
from tests.bot.console.staffed import Staffed, now

WHOLE = {
    "name": "Ada Marlowe",
    "email": "ada@school.example",
    "internal": "no",
    "employer": "Careers Ltd",
    "level": "6",
    "qualification": "Diploma in Career Guidance",
    "register_number": "12345",
    "register_expires": "2999-01-31",
    "equivalent": "",
    "dbs_on": "2026-01-31",
    "languages": "English, Welsh ,",
    "rooms": "C1, C2",
    "roles": ["adviser"],
}


def link_in(text: str) -> str:
    found = re.search(r"/console/join/([\w-]+)", text)
    assert found
    return found[1]


async def test_somebody_is_invited_with_a_link_that_opens(signed_in, school: Staffed):
    console = signed_in("administrator")
    await console.get("/console/staff/new")
    answer = await console.post("/console/staff", 200, data=WHOLE)
    ada = school.run(find_by_email, "ada@school.example")
    assert ada.details.languages == ("English", "Welsh")
    assert (ada.details.internal, ada.details.employer) == (False, "Careers Ltd")
    assert ada.roles == {"adviser"}
    assert qualified_on(ada, now().date())
    cookie = school.run(lambda c, s, i: open_link(c, i, link_in(answer.text), now()))
    assert school.run(find_joining, cookie, now()).staff.id == ada.id
    (told,) = school.audited("staff added")
    assert (told.object_id, told.after) == (ada.id, {"roles": ["adviser"]})
    assert len(school.audited("staff invited")) == 1
    text = (await console.get("/console/staff")).text
    assert "Ada Marlowe" in text
    assert "may sign off" in text
    answer = await console.post("/console/staff", 422, data={**WHOLE, "name": "Other"})
    assert "Somebody else of staff has this" in answer.text


async def test_what_is_wrong_is_told_and_what_was_typed_is_kept(signed_in, school: Staffed):
    console = signed_in("administrator")
    wrong = {
        **WHOLE,
        "name": " ",
        "email": "nobody",
        "level": "99",
        "register_expires": "soon",
        "roles": ["operator"],
    }
    text = (await console.post("/console/staff", 422, data=wrong)).text
    for sentence in (
        "Write the name",
        "not an e-mail address",
        "Choose a level",
        "This is not a day",
        "Tick at least one",
    ):
        assert sentence in text
    assert 'value="Careers Ltd"' in text
    for field in ("name", "email", "level", "register_expires"):
        assert f"#{field}" in console.page.links
    assert school.run(find_by_email, "nobody") is None


async def test_details_are_changed_and_the_change_is_audited(signed_in, school: Staffed):
    row = school.adviser("Ada Marlowe")
    console = signed_in("administrator")
    path = f"/console/staff/{row.id}"
    await console.get(path)
    changed = {**WHOLE, "email": row.details.email, "level": "4"}
    await console.post(path, data=changed)
    assert "The changes are kept" in (await console.follow()).text
    after = school.run(find_staff, row.id)
    assert (after.level, after.roles) == (4, {"adviser"})
    assert not qualified_on(after, now().date())
    (told,) = school.audited("staff changed")
    assert (told.before["level"], told.after["level"]) == (6, 4)
    assert "name" not in told.after
    other = school.staff("careers staff")
    answer = await console.post(path, 422, data={**changed, "email": other.details.email})
    assert "Somebody else of staff has this" in answer.text


async def test_roles_are_changed_and_fewer_end_the_sessions(signed_in, school: Staffed):
    row = school.staff("careers staff", "administrator", "operator")
    theirs = signed_in(row)
    await theirs.get("/console/staff")
    console = signed_in("administrator")
    path = f"/console/staff/{row.id}/roles"
    await console.post(path, 303, data={"roles": ["careers staff", "operator"]})
    # Who runs the installation is not the school's to say: that stays.
    assert school.run(find_staff, row.id).roles == {"careers staff", "operator"}
    await theirs.get("/console/staff", 303)
    (told,) = school.audited("roles changed")
    assert told.before == {"roles": ["administrator", "careers staff", "operator"]}
    assert told.after == {"roles": ["careers staff", "operator"]}
    await console.post(path, 303, data={"roles": []})
    assert school.run(find_staff, row.id).roles == {"operator"}


async def test_the_last_administrator_stays_one(signed_in, school: Staffed):
    row = school.staff("administrator")
    console = signed_in(row)
    path = f"/console/staff/{row.id}"
    answer = await console.post(f"{path}/roles", 422, data={"roles": ["dsl"]})
    assert "Make somebody else administrator first" in answer.text
    answer = await console.post(f"{path}/leave", 422)
    assert "Make somebody else administrator first" in answer.text
    assert school.run(find_staff, row.id).roles == {"administrator"}


async def test_links_for_somebody_who_is_there(signed_in, school: Staffed):
    row = school.adviser()
    theirs = signed_in(row)
    console = signed_in("administrator")
    path = f"/console/staff/{row.id}/link"
    first = link_in((await console.post(path, 200, data={"kind": "join"})).text)
    await theirs.get("/console")
    second = (await console.post(path, 200, data={"kind": "both"})).text
    assert "Hand it over in person" in second
    assert link_in(second) != first
    await theirs.get("/console", 303)
    assert school.run(lambda c, s, i: open_link(c, i, first, now())) is None
    await console.post(path, 404, data={"kind": "nonsense"})
    assert [one.action for one in school.audited("sign-in begun anew")] == ["sign-in begun anew"]


async def test_leaving_is_asked_about_and_ends_everything(signed_in, school: Staffed):
    row = school.staff("careers staff", name="Sam Marlowe")
    theirs = signed_in(row)
    console = signed_in("administrator")
    text = (await console.get(f"/console/staff/{row.id}/leave")).text
    assert "Has Sam Marlowe left?" in text
    await theirs.get("/console")
    await console.post(f"/console/staff/{row.id}/leave")
    assert "Sam Marlowe has left" in (await console.follow()).text
    await theirs.get("/console", 303)
    assert row.id not in {one.staff_id for one in school.rows(StaffSession)}
    assert "Sam Marlowe" in (await console.get("/console/staff?leavers=yes")).text
    assert "left on" in (await console.get(f"/console/staff/{row.id}")).text
    await console.post(f"/console/staff/{row.id}/leave", 404)
    await console.post(f"/console/staff/{row.id}/link", 404, data={"kind": "join"})
    await console.get(f"/console/staff/{'0' * 32}", 404)
