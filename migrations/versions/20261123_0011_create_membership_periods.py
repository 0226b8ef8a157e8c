"""Where people have belonged, and when.

What came before a membership's present unit, manager and role profile is not known: they stand from its first day.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "membership_period",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("role_profile_key", sa.String(), nullable=True),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_membership_period_ends_after_it_began")),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_membership_period_membership_id_membership"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_period_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_period_person_id_person")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.id"], name=op.f("fk_membership_period_unit_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["membership.id"], name=op.f("fk_membership_period_manager_id_membership")
        ),
        sa.PrimaryKeyConstraint("membership_id", "began_at", name=op.f("pk_membership_period")),
    )
    op.create_index(
        op.f("ix_membership_period_organisation_id_began_at"), "membership_period", ["organisation_id", "began_at"]
    )
    op.create_index(op.f("ix_membership_period_manager_id"), "membership_period", ["manager_id"])
    op.create_index(op.f("ix_membership_period_person_id"), "membership_period", ["person_id"])
    op.create_index(op.f("ix_membership_period_unit_id"), "membership_period", ["unit_id"])
    op.execute(
        """
        INSERT INTO membership_period
            (membership_id, began_at, ended_at, organisation_id, person_id, unit_id, manager_id, role_profile_key)
        SELECT id, began_at, CASE WHEN ended_at < began_at THEN began_at ELSE ended_at END,
            organisation_id, person_id, unit_id, manager_id, role_profile_key
        FROM membership
        """
    )


def downgrade() -> None:
    op.drop_table("membership_period")
