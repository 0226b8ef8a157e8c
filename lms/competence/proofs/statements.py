"""What the record store is told of proofs. No names of people, and nothing that somebody wrote freely:
that stands beside, or in the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from lms.competence.proofs.steps import CONFIRMED, PRESENTED, REJECTED
from lms.competence.shown.rules import Claim
from lms.identity.actor import actor
from lms.xapi.formats import written
from lms.xapi.vocabulary import Vocabulary

_DISPLAY: Final = {
    PRESENTED: {"sv": "visade upp", "en": "presented"},
    CONFIRMED: {"sv": "fick bekräftat", "en": "had confirmed"},
    REJECTED: {"sv": "fick inte bekräftat", "en": "did not have confirmed"},
}


@dataclass(frozen=True, slots=True)
class FileSaid:
    """What a statement says of the file that it carries."""

    content_type: str
    length: int
    sha2: str
    # Where its person and their manager can open it, for as long as it is there.
    url: str


def presented(
    proof: UUID, person: UUID, title: Mapping[str, str], claim: Claim, file: FileSaid, ours: Vocabulary, at: datetime
) -> dict[str, object]:
    return {
        **_about(PRESENTED, proof, person, title, claim, ours, at),
        "id": str(proof),
        "attachments": [
            {
                "usageType": ours.usage("proof"),
                "display": {"sv": "Intyget", "en": "The proof"},
                "contentType": file.content_type,
                "length": file.length,
                "sha2": file.sha2,
                "fileUrl": file.url,
            }
        ],
    }


def decided(
    proof: UUID,
    person: UUID,
    manager: UUID,
    title: Mapping[str, str],
    claim: Claim,
    ours: Vocabulary,
    at: datetime,
) -> dict[str, object]:
    """Confirmed, at the levels of the claim; without any of them, rejected."""
    told = _about(CONFIRMED if claim.levels else REJECTED, proof, person, title, claim, ours, at)
    context = {"instructor": actor(manager, ours.base), "statement": {"objectType": "StatementRef", "id": str(proof)}}
    told["context"] = {**context, "extensions": _extensions(claim, ours)}
    return told


def _about(
    kind: str, proof: UUID, person: UUID, title: Mapping[str, str], claim: Claim, ours: Vocabulary, at: datetime
) -> dict[str, object]:
    return {
        "actor": actor(person, ours.base),
        "verb": {"id": ours.verb(kind), "display": _DISPLAY[kind]},
        "object": {
            "objectType": "Activity",
            "id": ours.proof(str(proof)),
            "definition": {"type": ours.activity_type("proof"), "name": dict(title)},
        },
        "context": {"extensions": _extensions(claim, ours)},
        "timestamp": written(at),
    }


def _extensions(claim: Claim, ours: Vocabulary) -> dict[str, object]:
    told: dict[str, object] = {
        ours.extension("issuer"): claim.issuer,
        ours.extension("issued"): written(claim.issued),
        ours.extension("shows"): [
            {"competence": ours.competence(*key.split("/")), "level": level} for key, level in claim.levels.items()
        ],
    }
    if claim.valid_until is not None:
        told[ours.extension("valid-until")] = written(claim.valid_until)
    return told
