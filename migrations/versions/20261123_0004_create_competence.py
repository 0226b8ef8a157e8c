"""Role profiles, evidence, and where it leaves each person.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SOURCES = "source IN ('self', 'manager', 'test', 'course', 'certificate')"


def upgrade() -> None:
    op.create_table(
        "role_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_role_profile_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_profile")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_role_profile_organisation_id_key")),
    )
    op.create_table(
        "role_requirement",
        sa.Column("role_profile_id", sa.Integer(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_role_requirement_level")),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_role_requirement_weight")),
        sa.ForeignKeyConstraint(
            ["role_profile_id"],
            ["role_profile.id"],
            name=op.f("fk_role_requirement_role_profile_id_role_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("role_profile_id", "competence_key", name=op.f("pk_role_requirement")),
    )
    op.create_table(
        "evidence",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("ck_evidence_level")),
        sa.CheckConstraint(SOURCES, name=op.f("ck_evidence_source")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "statement_id", "competence_key", "rule", name=op.f("pk_evidence")),
    )
    op.create_index(
        op.f("ix_evidence_organisation_id_person_uuid_competence_key"),
        "evidence",
        ["organisation_id", "person_uuid", "competence_key"],
    )
    op.create_index(op.f("ix_evidence_person_uuid"), "evidence", ["person_uuid"])
    op.create_table(
        "standing",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("ck_standing_level")),
        sa.CheckConstraint(SOURCES, name=op.f("ck_standing_source")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_standing_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_uuid", "competence_key", "source", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_person_uuid"), "standing", ["person_uuid"])


def downgrade() -> None:
    op.drop_table("standing")
    op.drop_table("evidence")
    op.drop_table("role_requirement")
    op.drop_table("role_profile")
