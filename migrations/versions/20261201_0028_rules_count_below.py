"""A rule of a project or a region can count in the organisations below, and these can refuse it.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: SQLite would rebuild the table, and with the old one its conditions would go.
    op.add_column("outside_rule_version", sa.Column("below", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "outside_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outside_refusal_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["outside_rule.id"], ondelete="CASCADE", name=op.f("fk_outside_refusal_rule_id_outside_rule")
        ),
        sa.ForeignKeyConstraint(["refused_by_id"], ["person.id"], name=op.f("fk_outside_refusal_refused_by_id_person")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["person.id"], name=op.f("fk_outside_refusal_taken_back_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_refusal")),
    )
    op.create_index(
        op.f("ix_outside_refusal_organisation_id_rule_id"), "outside_refusal", ["organisation_id", "rule_id"]
    )


def downgrade() -> None:
    op.drop_table("outside_refusal")
    op.drop_column("outside_rule_version", "below")
