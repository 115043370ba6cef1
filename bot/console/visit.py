"""One request to a page of the console, let in by the guard: who asks, and how to answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import orjson
from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.console.desk import ConsoleDesk
from bot.console.pages import Sheet
from bot.console.rows import HOME, ConsoleRow
from bot.console.showing import shown_to
from bot.identity.staff.roles import may
from bot.identity.staff.staff_sessions import StaffSignedIn
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.guidance.lines import day_in_england
from bot.records.sealing import SealBroken
from bot.records.staff import StaffRow, title_of

_R = TypeVar("_R")

NOTICE_COOKIE = "signpost_console_notice"
_NOTICE_S = 60


class NotHere(Exception):
    """What the address names is not there, or not at this school: the reader gets one page."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that may be answered. `form` and `body` are what came along, read and checked."""

    request: Request
    row: ConsoleRow
    desk: ConsoleDesk
    signed_in: StaffSignedIn | None
    csrf: str
    now: datetime
    form: FormData = field(default_factory=FormData)
    body: Mapping[str, Any] = field(default_factory=dict)
    new_form_cookie: str | None = None

    # ---- who asks, for what

    @property
    def staff(self) -> StaffSignedIn:
        """Who is signed in. For rows with a permission, which always have somebody."""
        if self.signed_in is None:
            raise LookupError("a page for everybody has nobody of staff")
        return self.signed_in

    @property
    def who(self) -> StaffRow:
        """The member of staff."""
        return self.staff.staff

    @property
    def today(self) -> date:
        """The day in England."""
        return day_in_england(self.now)

    @property
    def title(self) -> str:
        """What the member of staff is today, in words that pupils read."""
        return title_of(self.who, self.today)

    @property
    def actor(self) -> Actor:
        """Who asks, as the audit has it."""
        return Actor("staff", self.who.id, self.who.details.name)

    def may(self, permission: str) -> bool:
        """Whether the one who asks may do that today."""
        signed_in = self.signed_in
        if signed_in is None or signed_in.second_at is None:
            return False
        return may(signed_in.staff, permission, self.today)

    def named(self, name: str) -> str:
        """What stands in the path under that name."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """What stands in the address's query under that name; empty for nothing."""
        return self.request.query_params.get(name, "").strip()

    def typed(self, name: str) -> str:
        """One field of the form, with the ends of lines as everywhere; empty for nothing."""
        found = self.form.get(name)
        return found.replace("\r\n", "\n").strip() if isinstance(found, str) else ""

    def ticked(self, name: str) -> list[str]:
        """Every value of the form under that name."""
        return [one for one in self.form.getlist(name) if isinstance(one, str)]

    async def uploaded(self, name: str) -> tuple[str, bytes] | None:
        """The name and content of a file of the form; None where none was chosen."""
        found = self.form.get(name)
        if not isinstance(found, UploadFile) or not found.filename:
            return None
        return found.filename, await found.read()

    # ---- the store

    async def read(self, work: Callable[..., _R], *args: Any, **more: Any) -> _R:
        """What `work(connection, sealing, school_id, …)` finds. Raises StoreBusy."""
        whose = (self.desk.sealing, self.desk.school_id)
        return await self.desk.store.read(partial(work, **more), *whose, *args)

    async def write(self, work: Callable[..., _R], *args: Any, **more: Any) -> _R:
        """Have `work(connection, sealing, school_id, …)` change something. Raises StoreBusy."""
        whose = (self.desk.sealing, self.desk.school_id)
        return await self.desk.store.write(partial(work, **more), *whose, *args)

    def audit(
        self,
        connection: Connection,
        action: str,
        object_kind: str,
        object_id: str | None = None,
        *,
        purpose: str | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> int:
        """Note an act or a view, in the transaction that does or reads it; the event's number."""
        return log.append(
            connection,
            self.desk.sealing,
            self.desk.school_id,
            actor=self.actor,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            now=self.now,
            purpose=purpose,
            before=before,
            after=after,
        )

    # ---- answers

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page, with the notice that the page before it left."""
        notice = self._notice()
        shown = shown_to(self.request, self.row, self.desk, self.signed_in, self.today)
        html = self.desk.pages.render(
            template, {**shown, "csrf": self.csrf, "notice": notice, "now": self.now, **values}
        )
        response = HTMLResponse(html, status)
        if NOTICE_COOKIE in self.request.cookies:
            response.delete_cookie(NOTICE_COOKIE, path=HOME, httponly=True, samesite="strict")
        return response

    def seen(self, to: str, message: str | None = None) -> Response:
        """On to another page of the console, which shows the message once."""
        parts = urlsplit(to)
        if (
            parts.scheme
            or parts.netloc
            or not (to == HOME or to.startswith((f"{HOME}/", f"{HOME}?")))
        ):
            raise ValueError("not an address of the console")
        response = RedirectResponse(to, 303)
        if message:
            response.set_cookie(
                NOTICE_COOKIE,
                self.desk.sealing.seal({"csrf": self.csrf, "message": message}),
                max_age=_NOTICE_S,
                path=HOME,
                secure=self.desk.secure(self.request),
                httponly=True,
                samesite="strict",
            )
        return response

    def json(self, value: Any, status: int = 200) -> Response:
        """An answer for a script."""
        return Response(orjson.dumps(value), status, media_type="application/json")

    def file(self, content: bytes, media_type: str, name: str) -> Response:
        """A file to keep, which no browser opens by itself; a name in any script."""
        plain = name.encode("ascii", "replace").decode().replace('"', "").replace("?", "_")
        disposition = f'attachment; filename="{plain}"'
        if not name.isascii():
            disposition += f"; filename*=UTF-8''{quote(name, safe='')}"
        headers = {"Content-Disposition": disposition}
        return Response(content, 200, headers, media_type)

    def sheet(self, rows: int) -> Sheet:
        """Which page of a list of so many rows the address asks for."""
        return Sheet.of(self.asked("page"), rows)

    def _notice(self) -> str | None:
        """What the page before this one left for this very session to read."""
        left = self.request.cookies.get(NOTICE_COOKIE)
        if not left:
            return None
        try:
            found = self.desk.sealing.open(left)
        except SealBroken:
            return None
        return str(found["message"]) if found.get("csrf") == self.csrf else None
