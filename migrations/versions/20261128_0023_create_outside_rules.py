"""Rules about what other programs tell, who is who there, and what is counted of it.

A statement can show the same by the same rule more than once, each time known from another day: when it was known
is part of what evidence is found by.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = ("organisation_id", "statement_id", "competence_key", "rule")
AFTER = (*BEFORE, "known_at")
NUMBER = sa.BigInteger()
DIGEST = sa.LargeBinary(16)


def upgrade() -> None:
    _create_rules()
    _create_aliases()
    _create_derived()
    _find_evidence_by(AFTER)


def _create_rules() -> None:
    op.create_table(
        "outside_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outside_rule_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_rule")),
    )
    op.create_index(op.f("ix_outside_rule_organisation_id"), "outside_rule", ["organisation_id"])
    op.create_table(
        "outside_rule_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clients", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("origin_key", sa.String(), nullable=True),
        sa.CheckConstraint("origin IN ('form', 'import', 'workshop')", name=op.f("ck_outside_rule_version_origin")),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name=op.f("ck_outside_rule_version_level")),
        sa.CheckConstraint("needed >= 1", name=op.f("ck_outside_rule_version_needed")),
        sa.CheckConstraint("months >= 1", name=op.f("ck_outside_rule_version_months")),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["outside_rule.id"],
            name=op.f("fk_outside_rule_version_rule_id_outside_rule"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_outside_rule_version_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_rule_version")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_outside_rule_version_rule_id_number")),
    )
    op.create_table(
        "outside_condition",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("beginning", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.String(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "asks IN ('nothing', 'completion', 'success', 'score')", name=op.f("ck_outside_condition_asks")
        ),
        sa.CheckConstraint(
            "(asks = 'score') = (at_least IS NOT NULL)", name=op.f("ck_outside_condition_at_least_of_scores")
        ),
        sa.CheckConstraint("at_least BETWEEN 0 AND 100", name=op.f("ck_outside_condition_at_least")),
        _version("outside_condition"),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_outside_condition")),
    )


def _version(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_version_id_outside_rule_version")
    return sa.ForeignKeyConstraint(["version_id"], ["outside_rule_version.id"], name=name, ondelete="CASCADE")


def _create_aliases() -> None:
    is_tied = sa.text("untied_at IS NULL")
    op.create_table(
        "outside_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("agent", DIGEST, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tied_by_id", sa.Integer(), nullable=True),
        sa.Column("untied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("untied_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outside_alias_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["tied_by_id"], ["person.id"], name=op.f("fk_outside_alias_tied_by_id_person")),
        sa.ForeignKeyConstraint(["untied_by_id"], ["person.id"], name=op.f("fk_outside_alias_untied_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_alias")),
    )
    op.create_index(op.f("ix_outside_alias_organisation_id_agent"), "outside_alias", ["organisation_id", "agent"])
    op.create_index(op.f("ix_outside_alias_person_uuid"), "outside_alias", ["person_uuid"])
    op.create_index(
        op.f("uq_outside_alias_organisation_id_agent"),
        "outside_alias",
        ["organisation_id", "agent"],
        unique=True,
        postgresql_where=is_tied,
        sqlite_where=is_tied,
    )
    op.create_table(
        "outside_ignored",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_outside_ignored_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_outside_ignored_by_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "group", name=op.f("pk_outside_ignored")),
    )


def _create_derived() -> None:
    """Filled by `flask rebuild` with what has been stored before."""
    organisation = ("organisation_id", sa.Integer())
    kind = (("activity", DIGEST), ("verb", DIGEST), ("client", sa.String()))
    counts = (("statements", sa.Integer()), ("latest", NUMBER))
    _create(
        "outside_hit",
        (
            organisation, ("agent", DIGEST), ("version_id", sa.Integer()), ("statement_id", sa.Uuid()),
            ("condition", sa.SmallInteger()), ("happened_at", NUMBER), ("stored", NUMBER), ("client", sa.String()),
        ),
        ("organisation_id", "agent", "version_id", "statement_id", "condition"),
    )  # fmt: skip
    for columns in (["organisation_id", "statement_id"], ["organisation_id", "version_id", "agent"]):
        op.create_index(op.f(f"ix_outside_hit_{'_'.join(columns)}"), "outside_hit", columns)
    _create(
        "outside_miss",
        (organisation, ("version_id", sa.Integer()), *kind, ("reason", sa.String()), *counts),
        ("organisation_id", "version_id", "activity", "verb", "client", "reason"),
    )
    _create(
        "outside_traffic",
        (organisation, *kind, ("activity_id", sa.String()), ("verb_id", sa.String()), *counts),
        ("organisation_id", "activity", "verb", "client"),
    )
    _create(
        "outside_actor",
        (organisation, ("agent", DIGEST), ("client", sa.String()), *counts),
        ("organisation_id", "agent", "client"),
        sa.Column("person_uuid", sa.Uuid(), nullable=True),
    )
    for table in ("outside_traffic", "outside_actor"):
        op.create_index(op.f(f"ix_{table}_organisation_id_latest"), table, ["organisation_id", "latest"])
    _create(
        "outside_backlog",
        (
            organisation, ("version_id", sa.Integer()), *kind, ("activity_id", sa.String()), ("verb_id", sa.String()),
            ("until", NUMBER),
        ),
        ("organisation_id", "version_id", "activity", "verb", "client"),
        _version("outside_backlog"),
    )  # fmt: skip
    op.create_table(
        "outside_ending",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reached", DIGEST, nullable=False),
        _version("outside_ending"),
        sa.PrimaryKeyConstraint("organisation_id", "version_id", name=op.f("pk_outside_ending")),
    )


def _create(table: str, columns: tuple, key: tuple[str, ...], *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        *(sa.Column(name, kind, nullable=False) for name, kind in columns),
        *more,
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _find_evidence_by(key: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_evidence", "evidence", type_="primary")
        op.create_primary_key("pk_evidence", "evidence", list(key))
        return
    # SQLite cannot alter a key: the same table again, whatever columns and checks it has.
    made = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'evidence' AND sql IS NOT NULL AND type = '{}'"
    connection = op.get_bind()
    [(_, table)] = connection.exec_driver_sql(made.format("table")).all()
    indexes = connection.exec_driver_sql(made.format("index")).all()
    head, _, rest = table.partition("PRIMARY KEY (")
    _, _, tail = rest.partition(")")
    for name, _ in indexes:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE evidence RENAME TO evidence_before")
    op.execute(f"{head}PRIMARY KEY ({', '.join(key)}){tail}")
    op.execute("INSERT INTO evidence SELECT * FROM evidence_before")
    op.execute("DROP TABLE evidence_before")
    for _, sql in indexes:
        op.execute(sql)


def downgrade() -> None:
    # Nothing reads these rules any more; standings are worked out anew by `flask rebuild`.
    op.execute("DELETE FROM evidence WHERE rule LIKE 'outside/%'")
    _find_evidence_by(BEFORE)
    for table in (
        "outside_ending", "outside_backlog", "outside_actor", "outside_traffic", "outside_miss", "outside_hit",
        "outside_ignored", "outside_alias", "outside_condition", "outside_rule_version", "outside_rule",
    ):  # fmt: skip
        op.drop_table(table)
