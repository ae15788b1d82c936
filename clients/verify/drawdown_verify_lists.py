"""The trust file and the signed list of statuses, as they came from the site."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

TRUST_FORMAT: Final = "drawdown-trust/1"
LIST_FORMAT: Final = "drawdown-status-list/1"


class Unusable(Exception):
    """The trust file or the status list cannot be used; its text says why."""


@dataclass(frozen=True)
class Trust:
    """The certificates of the site: by SHA-256, DER."""

    site: str
    certificates: dict[str, bytes]


@dataclass(frozen=True)
class StatusList:
    """How papers stood on a day, after its signature was verified."""

    number: int
    as_of: datetime
    salt: bytes
    papers: dict[str, dict[str, Any]]
    others: frozenset[str]

    def names(self, sha256: str) -> bool:
        """Whether a file with this hash was issued, and is not public."""
        return self._salted(bytes.fromhex(sha256)) in self.others

    def knows_code(self, code: str) -> bool:
        """Whether the paper with this code was issued."""
        public = any(each["code"] == code for each in self.papers.values())
        return public or self._salted(code.encode()) in self.others

    def _salted(self, value: bytes) -> str:
        return hashlib.sha256(self.salt + value).hexdigest()

    def age(self, now: datetime) -> timedelta:
        """How old it is."""
        return now - self.as_of


def read_trust(path: Path) -> Trust:
    """The trust file, which came with the program or from somebody who is known.

    :raises Unusable: if it cannot be read, or holds no certificate
    """
    said = _json(path, "trust file")
    if not isinstance(said, dict) or said.get("format") != TRUST_FORMAT:
        message = f"{path} is no trust file of the form {TRUST_FORMAT}."
        raise Unusable(message)
    try:
        found = [base64.b64decode(each, validate=True) for each in said["certificates"]]
        for der in found:
            x509.load_der_x509_certificate(der)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path} holds no certificate that can be read: {error}."
        raise Unusable(message) from error
    if not found:
        message = f"{path} holds no certificate."
        raise Unusable(message)
    return Trust(
        site=str(said.get("site", "")),
        certificates={hashlib.sha256(der).hexdigest(): der for der in found},
    )


def read_statuses(path: Path, trust: Trust) -> StatusList:
    """The status list, if a trusted certificate has signed it.

    :raises Unusable: if it cannot be read, or its signature does not hold
    """
    said = _json(path, "status list")
    try:
        body = said["list"].encode()
        der = base64.b64decode(said["certificate"], validate=True)
        signature = base64.b64decode(said["signature"], validate=True)
        algorithm = said["algorithm"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{path} is no signed status list."
        raise Unusable(message) from error
    if hashlib.sha256(der).hexdigest() not in trust.certificates:
        message = f"{path} is signed with a certificate that the trust file lacks."
        raise Unusable(message)
    try:
        _verify_bytes(der, signature, algorithm, body)
    except InvalidSignature as error:
        message = f"The signature of {path} does not hold: it was changed."
        raise Unusable(message) from error
    return _parsed(path, body)


def _parsed(path: Path, body: bytes) -> StatusList:
    try:
        words = json.loads(body)
        if words["format"] != LIST_FORMAT:
            raise KeyError(LIST_FORMAT)
        return StatusList(
            number=int(words["number"]),
            as_of=datetime.fromisoformat(words["as_of"]),
            salt=bytes.fromhex(words["salt"]),
            papers={each["sha256"]: each for each in words["papers"]},
            others=frozenset(words["others"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"{path} is no status list of the form {LIST_FORMAT}."
        raise Unusable(message) from error


def _verify_bytes(der: bytes, signature: bytes, algorithm: str, body: bytes) -> None:
    """:raises InvalidSignature: if it does not hold, or was made in an unknown way"""
    key = x509.load_der_x509_certificate(der).public_key()
    sha256 = hashes.SHA256()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, body, ec.ECDSA(sha256))
    elif isinstance(key, rsa.RSAPublicKey) and "pss" in algorithm:
        salted = padding.PSS(padding.MGF1(sha256), padding.PSS.AUTO)
        key.verify(signature, body, salted, sha256)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, body, padding.PKCS1v15(), sha256)
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, body)
    else:
        raise InvalidSignature


def _json(path: Path, what: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The {what} {path} cannot be read: {error}."
        raise Unusable(message) from error
