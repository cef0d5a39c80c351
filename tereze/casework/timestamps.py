"""RFC 3161: a question to a time authority, and the check of its answer. Nothing else is needed.

The stranger's check is `openssl ts -verify`; this one comes to the same verdict without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)


QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class BadTokenError(Exception):
    """No token, or one that does not vouch for this content under this authority."""


@dataclass(frozen=True)
class Question:
    content: bytes
    nonce: int | None


@dataclass(frozen=True)
class Token:
    at: datetime
    authority: str  # as its certificate names it
    serial: str
    root: str  # PEM: the certificate under which it was verified
    chain: str  # PEM: what the token brings along


def question_about(content: bytes) -> Question:
    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    query = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    return Question(query.as_bytes(), query.nonce)


def certificates_in(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadTokenError("no certificates of an authority") from error


def check(
    answer: bytes, content: bytes, roots: Sequence[x509.Certificate], *, nonce: int | None = None
) -> Token:
    """The token, if it is about this content and comes from one of these authorities."""
    try:
        reply = decode_timestamp_response(answer)
    except ValueError as error:
        raise BadTokenError("not an answer of a time authority") from error
    failure: Exception | None = None
    for root in roots:
        builder = VerifierBuilder(roots=[root], nonce=nonce)
        try:
            builder.build().verify_message(reply, content)
        except (VerificationError, ValueError) as error:
            failure = error
            continue
        return described(reply, root)
    raise BadTokenError(str(failure or "no authority is trusted")) from failure


def described(reply: TimeStampResponse, root: x509.Certificate) -> Token:
    signed, info = reply.signed_data, reply.tst_info
    chain = [x509.load_der_x509_certificate(der) for der in sorted(signed.certificates)]
    serials = {signer.serial_number for signer in signed.signer_infos}
    signer = next((c for c in chain if c.serial_number in serials), root)
    return Token(
        at=info.gen_time,
        authority=name_of(signer),
        serial=f"{info.serial_number:x}",
        root=pem_of([root]),
        chain=pem_of(chain),
    )


def name_of(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def pem_of(certificates: Sequence[x509.Certificate]) -> str:
    return "".join(c.public_bytes(Encoding.PEM).decode() for c in certificates)
