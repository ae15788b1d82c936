"""Both sides are told when a share of the funds is used: once, and again after more."""

from datetime import timedelta

from contracting.metering.models import FundsNotice
from contracting.notices.models import Notice
from tests.builders_metering import DELIVERED_AT, told_to
from tests.builders_orders import issued_modification

TOLD = (
    "program_manager",
    "cor",
    "contracting_officer",
    "second_contracting_officer",
    "vendor_a_signer",
    "vendor_a_member",
    "vendor_a_administrator",
)


def test_each_share_is_told_once_when_it_is_reached(burn):
    assert burn(19.99) == []
    assert burn(0.02) == [50]
    assert burn(10) == [50, 75]
    assert burn(3) == [50, 75]
    assert burn(2) == [50, 75, 85]
    assert burn(2) == [50, 75, 85, 90]
    assert burn(3) == [50, 75, 85, 90, 100]
    assert burn(1) == [50, 75, 85, 90, 100]


def test_shares_reached_at_once_are_all_told(burn):
    assert burn(37) == [50, 75, 85, 90]


def test_everybody_concerned_is_told_and_nobody_else(funded, burn):
    # When half of the funds are used
    burn(20)

    # Then requester, representative, officers and vendor are told where to look
    for part_name in TOLD:
        assert told_to(part_name) == [50], part_name
    for part_name in ("evaluator", "vendor_b_signer", "other_agency_officer"):
        assert told_to(part_name) == []
    notice = Notice.objects.filter(title__contains="percent of the funds").latest("pk")
    given = FundsNotice.objects.get()
    assert notice.url_path == given.path
    assert "$20.00 of $40.00 obligated are used" in notice.body
    assert "not payable" in notice.body

    # And it is on record to whom it went
    sides = given.deliveries.order_by("pk").values_list("organization", "people")
    contract = funded.contract
    assert list(sides) == [(contract.agency_id, 4), (contract.vendor_id, 3)]


def test_added_funds_open_an_epoch_in_which_each_share_is_told_again(funded, burn):
    # Given $31 of $40 used, and told
    assert burn(31) == [50, 75]

    # When a modification adds twenty dollars, half of the funds are used again
    issued_modification(on=funded)
    assert burn(1) == [50, 75, 50]
    later = DELIVERED_AT + timedelta(days=1)

    # Then three quarters of sixty are told too, once
    assert burn(15, at=later) == [50, 75, 50, 75]
    assert burn(1, at=later) == [50, 75, 50, 75]
    epochs = FundsNotice.objects.order_by("pk").values_list("epoch", "percent")
    assert list(epochs) == [(1, 50), (1, 75), (2, 50), (2, 75)]
