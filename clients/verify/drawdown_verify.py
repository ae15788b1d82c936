"""Verifies papers of Drawdown on your own machine: nothing is asked of anybody.

    drawdown-verify --trust trust.json [--statuses statuses.json] paper.pdf …

What it proves of each file: that its signatures are intact and cover the whole file,
so that nothing was changed or added since; whose certificate signed, and that the trust
file knows it; that the machine-readable content inside is what was signed; and that
each approval record is the one which its signature names. With a status list of the
site, which is signed and dated, it also says how the paper stood on that day.

It ends with 0 if every file is proved, 1 if one is refused, 2 if one can be neither
proved nor refused: it bears no signature and no list names it, it is no PDF, or the
trust file or the list cannot be used.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from drawdown_verify_bounds import TooHeavy, bounded
from drawdown_verify_forms import forms_of
from drawdown_verify_lists import (
    StatusList,
    Trust,
    Unusable,
    read_statuses,
    read_trust,
)

PROVED: Final = "proved"
REFUSED: Final = "refused"
UNPROVED: Final = "unproved"
NOT_LISTED: Final = "not listed"
NOT_CHECKED: Final = "not checked"
EXITS: Final = {PROVED: 0, REFUSED: 1, UNPROVED: 2}

RECORD: Final = "drawdown_approval_record"
RECORD_OID: Final = "2.25.198712354479946303741752870261849422612"
STALE_AFTER: Final = timedelta(days=2)
_NAMED_CODE: Final = re.compile(rb"/verify/([0-9a-hjkmnp-tv-z]{26})(?![0-9a-z])")
MOST_BYTES: Final = 256 * 1024 * 1024
_END_OF_FILE: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s?\s?\Z")
_COVERED: Final = b"/ByteRange"
_MOST_NODES: Final = 1000
_NAMED_RECORD: Final = re.compile(r"Approval record SHA-256 ([0-9a-f]{64})")

cms.CMSAttributeType._map[RECORD_OID] = RECORD
cms.CMSAttribute._oid_specs[RECORD] = cms.SetOfOctetString


@dataclass
class Signature:
    """One signature of a file, as it was found."""

    field: str
    reason: str
    signed_at: str
    certificate: str
    certificate_sha256: str
    is_known: bool
    is_intact: bool
    covers_whole_file: bool
    record: dict[str, Any] | None = None


@dataclass
class Report:
    """What is known of one file."""

    file: str
    sha256: str = ""
    verdict: str = UNPROVED
    reasons: list[str] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    content: dict[str, str] = field(default_factory=dict)
    status: str = NOT_CHECKED
    status_words: str = "Status not checked: no status list was given."

    def refuse(self, why: str) -> None:
        """The file is not what was issued."""
        self.verdict = REFUSED
        self.reasons.append(why)


# One file ----------------------------------------------------------------------------


def verify_file(
    path: Path, trust: Trust, statuses: StatusList | None, now: datetime
) -> Report:
    """What can be proved of one file."""
    report = Report(file=str(path))
    try:
        content = _bytes_of(path)
    except OSError as error:
        report.reasons.append(f"It cannot be read: {error.strerror}.")
        return report
    except TooHeavy as heavy:
        report.reasons.append(str(heavy))
        return report
    report.sha256 = hashlib.sha256(content).hexdigest()
    if not content.startswith(b"%PDF-"):
        report.reasons.append("It is no PDF.")
        _refuse_what_lost_its_signature(report, content)
        return report
    listed = statuses is not None and _say_status(report, statuses, now)
    try:
        with bounded():
            _verify_pdf(report, content, trust, statuses)
    except (MemoryError, TooHeavy):
        report.refuse(
            "It takes more time or memory to read than any paper does. No paper that "
            "was issued is like that."
        )
    except Exception as error:  # noqa: BLE001 (a damaged file may break anything)
        report.refuse(f"It is damaged and cannot be read: {type(error).__name__}.")
    if report.verdict == UNPROVED and listed:
        report.verdict = PROVED
        report.reasons.append(
            "It bears no signature; the signed list names the hash of the whole file."
        )
    elif report.verdict == UNPROVED and not report.reasons:
        report.reasons.append(
            "It bears no signature, and no list that was given names its hash: whether "
            "it was changed cannot be told."
        )
    return report


def _bytes_of(path: Path) -> bytes:
    """:raises TooHeavy: for a file that no paper of the site is as large as"""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        message = f"It has more than {MOST_BYTES:,} bytes; no paper has."
        raise TooHeavy(message)
    return content


def _say_status(report: Report, statuses: StatusList, now: datetime) -> bool:
    """Write how it stands on the list; whether the list names it."""
    age = statuses.age(now)
    dated = (
        f"on list {statuses.number} of {statuses.as_of:%Y-%m-%d %H:%M} UTC, "
        f"{_words_of(age)} old"
    )
    if age > STALE_AFTER:
        dated += "; a newer one is made every day"
    paper = statuses.papers.get(report.sha256)
    if paper is not None:
        report.status = str(paper["status"])
        report.status_words = (
            f"{paper['kind']} {paper['number']}, version {paper['version']}: "
            f"{paper['status'].replace('_', ' ')}, {dated}. {paper['words']}"
        )
        return True
    if statuses.names(report.sha256):
        report.status = "issued"
        report.status_words = (
            f"Issued and unchanged, {dated}. It is not public: whether it is in force "
            "is told on the site to those who may read it."
        )
        return True
    report.status = NOT_LISTED
    report.status_words = (
        f"Not {dated}: it was issued later, or is of a kind that is never listed, or "
        "was not issued by this site."
    )
    return False


def _words_of(age: timedelta) -> str:
    return f"{age // timedelta(hours=1)} hours" if age.days < 3 else f"{age.days} days"


def _verify_pdf(
    report: Report, content: bytes, trust: Trust, statuses: StatusList | None
) -> None:
    reader = PdfFileReader(io.BytesIO(content))
    if reader.encrypted:
        report.refuse("It is encrypted, and no paper that was issued is.")
        return
    files = dict(_attachments(reader.root))
    report.content = {name: _sha256(data) for name, data in files.items()}
    signed = list(reader.embedded_regular_signatures)
    if not signed:
        _refuse_what_lost_its_signature(report, content)
        _look_for_its_code(report, reader.root, trust, statuses)
        return
    _look_behind_the_last(report, content, reader, signed[-1])
    last = len(signed) - 1
    for embedded in signed:
        _look_into_the_gap(report, content, embedded)
    for place, embedded in enumerate(signed):
        found = _verify_signature(report, embedded, trust, is_last=place == last)
        report.signatures.append(found)
    _compare_content(report, reader, signed[0])
    if not report.reasons:
        report.verdict = PROVED


def _look_behind_the_last(
    report: Report, content: bytes, reader: Any, last: Any
) -> None:
    """Refuse bytes behind the last signature that are no whole revision of the file.

    A reader of PDF passes over them; whoever issued the paper has not written them.
    """
    covered = int(last.byte_range[2]) + int(last.byte_range[3])
    if covered >= len(content):
        return
    ended = _END_OF_FILE.search(content, max(covered, len(content) - 100))
    later = reader.xrefs.total_revisions - 1
    at = reader.xrefs.get_startxref_for_revision(later)
    if later <= last.signed_revision or ended is None or int(ended[1]) != at:
        report.refuse("Something was added behind the last signature.")


def _refuse_what_lost_its_signature(report: Report, content: bytes) -> None:
    """Refuse a file that has a signature somewhere, where no reader finds it."""
    if _COVERED in content:
        report.refuse("It has a signature that is damaged or hidden: it was changed.")


def _look_into_the_gap(report: Report, content: bytes, embedded: Any) -> None:
    """Refuse what stands in the gap that a signature leaves for itself, but for it.

    No signature covers those bytes: they are its own in hexadecimal, filled up with
    zeros to the room that was kept, and nothing else. Nor are all parts of its own
    covered by it, so that it must be written as it is made, byte for byte.
    """
    _, start, end, _ = map(int, embedded.byte_range)
    own = bytes(embedded.pkcs7_content)
    digits = own.hex().encode()
    written = {b"<" + each + b">" for each in (digits, digits.upper())}
    as_made = any(
        own.startswith(each) and not any(own[len(each) :])
        for each in forms_of(embedded.signed_data, embedded.signer_cert)
    )
    if content[start:end] not in written or not as_made:
        report.refuse(
            "Something else than the signature stands in the place of the one in "
            f"{embedded.field_name}."
        )


def _look_for_its_code(
    report: Report, root: Any, trust: Trust, statuses: StatusList | None
) -> None:
    """Refuse what says that it is a paper of the site, and bears nothing that shows it.

    Every paper of the site is sealed. One from before that is on the list.
    """
    metadata = _in(root, "/Metadata")
    said = bytes(metadata.data) if metadata is not None else b""
    named = _NAMED_CODE.search(said)
    code = named[1].decode() if named else ""
    if code.startswith("draft0000"):
        report.refuse("It says that it is a draft: nobody has issued or signed it.")
        return
    if named is None or report.status not in {NOT_LISTED, NOT_CHECKED}:
        return
    if statuses is None:
        if trust.site and trust.site.encode() + named[0] in said:
            report.refuse(
                "It says that it is a paper of this site, and bears no seal: the seal "
                "was cut off, or it was never issued. One that was issued before every "
                "paper had a seal is on the list of statuses: verify it with that."
            )
        return
    if statuses.knows_code(code):
        report.refuse(
            "It says that it is a paper which the list names, and its bytes are not "
            "those that were issued: it was changed, or its seal was cut off."
        )


def _verify_signature(
    report: Report, embedded: Any, trust: Trust, *, is_last: bool
) -> Signature:
    certificate = embedded.signer_cert
    der = certificate.dump()
    at = embedded.self_reported_timestamp
    known = _sha256(der) in trust.certificates
    status = validate_pdf_signature(
        embedded, signer_validation_context=_context(trust, der if known else None, at)
    )
    found = Signature(
        field=embedded.field_name,
        reason=str(embedded.sig_object.get("/Reason", "")),
        signed_at=at.astimezone(UTC).isoformat() if at else "",
        certificate=certificate.subject.human_friendly,
        certificate_sha256=_sha256(der),
        is_known=known or bool(status.trusted),
        is_intact=bool(status.intact and status.valid),
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        record=_record(report, embedded),
    )
    named = f"The signature in {found.field}"
    if not found.is_intact:
        report.refuse(f"{named} does not hold: bytes that it covers were changed.")
    elif not found.is_known:
        report.refuse(f"{named} is of a certificate that the trust file lacks.")
    elif not status.trusted:
        report.refuse(f"{named} is of a certificate that was not valid for it.")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        report.refuse(f"{named} has a time stamp that does not hold.")
    _look_behind(report, named, status, is_last=is_last)
    return found


def _look_behind(report: Report, named: str, status: Any, *, is_last: bool) -> None:
    """Refuse what was added behind a signature and is no signature that it allows."""
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return
    allowed = (
        ModificationLevel.LTA_UPDATES if is_last else ModificationLevel.FORM_FILLING
    )
    level = status.modification_level
    harmless = isinstance(level, ModificationLevel) and level <= allowed
    if not (harmless and status.docmdp_ok):
        report.refuse(
            f"{named} does not cover the whole file, and what was added behind it "
            "changes the paper."
        )


def _context(trust: Trust, signing: bytes | None, at: datetime | None) -> Any:
    """Certificates of the trust file are the roots; nothing is fetched.

    A certificate that the trust file names itself is good for the time at which it says
    that it signed; one that is issued by such a certificate, for now.
    """
    roots = [asn1_x509.Certificate.load(der) for der in trust.certificates.values()]
    moment = at if signing is not None else None
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment)


def _record(report: Report, embedded: Any) -> dict[str, Any] | None:
    """The approval record in the signature, if it is the one that the reason names."""
    named = _NAMED_RECORD.search(str(embedded.sig_object.get("/Reason", "")))
    texts = [
        bytes(value.native)
        for each in embedded.signer_info["signed_attrs"]
        if each["type"].native == RECORD
        for value in each["values"]
    ]
    if named is None and not texts:
        return None
    place = f"The approval record of the signature in {embedded.field_name}"
    if named is None or len(texts) != 1 or _sha256(texts[0]) != named[1]:
        report.refuse(f"{place} is not the one that the signature names.")
        return None
    said = json.loads(texts[0])
    return said if isinstance(said, dict) else None


def _compare_content(report: Report, reader: Any, first: Any) -> None:
    """What the file carries must be what the first signature has covered."""
    before = reader.get_historical_root(first.signed_revision)
    signed = {name: _sha256(data) for name, data in _attachments(before)}
    if any(report.content.get(name) != sha256 for name, sha256 in signed.items()):
        report.refuse("The content that the file carries is not what was signed.")


def _attachments(root: Any) -> Iterator[tuple[str, bytes]]:
    """The files that are embedded, by name."""
    waiting, seen = [_in(_in(root, "/Names"), "/EmbeddedFiles")], 0
    while waiting and seen < _MOST_NODES:
        node, seen = waiting.pop(), seen + 1
        pairs = _in(node, "/Names") or []
        for place in range(1, len(pairs), 2):
            spec = pairs[place]
            name = _in(spec, "/UF") or _in(spec, "/F")
            yield str(name), bytes(spec["/EF"]["/F"].data)
        kids = _in(node, "/Kids") or []
        waiting += [kids[place] for place in range(len(kids))]


def _in(node: Any, key: str) -> Any:
    """What a dictionary has under a key, wherever in the file it lies."""
    return node[key] if node is not None and key in node else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# The command -------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the files that are named; 0, 1 or 2 as the module says."""
    asked = _parser().parse_args(arguments)
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        trust = read_trust(asked.trust)
        statuses = read_statuses(asked.statuses, trust) if asked.statuses else None
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        return EXITS[UNPROVED]
    now = datetime.now(UTC)
    reports = [verify_file(path, trust, statuses, now) for path in asked.files]
    if asked.json:
        written = json.dumps([asdict(each) for each in reports], indent=2)
        sys.stdout.write(f"{written}\n")
    else:
        for report in reports:
            sys.stdout.write("\n".join(_lines(report)) + "\n")
    verdicts = {each.verdict for each in reports}
    if REFUSED in verdicts:
        return EXITS[REFUSED]
    return EXITS[UNPROVED] if UNPROVED in verdicts else EXITS[PROVED]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="drawdown-verify", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("files", nargs="+", type=Path, help="PDF files")
    parser.add_argument("--trust", type=Path, required=True, help="the trust file")
    parser.add_argument("--statuses", type=Path, help="a signed status list")
    parser.add_argument("--json", action="store_true", help="for a program")
    return parser


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.file}: {report.verdict.upper()}"
    if report.sha256:
        yield f"  SHA-256 {report.sha256}"
    for why in report.reasons:
        yield f"  {why}"
    for each in report.signatures:
        trusted = "known" if each.is_known else "NOT KNOWN"
        intact = "intact" if each.is_intact else "BROKEN"
        yield f"  {each.field}: {intact}, {each.certificate} ({trusted})"
        yield f"    {each.reason} [{each.signed_at}, the signer's clock]"
    for name, sha256 in report.content.items():
        yield f"  carries {name}, SHA-256 {sha256}"
    yield f"  {report.status_words}"


if __name__ == "__main__":
    sys.exit(main())
