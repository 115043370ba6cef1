"""The guard of the console, row by row; and what it does whatever the row."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from bot.console import frame, routes
from bot.console.csrf import FORM_COOKIE, from_here, token_for
from bot.console.frame import console_routes
from bot.console.rows import ConsoleRow
from bot.identity.staff.roles import PERMISSIONS, QUALIFIED_ONLY
from bot.records.audit.actors import Actor
from bot.records.conversations import add_conversation
from bot.records.handovers import ask as ask_for_person
from bot.records.handovers import consent
from bot.records.meetings.rows import MeetingDetails, add_meeting
from bot.records.models import Base
from tests.bot.console.staffed import COOKIE, ORIGIN, ROLES, Console, Staffed, check_page, now
from tests.bot.support import Clock, app_in

ROWS = routes.table()
GUARDED = [row for row in ROWS if row.permission is not None]
LISTED = Path(__file__).with_name("routes.txt")
NOBODYS = "0" * 32
HERE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


def name_of(row: ConsoleRow) -> str:
    return f"{row.method} {row.path}"


def filled(row: ConsoleRow, **known: str) -> str:
    """The row's path, with a value of nobody's for what is not known."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known.get(found[1], NOBODYS), row.path)


# ---- which routes there are


def test_the_list_of_routes_is_the_table():
    """None vanishes or comes silently. `python -m tests.bot.console.list_routes` lists anew."""
    told = [f"{row.method} {row.path} {row.permission or 'anybody'}" for row in ROWS]
    assert sorted(told) == LISTED.read_text(encoding="utf-8").splitlines()


def test_the_application_serves_just_these_each_through_the_guard(tmp_path: Path):
    served = {
        (method, route.path)
        for route in app_in(tmp_path).routes
        if isinstance(route, Route) and route.path.split("/")[1] == "console"
        for method in route.methods - {"HEAD"}
    }
    own = {
        ("GET", "/console/static/{name:path}"),
        ("GET", "/console/{rest:path}"),
        ("POST", "/console/{rest:path}"),
    }
    assert served == {(row.method, row.path) for row in ROWS} | own


def test_every_row_names_a_permission_that_there_is():
    for row in ROWS:
        assert row.permission is None or row.permission in PERMISSIONS, name_of(row)
        assert row.method in ("GET", "POST", "DELETE"), name_of(row)
        assert row.path == "/console" or row.path.startswith("/console/"), name_of(row)


def test_only_signing_in_is_open_to_everybody():
    opened = {row.path for row in ROWS if row.permission is None}
    allowed = ("/console/sign-in", "/console/join", "/console/sign-out")
    assert [path for path in opened if not path.startswith(allowed)] == []


def test_two_rows_for_one_place_are_refused(monkeypatch: pytest.MonkeyPatch):
    from bot.console import people

    monkeypatch.setattr(people, "ROWS", (*people.ROWS, people.ROWS[0]))
    with pytest.raises(ValueError, match="two rows"):
        routes.table.__wrapped__()


# ---- who may use each


async def ask(
    client: httpx.AsyncClient, row: ConsoleRow, cookie: str | None, **request: object
) -> httpx.Response:
    headers = {**HERE, **request.pop("headers", {})}
    if cookie is not None:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    path = request.pop("path", None) or filled(row)
    asking = client.request(row.method, path, headers=headers, **request)
    try:
        # A stream of events goes on for as long as somebody listens: who is let in waits.
        async with asyncio.timeout(0.5 if row.path.endswith("/events") else None):
            response = await asking
    except TimeoutError:
        response = httpx.Response(200)
    client.cookies.clear()
    return response


def token_of(client: httpx.AsyncClient, cookie: str) -> str:
    import hashlib

    desk = client._transport.app.state.console  # type: ignore[attr-defined]
    return token_for(desk.form_key, hashlib.sha256(cookie.encode()).hexdigest())


async def test_every_row_opens_to_those_with_its_permission_only(
    client: httpx.AsyncClient, school: Staffed, clock: Clock
):
    """All rows in one application: what goes wrong is told for each."""
    wrong = []
    for row in GUARDED:
        clock.ahead = timedelta()
        try:
            await _walk(client, school, clock, row)
        except AssertionError as problem:
            wrong.append(f"{name_of(row)}: {problem}")
    assert wrong == []


async def _walk(client: httpx.AsyncClient, school: Staffed, clock: Clock, row: ConsoleRow) -> None:
    assert row.permission is not None
    at_sign_in = 401 if row.background else 303

    def stopped(response: httpx.Response, place: str) -> None:
        assert response.status_code == at_sign_in, (response.status_code, response.text[:500])
        if at_sign_in == 303:
            assert response.headers["location"].split("?")[0] == place
        assert response.headers["cache-control"] == "no-store"

    # nobody; a cookie that is none; a session before its second factor; one that is over
    stopped(await ask(client, row, None), "/console/sign-in")
    for cookie in ("nonsense", "", NOBODYS):
        stopped(await ask(client, row, cookie), "/console/sign-in")
    everything = school.adviser(name="All Roles")
    half = school.session(everything, second=False)
    stopped(await ask(client, row, half), "/console/sign-in/second")
    # staff of another school, whatever they may do there
    stranger = school.staff(*ROLES, name="Far Away", school_id=school.other_school, level=6)
    stopped(await ask(client, row, school.session(stranger)), "/console/sign-in")

    for role in ROLES:
        somebody = school.adviser() if role == "adviser" else school.staff(role)
        cookie = school.session(somebody)
        allowed = role in PERMISSIONS[row.permission]
        body = {"data": {"csrf": token_of(client, cookie)}} if row.unsafe else {}
        response = await ask(client, row, cookie, **body)
        if allowed:
            assert response.status_code not in (401, 403, 405, 500), (role, response.text[:800])
        else:
            assert response.status_code == 403, (role, response.status_code)
            check_page(response)
            assert "another role" in response.text
        if row.unsafe:
            # No token, another session's token, another origin, or neither said: never.
            other = token_of(client, school.session(somebody))
            cookie = school.session(somebody)  # the row may have ended the one before
            body = {"data": {"csrf": token_of(client, cookie)}}
            for wrong in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": other}):
                refused = await ask(client, row, cookie, data=wrong)
                assert refused.status_code == 403, (role, wrong)
            for headers in (
                {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
                {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
                {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
                {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
            ):
                refused = await ask(client, row, cookie, headers=headers, **body)
                assert refused.status_code == 403, (role, headers)
                assert "did not come from this page" in refused.text
    if row.permission in QUALIFIED_ONLY:
        unqualified = school.session(school.staff("adviser"))
        body = {"data": {"csrf": token_of(client, unqualified)}} if row.unsafe else {}
        assert (await ask(client, row, unqualified, **body)).status_code == 403
    clock.ahead = timedelta(days=2)
    stopped(await ask(client, row, school.session(everything, at=clock() - timedelta(days=2))),
            "/console/sign-in")  # fmt: skip


MADE = ("pupil", "staff", "chat", "meeting")
"""Places in a path for which there is something at the other school to reach over to."""
BENEATH = ("file",)
"""Places below one of those: with it they are out of reach."""


def places_in(row: ConsoleRow) -> set[str]:
    return set(re.findall(r"\{(\w+)", row.path))


def test_every_place_in_a_path_is_one_that_the_walk_knows():
    found = {place for row in GUARDED for place in places_in(row)}
    assert found <= {*MADE, *BENEATH}, "say in MADE how to make one at the other school"


async def test_nothing_of_another_school_is_shown_or_changed(
    client: httpx.AsyncClient, school: Staffed
):
    theirs = reached_for(school)
    somebody = school.adviser()
    school.run(_all_roles, somebody.id)
    wrong = []
    for row in GUARDED:
        if not places_in(row) & set(MADE):
            continue
        cookie = school.session(somebody)
        try:
            await _reach_over(client, school, row, theirs, cookie)
        except AssertionError as problem:
            wrong.append(f"{name_of(row)}: {problem}")
    assert wrong == []


def reached_for(school: Staffed) -> dict[str, str]:
    """Something of each kind at the other school, called Secretname."""
    other, at = school.other_school, now()
    pupil = school.pupil("Secretname", school_id=other)
    staff = school.adviser("Secretname", school_id=other).id
    reader, chat = Actor("guest"), "c" * 32
    with school.engine.begin() as connection:
        add_conversation(
            connection,
            school.sealing,
            conversation_id=chat,
            school_id=other,
            channel="web",
            scene={},
            opening={"notice": {}, "greeting": {}},
            standing=(),
            now=at,
        )
        told = {"origin": "reader", "urgency": 1, "way": "chat", "reason": "Secretname"}
        ask_for_person(
            connection,
            school.sealing,
            other,
            chat,
            actor=reader,
            now=at,
            called="Secretname",
            **told,
        )
        consent(connection, school.sealing, other, chat, actor=reader, now=at)
        meeting = add_meeting(
            connection,
            school.sealing,
            other,
            pupil_id=pupil,
            staff_id=staff,
            kind="guidance",
            state="booked",
            room="Secretname",
            begins_at=at + timedelta(days=1),
            ends_at=at + timedelta(days=1, minutes=40),
            details=MeetingDetails(talk="Secretname"),
            now=at,
        )
    return {"pupil": pupil, "staff": staff, "chat": chat, "meeting": meeting.id}


async def _reach_over(
    client: httpx.AsyncClient,
    school: Staffed,
    row: ConsoleRow,
    theirs: dict[str, str],
    cookie: str,
) -> None:
    before = others_rows(school)
    body = {"data": {"csrf": token_of(client, cookie)}} if row.unsafe else {}
    response = await ask(client, row, cookie, path=filled(row, **theirs), **body)
    assert response.status_code in (303, 404), (response.status_code, response.text[:300])
    assert "Secretname" not in response.text
    if response.status_code == 303:
        # On to a page of one's own school, or first to the question why, which is not there either.
        place = response.headers["location"]
        followed = await client.get(place, headers={"Cookie": f"{COOKIE}={cookie}"})
        client.cookies.clear()
        assert "Secretname" not in followed.text
    assert others_rows(school) == before


def others_rows(school: Staffed) -> list[object]:
    """Everything that the store holds of the other school."""
    found: list[object] = []
    with school.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if "school_id" in table.c:
                theirs = select(table).where(table.c.school_id == school.other_school)
                found += map(tuple, connection.execute(theirs))
    return found


def _all_roles(connection, sealing, school_id, staff_id):
    from bot.records.staff import set_roles

    wanted = [role for role in ROLES if role != "operator"]
    set_roles(connection, school_id, staff_id, wanted, Clock()())


# ---- whatever the row


async def test_who_is_not_signed_in_learns_nothing_of_what_there_is(client: httpx.AsyncClient):
    for path in ("/console/nothing", "/console/audit/x", "/console/sign-inn"):
        response = await client.get(path)
        assert response.status_code == 303
        assert response.headers["location"].startswith("/console/sign-in?to=")


async def test_an_address_that_is_none_is_a_page(signed_in):
    console: Console = signed_in("careers staff")
    await console.get("/console/nothing", 404)
    assert "There is no such page" in console.page.headings


async def test_head_and_wrong_methods(client: httpx.AsyncClient, school: Staffed):
    cookie = school.session(school.staff("administrator"))
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    assert (await client.head("/console", headers=headers)).status_code == 200
    response = await client.put("/console/staff", headers=headers)
    assert response.status_code == 405
    assert response.headers["x-frame-options"] == "DENY"


async def test_files_of_the_console(client: httpx.AsyncClient):
    for name in ("console.css", "console.js", "icon.svg"):
        response = await client.get(f"/console/static/{name}")
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"
    for name in ("../frame.py", "nothing.css", "..%2fframe.py", ""):
        assert (await client.get(f"/console/static/{name}")).status_code in (303, 404)


async def test_a_page_that_breaks_off_says_so_without_its_words(
    client: httpx.AsyncClient,
    school: Staffed,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    async def broken(visit: object) -> Response:
        raise RuntimeError("Quillfeather")

    row = ConsoleRow("GET", "/console/broken", "own_account", broken, "broken")
    app = client._transport.app  # type: ignore[attr-defined]
    app.router.routes[:0] = console_routes(broken, [row])[1:2]
    cookie = school.session(school.staff("administrator"))
    response = await client.get("/console/broken", headers={"Cookie": f"{COOKIE}={cookie}"})
    assert response.status_code == 500
    check_page(response)
    assert "RuntimeError" in caplog.text
    assert "Quillfeather" not in caplog.text + response.text


async def test_a_body_that_is_too_large_is_not_read(signed_in):
    console: Console = signed_in("careers staff")
    await console.post("/console/pupils", 413, data={"name": "x" * 70_000})
    assert console.page.headings == ["That is too large"]


async def test_a_body_that_is_no_form(client: httpx.AsyncClient, school: Staffed):
    cookie = school.session(school.staff("careers staff"))
    headers = {**HERE, "Cookie": f"{COOKIE}={cookie}", "Content-Type": "text/plain"}
    response = await client.post("/console/pupils", headers=headers, content=b"name=x")
    assert response.status_code == 400
    check_page(response)
    # A script's request says its token in a header, and what is wrong is told as data.
    headers["Content-Type"] = "application/json"
    response = await client.post("/console/pupils", headers=headers, content=b"{}")
    assert (response.status_code, response.json()) == (403, {"why": "old-form"})


async def test_a_notice_is_shown_once_and_only_in_its_session(signed_in, school: Staffed):
    console: Console = signed_in("careers leader")
    await console.post("/console/school/meetings", data={"least_minutes": "45"})
    assert "signpost_console_notice" in console.cookies
    other: Console = signed_in("careers leader")
    other.cookies["signpost_console_notice"] = console.cookies["signpost_console_notice"]
    assert 'role="status"' not in (await other.get("/console/school")).text
    assert "least length of a meeting is kept" in (await console.follow()).text
    assert 'role="status"' not in (await console.get("/console/school")).text


async def test_use_is_noted_but_not_that_of_a_script(
    client: httpx.AsyncClient, school: Staffed, clock: Clock
):
    from bot.records.models import StaffSession

    async def quiet(visit: object) -> Response:
        return Response("{}")

    row = ConsoleRow("GET", "/console/quiet", "own_account", quiet, "quiet", background=True)
    app = client._transport.app  # type: ignore[attr-defined]
    app.router.routes[:0] = console_routes(quiet, [row])[1:2]
    cookie = school.session(school.staff("administrator"))
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    (begun,) = [one.last_seen_at for one in school.rows(StaffSession)]
    clock.ahead = timedelta(minutes=5)
    assert (await client.get("/console/quiet", headers=headers)).status_code == 200
    assert [one.last_seen_at for one in school.rows(StaffSession)] == [begun]
    assert (await client.get("/console", headers=headers)).status_code == 200
    assert [one.last_seen_at for one in school.rows(StaffSession)] > [begun]
    # Without a page for half an hour it is over, however busily a script asks.
    clock.ahead = timedelta(minutes=34)
    assert (await client.get("/console/quiet", headers=headers)).status_code == 200
    clock.ahead = timedelta(minutes=36)
    assert (await client.get("/console/quiet", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("headers", "public_url", "allowed"),
    [
        ({"sec-fetch-site": "same-origin", "origin": ORIGIN}, "", True),
        ({"sec-fetch-site": "same-origin"}, "", True),
        ({"origin": ORIGIN}, "", True),
        ({"origin": "https://careers.example"}, "https://careers.example", True),
        ({"origin": "https://careers.example"}, "", False),
        ({}, "", False),
        ({"sec-fetch-site": "none"}, "", False),
        ({"sec-fetch-site": "same-site"}, "", False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, "", False),
    ],
)
def test_where_a_form_comes_from(headers: dict[str, str], public_url: str, allowed: bool):
    from starlette.requests import Request

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "server": ("chat.test", 80),
        "path": "/console",
        "query_string": b"",
        "headers": [(b"host", b"chat.test")]
        + [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    assert from_here(Request(scope), public_url) is allowed


async def test_signing_in_has_a_token_before_there_is_a_session(client: httpx.AsyncClient):
    opened = [row for row in ROWS if row.path == frame.SIGN_IN and row.method == "GET"]
    if not opened:
        pytest.skip("there is no page to sign in yet")
    response = await client.get(frame.SIGN_IN)
    page = check_page(response)
    assert FORM_COOKIE in response.cookies
    tokens = {
        one["value"] for form in page.forms for one in form["fields"] if one.get("name") == "csrf"
    }
    assert len(tokens) == 1
    # The token alone is not enough: it is bound to the cookie.
    client.cookies.clear()
    fields = {"csrf": tokens.pop(), "email": "a@school.example", "password": "x"}
    response = await client.post(frame.SIGN_IN, data=fields, headers=HERE)
    assert response.status_code == 403
