"""Looks at one signed copy in a process of its own: bytes in, one line of JSON out.

Started by ``copies.py`` by its file name. It imports nothing of ours, gives itself
little time and memory first, and reads and writes no file of the machine by name.

What is asked: is everything behind the bytes that we issued nothing but one signature
in the one field that was left for this party? Whatever was hidden, replaced, laid over
or added before or after the signing is a change of another kind and is refused.
"""

from __future__ import annotations

import base64
import io
import json
import re
import resource
import sys
from datetime import UTC, datetime
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 60
LONGEST = 300
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


class Refused(Exception):
    """Ends the look with the code of what is wrong."""


def limit() -> None:
    """Let the kernel end this process rather than the machine's patience."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def look(copy: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with the copy, or whose signature it bears.

    :param asked: ``base`` (length of what we issued), ``field`` (the one that may be
        filled), ``anchors`` and ``crls`` (base64), ``at`` (seconds since 1970)
    """
    from pyhanko.pdf_utils.misc import PdfError

    try:
        signature = _look(copy, asked)
    except Refused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": "too_heavy"}
    except (PdfError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return {"refused": "unreadable"}
    except Exception:  # noqa: BLE001 (whatever it is, it cannot be read)
        return {"refused": "unreadable"}
    return {"refused": "", "signature": signature}


def _look(copy: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    issued = PdfFileReader(io.BytesIO(copy[: asked["base"]]))
    reader = PdfFileReader(io.BytesIO(copy))
    ours = issued.xrefs.total_revisions
    if reader.xrefs.total_revisions <= ours:
        raise Refused("unsigned")
    _require_same_history(issued, reader, ours)
    regular = list(reader.embedded_regular_signatures)
    before = len(list(issued.embedded_regular_signatures))
    new = regular[before:]
    if not new:
        raise Refused("unsigned")
    if len(new) > 1 or new[0].field_name != asked["field"]:
        raise Refused("wrong_field")
    _require_only(reader, ours, asked["field"])
    _require_end(copy, reader, new[0])
    for each in regular[:before]:
        _require_whole(each, _context(asked))
    return _described(new[0], _context(asked))


def _require_same_history(issued: Any, reader: Any, ours: int) -> None:
    """The revisions that we issued end where they ended."""
    for number in range(ours):
        theirs = reader.xrefs.get_startxref_for_revision(number)
        if theirs != issued.xrefs.get_startxref_for_revision(number):
            raise Refused("changed")


def _require_only(reader: Any, ours: int, field: str) -> None:
    """From what we issued to the end of the file, one field was signed; no more."""
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification
    from pyhanko.sign.fields import MDPPerm

    try:
        found = DEFAULT_DIFF_POLICY.review_file(
            reader, ours - 1, doc_mdp=MDPPerm.FILL_FORMS
        )
    except SuspiciousModification as change:
        raise Refused("changed") from change
    if isinstance(found, SuspiciousModification):
        raise Refused("changed")
    stamps = {each.field_name for each in reader.embedded_timestamp_signatures}
    if found.changed_form_fields - {field} - stamps:
        raise Refused("wrong_field")


def _require_end(copy: bytes, reader: Any, signature: Any) -> None:
    """Behind the signature stands nothing but blanks, or whole revisions to the end."""
    covered = int(signature.byte_range[2]) + int(signature.byte_range[3])
    behind = copy[covered:]
    if not behind.strip():
        return
    last = reader.xrefs.total_revisions - 1
    ended = _END.search(behind)
    whole = ended and int(ended[1]) == reader.xrefs.get_startxref_for_revision(last)
    if last <= signature.signed_revision or not whole:
        raise Refused("changed")


def _context(asked: dict[str, Any]) -> Any:
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko_certvalidator import ValidationContext

    anchors = [
        each
        for text in asked["anchors"]
        for each in load_certs_from_pemder_data(base64.b64decode(text))
    ]
    return ValidationContext(
        trust_roots=anchors,
        crls=[base64.b64decode(text) for text in asked["crls"]],
        allow_fetching=False,
        moment=datetime.fromtimestamp(asked["at"], UTC),
        best_signature_time=datetime.fromtimestamp(asked["at"], UTC),
    )


def _status(signature: Any, context: Any) -> Any:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    return validate_pdf_signature(
        signature,
        signer_validation_context=context,
        key_usage_settings=KeyUsageConstraints(
            key_usage={"non_repudiation", "digital_signature"},
            match_all_key_usages=False,
        ),
    )


def _require_whole(signature: Any, context: Any) -> Any:
    status = _status(signature, context)
    if not (status.intact and status.valid):
        raise Refused("broken")
    if not status.docmdp_ok:
        raise Refused("changed")
    return status


def _described(signature: Any, context: Any) -> dict[str, Any]:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    status = _require_whole(signature, context)
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        raise Refused("broken")
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    stamped = bool(stamp and stamp.intact and stamp.valid and stamp.trusted)
    return {
        "field": signature.field_name,
        "signer": _name_of(certificate.subject),
        "issuer": _name_of(certificate.issuer),
        "certificate_sha256": certificate.sha256.hex(),
        "valid_from": certificate.not_valid_before.isoformat(),
        "valid_to": certificate.not_valid_after.isoformat(),
        "signed_at": _iso(signature.self_reported_timestamp),
        "stamped_at": _iso(stamp.timestamp) if stamp and stamped else "",
        "is_trusted": bool(status.trusted),
        "doubt": _doubt(status, context),
    }


def _doubt(status: Any, context: Any) -> str:
    """Why the certificate is not trusted, as a code; empty if it is."""
    if status.trusted:
        return ""
    certificate = status.signing_cert
    if certificate.not_valid_after < context.moment:
        return "expired"
    if certificate.not_valid_before > context.moment:
        return "not_yet_valid"
    if certificate.self_issued:
        return "self_made"
    indication = getattr(status.trust_problem_indic, "name", "") or ""
    return "revoked" if "REVOKED" in indication else "unknown_issuer"


def _name_of(name: Any) -> str:
    """The common name, or the whole of it where there is none."""
    common = name.native.get("common_name")
    said = common if isinstance(common, str) else name.human_friendly
    shown = "".join(sign if sign.isprintable() else "?" for sign in said)
    return shown[:LONGEST]


def _iso(instant: datetime | None) -> str:
    return instant.astimezone(UTC).isoformat() if instant else ""


def main() -> None:
    """One line of JSON and a file in, one line out."""
    limit()
    asked = json.loads(sys.stdin.buffer.readline())
    found = look(sys.stdin.buffer.read(), asked)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
