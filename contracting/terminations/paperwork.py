"""Letters to the vendor, and the settlement of a termination, as plain values."""

from __future__ import annotations

from typing import Any, Final

from accounts.queries import actor_of
from contracting.contracts.queries.letters import letterhead, signature
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import cents
from contracting.terminations.calculations import Owed
from contracting.terminations.models import Letter, Settlement, Termination
from contracting.terminations.states import LetterKind

_BY: Final = {LetterKind.CURE: "Cure by", LetterKind.SHOW_CAUSE: "Show cause by"}
CITED: Final = {
    LetterKind.STOP_WORK: "FAR 42.1303, 52.233-3",
    LetterKind.RESUME_WORK: "FAR 42.1303, 52.233-3",
    LetterKind.CURE: "FAR 49.607(a), 52.212-4(m)",
    LetterKind.SHOW_CAUSE: "FAR 49.607(b), 49.402-3(e)(1)",
    LetterKind.TERMINATION: "FAR 49.102, 52.212-4(l) and (m)",
    LetterKind.CONVERSION: "FAR 52.212-4(m), 12.403(c)",
}
"""On what each kind of letter rests."""
HEADINGS: Final = {
    LetterKind.STOP_WORK: "Stop-Work Order",
    LetterKind.RESUME_WORK: "Order to Resume Work",
    LetterKind.CURE: "Cure Notice",
    LetterKind.SHOW_CAUSE: "Show-Cause Notice",
    LetterKind.TERMINATION: "Notice of Termination",
    LetterKind.CONVERSION: "Notice of Conversion into a Termination for Convenience",
}


def letter_sheet(
    letter: Letter, *, signer: Actor, termination: Termination | None = None
) -> dict[str, Any]:
    """Whom it is to, what it says, by when it is answered, and who signed it."""
    contract, order = letter.contract, letter.order
    kind = LetterKind(letter.kind)
    zone = contract.time_zone
    facts: list[dict[str, Any]] = [
        {"label": "Contract", "value": contract.piid},
        {"label": "Letter", "value": letter.public_id},
        {"label": "It rests on", "value": CITED[kind]},
    ]
    if order:
        facts.append({"label": "Order", "value": f"{order.piid} {order.title}"})
    if letter.reason:
        facts.append({"label": "Reason", "value": letter.get_reason_display()})
    if letter.lifts:
        facts.append({"label": "Ends the stop of", "value": letter.lifts.sent_at})
    if letter.due_on and kind in _BY:
        days = (letter.due_on - accounting_day(letter.sent_at, zone)).days
        facts.append({"label": _BY[kind], "value": letter.due_on})
        facts.append({"label": "Days from this letter", "value": days})
    if termination:
        facts += _facts_of(termination)
    facts.append({"label": "Effect", "value": letter.effect, "span": 12})
    return {
        **letterhead(
            contract,
            order=(order.piid or "") if order else "",
            subject=f"{letter.get_kind_display().capitalize()}: {letter.about}",
            at=letter.sent_at,
        ),
        "heading": HEADINGS[kind],
        "facts": facts,
        "sections": [{"heading": "Notice", "text": letter.text}],
        "signatures": [signature(signer, letter.sent_at)],
    }


def settlement_sheet(
    settlement: Settlement, before: Owed, *, signer: Actor
) -> dict[str, Any]:
    """What was asked for and what is granted, and what becomes of the rest.

    :param before: what was owed and free when it was decided
    """
    termination = settlement.termination
    contract, order = termination.contract, termination.order
    proposal = settlement.proposal
    dollars = Dollars(settlement.dollars)
    money = [
        ("Accepted until now", before.accepted),
        ("Paid until now", before.paid),
        ("Used and not accepted yet", before.accrued),
        ("Obligated and free before", before.free),
    ]
    return {
        **letterhead(
            contract,
            order=(order.piid or "") if order else "",
            subject=f"Settlement of the termination of {termination.about}",
            at=settlement.decided_at,
        ),
        "summary": f"{cents(dollars.amount)} is granted beside the usage.",
        "facts": [
            {"label": "Ground", "value": termination.get_ground_display(), "span": 8},
            {"label": "Last day of performance", "value": termination.stop_on},
            {
                "label": "Asked for",
                "value": proposal.dollars if proposal else "nothing was proposed",
                "shape": "dollars",
            },
            {"label": "Granted", "value": dollars.amount, "shape": "dollars"},
            {
                "label": "Given back to its funds",
                "value": settlement.deobligated_dollars,
                "shape": "dollars",
            },
            *(
                {"label": label, "value": amount, "shape": "dollars"}
                for label, amount in money
            ),
            {"label": "Tokens used in all", "value": before.tokens, "shape": "tokens"},
        ],
        "sections": [
            *(
                [{"heading": "What the vendor proposed", "text": proposal.text}]
                if proposal
                else []
            ),
            {"heading": "How the amount was found", "text": settlement.text},
            {
                "heading": "How it is paid",
                "text": "Invoice what is granted like everything else, and nothing "
                "beyond it. Usage that was accepted, or used and not accepted yet, is "
                f"invoiced and paid as before. {_CLOSING[settlement.is_agreed]}",
            },
        ],
        "signatures": [
            *_agreed_by(settlement),
            signature(signer, settlement.decided_at),
        ],
    }


_CLOSING: Final = {
    True: "You asked for this amount and the Government grants it: it is the agreement "
    "of both, and settles all that the termination gives rise to beside the usage "
    "(FAR 49.109-1).",
    False: "If you do not agree, you may submit a claim under the clause on disputes "
    "(FAR 49.109-7, 52.233-1).",
}


def _agreed_by(settlement: Settlement) -> list[dict[str, Any]]:
    """The vendor's own block, where the settlement is what it proposed."""
    proposal = settlement.proposal
    if proposal is None or not settlement.is_agreed:
        return []
    signer = actor_of(proposal.proposed_by)
    return [
        {
            "capacity": "Contractor",
            "signed_by": signer.name,
            "title": signer.role_label,
            "signed_at": proposal.proposed_at,
        }
    ]


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
