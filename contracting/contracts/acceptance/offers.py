"""Which award is offered to its vendor, and which was declined."""

from __future__ import annotations

from django.db.models import QuerySet

from contracting.contracts.acceptance.models import AwardOffer


def offer_of(contract_id: int) -> AwardOffer | None:
    """The Government's offer of this award, with the vendor's answer, if it is one."""
    found = AwardOffer.objects.filter(contract_id=contract_id)
    return found.select_related("signed_by__user", "answer__answered_by__user").first()


def declined_on(solicitation_id: int) -> QuerySet[AwardOffer]:
    """The awards that their vendor has declined, the last one first."""
    found = AwardOffer.objects.filter(
        contract__solicitation_id=solicitation_id, answer__is_accepted=False
    )
    return found.select_related("contract__vendor", "answer").order_by("-pk")
