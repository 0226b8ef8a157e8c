"""Places in the order of gaps that somebody has decided.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gap_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("computed_place", sa.Integer(), nullable=True),
        sa.Column("computed_priority", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("horizon IN (0, 12, 36)", name=op.f("ck_gap_place_horizon")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_gap_place_place")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_gap_place_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["membership.id"], name=op.f("fk_gap_place_team_id_membership")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_gap_place_decided_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_place")),
    )
    op.create_index(
        "ix_gap_place_organisation_id_team_id_horizon", "gap_place", ["organisation_id", "team_id", "horizon"]
    )


def downgrade() -> None:
    op.drop_table("gap_place")
