"""All that the record store knows of organisations: their keys, and which is under which."""

from typing import Final, NamedTuple

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from lms.errors import NotFound

ORGANISATION: Final = table("organisation", column("id"), column("parent_id"), column("key"))


class Named(NamedTuple):
    id: int
    key: str


def get(session: Session, key: str) -> Named:
    found = session.execute(select(ORGANISATION.c.id, ORGANISATION.c.key).where(ORGANISATION.c.key == key)).first()
    if found is None:
        raise NotFound(f"There is no organisation with the key {key}.")
    return Named(*found)


def under(session: Session, own: Named) -> list[Named]:
    """This organisation and, by their ids, those that are under it."""
    top = select(ORGANISATION.c.id).where(ORGANISATION.c.id == own.id).cte("own", recursive=True)
    tree = top.union(select(ORGANISATION.c.id).where(ORGANISATION.c.parent_id == top.c.id))
    below = (
        select(ORGANISATION.c.id, ORGANISATION.c.key)
        .join(tree, tree.c.id == ORGANISATION.c.id)
        .where(ORGANISATION.c.id != own.id)
        .order_by(ORGANISATION.c.id)
    )
    return [own, *(Named(*row) for row in session.execute(below))]
