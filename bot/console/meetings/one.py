"""One meeting: what it is about, what became of it, and whether it counts."""

from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.meetings.booking import LONGEST_MINUTES, cancel, hold, miss, move
from bot.advisers.meetings.places_acts import ask_along
from bot.advisers.meetings.plans import is_given
from bot.advisers.meetings.school_rules import rules_of
from bot.advisers.meetings.sign_off import NotSignedOff, look, sign
from bot.console.meetings.showing import (
    ALL,
    done,
    moment_typed,
    notices,
    number_typed,
    shown,
    words,
)
from bot.console.visit import NotHere, Visit
from bot.records.meetings.places import INVITED, invitees_of
from bot.records.meetings.plans import plan_of, sign_off_of
from bot.records.meetings.rows import NoMeeting, find_meeting
from bot.records.sealing import Sealing
from bot.records.staff import list_staff


async def show(visit: Visit) -> Response:
    """GET /console/meetings/{meeting}: the meeting; that it was looked at is audited."""
    try:
        found = await visit.write(_whole, visit, visit.named("meeting"))
    except NoMeeting:
        raise NotHere from None
    row = found["one"].row
    return visit.page(
        "meetings/one.html",
        words=words(),
        begun=row.begins_at <= visit.now,
        given={
            "day": found["one"].begins.date().isoformat(),
            "at": f"{found['one'].begins:%H:%M}",
            "room": row.room or "",
            "staff": row.staff_id,
            "minutes": str(row.details.minutes or int((row.ends_at - row.begins_at).seconds / 60)),
        },
        wrong={},
        invited=[(one, words()["roles"][one]) for one in INVITED],
        **found,
    )


def _whole(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, meeting_id: str
) -> dict[str, Any]:
    whose = (connection, sealing, school_id)
    row = find_meeting(*whose, meeting_id)
    plan = plan_of(*whose, meeting_id)
    visit.audit(connection, "meeting viewed", "meeting", meeting_id)
    return {
        "one": shown(*whose, row, visit.today),
        "invitees": invitees_of(*whose, meeting_id),
        "plan": plan,
        "plan_given": plan is not None and is_given(plan),
        "signed": sign_off_of(*whose, meeting_id),
        "missing": look(*whose, meeting_id, visit.who.id).missing,
        "least_minutes": rules_of(connection, school_id).least_minutes,
        "staff_options": [(one.id, one.details.name) for one in list_staff(*whose)],
    }


def _page(visit: Visit) -> str:
    return f"{ALL}/{visit.named('meeting')}"


async def move_it(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/move: another time, room or adviser."""
    begins_at = moment_typed(visit)
    if begins_at is None:
        return visit.seen(_page(visit), words()["refused"]["wrong"])
    return await done(
        visit, _page(visit), "moved", move, visit.named("meeting"), begins_at,
        staff_id=visit.typed("staff") or None, room=visit.typed("room") or None,
        notices=notices(visit),
    )  # fmt: skip


async def cancel_it(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/cancel: call it off."""
    return await done(
        visit, _page(visit), "cancelled", cancel, visit.named("meeting"),
        reason=visit.typed("reason"), notices=notices(visit),
    )  # fmt: skip


async def miss_it(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/missed: the pupil did not come, or was away that day."""
    return await done(
        visit, _page(visit), "missed", miss, visit.named("meeting"),
        absent=visit.typed("absent") == "yes",
    )  # fmt: skip


async def hold_it(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/held: it took place, for so many minutes."""
    minutes = number_typed(visit.typed("minutes"), LONGEST_MINUTES)
    if minutes is None:
        return visit.seen(_page(visit), words()["refused"]["wrong"])
    return await done(visit, _page(visit), "held", hold, visit.named("meeting"), minutes)


async def invite(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/invite: ask the pupil whether somebody may come along."""
    return await done(
        visit, _page(visit), "invited", ask_along, visit.named("meeting"),
        role=visit.typed("role"), name=visit.typed("name"), email=visit.typed("email"),
        notices=notices(visit),
    )  # fmt: skip


async def sign_it(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/sign-off: let it count."""
    try:
        await visit.write(
            sign, visit.named("meeting"), actor=visit.actor,
            short_reason=visit.typed("short_reason"), now=visit.now,
        )  # fmt: skip
    except NotSignedOff as refused:
        return visit.seen(
            _page(visit), " ".join(words()["missing"][one] for one in refused.missing)
        )
    except NoMeeting:
        raise NotHere from None
    return visit.seen(_page(visit), words()["done"]["signed_off"])
