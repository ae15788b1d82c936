"""A flagged count is put to its vendor by itself, and no payment changes."""

import pytest

from contracting.disputes.models import DisputeCase
from contracting.ledger.models import Balance
from contracting.reconciliation.models import Dispute
from contracting.recounts import queries
from contracting.recounts.operations.dispute_all import dispute_all
from contracting.recounts.refusals import NotFlagged
from tests.cast import actor, client_for, nothing_happens
from tests.recounts.conftest import CALLS, NOW, adopted, sample, sent
from tests.recounts.test_dispute_count import disputed, plan

__all__ = ["plan"]


def test_a_flag_puts_the_count_to_the_vendor_by_itself(plan, order):
    # When the schedule comes, twice
    balances = list(Balance.objects.order_by("pk").values())
    assert [dispute_all(at=NOW) for _ in range(2)] == [1, 0]

    # Then the vendor is asked, by nobody's hand, and no money has moved
    case = DisputeCase.objects.get()
    assert queries.case_of(plan) == case
    assert (case.order, case.opened_by) == (order, None)
    assert "30 calls were recounted with gpt2" in case.question
    assert list(Balance.objects.order_by("pk").values()) == balances
    assert not Dispute.objects.exists()
    page = client_for(actor("vendor_a_signer")).get(case.path).content.decode()
    assert "By the flagged count itself" in page
    with nothing_happens(), pytest.raises(NotFlagged):
        disputed(plan, order)


def test_what_is_not_flagged_is_not_disputed(order, recounter):
    by, _text = recounter
    sent(adopted(order), [sample(n, reported=150) for n in range(CALLS)], by)

    with nothing_happens():
        assert dispute_all(at=NOW) == 0
