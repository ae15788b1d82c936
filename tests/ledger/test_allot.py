"""Allotting funds."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.refusals import AmountNotPositive
from tests.cast import nothing_happens
from tests.ledger.conftest import usd


def test_an_allotment_is_added_to_what_is_available(books, funds_certifier, at):
    funds = allot_funds(
        line_of_accounting_id=books.funds.pk,
        dollars=usd("250000.50"),
        by=funds_certifier,
        at=at,
    )

    assert funds.free == usd("250100.50")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_an_allotment_is_more_than_nothing(books, funds_certifier, at, amount):
    with nothing_happens(), pytest.raises(AmountNotPositive):
        allot_funds(
            line_of_accounting_id=books.funds.pk,
            dollars=usd(amount),
            by=funds_certifier,
            at=at,
        )


def test_only_a_funds_certifier_of_the_agency_allots(books, auditor, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        allot_funds(
            line_of_accounting_id=books.funds.pk, dollars=usd(1), by=auditor, at=at
        )
