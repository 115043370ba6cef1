"""Links with which leavers say where they went, without an account.

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "destination_invitations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("years_after", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("destination_id", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "years_after BETWEEN 0 AND 10", name=op.f("ck_destination_invitations_years_after")
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id", "school_id"],
            ["pupils.id", "pupils.school_id"],
            name=op.f("fk_destination_invitations_pupil_id_school_id_pupils"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_destination_invitations_token_hash")),
    )
    op.create_index(
        "ix_destination_invitations_pupil_id_created_at",
        "destination_invitations",
        ["pupil_id", "created_at"],
    )
    op.create_index(
        "ix_destination_invitations_school_id_created_at",
        "destination_invitations",
        ["school_id", "created_at"],
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("destination_invitations")
