"""Take in what the finance system says of the vouchers of its batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.documents.operations.store import store_blob
from contracting.payments import events, permissions
from contracting.payments.calculations.batches import Answer, BadAnswer, read_answers
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.refusals import StatusRefused


@dataclass(frozen=True, slots=True)
class Imported:
    """How many vouchers were recorded as paid, as returned, or known already."""

    paid: int
    returned: int
    known: int


@transaction.atomic
def import_payment_status(
    *, agency_id: int, content: bytes, by: Actor, at: datetime
) -> Imported:
    """Record every payment and return that the file states, or nothing of it.

    What was recorded before with the same day and trace number is known and passed
    over, so that the same file can be sent again.

    :param content: CSV with voucher_number, status, paid_on, reference, amount, reason
    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises StatusRefused: naming the row that cannot be read or recorded, and why
    """
    Organization.objects.locked().get(pk=agency_id)
    require(permissions.can_export_payments(by, agency_id))
    try:
        answers = read_answers(content)
    except BadAnswer as error:
        raise StatusRefused(str(error), pointer="/file") from error
    _lock(answers, agency_id)
    blob = store_blob(content=content, media_type="text/csv")
    done = {"paid": 0, "returned": 0, "known": 0}
    for each in answers:
        done[_record(each, agency_id, by, at)] += 1
    imported = Imported(**done)
    record_event(
        events.PAYMENT_STATUS_IMPORTED,
        subject=Subject("payments.status", blob.pk, f"organization:{agency_id}"),
        by=by,
        at=at,
        data={**done, "sha256": blob.sha256},
    )
    return imported


def _lock(answers: Iterable[Answer], agency_id: int) -> None:
    """Lock every contract in the order of keys, whatever the order of the rows."""
    numbers = [each.voucher_number for each in answers]
    named = PaymentCertification.objects.filter(
        voucher_number__in=numbers, invoice__order__contract__agency=agency_id
    )
    contracts = set(named.values_list("invoice__order__contract", flat=True))
    list(Contract.objects.locked().filter(pk__in=contracts))


def _record(answer: Answer, agency_id: int, by: Actor, at: datetime) -> str:
    """:raises StatusRefused: by what the verb refuses, with the row"""
    found = PaymentCertification.objects.filter(
        voucher_number=answer.voucher_number,
        invoice__order__contract__agency=agency_id,
    ).first()
    if found is None:
        message = f"Row {answer.row}: there is no voucher {answer.voucher_number!r}."
        raise StatusRefused(message, row=answer.row)
    if _is_known(found, answer):
        return "known"
    try:
        if answer.is_paid and answer.paid_on is not None:
            record_payment(
                certification_id=found.pk,
                paid_on=answer.paid_on,
                reference=answer.reference,
                stated=answer.amount,
                by=by,
                at=at,
            )
            return "paid"
        return_payment(certification_id=found.pk, reason=answer.reason, by=by, at=at)
    except Refusal as error:
        message = f"Row {answer.row}, {answer.voucher_number}: {error.message}"
        raise StatusRefused(message, row=answer.row, code=error.code) from error
    return "returned"


def _is_known(voucher: PaymentCertification, answer: Answer) -> bool:
    """Whether it was recorded so before, whatever was recorded after it."""
    if not answer.is_paid:
        return voucher.is_returned
    if not hasattr(voucher, "payment"):
        return False
    payment = voucher.payment
    said = (payment.paid_on, payment.reference, payment.total)
    return said == (answer.paid_on, answer.reference, answer.amount)
