"""What every page of the console is given to show: who is signed in, and where they may go."""

from datetime import date
from typing import Any

from starlette.requests import Request

from bot.console import routes
from bot.console.desk import ConsoleDesk
from bot.console.pages import way_of, ways_for
from bot.console.rows import ConsoleRow
from bot.identity.staff.roles import may
from bot.identity.staff.staff_sessions import StaffSignedIn
from bot.records.staff import title_of


def shown_to(
    request: Request,
    row: ConsoleRow | None,
    desk: ConsoleDesk,
    signed_in: StaffSignedIn | None,
    day: date,
) -> dict[str, Any]:
    """The values of frame.html, for somebody signed in with both factors or for anybody."""
    known = signed_in is not None and signed_in.second_at is not None
    staff = signed_in.staff if signed_in is not None and known else None
    found = [] if staff is None else ways_for(staff, routes.table(), day)
    return {
        "school": {"name": desk.settings.school_name},
        "staff": None
        if staff is None
        else {"name": staff.details.name, "title": title_of(staff, day), "id": staff.id},
        "ways": [one for one in found if not one.aside],
        "ways_aside": [one for one in found if one.aside],
        "here": way_of(request.url.path, found),
        "sign_out": any(one.path == "/console/sign-out" for one in routes.table()),
        "row": row,
        "today": day,
        "may": lambda permission: staff is not None and may(staff, permission, day),
        "query": dict(request.query_params),
    }
