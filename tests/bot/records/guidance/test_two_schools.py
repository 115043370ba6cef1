"""Two schools never see each other: asked for the twin, no function finds or changes anything."""

import inspect
from contextlib import suppress
from datetime import date
from importlib import import_module
from itertools import product

import pytest
from sqlalchemy import Connection, select

from bot.records.guidance.attachments import NoAttachment
from bot.records.guidance.lines import NoLine, NoPupil, Unconfirmed
from bot.records.guidance.proposals import NoProposal, propose
from bot.records.models import Attachment, Base, Destination, Proposal, RecordLine
from tests.bot.records.guidance.conftest import BODIES, NOW, SEALING, Held
from tests.bot.records.guidance.files import pdf
from tests.bot.records.guidance.full import fill

MODULES = (
    "lines",
    "versions",
    "proposals",
    "destinations",
    "views",
    "erasure",
    "bundle",
    "invitations",
    "attachments",
)

# What each function is asked besides connection, sealing, school and pupil.
ASKED = {
    "add_line": {
        "kind": "note",
        "body": BODIES["note"],
        "provenance": "pupil",
        "source": {},
        "now": NOW,
    },
    "line_of": {},
    "lines_of": {},
    "correct_line": {"body": {"text": "changed"}, "now": NOW},
    "finish_action": {"outcome": "done", "now": NOW},
    "reopen_action": {"now": NOW},
    "dispute_line": {"now": NOW, "words": "changed"},
    "delete_line": {},
    "versions_of": {},
    "keep_version": {"by": "staff", "now": NOW},
    "versions_of_pupil": {},
    "propose": {"kind": "note", "body": BODIES["note"], "source": {}, "now": NOW},
    "proposals_of": {},
    "confirm_proposal": {"now": NOW},
    "decline": {"now": NOW},
    "lapse_proposals": {"made_before": NOW, "now": NOW},
    "last_declined": {"kind": "barrier"},
    "add_destination": {
        "kind": "intended",
        "category": "employment",
        "details": {},
        "year_group": 11,
        "reported_by": "pupil",
        "reported_on": date(2026, 11, 1),
        "now": NOW,
    },
    "destinations_of": {},
    "set_sustained": {"sustained": True},
    "invite": {"years_after": 0, "new_hash": "f" * 64, "now": NOW, "days": 60},
    "invitations_of": {},
    "open_link": {"now": NOW},
    "answer_link": {
        "category": "employment",
        "place": None,
        "course": None,
        "sustained": None,
        "now": NOW,
    },
    "add_attachment": {
        "content": pdf(b"another"),
        "kind": "certificate",
        "title": "changed",
        "file_name": "changed.pdf",
        "now": NOW,
    },
    "attachments_of": {},
    "attachment_of": {},
    "content_of": {},
    "remove_attachment": {},
    "note_view": {"name": "A", "role": "adviser", "purpose": "meeting", "now": NOW},
    "views_of": {},
    "erase_pupil": {"now": NOW},
    "bundle_of": {"now": NOW},
}
BY_ROW = ("line_id", "proposal_id", "destination_id", "attachment_id", "token_hash")
EMPTY = ([], {}, None, False, 0)


def functions() -> dict[str, object]:
    """Every public function of the rooms that works on the store."""
    found = {}
    for name in MODULES:
        module = import_module(f"bot.records.guidance.{name}")
        for label, one in inspect.getmembers(module, inspect.isfunction):
            first = [*inspect.signature(one).parameters][:1]
            if one.__module__ == module.__name__ and first == ["connection"] and label[0] != "_":
                found[label] = one
    return found


def everything(connection: Connection) -> list[str]:
    return [str(row) for table in Base.metadata.sorted_tables for row in
            connection.execute(select(table))]  # fmt: skip


def ids(connection: Connection, table: type, school: int) -> list[str]:
    return list(connection.execute(select(table.id).where(table.school_id == school)).scalars())


def test_every_function_is_asked():
    assert set(functions()) == set(ASKED)
    for one in functions().values():
        named = [name for name in inspect.signature(one).parameters if name != "sealing"]
        assert named[:2] == ["connection", "school_id"]


@pytest.mark.parametrize("name", sorted(ASKED))
def test_asked_for_the_other_schools_pupil_it_is_silent(held: Held, name: str):
    work = functions()[name]
    wanted = inspect.signature(work).parameters
    held(fill, "Xanthippe", "wants to count narwhals")
    held.of_twin(fill, "Xanthippe", "wants to count narwhals")
    held.of_twin(propose, kind="note", body=BODIES["note"], source={}, now=NOW)
    with held.engine.begin() as connection:
        before = everything(connection)
        lines = ids(connection, RecordLine, held.twin_school)
        offers = ids(connection, Proposal, held.twin_school)
        places = ids(connection, Destination, held.twin_school)
        files = ids(connection, Attachment, held.twin_school)
    # The own school with the twin's pupil or rows, and the twin's school with the own pupil.
    mixed = [
        (school, pupil)
        for school, pupil in product((held.school, held.twin_school), (held.pupil, held.twin))
        if (school, pupil) != (held.twin_school, held.twin)
    ]
    links = [held.twin[::-1] * 2]  # as `fill` makes it
    found_rows = zip(lines, offers * 9, places * 9, files * 9, links * 9, strict=False)
    for (school, pupil), rows in product(mixed, found_rows):
        own = (school, pupil) == (held.school, held.pupil)
        by_row = set(BY_ROW) & {
            one.name for one in wanted.values() if one.default is inspect.Parameter.empty
        }
        if own and not by_row:
            continue  # its own pupil: what it finds is its own
        if "pupil_id" not in wanted and school == held.twin_school:
            continue  # the twin's school, asked for what is the twin's
        given = {
            "sealing": SEALING,
            "pupil_id": pupil,
            **dict(zip(BY_ROW, rows, strict=True)),
        }
        required = {
            key: value
            for key, value in given.items()
            if key in wanted and (key in ("sealing", "pupil_id") or key in by_row)
        }
        with (
            held.engine.begin() as connection,
            suppress(NoLine, NoPupil, NoProposal, NoAttachment, Unconfirmed),
        ):
            found = work(connection, school_id=school, **required, **ASKED[name])
            if name != "lapse_proposals":
                assert found in EMPTY
        with held.engine.begin() as connection:
            if name != "lapse_proposals":
                assert everything(connection) == before
            else:
                assert set(ids(connection, Proposal, held.twin_school)) == set(offers)
                standing = select(Proposal.id).where(
                    Proposal.school_id == held.twin_school, Proposal.outcome.is_(None)
                )
                assert len(connection.execute(standing).all()) == 2
