"""Remind the agency of invoices that wait, before their last day to be returned."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions
from contracting.billing.models import Invoice, InvoiceReminder
from contracting.billing.queries import locked_invoice
from contracting.billing.queries.clocks import reminders_due, return_by
from contracting.billing.states import WAITING, ReminderKind
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.templatetags.drawdown import day as day_words
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def remind_of_invoice(
    *, invoice_id: int, by: Actor, at: datetime
) -> list[InvoiceReminder]:
    """Tell who is to act on an invoice that its days of the calendar have come.

    First the representative, who reviews it; then with the contracting officer, by when
    it is compared. Each is told once; calendar days, as those of its return are.

    :returns: what was sent now; nothing where nothing is due, or the invoice is decided
    :raises NotAllowed: if ``by`` is not the system
    """
    invoice = locked_invoice(invoice_id)
    require(permissions.can_remind_of_invoices(by))
    if invoice.state not in WAITING:
        return []
    today = accounting_day(at, invoice.order.contract.time_zone)
    known = set(invoice.reminders.values_list("kind", flat=True))
    return [
        _remind(invoice, kind, due_on, today, by, at)
        for kind, due_on in reminders_due(invoice)
        if due_on <= today and kind not in known
    ]


def _remind(
    invoice: Invoice,
    kind: ReminderKind,
    due_on: date,
    today: date,
    by: Actor,
    at: datetime,
) -> InvoiceReminder:
    reminder = InvoiceReminder.objects.create(
        invoice=invoice, kind=kind, due_on=due_on, reminded_at=at
    )
    post_notice(
        recipients=_recipients(invoice, kind, today),
        subject=invoice.subject,
        title=f"Invoice {invoice.number} waits: {kind.label}"[:200],
        body=(
            f"By {day_words(due_on)} it was to be {kind.label}. Accept it, or return "
            f"it with reasons by {day_words(return_by(invoice))}."
        ),
        url_path=invoice.path,
        by=by,
        at=at,
    )
    record_event(
        events.INVOICE_REMINDED,
        subject=invoice.subject,
        by=by,
        at=at,
        data={"kind": kind.value, "due_on": due_on},
    )
    return reminder


def _recipients(invoice: Invoice, kind: ReminderKind, on: date) -> list[Recipient]:
    """The representatives; with the officers for the second, or where there is none."""
    contract = invoice.order.contract
    people = [
        Recipient(contract.agency_id, user_id=row.membership.user_id)
        for row in representatives(contract, on)
    ]
    officers = Recipient(contract.agency_id, role=Role.CONTRACTING_OFFICER)
    if kind == ReminderKind.REVIEW and people:
        return people
    return [*people, officers]
