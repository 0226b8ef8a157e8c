"""How much each client is used, and what was refused; secrets that change, and limits of a client's own

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _of_a_client(table: str, *columns: sa.Column, key: str) -> None:
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{table}_client_id_client"),
        sa.PrimaryKeyConstraint("organisation_id", "client_id", key, name=f"pk_{table}"),
    )


def upgrade() -> None:
    op.add_column("client", sa.Column("previous_hash", sa.String(), nullable=True))
    op.add_column("client", sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("client", sa.Column("rate_limit", sa.String(), nullable=True))
    _of_a_client(
        "client_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        key="day",
    )
    _of_a_client(
        "client_refusal",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        key="at",
    )
    op.create_table(
        "unknown_key_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_unknown_key_use"),
    )


def downgrade() -> None:
    for table in ("unknown_key_use", "client_refusal", "client_use"):
        op.drop_table(table)
    for column in ("rate_limit", "previous_until", "previous_hash"):
        op.drop_column("client", column)
