"""Appoint an ordering officer: a letter that lets somebody sign orders."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract
from contracting.contracts.models.ordering import OrderingOfficer
from contracting.contracts.paperwork.ordering import ordering_letter
from contracting.contracts.queries.ordering import appointable, ordering_officers
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.request import request_document
from contracting.documents.states import Party
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def appoint_ordering_officer(
    *,
    contract_id: int,
    membership_id: int,
    office: str,
    order_limit: Dollars,
    total_limit: Dollars | None = None,
    valid_from: date,
    valid_to: date,
    by: Actor,
    at: datetime,
) -> OrderingOfficer:
    """Sign the letter by which a person of another office places orders.

    An ordering officer signs orders of this contract up to the limit of one order and,
    where it is stated, of all of them together; never a modification, and never what
    they requested or certified. The letter carries no more than the warrant of whoever
    signs it (FAR 1.602-1, 1.603-1).

    :param order_limit: what one order may be worth, above nothing, in whole cents
    :param total_limit: what all orders under the letter may be worth
    :raises NotAllowed: without a warrant for the limit of one order (R-ROL-01,
        R-ROL-02), or for oneself
    :raises IllegalMove: unless the contract is awarded and takes orders
    :raises AppointmentInvalid: for nobody who can be one, or limits and dates that do
        not fit
    :raises AlreadyAppointed: while a letter to the same person stands
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_appoint_ordering_officer(by, contract, order_limit, on))
    if contract.state != ContractState.AWARDED or not contract.takes_orders:
        message = "An ordering officer is appointed for a contract that takes orders."
        raise IllegalMove(message, state=contract.state)
    membership = appointable(contract).filter(pk=membership_id).first()
    if membership is None or membership.user_id == by.user_id:
        message = "Choose a person of this agency who orders, other than yourself."
        raise refusals.AppointmentInvalid(message, pointer="/membership")
    _refuse_unfit(contract, office, order_limit, total_limit, valid_from, valid_to, on)
    earlier = ordering_officers(contract).filter(membership=membership)
    if any(not each.is_revoked and each.valid_to >= valid_from for each in earlier):
        message = f"{membership.user.name} has a letter that stands. Revoke it first."
        raise refusals.AlreadyAppointed(message)
    letter = OrderingOfficer.objects.create(
        contract=contract,
        membership=membership,
        office=office.strip(),
        order_limit_dollars=order_limit.amount,
        total_limit_dollars=total_limit.amount if total_limit is not None else None,
        valid_from=valid_from,
        valid_to=valid_to,
        appointed_by_id=by.own_membership_id,
        appointed_at=at,
    )
    _print_and_tell(letter, on, by, at)
    record_event(
        events.ORDERING_OFFICER_APPOINTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "membership": membership.pk,
            "name": membership.user.name,
            "office": letter.office,
            "order_limit": order_limit,
            "total_limit": total_limit,
            "valid_from": valid_from,
            "valid_to": valid_to,
        },
    )
    return letter


def _refuse_unfit(
    contract: Contract,
    office: str,
    order_limit: Dollars,
    total_limit: Dollars | None,
    valid_from: date,
    valid_to: date,
    on: date,
) -> None:
    for name, limit in (("order_limit", order_limit), ("total_limit", total_limit)):
        if limit is not None and (limit <= Dollars() or limit != limit.to_cents()):
            message = "A limit is above nothing, in whole cents."
            raise refusals.AppointmentInvalid(message, pointer=f"/{name}")
    if total_limit is not None and total_limit < order_limit:
        message = f"All orders together may be {total_limit}, and one {order_limit}."
        raise refusals.AppointmentInvalid(message, pointer="/total_limit")
    if not office.strip():
        message = "Name the office for which they order."
        raise refusals.AppointmentInvalid(message, pointer="/office")
    if not on <= valid_to or not valid_from <= valid_to <= contract.ordering_end:
        message = (
            f"The letter begins before it ends, is not over, and ends by the last day "
            f"for orders, {contract.ordering_end}."
        )
        raise refusals.AppointmentInvalid(message, pointer="/valid_to")


def _print_and_tell(letter: OrderingOfficer, on: date, by: Actor, at: datetime) -> None:
    contract, person = letter.contract, letter.membership.user
    officer = record_approval(
        action="appoint_ordering_officer",
        party=Party.OFFICER,
        subject=letter.subject,
        version=contract.version,
        content_sha256=contract.content_sha256,
        by=by,
        at=at,
        on=on,
    )
    request_document(
        kind="designation",
        subject=letter.subject,
        title=f"Appointment of {person.name} as ordering officer, {contract.piid}",
        number=f"{contract.piid}-OO{contract.ordering_officers.count()}",
        agency_id=contract.agency_id,
        context=ordering_letter(letter, signer=by.name),
        content_sha256=contract.content_sha256,
        version=contract.version,
        by=by,
        at=at,
        order="unilateral",
        approvals=[officer],
    )
    post_notice(
        recipients=[
            Recipient(organization_id=contract.agency_id, user_id=person.pk),
            Recipient(organization_id=contract.vendor_id),
        ],
        subject=contract.subject,
        title=f"{person.name} may place orders on {contract.piid}",
        body=(
            f"For {letter.office}, from {letter.valid_from} to {letter.valid_to}, up "
            f"to {letter.order_limit} an order. Modifications are signed by the "
            "contracting officer alone."
        ),
        url_path=f"{contract.path}/ordering_guide",
        by=by,
        at=at,
    )
