"""Details of the audit that tell of a pupil go with the pupil.

Revision: 0009
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_A_PUPIL = "fk_audit_details_pupil_id_school_id_pupils"
_BY_PUPIL = "ix_audit_details_pupil_id"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("audit_details", copy_from=_details()) as batch:
        batch.add_column(_pupil_id())
        batch.create_foreign_key(
            op.f(_OF_A_PUPIL),
            "pupils",
            ["pupil_id", "school_id"],
            ["id", "school_id"],
            ondelete="CASCADE",
        )
    op.create_index(op.f(_BY_PUPIL), "audit_details", ["pupil_id"])


def downgrade() -> None:
    """Undo the change."""
    op.drop_index(op.f(_BY_PUPIL), "audit_details")
    of_a_pupil = sa.ForeignKeyConstraint(
        ["pupil_id", "school_id"],
        ["pupils.id", "pupils.school_id"],
        name=op.f(_OF_A_PUPIL),
        ondelete="CASCADE",
    )
    with op.batch_alter_table(
        "audit_details", copy_from=_details(_pupil_id(), of_a_pupil)
    ) as batch:
        batch.drop_constraint(op.f(_OF_A_PUPIL), type_="foreignkey")
        batch.drop_column("pupil_id")


def _pupil_id() -> sa.Column[str]:
    return sa.Column("pupil_id", sa.String(length=32), nullable=True)


def _details(*more: sa.schema.SchemaItem) -> sa.Table:
    """The table as it is before a change; SQLite writes it anew from this."""
    columns = [one for one in more if isinstance(one, sa.Column)]
    constraints = [one for one in more if not isinstance(one, sa.Column)]
    return sa.Table(
        "audit_details",
        sa.MetaData(),
        sa.Column("event_id", _ID, autoincrement=False, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        *columns,
        *constraints,
        sa.ForeignKeyConstraint(
            ["event_id", "school_id"],
            ["audit_events.id", "audit_events.school_id"],
            name=op.f("fk_audit_details_event_id_school_id_audit_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_details")),
    )
