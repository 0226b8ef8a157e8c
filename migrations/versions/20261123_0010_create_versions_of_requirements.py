"""Role profiles in versions, with ranges and criticality; needs; drafts of both.

What a role profile required becomes its version 1, valid from the day the profile was made. Its weight tells how bad
it is if a competence is missing; how hard it is to find stands in the middle until somebody says.

Revision ID: 0010
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

ORIGINS = "origin IN ('form', 'import', 'workshop')"


def decided(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("origin_key", sa.String(), nullable=True),
        sa.CheckConstraint(ORIGINS, name=op.f(f"ck_{table}_origin")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f(f"fk_{table}_decided_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def drafted(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f(f"fk_{table}_changed_by_id_person")),
    ]


def upgrade() -> None:
    op.create_table(
        "role_profile_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role_profile_id", sa.Integer(), nullable=False),
        *decided("role_profile_version"),
        sa.ForeignKeyConstraint(
            ["role_profile_id"],
            ["role_profile.id"],
            name=op.f("fk_role_profile_version_role_profile_id_role_profile"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("role_profile_id", "number", name=op.f("uq_role_profile_version_role_profile_id_number")),
    )
    op.create_table(
        "requirement",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("upper", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("consequence", sa.Integer(), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_requirement_level")),
        sa.CheckConstraint("upper BETWEEN level AND 4", name=op.f("ck_requirement_upper")),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_requirement_weight")),
        sa.CheckConstraint("consequence BETWEEN 1 AND 5", name=op.f("ck_requirement_consequence")),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 5", name=op.f("ck_requirement_difficulty")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["role_profile_version.id"],
            name=op.f("fk_requirement_version_id_role_profile_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "competence_key", name=op.f("pk_requirement")),
    )
    op.create_table(
        "role_profile_draft",
        sa.Column("role_profile_id", sa.Integer(), nullable=False),
        *drafted("role_profile_draft"),
        sa.ForeignKeyConstraint(
            ["role_profile_id"],
            ["role_profile.id"],
            name=op.f("fk_role_profile_draft_role_profile_id_role_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("role_profile_id", name=op.f("pk_role_profile_draft")),
    )
    _create_needs()
    _carry_over()
    op.drop_table("role_requirement")
    op.drop_column("role_profile", "updated_at")


def _create_needs() -> None:
    op.create_table(
        "need_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        *decided("need_version"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_need_version_organisation_id_organisation")
        ),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_need_version_organisation_id_number")),
    )
    op.create_table(
        "need",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_need_level")),
        sa.CheckConstraint("horizon IN (0, 12, 36)", name=op.f("ck_need_horizon")),
        sa.CheckConstraint("holders >= 0", name=op.f("ck_need_holders")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["need_version.id"], name=op.f("fk_need_version_id_need_version"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "competence_key", "level", "horizon", name=op.f("pk_need")),
    )
    op.create_table(
        "need_draft",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        *drafted("need_draft"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_need_draft_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_need_draft")),
    )


def _carry_over() -> None:
    op.execute(
        """
        INSERT INTO role_profile_version (role_profile_id, number, valid_from, decided_at, note, origin)
        SELECT id, 1, date(created_at), updated_at, '', 'form' FROM role_profile
        """
    )
    op.execute(
        """
        INSERT INTO requirement (version_id, competence_key, level, weight, consequence, difficulty)
        SELECT role_profile_version.id, competence_key, level, weight, weight, 3
        FROM role_requirement
        JOIN role_profile_version ON role_profile_version.role_profile_id = role_requirement.role_profile_id
        """
    )


def downgrade() -> None:
    """The latest version of each role profile is what is left; ranges, criticality, needs and drafts go."""
    op.add_column(
        "role_profile",
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("'2026-01-01 00:00:00'")
        ),
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
    op.execute(
        """
        INSERT INTO role_requirement (role_profile_id, competence_key, level, weight)
        SELECT role_profile_id, competence_key, level, weight
        FROM requirement JOIN role_profile_version ON role_profile_version.id = requirement.version_id
        WHERE number = (SELECT max(number) FROM role_profile_version AS other
                        WHERE other.role_profile_id = role_profile_version.role_profile_id)
        """
    )
    op.execute(
        """
        UPDATE role_profile SET updated_at = coalesce(
            (SELECT max(decided_at) FROM role_profile_version WHERE role_profile_id = role_profile.id), created_at)
        """
    )
    for table in ("need_draft", "need", "need_version", "role_profile_draft", "requirement", "role_profile_version"):
        op.drop_table(table)
