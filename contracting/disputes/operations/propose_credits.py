"""Propose what missed service levels of a month come to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.disputes import calculations, events, permissions
from contracting.disputes.models import ServiceCredit
from contracting.disputes.operations.open import _tell_agency
from contracting.disputes.queries.service import (
    Measured,
    Month,
    levels_of,
    measured,
    metered_of,
)
from contracting.disputes.refusals import ServiceUnknown
from contracting.orders.models import TaskOrder


@transaction.atomic
def propose_service_credits(
    *, contract_id: int, month: date, by: Actor, at: datetime
) -> list[ServiceCredit]:
    """Compute the credits of a month by the contract's table, order by order.

    The base is the exact price of an order's metered usage in the month; each credit is
    rounded once to the cent. What was proposed before stays as it is. A proposal binds
    nobody: the contracting officer confirms or declines it.

    :param month: any day of it, in the contract's time zone
    :raises NotAllowed: if ``by`` is neither designated COR nor contracting officer
    :raises ServiceUnknown: if no level was in force, none was missed, or a level cannot
        be told, saying why
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_propose_service_credits(by, contract, on))
    span = Month(month.replace(day=1), contract.time_zone)
    found = list(measured(contract, levels_of(contract), span, at))
    missed = [each for each in found if each.percent]
    _require_missed(found, missed)
    made = [
        credit
        for each in missed
        for order in TaskOrder.objects.filter(contract=contract).order_by("pk")
        if (credit := _propose(order, each, span, by, at)) is not None
    ]
    if not made:
        message = (
            "Nothing was used in this month that could be credited, or its credits are "
            "proposed already."
        )
        raise ServiceUnknown(message, month=span.first)
    _tell_agency(
        contract,
        contract.subject,
        f"Credits for the service are proposed: {contract.piid}",
        f"{len(made)} for {span.first:%B %Y}. Confirm or decline each.",
        f"{contract.path}/service_levels",
        by,
        at,
    )
    record_event(
        events.SERVICE_CREDITS_PROPOSED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "month": span.first,
            "credits": [
                [
                    each.public_id,
                    each.measure,
                    f"{each.measured:f}",
                    f"{each.dollars:f}",
                ]
                for each in made
            ],
        },
    )
    return made


def _require_missed(found: Iterable[Measured], missed: Iterable[Measured]) -> None:
    if any(missed):
        return
    reasons = sorted({reason for each in found for reason in each.reasons})
    if reasons:
        message = f"It cannot be told how the service was. {' '.join(reasons)}"
        raise ServiceUnknown(message, reasons=reasons)
    message = "No service level that credits anything was missed in this month."
    raise ServiceUnknown(message)


def _propose(
    order: TaskOrder, missed: Measured, month: Month, by: Actor, at: datetime
) -> ServiceCredit | None:
    base = metered_of(order, month)
    credit = calculations.credit_of(base, missed.percent)
    known = order.service_credits.filter(
        measure=missed.level.measure, month=month.first
    )
    if credit <= Dollars() or known.exists() or missed.value is None:
        return None
    return ServiceCredit.objects.create(
        level=missed.level,
        order=order,
        measure=missed.level.measure,
        month=month.first,
        measured=missed.value,
        calls=missed.calls,
        base_dollars=base.amount,
        percent=missed.percent,
        dollars=credit.amount,
        proposed_by=by.name,
        proposed_at=at,
    )
