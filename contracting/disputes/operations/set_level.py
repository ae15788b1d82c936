"""Put on record what a contract says of the service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.disputes import calculations, events, paperwork, permissions
from contracting.disputes.models import ServiceLevel
from contracting.disputes.refusals import ServiceLevelIncomplete
from contracting.disputes.states import UNITS, ServiceMeasure
from contracting.documents.operations.request import request_document
from contracting.documents.queries import documents_of
from contracting.modifications.queries.earlier import (
    NotOfThePresent,
    behind_an_earlier_day,
)

Step = tuple[Decimal, Decimal]
"""Worse than this figure, so many percent of the month are credited."""


@transaction.atomic
def set_service_level(
    *,
    contract_id: int,
    measure: str,
    target: Decimal,
    steps: Sequence[Step],
    first_day: date,
    says_so: str,
    modification: str = "",
    by: Actor,
    at: datetime,
) -> ServiceLevel:
    """State a target and its table of credits, from a day on.

    What was in force from that day on is superseded, and stays on record. Once the
    contract is awarded, an exhibit with all its levels is printed for both sides; what
    was stated before stands on the print of the award itself.

    :param target: percent, or milliseconds for the latency
    :param steps: the mildest miss first; each is worse and credits more
    :param first_day: in the contract's time zone
    :param says_so: the clause or modification
    :param modification: by whose number it holds from a day of an earlier month on
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises ServiceLevelIncomplete: for an unknown measure, a share above 100 percent,
        steps that do not grow, without the clause, or from a day of an earlier month
        without the modification that says so
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_set_service_level(by, contract))
    _require_level(measure, target, steps, says_so)
    try:
        behind = behind_an_earlier_day(contract, first_day, modification, at)
    except NotOfThePresent as error:
        raise ServiceLevelIncomplete(str(error), pointer="/first_day") from None
    level = ServiceLevel(
        contract=contract,
        measure=measure,
        target=target,
        steps=[[f"{edge:f}", f"{percent:f}"] for edge, percent in steps],
        in_force=DateTimeTZRange(
            day_bounds(first_day, contract.time_zone).start, None, "[)"
        ),
        stated_at=at,
        stated_by=by.name,
        says_so=says_so.strip()[:200],
        modification=behind,
    )
    same = ServiceLevel.objects.filter(contract=contract, measure=measure)
    level.save(among=same)
    if contract.awarded_at is not None:
        _print_exhibit(contract, level, by, at)
    record_event(
        events.SERVICE_LEVEL_SET,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "measure": measure,
            "target": f"{target:f}",
            "steps": level.steps,
            "first_day": first_day,
            "says_so": level.says_so,
            "modification": behind.number if behind else "",
        },
    )
    return level


def _print_exhibit(
    contract: Contract, level: ServiceLevel, by: Actor, at: datetime
) -> None:
    count = documents_of(contract.subject).filter(kind="service_levels").count() + 1
    request_document(
        kind="service_levels",
        subject=contract.subject,
        title=f"Service levels of contract {contract.piid}",
        number=f"{contract.piid}-SL{count}",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.service_levels_sheet(contract, level, signer=by),
        content_sha256=paperwork.levels_sha256(contract),
        version=count,
        by=by,
        at=at,
    )


def _require_level(
    measure: str, target: Decimal, steps: Sequence[Step], says_so: str
) -> None:
    if measure not in ServiceMeasure.values or not says_so.strip():
        message = "Say what is measured, and which clause says so."
        raise ServiceLevelIncomplete(message, pointer="/measure")
    is_share = UNITS[ServiceMeasure(measure)] == "%"
    figures = [target, *(edge for edge, _ in steps)]
    if min(figures) < 0 or (is_share and max(figures) > 100):  # noqa: PLR2004
        message = "A share is 0 to 100 percent; a latency is never negative."
        raise ServiceLevelIncomplete(message, pointer="/target")
    if not calculations.steps_in_order(measure, target, steps):
        message = (
            "List the steps from the mildest miss to the worst, none better than the "
            "target; each credits more than the one before, up to 100 percent."
        )
        raise ServiceLevelIncomplete(message, pointer="/steps")
