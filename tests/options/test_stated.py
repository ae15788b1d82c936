"""Options from the solicitation: stated, checked, evaluated, and in the award."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.models import Warrant
from contracting.contracts.operations.award import award_contract
from contracting.core.errors import NotAllowed
from contracting.core.periods import extended
from contracting.core.quantities import Dollars, Tokens
from contracting.modifications.queries import conformed
from contracting.orders.calculations import scope_gaps
from contracting.orders.refusals import RoomReserved
from contracting.solicitations.calculations import content
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.publishing.options import OptionDraft
from contracting.solicitations.refusals import ExtensionTooLong, TermInvalid
from tests.builders import drafted_solicitation
from tests.builders_options import (
    EXTENSION,
    PERIOD,
    added_options,
    certified_under,
    contract_under,
    determined_option,
    exercised_option,
    told_option,
)
from tests.builders_orders import (
    AWARDED_AT,
    MODIFIED_AT,
    awarded_contract,
    drafted_order,
    line,
    submitted_order,
)
from tests.cast import AT, actor, membership, nothing_happens

pytestmark = pytest.mark.django_db


def edited(package, *options):
    return edit_solicitation(
        solicitation_id=package.pk,
        terms={"options": [OptionDraft(**each) for each in options]},
        by=actor("contract_specialist"),
        at=AT,
        seen_version=package.version,
    )


def test_options_are_terms_of_the_package_and_bring_their_clauses():
    # When a specialist states an option period and an extension of services
    package = edited(drafted_solicitation(), PERIOD, {**EXTENSION, "number": 2})

    # Then the package says so, carries their clauses, and counts them in its value
    stated = content(package)["terms"]["options"]
    assert [each["number"] for each in stated] == [1, 2]
    numbers = set(package.clauses.values_list("clause__number", flat=True))
    assert {"52.217-5", "52.217-8", "52.217-9"} <= numbers
    assert package.whole_dollars == package.maximum_dollars + 500_000

    # And an option that goes takes its clause along
    package = edited(package, PERIOD)
    numbers = set(package.clauses.values_list("clause__number", flat=True))
    assert "52.217-8" not in numbers


@pytest.mark.rule("R-OPT-05", case="refused")
def test_extensions_of_services_last_six_months_in_all():
    package = drafted_solicitation()

    with nothing_happens(), pytest.raises(ExtensionTooLong) as refusal:
        edited(
            package, {**EXTENSION, "months": 4}, {**EXTENSION, "number": 2, "months": 3}
        )

    assert refusal.value.rule == "R-OPT-05"
    assert "7 months" in refusal.value.message


@pytest.mark.rule("R-OPT-05", case="refused")
def test_no_agreement_adds_a_longer_extension():
    option = added_options(EXTENSION)[0]

    with nothing_happens(), pytest.raises(ExtensionTooLong):
        added_options({**EXTENSION, "number": 2, "months": 1}, on=option.contract)


@pytest.mark.parametrize(
    "other",
    [
        {"number": 0},
        {"months": 0},
        {"opens_days": 3},
        {"notice_days": 0},
        {"dollars": Dollars("0")},
        {"dollars": Dollars("1.001")},
        {"tokens": Tokens(0)},
        {"price_percent": Decimal(-100)},
        {"price_percent": Decimal("0.001")},
        {"kind": "WISH"},
        {"kind": "QUANTITY"},
        {"kind": "EXTENSION", "notice_days": 0, "price_percent": Decimal(2)},
    ],
)
def test_an_option_that_cannot_stand_is_named(other):
    package = drafted_solicitation()

    with nothing_happens(), pytest.raises(TermInvalid) as refusal:
        edited(package, {**PERIOD, **other})

    assert refusal.value.data["term"] == "options"


def test_options_stand_in_the_contract_from_its_award():
    # Given a package with two option periods, three percent dearer each
    dearer = {**PERIOD, "price_percent": Decimal(3)}
    options = [OptionDraft(**dearer), OptionDraft(**{**dearer, "number": 2})]

    # When it is awarded
    contract = contract_under({"options": options})

    # Then they are part of what both signed
    assert [each.number for each in contract.options.order_by("number")] == [1, 2]
    # And offers were compared with them: the same workload at 103 percent, twice
    for total in contract.solicitation.price_analyses.get().totals:
        base = Fraction(total["evaluated"])
        assert Fraction(total["with_options"]) == base + 2 * base * 103 / 100

    words = dict(conformed(contract, AWARDED_AT.date()).words())
    assert "3 percent above the base lines" in words["Option 2"]


@pytest.mark.rule("R-ROL-02", case="refused")
def test_the_warrant_of_an_award_covers_the_options():
    # Given a draft award of $400,000 with an option of $250,000
    drafted = certified_under({"options": [OptionDraft(**PERIOD)]})
    Warrant.objects.filter(membership=membership(actor("contracting_officer"))).update(
        limit_dollars=Decimal("600000.00")
    )

    # When an officer with a warrant of $600,000 signs it
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        award_contract(
            contract_id=drafted.pk,
            by=actor("contracting_officer"),
            at=AWARDED_AT,
            seen_version=drafted.version,
        )
    assert refusal.value.rule == "R-ROL-02"


def test_orders_take_the_lines_of_the_period_in_which_they_are_placed():
    # Given an exercised option period, and an order on line 0001
    order = drafted_order()
    option = added_options(on=order.contract)[0]
    exercised_option(on=determined_option(on=told_option(on=option)))
    order.refresh_from_db()

    # Then it may be signed in the base period, and not in that of the option
    assert scope_gaps(order, MODIFIED_AT.date()) == []
    (gap,) = scope_gaps(order, date(2027, 4, 1))
    assert "takes orders until 2027-03-31" in gap


@pytest.mark.rule("R-TO-02", case="refused")
def test_an_option_that_is_not_exercised_leaves_no_room_for_orders():
    # Given a contract of 40 billion tokens with an option of 25 billion more
    contract = awarded_contract()
    added_options(on=contract)

    # When an order for 50 billion goes into review
    drafted = drafted_order(on=contract, lines=[line(tokens=Tokens(50_000_000_000))])
    with nothing_happens(), pytest.raises(RoomReserved) as refusal:
        submitted_order(order=drafted)

    # Then the maximum in force decides, without the option
    assert refusal.value.rule == "R-TO-02"


def test_the_days_of_a_year_that_ends_with_a_month():
    assert extended(date(2027, 2, 28), 12) == date(2028, 2, 29)
    assert extended(date(2027, 3, 31), 6) == date(2027, 9, 30)
    assert extended(date(2027, 1, 30), 1) == date(2027, 2, 27)
