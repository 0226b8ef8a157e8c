"""Every setting of Kunna, once. Flask reads this file; nothing else reads the environment.

Each setting may be given as an environment variable of the same name, or to `create_app(NAME=…)`.
A value that cannot be understood stops the start: nothing is guessed.
"""

import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def _text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def _whole(name: str, default: int) -> int:
    given = os.environ.get(name)
    if given is None:
        return default
    if not given.isdigit():
        raise ValueError(f"{name} must be a whole number, not {given!r}.")
    return int(given)


def _yes(name: str, default: bool) -> bool:
    given = os.environ.get(name)
    if given is None:
        return default
    if given.lower() not in {"yes", "no", "true", "false", "1", "0"}:
        raise ValueError(f"{name} must be yes or no, not {given!r}.")
    return given.lower() in {"yes", "true", "1"}


def _secret(name: str, file: Path) -> str:
    given = os.environ.get(name)
    if given is None and file.exists():
        return file.read_text().strip()
    return given or ""


def _paths(name: str, default: Path) -> list[str]:
    given = os.environ.get(name)
    return given.split(os.pathsep) if given else [str(default)]


# How often one person's programs may ask for what pages show; empty: as often as they like. Counted in RATE_LIMIT_URL.
API_RATE_LIMIT = _text("API_RATE_LIMIT", "120 per minute")

# Where the files that statements carry are kept: file:///folder for one machine, or
# s3://bucket/prefix?endpoint=https://…&region=… with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY beside it.
ATTACHMENTS_URL = _text("ATTACHMENTS_URL", f"file://{_HERE / 'instance' / 'attachments'}")

# The e-mail address that the accessibility page tells people to write to. Empty: their own administrator.
CONTACT = _text("CONTACT", "")

# Folders with courses, in order; separated as PATH is. An organisation can keep its own beside ours.
COURSES_DIRS = _paths("COURSES_DIRS", _HERE / "courses")

# SQLite for one process, postgresql+psycopg://… for more.
DATABASE_URL = _text("DATABASE_URL", f"sqlite:///{_HERE / 'instance' / 'kunna.sqlite'}")

# The language of a page before a person has chosen: sv or en.
DEFAULT_LANGUAGE = _text("DEFAULT_LANGUAGE", "sv")

# Days that an invitation can be answered. Long enough for a holiday.
INVITATION_DAYS = _whole("INVITATION_DAYS", 14)

# What identifiers in statements begin with: people's homePage and our own activities, verbs and extensions.
# It is in records for ever; set it once, also if the site's address changes. Empty: the same as SITE_URL.
IRI_BASE = _text("IRI_BASE", "")

# Where background work queues: "inline" (done by the process that caused it, right after its commit),
# sqlite:///path or redis://… with `flask worker` beside the web processes.
JOBS_URL = _text("JOBS_URL", "inline")

# Days that it is kept who has looked at whom, and shown to those who were looked at.
LOOK_DAYS = _whole("LOOK_DAYS", 730)

# Who letters come from.
MAIL_FROM = _text("MAIL_FROM", "Kunna <no-reply@localhost>")

# file:///folder (each letter a file, for trying), smtp://user:password@host:587 or smtps://….
MAIL_URL = _text("MAIL_URL", f"file://{_HERE / 'instance' / 'mail'}")

# The smallest group of which a figure is shown to anyone but the people's own manager. Never below 5.
MINIMUM_GROUP = _whole("MINIMUM_GROUP", 5)

# How many proxies in front of us may be believed about the caller's address (X-Forwarded-For). 0: none.
PROXIES = _whole("PROXIES", 0)

# Where attempts are counted: memory:// for one process, redis://… for more.
RATE_LIMIT_URL = _text("RATE_LIMIT_URL", "memory://")

# Minutes that a link for choosing a new password works.
RESET_MINUTES = _whole("RESET_MINUTES", 60)

# Signs sessions and links. Whoever knows it can be anyone, so there is no default: it is given here, or it is the
# content of the file instance/secret_key (the demo makes its own). At least 16 characters.
SECRET_KEY = _secret("SECRET_KEY", _HERE / "instance" / "secret_key")

# Only send the session cookie over https. Off only where there is no https (the demo).
SESSION_COOKIE_SECURE = _yes("SESSION_COOKIE_SECURE", True)

# Minutes without a sign of life after which a stay in a module is taken as ended.
SESSION_IDLE_MINUTES = _whole("SESSION_IDLE_MINUTES", 30)

# Failed sign-ins allowed for one e-mail address, and ten times as many for one caller's address.
SIGN_IN_LIMIT = _text("SIGN_IN_LIMIT", "10 per 15 minutes")

# The address people reach the site at, with the prefix it is mounted under, without a slash at the end.
SITE_URL = _text("SITE_URL", "http://127.0.0.1:8000")

# How SQLite waits for the disk before it says that something is stored. FULL: until it is there, so that it survives a
# power cut. NORMAL: not for each transaction; a power cut can take the last seconds, a killed process takes nothing.
SQLITE_SYNCHRONOUS = _text("SQLITE_SYNCHRONOUS", "FULL")

# The clock on people's walls.
TIME_ZONE = _text("TIME_ZONE", "Europe/Stockholm")

# The xAPI version named to a request that names none.
XAPI_DEFAULT_VERSION = _text("XAPI_DEFAULT_VERSION", "2.0.0")

# Largest file that a statement can carry, in bytes; on its way in it takes disk, not memory.
XAPI_MAX_ATTACHMENT = _whole("XAPI_MAX_ATTACHMENT", 25_000_000)

# Most files in one request.
XAPI_MAX_ATTACHMENTS = _whole("XAPI_MAX_ATTACHMENTS", 100)

# Most statements in one request.
XAPI_MAX_BATCH = _whole("XAPI_MAX_BATCH", 1000)

# Largest request to the record store, in bytes, without the files that statements carry: it is held in memory.
XAPI_MAX_BODY = _whole("XAPI_MAX_BODY", 20_000_000)

# Largest state or profile document, in bytes, also of one that has grown by what is POSTed to it.
XAPI_MAX_DOCUMENT = _whole("XAPI_MAX_DOCUMENT", 10_000_000)

# Largest request with files in it, in bytes.
XAPI_MAX_MULTIPART = _whole("XAPI_MAX_MULTIPART", 200_000_000)

# Most statements in one answer; the rest comes through `more`.
XAPI_PAGE_SIZE = _whole("XAPI_PAGE_SIZE", 100)

# How often one client may ask the record store for something, such as "6000 per minute"; empty: as often as it likes.
# Counted in RATE_LIMIT_URL. A client can be given a limit of its own (flask clients change KEY --rate-limit …).
XAPI_RATE_LIMIT = _text("XAPI_RATE_LIMIT", "")
