"""Which column of a list of people is which, by its heading in Swedish or English."""

from collections.abc import Sequence
from typing import Final

from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.identity import words

# A person's cells by column, and the number of the row under "line".
Line = dict[str, str]

_HEADINGS: Final = {
    "email": ("epost", "epostadress", "mejl", "mejladress", "mail", "mailadress", "email", "emailaddress"),
    "name": ("namn", "name", "fullname", "fullständigtnamn"),
    "given_name": ("förnamn", "firstname", "givenname"),
    "family_name": ("efternamn", "lastname", "surname", "familyname"),
    "unit": ("enhet", "avdelning", "unit", "department"),
    "roles": ("roll", "roller", "role", "roles"),
    "profile": ("rollprofil", "roleprofile", "profil", "profile"),
    "manager": (
        "chef",
        "chefensepost",
        "chefsepost",
        "närmastechef",
        "manager",
        "managersemail",
        "manageremail",
    ),
    "language": ("språk", "language"),
}


def lines(rows: Sequence[Sequence[str]]) -> tuple[list[Line], list[str]]:
    """Each person's cells by column, with the number of the row; and the headings that are not read."""
    if not rows or not any(rows[0]):
        raise Invalid(gettext("The first row must hold the headings, such as E-mail and Name."))
    columns = [_column(heading) for heading in rows[0]]
    _refuse_headings(columns)
    read = [
        {"line": str(number)} | {column: cell for column, cell in zip(columns, row, strict=False) if column}
        for number, row in enumerate(rows[1:], 2)
        if any(row)
    ]
    if not read:
        raise Invalid(gettext("There is nobody in the file: only headings."))
    return [_whole_name(line) for line in read], [
        heading for heading, column in zip(rows[0], columns, strict=True) if heading and not column
    ]


def _column(heading: str) -> str:
    bare = "".join(letter for letter in heading.casefold() if letter.isalnum())
    return next((column for column, names in _HEADINGS.items() if bare in names), "")


def _refuse_headings(columns: Sequence[str]) -> None:
    problems = []
    if "email" not in columns:
        problems.append(Problem("", gettext("There is no column with the heading E-mail.")))
    for column in sorted({name for name in columns if name and columns.count(name) > 1}):
        sentence = gettext("Two columns have the heading %(heading)s.", heading=words.of_column(column))
        problems.append(Problem("", sentence))
    if problems:
        raise Invalid(problems)


def _whole_name(line: Line) -> Line:
    given, family = line.pop("given_name", ""), line.pop("family_name", "")
    return {"name": f"{given} {family}".strip()} | line
