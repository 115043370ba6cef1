"""Setting up a second factor: an app by its picture, or a passkey; then ten recovery codes.

Three come here: who joins by a link, who signed in with the school's account for the first time,
and who is signed in and changes how. `Whose` tells them apart; what is done is the same.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from bot.console.sign_in.doors import doors_of, site_of
from bot.console.sign_in.parts import note_own
from bot.console.visit import Visit
from bot.identity.staff.passkeys import MOST, PasskeyRefused, made, making
from bot.identity.staff.second_factor import (
    AppDraft,
    draft_app,
    factors_of,
    keep_app,
    new_recovery_codes,
    read_draft,
)
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow
from bot.records.staff_secrets import PasskeyRow, add_passkey, list_passkeys


@dataclass(frozen=True, slots=True)
class Whose:
    """Who sets up what. `bound_to` names their session or link, `path` is where the forms go."""

    staff: StaffRow
    bound_to: str
    path: str
    title: str
    first: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A second factor was kept; `codes` are new recovery codes, if there were none left."""

    codes: list[str] | None


async def page(
    visit: Visit, whose: Whose, problem: str | None = None, sealed: str = ""
) -> Response:
    """The page to set one up; `sealed` is the draft of an app that was shown already."""
    draft = read_draft(visit.desk.sealing, sealed, whose.staff.id, visit.now) if sealed else None
    draft = draft or draft_app(visit.desk.sealing, whose.staff.id, visit.now)
    issuer = f"Signpost, {visit.desk.settings.school_name}"
    return visit.page(
        "sign_in/set_up.html",
        422 if problem else 200,
        whose=whose,
        problem=problem,
        draft=draft,
        picture=draft.picture(whose.staff.details.email, issuer),
        address=draft.address(whose.staff.details.email, issuer),
        options=await _making(visit, whose),
    )


async def _making(visit: Visit, whose: Whose) -> str | None:
    site = site_of(visit)
    if site is None:
        return None
    known = await visit.read(list_passkeys, whose.staff.id)
    if len(known) >= MOST:
        return None
    challenge = doors_of(visit).challenges.new(whose.bound_to, "make")
    return making(whose.staff, site, visit.desk.settings.school_name, known, challenge)


def app_of(visit: Visit, whose: Whose) -> AppDraft | None:
    """The draft that came along with the form; None for another's, or an old one."""
    return read_draft(visit.desk.sealing, visit.typed("draft"), whose.staff.id, visit.now)


def passkey_of(visit: Visit, whose: Whose) -> PasskeyRow | None:
    """The passkey that the browser made for this page; None for anything else."""
    site = site_of(visit)
    if site is None:
        return None
    try:
        challenge = doors_of(visit).challenges.take(whose.bound_to, "make")
        return made(visit.typed("answer"), site, challenge, visit.typed("label"), visit.now)
    except PasskeyRefused:
        return None


def keep_the_app(
    connection: Connection, sealing: Sealing, whose: Whose, draft: AppDraft, visit: Visit
) -> Kept | None:
    """Keep the app, if it shows the right code."""
    staff = whose.staff
    typed = visit.typed("code")
    if not keep_app(connection, sealing, staff.school_id, staff.id, draft, typed, visit.now):
        return None
    note_own(connection, sealing, staff, "app set up", visit.now)
    return _with_codes(connection, sealing, staff, visit)


def keep_the_passkey(
    connection: Connection, sealing: Sealing, whose: Whose, passkey: PasskeyRow, visit: Visit
) -> Kept | None:
    """Keep the passkey; None for one too many, or one that is known."""
    staff = whose.staff
    if len(list_passkeys(connection, sealing, staff.school_id, staff.id)) >= MOST:
        return None
    try:
        with connection.begin_nested():
            add_passkey(connection, sealing, staff.school_id, staff.id, passkey)
    except IntegrityError:
        return None
    note_own(connection, sealing, staff, "passkey added", visit.now)
    return _with_codes(connection, sealing, staff, visit)


def _with_codes(connection: Connection, sealing: Sealing, staff: StaffRow, visit: Visit) -> Kept:
    if factors_of(connection, sealing, staff.school_id, staff.id).recovery_codes:
        return Kept(None)
    return Kept(make_codes(connection, sealing, staff, visit))


def make_codes(
    connection: Connection, sealing: Sealing, staff: StaffRow, visit: Visit
) -> list[str]:
    """Ten new recovery codes, as they are shown now or never."""
    codes = new_recovery_codes(connection, sealing, staff.school_id, staff.id)
    note_own(connection, sealing, staff, "recovery codes made", visit.now)
    return codes


def codes_page(visit: Visit, codes: list[str], *, to: str, **values: Any) -> Response:
    """The page that shows recovery codes, once."""
    return visit.page("sign_in/codes.html", codes=codes, on_to=to, **values)
