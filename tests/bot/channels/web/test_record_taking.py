"""My record: gathered for a meeting, taken along by who leaves."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from tests.bot.channels.web.record_owner import NAME, Owner, words
from tests.bot.support import Reader
from tests.engine_double import EngineDouble


def text_of(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


async def test_ready_for_my_meeting(owner: Owner):
    for kind in ("aspiration", "action", "experience", "decision"):
        await owner.line(kind)
    assert 'href="/record/ready"' in await owner.page()
    told = words(await owner.page("/record/ready"))
    for said in (
        "Year 10, before the choices at 16.",
        "Be a vet",
        "Look at apprenticeships",
        "Time in a workplace",
        "Stay for sixth form",
    ):
        assert said in told, said
    response = await owner.post("/record/ready", talk="The\r\nbus", questions="Who pays?")
    assert response.headers["location"] == "/record/ready"
    page = await owner.page("/record/ready")
    assert "The\nbus</textarea>" in page
    response = await owner.client.get("/record/ready.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["cache-control"] == "no-store"
    text = text_of(response.content)
    assert f"Ready for my meeting: {NAME} {NAME}" in text
    assert "Who pays?" in text


async def test_a_note_that_is_too_long_is_said_and_kept(owner: Owner):
    await owner.post("/record/ready", talk="Before")
    long = "x" * 801
    response = await owner.post("/record/ready", 422, talk=long, questions="Kept?")
    assert "make this shorter" in response.text
    assert long in response.text
    assert "Kept?" in response.text
    assert [line.body.text for line in await owner.lines()] == ["Before"]


async def test_the_leavers_folder(owner: Owner):
    for kind in ("skill", "experience", "advice"):
        await owner.line(kind)
    response = await owner.client.get("/record/folder.pdf")
    assert response.headers["content-disposition"] == 'attachment; filename="leavers-folder.pdf"'
    assert "Patience" in text_of(response.content)
    response = await owner.client.get("/record/folder.zip")
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "Held a nervous cat" in archive.read("cv.txt").decode()


# ---- what the engine remembers


async def test_what_the_engine_remembers_of_open_chats(owner: Owner, engine: EngineDouble):
    reader = await Reader.begin(owner.client)
    await reader.ask("what does a vet earn")
    engine.seen.held[reader.id] = {"slots": {"jobs": [{"soc2020": "2240"}], "year_group": 10}}
    engine.seen.held["0" * 32] = {"slots": {"topic": "somebody else's"}}
    told = (await owner.client.get("/record/download.json")).json()
    assert told["memory"] == {"asked": True, "note": None}
    (talk,) = told["conversations"]
    assert talk["memory"] == engine.seen.held[reader.id]
    assert [entry["messages"][0]["text"] for entry in talk["entries"]] == [
        "what does a vet earn",
        "**Said:** what does a vet earn",
    ]
    assert "somebody else" not in str(told)


@pytest.mark.parametrize("mode", ["loading", "500", "not-json"])
async def test_an_engine_that_is_away_is_said_and_costs_nothing_else(
    owner: Owner, engine: EngineDouble, mode: str
):
    await owner.line("skill")
    await (await Reader.begin(owner.client)).ask("hello")
    engine.switches.mode = mode
    told = (await owner.client.get("/record/download.json")).json()
    assert told["memory"]["asked"] is False
    assert "could not be asked" in told["memory"]["note"]
    assert "skill" in [line["kind"] for line in told["lines"]]
    assert [len(talk["entries"]) for talk in told["conversations"]] == [2]
    assert "memory" not in told["conversations"][0]
