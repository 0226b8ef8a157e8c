"""Development talks, what each prepares, and the goals that two have agreed on.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _talks()
    _goals()


def _talks() -> None:
    op.create_table(
        "talk",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("manager_uuid", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("held_at IS NULL OR called_off_at IS NULL", name=op.f("ck_talk_held_or_called_off")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_talk_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_talk")),
    )
    to_come = sa.text("held_at IS NULL AND called_off_at IS NULL")
    op.create_index(
        "uq_talk_to_come",
        "talk",
        ["organisation_id", "person_uuid"],
        unique=True,
        sqlite_where=to_come,
        postgresql_where=to_come,
    )
    op.create_index("ix_talk_person_uuid", "talk", ["person_uuid"])
    op.create_index("ix_talk_manager_uuid", "talk", ["manager_uuid"])
    op.create_table(
        "talk_preparation",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("writer_uuid", sa.Uuid(), nullable=False),
        sa.Column("texts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "talk_id"],
            ["talk.organisation_id", "talk.id"],
            name=op.f("fk_talk_preparation_organisation_id_talk_id_talk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "talk_id", "writer_uuid", name=op.f("pk_talk_preparation")),
    )
    op.create_index("ix_talk_preparation_writer_uuid", "talk_preparation", ["writer_uuid"])


def _goals() -> None:
    op.create_table(
        "goal",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("manager_uuid", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("support", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(competence_key IS NULL) = (level IS NULL)", name=op.f("ck_goal_a_level_of_a_competence")),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_goal_level")),
        sa.CheckConstraint("answer IN ('agreed', 'declined', 'withdrawn')", name=op.f("ck_goal_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_goal_answered_when")),
        sa.CheckConstraint("outcome IN ('reached', 'dropped', 'replaced')", name=op.f("ck_goal_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_goal_ended_when")),
        sa.CheckConstraint("outcome IS NULL OR answer = 'agreed'", name=op.f("ck_goal_only_what_was_agreed_ends")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_goal_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_goal")),
    )
    op.create_index("ix_goal_organisation_id_person_uuid", "goal", ["organisation_id", "person_uuid"])
    op.create_index("ix_goal_person_uuid", "goal", ["person_uuid"])
    op.create_table(
        "goal_follow_up",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("writer_uuid", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('on_track', 'needs_help', 'reached', 'dropped')", name=op.f("ck_goal_follow_up_standing")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_goal_follow_up_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "goal_id"],
            ["goal.organisation_id", "goal.id"],
            name=op.f("fk_goal_follow_up_organisation_id_goal_id_goal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "goal_id", "number", name=op.f("pk_goal_follow_up")),
    )
    op.create_index("ix_goal_follow_up_writer_uuid", "goal_follow_up", ["writer_uuid"])


def downgrade() -> None:
    for table in ("goal_follow_up", "goal", "talk_preparation", "talk"):
        op.drop_table(table)
