"""The same invented people as in the demo and the documents, so that a reader meets them once.

Alva learns at Fyren and Björn is her manager; Cecilia leads the project; David coordinates the region Mälardalen east;
Elsa administers Ekeby; Farid works at Ekeby and belongs to Fyren as well; Gun works at Nordverk, in the other region,
and must never see anything of the others.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.identity import periods
from lms.identity.models import Membership, Organisation, Person, Role, RoleHeld


@dataclass
class Cast:
    project: Organisation
    east: Organisation
    west: Organisation
    fyren: Organisation
    ekeby: Organisation
    lindo: Organisation
    nordverk: Organisation
    # Units, by key: fyren-ungdom, fyren-kansli, ekeby-skola, ekeby-arbetsmarknad.
    units: dict[str, Organisation]
    alva: Person = field(init=False)
    bjorn: Person = field(init=False)
    cecilia: Person = field(init=False)
    david: Person = field(init=False)
    elsa: Person = field(init=False)
    farid: Person = field(init=False)
    gun: Person = field(init=False)

    def membership(self, person: Person, organisation: Organisation) -> Membership:
        return next(m for m in person.memberships if m.organisation_id == organisation.id)


def settle(session: Session, at: datetime) -> Cast:
    since = at - timedelta(days=700)
    project = Organisation(kind="project", key="kompetenslyft-malardalen", name="Kompetenslyft Mälardalen")
    east = Organisation(kind="region", key="ost", name="Mälardalen öst", parent=project)
    west = Organisation(kind="region", key="vast", name="Mälardalen väst", parent=project)
    partner = {
        key: Organisation(kind="partner", key=key, name=name, parent=region)
        for key, name, region in (
            ("fyren", "Ungdomshuset Fyren", east),
            ("ekeby", "Ekeby kommun", east),
            ("lindo", "Lindö folkhögskola", west),
            ("nordverk", "Nordverk AB", west),
        )
    }
    units = {
        key: Organisation(kind="unit", key=key, name=name, parent=partner[key.split("-")[0]])
        for key, name in (
            ("fyren-ungdom", "Ungdomsverksamheten"),
            ("fyren-kansli", "Kansliet"),
            ("ekeby-skola", "Skolan"),
            ("ekeby-arbetsmarknad", "Arbetsmarknadsenheten"),
        )
    }
    cast = Cast(project, east, west, **partner, units=units)
    session.add_all([project, *units.values(), *partner.values()])

    def person(name: str, organisation: Organisation, *roles: Role, language: str = "sv") -> Person:
        domain = organisation.key if organisation.kind == "partner" else "kompetenslyft"
        address = f"{name.split()[0].lower().replace('ö', 'o')}@{domain}.example"
        someone = Person(name=name, email=address, language=language, created_at=since)
        join(someone, organisation, *roles)
        session.add(someone)
        return someone

    def join(someone: Person, organisation: Organisation, *roles: Role) -> Membership:
        held = [RoleHeld(role=role) for role in {Role.LEARNER, *roles}]
        membership = Membership(person=someone, organisation=organisation, began_at=since, held=held)
        session.add(membership)
        return membership

    cast.alva = person("Alva Ek", cast.fyren)
    cast.bjorn = person("Björn Dahl", cast.fyren, Role.MANAGER)
    cast.cecilia = person("Cecilia Holm", cast.project, Role.PROJECT_LEADER)
    cast.david = person("David Åkerlund", cast.east, Role.COORDINATOR)
    cast.elsa = person("Elsa Öberg", cast.ekeby, Role.ADMINISTRATOR)
    cast.farid = person("Farid Nazari", cast.ekeby)
    cast.gun = person("Gun Wiklund", cast.nordverk, Role.MANAGER, Role.ADMINISTRATOR)
    session.flush()
    with periods.taking_effect(session, since):
        bjorn = cast.bjorn.memberships[0]
        cast.alva.memberships[0].manager = bjorn
        cast.alva.memberships[0].unit = units["fyren-ungdom"]
        bjorn.unit = units["fyren-ungdom"]
        cast.farid.memberships[0].unit = units["ekeby-skola"]
        at_fyren = join(cast.farid, cast.fyren)
        at_fyren.manager, at_fyren.unit = bjorn, units["fyren-kansli"]
    return cast
