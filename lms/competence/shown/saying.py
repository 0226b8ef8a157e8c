"""A statement of ours that gives a person a level in a competence."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from lms.frameworks.framework import COMMON_SCALE, HIGHEST, Competence
from lms.identity.actor import actor
from lms.xapi.vocabulary import Vocabulary


def level(
    verb: str,
    display: Mapping[str, str],
    competence: Competence,
    level: int,
    person: UUID,
    ours: Vocabulary,
    at: datetime,
    *,
    manager: UUID | None = None,
) -> dict[str, object]:
    """By the person, or by their manager, who then is its instructor."""
    framework, code = competence.key.split("/")
    told: dict[str, object] = {
        "actor": actor(person, ours.base),
        "verb": {"id": ours.verb(verb), "display": display},
        "object": {
            "objectType": "Activity",
            "id": ours.competence(framework, code),
            "definition": {"type": ours.activity_type("competence"), "name": competence.name},
        },
        "result": {
            "score": {"raw": level, "min": 0, "max": HIGHEST},
            "response": COMMON_SCALE[level]["en"],
            "extensions": {ours.extension("level"): level},
        },
        "timestamp": at.isoformat(),
    }
    return told if manager is None else told | {"context": {"instructor": actor(manager, ours.base)}}
