"""Stop work under an order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.terminations import events, paperwork, permissions
from contracting.terminations.models import Letter, Termination
from contracting.terminations.queries import running_stop
from contracting.terminations.refusals import AlreadyStopped, NotRunning, WordsMissing
from contracting.terminations.states import LetterKind, StopReason


@transaction.atomic
def stop_work(
    *, order_id: int, reason: str, text: str, by: Actor, at: datetime
) -> Letter:
    """Tell the vendor to stop at once; what is used from then on is held, not charged.

    FAR 42.1303, 52.233-3. Nothing is taken from the order: work goes on by an order to
    resume, or ends by a termination.

    :raises NotAllowed: unless ``by`` is a contracting officer with a warrant
    :raises NotRunning: unless the order is issued
    :raises AlreadyStopped: if work is stopped
    :raises WordsMissing: without a known reason and its words
    """
    order = _lock_order(order_id)
    contract = order.contract
    require(
        permissions.can_stop_work(by, order, accounting_day(at, contract.time_zone))
    )
    if order.state != TaskOrderState.ISSUED:
        message = f"The order is {order.get_state_display()}; there is no work to stop."
        raise NotRunning(message)
    if running_stop(order) is not None:
        message = f"Work under {order.piid} is stopped already."
        raise AlreadyStopped(message)
    if reason not in StopReason.values or not text.strip():
        message = "Say why work is stopped, and what the vendor does meanwhile."
        raise WordsMissing(message, pointer="/text")
    letter = _send(
        by,
        at,
        contract=contract,
        order=order,
        kind=LetterKind.STOP_WORK,
        reason=reason,
        text=text.strip(),
    )
    record_event(
        events.WORK_STOPPED,
        subject=order.subject,
        by=by,
        at=at,
        data={"piid": order.piid, "reason": reason, "text": letter.text},
    )
    return letter


def _lock_order(order_id: int) -> TaskOrder:
    """Lock contract and order, in this order."""
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    return (
        TaskOrder.objects.locked()
        .select_related("contract__agency", "contract__vendor")
        .get(pk=order_id)
    )


def _send(
    by: Actor,
    at: datetime,
    *,
    contract: Contract,
    termination: Termination | None = None,
    **terms: Any,
) -> Letter:
    """Write a letter; print it, and tell the vendor and the people of the agency."""
    letter = Letter.objects.create(
        contract=contract, signed_by_id=by.own_membership_id, sent_at=at, **terms
    )
    _print_and_tell(letter, termination, by, at)
    return letter


def _print_and_tell(
    letter: Letter, termination: Termination | None, by: Actor, at: datetime
) -> None:
    contract = letter.contract
    title = f"{letter.get_kind_display().capitalize()}: {letter.about}"
    request_document(
        kind="letter",
        subject=letter.subject,
        title=title,
        number=letter.about,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.letter_sheet(letter, signer=by, termination=termination),
        content_sha256=paperwork.sha256_of(letter),
        version=1,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[
            Recipient(organization_id=contract.vendor_id),
            *_inside(contract, accounting_day(at, contract.time_zone)),
        ],
        subject=letter.subject,
        title=title,
        body=letter.text,
        url_path=letter.path,
        due_on=letter.due_on,
        by=by,
        at=at,
    )


def _inside(contract: Contract, on: date) -> list[Recipient]:
    """The officers, and the representatives of that day."""
    agency = contract.agency_id
    return [
        Recipient(organization_id=agency, role=Role.CONTRACTING_OFFICER),
        *(
            Recipient(organization_id=agency, user_id=row.membership.user_id)
            for row in representatives(contract, on)
        ),
    ]
