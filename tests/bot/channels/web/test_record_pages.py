"""The pupil's own record as pages: seen, corrected, disputed, taken along, deleted."""

import io
import logging
import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.channels.web.record_pages import AT_ONCE, FORMS
from bot.channels.web.routes import Access
from bot.records.conversations import find_conversation, pending_erasures
from bot.records.guidance.destinations import add_destination
from bot.records.guidance.lines import KINDS
from bot.records.guidance.proposals import confirm_proposal, propose
from bot.records.guidance.views import note_view
from bot.records.sign_in import join_conversation
from tests.bot.channels.web.record_owner import (
    NAME,
    NOW,
    ROWS,
    SENTENCE,
    Owner,
    files_with,
    signed_in,
    words,
)
from tests.bot.records.guidance.conftest import BODIES
from tests.bot.support import Reader
from tests.engine_double import EngineDouble

# ---- who may


def test_all_routes_are_the_signed_in_pupils():
    assert {row.access for row in ROWS} == {Access.PUPIL}
    assert all(row.path.startswith("/record") and not row.shared for row in ROWS)
    assert all(row.handler.__doc__.startswith(f"{row.method} /record") for row in ROWS)


def address(row, line_id: str) -> str:
    """The row's address with something in each of its places."""
    places = re.findall(r"{(\w+)}", row.path)
    nothing = dict.fromkeys(places, "0" * 32)
    return row.path.format(**(nothing | {"line": line_id, "kind": "note"}))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
async def test_without_a_session_to_sign_in(owner: Owner, row):
    line = await owner.line("decision")
    for cookie in (None, "", "nonsense"):
        owner.client.cookies.clear()
        if cookie is not None:
            owner.client.cookies.set("signpost_pupil", cookie)
        path = address(row, line.id)
        body = {"data": {"text": "x", "sure": "yes"}} if row.method == "POST" else {}
        response = await owner.client.request(row.method, path, **body)
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
        assert BODIES["decision"]["text"] not in response.text
    assert await owner.lines() == [line]


@pytest.mark.parametrize("row", [row for row in ROWS if "{line}" in row.path],
                         ids=lambda row: f"{row.method} {row.path}")  # fmt: skip
async def test_another_pupils_lines_are_not_there(owner: Owner, row):
    lines = [await owner.line("action"), await owner.line("advice")]
    other = await signed_in(owner.house, owner.client, "Somebody")
    for line in (*lines, None):
        path = row.path.format(line=line.id if line else "0" * 32)
        body = {"data": {"text": "x", "words": "x"}} if row.method == "POST" else {}
        response = await other.client.request(row.method, path, **body)
        assert response.status_code == 404
        assert "not there to change" in response.text
    unchanged = {line.id: line for line in await owner.lines()}
    assert unchanged == {line.id: line for line in lines}
    assert await other.lines() == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "POST"],
                         ids=lambda row: row.path)  # fmt: skip
async def test_no_form_from_another_origin(owner: Owner, row):
    line = await owner.line("action")
    path = address(row, line.id)
    headers = {"Sec-Fetch-Site": "cross-site"}
    response = await owner.client.post(path, data={"sure": "yes", "text": "x"}, headers=headers)
    assert response.status_code == 403
    assert await owner.lines() == [line]


# ---- seeing


async def test_an_empty_record(owner: Owner):
    told = words(await owner.page())
    assert "There is nothing in it yet." in told
    assert "Nobody but you has looked at it." in told
    assert "0 things to do" in told
    assert "0 of 1 employer meeting this year" in told


async def test_everything_with_where_it_came_from(owner: Owner):
    for kind in KINDS:
        await owner.line(kind)
    row = await owner.write(
        propose, kind="decision", body={"text": "Apply in May"}, source={}, now=NOW
    )
    await owner.write(confirm_proposal, row.id, NOW)
    await owner.line("note", provenance="import", source={"school": "Old School"})
    await owner.line("note", provenance="staff")
    await owner.write(
        add_destination,
        kind="intended",
        category="apprenticeship",
        details={"place": "Kelp and Sons"},
        year_group=10,
        reported_by="pupil",
        reported_on=NOW.date(),
        now=NOW,
    )
    await owner.write(note_view, name="Quorra Plinth", role="adviser", purpose="meeting", now=NOW)
    told = words(await owner.page())
    for said in (
        "Pay of electricians",
        "Typical pay: £38,064 a year (2024). Source: ONS",
        "From Quorra Plinth, careers adviser: Level 6 Diploma in Career Guidance, Level 6",
        "You said yes to this in the chat.",
        "From the chat.",
        "You added this.",
        "Brought from Old School.",
        "Added by staff of your school.",
        "Time in a workplace , A vet's practice, last week",
        "What you learnt: Calm helps.",
        "Apprenticeship , Kelp and Sons",
        "Quorra Plinth, adviser Why: meeting",
        "Time in a workplace 1 2 by the end of Year 11",
        "1 skill with something that shows it",
    ):
        assert said in told, said


async def test_newest_first_by_kind_and_page(owner: Owner):
    for n in range(AT_ONCE + 3):
        await owner.line("note", body={"text": f"note {n:03}"},
                         happened_on=date(2026, 1, 1) + timedelta(days=n))  # fmt: skip
    await owner.line("decision", happened_on=date(2027, 1, 1))

    async def shown(query: str) -> list[str]:
        return re.findall(r"note \d{3}|Stay for sixth form", await owner.page(f"/record{query}"))

    everything = [f"note {n:03}" for n in reversed(range(AT_ONCE + 3))]
    assert await shown("") == ["Stay for sixth form", *everything[: AT_ONCE - 1]]
    assert await shown("?page=2") == everything[AT_ONCE - 1 :]
    assert await shown("?kind=decision") == ["Stay for sixth form"]
    assert await shown("?kind=note&page=2") == everything[AT_ONCE:]
    # What is not there is the nearest that is.
    assert await shown("?kind=zebra") == await shown("?page=0") == await shown("?page=x")
    assert await shown("?page=99999") == await shown("?page=2")
    page = await owner.page("/record?kind=note")
    assert 'href="/record?kind=note&amp;page=2#everything"' in page
    assert re.findall(r'href="/record\?kind=(\w+)#', page) == ["decision", "note"]


async def test_actions_with_their_dates(owner: Owner):
    tomorrow, yesterday = NOW.date() + timedelta(days=1), NOW.date() - timedelta(days=2)
    await owner.line("action", body={"text": "later"})
    await owner.line("action", body={"text": "soon"}, due_on=tomorrow)
    await owner.line("action", body={"text": "late"}, due_on=yesterday)
    todo = (await owner.page()).partition("Things to do</h2>")[2].partition("</section>")[0]
    assert re.findall(r"<p>(\w+)</p>", todo) == ["late", "soon", "later"]
    told = words(todo)
    assert f"It was due by {yesterday.day} " in told
    assert f"By {tomorrow.day} " in told
    assert "No date set." in told


async def test_words_are_not_markup(owner: Owner):
    await owner.line("note", body={"text": "<b>bold</b> & {{ x }}"})
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; {{ x }}" in await owner.page()


async def test_every_control_has_a_name_of_its_own(owner: Owner):
    for kind in KINDS:
        await owner.line(kind)
    page = await owner.page()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    fields = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', page)
    assert sorted(fields) == sorted(re.findall(r'<label for="([^"]+)"', page))


# ---- changing


async def test_an_action_is_ended_and_put_back(owner: Owner):
    line = await owner.line("action")
    response = await owner.post(f"/record/lines/{line.id}/done")
    assert response.headers["location"] == f"/record#{line.id}"
    assert [one.status for one in await owner.lines()] == ["done"]
    await owner.post(f"/record/lines/{line.id}/open")
    await owner.post(f"/record/lines/{line.id}/dropped", reason=" Too far ")
    (ended,) = await owner.lines()
    assert (ended.status, ended.body.reason) == ("dropped", "Too far")
    told = words(await owner.page())
    assert "Not any more." in told
    assert "Why: Too far" in told
    note = await owner.line("note")
    await owner.post(f"/record/lines/{note.id}/done", 404)


@pytest.mark.parametrize("kind", sorted(FORMS))
async def test_a_correction_keeps_the_old_text(owner: Owner, kind: str):
    line = await owner.line(kind)
    path = f"/record/lines/{line.id}/correct"
    form = await owner.page(path)
    names = [name for name, _, _ in FORMS[kind]]
    for name in names:
        assert f'<label for="{name}">' in form
        if name != "type":
            assert str(BODIES[kind].get(name, "")) in unescape(form)
    field = "text" if "text" in names else names[-1]
    new = {name: BODIES[kind].get(name, "") for name in names} | {field: "Another\r\nview"}
    response = await owner.post(path, **new)
    assert response.headers["location"] == f"/record#{line.id}"
    (changed,) = await owner.lines()
    assert getattr(changed.body, field) == "Another\nview"
    page = await owner.page()
    assert "What it said before" in page
    assert BODIES[kind][field] in unescape(page)


def test_every_kind_of_the_pupils_own_has_a_form():
    assert set(FORMS) == set(KINDS) - {"advice", "information"}
    for kind, fields in FORMS.items():
        assert {name for name, _, _ in fields} >= set(BODIES[kind]) - {"soc2020"}


async def test_the_day_is_corrected(owner: Owner):
    line = await owner.line("action", due_on=date(2027, 1, 1))
    path = f"/record/lines/{line.id}/correct"
    assert 'value="2027-01-01"' in await owner.page(path)
    await owner.post(path, text="x", day="2027-02-03")
    assert (await owner.lines())[0].due_on == date(2027, 2, 3)
    response = await owner.post(path, 422, text="y", day="soon")
    assert "this is not a date" in response.text
    assert (await owner.lines())[0].body.text == "x"


async def test_a_new_hope_loses_the_job_of_the_old_words(owner: Owner):
    line = await owner.line("aspiration")
    await owner.post(f"/record/lines/{line.id}/correct", text="Be a farmer")
    assert (await owner.lines())[0].body.soc2020 is None


async def test_a_wrong_correction_is_said_and_the_draft_kept(owner: Owner):
    line = await owner.line("skill")
    path = f"/record/lines/{line.id}/correct"
    response = await owner.post(path, 422, name="", evidence="a draft to keep")
    assert "The skill</a>: fill this in." in response.text
    assert response.text.count('aria-invalid="true"') == 1
    assert "a draft to keep" in response.text
    assert await owner.lines() == [line]


async def test_what_others_said_is_disputed_not_rewritten(owner: Owner):
    line = await owner.line("advice")
    await owner.page(f"/record/lines/{line.id}/correct", 404)
    await owner.post(f"/record/lines/{line.id}/correct", 404, text="x")
    page = await owner.page()
    assert f'href="/record/lines/{line.id}/dispute"' in page
    assert BODIES["advice"]["text"] in await owner.page(f"/record/lines/{line.id}/dispute")
    await owner.post(f"/record/lines/{line.id}/dispute", words="That was not said.")
    told = words(page := await owner.page())
    assert "You see this differently" in told
    assert "That was not said." in told
    assert f'Your view of <a href="#{line.id}">' in page
    assert BODIES["advice"]["text"] in told
    response = await owner.post(f"/record/lines/{line.id}/dispute", 422, words="y" * 2001)
    assert "too long" in response.text


# ---- taking along


async def test_downloads(owner: Owner):
    await owner.line("decision", body={"text": SENTENCE})
    response = await owner.client.get("/record/download.json")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-disposition"] == 'attachment; filename="my-record.json"'
    found = response.json()
    assert found["pupil"]["given_name"] == NAME
    assert [line["body"]["text"] for line in found["lines"]] == [SENTENCE]
    response = await owner.client.get("/record/download.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["cache-control"] == "no-store"
    reader = PdfReader(io.BytesIO(response.content))
    assert SENTENCE in " ".join(reader.pages[0].extract_text().split())
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in reader.trailer["/Root"]


# ---- deleting


async def test_asked_once_more_before_deleting(owner: Owner):
    line = await owner.line("decision")
    assert "Nobody can bring it back." in await owner.page("/record/delete")
    response = await owner.post("/record/delete", 422)
    assert "Nothing was deleted." in response.text
    assert await owner.lines() == [line]


async def test_deletion_leaves_no_trace_anywhere(
    owner: Owner, engine: EngineDouble, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    await owner.line("decision", body={"text": SENTENCE})
    reader = await Reader.begin(owner.client)
    await owner.house.store.write(
        join_conversation, owner.house.school_id, owner.pupil, reader.id, NOW, so_far=True
    )
    await reader.ask(f"{NAME} {SENTENCE}")
    response = await owner.post("/record/delete", 200, sure="yes")
    told = words(response.text)
    assert "Your record is deleted" in told
    assert "Chats 1" in told
    assert re.search(r"Number [0-9a-f]{16} ", told)
    for secret in (NAME, SENTENCE, owner.pupil, reader.id):
        assert secret not in response.text
    for secret in (NAME, SENTENCE, owner.pupil):
        assert secret not in caplog.text
    assert 'signpost_pupil=""' in response.headers["set-cookie"]
    assert (await owner.client.get("/record")).headers["location"] == "/sign-in"
    store = owner.house.store
    assert await owner.house.gateway.settled(reader.id, 5)
    assert await store.read(find_conversation, reader.id) is None
    assert await store.read(pending_erasures) == []  # the engine has forgotten it too
    with closing(sqlite3.connect(tmp_path / "signpost.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert files_with(tmp_path, (NAME, SENTENCE, owner.pupil)) == []
