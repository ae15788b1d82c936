"""Ask one vendor for a quotation, in the open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.reference.operations.assign_number import assign_number
from contracting.reference.queries import (
    attachments_on,
    clauses_for,
    instrument,
    token_classes,
)
from contracting.reference.states import InstrumentKind
from contracting.requisitions.models import Requisition
from contracting.solicitations import calculations, events, permissions
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.draft import OVER
from contracting.solicitations.publishing.openly import classes_of, micro_purchase
from contracting.solicitations.publishing.schedule import LineDraft, checked_lines
from contracting.solicitations.refusals import AboveMicroPurchase, RequisitionTaken
from contracting.solicitations.states import (
    SetAside,
    SolicitationKind,
    SolicitationState,
)

CLIN: Final = "0001"
NAICS: Final = "518210"
PSC: Final = "DA10"
_PRICE: Final[Mapping[str, Any]] = {
    "position": 1,
    "name": "Price",
    "description": "Whether the price is fair and reasonable, beside public list.",
    "is_price": True,
}


@transaction.atomic
def request_quotation(
    *,
    requisition_id: int,
    start: date,
    end: date,
    boundary: str,
    dollars: Dollars,
    by: Actor,
    at: datetime,
) -> Solicitation:
    """Number the request for one quotation: never published, and open at once.

    Its lines are the classes of the estimate, its terms those of the need, its clauses
    those of every solicitation that a definitive contract may have.

    :param start: the first day of performance
    :param dollars: what the quotation comes to, in whole cents
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, of no
        vendor, who has not requested it, and the requisition is submitted
    :raises RequisitionTaken: if it is solicited or bought already
    :raises AboveMicroPurchase: for more than the threshold of the day (R-SOL-07)
    """
    requisition = (
        Requisition.objects.locked().select_related("agency").get(pk=requisition_id)
    )
    require(permissions.can_request_quotation(by, requisition))
    standing = requisition.solicitations.exclude(state__in=OVER).first()
    if standing is not None:
        message = f"{requisition.number} is bought or solicited: {standing.name}."
        raise RequisitionTaken(message, solicitation=standing.public_id)
    on = requisition.agency.local_day(at)
    _require_small(dollars, on)
    writer = Membership.objects.select_related("user").get(pk=by.own_membership_id)
    kind = instrument(InstrumentKind.DEFINITIVE, on)
    wanted = classes_of(requisition)
    made = Solicitation(
        agency=requisition.agency,
        requisition=requisition,
        piid=assign_number(
            agency=requisition.agency, type=SolicitationKind.RFQ.letter, on=on
        ),
        kind=SolicitationKind.RFQ,
        instrument=InstrumentKind.DEFINITIVE,
        in_the_open=True,
        title=requisition.title,
        statement_of_objectives=requisition.need,
        naics=NAICS,
        psc=PSC,
        set_aside=SetAside.UNRESTRICTED,
        importance="Price alone: one quotation is taken (FAR 13.203).",
        contact_name=writer.user.name,
        contact_email=writer.user.email,
        deadline=at - timedelta(microseconds=1),
        time_zone=requisition.agency.time_zone,
        maximum_dollars=dollars.amount,
        maximum_tokens=sum(wanted.values()),
        alternates_taken=0,
        ordering_start=start,
        ordering_end=end,
        required_attachments=list(attachments_on(on)),
        released_at=at,
        drafted_by=writer,
        editor_user_ids=[by.user_id],
        state=SolicitationState.OPENED,
    )
    made.save()
    clauses = clauses_for("SOLICITATION", on).exclude(number__in=kind.without_clauses)
    made.rewrite(
        version=made.version,
        terms={},
        lines=_lines(wanted, boundary),
        factors=[_PRICE],
        clause_ids=[clause.pk for clause in clauses],
    )
    content = calculations.content(made)
    made.content_sha256 = content_sha256(content)
    made.workload_sha256 = calculations.workload_sha256(content)
    made.save(update_fields=["content_sha256", "workload_sha256"])
    record_event(
        events.QUOTATION_REQUESTED,
        subject=made.subject,
        by=by,
        at=at,
        data={
            "piid": made.piid,
            "requisition": requisition.number,
            "dollars": dollars,
            "threshold": micro_purchase(on),
            "content_sha256": made.content_sha256,
        },
    )
    return made


def _require_small(dollars: Dollars, on: date) -> None:
    most = micro_purchase(on)
    if dollars > most:
        message = (
            f"The quotation comes to {dollars}, and one quotation is enough up to "
            f"{most} (FAR 13.203). Draft a request for quotations from the same need."
        )
        raise AboveMicroPurchase(message, dollars=dollars, most=most)


def _lines(wanted: Mapping[str, int], boundary: str) -> list[dict[str, Any]]:
    dictionary = {each.code: each for each in token_classes()}
    return checked_lines(
        [
            LineDraft(
                clin=CLIN,
                slin=f"{CLIN}{calculations.slin_letters(number)}",
                description=dictionary[code].label,
                token_class=code,
                workload=Tokens(tokens),
                boundary=boundary,
            )
            for number, (code, tokens) in enumerate(wanted.items())
        ],
        dictionary,
    )
