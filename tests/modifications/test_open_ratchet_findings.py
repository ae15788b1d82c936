"""A fall of the public list below a contract that follows it down opens a finding."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.modifications import queries
from contracting.modifications.operations.open_ratchet_findings import (
    open_ratchet_findings,
)
from contracting.notices.models import Notice
from tests.builders_modifications import recorded_terms
from tests.builders_orders import MODIFIED_AT
from tests.cast import nothing_happens

LATER = MODIFIED_AT + timedelta(days=1)
CLAUSE_DATE = date(2026, 5, 1)
"""Fifteen days after the import of 16 April."""


def test_a_fall_is_found_once_with_both_lists_and_the_orders(
    fallen, order, contracting_officer, contract_specialist
):
    # When a contract at $2 is compared with a list that fell from $2.50 to $2
    (finding,) = open_ratchet_findings(by=SYSTEM, at=LATER)

    # Then ten percent less holds from the clause's date, and the orders are known
    assert finding.rate_row.slin == "0001AA"
    assert finding.usd_per_million_tokens == Decimal("1.8")
    assert finding.list_before.package_version == "2026.04"
    assert finding.list_after.package_version == "2026.05"
    assert finding.effective_on == CLAUSE_DATE
    assert list(queries.orders_on(fallen, finding.rate_row.model)) == [order]
    told = Notice.objects.filter(title__startswith="The public list fell")
    assert contracting_officer.user_id in {each.recipient_user_id for each in told}
    assert open_ratchet_findings(by=SYSTEM, at=LATER) == []
    with nothing_happens(), pytest.raises(NotAllowed):
        open_ratchet_findings(by=contract_specialist, at=LATER)


def test_what_rose_is_tiered_withdrawn_or_changes_by_the_hour_lowers_nothing(
    fallen, monkeypatch
):
    # Given that output rose, cached input is tiered and reasoning is withdrawn
    slins = [fall.row.slin for fall in queries.falls(fallen, CLAUSE_DATE)]
    assert slins == ["0001AA"]

    # And that the one price that fell changes by the hour
    with monkeypatch.context() as patch:
        patch.setattr(queries, "varies_by_the_hour", lambda **_: True)
        assert queries.falls(fallen, CLAUSE_DATE) == []

    # Or that the contract does not follow the list
    recorded_terms(on=fallen, ratchet_days=None, at=LATER)
    assert queries.falls(fallen, CLAUSE_DATE) == []
