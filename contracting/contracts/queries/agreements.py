"""When an agreement is reviewed again."""

from __future__ import annotations

from datetime import date

from contracting.contracts.models import AgreementReview, Contract
from contracting.contracts.queries import awarded_on
from contracting.core.periods import months_after
from contracting.reference.queries import instrument


def reviews_of(contract: Contract) -> list[AgreementReview]:
    """Its yearly reviews, the latest first."""
    found = contract.agreement_reviews.select_related("reviewed_by__user")
    return list(found.order_by("-reviewed_at", "-pk"))


def review_due_on(contract: Contract) -> date | None:
    """By when it is reviewed again; nothing for what is not reviewed at all.

    The months that are in force on the day of the award, counted from that day or from
    the latest review (FAR 13.303-6, 8.405-3(e)).

    :raises NotVisible: if nothing is awarded
    :raises NoInstrument: if no such kind is awarded on that day
    """
    signed_on = awarded_on(contract)
    months = instrument(contract.instrument, signed_on).review_months
    if months is None:
        return None
    latest = contract.agreement_reviews.order_by("-reviewed_at", "-pk").first()
    return latest.next_due_on if latest else months_after(signed_on, months)
