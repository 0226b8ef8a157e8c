"""Sixty invented people around the cast. Names are common ones, put together at random by hand."""

from typing import Final, NamedTuple


class Unit(NamedTuple):
    key: str
    name: str
    profile: str
    # The first manages the others.
    people: tuple[str, ...]


UNITS: Final = {
    "fyren": (
        Unit(
            "fyren-ungdom",
            "Ungdomsverksamheten",
            "ungdomsledare",
            (
                "Nils Hallberg",
                "Samira Haddad",
                "Tove Lindgren",
                "Jonas Berg",
                "Leila Karimi",
                "Oskar Nyman",
            ),
        ),
        Unit(
            "fyren-kansli",
            "Kansliet",
            "projektledare",
            (
                "Maria Sandell",
                "Petra Sjö",
                "Ibrahim Osman",
            ),
        ),
    ),
    "ekeby": (
        Unit(
            "ekeby-skola",
            "Skolan",
            "larare",
            (
                "Karin Strand",
                "Anders Lund",
                "Hanna Forsberg",
                "Mikael Ahl",
                "Sofia Rehn",
                "Patrik Vik",
                "Yasmin Ali",
                "Johan Ekdahl",
            ),
        ),
        Unit(
            "ekeby-arbetsmarknad",
            "Arbetsmarknadsenheten",
            "vagledare",
            (
                "Lena Holmgren",
                "Emil Roos",
                "Fatima Noor",
                "Ulf Granat",
                "Ingrid Bäck",
                "Daniel Mård",
                "Sara Tell",
            ),
        ),
        Unit(
            "ekeby-fritid",
            "Fritid",
            "ungdomsledare",
            (
                "Åsa Wall",
                "Viktor Hed",
                "Mona Lundin",
                "Adam Skog",
                "Nadia Saleh",
                "Per Ström",
            ),
        ),
    ),
    "lindo": (
        Unit(
            "lindo-larare",
            "Lärarna",
            "larare",
            (
                "Eva Klint",
                "Tomas Rydh",
                "Birgit Alm",
                "Kristian Falk",
                "Amina Yusuf",
                "Rolf Brandt",
                "Josefin Kvist",
                "Stina Udd",
            ),
        ),
        Unit(
            "lindo-vagledning",
            "Vägledningen",
            "vagledare",
            (
                "Helena Torn",
                "Magnus Lo",
                "Zahra Amiri",
            ),
        ),
    ),
    "nordverk": (
        Unit(
            "nordverk-produktion",
            "Produktionen",
            "handledare",
            (
                "Stefan Järn",
                "Linda Malm",
                "Robert Ståhl",
                "Ewa Nowak",
                "Hassan Jaber",
                "Christer Ek",
                "Malin Smed",
                "Anton Gjutar",
            ),
        ),
        Unit(
            "nordverk-kontor",
            "Kontoret",
            "projektledare",
            (
                "Annika Berglund",
                "Fredrik Ask",
                "Susanne Dal",
                "Ali Rahimi",
                "Ulrika Nord",
                "Erik Boman",
                "Cecilia Hammar",
                "Mats Öst",
                "Rita Palm",
                "Görel Ljung",
                "Simon Vret",
            ),
        ),
    ),
}

# What the work asks for: competence -> (level on the common scale, weight).
PROFILES: Final = {
    "ungdomsledare": (
        "Ungdomsledare",
        {
            "self-leadership/SL1": (2, 3),
            "self-leadership/SL2": (3, 5),
            "self-leadership/SL3": (2, 2),
            "self-leadership/SL4": (3, 5),
            "self-leadership/SL5": (2, 4),
            "self-leadership/SL6": (3, 4),
            "lifecomp/S1": (3, 4),
            "lifecomp/S2": (3, 3),
            "digcomp-3/2.5": (3, 3),
            "digcomp-3/2.6": (2, 3),
            "digcomp-3/4.2": (2, 4),
            "digcomp-3/4.3": (3, 5),
        },
    ),
    "projektledare": (
        "Projektledare",
        {
            "self-leadership/SL1": (3, 5),
            "self-leadership/SL3": (3, 4),
            "self-leadership/SL4": (2, 3),
            "self-leadership/SL5": (2, 3),
            "self-leadership/SL6": (3, 5),
            "lifecomp/S3": (3, 5),
            "lifecomp/L2": (3, 3),
            "digcomp-3/1.3": (3, 3),
            "digcomp-3/2.4": (3, 4),
            "digcomp-3/4.2": (2, 3),
        },
    ),
    "larare": (
        "Lärare",
        {
            "self-leadership/SL1": (2, 3),
            "self-leadership/SL2": (2, 3),
            "self-leadership/SL4": (2, 4),
            "self-leadership/SL5": (2, 4),
            "guidance/V1": (2, 4),
            "guidance/V3": (1, 3),
            "guidance/V6": (2, 4),
            "guidance/V7": (2, 4),
            "lifecomp/S1": (3, 3),
            "digcomp-3/1.2": (3, 5),
            "digcomp-3/2.4": (2, 3),
            "digcomp-3/4.2": (2, 4),
        },
    ),
    "vagledare": (
        "Vägledare",
        {
            "self-leadership/SL1": (2, 2),
            "self-leadership/SL4": (3, 4),
            "guidance/V1": (3, 4),
            "guidance/V3": (3, 5),
            "guidance/V4": (3, 4),
            "guidance/V5": (3, 5),
            "guidance/V6": (2, 4),
            "guidance/V7": (3, 4),
            "guidance/V8": (3, 5),
            "guidance/V9": (2, 3),
            "guidance/V10": (2, 3),
            "digcomp-3/1.2": (3, 4),
            "digcomp-3/4.2": (3, 4),
        },
    ),
    "handledare": (
        "Handledare på arbetsplatsen",
        {
            "self-leadership/SL1": (2, 3),
            "self-leadership/SL2": (2, 4),
            "self-leadership/SL4": (2, 4),
            "self-leadership/SL6": (2, 3),
            "lifecomp/S2": (2, 4),
            "lifecomp/S3": (2, 3),
            "guidance/V9": (2, 5),
            "digcomp-3/2.4": (1, 2),
            "digcomp-3/4.1": (2, 4),
        },
    ),
    "chef": (
        "Chef",
        {
            "self-leadership/SL1": (3, 4),
            "self-leadership/SL3": (3, 3),
            "self-leadership/SL4": (3, 4),
            "self-leadership/SL5": (3, 5),
            "self-leadership/SL6": (3, 5),
            "guidance/V2": (2, 3),
            "lifecomp/S2": (3, 4),
            "lifecomp/S3": (3, 5),
            "digcomp-3/2.4": (2, 2),
            "digcomp-3/4.2": (2, 3),
        },
    ),
}
