"""Create courses: enrolments, stays, quiz attempts, notes, and the progress that is read from statements

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id_organisation"
    )


def upgrade() -> None:
    op.create_table(
        "enrolment",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        _belongs("enrolment"),
        sa.PrimaryKeyConstraint("organisation_id", "person_uuid", "course_key", name="pk_enrolment"),
        sa.UniqueConstraint("organisation_id", "registration", name="uq_enrolment_organisation_id_registration"),
    )
    op.create_table(
        "learning_session",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("learning_session"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_learning_session"),
    )
    op.create_index(
        "uq_learning_session_open",
        "learning_session",
        ["organisation_id", "person_uuid", "course_key"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_learning_session_idle", "learning_session", ["seen_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "quiz_attempt",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("quiz_attempt"),
        sa.PrimaryKeyConstraint(
            "organisation_id", "person_uuid", "course_key", "module_key", "number", name="pk_quiz_attempt"
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (correct IS NULL)", name=op.f("ck_quiz_attempt_marked_when_submitted")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_quiz_attempt_number")),
    )
    op.create_table(
        "note",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("page_key", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("note"),
        sa.PrimaryKeyConstraint(
            "organisation_id", "person_uuid", "course_key", "module_key", "page_key", name="pk_note"
        ),
    )
    op.create_table(
        "module_progress",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("best", sa.Float(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_page", sa.String(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stays", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        _belongs("module_progress"),
        sa.PrimaryKeyConstraint(
            "organisation_id", "person_uuid", "course_key", "module_key", name="pk_module_progress"
        ),
    )
    op.create_index("ix_module_progress_course", "module_progress", ["organisation_id", "course_key"])
    op.create_table(
        "course_progress",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.String(), nullable=True),
        _belongs("course_progress"),
        sa.PrimaryKeyConstraint("organisation_id", "person_uuid", "course_key", name="pk_course_progress"),
    )
    op.create_index("ix_course_progress_course", "course_progress", ["organisation_id", "course_key"])


def downgrade() -> None:
    op.drop_index("ix_course_progress_course", table_name="course_progress")
    op.drop_table("course_progress")
    op.drop_index("ix_module_progress_course", table_name="module_progress")
    op.drop_table("module_progress")
    op.drop_table("note")
    op.drop_table("quiz_attempt")
    op.drop_index("ix_learning_session_idle", table_name="learning_session")
    op.drop_index("uq_learning_session_open", table_name="learning_session")
    op.drop_table("learning_session")
    op.drop_table("enrolment")
