from collections.abc import Mapping, Sequence

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from lms.frameworks.crosswalks import Crosswalks
from lms.frameworks.formats import esco
from lms.frameworks.framework import COMMON_SCALE, Competence, Framework, Relation
from lms.frameworks.views.blueprint import bp
from lms.frameworks.views.blueprint import frameworks as known
from lms.http import args, signed_in
from lms.i18n import gettext
from lms.identity.access import Viewer


@bp.get("/frameworks")
@signed_in
def frameworks(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("frameworks/list.html", frameworks=known())


@bp.get("/frameworks/<key>")
@signed_in
def framework(_viewer: Viewer, key: str) -> ResponseReturnValue:
    args()
    found = known().get(key)
    return render_template(
        "frameworks/framework.html",
        framework=found,
        frameworks=known(),
        scale=COMMON_SCALE,
        ties=_ties(found),
        is_from_esco=esco.is_from(found),
    )


def _ties(framework: Framework) -> Mapping[str, Sequence[tuple[str, Competence]]]:
    """By code: what crosswalks say beside the relations that the framework itself names."""
    crosswalks: Crosswalks = current_app.extensions["kunna"].crosswalks
    return {
        one.code: [
            (_in_words(relation), other)
            for relation, other in crosswalks.of(one, known())
            if other.key not in one.related
        ]
        for one in framework.competences
    }


def _in_words(relation: Relation) -> str:
    return {
        Relation.EXACT: gettext("The same as:"),
        Relation.CLOSE: gettext("Close to, with another scope:"),
        Relation.BROADER: gettext("Part of the broader:"),
        Relation.NARROWER: gettext("Covers the narrower:"),
        Relation.RELATED: gettext("Related to:"),
    }[relation]


@bp.get("/sources")
@signed_in
def sources(_viewer: Viewer) -> ResponseReturnValue:
    args()
    return render_template("frameworks/sources.html", frameworks=known())
