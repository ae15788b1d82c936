"""What a vendor owes back, in the world of ``tests.builders_settlement``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracting.billing.calculations.credits import StatedCredit
from contracting.billing.models import CreditDue
from contracting.billing.operations.record_credit import record_credit
from contracting.billing.states import CreditKind
from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder
from tests.builders_settlement import INVOICED_AT
from tests.cast import actor

CREDITED_AT = INVOICED_AT - timedelta(hours=1)


def credited(order: TaskOrder, dollars: str = "1.25", **more: Any) -> CreditDue:
    """The contracting officer records what the vendor owes back on the first line."""
    given: dict[str, Any] = {
        "order_line_id": order.lines.order_by("pk").values_list("pk", flat=True)[0],
        "kind": CreditKind.SLA,
        "reason": "Availability was 98.7 % in March.",
        "by": actor("contracting_officer"),
        "at": CREDITED_AT,
    }
    return record_credit(dollars=Dollars(dollars), **(given | more))


def taken_off(credit: CreditDue, dollars: str) -> StatedCredit:
    """The line of an invoice that takes so much of a credit off."""
    return StatedCredit(credit=credit.public_id, amount=Dollars(dollars))
