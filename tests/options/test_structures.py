"""The lines of an option are priced as the base lines are, whatever their structure."""

from datetime import date
from decimal import Decimal

from contracting.contracts.models import Contract, RateRow, UnitRate
from contracting.modifications.invariants import INVARIANTS
from contracting.options.calculations.market import market_check
from tests.builders_charges import SEATS, units_on_contract
from tests.builders_options import (
    PERIOD,
    added_options,
    determined_option,
    drafted_exercise,
    signed,
    told_option,
)
from tests.builders_volume import contract_by_volume

DEARER = {**PERIOD, "price_percent": Decimal(10)}


def test_tiers_pools_and_seats_go_on_at_the_prices_of_the_option(db):
    # Given a contract with tiers, a pool and seats, and an option that is 10 % dearer
    contract = units_on_contract(on=contract_by_volume(), clins=[SEATS])
    (option,) = added_options(DEARER, on=contract)

    # Then seats, of which no workload is published, are counted as left out
    market = market_check(option, date(2027, 4, 1), date(2027, 2, 1))
    assert SEATS in market.without_workload

    # When it is exercised
    signed(drafted_exercise(on=determined_option(on=told_option(on=option))))

    # Then each base line has a line of the option of the same kind
    contract = Contract.objects.get(pk=contract.pk)
    base = {line.clin: line for line in contract.lines.filter(option_number=None)}
    made = {line.clin: line for line in contract.lines.filter(option_number=1)}
    assert set(made) == {f"1{clin[1:]}" for clin in base}
    for clin, line in base.items():
        copy = made[f"1{clin[1:]}"]
        assert (copy.structure, copy.unit) == (line.structure, line.unit)
        assert copy.estimated_units == line.estimated_units
        assert copy.is_by_volume == line.is_by_volume
        if line.is_by_volume:
            assert copy.volume_terms.counted_over == line.volume_terms.counted_over
            assert copy.volume_terms.counted_per == line.volume_terms.counted_per

    # And prices, steps, the units of the pool and seats are 10 % dearer
    def rates(clin):
        rows = RateRow.objects.filter(line__contract=contract, line__clin=clin)
        return list(rows.order_by("slin"))

    for old, new in zip(rates("0002"), rates("1002"), strict=True):
        assert new.usd_per_million_tokens == old.usd_per_million_tokens * Decimal("1.1")
        assert [step.from_tokens for step in new.steps.all()] == [
            step.from_tokens for step in old.steps.all()
        ]
        assert [step.usd_per_million_tokens for step in new.steps.all()] == [
            step.usd_per_million_tokens * Decimal("1.1") for step in old.steps.all()
        ]
    for old, new in zip(rates("0003"), rates("1003"), strict=True):
        assert new.burn.acu_per_million_tokens == old.burn.acu_per_million_tokens
        assert new.burn.usd_per_acu == old.burn.usd_per_acu * Decimal("1.1")
    (seat,) = UnitRate.objects.filter(line__clin=f"1{SEATS[1:]}")
    assert seat.usd_per_unit == Decimal("34.1")

    # And the contract reads as base and modifications say
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)
