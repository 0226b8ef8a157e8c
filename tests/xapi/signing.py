"""Signatures of statements, with certificates of the test run's own."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from tests.xapi.parcels import attachment, part

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"


@cache
def key(name: str = "Alva") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate(name: str = "Alva", key_of: str | None = None) -> str:
    """Self-signed, as “x5c” has it."""
    return _certificate(name, key(key_of or name))


@cache
def elliptic_certificate() -> str:
    return _certificate("Elsa", ec.generate_private_key(ec.SECP256R1()))


def _certificate(name: str, private: Any) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=private.public_key(),
        serial_number=1,
        not_valid_before=begins,
        not_valid_after=begins + timedelta(days=1),
    ).sign(private, SHA256())
    return b64encode(made.public_bytes(Encoding.DER)).decode()


def signed(payload: Any, alg: str = "RS256", by: str = "Alva", **header: Any) -> bytes:
    """A JWS of the payload, which is a statement or some bytes. `x5c` is its certificate, unless given or None."""
    header = {"alg": alg, "x5c": [certificate(by)]} | header
    header = {name: value for name, value in header.items() if value is not None}
    text = payload if isinstance(payload, bytes) else json.dumps(payload, indent=4).encode()
    secret = OctKey.import_key("x" * 32) if alg.startswith("HS") else RSAKey(key(by), key(by))
    return jws.serialize_compact(header, text, secret, registry=_Everything(algorithms=[alg])).encode()


class _Everything(jws.JWSRegistry):
    max_header_length = max_payload_length = 10_000_000

    def check_header(self, header: Any) -> None:
        """Also what no honest signer would write."""


def signature(content: bytes, **parts: Any) -> dict[str, Any]:
    """The attachment that tells of it."""
    described = {"usageType": SIGNATURE, "display": {"en": "Signature"}, "contentType": "application/octet-stream"}
    return attachment(content, **(described | parts))


def signature_part(content: bytes, **headers: str | None) -> bytes:
    return part(content, **({"Content_Type": "application/octet-stream"} | headers))
