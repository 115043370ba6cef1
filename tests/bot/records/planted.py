"""A school with a row in every table: one pupil, all that hangs on the pupil, and one of staff."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData, Row, Table, select

from bot.records.models import Base
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing
from tests.bot.records.planted_advisers import Planted, plant_advisers, sealed

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
TABLES = Base.metadata.tables
OF_A_PUPIL = (
    "pupils",
    "sign_in_codes",
    "pupil_sessions",
    "conversation_owners",
    "record_lines",
    "line_versions",
    "proposals",
    "destinations",
    "destination_invitations",
    "attachments",
    "attachment_contents",
    "record_views",
    "referrals",
    "meetings",
    "taken_cells",
    "invitees",
    "action_plans",
    "plan_shares",
    "sign_offs",
    "waiting_places",
    "audit_details",
)
"""Tables whose rows go with the pupil."""
OF_CHATS = ("conversations", "entries", "offers", "erasures")


@contextmanager
def change(url: str) -> Iterator[Connection]:
    """A connection to that store that writes, in one transaction."""
    engine = open_engine(url, threads=1)
    try:
        with writing(engine).begin() as connection:
            yield connection
    finally:
        engine.dispose()


def opened(sealing: Sealing, value: str | bytes) -> dict[str, Any]:
    """What `sealed` gave for a planted row, whether it was sealed as text or as bytes."""
    if isinstance(value, str):
        return sealing.open(value)
    found: dict[str, Any] = json.loads(sealing.open_bytes(value))
    return found


def plant_chats(connection: Connection, sealing: Sealing, mark: str) -> Planted:
    """A school, its conversation, a line of it, a button, an erasure.

    `mark` is one letter: ids are made of it, so that two plants differ.
    """
    school_id = connection.execute(
        TABLES["schools"]
        .insert()
        .values(slug=f"school-{mark}", name=f"School {mark}", created_at=NOW)
        .returning(TABLES["schools"].c.id)
    ).scalar_one()
    planted = Planted(school_id, f"p{mark * 31}", f"s{mark * 31}", f"c{mark * 31}", f"l{mark * 31}")
    of_it = {"school_id": school_id, "conversation_id": planted.conversation_id}
    rows: dict[str, dict[str, Any]] = {
        "conversations": {
            "id": planted.conversation_id,
            "school_id": school_id,
            "channel": "web",
            "state": "bot",
            "scene": {"audience": "pupil"},
            "opening": {"notice": {"text": "£ – “notice”"}},
            "last_seq": 1,
            "created_at": NOW,
            "last_seen_at": NOW,
        },
        "entries": of_it
        | {
            "seq": 1,
            "sender": "reader",
            "client_message_id": "m",
            "body": sealing.seal(sealed("entries", mark)),
            "meta": sealing.seal(sealed("entries", mark)),
            "status": "received",
            "attempts": 0,
            "created_at": NOW,
        },
        "offers": of_it | {"button_key": mark * 64, "button": sealing.seal(sealed("offers", mark))},
        "erasures": {
            "school_id": school_id,
            "conversation_id": f"e{mark * 31}",
            "created_at": NOW,
        },
    }
    for table, row in rows.items():
        connection.execute(TABLES[table].insert().values(row))
    return planted


def plant_chats_in_clear(connection: Connection, mark: str) -> Planted:
    """The rows of the first revision, which held in clear what is sealed now."""
    then = {name: as_it_is(connection, name) for name in ("schools", *OF_CHATS)}
    school = {"slug": f"school-{mark}", "name": f"School {mark}", "created_at": NOW}
    made = then["schools"].insert().values(in_utc(school)).returning(then["schools"].c.id)
    school_id = connection.execute(made).scalar_one()
    planted = Planted(school_id, f"p{mark * 31}", f"s{mark * 31}", f"c{mark * 31}", f"l{mark * 31}")
    of_it = {"school_id": school_id, "conversation_id": planted.conversation_id}
    entry = of_it | {"status": "answered", "attempts": 0, "created_at": NOW}
    words = f"{mark} Quillfeather “£”"
    rows: dict[str, list[dict[str, Any]]] = {
        "conversations": [
            {
                "id": planted.conversation_id,
                "school_id": school_id,
                "channel": "web",
                "state": "bot",
                "scene": {"audience": "pupil"},
                "opening": {"notice": {"text": "£ – “notice”"}},
                "last_seq": 2,
                "created_at": NOW,
                "last_seen_at": NOW,
            }
        ],
        "entries": [
            entry
            | {
                "seq": 1,
                "sender": "reader",
                "client_message_id": "m",
                "body": {"messages": [{"text": words}], "payload": "/pay"},
            },
            entry
            | {
                "seq": 2,
                "sender": "service",
                "in_reply_to": 1,
                "body": {"messages": [{"text": words, "value": 0.1, "none": None}]},
                "meta": {"intent": "pay", "record": {"told": True}},
            },
        ],
        "offers": [of_it | {"payload": "/pay", "title": words}],
        "erasures": [
            {"school_id": school_id, "conversation_id": f"e{mark * 31}", "created_at": NOW}
        ],
    }
    for table, some in rows.items():
        for row in some:
            connection.execute(then[table].insert().values(in_utc(row)))
    return planted


def as_it_is(connection: Connection, table: str) -> Table:
    """The table as the database has it now, whatever the models say."""
    return Table(table, MetaData(), autoload_with=connection)


def in_utc(row: dict[str, Any]) -> dict[str, Any]:
    """The row for a table that knows nothing of time zones."""
    return {
        name: value.replace(tzinfo=None) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def rows_as_they_are(connection: Connection, table: str, school_id: int) -> list[dict[str, Any]]:
    """What the table holds of one school, by the names that its columns have now."""
    found = as_it_is(connection, table)
    column = found.c.id if table == "schools" else found.c.school_id
    chosen = select(found).where(column == school_id).order_by(*found.primary_key)
    return [dict(row._mapping) for row in connection.execute(chosen)]


def plant_people(connection: Connection, sealing: Sealing, planted: Planted, mark: str) -> None:
    """Pupil, staff, settings, sign-in, record, and what hangs on it."""
    school_id = planted.school_id
    of_pupil = {"school_id": school_id, "pupil_id": planted.pupil_id}
    rows: dict[str, dict[str, Any]] = {
        "pupils": {
            "id": planted.pupil_id,
            "school_id": school_id,
            "details": sealing.seal(sealed("pupils", mark)),
            # The same person in every school: what identifies may meet only within one.
            "upn_key": sealing.lookup("upn", "A123456789012"),
            "email_key": sealing.lookup("email", "pupil@school.example"),
            "person_key": sealing.lookup("person", "Quillfeather 2011-02-03"),
            "year_7_in": 2022,
            "tutor_group": "11B",
            "created_at": NOW,
            "updated_at": NOW,
        },
        "staff": {
            "id": planted.staff_id,
            "school_id": school_id,
            "details": sealing.seal(sealed("staff", mark)),
            "email_key": sealing.lookup("email", "adviser@school.example"),
            "level": 6,
            "register_expires": date(2027, 8, 31),
            "created_at": NOW,
        },
        "school_settings": {
            "school_id": school_id,
            "name": "destination_years",
            "value": {"years": 3},
            "changed_at": NOW,
        },
        "sign_in_codes": of_pupil
        | {"code_key": sealing.lookup("code", "ABCDEFGHJK"), "issued_at": NOW},
        "pupil_sessions": of_pupil
        | {
            "token_hash": mark * 64,
            "way": "code",
            "created_at": NOW,
            "last_seen_at": NOW,
            "ends_at": NOW + timedelta(days=14),
        },
        "conversation_owners": of_pupil
        | {"conversation_id": planted.conversation_id, "from_seq": 1, "joined_at": NOW},
        "record_lines": of_pupil
        | {
            "id": planted.line_id,
            "kind": "action",
            "status": "open",
            "body": sealing.seal(sealed("record_lines", mark)),
            "happened_on": TODAY,
            "due_on": TODAY + timedelta(days=5),
            "provenance": "pupil",
            "staff_id": planted.staff_id,
            "source": {"conversation": planted.conversation_id, "seq": 1},
            "confirmed_at": NOW,
            "created_at": NOW,
            "changed_at": NOW,
        },
        "line_versions": {
            "school_id": school_id,
            "line_id": planted.line_id,
            "body": sealing.seal(sealed("line_versions", mark)),
            "status": "open",
            "changed_by": "pupil",
            "replaced_at": NOW,
        },
        "proposals": of_pupil
        | {
            "id": f"o{mark * 31}",
            "conversation_id": planted.conversation_id,
            "kind": "decision",
            "body": sealing.seal(sealed("proposals", mark)),
            "source": {},
            "created_at": NOW,
        },
        "destinations": of_pupil
        | {
            "id": f"d{mark * 31}",
            "kind": "intended",
            "category": "apprenticeship",
            "details": sealing.seal(sealed("destinations", mark)),
            "year_group": 11,
            "sustained": None,
            "reported_by": "pupil",
            "reported_on": TODAY,
            "created_at": NOW,
        },
        "destination_invitations": of_pupil
        | {
            "id": f"i{mark * 31}",
            "years_after": 1,
            "token_hash": f"d{mark * 63}",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=60),
            "destination_id": f"d{mark * 31}",
        },
        "attachments": of_pupil
        | {
            "id": f"a{mark * 31}",
            "kind": "certificate",
            "details": sealing.seal(sealed("attachments", mark)),
            "size": 5000,
            "provenance": "staff",
            "staff_id": planted.staff_id,
            "created_at": NOW,
        },
        "attachment_contents": {
            "attachment_id": f"a{mark * 31}",
            "school_id": school_id,
            "content": sealing.seal_bytes(json.dumps(sealed("attachment_contents", mark)).encode()),
        },
        "record_views": of_pupil
        | {
            "staff_id": planted.staff_id,
            "actor": sealing.seal(sealed("record_views", mark)),
            "purpose": "before a meeting",
            "viewed_at": NOW,
        },
    }
    for table, row in rows.items():
        connection.execute(TABLES[table].insert().values(row))
    plant_advisers(connection, sealing, planted, mark)


def plant(connection: Connection, sealing: Sealing, mark: str) -> Planted:
    """A row in every table, under a new school."""
    planted = plant_chats(connection, sealing, mark)
    plant_people(connection, sealing, planted, mark)
    return planted


def rows_of(connection: Connection, table: str, school_id: int) -> list[Row[Any]]:
    """What the table holds of one school."""
    found = TABLES[table]
    column = found.c.id if table == "schools" else found.c.school_id
    order = list(found.primary_key)
    return list(connection.execute(select(found).where(column == school_id).order_by(*order)))


def everything_of(connection: Connection, school_id: int) -> dict[str, list[Row[Any]]]:
    """All that the store holds of one school, by table."""
    return {table: rows_of(connection, table, school_id) for table in TABLES}
