"""Step two of rating: put the usage of a line on its steps, or into its pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import ContractLine
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.tariffs import Portion, allot
from contracting.ledger.operations.true_up import true_up_usage
from contracting.ledger.queries import lines_with_other_limits, lock_funds
from contracting.ledger.states import Allotted, Holder
from contracting.metering import events, permissions, queries
from contracting.metering.calculations import LEDGER_PREFIX
from contracting.metering.calculations.allotment import StepTotal, allotted, totals
from contracting.metering.models import PeriodRun, TrueUp
from contracting.metering.operations.assign import giving_notice
from contracting.metering.refusals import NothingToRate
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine, TaskOrder


@transaction.atomic
def rate_period(*, contract_line_id: int, by: Actor, at: datetime) -> PeriodRun | None:
    """Allot all usage of a contract line to its steps and pools, and true it up.

    The order is (occurred at, source, event id), whatever arrived first. Late usage and
    corrections change what they would have changed in time; the difference is posted
    now. So it is where funds or ceilings have changed. The same twice posts nothing.

    :returns: the run with its true-up rows; none where everything was right already
    :raises NotAllowed: unless ``by`` is the schedule, or representative or contracting
        officer of the agency
    :raises NothingToRate: if the price of the line does not depend on its volume
    :raises NotReversible: if what is accepted already would no longer stand
    """
    line = ContractLine.objects.select_related("contract").get(pk=contract_line_id)
    orders = OrderLine.objects.filter(contract_line=line).values("order")
    list(TaskOrder.objects.locked().filter(pk__in=orders))
    require(permissions.can_rate_period(by, line.contract.agency_id))
    if not line.is_by_volume:
        message = f"Line {line.clin} has the same price at every volume."
        raise NothingToRate(message, clin=line.clin)
    portions = allot(queries.uses_of(line))
    found, standing = totals(portions), queries.true_ups_in_force(line)
    changed = _changed(found, standing)
    touched = {each.order_line_id for each in changed} | _with_other_limits(line)
    if not touched:
        return None
    run = PeriodRun.objects.create(
        contract_line=line,
        rated_through=queries.rated_through(line) or at,
        tokens=sum(each.tokens for each in found),
        provisional_dollars=total_dollars(each.provisional for each in found).amount,
        exact_dollars=total_dollars(each.exact for each in found).amount,
        ran_by=by.name,
        ran_at=at,
    )
    TrueUp.objects.bulk_create(_row(run, each) for each in changed)
    _post(portions, touched, run, by, at)
    record_event(
        events.PERIOD_RATED,
        subject=run.subject,
        by=by,
        at=at,
        data={
            "contract": line.contract.piid,
            "clin": line.clin,
            "run": run.public_id,
            "tokens": run.tokens,
            "provisional": Dollars(run.provisional_dollars),
            "exact": Dollars(run.exact_dollars),
            "steps_changed": len(changed),
        },
    )
    return run


def _with_other_limits(line: ContractLine) -> set[int]:
    """Its order lines whose funds or ceilings have changed while something is short."""
    own = OrderLine.objects.filter(contract_line=line)
    holders = [each.holder for each in own]
    return {holder.id for holder in lines_with_other_limits(holders)}


def _changed(
    found: Sequence[StepTotal], standing: Iterable[StepTotal]
) -> list[StepTotal]:
    """What differs from the rows in force; a step that is empty now is a row too."""
    before = {each.key: each for each in standing}
    changed = [each for each in found if before.get(each.key) != each]
    gone = before.keys() - {each.key for each in found}
    return changed + [
        StepTotal(*key, before[key].price, 0, 0, Dollars(), Dollars())
        for key in sorted(gone)
        if before[key].tokens
    ]


def _row(run: PeriodRun, total: StepTotal) -> TrueUp:
    price = total.price
    return TrueUp(
        run=run,
        order_line_id=total.order_line_id,
        rate_row_id=total.rate_row_id,
        period_start=total.period_start,
        from_tokens=total.from_tokens,
        usd_per_million_tokens=price.usd_per_million_tokens if price else None,
        tokens=total.tokens,
        micro_acu=total.micro_acu,
        provisional_dollars=total.provisional.amount,
        exact_dollars=total.exact.amount,
    )


def _post(
    portions: Iterable[Portion],
    touched: Iterable[int],
    run: PeriodRun,
    by: Actor,
    at: datetime,
) -> None:
    """Bring the ledger of each of these order lines to its exact amount."""
    by_line: dict[int, list[Allotted]] = defaultdict(list)
    for portion in portions:
        by_line[portion.use.order_line_id].append(allotted(portion))
    holders = [Holder(HOLDER_OF_A_LINE, pk) for pk in sorted(touched)]
    lock_funds(holders=holders)
    with giving_notice(holders, by, at):
        for holder in holders:
            true_up_usage(
                holder=holder,
                metered=LEDGER_PREFIX,
                allotted=by_line[holder.id],
                reason=f"Period run {run.public_id}",
                because=run.subject,
                by=by,
                at=at,
            )
