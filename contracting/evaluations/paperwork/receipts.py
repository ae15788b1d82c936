"""The receipt of a final revision."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from contracting.documents.queries import scanning_words
from contracting.evaluations.discussions import exchanges
from contracting.evaluations.models import FinalRevision
from contracting.submissions.paperwork import KEPT, LIMITS, PROTECTS, SEALED
from contracting.submissions.states import SealingMode


def revision_receipt(revision: FinalRevision) -> dict[str, Any]:
    """The receipt of a final revision: what arrived, when, and its hashes (R-EVL-04).

    As that of an offer (R-SUB-07), but for the offeror, whom the opening has named.
    """
    submission, signer = revision.submission, revision.submitted_by
    solicitation, vendor = submission.solicitation, submission.vendor
    asked = exchanges.revision_request_of(solicitation)
    received = revision.received_at
    cutoff = None if asked is None else asked.cutoff
    mono, mode = {"shape": "mono"}, SealingMode(revision.mode)
    return {
        "time_zone": solicitation.time_zone,
        "summary": "This final revision arrived before the cutoff, complete, and is "
        "sealed.",
        "facts": [
            {"label": "Receipt", "value": revision.public_id},
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Final revision", "value": str(revision.number)},
            {"label": "Receipt completed", "value": received, "span": 6},
            {"label": "Cutoff, inclusive", "value": cutoff, "span": 6},
            {
                "label": "Receipt completed, to the microsecond",
                "value": f"{received.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
            },
            {"label": "Mode of sealing", "value": SEALED[mode]},
            {"label": "Sealed in", "value": revision.get_mode_display()},
            {"label": "Offeror", "value": vendor.name},
            {"label": "UEI", "value": vendor.uei},
            {"label": "CAGE code", "value": vendor.cage},
            {"label": "Submitted by", "value": f"{signer.user}, {signer.role_label}"},
            {"label": "Offer that it revises", "value": submission.public_id},
            {"label": "Issued by", "value": solicitation.agency.name},
            {
                "label": "SHA-256 of the whole content",
                "value": revision.plain_sha256,
                **mono,
            },
            {
                "label": "SHA-256 of the sealed bytes",
                "value": revision.sealed_blob.sha256,
                **mono,
            },
        ],
        "files": revision.files,
        "notes": [
            "The whole offer is stated again. The last revision that arrives before "
            "the cutoff counts; without one the first offer stands.",
            f"{KEPT[mode]} It is sealed to the box of the offers; a quorum of the same "
            "people opens it after the cutoff.",
            PROTECTS[mode],
            "The hashes of the price schedule and of the whole content include a "
            "random part that is sealed with them, and so tell nothing about a price.",
            scanning_words() if mode == SealingMode.SERVER else LIMITS,
            "This paper is printed and sealed after the revision was committed: the "
            "time in its seal is later than the commit.",
        ],
    }
