"""What scopes, refusals and statements say, in words for people."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from lms.connections.consequences import Progressed, Unread
from lms.courses.course import Course
from lms.courses.statements import DISPLAY
from lms.i18n import gettext, language, lazy_gettext, local, percent
from lms.xapi import vocabulary as v
from lms.xapi.models import StoreClient
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Activity, Actor, StatementRef, SubStatement, Verb

_SCOPES: Final = {
    "statements/write": lazy_gettext("Send what people do"),
    "statements/read": lazy_gettext("Read what everyone has done"),
    "statements/read/mine": lazy_gettext("Read what it has sent itself"),
    "state": lazy_gettext("Keep where in an activity people are"),
    "define": lazy_gettext("Say what activities are called"),
    "profile": lazy_gettext("Keep notes of its own about people and activities"),
    "all/read": lazy_gettext("Read everything"),
    "all": lazy_gettext("Read, write and void everything"),
}
_GRACE: Final = {
    "now": lazy_gettext("At once"),
    "hour": lazy_gettext("In an hour"),
    "day": lazy_gettext("In a day"),
}
_REFUSED: Final = {
    400: lazy_gettext("Something in it was wrong"),
    401: lazy_gettext("The key or the secret was wrong"),
    403: lazy_gettext("The program may not do this"),
    404: lazy_gettext("There is nothing at that address"),
    405: lazy_gettext("The address does not take that method"),
    409: lazy_gettext("It clashed with what was there"),
    412: lazy_gettext("Somebody else had changed it"),
    413: lazy_gettext("It was too large"),
    429: lazy_gettext("Too many requests"),
}

# What can be written instead of the whole address of a verb.
VERBS: Final = {
    iri.rsplit("/", 1)[-1]: iri
    for iri in (
        v.ANSWERED, v.ASKED, v.ATTEMPTED, v.ATTENDED, v.COMMENTED, v.COMPLETED, v.EXITED, v.EXPERIENCED, v.FAILED,
        v.INITIALIZED, v.INTERACTED, v.LAUNCHED, v.MASTERED, v.PASSED, v.PROGRESSED, v.REGISTERED, v.RESPONDED,
        v.RESUMED, v.SCORED, v.SHARED, v.SUSPENDED, v.TERMINATED, v.VOIDED, v.ABANDONED, v.SATISFIED, v.WAIVED,
    )
}  # fmt: skip


# Kunna's own statements say what the rest are called.
_DONE: Final = DISPLAY | {
    v.ABANDONED: {"sv": "avbröt", "en": "abandoned"},
    v.ASKED: {"sv": "frågade om", "en": "asked"},
    v.ATTEMPTED: {"sv": "försökte sig på", "en": "attempted"},
    v.ATTENDED: {"sv": "deltog i", "en": "attended"},
    v.COMMENTED: {"sv": "kommenterade", "en": "commented"},
    v.EXITED: {"sv": "gick ur", "en": "exited"},
    v.INTERACTED: {"sv": "arbetade med", "en": "interacted"},
    v.LAUNCHED: {"sv": "startade", "en": "launched"},
    v.MASTERED: {"sv": "behärskade", "en": "mastered"},
    v.RESPONDED: {"sv": "svarade på", "en": "responded"},
    v.RESUMED: {"sv": "återupptog", "en": "resumed"},
    v.SATISFIED: {"sv": "uppfyllde kraven i", "en": "satisfied"},
    v.SHARED: {"sv": "delade", "en": "shared"},
    v.SUSPENDED: {"sv": "pausade", "en": "suspended"},
    v.WAIVED: {"sv": "slapp", "en": "waived"},
}


def scope(name: str) -> str:
    return str(_SCOPES[name])


def scopes(client: StoreClient) -> str:
    """As one sentence."""
    first, *others = (scope(name) for name in client.scopes.split())
    return ", ".join([first, *(f"{words[0].lower()}{words[1:]}" for words in others)])


def grace(name: str) -> str:
    return str(_GRACE[name])


def refused(status: int) -> str:
    if status >= 500:
        return gettext("Something went wrong here")
    return str(_REFUSED.get(status, _REFUSED[400]))


def sentence(entry: Recorded, names: Mapping[str, str]) -> str:
    """What a statement says. `names` are of people, by agent."""
    who, done = agent(entry.statement.actor, names), verb(entry.statement.verb)
    target = entry.statement.object
    if isinstance(target, StatementRef):
        if entry.statement.voids:
            return gettext("%(who)s voided a statement", who=who)
        return gettext("%(who)s %(done)s a statement", who=who, done=done)
    if isinstance(target, SubStatement):
        return gettext("%(who)s %(done)s that something should happen", who=who, done=done)
    what = activity(target) if isinstance(target, Activity) else agent(target, names)
    return gettext("%(who)s %(done)s “%(what)s”", who=who, done=done, what=what)


def agent(one: Actor, names: Mapping[str, str]) -> str:
    """A name, or else what identifies them, as short as can be."""
    if name := names.get(one.key) or one.name:
        return name
    if one.mbox is not None:
        return one.mbox.removeprefix("mailto:")
    if one.account is not None:
        return gettext(
            "%(name)s at %(site)s",
            name=one.account.name,
            site=urlsplit(one.account.home_page).netloc or one.account.home_page,
        )
    return one.mbox_sha1sum or one.openid or gettext("A group")


def verb(of: Verb) -> str:
    """In the reader's language, if the statement or we ourselves can say it so."""
    told, ours = of.display or {}, _DONE.get(of.id, {})
    here = language()
    return told.get(here) or ours.get(here) or _any(told) or of.id.rstrip("/").rsplit("/", 1)[-1]


def verb_name(iri: str) -> str:
    """Of a verb that stands alone, without what a statement calls it."""
    return local(_DONE.get(iri, {})) or iri.rstrip("/").rsplit("/", 1)[-1]


def activity(of: Activity) -> str:
    return _any((of.definition.name if of.definition else None) or {}) or of.id


def progress(told: Progressed, course: Course | None) -> list[str]:
    """What a statement says of how far someone has come."""
    place, shown = told.place, told.shown
    title = local(course.title) if course is not None else place.course
    if not place.module:
        return [gettext("The course “%(course)s” is completed.", course=title)]
    module = next((local(one.title) for one in course.modules if one.key == place.module), "") if course else ""
    names = {"module": module or place.module, "course": title}
    lines = [
        (shown.started_at, gettext("“%(module)s” in “%(course)s” was begun.", **names)),
        (shown.pages, gettext("A page of “%(module)s” in “%(course)s” was gone through.", **names)),
        (shown.passed_at, gettext("“%(module)s” in “%(course)s” is passed.", **names)),
        (shown.completed, gettext("“%(module)s” in “%(course)s” is completed.", **names)),
        (shown.stays, gettext("Time in “%(module)s” in “%(course)s” is counted.", **names)),
    ]
    said = [line for is_so, line in lines if is_so]
    if shown.best is not None:
        said.append(gettext("A result of %(share)s counts towards the best one.", share=percent(shown.best)))
    return said


def unread(why: Unread, base: str) -> str:
    return {
        Unread.VOIDED: gettext("Nothing: the statement is voided, and a voided statement says nothing."),
        Unread.STRANGER: gettext(
            "Nothing: Kunna only counts what is told of a person by the account it gives them, with the homePage "
            "%(base)s, and not by an address or an account elsewhere.",
            base=base,
        ),
        Unread.NOBODY: gettext("Nothing: nobody has that account, or has it any more."),
        Unread.ELSEWHERE: gettext("Nothing: it is about no course here."),
        Unread.NOT_OURS: gettext(
            "Nothing: this is only read from what Kunna itself vouches for, so that nobody else can hand it out."
        ),
        Unread.SILENT: gettext("Nothing: no rule reads this from such a statement."),
    }[why]


def _any(texts: Mapping[str, str]) -> str:
    """xAPI has tags such as sv-SE; we have sv."""
    here = language()
    near = next((text for tag, text in texts.items() if tag.split("-")[0].lower() == here), "")
    return near or local(texts)
