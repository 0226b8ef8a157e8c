"""Workshops, the seats in them, and what they hold.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STEPS = "step IN ('gather', 'trends', 'tasks', 'competences', 'vote', 'talk', 'decide')"


def upgrade() -> None:
    op.create_table(
        "workshop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("dots", sa.Integer(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("step_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_part", sa.Integer(), nullable=True),
        sa.CheckConstraint(STEPS, name=op.f("ck_workshop_step")),
        sa.CheckConstraint("horizon IN (12, 36)", name=op.f("ck_workshop_horizon")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_workshop_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["organisation.id"], name=op.f("fk_workshop_place_id_organisation")),
        sa.ForeignKeyConstraint(["started_by_id"], ["person.id"], name=op.f("fk_workshop_started_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.UniqueConstraint("uuid", name=op.f("uq_workshop_uuid")),
        sa.UniqueConstraint("code", name=op.f("uq_workshop_code")),
    )
    op.create_index(op.f("ix_workshop_organisation_id_started_at"), "workshop", ["organisation_id", "started_at"])
    op.create_table(
        "workshop_seat",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("ballot", sa.JSON(), nullable=False),
        _of_workshop("workshop_seat"),
        sa.PrimaryKeyConstraint("workshop_id", "token_hash", name=op.f("pk_workshop_seat")),
    )
    op.create_table(
        "workshop_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("role_key", sa.String(), nullable=True),
        sa.Column("competence_key", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("dots", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('trend', 'task', 'competence', 'note')", name=op.f("ck_workshop_item_kind")),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_workshop_item_level")),
        sa.CheckConstraint(
            "(kind = 'competence') = (competence_key IS NOT NULL)", name=op.f("ck_workshop_item_competence")
        ),
        sa.CheckConstraint("(role_key IS NULL) = (competence_key IS NULL)", name=op.f("ck_workshop_item_role")),
        _of_workshop("workshop_item"),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["workshop_item.id"], name=op.f("fk_workshop_item_merged_into_id_workshop_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_item")),
        sa.UniqueConstraint(
            "workshop_id",
            "role_key",
            "competence_key",
            name=op.f("uq_workshop_item_workshop_id_role_key_competence_key"),
        ),
    )
    op.create_table(
        "workshop_contribution",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_workshop_contribution_level")),
        _of_workshop("workshop_contribution"),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["workshop_item.id"],
            name=op.f("fk_workshop_contribution_item_id_workshop_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workshop_id", "key", name=op.f("pk_workshop_contribution")),
    )
    op.create_index(op.f("ix_workshop_contribution_item_id"), "workshop_contribution", ["item_id"])


def _of_workshop(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workshop_id"], ["workshop.id"], name=op.f(f"fk_{table}_workshop_id_workshop"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("workshop_contribution", "workshop_item", "workshop_seat", "workshop"):
        op.drop_table(table)
