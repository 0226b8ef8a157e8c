"""Create documents, and what is known of activities

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id_organisation"
    )


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("agent", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.LargeBinary(length=16), nullable=False),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("contents", sa.LargeBinary(), nullable=False),
        _belongs("document"),
        sa.PrimaryKeyConstraint("organisation_id", "activity", "agent", "name", name="pk_document"),
    )
    op.create_table(
        "activity",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("activity", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        _belongs("activity"),
        sa.PrimaryKeyConstraint("organisation_id", "activity", name="pk_activity"),
    )
    op.add_column("statement_clock", sa.Column("definitions", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("statement_clock", "definitions")
    op.drop_table("activity")
    op.drop_table("document")
