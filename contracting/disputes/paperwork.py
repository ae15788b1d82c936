"""Letters of decision on disputes and claims, as plain values."""

from __future__ import annotations

from typing import Any

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.models import CaseDecision, ClaimDecision
from contracting.disputes.queries.cases import credited_of, disputed_total, findings_of
from contracting.disputes.states import APPEAL_WORDS
from contracting.reconciliation.models import Finding

_CLAIM_RIGHTS = (
    "The undisputed part of each invoice is paid on time; on what was disputed no "
    "interest runs. If you do not agree, you may submit a claim in writing under the "
    "clause on disputes (FAR 33.206, 52.233-1). A claim above the threshold "
    "of FAR 33.207 is certified."
)


def case_decision_sheet(decision: CaseDecision, *, signer: Actor) -> dict[str, Any]:
    """What was disputed, how each difference is settled, and what may follow."""
    case = decision.case
    contract, findings = case.order.contract, findings_of(case)
    credits = credited_of(case)
    return {
        **_letter(contract, signer, decision.decided_at),
        "summary": "Decision of the contracting officer on a dispute.",
        "facts": [
            *_facts(contract),
            {"label": "Order", "value": f"{case.order.piid} {case.order.title}"},
            {"label": "Disputed since", "value": case.opened_at},
            {
                "label": "Disputed in all",
                "value": disputed_total(case).amount,
                "shape": "dollars",
            },
            {
                "label": "Becomes payable by this decision",
                "value": decision.payable_dollars,
                "shape": "dollars",
            },
            {
                "label": "Owed back by the vendor",
                "value": total_dollars(credits.values()).amount,
                "shape": "dollars",
            },
        ],
        "sections": [
            {"heading": "What was asked", "text": case.question},
            {"heading": "Decision and reasons", "text": decision.text},
            {"heading": "If you do not agree", "text": _CLAIM_RIGHTS},
        ],
        "tables": [_decided(findings, credits)],
    }


def _decided(findings: list[Finding], credits: dict[int, Dollars]) -> dict[str, Any]:
    return {
        "caption": "Differences",
        "columns": [
            {"key": "item", "label": "Line"},
            {"key": "what", "label": "Difference"},
            {"key": "tokens", "label": "Tokens", "shape": "tokens"},
            {"key": "amount", "label": "Amount", "shape": "dollars"},
            {"key": "settled", "label": "Settled by"},
            {"key": "payable", "label": "Becomes payable", "shape": "dollars"},
            {"key": "credit", "label": "Credit due", "shape": "dollars"},
        ],
        "rows": [
            {
                "item": each.clin,
                "what": f"{each.code}: {each.get_code_display()}",
                "tokens": each.tokens,
                "amount": Dollars(each.amount_dollars).amount,
                "settled": each.resolution.get_code_display(),
                "payable": Dollars(each.resolution.payable_change_dollars).amount,
                "credit": credits.get(each.pk, Dollars()).amount,
            }
            for each in findings
        ],
    }


def claim_decision_sheet(decision: ClaimDecision, *, signer: Actor) -> dict[str, Any]:
    """The claim, the final decision, and the rights of appeal (FAR 33.211(a)(4))."""
    claim = decision.claim
    contract = claim.contract
    return {
        **_letter(contract, signer, decision.decided_at),
        "summary": "Final decision of the contracting officer on a claim.",
        "facts": [
            *_facts(contract),
            {"label": "Claim received", "value": claim.received_at},
            {"label": "Claimed", "value": claim.dollars, "shape": "dollars"},
            {"label": "Allowed", "value": decision.allowed_dollars, "shape": "dollars"},
            *(
                [{"label": "Interest runs from", "value": claim.received_at}]
                if decision.allowed_dollars
                else []
            ),
        ],
        "sections": [
            {"heading": "The claim", "text": claim.text},
            {"heading": "Decision and reasons", "text": decision.text},
            {"heading": "Rights of appeal", "text": APPEAL_WORDS},
        ],
    }


def sha256_of(decision: CaseDecision | ClaimDecision) -> str:
    """The hash of what a letter of decision says."""
    if isinstance(decision, ClaimDecision):
        said: dict[str, Any] = {
            "claim": decision.claim.public_id,
            "allowed": decision.allowed_dollars,
        }
    else:
        settled = {
            each.public_id: each.resolution.code for each in findings_of(decision.case)
        }
        said = {
            "dispute": decision.case.public_id,
            "payable": decision.payable_dollars,
            "settled": settled,
        }
    return content_sha256(
        {**said, "text": decision.text, "decided_at": decision.decided_at}
    )


def _letter(contract: Contract, signer: Actor, at: Any) -> dict[str, Any]:
    return {
        "author": contract.agency.name,
        "created_at": at,
        "time_zone": contract.time_zone,
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer.name,
                "title": "Contracting officer",
                "signed_at": at,
            }
        ],
    }


def _facts(contract: Contract) -> list[dict[str, Any]]:
    return [
        {"label": "To", "value": contract.vendor.name},
        {"label": "Contract", "value": contract.piid},
    ]
