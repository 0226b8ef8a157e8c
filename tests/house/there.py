"""An organisation where something has happened, for others to try to get at."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from lms.identity.models import Membership, Organisation, PeopleDraft, Person
from tests.cast import Cast


@dataclass(frozen=True)
class There:
    """What intruders know the names of, and should not reach."""

    cast: Cast
    draft: UUID

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cast, name)

    @property
    def unit(self) -> Organisation:
        return self.cast.units["fyren-ungdom"]

    @property
    def memberships(self) -> list[Membership]:
        return [self.cast.membership(person, self.cast.fyren) for person in (self.cast.alva, self.cast.bjorn)]

    @property
    def at_fyren(self) -> Membership:
        return self.cast.membership(self.cast.alva, self.cast.fyren)

    def acting(self, name: str) -> tuple[Person, Organisation]:
        return (self.cast.gun, self.cast.nordverk) if name == "gun" else (self.cast.farid, self.cast.ekeby)

    def not_for(self, name: str) -> list[str]:
        """What an intruder must not read anywhere."""
        cast = self.cast
        strangers = [cast.alva, cast.bjorn]
        words = []
        if name == "gun":
            strangers += [cast.cecilia, cast.david, cast.elsa, cast.farid]
            words += [place.name for place in (cast.fyren, cast.ekeby, cast.lindo)]
        return words + [
            str(said) for person in strangers for said in (person.name, person.email, person.uuid)
        ]


@pytest.fixture
def lived_in(cast: Cast, session: Session, at: Any) -> There:
    there = There(cast, uuid4())
    session.add(
        PeopleDraft(
            organisation_id=cast.ekeby.id,
            person_id=cast.elsa.id,
            uuid=there.draft,
            file_name="elsas-people.csv",
            rows=[{"email": "new@ekeby.example", "name": "New"}],
            expires_at=at.replace(year=2099),
        )
    )
    session.commit()
    return there
