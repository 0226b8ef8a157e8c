"""The identifiers in statements. An IRI is typed here and nowhere else.

Each is the one its owner publishes: ADL's verbs and activity types (http://adlnet.gov/expapi/), those of the
cmi5 profile (cmi5 9.3 and 9.5, https://w3id.org/xapi/cmi5/), and our own, which begin with IRI_BASE.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

_ADL_VERBS = "http://adlnet.gov/expapi/verbs/"
_ADL_TYPES = "http://adlnet.gov/expapi/activities/"
_W3ID_VERBS = "https://w3id.org/xapi/adl/verbs/"
_CMI5 = "https://w3id.org/xapi/cmi5/"

# Reserved by the standard (Data 2.3.2).
VOIDED: Final = f"{_ADL_VERBS}voided"

ANSWERED: Final = f"{_ADL_VERBS}answered"
ASKED: Final = f"{_ADL_VERBS}asked"
ATTEMPTED: Final = f"{_ADL_VERBS}attempted"
ATTENDED: Final = f"{_ADL_VERBS}attended"
COMMENTED: Final = f"{_ADL_VERBS}commented"
EXITED: Final = f"{_ADL_VERBS}exited"
EXPERIENCED: Final = f"{_ADL_VERBS}experienced"
IMPORTED: Final = f"{_ADL_VERBS}imported"
INTERACTED: Final = f"{_ADL_VERBS}interacted"
LAUNCHED: Final = f"{_ADL_VERBS}launched"
MASTERED: Final = f"{_ADL_VERBS}mastered"
PREFERRED: Final = f"{_ADL_VERBS}preferred"
PROGRESSED: Final = f"{_ADL_VERBS}progressed"
REGISTERED: Final = f"{_ADL_VERBS}registered"
RESPONDED: Final = f"{_ADL_VERBS}responded"
RESUMED: Final = f"{_ADL_VERBS}resumed"
SCORED: Final = f"{_ADL_VERBS}scored"
SHARED: Final = f"{_ADL_VERBS}shared"
SUSPENDED: Final = f"{_ADL_VERBS}suspended"

# cmi5 9.3. The first five were ADL's before; the last three the profile keeps at w3id.org.
COMPLETED: Final = f"{_ADL_VERBS}completed"
FAILED: Final = f"{_ADL_VERBS}failed"
INITIALIZED: Final = f"{_ADL_VERBS}initialized"
PASSED: Final = f"{_ADL_VERBS}passed"
TERMINATED: Final = f"{_ADL_VERBS}terminated"
ABANDONED: Final = f"{_W3ID_VERBS}abandoned"
SATISFIED: Final = f"{_W3ID_VERBS}satisfied"
WAIVED: Final = f"{_W3ID_VERBS}waived"

ASSESSMENT: Final = f"{_ADL_TYPES}assessment"
COURSE: Final = f"{_ADL_TYPES}course"
FILE: Final = f"{_ADL_TYPES}file"
INTERACTION: Final = f"{_ADL_TYPES}cmi.interaction"
LESSON: Final = f"{_ADL_TYPES}lesson"
LINK: Final = f"{_ADL_TYPES}link"
MEDIA: Final = f"{_ADL_TYPES}media"
MEETING: Final = f"{_ADL_TYPES}meeting"
MODULE: Final = f"{_ADL_TYPES}module"
OBJECTIVE: Final = f"{_ADL_TYPES}objective"
PERFORMANCE: Final = f"{_ADL_TYPES}performance"
PROFILE: Final = f"{_ADL_TYPES}profile"
QUESTION: Final = f"{_ADL_TYPES}question"
SIMULATION: Final = f"{_ADL_TYPES}simulation"

# The cmi5 types of a whole course and of a part that holds others (cmi5 9.4).
CMI5_BLOCK: Final = f"{_CMI5}activitytype/block"
CMI5_COURSE: Final = f"{_CMI5}activitytype/course"

# cmi5 9.6.2: what marks a statement as following the profile, and as counting for completion.
CMI5_CATEGORY: Final = f"{_CMI5}context/categories/cmi5"
CMI5_MOVE_ON: Final = f"{_CMI5}context/categories/moveon"

# cmi5 9.5.5 and 9.6.3. Progress is a whole number 0–100.
PROGRESS: Final = f"{_CMI5}result/extensions/progress"
REASON: Final = f"{_CMI5}result/extensions/reason"
LAUNCH_MODE: Final = f"{_CMI5}context/extensions/launchmode"
LAUNCH_URL: Final = f"{_CMI5}context/extensions/launchurl"
MASTERY_SCORE: Final = f"{_CMI5}context/extensions/masteryscore"
SESSION_ID: Final = f"{_CMI5}context/extensions/sessionid"

# Data 2.6: an attachment that signs its statement.
SIGNATURE: Final = "http://adlnet.gov/expapi/attachments/signature"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Our own identifiers. They stay in people's records for ever, so `base` is set once (IRI_BASE)."""

    base: str

    @property
    def authority(self) -> dict[str, object]:
        """Who asserts what Kunna itself records. Only that is read as progress or as evidence: otherwise any client
        of the record store could pass people's courses for them."""
        return {"objectType": "Agent", "account": {"homePage": self.base, "name": "kunna"}}

    @property
    def authority_key(self) -> str:
        """The same as `statement.Identified.key` writes it."""
        return f"account|{self.base}|kunna"

    def course(self, key: str) -> str:
        return self._iri("courses", key)

    def module(self, key: str, module: str) -> str:
        return self._iri("courses", key, module)

    def page(self, key: str, module: str, page: str) -> str:
        return self._iri("courses", key, module, page)

    def quiz(self, key: str, module: str) -> str:
        return self._iri("courses", key, module, "quiz")

    def question(self, key: str, module: str, question: str) -> str:
        return self._iri("courses", key, module, "quiz", question)

    def competence(self, framework: str, code: str) -> str:
        return self._iri("competences", framework, code)

    def proof(self, id: str) -> str:
        return self._iri("proofs", id)

    def verb(self, name: str) -> str:
        return self._iri("xapi", "verbs", name)

    def activity_type(self, name: str) -> str:
        return self._iri("xapi", "activities", name)

    def extension(self, name: str) -> str:
        return self._iri("xapi", "extensions", name)

    def usage(self, name: str) -> str:
        """What an attachment is for."""
        return self._iri("xapi", "attachments", name)

    def _iri(self, *path: str) -> str:
        return _joined(self.base, path)


# Whoever reads statements asks for the same few with each of them.
@lru_cache(maxsize=1024)
def _joined(base: str, path: tuple[str, ...]) -> str:
    return "/".join((base.rstrip("/"), *(quote(step, safe="") for step in path)))
