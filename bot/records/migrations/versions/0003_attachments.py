"""Certificates and references that staff add to a pupil's leavers' folder, and their contents.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('certificate', 'reference', 'other')", name=op.f("ck_attachments_kind")
        ),
        sa.CheckConstraint(
            "provenance IN ('service', 'pupil', 'adviser', 'staff', 'import')",
            name=op.f("ck_attachments_provenance"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size")),
        sa.ForeignKeyConstraint(
            ["pupil_id", "school_id"],
            ["pupils.id", "pupils.school_id"],
            name=op.f("fk_attachments_pupil_id_school_id_pupils"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_attachments_id_school_id")),
    )
    op.create_index("ix_attachments_pupil_id_created_at", "attachments", ["pupil_id", "created_at"])
    op.create_table(
        "attachment_contents",
        sa.Column("attachment_id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id", "school_id"],
            ["attachments.id", "attachments.school_id"],
            name=op.f("fk_attachment_contents_attachment_id_school_id_attachments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_contents")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("attachment_contents")
    op.drop_table("attachments")
