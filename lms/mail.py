"""Letters. A letter is a row, written in the transaction that caused it; sending is a sweep over rows that are due."""

import logging
import smtplib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db import Base

logger = logging.getLogger(__name__)

# Waits between tries: soon at first, then hourly for two days. After that a letter is left, with its error.
RETRY_MINUTES: Final = (1, 5, 15, *[60] * 48)
SMTP_SECONDS: Final = 20
CLAIM_MINUTES: Final = 5
LETTERS_PER_SWEEP: Final = 50


class Letter(Base):
    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str]
    subject: Mapped[str]
    # Emptied once sent: a letter may hold a link that lets its bearer in.
    text: Mapped[str]
    created_at: Mapped[datetime]
    # When to try next. None: sent, or given up.
    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


Send = Callable[[EmailMessage], None]


class Texts:
    """What a room's letters say: a file for each letter and language, whose first line is the subject."""

    def __init__(self, package: str, folder: str) -> None:
        # Plain text, so there is nothing to escape.
        loader = PackageLoader(package, folder)
        self._files = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)  # noqa: S701

    def compose(self, letter: str, language: str, /, **words: object) -> tuple[str, str]:
        subject, text = self._files.get_template(f"{letter}.{language}.txt").render(words).split("\n", 1)
        return subject, text.lstrip("\n")


def post(session: Session, to: str, subject: str, text: str, *, at: datetime) -> Letter:
    letter = Letter(to=to, subject=subject, text=text, created_at=at, due_at=at)
    session.add(letter)
    return letter


def deliver_due(session: Session, settings: Mapping[str, Any], at: datetime) -> int:
    """Send what is due, letter by letter, with no transaction open while a mail server is talked to.

    A letter is claimed by moving its due time ahead; if we die before the answer it is simply due again.
    """
    send = sender(settings["MAIL_URL"])
    for tried in range(LETTERS_PER_SWEEP):
        letter = _claim(session, at)
        session.commit()
        if letter is None:
            return tried
        _try(letter, send, settings["MAIL_FROM"], at)
        session.commit()
    return LETTERS_PER_SWEEP


def _claim(session: Session, at: datetime) -> Letter | None:
    due = select(Letter).where(Letter.due_at <= at).order_by(Letter.due_at).limit(1)
    letter = session.scalars(due.with_for_update(skip_locked=True)).first()
    if letter is not None:
        letter.tries += 1
        letter.due_at = at + timedelta(minutes=CLAIM_MINUTES)
    return letter


def _try(letter: Letter, send: Send, from_: str, at: datetime) -> None:
    try:
        send(_message(letter, from_, at))
    except (OSError, smtplib.SMTPException) as error:
        letter.error = f"{type(error).__name__}: {error}"
        waits = RETRY_MINUTES[letter.tries - 1 :]
        letter.due_at = at + timedelta(minutes=waits[0]) if waits else None
        logger.warning("Letter %s could not be sent (try %d): %s", letter.id, letter.tries, letter.error)
    else:
        letter.sent_at, letter.due_at, letter.error, letter.text = at, None, None, ""


def _message(letter: Letter, from_: str, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = from_, letter.to, letter.subject
    message["Date"], message["Message-ID"] = format_datetime(at), make_msgid(domain="kunna")
    message.set_content(letter.text)
    return message


def sender(url: str) -> Send:
    """file:///folder writes each letter as a file; smtp:// (STARTTLS when there is a password) and smtps:// send."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return lambda message: _write(Path(unquote(parts.path)), message)
    if parts.scheme in {"smtp", "smtps"} and parts.hostname:
        return lambda message: _submit(url, message)
    raise ValueError(f"MAIL_URL must be file:///folder, smtp://… or smtps://…, not {parts.scheme!r}.")


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = message["Message-ID"].strip("<>").split("@")[0]
    (folder / f"{name}.eml").write_bytes(message.as_bytes())


def _submit(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or (465 if secure else 587), timeout=SMTP_SECONDS) as server:
        if parts.username:
            if not secure:
                server.starttls()
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
