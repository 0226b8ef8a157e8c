"""What a person and their manager write to each other about levels.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calibration_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("author_uuid", sa.Uuid(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_calibration_note_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_note")),
    )
    op.create_index(
        op.f("ix_calibration_note_organisation_id_person_uuid"), "calibration_note", ["organisation_id", "person_uuid"]
    )
    op.create_index(op.f("ix_calibration_note_person_uuid"), "calibration_note", ["person_uuid"])


def downgrade() -> None:
    op.drop_table("calibration_note")
