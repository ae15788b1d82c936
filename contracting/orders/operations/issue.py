"""The contracting officer's signature on a task order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.queries import actor_of
from contracting.approvals.operations.override import override_rule
from contracting.approvals.queries import is_complete_for
from contracting.audit.operations.record import record_event
from contracting.bans.queries import require_not_banned
from contracting.contracts.models import Contract
from contracting.contracts.queries import (
    has_reasonable_price,
    representatives,
    suspending_protest,
)
from contracting.contracts.queries.guards import require_agreed_sublines
from contracting.contracts.queries.ordering import appointment_of
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove
from contracting.core.periods import accounting_day
from contracting.core.permissions import Refused, require
from contracting.core.quantities import Dollars
from contracting.documents.models import Approval
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.request import request_document
from contracting.documents.states import Party
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.operations.place import place_order
from contracting.fair_opportunity.queries import fair_opportunity_gap
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import calculations, events, paperwork, permissions
from contracting.orders.calculations import units
from contracting.orders.models import OrderRate, OrderUnitRate, TaskOrder
from contracting.orders.operations.certify import _open, _require_bona_fide_year
from contracting.orders.operations.draft import _require_end
from contracting.orders.operations.submit import _require_complete
from contracting.orders.queries import (
    certification_of,
    review_is_void,
    undisposed_of,
)
from contracting.orders.queries.placing import (
    acceptance_of,
    limit_gaps,
    protestable_because,
    unaccepted,
)
from contracting.orders.refusals import (
    AlreadyIssued,
    FundsNotCertified,
    ModelNotAllowed,
    OutOfScope,
    OutsideOrderLimits,
    PriceAboveRateCard,
    PriceNotReasonable,
    ReviewsNotFinal,
    ReviewVoided,
    Suspended,
)
from contracting.orders.states import SIGNED, TaskOrderState
from contracting.reference.operations.assign_number import assign_number

ORDER: Final = "F"
"""The type of an order or a call in its number (FAR 4.1603)."""


@transaction.atomic
def issue_task_order(
    *, order_id: int, by: Actor, at: datetime, seen_version: int
) -> TaskOrder:
    """Sign the order: number it, bind its funds, print it, tell everybody.

    The commitment becomes the obligation. What the contract itself obligated for its
    guaranteed minimum stays as it is until close-out. Signed subject to availability it
    binds no funds, and is locked until their availability is recorded (R-FND-06).

    :raises NotAllowed: without a warrant or a letter as ordering officer for the
        order's value (R-ROL-01, R-ROL-02), or if ``by`` requested it or certified its
        funds (R-ROL-03)
    :raises AlreadyIssued: if another contracting officer was first
    :raises Stale: if the order changed since it was read
    :raises Suspended: while a protest suspends the contract (R-AWD-07)
    :raises ReviewVoided: if the order was edited after its review (R-ROL-08)
    :raises ReviewsNotFinal: while a review or a disposition is open (R-TO-09)
    :raises FundsNotCertified: unless this version is certified (R-FND-01)
    :raises SeverableServiceTooLong: if annual funds would buy a service of another
        year, or of more than twelve months (R-FND-04)
    :raises OutOfScope: out of scope, period or maximum (R-TO-01)
    :raises NoFairOpportunity: without a selection or an approved exception (R-TO-06)
    :raises NotConsidered: while a response has no finding (R-TO-07)
    :raises NotEnhanced: without what the enhanced threshold asks for (R-TO-08)
    :raises OutsideOrderLimits: outside the limits of orders, and not accepted (R-TO-03)
    :raises PerformsTooLong: beyond the contract's outer date (R-TO-04)
    :raises ContractCeilingExceeded: if the contract leaves less room (R-TO-02)
    :raises ContentIncomplete: if an element is missing (R-TO-05)
    :raises PriceNotReasonable: without a record that the contract's prices are fair and
        reasonable (R-EVL-07)
    :raises PriceAboveRateCard: if a price is above the contract's rate (R-TO-10)
    :raises ModelNotAllowed: if a model may not be ordered today (R-TO-12)
    :raises Banned: if the vendor or a model is banned, without a waiver (R-AI-01)
    :raises NoCostNotAgreed: if a price is nothing, and no agreement says so (R-FND-11)
    :raises PeriodOfAvailabilityEnded: if funds are not available today (R-FND-03)
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    list(Opportunity.objects.locked().filter(orders=order_id))
    order = TaskOrder.objects.locked().get(pk=order_id)
    signed_on = accounting_day(at, contract.time_zone)
    require(permissions.can_issue_task_order(by, order, signed_on))
    _guard(order, contract, seen_version, signed_on)
    _require_no_ban(order, contract, at)

    lock_funds(holders=[line.holder for line in order.current_lines()])
    order.piid = assign_number(agency=contract.agency, type=ORDER, on=signed_on)
    order.issued_at = at
    order.signed_by_id = by.membership_id
    order.protestable_because = protestable_because(order, signed_on)
    if isinstance(permissions.has_warrant_for(by, order, signed_on), Refused):
        order.signed_under = appointment_of(by, contract, signed_on)
    order.save(
        update_fields=["piid", "issued_at", "signed_by", "signed_under"]
        + ["protestable_because"]
    )
    order.move_to(TaskOrderState.ISSUED)
    _record_accepted_limits(order, signed_on, by, at)
    _bind(order, signed_on, by, at)
    if order.opportunity_id is not None:
        place_order(
            opportunity_id=order.opportunity_id,
            order_piid=order.piid,
            value=calculations.value_of(order),
            by=by,
            at=at,
        )
    approvals = _approvals(order, signed_on, by, at)
    request_document(
        kind="task_order",
        subject=order.subject,
        title=f"{order.noun.capitalize()} {order.piid}",
        number=order.name,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.order_sheet(order, signer=by),
        content_sha256=order.content_sha256,
        version=order.version,
        by=by,
        at=at,
        order="accepted_order" if len(approvals) > 1 else "unilateral",
        approvals=approvals,
    )
    post_notice(
        recipients=_concerned(order, signed_on),
        subject=order.subject,
        title=f"{order.noun.capitalize()} {order.piid} is issued",
        body=(
            f"{order.title}: up to {calculations.tokens_of(order)} and "
            f"{calculations.value_of(order)}, from {order.period_start} to "
            f"{order.period_end}. {_funded_words(order)}"
        ),
        url_path=order.path,
        by=by,
        at=at,
    )
    record_event(
        events.TASK_ORDER_ISSUED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            **paperwork.summary(order),
            "protestable_because": order.protestable_because,
            **({"by_letter": order.signed_under_id} if order.signed_under_id else {}),
        },
    )
    return order


def _approvals(
    order: TaskOrder, signed_on: date, by: Actor, at: datetime
) -> list[Approval]:
    """The vendor's acceptance, if its limits asked for it, and the signature."""
    of_it: dict[str, Any] = {
        "subject": order.subject,
        "version": order.version,
        "content_sha256": order.content_sha256,
    }
    taken = order.limit_acceptances.filter(
        version=order.version, content_sha256=order.content_sha256
    )
    accepted = taken.order_by("pk").last()
    signed = []
    if accepted is not None:
        signed.append(
            record_approval(
                action="accept_order_limits",
                party=Party.VENDOR,
                by=actor_of(accepted.accepted_by),
                at=accepted.accepted_at,
                is_past=True,
                **of_it,
            )
        )
    officer = record_approval(
        action="issue_task_order",
        party=Party.OFFICER,
        by=by,
        at=at,
        on=signed_on,
        **of_it,
    )
    return [*signed, officer]


def _guard(
    order: TaskOrder, contract: Contract, seen_version: int, signed_on: date
) -> None:
    if order.state in SIGNED:
        message = f"This order is signed already: it is {order.piid}."
        raise AlreadyIssued(message, piid=order.piid)
    if order.state in {TaskOrderState.CANCELLED, TaskOrderState.DISCARDED}:
        message = f"This task order is {order.get_state_display()}."
        raise IllegalMove(message, state=order.state)
    order.require_version(seen_version)
    protest = suspending_protest(contract)
    if protest is not None:
        message = (
            f"Protest {protest.number} suspends this contract. No order is placed "
            "until a finding of the head of the contracting activity lifts it."
        )
        raise Suspended(message, protest=protest.number)
    _require_reviews(order)
    if not order.funds_clause:
        _require_certification(order)
    _require_bona_fide_year(order)
    if contract.state != ContractState.AWARDED:
        message = f"The contract is {contract.get_state_display()}; no order is placed."
        raise OutOfScope(message)
    gaps = calculations.scope_gaps(order, signed_on)
    if gaps:
        raise OutOfScope(" ".join(gaps), gaps=gaps)
    _require_fair_opportunity(order, signed_on)
    _require_limits(order, signed_on)
    _require_complete(order)
    _require_reasonable_price(contract)
    _require_rates(order, signed_on)
    free = OrderRate.objects.filter(
        line__order=order, line__is_removed=False, usd_per_million_tokens=0
    )
    slins = free.values_list("rate_row__slin", flat=True)
    require_agreed_sublines(contract, slins)


def _require_fair_opportunity(order: TaskOrder, signed_on: date) -> None:
    """A selection or exception carries an order of this value (FAR 16.505(b))."""
    gap = fair_opportunity_gap(
        order.contract, order.opportunity, calculations.value_of(order), signed_on
    )
    if gap is not None:
        raise gap


def _require_limits(order: TaskOrder, signed_on: date) -> None:
    """Not smaller, larger or longer than the vendor must perform."""
    outside = unaccepted(order, signed_on)
    if outside and order.contract.is_agreement:
        message = (
            f"{' '.join(outside)} Call for less, or have the agreement modified first "
            "(FAR 13.303-3(a)(4))."
        )
        raise OutsideOrderLimits(message, outside=outside)
    if outside:
        message = (
            f"{' '.join(outside)} The vendor need not take it (FAR 52.216-19): the "
            "order waits for the written acceptance of a signer of the vendor."
        )
        raise OutsideOrderLimits(message, outside=outside)
    _require_end(order.contract, order.period_end)


def _record_accepted_limits(
    order: TaskOrder, signed_on: date, by: Actor, at: datetime
) -> None:
    """The vendor's acceptance is what lets R-TO-03 pass; it stands on the order."""
    accepted, gaps = acceptance_of(order), limit_gaps(order, signed_on)
    if accepted is not None and gaps:
        override_rule(
            rule="R-TO-03",
            subject=order.subject,
            title=f"{order.name}, {order.title}",
            url_path=order.path,
            reason_code="ACCEPTED_BY_VENDOR",
            words=f"{accepted.accepted_by.user} of the vendor accepted in writing: "
            f"{' '.join(gaps.values())}",
            by=by,
            at=at,
        )


def _require_reviews(order: TaskOrder) -> None:
    subject, version, mark = order.subject, order.version, order.content_sha256
    complete = is_complete_for(subject, version, mark)
    if order.state == TaskOrderState.DRAFT and review_is_void(order):
        message = (
            f"The order was edited after its review: version {version} goes through "
            "the review again."
        )
        raise ReviewVoided(message, version=version)
    if order.state != TaskOrderState.APPROVED or not complete:
        message = f"Not every reviewer has decided on version {version} yet."
        raise ReviewsNotFinal(message, version=version)
    open_words = undisposed_of(order)
    if open_words:
        names = ", ".join(str(each.membership.user) for each in open_words)
        message = f"The non-concurrence of {names} has no disposition yet."
        raise ReviewsNotFinal(message, by=names)


def _require_certification(order: TaskOrder) -> None:
    certified, wanted = certification_of(order), calculations.funded(order)
    if certified is None or Dollars(certified.dollars) != wanted:
        message = (
            f"No funds certifier has certified the {wanted} of version "
            f"{order.version} yet."
        )
        raise FundsNotCertified(message, version=order.version, dollars=wanted)


def _require_reasonable_price(contract: Contract) -> None:
    """The order's prices are the contract's or lower; its record covers them."""
    if has_reasonable_price(contract):
        return
    message = f"No record says that the prices of {contract.piid} are reasonable."
    raise PriceNotReasonable(message, contract=contract.piid)


def _require_rates(order: TaskOrder, on: date) -> None:
    """Every price and every model, as they stand on the day of the order."""
    rates = list(
        OrderRate.objects.filter(
            line__order=order, line__is_removed=False
        ).select_related("rate_row__model")
    )
    by_unit = OrderUnitRate.objects.filter(
        line__order=order, line__is_removed=False
    ).select_related("unit_rate__line")
    gaps = [*calculations.price_gaps(rates), *units.price_gaps(by_unit)]
    if gaps:
        raise PriceAboveRateCard(" ".join(gaps), gaps=gaps)
    gaps = calculations.model_gaps(rates, order.boundary, on)
    if gaps:
        raise ModelNotAllowed(" ".join(gaps), gaps=gaps)


def _require_no_ban(order: TaskOrder, contract: Contract, at: datetime) -> None:
    """Of the vendor and of every model that the order prices."""
    require_not_banned(
        contract.agency,
        vendor_id=contract.vendor_id,
        models=calculations.models_of(order),
        subjects=[order.subject, contract.subject],
        at=at,
    )


def _bind(order: TaskOrder, signed_on: date, by: Actor, at: datetime) -> None:
    reserve_ordered(
        contract_id=order.contract_id,
        dollars=calculations.value_of(order),
        tokens=calculations.tokens_of(order),
        because=order.subject,
        by=by,
        at=at,
    )
    if order.funds_clause:
        for line in order.lines.order_by("pk"):
            _open(order, line, by, at)
        return
    obligate_funds(
        obligations=calculations.obligations_of(order),
        because=order.subject,
        on=signed_on,
        from_commitment=True,
        by=by,
        at=at,
    )


def _funded_words(order: TaskOrder) -> str:
    if order.funds_clause:
        return (
            f"Funds are not available yet (FAR {order.funds_clause}): nothing that is "
            "used before the notice of their availability is funded."
        )
    return f"{calculations.funded(order)} is funded."


def _concerned(order: TaskOrder, on: date) -> list[Recipient]:
    """The vendor, the requester and the contract's representatives."""
    contract = order.contract
    people = [
        order.requester.user_id,
        *(row.membership.user_id for row in representatives(contract, on)),
    ]
    return [
        Recipient(organization_id=contract.vendor_id),
        *(
            Recipient(organization_id=contract.agency_id, user_id=user)
            for user in people
        ),
    ]
