"""What a page shows, as a file: /reports/map.xlsx beside /competence/map, with the same parameters."""

import re
import unicodedata
from tempfile import TemporaryFile
from typing import Final

from flask import Response, current_app, send_file
from flask.typing import ResponseReturnValue

from lms import clock
from lms.http import args, roles, signed_in
from lms.identity.access import Viewer
from lms.reports import lines, printed
from lms.reports.catalogue import OFFERS, Named, Offer
from lms.reports.report import Report
from lms.reports.views.blueprint import bp
from lms.reports.views.making import make

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _offer(offer: Offer) -> None:
    def file(viewer: Viewer, form: str, **named: Named) -> ResponseReturnValue:
        report = make(offer, viewer, args("table", *offer.parameters), named)
        return _WRITERS[form](report)

    guard = signed_in if offer.roles is None else roles(*offer.roles)
    bp.add_url_rule(f"/{offer.path}.<any(xlsx, csv, pdf):form>", offer.key, guard(file))


def _workbook(report: Report) -> Response:
    # A library of 12 MB, which most workers never need.
    from lms.reports import workbook  # noqa: PLC0415

    file = TemporaryFile()  # noqa: SIM115 -- the server closes it when it has been sent
    workbook.write(report, file, clock.now())
    file.seek(0)
    return send_file(file, XLSX, as_attachment=True, download_name=_name(report, "xlsx"))


def _csv(report: Report) -> Response:
    response = Response(lines.lines(report, clock.now()), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=_name(report, "csv"))
    return response


def _pdf(report: Report) -> Response:
    response = current_app.response_class(printed.write(report, clock.now()), content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=_name(report, "pdf"))
    return response


_WRITERS: Final = {"xlsx": _workbook, "csv": _csv, "pdf": _pdf}


def _name(report: Report, ending: str) -> str:
    """Such as kompetenskarta-ekeby-kommun-2026-11-23.xlsx; the same word for letters that no file system knows."""
    words = unicodedata.normalize("NFKD", f"{report.title} {report.of}").encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', words).strip('-')}-{report.day:%Y-%m-%d}.{ending}"


for one in OFFERS:
    _offer(one)
