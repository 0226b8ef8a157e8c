"""Create what is kept of the files that statements carry

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IS_WAITING = sa.text("waiting_since IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("sha2", sa.String(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_attachment_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha2", name="pk_attachment"),
    )
    op.create_index(
        "ix_attachment_waiting_since",
        "attachment",
        ["waiting_since"],
        postgresql_where=IS_WAITING,
        sqlite_where=IS_WAITING,
    )
    op.create_table(
        "statement_attachment",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("sha2", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "stored", "sha2", name="pk_statement_attachment"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("statement_attachment")
    op.drop_table("attachment")
