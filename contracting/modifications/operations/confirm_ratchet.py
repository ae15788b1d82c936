"""Confirm that the public list lowers a contract's price."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import UnitPrice
from contracting.core.templatetags.drawdown import unit_price as in_words
from contracting.modifications import calculations, events, permissions, queries
from contracting.modifications.models import ContractModification, RatchetFinding
from contracting.modifications.operations.draft import put_proposal
from contracting.modifications.refusals import NotBelow
from contracting.modifications.states import (
    ModificationKind,
    Proposal,
    RatchetState,
    RateDraft,
)
from contracting.orders.states import ModificationAuthority


@transaction.atomic
def confirm_ratchet_finding(
    *, finding_id: int, by: Actor, at: datetime
) -> ContractModification:
    """Draft the administrative modification that puts the lower price in force.

    It holds from the clause's date; usage that is accepted is credited. Another
    officer signs it.

    :raises NotAllowed: if ``by`` is no contracting officer, or it is decided
    :raises NotBelow: if the list does not stand below the contract's price any more
        (R-MOD-09)
    """
    contract_id = RatchetFinding.objects.values_list("contract_id", flat=True).get(
        pk=finding_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    finding = RatchetFinding.objects.locked().get(pk=finding_id)
    finding.contract = contract
    require(permissions.can_confirm_ratchet_finding(by, finding))
    _require_below(finding, accounting_day(at, contract.time_zone))
    modification = ContractModification(
        contract=contract, drafted_by_id=by.own_membership_id
    )
    put_proposal(modification, _proposal(finding), at)
    finding.modification = modification
    finding.decided_by_id = by.own_membership_id
    finding.decided_at = at
    finding.save(update_fields=["modification", "decided_by", "decided_at"])
    finding.move_to(RatchetState.CONFIRMED)
    record_event(
        events.RATCHET_CONFIRMED,
        subject=finding.subject,
        by=by,
        at=at,
        data={
            "slin": finding.rate_row.slin,
            "price": finding.usd_per_million_tokens,
            "effective_on": finding.effective_on,
            "content_sha256": modification.content_sha256,
        },
    )
    return modification


def _require_below(finding: RatchetFinding, on: date) -> None:
    """The list still stands where it was found, and below the price in force."""
    now = [
        fall
        for fall in queries.falls(finding.contract, on)
        if (fall.row.pk, fall.after.pk) == (finding.rate_row_id, finding.list_after_id)
    ]
    if not now:
        message = (
            "The public list does not stand below this price any more: it rose, no "
            "longer has the price, or the contract's price has changed. Hold it."
        )
        raise NotBelow(message)


def _proposal(finding: RatchetFinding) -> Proposal:
    row, terms = finding.rate_row, queries.terms_on_models(finding.contract)
    price = UnitPrice(finding.usd_per_million_tokens)
    return Proposal(
        kind=ModificationKind.RATCHET,
        authority=ModificationAuthority.ADMINISTRATIVE,
        citation=terms.source[:120] if terms else "",
        description=(
            f"The public list of {row.model} fell for {row.token_class} from "
            f"{in_words(finding.list_before.usd_per_million_tokens)} to "
            f"{in_words(finding.list_after.usd_per_million_tokens)} "
            f"({finding.list_before.imported_on} and "
            f"{finding.list_after.imported_on}). By the clause the contract's price "
            f"is {in_words(price)} from {finding.effective_on} on."
        ),
        effective_on=finding.effective_on,
        scope="The clause is part of the contract as it was competed.",
        credit_memo="By the clause the difference for accepted usage is credited.",
        rates=[
            RateDraft(
                clin=row.line.clin,
                slin=row.slin,
                snapshot=row.model.snapshot,
                token_class=row.token_class.code,
                price=price,
                first_day=finding.effective_on,
                boundary=row.boundary,
                tier=row.tier,
                context_band=row.context_band,
            )
        ],
    )


def require_only_lower(modification: ContractModification, at: datetime) -> None:
    """Insist that what binds one-sidedly does nothing but lower prices (R-MOD-09)."""
    wrong = calculations.raised(modification) + calculations.added(modification)
    if wrong or modification.terms or modification.line_ceilings:
        message = "A modification by the ratchet clause lowers prices and nothing else."
        raise NotBelow(message, at=at)
