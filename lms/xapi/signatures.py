"""Signed statements (Data 2.6): one of a statement's attachments is a JSON web signature of it.

This shows that a signature is well formed, that it signs this statement, and, where it brings its certificate,
that it was made with that certificate's key. It does not show who made it: no certificate is traced to an
authority, and none is too old. “Clients MUST NOT assume a signature is valid simply because an LRS has
accepted it.”
"""

import base64
import re
from typing import Final

import msgspec

from lms.errors import Invalid, Problem
from lms.xapi.equivalence import agree
from lms.xapi.reading import Members, parsed, read
from lms.xapi.vocabulary import SIGNATURE

ALGORITHMS: Final = ("RS256", "RS384", "RS512")
# Far more than a statement and its certificates take.
MAX_LENGTH: Final = 1_000_000
_COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class _Header(msgspec.Struct, frozen=True):
    alg: str
    x5c: list[str] | None = None
    crit: list[str] | None = None


# Made here: two threads that use a type first at the same time crash msgspec.
_HEADER: Final = msgspec.json.Decoder(_Header)


def check(where: str, signature: bytes, statement: bytes, *, strict: bool) -> None:
    """Raises Invalid if the signature is malformed, or is one of something else than the statement."""
    segments = _COMPACT.fullmatch(signature)
    if segments is None:
        raise _wrong(where, "must be a JSON web signature in its compact serialisation (RFC 7515, 7.1).")
    header = _header(where, segments[1])
    if header.alg not in ALGORITHMS:
        raise _wrong(where, f"must be signed with {', '.join(ALGORITHMS)}, not with {header.alg}.")
    if header.crit is not None:
        raise _wrong(where, "must not have “crit” in its header: no extensions of signatures are known here.")
    if header.x5c is not None and not _was_made_with(where, header.x5c, signature):
        raise _wrong(where, "was not made with the key of the certificate in its header.")
    _check_payload(where, _decoded(where, segments[2]), statement, strict)


def _header(where: str, segment: bytes) -> _Header:
    try:
        return _HEADER.decode(_decoded(where, segment))
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _wrong(where, f"must have a header as in RFC 7515: {error}.") from None


def _was_made_with(where: str, chain: list[str], signature: bytes) -> bool:
    """RFC 7515, 4.1.6: the first certificate has the key that the signature was made with."""
    # Few statements are signed; the others need not wait for cryptography to be loaded.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from joserfc import jws  # noqa: PLC0415
    from joserfc.errors import BadSignatureError, JoseError  # noqa: PLC0415
    from joserfc.jwk import RSAKey  # noqa: PLC0415

    try:
        certificates = [x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in chain]
        key = certificates[0].public_key()
    except (ValueError, IndexError, UnsupportedAlgorithm):
        raise _wrong(where, "must have certificates (X.509, DER in Base64) in “x5c”, or leave it out.") from None
    if not isinstance(key, RSAPublicKey):
        raise _wrong(where, "must have an RSA key in its certificate.")
    registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    registry.max_header_length = registry.max_payload_length = registry.max_signature_length = MAX_LENGTH
    try:
        # Not imported by `RSAKey.import_key`, which warns of keys that are short today and were not once.
        jws.deserialize_compact(signature, RSAKey(key, key), registry=registry)
    except BadSignatureError:
        return False
    except (JoseError, ValueError) as error:
        raise _wrong(where, f"must be a JSON web signature: {error}.") from None
    return True


def _check_payload(where: str, payload: bytes, statement: bytes, strict: bool) -> None:
    """“Validate that the original Statement is logically equivalent to the received Statement.”"""
    try:
        read(payload, strict=strict)
    except Invalid as invalid:
        raise _wrong(where, f"must sign a statement. What it signs is none: {invalid}") from None
    signed, sent = parsed(payload), parsed(statement)
    had, has = _attachments(signed), _attachments(sent)
    # It is signed as it was before this signature was added; others may have been there already.
    added = [one for one in had if _is_signature(one) and one not in has]
    if not agree(signed, sent) or _others(had) != _others(has) or added:
        raise _wrong(where, "must sign the statement that it comes with; it signs another.")


def _attachments(members: Members) -> list[object]:
    found = members.pop("attachments", [])
    return found if isinstance(found, list) else []


def _others(attachments: list[object]) -> list[object]:
    return [one for one in attachments if not _is_signature(one)]


def _is_signature(attachment: object) -> bool:
    return isinstance(attachment, dict) and attachment.get("usageType") == SIGNATURE


def _decoded(where: str, segment: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except ValueError:
        raise _wrong(where, "must be in Base64url.") from None


def _wrong(where: str, message: str) -> Invalid:
    return Invalid([Problem(where, message)])
