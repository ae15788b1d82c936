"""What nobody acknowledges goes out again; what nobody told is told at night."""

from datetime import timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.metering.models import FundsNotice
from contracting.metering.operations.acknowledge_notice import acknowledge_notice
from contracting.metering.operations.remind_notices import remind_notices
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.states import EffectDraft
from tests.builders_metering import DELIVERED_AT, told_to
from tests.builders_orders import drafted_modification, issued_modification
from tests.cast import actor, nothing_happens

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


TAKES_BACK = EffectDraft("0001", "AA", add_dollars=Dollars(-5))


def remind(order, days):
    at = DELIVERED_AT + timedelta(days=days)
    return remind_notices(order_id=order.pk, by=SYSTEM, at=at)


def test_what_a_side_does_not_acknowledge_goes_out_again(funded, burn):
    # Given a notice that only the agency has acknowledged
    burn(20)
    notice = FundsNotice.objects.get()
    acknowledge_notice(notice_id=notice.pk, by=actor("cor"), at=DELIVERED_AT)

    # Then it goes to the vendor every three days, five times in all
    sent = [remind(funded, days) for days in range(1, 19)]
    assert [day for day, count in enumerate(sent, 1) if count] == [3, 6, 9, 12]
    assert sum(sent) == 4
    assert told_to("vendor_a_signer") == [50] * 5
    assert told_to("cor") == [50]


def test_an_acknowledged_notice_and_one_of_an_older_epoch_rest(funded, burn):
    burn(20)
    issued_modification(on=funded)

    assert remind(funded, 30) == 0


def test_funds_taken_back_are_told_without_any_use(funded, burn):
    # Given $19 of $40 used, nothing told
    assert burn(19) == []

    # When five dollars are taken back
    ready = drafted_modification(on=funded, effects=[TAKES_BACK])
    issue_modification(
        modification_id=ready.pk,
        by=actor("contracting_officer"),
        at=DELIVERED_AT,
        seen_version=ready.version,
    )

    # Then the next night tells that half is used
    assert remind(funded, 1) == 2
    assert told_to("cor") == [50]


def test_nobody_but_the_schedule_reminds(funded, cor):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        remind_notices(order_id=funded.pk, by=cor, at=DELIVERED_AT)

    assert refusal.value.rule == "R-FND-07"
