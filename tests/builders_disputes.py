"""Disputes as the tests of several apps need them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracting.disputes.models import DisputeCase
from contracting.disputes.operations.decide import decide_dispute
from contracting.disputes.operations.open import open_dispute
from contracting.reconciliation.models import Finding
from tests.builders_billing import COMPARED_AT
from tests.cast import actor

OPENED_AT = COMPARED_AT + timedelta(hours=3)
ANSWERED_AT = OPENED_AT + timedelta(days=2)
DECIDED_AT = OPENED_AT + timedelta(days=6)


def opened(
    *findings: Finding,
    by: str = "cor",
    at: datetime = OPENED_AT,
    question: str = "Why is this call billed twice?",
    **more: Any,
) -> DisputeCase:
    """Differences of one order are put to the vendor."""
    return open_dispute(
        order_id=more.pop("order_id", None) or findings[0].order_id,
        findings=[each.public_id for each in findings],
        question=question,
        by=actor(by),
        at=at,
        **more,
    )


def decided(
    case: DisputeCase,
    code: str = "credit",
    *,
    by: str = "contracting_officer",
    at: datetime = DECIDED_AT,
) -> DisputeCase:
    """The officer settles every open difference in one way."""
    still_open = Finding.objects.filter(case_item__case=case, resolution__isnull=True)
    decide_dispute(
        case_id=case.pk,
        codes={each.public_id: code for each in still_open},
        text="The meter has one call, the report two.",
        by=actor(by),
        at=at,
    )
    return DisputeCase.objects.get(pk=case.pk)
