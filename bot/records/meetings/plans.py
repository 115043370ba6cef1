"""Action plans in the store, who may have one, and what makes a meeting count."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.records.models import ActionPlan, PlanShare, SignOff
from bot.records.sealing import Sealing

SHARED_WITH = ("tutor", "parent", "senco", "other")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as stored, opened; `body` is for bot/advisers/meetings/plans.py to read."""

    meeting_id: str
    school_id: int
    body: dict[str, Any] = field(repr=False)
    version: int
    written_at: datetime
    agreed_version: int | None
    agreed_at: datetime | None
    comment: str | None = field(repr=False)
    follow_up_on: date | None

    @property
    def is_agreed(self) -> bool:
        """Whether the pupil has agreed to what it says now."""
        return self.agreed_version == self.version


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Somebody whom the pupil agreed to let have the plan."""

    id: int
    meeting_id: str
    who: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    agreed_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignOffRow:
    """That a meeting counts. `held` is what the adviser held on its day."""

    meeting_id: str
    school_id: int
    staff_id: str
    minutes: int
    level: int
    equivalent: bool
    held: dict[str, Any] = field(repr=False)
    signed_at: datetime


def plan_of(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str
) -> PlanRow | None:
    """The plan of a meeting, None before it is written."""
    chosen = select(ActionPlan.__table__).where(*_of(ActionPlan, school_id, meeting_id))
    row = connection.execute(chosen).first()
    return None if row is None else _plan(sealing, row)


def keep_plan(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    body: dict[str, Any],
    follow_up_on: date | None,
    now: datetime,
) -> int:
    """Write the plan, in place of the version before it; the number of this one."""
    before = plan_of(connection, sealing, school_id, meeting_id)
    version = 1 if before is None else before.version + 1
    values = {
        "body": sealing.seal(body),
        "version": version,
        "written_at": now,
        "follow_up_on": follow_up_on,
    }
    if before is None:
        made = {"meeting_id": meeting_id, "school_id": school_id, **values}
        connection.execute(insert(ActionPlan).values(made))
    else:
        where = _of(ActionPlan, school_id, meeting_id)
        connection.execute(update(ActionPlan).where(*where).values(values))
    return version


def change_plan(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str, **values: Any
) -> None:
    """Change what stands beside the text of a plan; `body` and `comment` are sealed here."""
    if "body" in values:
        values["body"] = sealing.seal(values["body"])
    if values.get("comment") is not None:
        values["comment"] = sealing.seal({"text": values["comment"]})
    where = _of(ActionPlan, school_id, meeting_id)
    connection.execute(update(ActionPlan).where(*where).values(**values))


def follow_ups(
    connection: Connection, school_id: int, first: date, last: date
) -> list[tuple[str, date]]:
    """The meetings to follow up from day to day (both included), each with its day."""
    chosen = select(ActionPlan.meeting_id, ActionPlan.follow_up_on).where(
        ActionPlan.school_id == school_id, ActionPlan.follow_up_on.between(first, last)
    )
    rows = connection.execute(chosen.order_by(ActionPlan.follow_up_on, ActionPlan.meeting_id))
    return [(row.meeting_id, row.follow_up_on) for row in rows]


# ---- who may have it


def add_share(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    who: str,
    name: str,
    email: str,
    now: datetime,
) -> int:
    """The pupil agrees that somebody has the plan; the number of that."""
    made = insert(PlanShare).values(
        school_id=school_id,
        meeting_id=meeting_id,
        details=sealing.seal({"who": who, "name": name, "email": email}),
        agreed_at=now,
    )
    return connection.execute(made.returning(PlanShare.id)).scalar_one()


def shares_of(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str
) -> list[ShareRow]:
    """Who may have the plan, in the order in which the pupil agreed."""
    chosen = select(PlanShare.__table__).where(*_of(PlanShare, school_id, meeting_id))
    found = []
    for row in connection.execute(chosen.order_by(PlanShare.id)):
        held = sealing.open(row.details)
        found.append(
            ShareRow(
                row.id,
                row.meeting_id,
                held["who"],
                held["name"],
                held["email"],
                row.agreed_at,
                row.sent_at,
            )
        )
    return found


def note_share_sent(
    connection: Connection, school_id: int, meeting_id: str, share_id: int, now: datetime
) -> None:
    """The plan is on its way to them."""
    where = (*_of(PlanShare, school_id, meeting_id), PlanShare.id == share_id)
    connection.execute(update(PlanShare).where(*where).values(sent_at=now))


def delete_share(connection: Connection, school_id: int, meeting_id: str, share_id: int) -> bool:
    """They are to have no further version; False where there was nobody such."""
    where = (*_of(PlanShare, school_id, meeting_id), PlanShare.id == share_id)
    return bool(connection.execute(delete(PlanShare).where(*where)).rowcount)


# ---- what counts


def keep_sign_off(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    staff_id: str,
    minutes: int,
    level: int,
    equivalent: bool,
    held: dict[str, Any],
    now: datetime,
) -> None:
    """Keep that a meeting counts. IntegrityError where it does already, or without a level."""
    connection.execute(
        insert(SignOff).values(
            meeting_id=meeting_id,
            school_id=school_id,
            staff_id=staff_id,
            minutes=minutes,
            level=level,
            equivalent=equivalent,
            held=sealing.seal(held),
            signed_at=now,
        )
    )


def sign_off_of(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str
) -> SignOffRow | None:
    """What was kept when the meeting was signed off."""
    chosen = select(SignOff.__table__).where(*_of(SignOff, school_id, meeting_id))
    row = connection.execute(chosen).first()
    if row is None:
        return None
    return SignOffRow(**dict(row._mapping) | {"held": sealing.open(row.held)})


def signed_meetings(connection: Connection, school_id: int) -> frozenset[str]:
    """Every meeting of the school that counts."""
    chosen = select(SignOff.meeting_id).where(SignOff.school_id == school_id)
    return frozenset(connection.execute(chosen).scalars())


def _of(table: Any, school_id: int, meeting_id: str) -> tuple[Any, ...]:
    return table.school_id == school_id, table.meeting_id == meeting_id


def _plan(sealing: Sealing, row: Row[Any]) -> PlanRow:
    values = dict(row._mapping)
    comment = values["comment"]
    return PlanRow(
        **values
        | {
            "body": sealing.open(values["body"]),
            "comment": None if comment is None else sealing.open(comment)["text"],
        }
    )
