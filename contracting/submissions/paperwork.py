"""What is printed about an offer that is still sealed: nothing of its content."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from contracting.core.canonical import plain
from contracting.core.periods import zone_of
from contracting.documents.queries import scanning_words
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import receipt_content
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.queries import box_of, closing_of, proof_of
from contracting.submissions.refusals import NotClosed
from contracting.submissions.sealing.tree import leaf_of
from contracting.submissions.states import SealingMode

PROTECTS = {
    SealingMode.SERVER: "Server mode protects against whoever reads the database, the "
    "disk, a backup, the logs or the queue, and on every screen and in every API. It "
    "does not protect against someone who changes the code of the site or reads the "
    "memory of the web process while an offer passes.",
    SealingMode.CLIENT: "Client mode protects against whoever reads the database, the "
    "disk, a backup, the logs or the queue, on every screen and in every API, and "
    "against whoever reads the memory of the web process while an offer arrives. It "
    "does not protect against someone who has changed the code of the site before the "
    "page was loaded, or who reads the machine on which the offer was written.",
}
SEALED = {
    SealingMode.SERVER: "by the server, in memory, on receipt",
    SealingMode.CLIENT: "by the offeror's browser, before it was sent",
}
KEPT = {
    SealingMode.SERVER: "The content was sealed in memory on receipt and nothing else "
    "of it was kept.",
    SealingMode.CLIENT: "The content arrived sealed. Sizes and hashes of its parts are "
    "those that the offeror's browser declared; they are compared with the content "
    "when it is opened.",
}
LIMITS = (
    "Whether files and prices are within the limits, and whether a file holds malware, "
    "is checked after the opening, before anybody downloads it."
)


def late_words(solicitation: Solicitation) -> str:
    """What becomes of an offer or quotation that came late, as its vendor is told."""
    if solicitation.considers_late:
        return (
            "It is kept sealed. The contracting officer may consider a late quotation "
            "until an award is made: this request does not exclude it (R-SUB-11)."
        )
    return "It is kept sealed in quarantine and is not considered (FAR 52.212-1(f))."


def receipt(version: SubmissionVersion) -> dict[str, Any]:
    """The receipt: what arrived, when, and its hashes (R-SUB-07)."""
    submission = version.submission
    solicitation, mode = submission.solicitation, SealingMode(version.mode)
    return {
        "time_zone": solicitation.time_zone,
        "summary": _summary(version),
        "facts": [
            {"label": "Receipt", "value": version.public_id},
            {"label": "Solicitation", "value": solicitation.piid},
            {
                "label": solicitation.response.capitalize(),
                "value": _which(version.submission),
            },
            {
                "label": f"Version of the {solicitation.response}",
                "value": str(version.number),
            },
            {"label": "Receipt completed", "value": version.received_at, "span": 6},
            {"label": "Deadline, inclusive", "value": solicitation.deadline, "span": 6},
            {
                "label": "First byte received",
                "value": "not recorded apart from the last: a request is handed over "
                "when all of it has arrived"
                if version.first_byte_at is None
                else _exact(version.first_byte_at, solicitation.time_zone),
            },
            {
                "label": "Receipt completed, to the microsecond",
                "value": _exact(version.received_at, solicitation.time_zone),
            },
            {
                "label": "Recorded by the database, to the microsecond",
                "value": _exact(version.recorded_at, solicitation.time_zone),
            },
            {
                "label": "Mode of sealing",
                "value": SEALED[mode],
            },
            *_offeror(version),
            {"label": "Sealed in", "value": version.get_mode_display()},
            {"label": "Issued by", "value": solicitation.agency.name},
            {
                "label": "Amendments acknowledged",
                "value": ", ".join(version.acknowledged) or "none issued",
            },
            {
                "label": "SHA-256 of the whole content",
                "value": version.plain_sha256,
                "shape": "mono",
            },
            {
                "label": "SHA-256 of the sealed bytes",
                "value": version.sealed_blob.sha256,
                "shape": "mono",
            },
        ],
        "files": version.files,
        "notes": [
            f"{KEPT[mode]} It is opened by a quorum of named people after the "
            "deadline, once.",
            PROTECTS[mode],
            "Until the opening no record of the site names the offeror, this paper "
            "included: name and registration are sealed with the offer. The pseudonym "
            "stands for one vendor on one solicitation.",
            "The hashes of the price schedule and of the whole content include a "
            "random part that is sealed with them, and so tell nothing about a price.",
            "Names of files are sealed with them: each is listed by its place in the "
            "offer, and its hash says which it is.",
            scanning_words() if mode == SealingMode.SERVER else LIMITS,
            "This paper is printed and sealed after the offer was committed: the time "
            "in its seal is later than the commit.",
        ],
    }


def _offeror(version: SubmissionVersion) -> list[dict[str, Any]]:
    """The pseudonym; the name only on the receipt of what came after the opening."""
    pseudonym = version.submission.pseudonym
    facts: list[dict[str, Any]] = [
        {"label": "Offeror, by its pseudonym", "value": pseudonym, "shape": "mono"}
    ]
    named = getattr(version, "attribution", None)
    if named is None:
        return facts
    vendor, signer = named.vendor, named.submitted_by
    return [
        *facts,
        {"label": "Offeror", "value": vendor.name},
        {"label": "UEI", "value": vendor.uei},
        {"label": "CAGE code", "value": vendor.cage},
        {"label": "Submitted by", "value": f"{signer.user}, {signer.role_label}"},
        {
            "label": "Active registration at submission",
            "value": named.registration["is_registered"],
        },
    ]


def box_facts(solicitation: Solicitation) -> list[dict[str, Any]]:
    """What the sheet of a release says of the box that offers are sealed to."""
    box = box_of(solicitation)
    if box is None:
        return []
    return [
        {
            "label": "Offers are sealed in",
            "value": "client mode, in the offeror's browser, where it encrypts; else "
            "server mode, on receipt",
        },
        {"label": "The key was made in", "value": box.get_mode_display()},
        {
            "label": "Offers are opened by",
            "value": f"{box.needed} of {box.people} people together",
        },
        {
            "label": "Key that offers are sealed to, SHA-256 fingerprint",
            "value": box.fingerprint,
            "shape": "mono",
        },
    ]


def proof(version: SubmissionVersion) -> dict[str, Any]:
    """The receipt with its way to the root, as the verifier reads it.

    A late receipt is under no root: it has a leaf and no proof.

    :raises NotClosed: before receipts are closed
    """
    solicitation = version.submission.solicitation
    closing = closing_of(solicitation)
    if closing is None:
        message = (
            "No root is published yet, and so this receipt has no proof. It is there "
            "within a minute after the deadline; until then the receipt itself is "
            "proof of what was received."
        )
        raise NotClosed(message, deadline=solicitation.deadline)
    content = receipt_content(version)
    way = proof_of(version)
    return {
        "format": "drawdown/v1/receipt",
        "receipt": plain(content),
        "leaf": leaf_of(content).hex(),
        "proof": way and {"position": way.position, "path": list(way.path)},
        "root": closing.root,
    }


def _exact(at: datetime, zone: str) -> str:
    """In UTC and in the zone of the solicitation."""
    there = at.astimezone(zone_of(zone))
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC, {there:%H:%M:%S.%f %Z}"


def _which(submission: Submission) -> str:
    if submission.alternate:
        return submission.offer_words
    return f"base {submission.solicitation.response}"


def _summary(version: SubmissionVersion) -> str:
    solicitation = version.submission.solicitation
    arrived = f"This {solicitation.response} arrived"
    if version.is_late:
        return f"{arrived} after the deadline. {late_words(solicitation)}"
    return f"{arrived} in time, complete and sealed."
