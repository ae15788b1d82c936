"""A letter to the vendor as plain values."""

from __future__ import annotations

from typing import Any

from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.terminations.models import Letter, Termination
from contracting.terminations.states import LetterKind

_BY = {LetterKind.CURE: "Cure by", LetterKind.SHOW_CAUSE: "Show cause by"}


def letter_sheet(
    letter: Letter, *, signer: Actor, termination: Termination | None = None
) -> dict[str, Any]:
    """Whom it is to, what it says, by when it is answered, and who signed it."""
    contract, order = letter.contract, letter.order
    facts: list[dict[str, Any]] = [
        {"label": "To", "value": contract.vendor.name},
        {"label": "Contract", "value": contract.piid},
    ]
    if order:
        facts.append({"label": "Order", "value": f"{order.piid} {order.title}"})
    if letter.reason:
        facts.append({"label": "Reason", "value": letter.get_reason_display()})
    if letter.due_on and letter.kind in _BY:
        facts.append({"label": _BY[LetterKind(letter.kind)], "value": letter.due_on})
    if termination:
        facts += _facts_of(termination)
    return {
        "author": contract.agency.name,
        "created_at": letter.sent_at,
        "time_zone": contract.time_zone,
        "summary": f"{letter.get_kind_display().capitalize()}.",
        "facts": facts,
        "sections": [{"heading": "Notice", "text": letter.text}],
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer.name,
                "title": "Contracting officer",
                "signed_at": letter.sent_at,
            }
        ],
    }


def sha256_of(letter: Letter) -> str:
    """The hash of what a letter says."""
    return content_sha256(
        {
            "kind": letter.kind,
            "about": letter.about,
            "reason": letter.reason,
            "text": letter.text,
            "due_on": letter.due_on,
            "sent_at": letter.sent_at,
        }
    )


def _facts_of(termination: Termination) -> list[dict[str, Any]]:
    owed = termination.owed
    money = [
        ("Accepted until now", "accepted"),
        ("Paid until now", "paid"),
        ("Used and not accepted yet", "accrued"),
        ("Obligated and free", "free"),
    ]
    return [
        {"label": "Ground", "value": termination.get_ground_display()},
        {"label": "Last day of performance", "value": termination.stop_on},
        *(
            {"label": label, "value": owed[name], "shape": "dollars"}
            for label, name in money
        ),
        {"label": "Tokens used", "value": owed["tokens"], "shape": "tokens"},
        {"label": "Settlement proposal by", "value": termination.proposal_due},
    ]
