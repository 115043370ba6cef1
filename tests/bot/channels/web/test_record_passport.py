"""My record: packed for the next school, looked at there, and taken in line by line."""

import base64
import logging
import re
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.channels.web.house import House
from bot.records.guidance.known_schools import know_school
from bot.records.guidance.lines import delete_line
from bot.records.guidance.passport import passport_of
from bot.records.guidance.passport_file import MOST_BYTES, opened, packed
from tests.bot.channels.web.record_owner import NAME, NOW, Owner, files_with, signed_in, words
from tests.bot.records.guidance.conftest import BODIES

KEY = Ed25519PrivateKey.generate()


async def upload(owner: Owner, content: bytes, status: int = 200) -> httpx.Response:
    files = {"passport": ("my-passport.zip", content, "application/zip")}
    response = await owner.client.post("/record/passport", files=files)
    assert response.status_code == status, response.text
    assert response.headers["cache-control"] == "no-store"
    return response


async def elsewhere(owner: Owner, school: str = "Elm School") -> bytes:
    """The passport of another installation, with what the record of this pupil holds."""
    record, _ = await owner.write(passport_of)
    return packed(record, school, NOW - timedelta(days=3), KEY)


async def emptied(owner: Owner) -> None:
    for line in await owner.lines():
        await owner.house.store.write(delete_line, owner.house.school_id, owner.pupil, line.id)


def hidden(page: str) -> str:
    found = re.search(r'name="passport" value="([^"]*)"', page)
    assert found
    return found[1]


async def test_the_passport_of_this_school(owner: Owner):
    await owner.line("note")
    response = await owner.client.get("/record/passport.zip")
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["cache-control"] == "no-store"
    found = opened(response.content)
    assert found.school == "Test School"
    assert found.record.pupil.given_name == NAME
    assert [line.kind for line in found.record.lines] == ["note"]


async def test_looked_at_ticked_and_marked(owner: Owner):
    await owner.line("skill")
    await owner.line("decision")
    content = await elsewhere(owner)
    await emptied(owner)
    assert "/record/passport" in await owner.page()
    assert 'enctype="multipart/form-data"' in await owner.page("/record/passport")
    page = (await upload(owner, content)).text
    told = words(page)
    assert "From Elm School" in told
    assert "New here 2" in told
    assert "checked" not in page
    assert await owner.lines() == []
    number = [line.kind for line in opened(content).record.lines].index("decision")
    fields = {f"line-{number}": "take", "passport": hidden(page)}
    await owner.post("/record/passport/take", **fields)
    (line,) = await owner.lines()
    assert (line.kind, line.provenance, line.source["school"]) == (
        "decision",
        "import",
        "Elm School",
    )
    assert "Brought from Elm School, with the passport of" in words(await owner.page())
    page = (await upload(owner, content)).text
    assert "New here 1 The same here 1" in words(page)
    await owner.post("/record/passport/take", passport=hidden(page), all="new")
    assert len(await owner.lines()) == 2


async def test_the_pupil_is_told_who_signed_it(owner: Owner):
    await owner.line("note")
    content = await elsewhere(owner)
    await emptied(owner)
    page = words((await upload(owner, content)).text)
    assert "this school does not know who made it. It says that it is from Elm School." in page
    await owner.house.store.write(
        know_school, owner.school_id, opened(content).key, "Elm Tree School", NOW
    )
    response = await upload(owner, content)
    page = words(response.text)
    assert "Signed by Elm Tree School, known here" in page
    assert "does not know" not in page
    await owner.post("/record/passport/take", passport=hidden(response.text), all="new")
    assert "Signed by Elm Tree School, known here." in words(await owner.page())


async def test_a_line_keeps_that_its_signer_was_not_known(owner: Owner):
    await owner.line("note")
    content = await elsewhere(owner)
    await emptied(owner)
    page = (await upload(owner, content)).text
    await owner.post("/record/passport/take", passport=hidden(page), all="new")
    await owner.house.store.write(know_school, owner.school_id, opened(content).key, "Elm", NOW)
    told = words(await owner.page())
    assert "Its signature was whole, but this school did not know who made it." in told
    assert "known here" not in told


async def test_its_own_passport_is_this_schools(owner: Owner):
    await owner.line("note")
    content = (await owner.client.get("/record/passport.zip")).content
    assert "Signed by this school" in words((await upload(owner, content)).text)


async def test_a_conflict_is_the_pupils_to_settle(owner: Owner):
    await owner.line("skill")
    content = await elsewhere(owner)
    await emptied(owner)
    await owner.line("skill", body={"name": "patience", "evidence": "Other words"})
    page = (await upload(owner, content)).text
    assert "In conflict 1" in words(page)
    assert page.count(" checked>") == 1
    await owner.post("/record/passport/take", passport=hidden(page), **{"line-0": "keep"})
    assert [line.body.evidence for line in await owner.lines()] == ["Other words"]
    await owner.post("/record/passport/take", passport=hidden(page), **{"line-0": "take"})
    assert [line.body.fields() for line in await owner.lines()] == [BODIES["skill"]]
    assert "Other words" in words(await owner.page())  # what it said before


async def test_in_another_name_it_is_asked_whose_it_is(owner: Owner):
    await owner.line("note")
    content = await elsewhere(owner)
    other = await signed_in(owner.house, owner.client, "Somebody")
    page = (await upload(other, content)).text
    assert "in another name than your record here" in page
    taken = {"passport": hidden(page), "all": "new"}
    response = await other.post("/record/passport/take", 422, **taken)
    assert "Nothing was added." in response.text
    assert await other.lines() == []
    await other.post("/record/passport/take", **taken, mine="yes")
    assert len(await other.lines()) == 1


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda whole: b"", "No file came"),
        (lambda whole: b"hello", "This is not a passport."),
        (lambda whole: whole[:-40], "damaged or was cut short"),
        (lambda whole: whole.replace(b"manifest.sig", b"../../../sig"), "not a passport"),
    ],
)
async def test_refused_in_plain_words(owner: Owner, spoil, said: str):
    await owner.line("note")
    content = spoil(await elsewhere(owner))
    response = await upload(owner, content, 422)
    assert said in response.text
    assert "Nothing was added." in response.text
    assert 'role="alert"' in response.text
    text = base64.urlsafe_b64encode(content).decode()
    response = await owner.post("/record/passport/take", 422, passport=text, all="new")
    assert said in response.text
    assert len(await owner.lines()) == 1


def test_every_reason_has_words():
    from typing import get_args

    from bot.channels.web.app import WIDGET
    from bot.records.guidance.passport_file import Reason

    page = (WIDGET / "templates" / "record_passport.html").read_text(encoding="utf-8")
    for reason in get_args(Reason):
        assert f'"{reason}": "' in page


async def test_too_large_and_of_another_form(owner: Owner):
    response = await upload(owner, b"PK\x03\x04" + b"\0" * (MOST_BYTES + 20_000), 413)
    assert "too large" in response.text
    assert (await upload(owner, b"x" * (MOST_BYTES + 1), 413)).status_code == 413
    await owner.post("/record/passport", 415, passport="x")
    kind = {"content-type": "multipart/form-data"}
    for content in (b"", b"nonsense"):
        response = await owner.client.post("/record/passport", content=content, headers=kind)
        assert response.status_code == 422
    await owner.post("/record/passport/take", 422, passport="not base64!")


async def test_a_file_as_large_as_may_be_is_taken_to_the_second_form(owner: Owner):
    await owner.line("note")
    content = await elsewhere(owner)
    text = base64.urlsafe_b64encode(content + b"\0" * (MOST_BYTES - len(content))).decode()
    await owner.post("/record/passport/take", 422, passport=text)  # not whole, but not too large


async def test_nothing_of_it_is_on_disk_or_in_the_log(
    owner: Owner, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch
):
    caplog.set_level(logging.DEBUG)
    rolled: list[object] = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda self: rolled.append(self))
    await owner.line("note", body={"text": "wants to count narwhals"})
    content = await elsewhere(owner)
    await emptied(owner)
    page = (await upload(owner, content)).text
    await owner.post("/record/passport/take", passport=hidden(page), all="new")
    await upload(owner, content + b"\0" * (2 * 1024 * 1024), 422)
    assert rolled == []
    assert "narwhals" not in caplog.text
    assert files_with(tmp_path, ("narwhals",)) == []


async def test_someone_elses_session_changes_nothing(
    house_and_client: tuple[House, httpx.AsyncClient],
):
    owner = await signed_in(*house_and_client)
    await owner.line("note")
    content = await elsewhere(owner)
    owner.client.cookies.clear()
    files = {"passport": ("p.zip", content, "application/zip")}
    response = await owner.client.post("/record/passport", files=files)
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
