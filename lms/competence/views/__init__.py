"""My competences, assessing oneself, the map, and what both stand on."""

from lms.competence.views import (
    alone,
    assess,
    calibrate,
    gaps,
    map,
    mine,
    needs,
    observe,
    profiles,
    progress,
    proofs,
    rule,
    withdraw,
)
from lms.competence.views.blueprint import bp

__all__ = [
    "alone",
    "assess",
    "bp",
    "calibrate",
    "gaps",
    "map",
    "mine",
    "needs",
    "observe",
    "profiles",
    "progress",
    "proofs",
    "rule",
    "withdraw",
]
