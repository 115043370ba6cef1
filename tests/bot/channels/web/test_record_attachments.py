"""My record: certificates and references, listed, taken along and taken out by the pupil alone."""

import io
import logging
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from bot.channels.web.record_pages import record_rows
from bot.records.guidance.attachments import AttachmentRow, add_attachment, attachments_of
from bot.records.guidance.file_types import ENDINGS
from tests.bot.channels.web.record_owner import NOW, Owner, files_with, signed_in, words
from tests.bot.records.guidance.files import EVERY, SECRET, pdf

OURS = [row for row in record_rows() if "{attachment}" in row.path]


async def added(owner: Owner, content: bytes | None = None, **more: Any) -> AttachmentRow:
    told = {
        "kind": "reference",
        "title": "Reference from the vet's",
        "file_name": "reference.pdf",
        "given_by": "Quorra Plinth",
        "dated": date(2026, 7, 1),
        "added_by": "A Tutor",
        "now": NOW,
    }
    return await owner.write(add_attachment, content=content or pdf(), **{**told, **more})


async def test_none_yet(owner: Owner):
    assert "There are none yet. Staff of your school can add a copy" in words(await owner.page())


async def test_listed_with_whom_they_are_from(owner: Owner):
    row = await added(owner, title="<b>First</b> aid")
    page = await owner.page()
    assert "<b>First" not in page
    told = words(page)
    assert "<b>First</b> aid Reference, from Quorra Plinth, 1 July 2026. PDF, " in told
    assert "by A Tutor." in told
    links = re.findall(r'<a href="(/record/attachments/[^"]+)">(.*?)</a>', page)
    assert [(path, words(name)) for path, name in links] == [
        (f"/record/attachments/{row.id}", "Download : <b>First</b> aid"),
        (f"/record/attachments/{row.id}/delete", "Delete : <b>First</b> aid"),
    ]


@pytest.mark.parametrize("media_type", EVERY)
async def test_downloads_byte_for_byte_and_only_to_keep(owner: Owner, media_type: str):
    row = await added(owner, EVERY[media_type])
    response = await owner.client.get(f"/record/attachments/{row.id}")
    assert response.status_code == 200
    assert response.content == EVERY[media_type]
    headers = response.headers
    assert headers["content-type"] == media_type
    name = f'"reference{ENDINGS[media_type]}"'
    assert headers["content-disposition"] == f"attachment; filename={name}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == (
        "default-src 'none'; frame-ancestors 'none'; sandbox"
    )


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        (
            "Zoë – paper.pdf",
            'attachment; filename="Zo_ _ paper.pdf"; '
            "filename*=UTF-8''Zo%C3%AB%20%E2%80%93%20paper.pdf",
        ),
        ('x"; filename="evil.html', 'attachment; filename="x ; filename= evil.pdf"'),
        ("a\r\nSet-Cookie: b=c.pdf", 'attachment; filename="a Set-Cookie b=c.pdf"'),
    ],
)
async def test_any_name_is_one_header(owner: Owner, name: str, disposition: str):
    row = await added(owner, file_name=name)
    response = await owner.client.get(f"/record/attachments/{row.id}")
    assert response.headers["content-disposition"] == disposition
    assert "set-cookie" not in response.headers


# ---- whose they are


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row.method} {row.path}")
@pytest.mark.parametrize("school", [None, "other"])
async def test_another_pupils_are_not_there(owner: Owner, row, school: str | None):
    other = await signed_in(owner.house, owner.client, "Somebody", school)
    theirs = await added(other)
    await owner.sign_in()
    path = row.path.format(attachment=theirs.id)
    response = await owner.client.request(row.method, path)
    nowhere = await owner.client.request(row.method, row.path.format(attachment="0" * 32))
    assert response.status_code == nowhere.status_code == 404
    assert response.text == nowhere.text
    assert "Reference from" not in await owner.page()
    assert await other.write(attachments_of) == [theirs]


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row.method} {row.path}")
async def test_without_a_session_to_sign_in(owner: Owner, row):
    mine = await added(owner)
    owner.client.cookies.clear()
    response = await owner.client.request(row.method, row.path.format(attachment=mine.id))
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    assert SECRET not in response.content
    assert await owner.write(attachments_of) == [mine]


async def test_deleted_after_one_more_question(owner: Owner):
    mine, other = await added(owner), await added(owner, pdf(b"2"), title="Another")
    path = f"/record/attachments/{mine.id}/delete"
    page = words(await owner.page(path))
    assert "Delete this file? Reference from the vet's" in page
    assert len(await owner.write(attachments_of)) == 2
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert (await owner.client.post(path, headers=cross)).status_code == 403
    assert len(await owner.write(attachments_of)) == 2
    response = await owner.post(path)
    assert response.headers["location"] == "/record#files"
    assert await owner.write(attachments_of) == [other]
    await owner.post(path, 404)


# ---- taken along and deleted


async def test_in_the_leavers_folder_and_in_everything(owner: Owner):
    row = await added(owner)
    response = await owner.client.get("/record/folder.zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("references/reference.pdf") == pdf()
    (told,) = (await owner.client.get("/record/download.json")).json()["attachments"]
    assert told["sha256"] == row.details.sha256
    assert (told["title"], told["size"]) == ("Reference from the vet's", len(pdf()))
    for path in ("/record/folder.pdf", "/record/download.pdf"):
        reader = PdfReader(io.BytesIO((await owner.client.get(path)).content))
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert "Reference: Reference from the vet’s, from Quorra Plinth" in text.replace("'", "’")


async def test_nothing_of_it_is_on_disk_or_in_the_log(
    owner: Owner, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    row = await added(owner)
    await owner.page()
    for path in (f"/record/attachments/{row.id}", "/record/folder.zip"):
        assert (await owner.client.get(path)).status_code == 200
    planted = (SECRET.decode(), "Quorra Plinth", "Reference from the vet")
    assert files_with(tmp_path, planted) == []
    assert not any(one in caplog.text for one in planted)
    response = await owner.post("/record/delete", 200, sure="yes")
    assert "Certificates and references 1" in words(response.text)
    assert "Their files 1" in words(response.text)
    assert files_with(tmp_path, (row.id,)) == []


async def test_head_tells_the_same_without_the_file(owner: Owner):
    row = await added(owner)
    response: httpx.Response = await owner.client.head(f"/record/attachments/{row.id}")
    assert response.headers["content-type"] == "application/pdf"
