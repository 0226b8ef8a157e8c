"""Which occupation a role profile was started from.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_profile_start",
        sa.Column("role_profile_id", sa.Integer(), nullable=False),
        sa.Column("vintage", sa.String(), nullable=False),
        sa.Column("occupation_code", sa.String(), nullable=False),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_profile_id"],
            ["role_profile.id"],
            name=op.f("fk_role_profile_start_role_profile_id_role_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("role_profile_id", name=op.f("pk_role_profile_start")),
    )


def downgrade() -> None:
    op.drop_table("role_profile_start")
