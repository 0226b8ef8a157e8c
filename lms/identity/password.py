"""Passwords: how they are kept, and which are refused.

Kept with Argon2id at 19 MiB, two passes and one lane, as OWASP's Password Storage Cheat Sheet recommends.
Refused as NIST SP 800-63B section 5.1.1.2 wants it: by length and by what a guesser tries first, not by which
kinds of characters there are.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from lms.i18n import gettext

SHORTEST: Final = 12
# Hashing costs more the longer the text is; nobody needs more than a page.
LONGEST: Final = 1000
FEWEST_DIFFERENT: Final = 5
# What has to be left when the words below and the person's own are taken away.
FEWEST_OF_THEIR_OWN: Final = 4

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)
# Checked against when nobody has the address, so that the answer takes as long.
_NOBODYS: Final = _hasher.hash(secrets.token_urlsafe())

_OBVIOUS: Final = (
    "password",
    "lösenord",
    "losenord",
    "passwort",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "letmein",
    "iloveyou",
    "welcome",
    "välkommen",
    "valkommen",
    "hemlig",
    "hemligt",
    "secret",
    "admin",
    "administrator",
    "kunna",
    "kompetens",
    "sommar",
    "vinter",
    "hösten",
    "våren",
    "sverige",
    "stockholm",
    "hejhej",
    "hejsan",
    "jagälskardig",
    "fotboll",
    "bytmig",
    "changeme",
    "test",
    "abc",
    "123",
)
_RUNS: Final = (
    "0123456789" * 4,
    "abcdefghijklmnopqrstuvwxyzåäö" * 2,
    "qwertyuiopåasdfghjklöäzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)


def hashed(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Takes as long when there is none to compare with."""
    try:
        _hasher.verify(password_hash or _NOBODYS, _normal(password[: LONGEST + 1]))
    except VerifyMismatchError:
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Made with other parameters than today's: hash it again while the password is at hand."""
    return _hasher.check_needs_rehash(password_hash)


def weaknesses(password: str, own_words: Iterable[str]) -> list[str]:
    """What is wrong with a new password. `own_words`: the person's name, e-mail address and such."""
    if len(password) < SHORTEST:
        return [
            gettext(
                "Use at least %(number)d characters. A few words in a row are easy to remember.",
                number=SHORTEST,
            )
        ]
    if len(password) > LONGEST:
        return [gettext("Use at most %(number)d characters.", number=LONGEST)]
    plain = _plain(password)
    if len(set(password)) < FEWEST_DIFFERENT or _is_a_run(plain):
        return [gettext("The same characters, or keys in a row, are guessed first. Choose something else.")]
    if _is_made_of(plain, (*_OBVIOUS, *_parts(own_words))):
        return [gettext("Your name, your address and common words are guessed first. Choose something else.")]
    return []


def _is_a_run(plain: str) -> bool:
    return bool(plain) and any(plain in run or plain[::-1] in run for run in _RUNS)


def _is_made_of(plain: str, words: Iterable[str]) -> bool:
    left = plain
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != plain and len(left.strip("0123456789")) < FEWEST_OF_THEIR_OWN


def _parts(own_words: Iterable[str]) -> Iterable[str]:
    for words in own_words:
        for part in (words, *words.replace("@", " ").replace(".", " ").replace("-", " ").split()):
            if len(plain := _plain(part)) > 2:
                yield plain


def _plain(text: str) -> str:
    return "".join(letter for letter in _normal(text).casefold() if letter.isalnum())


def _normal(text: str) -> str:
    """The same text typed on different keyboards is the same password (NIST SP 800-63B section 5.1.1.2)."""
    return unicodedata.normalize("NFKC", text)
