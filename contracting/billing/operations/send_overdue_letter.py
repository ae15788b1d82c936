"""The contracting officer writes about a report that is overdue."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, paperwork, permissions, queries
from contracting.billing.models import OverdueLetter
from contracting.billing.queries.register import Month, month_of, terms_on
from contracting.billing.refusals import NotOverdue
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def send_overdue_letter(
    *, order_id: int, month: date, words: str = "", by: Actor, at: datetime
) -> OverdueLetter:
    """Write that the report of a month is overdue; it is kept and printed as sent.

    :param words: what the officer adds
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises NotOverdue: if the report is there or not due yet, or the last letter about
        it is too fresh
    """
    order = queries.locked_order(order_id)
    require(permissions.can_send_overdue_letter(by, order))
    found = month_of(order, month, at)
    if found is None or not found.letter_is_due:
        message = (
            "A letter is sent about a report that is overdue by more than the days of "
            "the calendar, and not again within as many days."
        )
        raise NotOverdue(message)
    letter = OverdueLetter.objects.create(
        order=order,
        period_start=found.unreported_from or found.period.start,
        period_end=found.period.end,
        body=_body(found, words.strip(), by),
        days_late=found.days_late,
        sent_by_id=by.own_membership_id,
        sent_at=at,
    )
    _print(letter, found, by, at)
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=letter.subject,
        title=f"Your report of {found.first_day:%B %Y} on {order.piid} is overdue",
        body=letter.body,
        url_path=f"{order.path}/reporting",
        by=by,
        at=at,
    )
    record_event(
        events.OVERDUE_LETTER_SENT,
        subject=letter.subject,
        by=by,
        at=at,
        data={"month": f"{found.first_day:%Y-%m}", "days_late": found.days_late},
    )
    return letter


def _print(letter: OverdueLetter, found: Month, by: Actor, at: datetime) -> None:
    order = letter.order
    content = paperwork.overdue_sheet(letter, found, by)
    request_document(
        kind=DocumentKind.LETTER,
        subject=letter.subject,
        title=f"Overdue usage report of {found.first_day:%B %Y} on {order.piid}",
        number=order.piid or "",
        agency_id=order.contract.agency_id,
        vendor_id=order.contract.vendor_id,
        context=content,
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )


def _body(found: Month, words: str, by: Actor) -> str:
    """What is missing, since when, and what the clause says, if one does."""
    order = found.order
    terms = terms_on(order, found.first_day)
    parts = [
        f"To {order.contract.vendor.name}: the usage report of "
        f"{found.first_day:%B %Y} on order {order.piid}, contract "
        f"{order.contract.piid}, was due by {found.due_on:%Y-%m-%d}. It is "
        f"{found.days_late} days late. Send it, or state that there was no usage."
    ]
    if terms is not None and terms.forfeits_after_days:
        parts.append(
            f"Usage that is not reported within {terms.forfeits_after_days} days is "
            f"forfeited by {terms.clause}."
        )
    return "\n\n".join([*parts, *([words] if words else []), by.name])
