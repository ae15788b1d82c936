"""Seats, capacity and services come onto a contract by a supplemental agreement."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracting.contracts.calculations import content, line_gaps
from contracting.contracts.models import UnitRate
from contracting.contracts.paperwork import contract_sheet
from contracting.core.quantities import Dollars, PricePerUnit, Tokens
from contracting.modifications.calculations import applied
from contracting.modifications.invariants import INVARIANTS
from contracting.modifications.models import ContractModification
from contracting.modifications.refusals import (
    NoAuthority,
    PriceNotReasonable,
    PriceRise,
    TermInvalid,
)
from contracting.modifications.states import LineDraft, UnitRateDraft
from tests.builders_charges import SEATS, line_of, unit_order, units_on_contract
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.builders_orders import MODIFIED_AT
from tests.builders_volume import rate
from tests.cast import actor, client_for, nothing_happens, submit
from tests.modifications.test_doors import form_of

NEW = LineDraft(
    clin="0020",
    description="Seats",
    psc="DA10",
    estimated_tokens=Tokens(0),
    ceiling_dollars=Dollars("1000.00"),
    structure="SEATS",
    unit="MO",
    estimated_units=Decimal(12),
)
AT_TEN = UnitRateDraft("0020", PricePerUnit("10.00"), date(2026, 5, 1))


def broken():
    return [words for each in INVARIANTS for words in each.check()]


def drafted(contract, **other):
    return drafted_contract_modification(
        on=contract, **({"terms": {}, "price_memo": "As listed."} | other)
    )


def test_the_lines_stand_on_the_contract_as_they_were_signed(contract):
    # Given the award, and the agreement on seats, capacity and services
    before = content(contract)

    # When it is signed by both
    after = units_on_contract(on=contract, at=MODIFIED_AT)

    # Then base and modification make the contract, and its paper prints them
    modification = after.modifications.get()
    assert applied(before, modification) == content(after)
    assert line_gaps(after) == []
    assert broken() == []
    rows = contract_sheet(after, signer=actor("contracting_officer"))["lines"]
    seats = next(row for row in rows if row["item"] == SEATS)
    assert (seats["quantity"], seats["unit"], seats["unit_price"]) == (
        Decimal(5000),
        "MO",
        "$31.00",
    )


@pytest.mark.parametrize(
    ("line", "rate", "refusal"),
    [
        (replace(NEW, unit="EA"), AT_TEN, TermInvalid),
        (replace(NEW, structure="NOTHING"), AT_TEN, TermInvalid),
        (replace(NEW, estimated_units=Decimal(0)), AT_TEN, TermInvalid),
        (replace(NEW, estimated_tokens=Tokens(5)), AT_TEN, TermInvalid),
        (NEW, replace(AT_TEN, clin="0001"), TermInvalid),
        (NEW, replace(AT_TEN, clin="0099"), TermInvalid),
        (NEW, replace(AT_TEN, price=PricePerUnit(0)), TermInvalid),
    ],
)
def test_a_line_or_price_that_cannot_stand_is_refused(contract, line, rate, refusal):
    with pytest.raises(refusal), nothing_happens():
        drafted(contract, new_lines=[line], unit_rates=[rate])


def test_no_tokens_are_priced_on_a_line_that_is_bought_by_the_unit(contract):
    tokens = rate("0020AA", "IN_UNCACHED", "2.00", first_day=date(2026, 5, 1))

    with pytest.raises(TermInvalid, match="bought by the unit"), nothing_happens():
        drafted(contract, new_lines=[NEW], unit_rates=[AT_TEN], rates=[tokens])


def test_it_needs_both_signatures_and_a_memo(contract):
    with pytest.raises(NoAuthority), nothing_happens():
        drafted(contract, new_lines=[NEW], unit_rates=[AT_TEN], authority="B")
    with pytest.raises(PriceNotReasonable), nothing_happens():
        drafted(contract, new_lines=[NEW], unit_rates=[AT_TEN], price_memo="")
    assert drafted(contract, new_lines=[NEW], unit_rates=[AT_TEN]).pk


def test_a_lower_price_reaches_a_signed_order_and_a_dearer_never(contract):
    # Given an order of seats at $31.00
    units_on_contract(on=contract, at=MODIFIED_AT, clins=[SEATS])
    contract.refresh_from_db()
    order = unit_order(on=contract)
    version = order.version

    def agreed(price, first_day, **more):
        issued_contract_modification(
            on=contract,
            terms={},
            price_memo="As listed.",
            unit_rates=[UnitRateDraft(SEATS, PricePerUnit(price), first_day)],
            **more,
        )
        contract.refresh_from_db()
        rates = line_of(order).current_unit_rates()
        return [str(rate.usd_per_unit) for rate in rates]

    # When it falls in June and rises in July
    fallen = agreed("29.00", date(2026, 6, 1))
    with pytest.raises(PriceRise), nothing_happens():
        agreed("40.00", date(2026, 7, 1))
    risen = agreed("40.00", date(2026, 7, 1), consideration="Longer support.")

    # Then the order pays less from June on and never more
    assert fallen == ["31.000000", "29.000000"]
    assert risen == ["31.000000", "29.000000", "29.000000"]
    order.refresh_from_db()
    assert order.version == version + 2
    assert UnitRate.objects.filter(superseded_at__isnull=True).count() == 3
    assert broken() == []


def test_a_line_of_seats_is_drafted_and_revised_on_the_page(
    contract, contract_specialist, now
):
    # Given a specialist who adds a line of seats on the page
    office = client_for(contract_specialist)
    typed = form_of(
        contract,
        ordering_end=contract.ordering_end.isoformat(),
        price_memo="As listed.",
        new_unit_clin="0020",
        new_unit_description="Seats",
        new_unit_structure="SEATS",
        new_unit_unit="MO",
        new_unit_units="120",
        new_unit_part_months="IN_FULL",
        new_unit_ceiling="5000.00",
        new_unit_price="29.5",
        unit_first_day="2026-05-01",
    )
    address = f"{contract.path}/draft_contract_modification"

    # When a part of it is missing, and then nothing is
    parts = ("new_unit_clin", "new_unit_price", "new_unit_units", "unit_first_day")
    for missing in parts:
        assert submit(office, address, typed | {missing: ""}).status_code == 422
    assert submit(office, address, typed).status_code == 303

    # Then its page says what is bought, and the form of a revision has it still
    modification = ContractModification.objects.get()
    page = office.get(modification.path).content.decode()
    assert "120 MO; a month that has begun counts in full" in page
    assert "$29.50 per unit" in page
    assert "Price of one unit of line 0020, from 2026-05-01" in page
    again = office.get(f"{modification.path}/revise_contract_modification")
    assert again.status_code == 200
    assert 'value="29.5"' in again.content.decode()
    (line,) = modification.new_lines
    assert (line["structure"], line["part_months"]) == ("SEATS", "IN_FULL")


def test_contract_and_conformed_copy_show_units_and_their_prices(contract):
    # Given the contract with seats, capacity and services
    changed = units_on_contract(on=contract, at=MODIFIED_AT)
    office = client_for(actor("contract_specialist"))

    # Then both pages say what they cost
    page = office.get(changed.path).content.decode()
    assert "seats per month" in page
    assert "$31.00 per MO" in page
    copy = office.get(f"{changed.path}/conformed?on=2026-05-01").content.decode()
    assert "5000 MO; each day is its part of the month" in copy
    assert "dollars per GB-MO" in copy
    assert "0.023456" in copy
