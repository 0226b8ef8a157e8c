"""Numbers that stand for competences in packed rows. Given once, in the database, and the same for every process."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from lms.competence.models import CompetenceNumber

# As text, which SQLAlchemy compiles once.
_SOME: Final = text("SELECT key, number FROM competence_number WHERE key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)
_ONE: Final = text("SELECT key, number FROM competence_number WHERE key = :keys")


def known(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Of those that have one; nobody has shown anything of the others."""
    wanted = list(keys)
    if not wanted:
        return {}
    how, asked = (_ONE, wanted[0]) if len(wanted) == 1 else (_SOME, wanted)
    found = session.connection().execute(how, {"keys": asked})
    return {row.key: row.number for row in found}


def of(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Those that have none are given one."""
    wanted = set(keys)
    found = known(session, wanted)
    if missing := wanted - found.keys():
        # In order, so that two who number the same competences wait for each other and not in a ring.
        session.connection().execute(_NUMBER, [{"key": key} for key in sorted(missing)])
        found |= known(session, missing)
    return found


_NUMBER: Final = text("INSERT INTO competence_number (key) VALUES (:key) ON CONFLICT (key) DO NOTHING")


def keys(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    wanted = select(CompetenceNumber.number, CompetenceNumber.key).where(CompetenceNumber.number.in_(list(numbers)))
    return {row.number: row.key for row in session.execute(wanted)}
