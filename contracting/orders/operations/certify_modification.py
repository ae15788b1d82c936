"""Certify that the funds a modification adds are there, and commit them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.operations.commit import commit_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.operations.permit import permit_expired_funds
from contracting.ledger.operations.release import release_commitment
from contracting.ledger.queries import lock_funds, require_bona_fide_year
from contracting.ledger.states import BalanceLine, Obligation
from contracting.orders import calculations, events, permissions
from contracting.orders.models import (
    FundsCertification,
    Modification,
    ModificationEffect,
    TaskOrder,
)
from contracting.orders.operations.draft_modification import _ask_vendor
from contracting.orders.queries import certification_of_modification
from contracting.orders.refusals import AlreadyCertified, ChangesNothing


@transaction.atomic
def certify_modification_funds(
    *,
    modification_id: int,
    expired_citation: str = "",
    by: Actor,
    at: datetime,
    seen_version: int,
) -> FundsCertification:
    """The funds certifier's word for what the modification adds (FAR 43.105).

    The funds are committed to the modification itself, not yet to the order's line: the
    line's ceiling is what was signed until the modification is signed.

    :param expired_citation: why what is charged to expired funds is an adjustment
        within the scope of what they were obligated for (31 U.S.C. 1553(a))
    :raises NotAllowed: if ``by`` is no funds certifier, or drafted it (R-ROL-03)
    :raises Stale: if the modification has changed since it was read
    :raises AlreadyCertified: if this version is certified
    :raises ChangesNothing: if it adds no funds
    :raises SeverableServiceTooLong: if annual funds would buy a service of another
        year, or of more than twelve months (R-FND-04)
    :raises PeriodOfAvailabilityEnded: if it adds expired funds without a citation, or
        for a line that they never paid for (R-FND-03)
    :raises FundsExceeded: if a line of accounting has not enough (R-FND-01)
    """
    order_id = Modification.objects.values_list("order_id", flat=True).get(
        pk=modification_id
    )
    TaskOrder.objects.locked().get(pk=order_id)
    modification = Modification.objects.locked().get(pk=modification_id)
    require(permissions.can_certify_modification_funds(by, modification))
    modification.require_version(seen_version)
    if certification_of_modification(modification) is not None:
        message = "The funds of this modification are certified already."
        raise AlreadyCertified(message)
    obligations = _added(modification)
    if not obligations:
        message = "This modification adds no funds."
        raise ChangesNothing(message)
    _require_bona_fide_year(modification)
    lines = [effect.line.holder for effect in _adding(modification)]
    lock_funds(
        holders=[*lines, *(each.holder for each in obligations)],
        lines_of_accounting=[each.line_of_accounting_id for each in obligations],
    )
    permitted = permit_expired_funds(
        lines_of_accounting={each.line_of_accounting_id for each in obligations},
        holders=lines,
        on=accounting_day(at, modification.order.contract.time_zone),
        citation=expired_citation,
        because=modification.subject,
        by=by,
        at=at,
    )
    if permitted:
        override_rule(
            rule="R-FND-03",
            subject=modification.subject,
            title=f"Expired funds for a modification of {modification.order.name}",
            url_path=modification.path,
            reason_code="ADJUSTMENT_WITHIN_SCOPE",
            words=expired_citation,
            by=by,
            at=at,
        )
    for effect in _adding(modification):
        _open(effect, Dollars(effect.add_dollars), by, at)
    commit_funds(obligations=obligations, because=modification.subject, by=by, at=at)
    certification = FundsCertification.objects.create(
        order_id=order_id,
        modification=modification,
        version=modification.version,
        content_sha256=modification.content_sha256,
        dollars=modification.funds_added.amount,
        certified_by_id=by.own_membership_id,
        certified_at=at,
    )
    if modification.is_bilateral:
        _ask_vendor(modification, by, at)
    record_event(
        events.MODIFICATION_FUNDS_CERTIFIED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "version": modification.version,
            "content_sha256": modification.content_sha256,
            "dollars": certification.dollars,
        },
    )
    return certification


def _require_bona_fide_year(modification: Modification) -> None:
    """Annual funds buy a severable service of their own year, of a year at most.

    What is added buys the service from the day of effect on; what the order has already
    bought from its first day also buys what an extension adds.
    """
    order = modification.order
    stated = modification.terms.get("period_end")
    ends = date.fromisoformat(stated) if stated else order.period_end
    require_bona_fide_year(
        {effect.line_of_accounting_id for effect in _adding(modification)},
        begins=max(order.period_start, modification.effective_on),
        ends=ends,
    )
    if ends > order.period_end:
        obligations = calculations.obligations_of(order)
        require_bona_fide_year(
            {each.line_of_accounting_id for each in obligations},
            begins=order.period_start,
            ends=ends,
        )


def _adding(modification: Modification) -> list[ModificationEffect]:
    effects = calculations.effects_of(modification)
    return [effect for effect in effects if effect.add_dollars > 0]


def _added(modification: Modification) -> list[Obligation]:
    """What waits with the modification until it is signed."""
    return [
        Obligation(
            holder=effect.holder,
            acrn=effect.acrn,
            line_of_accounting_id=effect.line_of_accounting_id,
            dollars=Dollars(effect.add_dollars),
        )
        for effect in _adding(modification)
    ]


def _open(
    effect: ModificationEffect, ceiling: Dollars, by: Actor, at: datetime
) -> None:
    """State how much may wait with the modification: what it adds, or nothing more."""
    modification = effect.modification
    open_balances(
        holder=effect.holder,
        contract_id=modification.order.contract_id,
        label=f"Line {effect.line.clin}, modification of {modification.order.piid}",
        lines=[
            BalanceLine(
                acrn=effect.acrn,
                sequence=1,
                line_of_accounting_id=effect.line_of_accounting_id,
                ceiling_dollars=ceiling,
                ceiling_tokens=Tokens(0),
            )
        ],
        because=modification.subject,
        by=by,
        at=at,
    )


def _release(modification: Modification, by: Actor, at: datetime) -> None:
    """Give the waiting funds back to their lines of accounting and close the wait."""
    release_commitment(
        obligations=_added(modification), because=modification.subject, by=by, at=at
    )
    for effect in _adding(modification):
        _open(effect, Dollars(0), by, at)
