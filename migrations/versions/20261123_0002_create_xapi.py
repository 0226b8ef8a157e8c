"""Create the record store: statements, what they are found by, and the clients that may use it

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IS_REGISTERED = sa.text("registration IS NOT NULL")
HAS_TARGET = sa.text("target IS NOT NULL")


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id_organisation"
    )


def upgrade() -> None:
    _create_statement()
    _create_links()
    op.create_table(
        "statement_clock",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        _belongs("statement_clock"),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_statement_clock"),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("below", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scopes <> ''", name=op.f("ck_client_scopes_given")),
        _belongs("client"),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
        sa.UniqueConstraint("key", name="uq_client_key"),
    )
    op.create_index("ix_client_organisation_id", "client", ["organisation_id"])


def _create_statement() -> None:
    op.create_table(
        "statement",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.LargeBinary(length=16), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("target", sa.Uuid(), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _belongs("statement"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_statement"),
    )
    op.create_index("uq_statement_organisation_id_stored", "statement", ["organisation_id", "stored"], unique=True)
    op.create_index("ix_statement_organisation_id_verb_stored", "statement", ["organisation_id", "verb", "stored"])
    op.create_index(
        "ix_statement_organisation_id_registration_stored",
        "statement",
        ["organisation_id", "registration", "stored"],
        postgresql_where=IS_REGISTERED,
        sqlite_where=IS_REGISTERED,
    )
    op.create_index(
        "ix_statement_organisation_id_target",
        "statement",
        ["organisation_id", "target"],
        postgresql_where=HAS_TARGET,
        sqlite_where=HAS_TARGET,
    )


def _create_links() -> None:
    for what in ("agent", "activity"):
        op.create_table(
            f"statement_{what}",
            sa.Column("organisation_id", sa.Integer(), nullable=False),
            sa.Column(what, sa.LargeBinary(length=16), nullable=False),
            sa.Column("part", sa.SmallInteger(), nullable=False),
            sa.Column("stored", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("organisation_id", what, "part", "stored", name=f"pk_statement_{what}"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "statement_target",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "stored", "target", name="pk_statement_target"),
    )
    op.create_index("ix_statement_target_organisation_id_target", "statement_target", ["organisation_id", "target"])


def downgrade() -> None:
    for table in (
        "client",
        "statement_clock",
        "statement_target",
        "statement_activity",
        "statement_agent",
        "statement",
    ):
        op.drop_table(table)
