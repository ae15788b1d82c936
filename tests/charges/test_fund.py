"""What was charged beyond the funds is payable only after it was ratified."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracting.audit.models import AuditEvent
from contracting.billing.refusals import AmountExceedsObligation
from contracting.charges.models import Charge
from contracting.charges.operations.fund import fund_charges
from contracting.charges.queries import charged_lines
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.desk.permissions import work_of
from contracting.ledger.queries import balances_of
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.queries.ratified import beyond
from contracting.orders.refusals import NotRatified
from contracting.orders.states import EffectDraft, FundsDraft
from contracting.reconciliation.queries import open_findings
from tests.builders_charges import (
    RESERVED,
    SEATS,
    charged,
    in_force,
    invoiced_charges,
    line_of,
    noon,
    received,
    unit_line,
    unit_order,
)
from tests.builders_orders import (
    ISSUED_AT,
    approved_order,
    drafted_modification,
    funded_modification,
    line_of_accounting,
)
from tests.cast import actor, client_for, nothing_happens
from tests.charges.test_charge import APRIL, broken
from tests.charges.test_paid import INVOICED_AT, accepted, asked
from tests.orders.test_record_availability import IN_OCTOBER, certified, noticed
from tests.ratified import ratification_asked, ratified

pytestmark = pytest.mark.django_db

MAY = noon(date(2026, 5, 2))
SIGNED_AT = noon(date(2026, 5, 6))


@pytest.fixture
def overrun(contract):
    """April of ten seats, $186.00, on funds of $100.00."""
    order = unit_order(unit_line(SEATS, funded="100.00"), on=contract)
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))
    return order


def stands(order, clin=SEATS):
    """What is funded, and what is not, of a line."""
    rows = balances_of(line_of(order, clin).holder)
    return [
        (Dollars(row.consumed_dollars), Dollars(row.unfunded_dollars)) for row in rows
    ]


def money(*amounts):
    return tuple(Dollars(each) for each in amounts)


def modification(order, **effect):
    given = {"add_dollars": Dollars("50.00"), **effect}
    clin = given.pop("clin", SEATS)
    make = funded_modification if given["add_dollars"] else drafted_modification
    return make(on=order, effects=[EffectDraft(clin, "AA", **given)], at=MAY)


def sign(drafted, at=SIGNED_AT):
    return issue_modification(
        modification_id=drafted.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=drafted.version,
    )


@pytest.mark.rule("R-FND-08", case="refused")
def test_no_modification_pays_a_charge_that_nobody_has_ratified(overrun):
    # Given $86.00 of seats that no funds carry
    assert stands(overrun) == [money("100.00", "86.00")]
    drafted = modification(overrun)

    # When the officer adds $50.00, of which all would go to them
    with nothing_happens(), pytest.raises(NotRatified) as refusal:
        sign(drafted)

    # Then it waits for the head of the activity
    assert refusal.value.rule == "R-FND-08"
    assert refusal.value.data["short_by"] == Dollars("50.00")

    # And a cent less than that does not do
    ratified(overrun, Dollars("49.99"), at=MAY)
    with nothing_happens(), pytest.raises(NotRatified) as refusal:
        sign(drafted)
    assert refusal.value.data["short_by"] == Dollars("0.01")


def test_what_was_ratified_and_funded_is_accepted_on_an_invoice(overrun):
    # Given an invoice of all of April, which is improper beyond the funds
    with nothing_happens(), pytest.raises(AmountExceedsObligation):
        invoiced_charges(overrun, asked(overrun), at=INVOICED_AT)

    # When it is ratified and funded, and the vendor asks again
    ratified(overrun, Dollars("86.00"), at=MAY)
    sign(modification(overrun, add_dollars=Dollars("86.00")), at=MAY)
    invoice = invoiced_charges(overrun, asked(overrun), at=INVOICED_AT)

    # Then all of it is accepted
    assert Dollars(accepted(invoice).accepted_dollars) == Dollars("186.00")
    assert not open_findings(overrun).exists()
    assert broken() == []


@pytest.mark.rule("R-FND-08", case="allowed")
def test_what_the_head_ratifies_is_payable_with_the_funds_that_come(overrun):
    # Given all of it ratified
    ratified(overrun, Dollars("86.00"), at=MAY)

    # When $50.00 come, and a week later enough
    first = sign(modification(overrun))
    assert stands(overrun) == [money("150.00", "36.00")]
    assert (first.ratifies_dollars, broken()) == (50, [])
    more = modification(overrun, add_dollars=Dollars("500.00"))
    second = sign(more, at=noon(date(2026, 5, 13)))

    # Then the charge stands as it did, and all of it is funded
    assert stands(overrun) == [money("186.00", "0")]
    assert second.ratifies_dollars == 36
    (line,) = charged_lines(overrun)
    (charge, funded, unfunded) = line.charges[0]
    assert (charge.reversed_at, funded, unfunded) == (None, *money("186.00", "0"))
    assert beyond(overrun).ratified == Dollars()
    told = AuditEvent.objects.filter(event="charges.charges.funded")
    assert told.count() == 2
    assert broken() == []

    # And what comes later is charged to what is left, and needs no head
    charged(overrun, date(2026, 6, 1))
    assert stands(overrun) == [money("496.00", "0")]
    assert broken() == []


def test_what_has_no_order_needs_units_and_a_ratification(contract):
    # Given ten seats on an order of two seat-months
    few = unit_line(SEATS, units="2", funded="30000.00")
    order = unit_order(few, on=contract)
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))
    assert stands(order) == [money("62.00", "124.00")]

    # When funds alone come, then nothing becomes payable and nobody is asked
    paid = sign(modification(order, add_dollars=Dollars("1000.00")))
    assert (paid.ratifies_dollars, stands(order)) == (0, [money("62.00", "124.00")])

    # When one unit is added, then its price is to be ratified
    one = modification(order, add_dollars=Dollars(), add_units=Decimal(1))
    with nothing_happens(), pytest.raises(NotRatified) as refusal:
        sign(one, at=noon(date(2026, 5, 7)))
    assert refusal.value.data["payable"] == Dollars("31.00")
    ratified(order, Dollars("31.00"), at=MAY)
    sign(one, at=noon(date(2026, 5, 7)))
    assert stands(order) == [money("93.00", "93.00")]
    assert broken() == []


def test_other_lines_of_the_order_are_funded_as_ever(contract):
    order = unit_order(
        unit_line(SEATS, funded="100.00"),
        unit_line("0012", funded="10.00"),
        on=contract,
    )
    in_force(order, 10, APRIL)
    charged(order, date(2026, 5, 1))

    signed = sign(modification(order, clin="0012"))
    assert (signed.ratifies_dollars, stands(order)) == (0, [money("100.00", "86.00")])


def test_receipts_are_funded_in_the_order_in_which_they_were_charged(contract):
    # Given two workshops of $1,250.00, of which funds carry $10.00
    order = unit_order(unit_line("0012", funded="10.00"), on=contract)
    for day in (20, 21):
        received(order, "1", date(2026, 4, day))
    assert stands(order, "0012") == [money("10.00", "2490.00")]

    # When $1,300.00 are ratified and funded
    ratified(order, Dollars("1300.00"), at=MAY)
    sign(modification(order, clin="0012", add_dollars=Dollars("1300.00")))

    # Then the first is whole
    (line,) = charged_lines(order)
    assert [funded for _charge, funded, _unfunded in line.charges] == list(
        money("1250.00", "60.00")
    )
    assert broken() == []


def test_an_officer_asks_for_it_on_the_page_of_the_order(overrun, monkeypatch):
    # Given an officer whose desk names the overrun
    monkeypatch.setattr("contracting.core.clock.now", lambda: MAY)
    officer = actor("contracting_officer")
    browser = client_for(officer)
    assert "was used or charged beyond" in browser.get(overrun.path).text
    assert "Have it ratified" in browser.get(f"{overrun.path}/charges").text
    told = {each.asked: each.amount for each in work_of(officer, MAY, MAY.date())}
    asked = "Have use beyond the funds ratified, or leave it unpaid"
    assert told[asked] == Dollars("86.00")

    # Then the page asks for exactly that, of nobody else
    address = f"/determinations/{overrun.public_id}/ratification/make"
    assert "86.00" in browser.get(address).text
    for name in ("other_agency_officer", "vendor_a_signer"):
        with nothing_happens():
            assert client_for(actor(name)).get(address).status_code == 404

    # And while it waits nobody is asked again
    ratification_asked(overrun, Dollars("86.00"), at=MAY)
    left = [each.asked for each in work_of(officer, MAY, MAY.date())]
    assert asked not in left


def test_nobody_else_makes_charges_payable(overrun):
    for name in ("cor", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            fund_charges(line=line_of(overrun), by=actor(name), at=MAY)
    assert Charge.objects.count() == 1


def test_a_notice_of_availability_waits_for_it_too(contract):
    # Given capacity reserved on funds of next year, used four days before they came
    coming = line_of_accounting(
        "Claims, next year",
        treasury_account_symbol="020-2027/2027-0101-000",
        funds_available_from=date(2026, 10, 1),
        funds_available_to=date(2027, 9, 30),
        fund_year=2027,
    )
    funds = [FundsDraft("AA", coming.pk, Dollars("100.00"))]
    approved = approved_order(
        on=contract,
        lines=[replace(unit_line(RESERVED), funds=funds)],
        period_start=date(2026, 10, 1),
        period_end=date(2027, 3, 31),
        funds_clause="52.232-18",
    )
    order = issued(approved)
    begun, officer = date(2026, 10, 1), "contracting_officer"
    in_force(order, 1, begun, clin=RESERVED, by=officer, at=noon(begun))
    charged(order, IN_OCTOBER.date())
    assert stands(order, RESERVED) == [money("0", "240.00")]

    # When the notice would make a hundred dollars of it payable, it waits
    certified(order)
    with nothing_happens(), pytest.raises(NotRatified) as refusal:
        noticed(order)
    assert refusal.value.data["payable"] == Dollars("100.00")

    # And with the notice they are
    ratified(order, Dollars("100.00"), at=IN_OCTOBER)
    assert noticed(order).ratifies_dollars == 100
    assert stands(order, RESERVED) == [money("100.00", "140.00")]
    assert broken() == []


def issued(order):
    """An order that binds no funds yet, signed."""
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
        seen_version=order.version,
    )
