"""What is said in chats, how it was read, and the buttons offered there: sealed.

Rows in clear are sealed here, so that none is left; the keys are handed in by whoever migrates
(`bot.records.migrate`). Going down opens them again.

Revision: 0005
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from bot.records.sealing import Sealing

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

_AT_A_TIME = 500
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("status IN ('received', 'waiting')")


def upgrade() -> None:
    """Make the change."""
    op.add_column("offers", sa.Column("button_key", sa.String(length=64), nullable=True))
    op.add_column("offers", sa.Column("button", sa.JSON(), nullable=True))
    if not op.get_context().as_sql:
        _seal()
    with op.batch_alter_table("entries", copy_from=_entries(sa.JSON())) as batch:
        for column, needed in (("body", True), ("meta", False)):
            batch.alter_column(
                column,
                existing_type=sa.JSON(),
                type_=sa.Text(),
                existing_nullable=not needed,
                postgresql_using=f"{column} #>> '{{}}'",
            )
    before = _offers("payload", *_offered_in_clear(), *_offered_sealed(sa.JSON(), nullable=True))
    with op.batch_alter_table("offers", copy_from=before) as batch:
        batch.drop_constraint("uq_offers_conversation_id_payload", type_="unique")
        batch.drop_column("payload")
        batch.drop_column("title")
        batch.alter_column("button_key", existing_type=sa.String(length=64), nullable=False)
        # The last change: PostgreSQL writes the table anew, and what was in clear is gone from it.
        batch.alter_column(
            "button",
            existing_type=sa.JSON(),
            type_=sa.Text(),
            nullable=False,
            postgresql_using="button #>> '{}'",
        )
        batch.create_unique_constraint(
            "uq_offers_conversation_id_button_key", ["conversation_id", "button_key"]
        )


def downgrade() -> None:
    """Undo the change."""
    op.add_column("offers", sa.Column("payload", sa.Text(), nullable=True))
    op.add_column("offers", sa.Column("title", sa.Text(), nullable=True))
    if not op.get_context().as_sql:
        _open()
    with op.batch_alter_table("entries", copy_from=_entries(sa.Text())) as batch:
        for column, needed in (("body", True), ("meta", False)):
            batch.alter_column(
                column,
                existing_type=sa.Text(),
                type_=sa.JSON(),
                existing_nullable=not needed,
                postgresql_using=f"{column}::json",
            )
    before = _offers("button_key", *_offered_sealed(sa.Text()), *_offered_in_clear(nullable=True))
    with op.batch_alter_table("offers", copy_from=before) as batch:
        batch.drop_constraint("uq_offers_conversation_id_button_key", type_="unique")
        batch.drop_column("button_key")
        batch.drop_column("button")
        batch.alter_column("payload", existing_type=sa.Text(), nullable=False)
        batch.alter_column("title", existing_type=sa.Text(), nullable=False)
        batch.create_unique_constraint(
            "uq_offers_conversation_id_payload", ["conversation_id", "payload"]
        )


# ---- the rows


def _seal() -> None:
    for row, sealing in _rows("entries", "body", "meta"):
        meta = None if row.meta is None else json.loads(row.meta)
        _change(
            "entries",
            row.id,
            _as_json,
            body=sealing.seal(json.loads(row.body)),
            meta=None if meta is None else sealing.seal(meta),
        )
    for row, sealing in _rows("offers", "payload", "title", "conversation_id"):
        # As bot/records/offers.py makes it; written out, as a migration stays what it was.
        key = sealing.lookup_exact("button", f"{row.conversation_id}\0{row.payload}")
        button = sealing.seal({"payload": row.payload, "title": row.title})
        _change("offers", row.id, str, button_key=key)
        _change("offers", row.id, _as_json, button=button)


def _open() -> None:
    for row, sealing in _rows("entries", "body", "meta"):
        meta = None if row.meta is None else json.dumps(sealing.open(row.meta))
        _change("entries", row.id, str, body=json.dumps(sealing.open(row.body)), meta=meta)
    for row, sealing in _rows("offers", "button"):
        button = sealing.open(row.button)
        _change("offers", row.id, str, payload=button["payload"], title=button["title"])


def _rows(table: str, *columns: str) -> Iterator[tuple[Any, Sealing]]:
    """Every row of the table with its columns as text, some hundreds in memory at a time."""
    shown = ", ".join(f"CAST({column} AS TEXT) AS {column}" for column in columns)
    some = sa.text(
        f"SELECT id, {shown} FROM {table} WHERE id > :after ORDER BY id LIMIT {_AT_A_TIME}"  # noqa: S608
    )
    sealing = context.config.attributes.get("sealing")
    after = -1
    while found := op.get_bind().execute(some, {"after": after}).all():
        if sealing is None:
            raise LookupError("the store holds chats, and to migrate them takes its keys")
        for row in found:
            yield row, sealing
        after = found[-1].id


def _change(table: str, row_id: int, written: Callable[[str], str], **values: str | None) -> None:
    changes = ", ".join(f"{column} = {written(f':{column}')}" for column in values)
    op.get_bind().execute(
        sa.text(f"UPDATE {table} SET {changes} WHERE id = :row_id"),  # noqa: S608
        {**values, "row_id": row_id},
    )


def _as_json(value: str) -> str:
    """The value for a column that PostgreSQL still holds to be JSON; SQLite looks at no type."""
    return f"to_json(CAST({value} AS TEXT))" if op.get_bind().dialect.name != "sqlite" else value


# ---- the tables as SQLite has to copy them


def _entries(of_text: Any) -> sa.Table:
    return sa.Table(
        "entries",
        sa.MetaData(),
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("client_message_id", sa.String(length=64), nullable=True),
        sa.Column("in_reply_to", sa.Integer(), nullable=True),
        sa.Column("body", of_text, nullable=False),
        sa.Column("meta", of_text, nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "sender IN ('reader', 'service', 'person', 'notice')", name="ck_entries_sender"
        ),
        sa.CheckConstraint(
            "status IN ('received', 'answered', 'waiting', 'failed')", name="ck_entries_status"
        ),
        _of_a_conversation("entries"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint(
            "conversation_id",
            "client_message_id",
            name="uq_entries_conversation_id_client_message_id",
        ),
        sa.UniqueConstraint("conversation_id", "seq", name="uq_entries_conversation_id_seq"),
        sa.Index(
            "ix_entries_unanswered",
            "conversation_id",
            "seq",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )


def _offers(unique: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(
        "offers",
        sa.MetaData(),
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        *columns,
        _of_a_conversation("offers"),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sa.UniqueConstraint("conversation_id", unique, name=f"uq_offers_conversation_id_{unique}"),
    )


def _offered_in_clear(*, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("payload", sa.Text(), nullable=nullable),
        sa.Column("title", sa.Text(), nullable=nullable),
    )


def _offered_sealed(of_button: Any, *, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("button_key", sa.String(length=64), nullable=nullable),
        sa.Column("button", of_button, nullable=nullable),
    )


def _of_a_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id", "school_id"],
        ["conversations.id", "conversations.school_id"],
        name=f"fk_{table}_conversation_id_school_id_conversations",
        ondelete="CASCADE",
    )
