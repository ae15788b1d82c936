"""An order outside the limits waits for the vendor; none runs beyond the outer date."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.notices.models import Notice
from contracting.orders import calculations
from contracting.orders.operations.accept import accept_order_limits
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.queries.placing import acceptance_of, signing_checks
from contracting.orders.refusals import (
    NoAuthority,
    NothingToAccept,
    OutsideOrderLimits,
    PerformsTooLong,
)
from contracting.orders.states import EffectDraft
from tests.builders_orders import (
    ISSUED_AT,
    ORDERED_AT,
    certified_order,
    drafted_modification,
    drafted_order,
    issued_order,
    limited_contract,
    line,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.overridden import name_of, overridden
from tests.worlds import once_per_file

world = once_per_file(limited_contract)

ACCEPTED_AT = ISSUED_AT


@pytest.fixture
def contract(world, db):
    return Contract.objects.get(pk=world)


def accepted(order, part="vendor_a_signer"):
    return accept_order_limits(
        order_id=order.pk, by=actor(part), at=ACCEPTED_AT, seen_version=order.version
    )


def signed(order, at=ISSUED_AT):
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=order.version,
    )


def test_the_contract_says_what_its_solicitation_said(contract, vendor_a_signer):
    assert contract.largest_order_dollars == 100
    assert contract.performance_end == date(2027, 9, 30)
    page = client_for(vendor_a_signer).get(contract.path).content.decode()
    assert "at least $50.00" in page
    assert "in one order or in those of 30 days" in page


@pytest.mark.rule("R-TO-03", case="allowed")
@pytest.mark.rule("R-TO-03", case="refused")
def test_orders_of_a_month_together_stay_within_the_largest_one(
    contract, vendor_a_signer, vendor_b_signer, contracting_officer, monkeypatch
):
    # Given an order of $60, within every limit, and another one in the same month
    issued_order(on=contract)
    second = certified_order(on=contract)

    # When the officer signs the second one
    with nothing_happens(), pytest.raises(OutsideOrderLimits) as refusal:
        signed(second)

    # Then it waits, in words, for the vendor
    assert "it makes $120.00" in refusal.value.message
    (check,) = [
        x for x in signing_checks(second, ISSUED_AT.date()) if "R-TO-03" in x.rule
    ]
    assert not check.is_done

    # And once the vendor's signer has accepted it on its page, it is signed
    monkeypatch.setattr(clock, "now", lambda: ACCEPTED_AT)
    url = reverse("orders:accept_order_limits", args=[second.public_id])
    assert client_for(vendor_b_signer).get(url).status_code == 404
    assert client_for(contracting_officer).get(url).status_code == 403
    listed = client_for(vendor_a_signer).get(reverse("orders:orders"))
    assert url in listed.content.decode()
    submit(client_for(vendor_a_signer), url, {"confirm": "on", "seen_version": 1})
    acceptance = acceptance_of(second)
    assert acceptance is not None
    assert list(acceptance.outside) == ["SERIES"]
    signed(second)
    page = client_for(contracting_officer).get(second.path).content.decode()
    assert "accepted version 1" in page
    who, code, words = overridden("R-TO-03", second.subject)
    assert (who, code) == (name_of("contracting_officer"), "ACCEPTED_BY_VENDOR")
    assert "it makes $120.00" in words

    # And a month later nothing has to be accepted any more
    third = certified_order(on=contract)
    assert signed(third, at=ISSUED_AT + timedelta(days=30)).piid


@pytest.mark.parametrize(
    ("dollars", "codes"), [("49.99", ["SMALLEST"]), ("100.01", ["ITEM", "LARGEST"])]
)
def test_a_small_or_large_order_names_each_limit(
    contract, vendor_a_signer, dollars, codes
):
    order = certified_order(on=contract, lines=[line(dollars=Dollars(dollars))])

    told = Notice.objects.filter(title__startswith="Do you accept an order outside")
    assert {each.recipient_user_id for each in told} >= {vendor_a_signer.user_id}
    assert list(accepted(order).outside) == codes
    assert signed(order).piid


@pytest.mark.rule("R-TO-03", case="refused")
def test_within_the_limits_there_is_nothing_to_accept(contract, vendor_a_member):
    order = certified_order(on=contract)

    with nothing_happens(), pytest.raises(NothingToAccept):
        accepted(order)
    with nothing_happens(), pytest.raises(NotAllowed):
        accepted(order, "vendor_a_member")


def test_an_edit_asks_for_another_acceptance(contract):
    # Given a large order that the vendor has accepted
    order = certified_order(on=contract, lines=[line(dollars=Dollars("100.01"))])
    accepted(order)

    # When it is edited
    edited = edit_task_order(
        order_id=order.pk,
        terms={"title": "A larger pilot"},
        by=actor("program_manager"),
        at=ACCEPTED_AT,
        seen_version=order.version,
    )

    # Then the acceptance was of another version
    assert acceptance_of(edited) is None


def test_a_modification_beyond_the_largest_order_needs_the_vendor_too(contract):
    order = issued_order(on=contract)
    grows = [EffectDraft(clin="0001", acrn="AA", add_ceiling_dollars=Dollars("40.01"))]

    with nothing_happens(), pytest.raises(NoAuthority) as refusal:
        drafted_modification(on=order, effects=grows)

    assert "Ceilings beyond the largest order" in refusal.value.message
    both = drafted_modification(on=order, effects=grows, authority="C")
    assert len(calculations.needs_both_signatures(both)) == 2


@pytest.mark.rule("R-TO-04", case="allowed")
@pytest.mark.rule("R-TO-04", case="refused")
def test_no_order_performs_beyond_the_outer_date(contract):
    # Given an order that ends on the last day
    last = date(2027, 9, 30)
    order = drafted_order(on=contract, period_end=last)
    assert order.period_end == last

    # When one would run a day longer, as a draft, by an edit or once it is signed
    longer = last + timedelta(days=1)
    with nothing_happens(), pytest.raises(PerformsTooLong) as refusal:
        drafted_order(on=contract, period_end=longer)
    with nothing_happens(), pytest.raises(PerformsTooLong):
        edit_task_order(
            order_id=order.pk,
            terms={"period_end": longer},
            by=actor("program_manager"),
            at=ORDERED_AT,
            seen_version=order.version,
        )

    # Then the contract's day is named
    assert "beyond 2027-09-30" in refusal.value.message


@pytest.mark.rule("R-TO-04", case="refused")
def test_a_date_that_moved_forward_holds_at_the_signature(contract):
    order = certified_order(on=contract)
    Contract.objects.filter(pk=contract.pk).update(performance_end=date(2026, 9, 29))

    with nothing_happens(), pytest.raises(PerformsTooLong):
        signed(order)
