"""Create what statements are found by for the sake of those that they target

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# What an agent or an activity is in a statement, and what it is then for those that target the statement.
DIRECT = 1
AGENT, ANY_AGENT, ACTIVITY, ANY_ACTIVITY, VERB, REGISTRATION = range(1, 7)

# Every statement that targets another, with each that it reaches and that is here.
PAIRS = """
    SELECT t.organisation_id, t.stored, s.stored AS target, s.verb, s.registration
    FROM statement_target AS t
    JOIN statement AS s ON s.organisation_id = t.organisation_id AND s.id = t.target
"""


def upgrade() -> None:
    op.create_table(
        "statement_reach",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.LargeBinary(length=16), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "term", "part", "stored", "target", name="pk_statement_reach"),
        sqlite_with_rowid=False,
    )
    _gather(f"SELECT organisation_id, verb, {VERB}, stored, target FROM ({PAIRS}) AS p")  # noqa: S608
    for table, column, direct, anywhere in (
        ("statement_agent", "agent", AGENT, ANY_AGENT),
        ("statement_activity", "activity", ACTIVITY, ANY_ACTIVITY),
    ):
        linked = (
            f"SELECT DISTINCT p.organisation_id, l.{column}, {{part}}, p.stored, p.target FROM ({PAIRS}) AS p "  # noqa: S608
            f"JOIN {table} AS l ON l.organisation_id = p.organisation_id AND l.stored = p.target"
        )
        _gather(linked.format(part=anywhere))
        _gather(f"{linked.format(part=direct)} WHERE l.part = {DIRECT}")
    rows = list(_registrations())
    if rows:
        op.bulk_insert(sa.table("statement_reach", *map(sa.column, rows[0])), rows)


def _gather(found: str) -> None:
    op.execute(f"INSERT INTO statement_reach (organisation_id, term, part, stored, target) {found}")


def _registrations() -> Iterator[dict[str, Any]]:
    """These stand in the statements as they are, and here by a digest."""
    typed = sa.text(f"SELECT * FROM ({PAIRS}) AS p WHERE registration IS NOT NULL").columns(  # noqa: S608
        sa.column("organisation_id"),
        sa.column("stored"),
        sa.column("target"),
        sa.column("verb"),
        sa.column("registration", sa.Uuid()),
    )
    for row in op.get_bind().execute(typed):
        term = sha256(str(row.registration).encode()).digest()[:16]
        yield {
            "organisation_id": row.organisation_id,
            "term": term,
            "part": REGISTRATION,
            "stored": row.stored,
            "target": row.target,
        }


def downgrade() -> None:
    op.drop_table("statement_reach")
