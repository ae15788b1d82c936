"""The yearly review of a blanket purchase agreement."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import AgreementReview, Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day, months_after
from contracting.core.permissions import require
from contracting.ledger.queries import contract_balance
from contracting.reference.queries import instrument


@transaction.atomic
def review_agreement(
    *,
    contract_id: int,
    is_best_value: bool,
    findings: str,
    reductions: str,
    by: Actor,
    at: datetime,
) -> AgreementReview:
    """Find in writing whether the agreement is still worth calling on.

    FAR 13.303-6 and 8.405-3(e): whether it still offers the best value, whether it was
    used as estimated, and what lower prices were asked for. The next review is due so
    many months after this one as its kind says today.

    :param findings: how it is used, and how its prices stand
    :param reductions: which lower prices were asked for, and what came of it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency, or it is no
        agreement in force
    :raises ReviewIncomplete: without findings, or without a word on lower prices
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_review_agreement(by, contract))
    for name, words, what in (
        ("findings", findings, "what you found"),
        ("reductions", reductions, "which lower prices were asked for"),
    ):
        if not words.strip():
            message = f"Say {what}; a review is made in writing."
            raise refusals.ReviewIncomplete(message, pointer=f"/{name}")
    on = accounting_day(at, contract.time_zone)
    books = contract_balance(contract.pk)
    months = instrument(contract.instrument, on).review_months
    if months is None:
        message = "No review of such an agreement is asked for today."
        raise refusals.ReviewIncomplete(message)
    review = AgreementReview.objects.create(
        contract=contract,
        is_best_value=is_best_value,
        findings=findings.strip(),
        reductions=reductions.strip(),
        called_dollars=books.ordered_dollars if books else 0,
        reviewed_by_id=by.own_membership_id,
        reviewed_at=at,
        next_due_on=months_after(on, months),
    )
    record_event(
        events.AGREEMENT_REVIEWED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "is_best_value": is_best_value,
            "findings": review.findings,
            "reductions": review.reductions,
            "called_dollars": review.called_dollars,
            "next_due_on": review.next_due_on,
        },
    )
    return review
