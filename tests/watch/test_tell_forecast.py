"""The limitation of funds is told when the coming days pass its share (52.232-22)."""

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.documents.queries import documents_of
from contracting.metering.models import FundsNotice
from contracting.metering.operations.set_notice_terms import set_notice_terms
from contracting.metering.states import FundsNoticeKind
from contracting.watch.operations.tell_forecast import tell_forecast
from contracting.watch.queries.forecasts import forecast_of
from contracting.watch.states import Outlook
from contracting.watch.tasks import give_funds_notices
from tests.builders_metering import told_to
from tests.cast import actor, client_for, nothing_happens
from tests.documents.papers import squeezed, words_on
from tests.watch.conftest import NOW


def tell(order, at=NOW):
    return tell_forecast(order_id=order.pk, by=SYSTEM, at=at)


@pytest.mark.rule("R-FND-07", case="allowed")
def test_it_is_told_before_the_share_is_used_and_once(used):
    # Given $13.50 of $40 used in thirty days, at forty or fifty cents a day
    order = used([0.4 + (n % 2) / 10 for n in range(30)])

    # When the night looks sixty days ahead
    notice = tell(order)

    # Then three quarters will be used, and both sides are told, once
    assert notice.kind == FundsNoticeKind.EXPECTED
    assert (notice.percent, notice.days_ahead) == (75, 60)
    assert 30 < notice.expected_dollars < 48
    assert told_to("cor") == told_to("vendor_a_signer") == [75]
    assert tell(order) is None

    # And the notice is a paper that says what the clause asks for
    paper = documents_of(notice.subject).get()
    assert paper.kind == "limitation_of_funds"
    words = words_on(paper)
    for said in (
        f"Expected within 60 days ${notice.expected_dollars:,.2f}",
        "52.232-20 or -22",
        "in the next 60 days, with what was incurred before, will exceed 75 percent",
    ):
        assert squeezed(said) in words, said
    page = client_for(actor("vendor_a_signer")).get(notice.path).content.decode()
    assert paper.public_id in page


def test_the_contract_sets_its_own_days_and_share(used, contracting_officer):
    order = used([0.4 + (n % 2) / 10 for n in range(30)])
    set_notice_terms(
        contract_id=order.contract_id,
        percents=[75, 100],
        clause="52.232-7",
        reason="Hours",
        by=contracting_officer,
        at=NOW,
    )

    # Eighty-five percent within thirty days is far off
    assert tell(order) is None


def test_little_use_and_few_days_are_not_told(used):
    assert tell(used([0.05] * 30)) is None


def test_under_five_days_nothing_is_forecast(used):
    order = used([7.0] * 4)

    assert tell(order) is None
    assert forecast_of(order, NOW).funds.outlook != Outlook.EXHAUSTING


def test_the_forecast_reads_the_order_and_its_contract_alike(used):
    order = used([0.4 + (n % 2) / 10 for n in range(30)])

    of_order, of_contract = forecast_of(order, NOW), forecast_of(order.contract, NOW)

    assert of_order.funds == of_contract.funds
    assert of_order.funds.days_of_data == 29
    assert of_order.funds.limit == 40
    assert of_order.tokens.used == sum(day.tokens for day in of_order.days)
    assert of_order.funds.back_test is not None
    assert of_order.funds.back_test.days == 14


def test_the_schedule_gives_them(used, monkeypatch):
    used([0.4 + (n % 2) / 10 for n in range(30)])
    monkeypatch.setattr("contracting.core.clock.now", lambda: NOW)

    assert give_funds_notices() == 1
    assert FundsNotice.objects.filter(kind=FundsNoticeKind.EXPECTED).count() == 1


@pytest.mark.rule("R-FND-07", case="refused")
@pytest.mark.parametrize("part_name", ["cor", "vendor_a_signer"])
def test_nobody_but_the_schedule_tells_it(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        tell_forecast(order_id=order.pk, by=actor(part_name), at=NOW)

    assert refusal.value.rule == "R-FND-07"
