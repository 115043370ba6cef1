"""Staff: who there is, what they may do, what they are qualified for; links to join; leaving."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.mail.outbox import is_address
from bot.console.pages import MOST_ROWS
from bot.console.people.wording import words
from bot.console.sign_in import mails
from bot.console.visit import NotHere, Visit
from bot.identity.staff import invitations
from bot.identity.staff.staff_sessions import end_sessions
from bot.records.models import ROLES
from bot.records.sealing import Sealing
from bot.records.staff import (
    EmailTaken,
    LastAdministrator,
    NoStaff,
    StaffDetails,
    StaffRow,
    add_staff,
    change_staff,
    find_staff,
    list_staff,
    qualified_on,
    set_roles,
    title_of,
)

LIST = "/console/staff"
GIVEN = tuple(role for role in ROLES if role != "operator")
"""Roles that the console gives. Who runs the installation is not the school's to say."""
LEVELS = ("", "3", "4", "5", "6", "7", "8")
_TEXTS = ("name", "email", "employer", "qualification", "register_number", "equivalent")
_LONGEST = 200


async def show(visit: Visit) -> Response:
    """GET /console/staff: everybody, with what they may do and whether they are qualified today."""
    leavers = visit.asked("leavers") == "yes"
    found = await visit.read(list_staff, leavers=leavers)
    found = [one for one in found if one.has_left(visit.today) == leavers]
    sheet = visit.sheet(len(found))
    return visit.page(
        "people/staff.html",
        people=[
            (one, title_of(one, visit.today), qualified_on(one, visit.today))
            for one in found[sheet.offset : sheet.offset + MOST_ROWS]
        ],
        sheet=sheet,
        leavers=leavers,
    )


# ---- somebody new


async def ask_new(visit: Visit) -> Response:
    """GET /console/staff/new: the form for somebody new."""
    return _form(visit, None, {"internal": "yes", "roles": []}, {})


async def add(visit: Visit) -> Response:
    """POST /console/staff: add somebody and make the link by which they join."""
    given, wrong = _given(visit)
    roles = _roles(visit, frozenset())
    if not roles:
        wrong["roles"] = words()["mistakes"]["roles"]
    if wrong:
        return _form(visit, None, given, wrong)
    try:
        row, token, sent = await visit.write(_add, visit, given, roles)
    except EmailTaken:
        return _form(visit, None, given, {"email": words()["mistakes"]["email_taken"]})
    return _link_page(visit, row, token, mailed=sent, by_hand=False)


def _add(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    given: dict[str, Any],
    roles: frozenset[str],
) -> tuple[StaffRow, str, bool]:
    row = add_staff(
        connection,
        sealing,
        school_id,
        _details(given, StaffDetails("", "")),
        now=visit.now,
        roles=roles,
        level=_level(given),
        register_expires=_day(given["register_expires"]),
    )
    visit.audit(connection, "staff added", "staff", row.id, after={"roles": sorted(roles)})
    token = invitations.invite(
        connection, sealing, school_id, row.id, by=visit.actor, now=visit.now
    )
    sent = _mail(connection, sealing, visit, row, "invited", token)
    return row, token, sent


# ---- somebody who is there


async def _somebody(visit: Visit) -> StaffRow:
    found = await visit.read(find_staff, visit.named("staff"))
    if found is None:
        raise NotHere
    return found


async def show_one(visit: Visit) -> Response:
    """GET /console/staff/{staff}: details, roles, links and leaving."""
    row = await _somebody(visit)
    return _form(visit, row, _as_given(row), {})


async def change(visit: Visit) -> Response:
    """POST /console/staff/{staff}: change the details; what was signed off before stays."""
    row = await _somebody(visit)
    given, wrong = _given(visit)
    given["roles"] = sorted(row.roles)
    if wrong:
        return _form(visit, row, given, wrong)
    try:
        await visit.write(_change, visit, row, given)
    except EmailTaken:
        return _form(visit, row, given, {"email": words()["mistakes"]["email_taken"]})
    except NoStaff:
        raise NotHere from None
    return visit.seen(f"{LIST}/{row.id}", words()["notices"]["staff"])


def _change(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    row: StaffRow,
    given: dict[str, Any],
) -> None:
    details, level = _details(given, row.details), _level(given)
    expires = _day(given["register_expires"])
    change_staff(
        connection, sealing, school_id, row.id, details, level=level, register_expires=expires
    )
    after = replace(row, details=details, level=level, register_expires=expires)
    was, now_is = _told(row), _told(after)
    different = {name for name in now_is if was[name] != now_is[name]}
    visit.audit(
        connection,
        "staff changed",
        "staff",
        row.id,
        before={name: was[name] for name in sorted(different)},
        after={name: now_is[name] for name in sorted(different)},
    )


async def change_roles(visit: Visit) -> Response:
    """POST /console/staff/{staff}/roles: what somebody may do from now on."""
    row = await _somebody(visit)
    roles = _roles(visit, row.roles)
    wrong = {} if roles else {"roles": words()["mistakes"]["roles"]}
    if not wrong:
        try:
            await visit.write(_change_roles, visit, row, roles)
        except LastAdministrator:
            wrong["roles"] = words()["mistakes"]["last_administrator"]
        except NoStaff:
            raise NotHere from None
    if wrong:
        return _form(visit, row, {**_as_given(row), "roles": sorted(roles)}, wrong)
    return visit.seen(f"{LIST}/{row.id}", words()["notices"]["roles"])


def _change_roles(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    row: StaffRow,
    roles: frozenset[str],
) -> None:
    set_roles(connection, school_id, row.id, roles, visit.now)
    if roles < row.roles and row.id != visit.who.id:
        # Whoever may do less has to sign in anew: no page of theirs stays open.
        end_sessions(connection, school_id, row.id)
    visit.audit(
        connection,
        "roles changed",
        "staff",
        row.id,
        before={"roles": sorted(row.roles)},
        after={"roles": sorted(roles)},
    )


# ---- links


async def make_link(visit: Visit) -> Response:
    """POST /console/staff/{staff}/link: to join, or to begin again after a loss."""
    row = await _somebody(visit)
    kind = visit.typed("kind")
    if kind not in ("join", "password", "both"):
        raise NotHere
    try:
        token, sent, by_hand = await visit.write(_make_link, visit, row, kind)
    except NoStaff:
        raise NotHere from None
    return _link_page(visit, row, token, mailed=sent, by_hand=by_hand)


def _make_link(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    row: StaffRow,
    kind: str,
) -> tuple[str, bool, bool]:
    how: dict[str, Any] = {"by": visit.actor, "now": visit.now}
    whose = (connection, sealing, school_id, row.id)
    if kind == "join":
        token, letter = invitations.invite(*whose, **how), "invited"
    else:
        token = invitations.reset(*whose, second_factor_too=kind == "both", **how)
        letter = "begin_again"
    purpose = "join" if kind == "join" else "reset"
    if kind == "both":
        school = visit.desk.settings.school_name
        mails.put(connection, sealing, row, "begun_anew", visit.now, school=school)
    if not invitations.may_be_mailed(*whose, purpose):
        return token, False, True
    return token, _mail(connection, sealing, visit, row, letter, token), False


def _mail(
    connection: Connection,
    sealing: Sealing,
    visit: Visit,
    row: StaffRow,
    letter: str,
    token: str,
) -> bool:
    return mails.put_link(
        connection,
        sealing,
        row,
        letter,
        visit.now,
        school=visit.desk.settings.school_name,
        link=_link(visit, token),
        until=visit.now + invitations.LASTS,
    )


def _link(visit: Visit, token: str) -> str:
    here = visit.desk.settings.public_url or str(visit.request.base_url).rstrip("/")
    return f"{here}{invitations.PATH}/{token}"


def _link_page(visit: Visit, row: StaffRow, token: str, *, mailed: bool, by_hand: bool) -> Response:
    return visit.page(
        "people/staff_link.html",
        person=row,
        link=_link(visit, token),
        until=visit.now + invitations.LASTS,
        mailed=mailed,
        by_hand=by_hand,
    )


# ---- leaving


async def ask_leaving(visit: Visit) -> Response:
    """GET /console/staff/{staff}/leave: what will happen."""
    row = await _somebody(visit)
    told = words()["leaving"]
    return visit.page(
        "confirm.html",
        ask=told["ask"].format(name=row.details.name),
        what=told["what"],
        yes=told["go"],
        action=f"{LIST}/{row.id}/leave",
        fields={},
        back=f"{LIST}/{row.id}",
    )


async def leave(visit: Visit) -> Response:
    """POST /console/staff/{staff}/leave: signed out everywhere, at once."""
    row = await _somebody(visit)
    try:
        await visit.write(_leave, visit, row)
    except LastAdministrator:
        wrong = {"roles": words()["mistakes"]["last_administrator"]}
        return _form(visit, row, _as_given(row), wrong)
    except NoStaff:
        raise NotHere from None
    return visit.seen(LIST, words()["notices"]["left"].format(name=row.details.name))


def _leave(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, row: StaffRow
) -> None:
    invitations.leave(connection, sealing, school_id, row.id, by=visit.actor, now=visit.now)


# ---- the form


def _form(
    visit: Visit, row: StaffRow | None, given: dict[str, Any], wrong: dict[str, str]
) -> Response:
    held = row.roles if row is not None else frozenset()
    return visit.page(
        "people/staff_one.html",
        422 if wrong else 200,
        person=row,
        person_title=None if row is None else title_of(row, visit.today),
        qualified=row is not None and qualified_on(row, visit.today),
        left=row is not None and row.has_left(visit.today),
        oneself=row is not None and row.id == visit.who.id,
        given=given,
        wrong=wrong,
        levels=[(one, f"Level {one}" if one else words()["no_level"]) for one in LEVELS],
        roles=[(one, words()["roles"][one]) for one in ROLES if one in GIVEN or one in held],
        longest=_LONGEST,
    )


def _given(visit: Visit) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed, and what is wrong with it."""
    told = words()["mistakes"]
    given: dict[str, Any] = {
        name: " ".join(visit.typed(name).split())[:_LONGEST] for name in _TEXTS
    }
    for name in ("level", "register_expires", "dbs_on", "internal", "languages", "rooms"):
        given[name] = visit.typed(name)[:_LONGEST]
    given["roles"] = visit.ticked("roles")
    wrong = {}
    if not given["name"]:
        wrong["name"] = told["name"]
    if not is_address(given["email"]):
        wrong["email"] = told["email"]
    if given["level"] not in LEVELS:
        wrong["level"] = told["level"]
    for name in ("register_expires", "dbs_on"):
        if given[name] and _day(given[name]) is None:
            wrong[name] = told["a_day"]
    return given, wrong


def _roles(visit: Visit, held: frozenset[str]) -> frozenset[str]:
    """The roles ticked; a role that the console does not give stays as it is."""
    return frozenset(set(visit.ticked("roles")) & set(GIVEN)) | (held - set(GIVEN))


def _details(given: dict[str, Any], before: StaffDetails) -> StaffDetails:
    texts = {name: given[name] or None for name in _TEXTS if name not in ("name", "email")}
    return replace(
        before,
        name=given["name"],
        email=given["email"],
        internal=given["internal"] != "no",
        dbs_on=_day(given["dbs_on"]),
        languages=_listed(given["languages"]),
        rooms=_listed(given["rooms"]),
        **texts,
    )


def _as_given(row: StaffRow) -> dict[str, Any]:
    details = asdict(row.details)
    given: dict[str, Any] = {name: details[name] or "" for name in _TEXTS}
    return given | {
        "level": "" if row.level is None else str(row.level),
        "register_expires": _iso(row.register_expires),
        "dbs_on": _iso(row.details.dbs_on),
        "internal": "yes" if row.details.internal else "no",
        "languages": ", ".join(row.details.languages),
        "rooms": ", ".join(row.details.rooms),
        "roles": sorted(row.roles),
    }


def _told(row: StaffRow) -> dict[str, Any]:
    """What is held of somebody, as the audit keeps what changed."""
    details = row.details.to_json()
    whole = {name: details.get(name) for name in asdict(row.details)}
    return whole | {"level": row.level, "register_expires": _iso(row.register_expires)}


def _listed(typed: str) -> tuple[str, ...]:
    return tuple(" ".join(one.split()) for one in typed.split(",") if one.strip())


def _level(given: dict[str, Any]) -> int | None:
    return int(given["level"]) if given["level"] else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
