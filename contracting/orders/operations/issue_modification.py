"""The contracting officer's signature on a modification."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import IllegalMove, Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.documents.models import Approval
from contracting.documents.operations.record_signatures import record_signatures
from contracting.documents.operations.request import request_document
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.operations.raise_ceiling import raise_ceiling
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.queries import lock_funds
from contracting.ledger.states import BalanceLine, Holder, Obligation
from contracting.notices.operations.post_notice import post_notice
from contracting.orders import calculations, events, permissions
from contracting.orders.calculations.units import micro
from contracting.orders.models import (
    Modification,
    ModificationEffect,
    OrderFunding,
    OrderLine,
    TaskOrder,
)
from contracting.orders.operations.certify_modification import (
    _release,
    _require_bona_fide_year,
)
from contracting.orders.operations.draft_modification import (
    _require_authority_for,
    _require_period,
)
from contracting.orders.operations.issue import (
    _concerned,
    _require_no_ban,
    _require_reasonable_price,
)
from contracting.orders.operations.sign import _require_funds
from contracting.orders.paperwork.modifications import (
    modification_sheet,
    modification_summary,
)
from contracting.orders.permissions import justification_of
from contracting.orders.queries.numbering import next_number
from contracting.orders.queries.ratified import (
    Raised,
    require_ratified,
    take_up_charges,
)
from contracting.orders.refusals import (
    AlreadyIssued,
    ChangesNothing,
    NotSignedByVendor,
    ScopeNotJustified,
)
from contracting.orders.states import ModificationState, TaskOrderState


@transaction.atomic
def issue_modification(
    *, modification_id: int, by: Actor, at: datetime, seen_version: int
) -> Modification:
    """Sign the modification: number it, change the order, bind its funds, print it.

    The number is the next one of the order and is assigned only here (R-MOD-01). Before
    and after are compared and kept as signed, with the new totals (R-MOD-05).

    :raises NotAllowed: without a warrant for the absolute change (R-ROL-01, R-ROL-02),
        or if ``by`` drafted it or certified its funds (R-ROL-03)
    :raises AlreadyIssued: if another contracting officer was first (R-MOD-01)
    :raises Stale: if it, or the order it changes, is not what was read
    :raises AddedFundsNotCertified: if it adds funds that are not certified (R-MOD-03)
    :raises SeverableServiceTooLong: if annual funds would buy a service of another
        year, or of more than twelve months (R-FND-04)
    :raises NoAuthority: if its authority does not carry it (R-MOD-02)
    :raises NotSignedByVendor: if the vendor has not signed a change of terms (R-MOD-02)
    :raises ScopeNotJustified: without an approved justification (R-MOD-04)
    :raises PeriodOver: if it extends a period that has ended (R-MOD-06)
    :raises PriceNotReasonable: if it adds, and no record finds the contract's prices
        reasonable (R-EVL-07)
    :raises Banned: if it adds to what is banned, without a waiver (R-AI-01)
    :raises ChangesNothing: if before and after are the same (R-MOD-05)
    :raises NotRatified: if it makes use beyond the funds payable, unratified (R-FND-08)
    :raises ContractCeilingExceeded: if the contract leaves less room (R-TO-02)
    :raises PeriodOfAvailabilityEnded: if funds are not available today (R-FND-03)
    :raises DeobligationExceeded: if it takes funds that are used or owed (R-FND-09)
    """
    order_id, contract_id = Modification.objects.values_list(
        "order_id", "order__contract_id"
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().get(pk=order_id)
    modification = Modification.objects.locked().get(pk=modification_id)
    modification.order = order
    signed_on = accounting_day(at, contract.time_zone)
    require(permissions.can_issue_modification(by, modification, signed_on))
    _guard(modification, order, seen_version)
    _require_period(modification, signed_on)
    if _adds(modification):
        _require_reasonable_price(contract)
        _require_no_ban(order, contract, at)

    changes = calculations.changes_of(modification)
    if not changes:
        message = "Nothing would be different after this modification."
        raise ChangesNothing(message)
    effects = calculations.effects_of(modification)
    lock_funds(
        holders=[holder for e in effects for holder in (e.line.holder, e.holder)],
        lines_of_accounting=[effect.line_of_accounting_id for effect in effects],
    )
    raised = _raised(effects)
    ratifies = require_ratified(order, _freed(effects), raised)
    modification.ratifies_dollars = ratifies.amount
    modification.number = next_number(order)
    modification.changes = [change.plain() for change in changes]
    modification.issued_at = at
    modification.signed_by_id = by.membership_id
    modification.save(
        update_fields=["number", "changes", "issued_at", "signed_by"]
        + ["ratifies_dollars"]
    )
    modification.move_to(ModificationState.ISSUED)
    _bind(modification, effects, signed_on, by, at)
    take_up_charges([each.line for each in raised], by, at)
    _conform(modification, effects)
    _print_and_tell(modification, signed_on, by, at)
    record_event(
        events.MODIFICATION_ISSUED,
        subject=modification.subject,
        by=by,
        at=at,
        data=modification_summary(modification),
    )
    return modification


def _guard(modification: Modification, order: TaskOrder, seen_version: int) -> None:
    if modification.state == ModificationState.ISSUED:
        message = f"This modification is signed already: it is {modification.number}."
        raise AlreadyIssued(message, rule="R-MOD-01", number=modification.number)
    if modification.state != ModificationState.DRAFT:
        message = f"This modification is {modification.get_state_display()}."
        raise IllegalMove(message, state=modification.state)
    if order.state != TaskOrderState.ISSUED:
        message = f"The order is {order.get_state_display()} and is not modified."
        raise IllegalMove(message, state=order.state)
    modification.require_version(seen_version)
    if modification.base_version != order.version:
        message = (
            f"This modification was written on version {modification.base_version} of "
            f"the order; version {order.version} is in force. Both texts are kept: "
            "rebase it, then sign."
        )
        raise Stale(message, seen=modification.base_version, current=order.version)
    _require_funds(modification)
    _require_bona_fide_year(modification)
    _require_authority_for(modification)
    if modification.is_bilateral and modification.vendor_signed_at is None:
        message = "A supplemental agreement is signed by the vendor first."
        raise NotSignedByVendor(message)
    if not modification.is_within_scope and justification_of(modification) is None:
        message = (
            "This lies outside of the scope of the contract. Have a justification for "
            "other than full and open competition approved on it, or compete it."
        )
        raise ScopeNotJustified(message)


def _adds(modification: Modification) -> bool:
    """Whether more is bought: what only takes away needs no record of a price."""
    return any(
        each.add_dollars > 0
        or each.add_ceiling_dollars > 0
        or each.add_ceiling_tokens > 0
        or each.add_units > 0
        for each in calculations.effects_of(modification)
    )


def _freed(effects: Sequence[ModificationEffect]) -> dict[Holder, Dollars]:
    """By line of tokens whose limits are raised, the funds that it gets with that."""
    freed: dict[Holder, Dollars] = {}
    for each in effects:
        if each.line.is_by_unit:
            continue
        if each.add_dollars > 0 or each.add_ceiling_tokens > 0 or each.add_units > 0:
            own = freed.get(each.line.holder, Dollars())
            freed[each.line.holder] = own + Dollars(max(each.add_dollars, Decimal(0)))
    return freed


def _raised(effects: Sequence[ModificationEffect]) -> list[Raised]:
    """What each line gets that is bought by the month, the hour or the piece."""
    own: dict[int, list[ModificationEffect]] = {}
    for each in effects:
        if each.line.is_by_unit:
            own.setdefault(each.line_id, []).append(each)
    return [
        Raised(
            parts[0].line,
            total_dollars(Dollars(each.add_dollars) for each in parts),
            sum((each.add_units for each in parts), Decimal(0)),
        )
        for parts in own.values()
        if any(each.add_dollars > 0 or each.add_units > 0 for each in parts)
    ]


def _bind(
    modification: Modification,
    effects: Sequence[ModificationEffect],
    signed_on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Reserve under the contract, free what waits, move ceilings, bind the funds."""
    dollars = total_dollars(Dollars(each.add_ceiling_dollars) for each in effects)
    tokens = Tokens(sum(each.add_ceiling_tokens for each in effects))
    if dollars or tokens:
        reserve_ordered(
            contract_id=modification.order.contract_id,
            dollars=dollars,
            tokens=tokens,
            because=modification.subject,
            by=by,
            at=at,
        )
    if modification.funds_added:
        _release(modification, by, at)
    taken = _obligations(effects, sign=-1)
    if taken:
        deobligate_funds(obligations=taken, because=modification.subject, by=by, at=at)
    for effect in effects:
        _move_ceiling(modification, effect, by, at)
    added = _obligations(effects, sign=1)
    if added:
        obligate_funds(
            obligations=added,
            because=modification.subject,
            on=signed_on,
            from_commitment=False,
            by=by,
            at=at,
        )


def _obligations(
    effects: Sequence[ModificationEffect], *, sign: int
) -> list[Obligation]:
    """What is added (+1) to the lines of the order, or taken (-1) from them."""
    return [
        Obligation(
            holder=effect.line.holder,
            acrn=effect.acrn,
            line_of_accounting_id=effect.line_of_accounting_id,
            dollars=Dollars(sign * effect.add_dollars),
        )
        for effect in effects
        if sign * effect.add_dollars > 0
    ]


def _move_ceiling(
    modification: Modification, effect: ModificationEffect, by: Actor, at: datetime
) -> None:
    """Change one ACRN's part of the ceiling, or open an ACRN that the line lacks."""
    if _funding(effect) is None:
        line = OrderLine.objects.get(pk=effect.line_id)
        open_balances(
            holder=effect.line.holder,
            contract_id=modification.order.contract_id,
            lines=[
                BalanceLine(
                    acrn=effect.acrn,
                    sequence=effect.sequence,
                    line_of_accounting_id=effect.line_of_accounting_id,
                    ceiling_dollars=Dollars(effect.add_ceiling_dollars),
                    ceiling_tokens=Tokens(
                        line.ceiling_tokens + effect.add_ceiling_tokens
                    ),
                    ceiling_micro_acu=None
                    if line.ceiling_micro_acu is None
                    else line.ceiling_micro_acu + _micro_acu(effect),
                )
            ],
            because=modification.subject,
            by=by,
            at=at,
        )
    elif effect.add_ceiling_dollars or effect.add_ceiling_tokens or _micro_acu(effect):
        raise_ceiling(
            holder=effect.line.holder,
            acrn=effect.acrn,
            dollars=Dollars(effect.add_ceiling_dollars),
            tokens=Tokens(effect.add_ceiling_tokens),
            micro_acu=_micro_acu(effect),
            because=modification.subject,
            by=by,
            at=at,
        )
    _change_line(effect)


def _micro_acu(effect: ModificationEffect) -> int:
    """What the ceiling of a pool changes by; nothing on a line that is no pool."""
    is_pool = effect.line.ceiling_micro_acu is not None
    return micro(effect.add_units) if is_pool else 0


def _change_line(effect: ModificationEffect) -> None:
    """The line and its ACRN as they read from now on."""
    line = OrderLine.objects.get(pk=effect.line_id)
    line.ceiling_tokens += effect.add_ceiling_tokens
    line.ceiling_dollars += effect.add_ceiling_dollars
    if line.ceiling_micro_acu is None:
        line.units += effect.add_units
    else:
        line.ceiling_micro_acu += _micro_acu(effect)
    line.save(
        update_fields=[
            "ceiling_tokens",
            "ceiling_dollars",
            "units",
            "ceiling_micro_acu",
        ]
    )
    part = _funding(effect) or OrderFunding(
        line=line,
        acrn=effect.acrn,
        sequence=effect.sequence,
        line_of_accounting_id=effect.line_of_accounting_id,
        dollars=0,
        ceiling_dollars=0,
    )
    part.dollars += effect.add_dollars
    part.ceiling_dollars += effect.add_ceiling_dollars
    part.save()


def _funding(effect: ModificationEffect) -> OrderFunding | None:
    return OrderFunding.objects.filter(
        line=effect.line_id, acrn=effect.acrn, is_removed=False
    ).first()


def _conform(modification: Modification, effects: Sequence[ModificationEffect]) -> None:
    """The order as it reads from now on, with its next version and hash."""
    order = TaskOrder.objects.get(pk=modification.order_id)
    for name, value in modification.terms.items():
        setattr(order, name, value)
    order.save(update_fields=list(modification.terms))
    order.refresh_from_db()
    order.version += 1
    order.content_sha256 = content_sha256(calculations.content(order))
    order.save(update_fields=["version", "content_sha256"])
    modification.order = order


def _print_and_tell(
    modification: Modification, signed_on: date, by: Actor, at: datetime
) -> None:
    order = modification.order
    contract = order.contract
    approvals = _approvals(modification, signed_on, by, at)
    request_document(
        kind="modification",
        subject=modification.subject,
        title=f"Modification {modification.number} of {order.noun} {order.piid}",
        number=f"{order.piid} {modification.number}",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=modification_sheet(modification, signer=by),
        content_sha256=modification.content_sha256,
        version=modification.version,
        by=by,
        at=at,
        order="bilateral_modification" if len(approvals) > 1 else "unilateral",
        approvals=approvals,
    )
    post_notice(
        recipients=_concerned(order, signed_on),
        subject=modification.subject,
        title=f"Modification {modification.number} of order {order.piid} is issued",
        body=modification.description,
        url_path=modification.path,
        by=by,
        at=at,
    )


def _approvals(
    modification: Modification, signed_on: date, by: Actor, at: datetime
) -> list[Approval]:
    """The records of the vendor, where it must sign, and of the contracting officer."""
    vendor = modification.vendor_signed_by if modification.is_bilateral else None
    return record_signatures(
        signing="sign_modification",
        issuing="issue_modification",
        vendor=vendor,
        vendor_signed_at=modification.vendor_signed_at,
        subject=modification.subject,
        version=modification.version,
        content_sha256=modification.content_sha256,
        by=by,
        at=at,
        on=signed_on,
    )
