"""The daily job: remind of every invoice that waits."""

from __future__ import annotations

import logging
from datetime import datetime

from contracting.billing.models import Invoice
from contracting.billing.operations.remind import remind_of_invoice
from contracting.billing.states import WAITING
from contracting.core.actors import SYSTEM

_log = logging.getLogger(__name__)


def remind_all(*, at: datetime) -> int:
    """Look at each waiting invoice in a transaction of its own; may run twice.

    :returns: how many reminders were sent
    """
    sent = 0
    waiting = Invoice.objects.filter(state__in=WAITING).order_by("pk")
    for pk, name in waiting.values_list("pk", "public_id"):
        try:
            sent += len(remind_of_invoice(invoice_id=pk, by=SYSTEM, at=at))
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Nobody was reminded of invoice %s.", name)
    return sent
