"""Occupations as authorities list them.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _of_a_vintage(
    name: str, *columns: sa.Column[str] | sa.Column[int], keys: int, extra: tuple[object, ...] = ()
) -> None:
    op.create_table(
        name,
        sa.Column("vintage_id", sa.Integer(), nullable=False),
        *columns,
        *extra,
        sa.ForeignKeyConstraint(
            ["vintage_id"],
            ["occupation_vintage.id"],
            name=op.f(f"fk_{name}_vintage_id_occupation_vintage"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("vintage_id", *(column.name for column in columns[:keys]), name=op.f(f"pk_{name}")),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "occupation_vintage",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("name"),
        _text("source"),
        _text("licence"),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupation_vintage")),
        sa.UniqueConstraint("name", name=op.f("uq_occupation_vintage_name")),
    )
    _of_a_vintage("occupation_group", _text("code"), _text("name"), _text("definition"), _text("folded"), keys=1)
    _of_a_vintage("occupation", _text("code"), _text("name"), _text("group_code"), _text("folded"), keys=1)
    _of_a_vintage("occupation_skill", _text("code"), _text("name"), keys=1)
    _of_a_vintage("occupation_group_skill", _text("group_code"), _text("skill_code"), keys=2)
    _of_a_vintage(
        "occupation_closeness",
        _text("from_code"),
        _text("to_code"),
        sa.Column("percent", sa.Integer(), nullable=False),
        keys=2,
        extra=(sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_occupation_closeness_percent")),),
    )
    op.create_index("ix_occupation_closeness_vintage_id_to_code", "occupation_closeness", ["vintage_id", "to_code"])


def downgrade() -> None:
    for name in ("closeness", "group_skill", "skill"):
        op.drop_table(f"occupation_{name}")
    op.drop_table("occupation")
    op.drop_table("occupation_group")
    op.drop_table("occupation_vintage")
