"""The lines of a definitive contract become what usage draws on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.calculations import obligations_of
from contracting.contracts.models import Contract, ContractLine
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.release import release_commitment
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.queries import lock_funds
from contracting.orders import calculations, events
from contracting.orders.models import OrderFunding, OrderLine, OrderRate, TaskOrder
from contracting.orders.operations.certify import _open
from contracting.orders.queries import contract_rates
from contracting.orders.refusals import ModelNotAllowed
from contracting.orders.states import TaskOrderState


@transaction.atomic
def post_schedule(*, contract_id: int, on: date, by: Actor, at: datetime) -> TaskOrder:
    """Bind the lines of a definitive contract, as a step of the signature on it.

    They are held as one signed order, which has the number of the contract and takes
    all of its maximum. What was committed on the contract's lines is released and
    obligated on these in the same transaction, by ACRN, so that it is never free.

    :param on: day of the signature in the contract's zone
    :raises ModelNotAllowed: if a model may not be used on that day (R-TO-12)
    :raises PeriodOfAvailabilityEnded: if funds are not available on it (R-FND-03)
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    schedule = _schedule(contract, at)
    for line in contract.lines.order_by("clin"):
        _line(schedule, line)
    _require_models(schedule, on)
    committed = obligations_of(contract)
    lock_funds(holders=[each.holder for each in committed])
    release_commitment(obligations=committed, because=contract.subject, by=by, at=at)
    for row in schedule.lines.order_by("pk"):
        _open(schedule, row, by, at)
    reserve_ordered(
        contract_id=contract.pk,
        dollars=calculations.value_of(schedule),
        tokens=calculations.tokens_of(schedule),
        because=schedule.subject,
        by=by,
        at=at,
    )
    obligate_funds(
        obligations=calculations.obligations_of(schedule),
        because=schedule.subject,
        on=on,
        from_commitment=False,
        by=by,
        at=at,
    )
    schedule.content_sha256 = content_sha256(calculations.content(schedule))
    schedule.save(update_fields=["content_sha256"])
    record_event(
        events.SCHEDULE_POSTED,
        subject=schedule.subject,
        by=by,
        at=at,
        data={
            "piid": schedule.piid,
            "ceiling_dollars": calculations.value_of(schedule),
            "ceiling_tokens": calculations.tokens_of(schedule),
            "funded": calculations.funded(schedule),
            "content_sha256": schedule.content_sha256,
        },
    )
    return schedule


def _schedule(contract: Contract, at: datetime) -> TaskOrder:
    solicitation = contract.solicitation
    first = solicitation.lines.filter(is_removed=False).order_by("slin").first()
    boundary = first.boundary if first else ""
    return TaskOrder.objects.create(
        contract=contract,
        is_schedule=True,
        piid=contract.piid,
        title=contract.title,
        description=solicitation.statement_of_objectives,
        requester=solicitation.requisition.requester,
        editor_user_ids=[contract.drafted_by.user_id],
        period_start=contract.ordering_start,
        period_end=contract.ordering_end,
        boundary=boundary,
        payment_office=f"{contract.agency.name}, payment office",
        issued_at=at,
        signed_by_id=contract.signed_by_id,
        state=TaskOrderState.ISSUED,
    )


def _line(schedule: TaskOrder, line: ContractLine) -> None:
    made = OrderLine.objects.create(
        order=schedule,
        contract_line=line,
        description=line.description,
        ceiling_tokens=line.estimated_tokens,
        ceiling_dollars=line.ceiling_dollars,
    )
    OrderRate.objects.bulk_create(
        OrderRate(
            line=made,
            rate_row=row,
            usd_per_million_tokens=row.usd_per_million_tokens,
        )
        for row in contract_rates(line, schedule.boundary, schedule.period)
    )
    parts = list(line.funding.order_by("acrn"))
    unfunded = Dollars(line.ceiling_dollars)
    for part in parts:
        unfunded = unfunded - Dollars(part.dollars)
    for sequence, part in enumerate(parts, start=1):
        is_last = sequence == len(parts)
        ceiling = Dollars(part.dollars) + (unfunded if is_last else Dollars())
        OrderFunding.objects.create(
            line=made,
            acrn=part.acrn,
            sequence=sequence,
            line_of_accounting_id=part.line_of_accounting_id,
            dollars=part.dollars,
            ceiling_dollars=ceiling.amount,
        )


def _require_models(schedule: TaskOrder, on: date) -> None:
    """:raises ModelNotAllowed: naming the model and the boundary or day (R-TO-12)"""
    rates = [rate for line in schedule.current_lines() for rate in line.current_rates()]
    gaps = calculations.model_gaps(rates, schedule.boundary, on)
    if gaps:
        raise ModelNotAllowed(" ".join(gaps), gaps=gaps)
