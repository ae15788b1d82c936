"""How a signature is written: parts of it that it does not cover say nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asn1crypto import algos, cms, core


def forms_of(signed_data: Any, certificate: Any) -> Iterator[bytes]:
    """Each way in which this one signature may be written down, in DER.

    The signature covers its signed attributes, and they the file and the certificate.
    The rest follows from these: versions, the algorithm that is named twice, who has
    signed. An algorithm is written without parameters or with none (RFC 5754).

    :param signed_data: as it was read, with one signer
    :param certificate: of the signer
    """
    (signer,) = signed_data["signer_infos"]
    for digest in _written(signer["digest_algorithm"], algos.DigestAlgorithm):
        for signing in _written(
            signer["signature_algorithm"], algos.SignedDigestAlgorithm
        ):
            yield _whole(signed_data, signer, certificate, digest, signing)


def _written(algorithm: Any, kind: Any) -> Iterator[Any]:
    name = algorithm["algorithm"].native
    if name == "rsassa_pss":
        yield algorithm
        return
    yield kind({"algorithm": name})
    yield kind({"algorithm": name, "parameters": core.Null()})


def _whole(
    signed_data: Any, signer: Any, certificate: Any, digest: Any, signing: Any
) -> bytes:
    by = cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
    parts = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": by}),
        "digest_algorithm": digest,
        "signed_attrs": signer["signed_attrs"],
        "signature_algorithm": signing,
        "signature": signer["signature"],
    }
    if len(signer["unsigned_attrs"]):
        parts["unsigned_attrs"] = signer["unsigned_attrs"]
    whole = {
        "version": "v1",
        "digest_algorithms": cms.DigestAlgorithms((digest,)),
        "encap_content_info": {"content_type": "data"},
        "certificates": signed_data["certificates"],
        "signer_infos": [cms.SignerInfo(parts)],
    }
    made: bytes = cms.ContentInfo(
        {"content_type": "signed_data", "content": cms.SignedData(whole)}
    ).dump()
    return made
