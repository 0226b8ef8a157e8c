"""Role profiles: which there are, and what one of them requires."""

from datetime import tzinfo

from lms.competence import words
from lms.competence.asked import Asking
from lms.competence.required import profile_list, profiles, versions
from lms.competence.required.profile_list import Listed
from lms.competence.required.profiles import Requirement
from lms.frameworks.framework import Competence
from lms.i18n import date, gettext, local
from lms.identity.models import Organisation
from lms.reports.of_map import sources
from lms.reports.report import Column, Kind, Report, Table, Value


def of_profiles(asking: Asking) -> Report:
    on = asking.at.date()
    listed = profile_list.listed(asking.session, asking.viewer, on)
    return Report(
        key="role-profiles",
        title=gettext("Role profiles"),
        of=asking.session.get_one(Organisation, asking.viewer.organisation_id).name,
        day=on,
        horizon=0,
        filters={},
        said=[],
        rules=[],
        minimum=None,
        notes=[],
        sources=[],
        tables=[
            Table(
                "role-profiles",
                gettext("Role profiles"),
                [
                    Column("name", gettext("Name")),
                    Column("defined_by", gettext("Defined by")),
                    Column("version", gettext("Version"), Kind.WHOLE),
                    Column("coming", gettext("Decided for later")),
                    Column("competences", gettext("Competences"), Kind.WHOLE),
                    Column("people", gettext("People"), Kind.WHOLE),
                    Column("decided", gettext("Decided"), Kind.DATE),
                    Column("marks", gettext("Marks")),
                ],
                [_listed(one, asking.zone) for one in listed],
                [one.profile.key for one in listed],
            )
        ],
    )


def _listed(one: Listed, zone: tzinfo) -> list[Value]:
    current, coming = one.current, one.coming
    later = gettext("%(number)s from %(day)s", number=coming.number, day=date(coming.valid_from)) if coming else None
    marks = [
        *([gettext("Draft")] if one.may_edit and one.profile.draft else []),
        *([gettext("You have one of your own with this name, which is used instead.")] if one.is_replaced else []),
    ]
    return [
        one.profile.name,
        one.organisation.name,
        current.number if current is not None else None,
        later,
        len(current.requirements) if current is not None else None,
        one.people,
        current.decided_at.astimezone(zone).date() if current is not None else None,
        ", ".join(marks) or None,
    ]


def of_profile(asking: Asking, key: str, organisation: str) -> Report:
    found, where = profile_list.find(asking.session, asking.viewer, key, organisation)
    on = asking.at.date()
    current = versions.in_force(found.versions, on)
    needed = profiles.requirements_of(current)
    competences = asking.frameworks.known(needed)
    holds = (
        gettext("Version %(number)s holds since %(day)s.", number=current.number, day=date(current.valid_from))
        if current is not None
        else gettext("Nothing holds yet.")
    )
    return Report(
        key=f"role-profile-{key}",
        title=found.name,
        of=where.name,
        day=on,
        horizon=0,
        filters={},
        said=[(gettext("Version"), holds)],
        rules=[],
        minimum=None,
        notes=[],
        sources=sources(asking.frameworks, competences),
        tables=[
            Table(
                "requirements",
                gettext("What the work needs"),
                [
                    Column("competence", gettext("Competence")),
                    Column("level", gettext("Level needed")),
                    Column("upper", gettext("Up to")),
                    Column("weight", gettext("Weight"), Kind.WHOLE),
                    Column("consequence", gettext("Consequence"), Kind.WHOLE),
                    Column("difficulty", gettext("Difficulty"), Kind.WHOLE),
                    Column("criticality", gettext("Criticality"), Kind.NUMBER),
                ],
                [_required(one, needed[one.key]) for one in competences],
                [one.key for one in competences],
            )
        ],
    )


def _required(competence: Competence, needed: Requirement) -> list[Value]:
    return [
        local(competence.name),
        words.level(needed.level),
        words.level(needed.upper) if needed.upper else None,
        needed.weight,
        needed.consequence,
        needed.difficulty,
        round(needed.criticality, 1),
    ]
