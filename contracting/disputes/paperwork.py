"""Letters of decision, and service levels on paper, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracting.contracts.models import Contract
from contracting.contracts.queries.letters import letterhead, signature
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day, day_bounds
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.templatetags.drawdown import cents
from contracting.disputes.models import CaseDecision, ClaimDecision, ServiceLevel
from contracting.disputes.queries.cases import credited_of, disputed_total, findings_of
from contracting.disputes.queries.service import levels_of
from contracting.disputes.states import (
    APPEAL_WORDS,
    HIGHER_IS_BETTER,
    UNITS,
    ServiceMeasure,
)
from contracting.documents.calculations import day_words
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
    order, findings = case.order, findings_of(case)
    credits = credited_of(case)
    answers = case.answers.order_by("pk")
    return {
        **letterhead(
            order.contract,
            order=order.piid or "",
            subject=f"Decision on the dispute of {order.piid}, {order.title}",
            at=decision.decided_at,
        ),
        "heading": "Decision on a Dispute",
        "facts": [
            {"label": "Dispute", "value": case.number},
            {"label": "Disputed since", "value": case.opened_at, "span": 8},
            *_dollars("Disputed in all", disputed_total(case)),
            *_dollars(
                "Becomes payable by this decision", Dollars(decision.payable_dollars)
            ),
            *_dollars("Owed back by the vendor", total_dollars(credits.values())),
        ],
        "sections": [
            {"heading": "What was asked", "text": case.question},
            *(
                {
                    "heading": f"The vendor's answer {number}",
                    "text": str(answer),
                }
                for number, answer in enumerate(
                    (each.text for each in answers), start=1
                )
            ),
            {"heading": "Decision and reasons", "text": decision.text},
            {"heading": "If you do not agree", "text": _CLAIM_RIGHTS},
        ],
        "tables": [_decided(findings, credits)],
        "signatures": [signature(signer, decision.decided_at)],
    }


def _dollars(label: str, amount: Dollars) -> list[dict[str, Any]]:
    return [{"label": label, "value": amount.amount, "shape": "dollars"}]


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
    claimed, allowed = Dollars(claim.dollars), Dollars(decision.allowed_dollars)
    received = day_words(accounting_day(claim.received_at, contract.time_zone))
    return {
        **letterhead(
            contract,
            subject=f"Final decision on your claim of {received}",
            at=decision.decided_at,
        ),
        "heading": "Final Decision of the Contracting Officer",
        "facts": [
            {"label": "Claim", "value": claim.number},
            {"label": "Claim received", "value": claim.received_at, "span": 8},
            *_dollars("Claimed", claimed),
            *_dollars("Allowed", allowed),
            *_dollars("Not allowed", claimed - allowed),
            {
                "label": "Interest on what is allowed runs from",
                "value": claim.received_at if allowed else "nothing is allowed",
            },
        ],
        "sections": [
            {"heading": "Description of the claim", "text": claim.text},
            {
                "heading": "Contract terms",
                "text": f"Contract {contract.piid}, its clause on disputes (FAR "
                "52.212-4(d), 52.233-1) and the terms named in the reasons below.",
            },
            {
                "heading": "Where the parties agree and differ",
                "text": f"Of {cents(claimed.amount)} claimed, {cents(allowed.amount)} "
                f"is allowed and {cents((claimed - allowed).amount)} is not; the "
                "reasons say on which facts.",
            },
            {"heading": "Decision and reasons", "text": decision.text},
            {"heading": "Rights of appeal", "text": APPEAL_WORDS},
        ],
        "signatures": [signature(signer, decision.decided_at)],
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


_MEASURED: Final = (
    "Each measure is taken for a calendar month in the contract's time zone, from the "
    "outcomes and latencies that the agency's meter has recorded. A month with a gap "
    "in its record is not told and credits nothing.",
    "The worst step that a month is worse than counts, not the sum of the steps. The "
    "credit is that percent of the order's metered usage of the month, rounded once to "
    "the cent.",
)


def service_levels_sheet(
    contract: Contract, level: ServiceLevel, *, signer: Actor
) -> dict[str, Any]:
    """The exhibit to the contract: every level that it states, with its credits."""
    return {
        **_letter(contract, signer, level.stated_at),
        "subject": f"Service levels of contract {contract.piid}",
        "summary": (
            f"Service levels of contract {contract.piid}, with what is credited when "
            "they are missed. This exhibit takes the place of earlier ones."
        ),
        "facts": [
            *_facts(contract),
            {"label": "Stated", "value": level.stated_at},
            {"label": "Last stated by", "value": level.says_so, "span": 12},
        ],
        "tables": [_levels("Service levels", levels_of(contract), contract)],
        "notes": list(_MEASURED),
    }


def levels_sha256(contract: Contract) -> str:
    """The hash of every level that the contract states."""
    return content_sha256(
        {
            "contract": contract.public_id,
            "levels": [
                {
                    "measure": each.measure,
                    "target": each.target,
                    "steps": each.steps,
                    "from": each.in_force.lower,
                    "until": each.in_force.upper,
                    "says_so": each.says_so,
                }
                for each in levels_of(contract)
            ],
        }
    )


def levels_on(contract: Contract, on: date) -> list[dict[str, Any]]:
    """The service levels in force on a day, as a table of the printed contract."""
    start = day_bounds(on, contract.time_zone).start
    found = levels_of(contract).filter(in_force__contains=start)
    return [_levels("Service levels", found, contract)] if found else []


def _levels(
    caption: str, levels: Iterable[ServiceLevel], contract: Contract
) -> dict[str, Any]:
    zone = contract.time_zone
    return {
        "caption": caption,
        "columns": [
            {"key": "measure", "label": "Measure, by the calendar month"},
            {"key": "target", "label": "Target"},
            {"key": "credits", "label": "Credited, of the month's usage"},
            {"key": "first", "label": "From"},
            {"key": "last", "label": "Until"},
            {"key": "says_so", "label": "Stated in"},
        ],
        "rows": [
            {
                "measure": each.get_measure_display(),
                "target": f"{_side(each, 'at least', 'at most')} "
                f"{_figure(each, each.target)}",
                "credits": "\n".join(
                    f"{_side(each, 'below', 'above')} {_figure(each, edge)}: "
                    f"{Decimal(percent).normalize():f}%"
                    for edge, percent in each.steps
                ),
                "first": accounting_day(each.in_force.lower, zone),
                "last": _last_day(each, zone),
                "says_so": each.says_so,
            }
            for each in levels
        ],
    }


def _side(level: ServiceLevel, higher: str, lower: str) -> str:
    return higher if level.measure in HIGHER_IS_BETTER else lower


def _figure(level: ServiceLevel, value: Any) -> str:
    unit = UNITS[ServiceMeasure(level.measure)]
    return f"{Decimal(value).normalize():,f}{'' if unit == '%' else ' '}{unit}"


def _last_day(level: ServiceLevel, zone: str) -> date | str:
    end: datetime | None = level.in_force.upper
    if end is None:
        return "further notice"
    return accounting_day(end - timedelta(microseconds=1), zone)
