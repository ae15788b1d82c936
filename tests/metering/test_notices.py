"""Both sides are told when a share of the funds is used: once, and again after more."""

from datetime import timedelta

import pytest

from contracting.contracts.models import Contract
from contracting.notices.models import Notice
from tests.builders_metering import DELIVERED_AT, event, ingested, order_for
from tests.builders_orders import issued_modification
from tests.cast import actor

PERCENT = "percent of the funds"
TOLD = (
    "program_manager",
    "cor",
    "contracting_officer",
    "second_contracting_officer",
    "vendor_a_signer",
    "vendor_a_member",
    "vendor_a_administrator",
)


@pytest.fixture
def funded(contract):
    """An order with $40 funded."""
    return order_for("40.00", tokens=20_000_000, on=contract)


@pytest.fixture
def burn(funded):
    """Each call uses so many dollars of output at $8; the shares that are then told."""
    number = iter(range(1, 1_000))

    def uses(dollars, at=DELIVERED_AT):
        tokens = round(dollars * 125_000)
        n = next(number)
        ingested(event(n, order=funded, tokens={"output": tokens}), at=at)
        return told_to("cor")

    return uses


def told_to(part_name):
    """The shares that this person was told of, in order, with repeats."""
    notices = Notice.objects.filter(
        recipient_user_id=actor(part_name).user_id, title__contains=PERCENT
    )
    return [int(n.title.split()[0]) for n in notices.order_by("pk")]


def test_each_share_is_told_once_when_it_is_crossed(burn):
    assert burn(29.99) == []
    assert burn(0.02) == [75]
    assert burn(5) == [75]
    assert burn(2) == [75, 90]
    assert burn(3) == [75, 90, 100]
    assert burn(1) == [75, 90, 100]


def test_two_shares_crossed_at_once_are_both_told(burn):
    assert burn(45) == [75, 90, 100]


def test_everybody_concerned_is_told_and_nobody_else(funded, burn):
    # When three quarters of the funds are used
    burn(30)

    # Then requester, representative, officers and vendor are told where to look
    for part_name in TOLD:
        assert told_to(part_name) == [75], part_name
    for part_name in ("evaluator", "vendor_b_signer", "other_agency_officer"):
        assert told_to(part_name) == []
    notice = Notice.objects.filter(title__contains=PERCENT).first()
    assert notice is not None
    assert notice.url_path == funded.path
    assert "$30.00 of $40.00 obligated are used" in notice.body
    assert "not payable" in notice.body


def test_added_funds_let_the_same_share_be_crossed_again(funded, burn):
    # Given $31 of $40 used, and told
    assert burn(31) == [75]

    # When a modification adds twenty dollars, and another fifteen are used
    issued_modification(on=funded)
    assert burn(1) == [75]
    later = DELIVERED_AT + timedelta(days=1)

    # Then three quarters of sixty are told too
    assert burn(15, at=later) == [75, 75]


def test_the_contract_says_at_which_share(funded, burn):
    Contract.objects.filter(pk=funded.contract_id).update(notice_percent=50)

    assert burn(20) == [50]
    assert burn(10.5) == [50]
    assert burn(6) == [50, 90]
