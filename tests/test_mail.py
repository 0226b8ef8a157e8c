import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from lms import mail


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """One that takes a single letter, at the port that it says."""
    taken: list[str] = []

    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as talk:
            talk.write(b"220 ready\r\n")
            talk.flush()
            for line in talk:
                word = line.split()[0].upper()
                if word == b"DATA":
                    talk.write(b"354 go on\r\n")
                    talk.flush()
                    while (text := talk.readline()) != b".\r\n":
                        taken.append(text.decode())
                talk.write(b"221 bye\r\n" if word == b"QUIT" else b"250 well\r\n")
                talk.flush()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer, args=(listening,))
        thread.start()
        yield listening.getsockname()[1], taken
        thread.join(timeout=10)


def settings(url: str) -> dict[str, str]:
    return {"MAIL_URL": url, "MAIL_FROM": "Kunna <no-reply@kunna.test>"}


@pytest.fixture
def letter(session, at):
    letter = mail.post(session, "alva@fyren.example", "Välkommen", "Här är din länk.", at=at)
    session.commit()
    return letter


def test_it_works(session, letter, at, tmp_path):
    assert mail.deliver_due(session, settings(f"file://{tmp_path}"), at) == 1
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert letter.sent_at == at


def test_what_was_sent_is_not_sent_again_and_its_text_is_forgotten(session, letter, at, tmp_path):
    mail.deliver_due(session, settings(f"file://{tmp_path}"), at)
    assert mail.deliver_due(session, settings(f"file://{tmp_path}"), at + timedelta(days=9)) == 0
    assert letter.text == ""


def test_a_letter_waits_for_a_server_that_is_down(session, letter, at):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mail.deliver_due(session, settings(f"smtp://127.0.0.1:{port}"), at)
    assert letter.sent_at is None
    assert "Refused" in letter.error
    assert letter.due_at == at + timedelta(minutes=1)
    assert letter.text == "Här är din länk."
    with mail_server() as (port, taken_letter):
        mail.deliver_due(session, settings(f"smtp://127.0.0.1:{port}"), at + timedelta(minutes=1))
    assert letter.sent_at == at + timedelta(minutes=1)
    assert letter.error is None
    assert any(line.startswith("To: alva@fyren.example") for line in taken_letter)


def test_it_is_given_up_at_last_and_its_error_kept(session, letter, at):
    letter.tries = len(mail.RETRY_MINUTES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mail.deliver_due(session, settings(f"smtp://127.0.0.1:{port}"), at)
    assert letter.due_at is None
    assert letter.error


def test_one_who_died_while_sending_leaves_the_letter_due(session, letter, at):
    claimed = mail._claim(session, at)
    assert claimed is letter
    assert mail._claim(session, at) is None
    later = at + timedelta(minutes=mail.CLAIM_MINUTES)
    assert session.scalars(select(mail.Letter).where(mail.Letter.due_at <= later)).one() is letter


@pytest.mark.parametrize("url", ["carrier-pigeon://roof", "smtp://", ""])
def test_a_mail_address_that_makes_no_sense_is_said(url):
    with pytest.raises(ValueError, match="MAIL_URL"):
        mail.sender(url)
