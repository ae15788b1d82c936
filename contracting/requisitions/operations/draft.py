"""A program manager writes down a need."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import locked_agency
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.queries import lines_of_accounting_of
from contracting.requisitions import calculations, events, permissions, queries
from contracting.requisitions.models import Requisition
from contracting.requisitions.refusals import ForeignLineOfAccounting, NeedMissing


@transaction.atomic
def draft_requisition(
    *,
    title: str,
    need: str,
    planned_dollars: Dollars,
    line_of_accounting_id: int | None = None,
    by: Actor,
    at: datetime,
) -> Requisition:
    """Write down a need, numbered without a gap in the agency's fiscal year.

    :param need: what the tokens are for: objectives or a work statement (FAR 11.101)
    :param planned_dollars: what the office plans to spend, in cents
    :param line_of_accounting_id: where the funds are expected to come from, if known
    :raises NotAllowed: if ``by`` is no program manager of an agency
    :raises NeedMissing: if the title or the need is empty
    :raises ForeignLineOfAccounting: if the line is not one of the agency's
    """
    require(permissions.can_draft_requisition(by))
    agency = locked_agency(pk=by.own_organization_id)
    if not title.strip() or not need.strip():
        message = "Give the need a title, and say what the tokens are for."
        raise NeedMissing(message)
    if planned_dollars < Dollars() or planned_dollars != planned_dollars.to_cents():
        message = "The planned amount is in whole cents, zero or more."
        raise NeedMissing(message, planned_dollars=planned_dollars)
    _require_own_line(agency.pk, line_of_accounting_id)
    requisition = Requisition(
        agency=agency,
        requester_id=by.own_membership_id,
        number=queries.next_number(agency.pk, agency.local_day(at)),
        title=title.strip(),
        need=need.strip(),
        line_of_accounting_id=line_of_accounting_id,
        planned_dollars=planned_dollars.amount,
    )
    requisition.save()
    requisition.content_sha256 = content_sha256(calculations.content(requisition))
    requisition.save(update_fields=["content_sha256"])
    record_event(
        events.REQUISITION_DRAFTED,
        subject=requisition.subject,
        by=by,
        at=at,
        data={
            "number": requisition.number,
            "title": requisition.title,
            "planned_dollars": planned_dollars,
            "content_sha256": requisition.content_sha256,
        },
    )
    return requisition


def _require_own_line(agency_id: int, line_id: int | None) -> None:
    own = lines_of_accounting_of(agency_id)
    if line_id is not None and not own.filter(pk=line_id).exists():
        message = "That line of accounting is not one of this agency's."
        raise ForeignLineOfAccounting(message)
