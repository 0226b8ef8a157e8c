"""What somebody was sending when it turned out that they must sign in, or that the page had grown too old.

It travels in the page itself, signed: nothing is stored, and nobody but us can have put it there. Only what
came from a page of ours is kept; another site could otherwise put words into the mouth of whoever signs in.
Passwords and files are not kept.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeSerializer

_NEVER: Final = ("csrf_token", "password", "current")


@dataclass(frozen=True, slots=True)
class Kept:
    # Within the app, without the prefix it may be mounted under.
    path: str
    fields: list[tuple[str, str]]
    # Whose session it was, as far as we know. Somebody else who signs in does not get to see it.
    whose: str | None

    def may_be_shown_to(self, person_uuid: str) -> bool:
        return self.whose in (None, person_uuid)


def keep() -> str:
    """The request's form as one signed text; empty if it did not come from a page of ours."""
    if not _is_from_us():
        return ""
    fields = [(name, value) for name, value in request.form.items(multi=True) if not name.startswith(_NEVER)]
    whose = str(session.get("_user_id", "")).partition(".")[0] or None
    return str(_signer().dumps(asdict(Kept(own_path(), fields, whose))))


def read(text: str | None) -> Kept | None:
    if not text:
        return None
    try:
        held: dict[str, Any] = _signer().loads(text)
    except BadData:
        return None
    return Kept(held["path"], [(name, value) for name, value in held["fields"]], held["whose"])


def own_path() -> str:
    return request.full_path if request.query_string else request.path


def is_own_path(path: str) -> bool:
    """A path of this site. Browsers read //host, /\\host and the like as another site's address."""
    if not path.startswith("/") or path.startswith("//"):
        return False
    if "\\" in path or any(ord(sign) < 33 or ord(sign) == 127 for sign in path):
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


def _is_from_us() -> bool:
    """Browsers name the page's site with every POST; a form elsewhere cannot make them name ours."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(said).netloc == request.host


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="kunna-kept")
