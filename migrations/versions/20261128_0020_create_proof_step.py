"""What has been handed in as proof, and what managers have said of it; and notes that stand beside a statement.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proof_step",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('presented', 'confirmed', 'rejected')", name=op.f("ck_proof_step_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_proof_step_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "statement_id", name=op.f("pk_proof_step")),
    )
    op.create_index(op.f("ix_proof_step_organisation_id_person_uuid"), "proof_step", ["organisation_id", "person_uuid"])
    op.create_index(op.f("ix_proof_step_organisation_id_proof_id"), "proof_step", ["organisation_id", "proof_id"])
    op.create_index(op.f("ix_proof_step_person_uuid"), "proof_step", ["person_uuid"])
    op.add_column("calibration_note", sa.Column("statement_id", sa.Uuid(), nullable=True))
    op.create_index(
        op.f("ix_calibration_note_organisation_id_statement_id"),
        "calibration_note",
        ["organisation_id", "statement_id"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_calibration_note_organisation_id_statement_id"), "calibration_note")
    op.drop_column("calibration_note", "statement_id")
    op.drop_table("proof_step")
