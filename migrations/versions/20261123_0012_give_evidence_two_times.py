"""Evidence with two times, an end and an issuer; standings packed in one row for each person; level rules; turnover.

Standings are derived: what is kept is packed from evidence here, and which levels it gives is left to whoever reads
it first, since the row says that it is good until 1970.

Revision ID: 0012
Revises: 0011
"""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from struct import Struct

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = ("self", "manager", "test", "course", "certificate")
SOURCES = ("self", "manager", "test", "course", "observation", "certificate", "imported")
OPINIONS = {0, 1}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 2**63 - 1
PIECE = Struct("<IBBxxqq")


def upgrade() -> None:
    op.create_table(
        "competence_number",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_competence_number")),
        sa.UniqueConstraint("key", name=op.f("uq_competence_number_key")),
    )
    op.execute("INSERT INTO competence_number (key) SELECT DISTINCT competence_key FROM evidence")
    _create_level_rule()
    _create_turnover()
    _give_evidence_its_times()
    op.drop_table("standing")
    _create_packed_standing()
    _pack()


def _create_level_rule() -> None:
    op.create_table(
        "level_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("origin_key", sa.String(), nullable=True),
        sa.CheckConstraint("origin IN ('form', 'import', 'workshop')", name=op.f("ck_level_rule_origin")),
        sa.CheckConstraint(
            "rule IN ('highest-shown', 'best-valid-confirmed', 'latest', 'weighted')", name=op.f("ck_level_rule_rule")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_level_rule_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_level_rule_decided_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_rule")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_level_rule_organisation_id_number")),
    )


def _create_turnover() -> None:
    op.create_table(
        "turnover",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("per_year", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("per_year BETWEEN 0 AND 100", name=op.f("ck_turnover_per_year")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_turnover_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_turnover_decided_by_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_turnover")),
    )


def _create_packed_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.Column("levels", sa.LargeBinary(), nullable=False),
        sa.Column("picked_by", sa.String(), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_standing_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_uuid", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_person_uuid"), "standing", ["person_uuid"])
    op.create_index(op.f("ix_standing_good_until"), "standing", ["good_until"])


def _rewrite_evidence(sources: tuple[str, ...], *added: sa.Column[object]) -> None:
    """The same on every database: SQLite cannot alter a table's checks."""
    op.execute("CREATE TEMPORARY TABLE evidence_before AS SELECT * FROM evidence")
    op.drop_table("evidence")
    checks = [
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("ck_evidence_level")),
        sa.CheckConstraint(f"source IN {sources!r}", name=op.f("ck_evidence_source")),
    ]
    if added:
        checks.append(sa.CheckConstraint("known_at >= shown_at", name=op.f("ck_evidence_known_when_shown")))
    op.create_table(
        "evidence",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        *added,
        *checks,
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "statement_id", "competence_key", "rule", name=op.f("pk_evidence")),
    )
    op.create_index(
        op.f("ix_evidence_organisation_id_person_uuid_competence_key"),
        "evidence",
        ["organisation_id", "person_uuid", "competence_key"],
    )
    op.create_index(op.f("ix_evidence_person_uuid"), "evidence", ["person_uuid"])


SAME = "organisation_id, statement_id, competence_key, rule, rule_version, person_uuid, source, level"


def _give_evidence_its_times() -> None:
    _rewrite_evidence(
        SOURCES,
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
    )
    if op.get_bind().dialect.name == "sqlite":
        seconds = "strftime('%Y-%m-%d %H:%M:%S', statement.stored / 1000000, 'unixepoch')"
        stored = f"{seconds} || printf('.%06d', statement.stored % 1000000)"
    else:
        stored = "TIMESTAMPTZ 'epoch' + statement.stored * INTERVAL '1 microsecond'"
    op.execute(
        f"""
        INSERT INTO evidence ({SAME}, shown_at, known_at)
        SELECT {SAME}, CASE WHEN known_at < shown_at THEN known_at ELSE shown_at END, known_at
        FROM (
            SELECT evidence_before.*, COALESCE({stored}, shown_at) AS known_at
            FROM evidence_before LEFT JOIN statement ON statement.id = evidence_before.statement_id
                AND statement.organisation_id = evidence_before.organisation_id
        ) AS known
        """  # noqa: S608
    )
    op.execute("DROP TABLE evidence_before")


def _pack() -> None:
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            """
            SELECT organisation_id, person_uuid, number, source, level, shown_at
            FROM evidence JOIN competence_number ON key = competence_key
            ORDER BY organisation_id, person_uuid
            """
        ).columns(person_uuid=sa.Uuid(), shown_at=sa.DateTime(timezone=True))
    )
    standing = sa.table(
        "standing",
        sa.column("organisation_id", sa.Integer()),
        sa.column("person_uuid", sa.Uuid()),
        sa.column("kept", sa.LargeBinary()),
        sa.column("levels", sa.LargeBinary()),
        sa.column("picked_by", sa.String()),
        sa.column("good_until", sa.DateTime(timezone=True)),
    )
    rows = [
        {
            "organisation_id": organisation,
            "person_uuid": person,
            "kept": b"".join(PIECE.pack(*piece) for piece in _undominated(its)),
            "levels": b"",
            "picked_by": "",
            "good_until": EPOCH,
        }
        for (organisation, person), its in groupby(found, key=lambda row: (row[0], row[1]))
    ]
    if rows:
        connection.execute(standing.insert(), rows)


def _undominated(rows) -> list[tuple[int, int, int, int, int]]:
    by: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for _, _, number, source, level, shown_at in rows:
        aware = shown_at.replace(tzinfo=UTC) if shown_at.tzinfo is None else shown_at
        shown = (aware - EPOCH) // timedelta(microseconds=1)
        by.setdefault((number, SOURCES.index(source)), set()).add((shown, level))
    kept = []
    for (number, source), pieces in sorted(by.items()):
        if source in OPINIONS:
            pieces = {max(pieces)}
        for shown, level in sorted(pieces, key=lambda piece: (piece[1], piece[0])):
            if not any(other != (shown, level) and other[0] >= shown and other[1] >= level for other in pieces):
                kept.append((number, source, level, shown, NEVER))
    return kept


def downgrade() -> None:
    op.drop_table("standing")
    # What was not known of before is read again by `flask rebuild` of a version that knows it.
    op.execute(f"DELETE FROM evidence WHERE source NOT IN {BEFORE!r}")  # noqa: S608
    _rewrite_evidence(BEFORE)
    op.execute(f"INSERT INTO evidence ({SAME}, shown_at) SELECT {SAME}, shown_at FROM evidence_before")  # noqa: S608
    op.execute("DROP TABLE evidence_before")
    op.drop_table("turnover")
    op.drop_table("level_rule")
    op.drop_table("competence_number")
    _create_standing_by_source()
    op.execute(WHERE_EACH_SOURCE_STANDS)


def _create_standing_by_source() -> None:
    op.create_table(
        "standing",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_uuid", sa.Uuid(), nullable=False),
        sa.Column("competence_key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("ck_standing_level")),
        sa.CheckConstraint(f"source IN {BEFORE!r}", name=op.f("ck_standing_source")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_standing_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_uuid", "competence_key", "source", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_person_uuid"), "standing", ["person_uuid"])


# The latest opinion; of what was shown, the highest, at its latest.
WHERE_EACH_SOURCE_STANDS = """
    INSERT INTO standing (organisation_id, person_uuid, competence_key, source, level, shown_at, count)
    SELECT organisation_id, person_uuid, competence_key, source, level, shown_at, count
    FROM (
        SELECT evidence.*,
            COUNT(*) OVER (PARTITION BY organisation_id, person_uuid, competence_key, source) AS count,
            ROW_NUMBER() OVER (
                PARTITION BY organisation_id, person_uuid, competence_key, source
                ORDER BY CASE WHEN source IN ('self', 'manager') THEN shown_at END DESC, level DESC, shown_at DESC
            ) AS place
        FROM evidence
    ) AS ranked
    WHERE place = 1
"""
