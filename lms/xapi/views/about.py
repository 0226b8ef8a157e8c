"""What this store is (Communication 2.8)."""

from flask.typing import ResponseReturnValue

from lms.http import public
from lms.xapi.views.edge import bp, parameters


@bp.get("/about")
@public
def about() -> ResponseReturnValue:
    """The latest patch of each version that is spoken; 1.0.0 “MUST be included”."""
    parameters()
    return {"version": ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]}
