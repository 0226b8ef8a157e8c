"""What managers see and who has been told of it, and who has looked at whom.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "insight",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("insight", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("insight IN ('shared', 'levels', 'evidence')", name=op.f("ck_insight_insight")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_insight_decided_by_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_insight_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_insight_organisation_id_number")),
    )
    for name, column in (("insight_told", "told_at"), ("insight_shared", "since")):
        key = ["membership_id", column] if name == "insight_told" else ["membership_id"]
        op.create_table(
            name,
            sa.Column("membership_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(
                ["membership_id"],
                ["membership.id"],
                name=op.f(f"fk_{name}_membership_id_membership"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "look",
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("viewer_uuid", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("looked", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "looked IN ('profile', 'why', 'talk', 'observed', 'proofs', 'map', 'learning', 'plan')",
            name=op.f("ck_look_looked"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_look_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("person_uuid", "day", "viewer_uuid", "organisation_id", "looked", name=op.f("pk_look")),
    )
    op.create_index(op.f("ix_look_day"), "look", ["day"])
    op.create_index(op.f("ix_look_viewer_uuid"), "look", ["viewer_uuid"])


def downgrade() -> None:
    for name in ("look", "insight_shared", "insight_told", "insight"):
        op.drop_table(name)
