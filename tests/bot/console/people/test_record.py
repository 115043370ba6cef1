"""A pupil's record as staff see it: the reason first, every look noted, what is added."""

from datetime import timedelta

import pytest

from bot.records.guidance.attachments import attachments_of
from bot.records.guidance.lines import add_line, lines_of
from bot.records.guidance.views import purposes, views_of
from tests.bot.console.staffed import Staffed, now
from tests.bot.support import Clock

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


async def opened(console, pupil: str, purpose: str = "meeting"):
    await console.post(f"/console/pupils/{pupil}", data={"purpose": purpose})
    return await console.follow()


def add(school: Staffed, pupil: str, kind: str = "aspiration", text: str = "A vet") -> None:
    school.run(
        add_line, pupil, kind=kind, body={"text": text}, provenance="pupil", source={}, now=now()
    )


async def test_nothing_of_a_record_is_shown_before_a_reason(signed_in, school: Staffed):
    pupil = school.pupil()
    add(school, pupil, text="A secret hope")
    console = signed_in("careers staff")
    text = (await console.get(f"/console/pupils/{pupil}")).text
    assert "A secret hope" not in text
    assert "Amira" in text
    for sentence in ("To prepare for a meeting with you", "Because you asked"):
        assert sentence in text
    answer = await console.get(f"/console/pupils/{pupil}/record", 303)
    assert answer.headers["location"] == f"/console/pupils/{pupil}"
    for purpose in ("", "nonsense", "systems"):
        answer = await console.post(f"/console/pupils/{pupil}", 422, data={"purpose": purpose})
        assert "Choose why" in answer.text
        assert "A secret hope" not in answer.text
    assert school.run(views_of, pupil) == []
    assert school.audited("record viewed") == []


async def test_a_look_is_noted_for_the_pupil_and_audited(signed_in, school: Staffed):
    pupil = school.pupil()
    add(school, pupil)
    adviser = school.adviser("Ada Marlowe")
    console = signed_in(adviser)
    assert "A vet" in (await opened(console, pupil)).text
    (view,) = school.run(views_of, pupil)
    assert (view.name, view.role, view.purpose) == (
        "Ada Marlowe",
        "careers adviser",
        purposes()["meeting"],
    )
    assert view.staff_id == adviser.id
    (row,) = school.audited("record viewed")
    assert (row.actor_name, row.object_kind, row.object_id, row.purpose) == (
        "Ada Marlowe",
        "pupil",
        pupil,
        purposes()["meeting"],
    )
    # Each page is audited; the pupil reads of one look, until it is over or for another reason.
    await console.get(f"/console/pupils/{pupil}/record")
    assert len(school.run(views_of, pupil)) == 1
    assert len(school.audited("record viewed")) == 2
    await opened(console, pupil, "asked")
    assert [one.purpose for one in school.run(views_of, pupil)] == [
        purposes()["asked"],
        purposes()["meeting"],
    ]


async def test_a_look_ends_and_is_one_persons_at_one_pupil(
    signed_in, school: Staffed, clock: Clock
):
    pupil, other = school.pupil(), school.pupil("Bela")
    console = signed_in("careers staff")
    await opened(console, pupil)
    await console.get(f"/console/pupils/{other}/record", 303)
    somebody = signed_in("careers staff")
    somebody.cookies["signpost_console_look"] = console.cookies["signpost_console_look"]
    await somebody.get(f"/console/pupils/{pupil}/record", 303)
    console.cookies["signpost_console_look"] = "nonsense"
    await console.get(f"/console/pupils/{pupil}/record", 303)
    await opened(console, pupil)
    clock.ahead = timedelta(minutes=20)
    await console.get(f"/console/pupils/{pupil}/record")
    clock.ahead = timedelta(minutes=31)
    await console.get(f"/console/pupils/{pupil}/record", 303)


async def test_a_note_as_a_named_person(signed_in, school: Staffed):
    pupil = school.pupil()
    staff = school.staff("careers staff")
    console = signed_in(staff)
    await opened(console, pupil)
    assert 'value="advice"' not in console.response.text
    path = f"/console/pupils/{pupil}/lines"
    await console.post(path, 422, data={"kind": "note", "text": " "})
    answer = await console.post(path, 422, data={"kind": "note", "text": "x" * 2001})
    assert "Make this shorter" in answer.text
    answer = await console.post(path, 422, data={"kind": "advice", "text": "Do it"})
    assert "Add it as a note instead" in answer.text
    assert "Do it" in answer.text
    await console.post(path, 422, data={"kind": "decision", "text": "Do it"})
    assert school.run(lines_of, pupil) == []
    await console.post(path, data={"kind": "note", "text": "Came to the\r\nopen evening"})
    text = (await console.follow()).text
    assert "The pupil can read it" in text
    assert "Came to the\nopen evening" in text
    (line,) = school.run(lines_of, pupil)
    assert (line.kind, line.provenance, line.staff_id) == ("note", "staff", staff.id)
    (row,) = school.audited("note added")
    assert (row.object_id, row.after) == (pupil, {"line": line.id})


async def test_advice_is_kept_with_the_qualification_of_the_day(signed_in, school: Staffed):
    pupil = school.pupil()
    console = signed_in(school.adviser("Ada Marlowe"))
    await opened(console, pupil)
    await console.post(f"/console/pupils/{pupil}/lines", data={"kind": "advice", "text": "Look"})
    (line,) = school.run(lines_of, pupil)
    assert (line.kind, line.provenance) == ("advice", "adviser")
    assert line.body.fields() == {
        "text": "Look",
        "adviser_name": "Ada Marlowe",
        "qualification": "Diploma in Career Guidance",
        "level": 6,
        "register_number": "12345",
    }
    assert "register 12345" in (await console.follow()).text


async def test_files_for_the_leavers_folder(signed_in, school: Staffed):
    pupil, other = school.pupil(), school.pupil("Bela")
    staff = school.staff("careers staff", name="Sam Marlowe")
    console = signed_in(staff)
    await opened(console, pupil, "files")
    path = f"/console/pupils/{pupil}/files"
    told = {"file_kind": "certificate", "title": "First aid", "given_by": "St John", "dated": ""}
    scan = ("scan.pdf", PDF, "application/pdf")
    for wrong, sentence in (
        ({"title": ""}, "Say what it is"),
        ({"file_kind": "x"}, "Choose what it is"),
        ({"dated": "2999-01-01"}, "not a day that was"),
        ({"dated": "yesterday"}, "not a day that was"),
    ):
        answer = await console.post(path, 422, data={**told, **wrong}, files={"file": scan})
        assert sentence in answer.text
    answer = await console.post(path, 422, data=told, files={"file": ("", b"", "text/plain")})
    assert "Choose a file" in answer.text
    answer = await console.post(path, 422, data=told, files={"file": ("x.pdf", b"MZ", "x/y")})
    assert "not a PDF" in answer.text
    assert school.run(attachments_of, pupil) == []
    await console.post(path, data=told, files={"file": scan})
    (held,) = school.run(attachments_of, pupil)
    assert (held.kind, held.details.added_by, held.staff_id) == (
        "certificate",
        "Sam Marlowe",
        staff.id,
    )
    text = (await console.follow()).text
    assert "First aid" in text
    assert "by Sam Marlowe" in text
    answer = await console.get(f"{path}/{held.id}")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    await console.get(f"{path}/{'0' * 32}", 404)
    await opened(console, other, "files")
    await console.get(f"/console/pupils/{other}/files/{held.id}", 404)
    assert [row.action for row in school.audited()][:4].count("file viewed") == 1
    assert school.audited("file added")[0].object_id == pupil


@pytest.mark.parametrize("rest", ["", "/record"])
async def test_a_pupil_who_is_not_there(signed_in, school: Staffed, rest: str):
    console = signed_in("careers staff")
    await console.get(f"/console/pupils/{'0' * 32}{rest}", 303 if rest else 404)
    await console.post(f"/console/pupils/{'0' * 32}", 404, data={"purpose": "meeting"})
