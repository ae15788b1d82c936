"""The main job once through, from need to close-out, on one real hour of usage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from contracting.billing.models import Invoice
from contracting.contracts.models import Contract
from contracting.metering.models import FundsNotice, UsageBatch
from contracting.operate.story import (
    burn,
    cast,
    compete,
    hold,
    procure,
    settle,
    stop,
    times,
    truth,
)
from contracting.operate.story.appoint import appoint
from contracting.operate.story.cast import HARBORLINE, NORTHLIGHT, Cast
from contracting.operate.story.register import check_the_offerors
from contracting.operate.story.stop import Stop
from contracting.operate.story.times import Calendar
from contracting.operate.story.truth import Truth
from contracting.orders.models import TaskOrder
from contracting.solicitations.models import Solicitation

NEXT_TITLE: Final = "Tokens for the records assistant"


class Stage(Protocol):
    """What a telling needs: a voice, a bar for long steps, and the nightly job."""

    def say(self, text: str) -> None:
        """Print one line."""

    def progress(self, label: str, done: int, total: int) -> None:
        """Show how far a long step is."""

    def reconcile(self, at: str) -> None:
        """Have the nightly job run as of that instant, and wait for it."""


@dataclass(slots=True)
class Told:
    """What the story leaves behind."""

    cast: Cast
    truth: Truth
    contract: Contract
    order: TaskOrder
    invoice: Invoice
    holders: dict[str, Contract]
    stop: Stop
    planted: list[dict[str, Any]] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)


def play(calendar: Calendar, stage: Stage) -> Told:
    """Play every step through the real operations; nothing is written past them."""
    engaged = _set_up(calendar, stage)
    contract = _procure(engaged, calendar, stage)
    order = _order(engaged, calendar, contract, stage)
    told = burn.tell_truth(calendar)
    _burn(engaged, calendar, told, order, stage)
    received = _settle(engaged, calendar, told, order, stage)
    certification = settle.certify(engaged, calendar, received)
    stage.say("A second need, for two contracts")
    released = hold.ask(engaged, calendar)
    payment = settle.pay(engaged, calendar, certification)
    stage.say(
        f"  meanwhile the first invoice is paid when due: ${payment.dollars:,.2f}, "
        f"${certification.offset_dollars:,.2f} of credits taken off"
    )
    contracts = _award_two(engaged, calendar, released, stage)
    _administer(engaged, calendar, contracts, stage)
    _next_competition(engaged, calendar, stage)
    option = hold.exercise(engaged, calendar, contracts[HARBORLINE])
    stage.say(f"Option 1 of {option.contract.piid} is exercised by {option.number}")
    stopped = _stop(engaged, calendar, contracts[NORTHLIGHT], stage)
    ban = hold.switch_off(engaged, calendar)
    stage.say(f"{ban.target} is switched off everywhere: no award, order or price")
    stage.say("Close-out")
    for statement in settle.close(engaged, calendar, order, contract):
        stage.say(
            f"  {statement.residual_tokens:,} tokens left unused, "
            f"${statement.deobligated_dollars:,.2f} given back"
        )
    order.refresh_from_db()
    for each in (contract, *contracts.values()):
        each.refresh_from_db()
    planted = [
        fault.as_row(order=order.piid or "", line="0001")
        for fault in truth.planted(told)
    ]
    return Told(
        cast=engaged,
        truth=told,
        contract=contract,
        order=order,
        invoice=received,
        holders=contracts,
        stop=stopped,
        planted=planted,
        found=settle.found(order),
    )


def _set_up(calendar: Calendar, stage: Stage) -> Cast:
    stage.say(f"The cast takes its places; the story ends on {calendar.anchor}.")
    engaged = cast.engage(calendar)
    procure.know_list_prices(calendar)
    return engaged


def _procure(engaged: Cast, calendar: Calendar, stage: Stage) -> Contract:
    stage.say("Need and solicitation")
    requisition = procure.need(engaged, calendar)
    stage.say(f"  {requisition.number}: workload estimated at public list prices")
    drafted = procure.package(
        engaged,
        calendar,
        requisition,
        deadline=calendar.at(times.PILOT.deadline - 2, 14),
    )
    released = procure.release(engaged, calendar, drafted)
    stage.say(f"  {released.piid} released after two reviewers concurred")
    amended: Solicitation = procure.ask_and_amend(engaged, calendar, released)
    stage.say("  two questions answered to all at once; amendment 0001")
    stage.say("Offers, evaluation, award")
    compete.offers(engaged, calendar, amended)
    compete.open_offers(engaged, calendar, amended)
    stage.say(
        "  three sealed offers; three of five people open those in time, the one that "
        "came a minute late stays sealed"
    )
    decision = compete.decide(engaged, calendar, amended)
    stage.say(f"  {decision.price_analysis.usage['sentence']}")
    stage.say(f"  selected: {decision.named}")
    drafted_award = compete.prepare_award(engaged, calendar, amended)
    check_the_offerors(engaged, calendar, amended, times.PILOT.award)
    contract = compete.award(engaged, calendar, drafted_award)
    compete.tell_the_others(engaged, calendar, contract)
    stage.say(
        f"  contract {contract.piid}, ceiling ${contract.ceiling_dollars:,.2f}, "
        f"minimum ${contract.minimum_dollars:,.2f} obligated"
    )
    return contract


def _order(
    engaged: Cast, calendar: Calendar, contract: Contract, stage: Stage
) -> TaskOrder:
    stage.say("Task order")
    order = burn.order(engaged, calendar, contract)
    stage.say(
        f"  order {order.piid}: a pilot of {burn.ORDER_DOLLARS}, "
        f"{burn.FUNDS_AT_FIRST} funded at first"
    )
    return order


def _burn(
    engaged: Cast, calendar: Calendar, told: Truth, order: TaskOrder, stage: Stage
) -> None:
    stage.say("Usage arrives from the gateway")
    made = burn.deliveries(told)
    done, total = 0, len(told.calls)
    funded = False
    for delivery in made:
        if not funded and delivery.calls[0].part > 2:
            modification = burn.add_funds(
                engaged, order, delivery.at.replace(second=0) - timedelta(minutes=10)
            )
            stage.say(
                f"  notice at {_notices(order)} percent of the funds; modification "
                f"{modification.number} adds {burn.FUNDS_ADDED}"
            )
            funded = True
        burn.deliver(engaged, told, order, delivery, delivery.at)
        done += len(delivery.calls)
        stage.progress("  calls", done, total)
    again = burn.deliver(
        engaged, told, order, made[0], made[-1].at + timedelta(minutes=5)
    )
    stage.say(
        f"  the first batch sent again: {again.duplicate:,} of {again.received:,} rows "
        "answered duplicate, counted once"
    )
    _clear(engaged, calendar, stage)


def _notices(order: TaskOrder) -> str:
    told = FundsNotice.objects.filter(order=order).order_by("percent")
    return " and ".join(str(notice.percent) for notice in told)


def _clear(engaged: Cast, calendar: Calendar, stage: Stage) -> None:
    held = sum(UsageBatch.objects.values_list("held", flat=True))
    assigned = burn.clear_suspense(engaged, calendar)
    stage.say(
        f"  {held} calls of an unknown model held in suspense; name mapped, "
        f"{assigned.assigned} assigned and rated"
    )


def _settle(
    engaged: Cast, calendar: Calendar, told: Truth, order: TaskOrder, stage: Stage
) -> Invoice:
    stage.say("Report, invoice, reconciliation")
    settle.report(
        engaged, told, order, late=False, at=calendar.at(times.FIRST_REPORT, 10)
    )
    stage.reconcile(calendar.at(times.OVERDUE_NIGHT, 1, 30).isoformat())
    settle.report(
        engaged, told, order, late=True, at=calendar.at(times.OVERDUE_NIGHT, 10)
    )
    stage.reconcile(calendar.at(times.INVOICE, 1, 30).isoformat())
    received = settle.invoice(engaged, calendar, told, order)
    stage.say(f"  invoice {received.number} for ${received.total_dollars:,.2f}")
    stage.reconcile(calendar.at(times.ACCEPTANCE, 1, 30).isoformat())
    stage.say(f"  {len(settle.found(order))} discrepancies found")
    acceptance = settle.accept(engaged, calendar, received)
    stage.say(
        f"  ${acceptance.accepted_dollars:,.2f} accepted, "
        f"${acceptance.withheld_dollars:,.2f} disputed"
    )
    left = settle.unexplained(received)
    stage.say(f"  from the invoice to the meter ${left.amount:,.2f} is unexplained")
    case = settle.dispute(engaged, calendar, received)
    stage.say("  the vendor is asked, and contests a part")
    decided = settle.decide(engaged, calendar, case)
    stage.say(
        f"  the dispute is decided: ${decided.payable_dollars:,.2f} becomes payable, "
        "the rest is not paid"
    )
    credit = settle.credit(engaged, calendar, order)
    stage.say(f"  a credit of ${credit.dollars:,.2f} for missed service is due")
    return received


def _award_two(
    engaged: Cast, calendar: Calendar, released: Solicitation, stage: Stage
) -> dict[str, Contract]:
    contracts = hold.award(engaged, calendar, released)
    for vendor, contract in contracts.items():
        stage.say(f"  contract {contract.piid} with {vendor}")
    return contracts


def _administer(
    engaged: Cast, calendar: Calendar, contracts: dict[str, Contract], stage: Stage
) -> None:
    stage.say("Orders and changes under the two contracts")
    chosen = hold.compete_order(engaged, calendar, contracts)
    competed = hold.order(
        engaged,
        calendar,
        contracts[HARBORLINE],
        offset=-10,
        title="Archive search, first year",
        clin="0001",
        tokens=hold.COMPETED_TOKENS,
        dollars=hold.COMPETED,
        opportunity=chosen,
    )
    stage.say(f"  order {competed.piid}: both holders asked, {HARBORLINE} selected")
    on_ramp = hold.bring_on(engaged, calendar, contracts[NORTHLIGHT])
    stage.say(f"  modification {on_ramp.number} brings {hold.SMALL_MODEL} on")
    pool = hold.add_pool(engaged, calendar, contracts[NORTHLIGHT])
    stage.say(f"  modification {pool.number} adds a pool of units (ACU)")
    letter = appoint(engaged, calendar, contracts[NORTHLIGHT], hold.SMALL_ORDER)
    stage.say(f"  {letter.membership.user.name} may place orders for {letter.office}")
    small = hold.order(
        engaged,
        calendar,
        contracts[NORTHLIGHT],
        offset=-8,
        title="Short questions to the archive",
        clin="0002",
        tokens=hold.SMALL_TOKENS,
        dollars=hold.SMALL_ORDER,
        signer="contract_specialist",
    )
    stage.say(f"  order {small.piid} for the smaller model")
    pooled = hold.order(
        engaged,
        calendar,
        contracts[NORTHLIGHT],
        offset=-7,
        title="Mixed work on the archive",
        clin="0003",
        tokens=hold.POOL_TOKENS,
        dollars=hold.POOL_ORDER,
        units=hold.POOL_UNITS,
    )
    stage.say(f"  order {pooled.piid} for {hold.POOL_UNITS:,} units of the pool")
    for ratchet in hold.follow_the_list(engaged, calendar):
        stage.say(f"  modification {ratchet.number} follows the public list down")


def _stop(engaged: Cast, calendar: Calendar, contract: Contract, stage: Stage) -> Stop:
    stage.say("An order that asks before each call")
    order = stop.order(engaged, calendar, contract)
    stage.say(f"  order {order.piid}: {stop.FUNDS} funded, the gate is hard")
    found = stop.replay(engaged, calendar, order)
    zone = ZoneInfo(times.ZONE)
    for percent, at in found.notices:
        stage.say(f"  {at.astimezone(zone):%H:%M:%S}  notice at {percent} percent")
    if found.stopped_at is not None:
        stage.say(
            f"  {found.stopped_at.astimezone(zone):%H:%M:%S}  call "
            f"{found.refused[0]:,} is refused, as foretold: {found.refusal}"
        )
    stage.say(
        f"  {len(found.granted):,} calls used ${found.used.plain()} of {found.funds}; "
        f"{len(found.refused):,} were refused, none passed the funds"
    )
    return found


def _next_competition(engaged: Cast, calendar: Calendar, stage: Stage) -> None:
    """Something open to look at: a solicitation that is due in two weeks."""
    requisition = procure.need(engaged, calendar, days=times.NEXT, title=NEXT_TITLE)
    drafted = procure.package(
        engaged,
        calendar,
        requisition,
        deadline=calendar.at(times.NEXT.deadline, 14),
        days=times.NEXT,
        ordering_end=424,
    )
    released = procure.release(engaged, calendar, drafted, days=times.NEXT)
    stage.say(f"Another solicitation is open: {released.piid}")
