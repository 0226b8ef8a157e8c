"""What people say of their gender.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gender",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("gender", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("gender IN ('woman', 'man', 'non_binary', 'unsaid')", name=op.f("ck_gender_gender")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_gender_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_gender")),
    )


def downgrade() -> None:
    op.drop_table("gender")
