"""Statements: looked through, opened, taken along. The same for an organisation's traffic and for one's own."""

import mimetypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import msgspec
from flask import Response, current_app, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from lms import clock
from lms.competence import words as competence_words
from lms.competence.outside import decided
from lms.connections import asking, consequences, files, people, rule_words, sight, words
from lms.connections.people import Known
from lms.connections.sight import IN_CHARGE, Sight
from lms.connections.views.blueprint import bp, iri_base, zone
from lms.db import session
from lms.errors import Invalid, NotFound, Problem
from lms.http import args, roles, see_other, signed_in
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.xapi import attachments, browsing
from lms.xapi.browsing import Found, Look
from lms.xapi.models import microseconds
from lms.xapi.shelf import shelf

ON_A_PAGE: Final = 50
# Of one's own there is nobody to choose from.
OWN: Final = tuple(name for name in asking.NARROWING if name not in {"who", "person", "agent", "client"})


@bp.get("/connections/statements")
@roles(*IN_CHARGE)
def statements(viewer: Viewer) -> ResponseReturnValue:
    given = args(*asking.NARROWING, "before", "id")
    return _list(viewer, sight.of_traffic(session(), viewer, iri_base()), given)


@bp.get("/connections/statements/<uuid:statement>")
@roles(*IN_CHARGE)
def statement(viewer: Viewer, statement: UUID) -> ResponseReturnValue:
    args()
    return _one(viewer, sight.of_traffic(session(), viewer, iri_base()), statement)


@bp.get("/connections/statements/export.<form>")
@roles(*IN_CHARGE)
def statements_export(viewer: Viewer, form: str) -> ResponseReturnValue:
    given = args(*asking.NARROWING)
    return _export(viewer, sight.of_traffic(session(), viewer, iri_base()), given, form)


@bp.get("/connections/statements/<uuid:statement>/file")
@roles(*IN_CHARGE)
def statement_file(viewer: Viewer, statement: UUID) -> ResponseReturnValue:
    args()
    return _file(sight.of_traffic(session(), viewer, iri_base()).get(session(), statement))


@bp.get("/connections/statements/<uuid:statement>/files/<sha2>")
@roles(*IN_CHARGE)
def statement_attachment(viewer: Viewer, statement: UUID, sha2: str) -> ResponseReturnValue:
    args()
    return _attachment(sight.of_traffic(session(), viewer, iri_base()).get(session(), statement), sha2)


@bp.get("/records")
@signed_in
def records(viewer: Viewer) -> ResponseReturnValue:
    """Everything that has been recorded of what the viewer has done, here."""
    return _list(viewer, sight.of_oneself(session(), viewer, iri_base()), args(*OWN, "before", "id"))


@bp.get("/records/<uuid:statement>")
@signed_in
def record(viewer: Viewer, statement: UUID) -> ResponseReturnValue:
    args()
    return _one(viewer, sight.of_oneself(session(), viewer, iri_base()), statement)


@bp.get("/records/export.<form>")
@signed_in
def records_export(viewer: Viewer, form: str) -> ResponseReturnValue:
    return _export(viewer, sight.of_oneself(session(), viewer, iri_base()), args(*OWN), form)


@bp.get("/records/<uuid:statement>/file")
@signed_in
def record_file(viewer: Viewer, statement: UUID) -> ResponseReturnValue:
    args()
    return _file(sight.of_oneself(session(), viewer, iri_base()).get(session(), statement))


@bp.get("/records/<uuid:statement>/files/<sha2>")
@signed_in
def record_attachment(viewer: Viewer, statement: UUID, sha2: str) -> ResponseReturnValue:
    args()
    return _attachment(sight.of_oneself(session(), viewer, iri_base()).get(session(), statement), sha2)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is looked for, or who it could be about that the filter named."""

    look: Look
    candidates: Sequence[Known]
    # The person whom the filter found.
    person: Known | None


def _narrow(viewer: Viewer, seen: Sight, given: Mapping[str, str]) -> Narrowed:
    look = asking.look(given, seen, zone())
    if given.get("agent"):
        return Narrowed(replace(look, agents=[given["agent"]]), (), None)
    if given.get("person"):
        return _about(look, people.get(session(), viewer, asking.uuid(given, "person")))
    who = given.get("who", "").strip()
    if not who:
        return Narrowed(look, (), None)
    candidates = people.matching(session(), viewer, who)
    if len(candidates) == 1:
        return _about(look, candidates[0])
    if candidates:
        return Narrowed(look, candidates, None)
    if "@" in who:
        return Narrowed(replace(look, agents=[people.by_address(who)]), (), None)
    raise Invalid([Problem("who", gettext("Nobody here is called that. Try part of the name, or an e-mail address."))])


def _about(look: Look, person: Known) -> Narrowed:
    return Narrowed(replace(look, agents=person.agents(iri_base())), (), person)


def _list(viewer: Viewer, seen: Sight, given: Mapping[str, str]) -> ResponseReturnValue:
    problems: list[Problem] = []
    narrowed, found = Narrowed(seen.look(), (), None), list[Found]()
    try:
        if given.get("id"):
            return see_other(_one_of(seen), statement=seen.get(session(), asking.uuid(given, "id")).entry.id)
        narrowed = _narrow(viewer, seen, given)
        found = browsing.find(session(), replace(narrowed.look, limit=ON_A_PAGE + 1)) if not narrowed.candidates else []
    except NotFound:
        problems = [Problem("id", gettext("There is no such statement here that you may see."))]
    except Invalid as invalid:
        problems = invalid.problems
    asked = {name: value for name, value in given.items() if value}
    shown = [one for one in found[:ON_A_PAGE] if seen.includes(one.entry)]
    page = render_template(
        "connections/statements.html",
        seen=seen,
        programs=[(client.key, client.name) for client in (seen.clients or {}).values()],
        given=given,
        asked={name: value for name, value in asked.items() if name != "before"},
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
        candidates=narrowed.candidates[: people.MOST],
        too_many=len(narrowed.candidates) > people.MOST,
        person=narrowed.person,
        found=shown,
        uncounted=consequences.uncounted(session(), seen.organisation_id, [one.entry for one in shown], iri_base()),
        older=microseconds(found[ON_A_PAGE - 1].entry.stored) if len(found) > ON_A_PAGE else None,
        names=people.names(session(), viewer, [one.entry for one in shown], iri_base()),
        words=words,
    )
    return page, 400 if problems else 200


def _one_of(seen: Sight) -> str:
    return ".record" if seen.actors is not None else ".statement"


def _one(viewer: Viewer, seen: Sight, id: UUID) -> ResponseReturnValue:
    found = seen.get(session(), id)
    entry = found.entry
    voiding = browsing.voiding(session(), entry)
    read = consequences.of(session(), found, iri_base())
    return render_template(
        "connections/statement.html",
        seen=seen,
        found=found,
        entry=entry,
        names=people.names(session(), viewer, [entry], iri_base()),
        client=seen.client(entry),
        # One that the viewer may not see is said to be there, and no more.
        voided_by=[(one if seen.includes(one) else None) for one in voiding],
        voids=_target(seen, entry.voids),
        read=read,
        base=iri_base(),
        files=files.of(session(), entry),
        text=_pretty(entry.text),
        library=current_app.extensions["kunna"].library,
        frameworks=current_app.extensions["kunna"].known.at(session(), viewer.organisation_id),
        words=words,
        rule_words=rule_words,
        rules=decided.names(session(), {one.rule for one in read.pieces}),
        levels=competence_words,
    )


def _target(seen: Sight, id: UUID | None) -> UUID | None:
    """The statement that one voids, if the viewer may open it."""
    found = browsing.get(session(), seen.organisation_id, id) if id is not None else None
    return id if found is not None and seen.includes(found.entry) else None


def _file(found: Found) -> Response:
    return _download([_pretty(found.entry.text)], "application/json", f"statement-{found.entry.id}.json")


def _attachment(found: Found, sha2: str) -> Response:
    """To be kept, never opened on this site: it can be anything that a program has sent."""
    kept, place = files.get(session(), found.entry, sha2), shelf(current_app.config["ATTACHMENTS_URL"])
    attachments.check_there(place, [kept])
    ending = mimetypes.guess_extension(kept.content_type or "") or ""
    response = _download(place.read(kept.name), "application/octet-stream", f"{sha2[:16]}{ending}")
    response.content_length = kept.length
    return response


def _export(viewer: Viewer, seen: Sight, given: Mapping[str, str], form: str) -> Response:
    """Exactly what the filters show, from the newest to the last, as it was stored."""
    if form not in FORMS:
        raise NotFound(gettext("There is no such file."))
    narrowed = _narrow(viewer, seen, given)
    if narrowed.candidates:
        raise Invalid([Problem("who", gettext("Several people are called that. Choose one of them first."))])
    found = browsing.each(session(), narrowed.look)
    texts = (_in_a_line(one.entry.text) for one in found if seen.includes(one.entry))
    mimetype, written = FORMS[form]
    name = f"statements-{clock.now().astimezone(zone()):%Y-%m-%d}.{form}"
    return _download(stream_with_context(written(texts)), mimetype, name)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    return (f"{text}\n" for text in texts)


def _list_of(texts: Iterable[str]) -> Iterator[str]:
    yield "["
    for number, text in enumerate(texts):
        yield f",\n{text}" if number else text
    yield "]\n"


FORMS: Final = {"jsonl": ("application/jsonl", _lines), "json": ("application/json", _list_of)}


def _download(body: Iterable[str] | Iterable[bytes], mimetype: str, name: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pretty(text: str) -> str:
    """As it is kept, number by number; only the space between is ours."""
    return str(msgspec.json.format(text, indent=2))


def _in_a_line(text: str) -> str:
    return str(msgspec.json.format(text, indent=-1))
