"""A running console with staff, pupils and another school; and a client that checks every page."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select, text

from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.identity.staff.staff_sessions import begin_session, cookie_name
from bot.records.audit.search import search
from bot.records.models import Base
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.staff import StaffDetails, StaffRow, add_staff
from bot.records.store import open_engine, writing

ORIGIN = "http://chat.test"
COOKIE = cookie_name(secure=False)
ROLES = ("careers staff", "adviser", "careers leader", "dsl", "administrator", "operator")
FAMILY_NAME = "Quillfeather"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def now() -> datetime:
    return datetime.now(UTC)


class Staffed:
    """The store of the installation in a folder: staff, pupils, a second school."""

    def __init__(self, folder: Path) -> None:
        self.engine = writing(open_engine(f"sqlite:///{folder / 'signpost.sqlite3'}"))
        self.sealing = sealing_of(load_or_make(folder / "secrets"))
        with self.engine.begin() as connection:
            self.school_id = keep_school(connection, "default", "Test School", now())
            self.other_school = keep_school(connection, "other", "Other School", now())

    def staff(
        self,
        *roles: str,
        name: str = "Sam Marlowe",
        school_id: int | None = None,
        level: int | None = None,
        expires: date | None = None,
    ) -> StaffRow:
        """Somebody new of staff, with an e-mail address of their own."""
        with self.engine.begin() as connection:
            number = connection.execute(text("SELECT count(*) FROM staff")).scalar_one()
            details = StaffDetails(
                name,
                f"staff{number}@school.example",
                qualification="Diploma in Career Guidance" if level else None,
                register_number="12345" if level else None,
            )
            return add_staff(
                connection,
                self.sealing,
                school_id or self.school_id,
                details,
                now=now(),
                roles=roles,
                level=level,
                register_expires=expires,
            )

    def adviser(self, name: str = "Ada Marlowe", **more: Any) -> StaffRow:
        """A qualified adviser."""
        expires = now().date() + timedelta(days=300)
        return self.staff("adviser", name=name, level=6, expires=expires, **more)

    def session(self, row: StaffRow, *, second: bool = True, at: datetime | None = None) -> str:
        """The cookie's value of somebody who is signed in."""
        with self.engine.begin() as connection:
            return begin_session(
                connection,
                self.sealing,
                row.school_id,
                row.id,
                "password",
                at or now(),
                device="a test",
                second=second,
            )

    def pupil(
        self,
        name: str = "Amira",
        *,
        family_name: str = FAMILY_NAME,
        year: int = 11,
        group: str = "11A",
        school_id: int | None = None,
        **details: Any,
    ) -> str:
        """A pupil; the id."""
        day = now().date()
        began = day.year if day.month >= 9 else day.year - 1
        with self.engine.begin() as connection:
            whole = PupilDetails(name, family_name, **details)
            school = school_id or self.school_id
            return add_pupil(
                connection, self.sealing, school, whole, began - (year - 7), group, now()
            )

    def audited(self, action: str | None = None) -> list[Any]:
        """Rows of the audit, newest first."""
        with self.engine.begin() as connection:
            return list(search(connection, self.sealing, self.school_id, action=action).rows)

    def rows(self, table: Any) -> list[Any]:
        with self.engine.begin() as connection:
            return list(connection.execute(select(Base.metadata.tables[table.__tablename__])))

    def run(self, work: Any, *args: Any, **more: Any) -> Any:
        """`work(connection, sealing, school_id, …)` in one transaction."""
        with self.engine.begin() as connection:
            return work(connection, self.sealing, self.school_id, *args, **more)

    def close(self) -> None:
        self.engine.dispose()


# ---- pages


@dataclass
class Page:
    """What is looked at in a page."""

    title: str = ""
    lang: str = ""
    headings: list[str] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    fields: list[dict[str, str]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    tables_without_caption: int = 0
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []
        self.labelled_around = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {name: value or "" for name, value in attrs}
        page = self.page
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            page.lang = found.get("lang", "")
        if tag == "h1":
            page.headings.append("")
        if "id" in found:
            page.ids.append(found["id"])
        if "style" in found or any(name.startswith("on") for name in found):
            page.inline.append(f"{tag} {found}")
        if tag == "style" or (tag == "script" and "src" not in found):
            page.inline.append(tag)
        if tag == "form":
            page.forms.append({**found, "fields": []})
        if tag == "a" and "href" in found:
            page.links.append(found["href"])
        if tag == "label" and "for" in found:
            page.labels.add(found["for"])
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            page.fields.append(found)
        if tag in ("input", "select", "textarea", "button") and page.forms and "form" in self.open:
            page.forms[-1]["fields"].append(found)
        if tag == "table":
            page.tables_without_caption += 1
        if tag == "caption":
            page.tables_without_caption -= 1

    def handle_endtag(self, tag: str) -> None:
        assert tag not in VOID, tag
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "title" in self.open and "svg" not in self.open:
            self.page.title += data
        elif "h1" in self.open:
            self.page.headings[-1] += data
        if not {"script", "style"} & set(self.open):
            self.page.text += data


def read_page(html: str) -> Page:
    """The page, its tags balanced."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], reader.open
    return reader.page


def check_page(response: httpx.Response, never_in_addresses: Collection[str] = ()) -> Page:
    """What every page of the console keeps to."""
    headers = response.headers
    assert headers["content-type"].startswith("text/html")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    page = read_page(response.text)
    assert page.lang == "en-GB"
    assert re.fullmatch(r"\S.*\S · Signpost, Test School", page.title.strip()), page.title
    assert len(page.headings) == 1, page.headings
    assert page.headings[0].strip()
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids)), sorted(page.ids)
    assert page.tables_without_caption == 0
    for found in page.fields:
        named = found.get("id") in page.labels or "aria-label" in found
        assert named, f"a field without a label: {found}"
    for form in page.forms:
        if form.get("method", "get").lower() == "post":
            tokens = [one["value"] for one in form["fields"] if one.get("name") == "csrf"]
            assert len(tokens) == 1, f"a form without its token: {form}"
            assert re.fullmatch("[0-9a-f]{64}", tokens[0])
            assert form["action"].startswith("/console/") or form["action"] == "/console"
        elif form.get("method") != "dialog":
            assert form["action"].startswith("/console")
    addresses = [str(response.url), *page.links, *(one.get("action", "") for one in page.forms)]
    for name in never_in_addresses:
        assert not [one for one in addresses if name.casefold() in one.casefold()]
    return page


class Console:
    """Somebody's browser at the console; every page that it gets is checked."""

    def __init__(self, client: httpx.AsyncClient, cookie: str | None) -> None:
        self.client = client
        self.cookies = {} if cookie is None else {COOKIE: cookie}
        self.csrf = ""
        self.page = Page()
        self.response: httpx.Response | None = None

    async def get(self, path: str, status: int = 200, **request: Any) -> httpx.Response:
        return await self._ask("GET", path, status, **request)

    async def post(
        self, path: str, status: int = 303, *, csrf: str | None = None, **request: Any
    ) -> httpx.Response:
        """Send a form as this origin's own page does."""
        if not self.csrf and csrf is None:
            await self.get("/console")
        token = self.csrf if csrf is None else csrf
        request["data"] = {"csrf": token, **request.get("data", {})}
        request.setdefault("headers", {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"})
        return await self._ask("POST", path, status, **request)

    async def follow(self) -> httpx.Response:
        """The page that the last answer leads to."""
        assert self.response is not None
        return await self.get(self.response.headers["location"])

    async def _ask(self, method: str, path: str, status: int, **request: Any) -> httpx.Response:
        headers = {**request.pop("headers", {})}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = await self.client.request(method, path, headers=headers, **request)
        self.client.cookies.clear()
        self._keep_cookies(response)
        assert response.status_code == status, f"{response.status_code}: {response.text[:2000]}"
        assert "content-security-policy" in response.headers
        assert response.headers["cache-control"] == "no-store"
        if response.headers.get("content-type", "").startswith("text/html"):
            self.page = check_page(response, (FAMILY_NAME,))
            tokens = re.findall(r'<meta name="csrf" content="([0-9a-f]{64})">', response.text)
            self.csrf = tokens[0] if tokens else ""
        self.response = response
        return response

    def _keep_cookies(self, response: httpx.Response) -> None:
        for header in response.headers.get_list("set-cookie"):
            name, _, value = header.partition(";")[0].partition("=")
            gone = "max-age=0" in header.lower() or value in ("", '""')
            if gone:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value.strip('"')
            assert "httponly" in header.lower(), header
            assert "samesite" in header.lower(), header
