"""Expired funds pay for an adjustment of what they bought, on a citation."""

from datetime import UTC, date, datetime

import pytest

from contracting.audit.queries import events_of
from contracting.ledger.models import ExpiredAdjustment
from contracting.ledger.queries import balances_of
from contracting.ledger.refusals import PeriodOfAvailabilityEnded
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.issue_modification import issue_modification
from tests.builders_orders import drafted_modification
from tests.cast import actor, client_for, nothing_happens, submit
from tests.overridden import name_of, overridden

IN_NOVEMBER = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
"""Funds of fiscal year 2026 expired on 30 September."""

CITED = "31 U.S.C. 1553(a): correction of a price under FAR 52.212-4(c)"


def adjusted(order, **more):
    """Twenty dollars more on the funds that the order has, without a longer service."""
    return drafted_modification(
        on=order, at=IN_NOVEMBER, effective_on=date(2026, 9, 30), **more
    )


def certify(modification, citation=CITED, at=IN_NOVEMBER):
    return certify_modification_funds(
        modification_id=modification.pk,
        expired_citation=citation,
        by=actor("funds_certifier"),
        at=at,
        seen_version=modification.version,
    )


@pytest.mark.rule("R-FND-03", case="allowed")
def test_a_certifier_cites_why_expired_funds_pay(order, monkeypatch):
    # Given an adjustment in November of an order on funds of the year before
    modification = adjusted(order)

    # When the certifier cites it on the page, and the officer signs
    monkeypatch.setattr("contracting.core.clock.now", lambda: IN_NOVEMBER)
    page = client_for(actor("funds_certifier"))
    address = f"{modification.path}/certify_modification_funds"
    word = {"confirm": "on", "seen_version": modification.version}
    submit(page, address, {**word, "expired_citation": CITED})
    issue_modification(
        modification_id=modification.pk,
        by=actor("contracting_officer"),
        at=IN_NOVEMBER,
        seen_version=modification.version,
    )

    # Then the funds are bound, and the permission is on record and on the page
    (row,) = balances_of(order.current_lines()[0].holder)
    assert row.obligated_dollars == 60
    (permitted,) = ExpiredAdjustment.objects.all()
    assert (permitted.citation, permitted.permitted_by_name) == (CITED, "Mia Funds")
    told = [each.event for each in events_of(modification.subject)]
    assert "ledger.expired_funds.permitted" in told
    assert CITED in page.get(modification.path).content.decode()
    assert overridden("R-FND-03", modification.subject) == (
        *(name_of("funds_certifier"), "ADJUSTMENT_WITHIN_SCOPE", CITED),
    )


@pytest.mark.rule("R-FND-03", case="refused")
def test_without_a_citation_expired_funds_pay_for_nothing(order):
    modification = adjusted(order)

    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded) as refusal:
        certify(modification, citation=" ")

    assert refusal.value.rule == "R-FND-03"
    assert refusal.value.data["pointer"] == "/expired_citation"
