"""What follows an award: notices and debriefings, through the real verbs."""

from typing import Any

from django.utils.html import strip_tags

from contracting.contracts.models import Contract, DebriefingRequest, UnsuccessfulNotice
from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.contracts.operations.request import request_debriefing
from contracting.evaluations.queries import unsuccessful
from tests.builders_orders import AWARDED_AT
from tests.cast import actor, days

REASON = "Another offer was rated higher under the factor of accuracy."


def notified(
    contract: Contract,
    *,
    after: int = 1,
    by: str = "contracting_officer",
    reason: str = REASON,
    late_reason: str = "",
) -> UnsuccessfulNotice:
    """Larkspur, and whoever else was not awarded, is told so many days after it."""
    others = unsuccessful(contract.solicitation)
    sent, *_others = notify_unsuccessful(
        contract_id=contract.pk,
        reasons={each.pk: reason for each in others},
        late_reason=late_reason,
        by=actor(by),
        at=AWARDED_AT + days(after),
    )
    return sent


def asked(
    notice: UnsuccessfulNotice, *, after: int = 3, by: str = "vendor_b_signer"
) -> DebriefingRequest:
    """Larkspur asks for a debriefing, so many days after its notice."""
    return request_debriefing(
        notice_id=notice.pk,
        questions="How was our accuracy rated?",
        by=actor(by),
        at=notice.sent_at + days(after),
    )


def read(response: Any) -> str:
    """What a person reads on the page."""
    return " ".join(strip_tags(response.content.decode()).split())
