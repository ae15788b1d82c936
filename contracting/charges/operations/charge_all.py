"""The nightly job: charge what the calendar has made due on every open order."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from accounts.states import Role
from contracting.charges.operations.charge import charge_calendar
from contracting.charges.queries import orders_by_calendar
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Night:
    """How many charges were made, and on which orders it failed."""

    made: int = 0
    failed: list[str] = field(default_factory=list)


def charge_all(*, at: datetime) -> Night:
    """Charge all; one transaction each, so that one failure stops nothing else.

    What fails is written to the log, and a contracting officer of the agency is told.
    """
    made = 0
    failed: list[str] = []
    for order in orders_by_calendar().select_related("contract__agency"):
        try:
            made += len(charge_calendar(order_id=order.pk, by=SYSTEM, at=at).made)
        except Exception as error:  # noqa: BLE001 (logged and told; the others go on)
            _log.exception("Order %s was not charged.", order.public_id)
            failed.append(order.name)
            _tell(order, error, at)
    return Night(made, failed)


def _tell(order: TaskOrder, error: Exception, at: datetime) -> None:
    why = error.message if isinstance(error, Refusal) else "The operator has the log."
    post_notice(
        recipients=[
            Recipient(
                organization_id=order.contract.agency_id, role=Role.CONTRACTING_OFFICER
            )
        ],
        subject=order.subject,
        title=f"What the calendar makes due on {order.name} was not charged",
        body=f"Nothing was changed. {why}",
        url_path=order.path,
        by=SYSTEM,
        at=at,
    )
