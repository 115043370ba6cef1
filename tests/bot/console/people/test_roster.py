"""The roster: looked at before it is written, by whoever looked; and slips."""

import io
import re
from datetime import timedelta

from pypdf import PdfReader

from bot.identity.codes import spend_code
from bot.records.models import Pupil
from tests.bot.console.staffed import FAMILY_NAME, Staffed, now
from tests.bot.support import Clock

HEAD = "Forename,Surname,DOB,Year,Reg"
HELD = {"held": ["birth_date", "upn", "tutor_group"]}


def roster(*rows: str) -> dict[str, object]:
    content = "\n".join([HEAD, *rows]) + "\n"
    return {"file": ("export.csv", content.encode(), "text/csv")}


def row(name: str, day: int = 1) -> str:
    return f"{name},{FAMILY_NAME},{day:02}/03/{now().year - 14},10,10E"


async def looked(console, *rows: str, status: int = 200, **more: object):
    data = {**HELD, **more}
    answer = await console.post("/console/roster", status, data=data, files=roster(*rows))
    found = re.search(r'name="key" value="(\w+)"', answer.text)
    return answer, found and found[1]


async def test_a_roster_is_looked_at_then_written(signed_in, school: Staffed):
    console = signed_in("careers leader")
    await console.get("/console/roster")
    assert "No pupils yet" in console.response.text
    answer, key = await looked(console, row("Amira"), row("Bela", 2), ",Zed,01/03/2012,10,10E")
    assert f"{FAMILY_NAME}, Amira" in answer.text
    assert "has no first name" in answer.text
    assert school.rows(Pupil) == []
    await console.post("/console/roster/write", data={"key": key})
    assert "The roster is written" in (await console.follow()).text
    assert len(school.rows(Pupil)) == 2
    (told,) = school.audited("roster applied")
    assert told.after["added"] == 2
    # The same again has nothing to write, and a key works once.
    answer, again = await looked(console, row("Amira"), row("Bela", 2))
    assert again is None
    assert "nothing to write" in answer.text
    answer = await console.post("/console/roster/write", 422, data={"key": key})
    assert "Choose the file again" in answer.text


async def test_only_who_looked_may_say_yes_and_not_for_ever(
    signed_in, school: Staffed, clock: Clock
):
    console, other = signed_in("administrator"), signed_in("careers leader")
    _, key = await looked(console, row("Amira"))
    await other.post("/console/roster/write", 422, data={"key": key})
    clock.ahead = timedelta(minutes=29)
    await console.get("/console/roster")
    clock.ahead = timedelta(minutes=31)
    await console.post("/console/roster/write", 422, data={"key": key})
    assert school.rows(Pupil) == []


async def test_files_that_are_none_are_told_apart(signed_in, school: Staffed):
    console = signed_in("administrator")
    answer = await console.post("/console/roster", 422, data=HELD)
    assert "Choose a file" in answer.text
    files = {"file": ("x.csv", b"%PDF-1.7", "text/csv")}
    answer = await console.post("/console/roster", 422, data=HELD, files=files)
    assert "This is a PDF" in answer.text
    answer, _ = await looked(console, row("Amira"), status=422, held=[])
    assert "UPN or the date of birth" in answer.text
    answer, _ = await looked(console, row("Amira"), status=422, same="99")
    assert "line 99" in answer.text


async def test_a_roster_changed_meanwhile_is_not_written(signed_in, school: Staffed):
    console = signed_in("administrator")
    _, key = await looked(console, row("Amira"))
    school.pupil("Other")
    answer = await console.post("/console/roster/write", 422, data={"key": key})
    assert "changed by somebody else" in answer.text
    assert len(school.rows(Pupil)) == 1


async def test_more_than_half_leaving_needs_a_tick(signed_in, school: Staffed):
    console = signed_in("administrator")
    for number in range(30):
        school.pupil(f"P{number}", year=10, group="10E")
    _, key = await looked(console, row("Amira"))
    answer = await console.post("/console/roster/write", 422, data={"key": key})
    assert "Tick that this is right" in answer.text
    _, key = await looked(console, row("Amira"))
    await console.post("/console/roster/write", data={"key": key, "most_leave": "yes"})
    assert sum(one.left_on is None for one in school.rows(Pupil)) == 1


async def test_slips_are_asked_about_then_made(signed_in, school: Staffed):
    ids = [school.pupil(name, year=10, group="10 E&F") for name in ("Amira", "Bela")]
    school.pupil("Cora", year=11, group="10 E&F")
    console = signed_in("careers leader")
    await console.get("/console/roster")
    (way,) = [one for one in console.page.links if "year=10" in one]
    assert "these 2 pupils" in (await console.get(way)).text
    assert school.audited("codes issued") == []
    answer = await console.post(
        "/console/roster/slips", 200, data={"tutor_group": "10 E&F", "year": "10"}
    )
    assert answer.headers["content-type"] == "application/pdf"
    paper = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages)
    codes = re.findall(r"\b(\w{5}-\w{5})\b", paper)
    assert {school.run(spend_code, code, now()) for code in codes} == set(ids)
    (told,) = school.audited("codes issued")
    assert told.after == {"pupils": 2}
    await console.get("/console/roster/slips?tutor_group=nowhere&year=10", 404)
    await console.post("/console/roster/slips", 404)
