"""Competences that organisations write themselves, and which frameworks are made of them.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "competence_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=False),
        sa.Column("filled", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_competence_draft_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_competence_draft_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_draft")),
    )
    op.create_index(op.f("ix_competence_draft_organisation_id"), "competence_draft", ["organisation_id"])
    with op.batch_alter_table("framework") as table:
        table.add_column(sa.Column("is_written_here", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("framework") as table:
        table.alter_column("is_written_here", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("framework") as table:
        table.drop_column("is_written_here")
    op.drop_table("competence_draft")
