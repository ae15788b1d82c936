"""Twenty officers sign at one instant for a line of accounting that holds $19."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.models import FundsBalance
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.refusals import FundsExceeded
from contracting.ledger.states import BalanceLine, Holder, Obligation

SIGNERS = 20
ROUNDS = 3


@pytest.fixture
def funds(own_database, agency, funds_certifier, at):
    """A line of accounting with $19."""
    line = create_line_of_accounting(
        agency_id=agency.pk,
        label="Nineteen dollars",
        treasury_account_symbol="020-2026/2026-0101-000",
        appropriation="Salaries and expenses",
        funds_available_from=date(2025, 10, 1),
        funds_available_to=date(2026, 9, 30),
        by=funds_certifier,
        at=at,
    )
    allot_funds(
        line_of_accounting_id=line.pk, dollars=Dollars(19), by=funds_certifier, at=at
    )
    return line


def signatures(funds, contracting_officer, at, round_number):
    """One order for $1 for each signer, in a contract of its own."""
    for number in range(1, SIGNERS + 1):
        order_id = 100 * round_number + number
        holder = Holder("orders.line", order_id)
        because = Subject("orders.task_order", order_id, f"contract:{order_id}")
        stated = BalanceLine("AA", 1, funds.pk, Dollars(1), Tokens(1_000_000))
        open_balances(
            holder=holder,
            contract_id=order_id,
            lines=[stated],
            because=because,
            by=contracting_officer,
            at=at,
        )
        yield holder, because


@pytest.mark.parametrize("round_number", range(1, ROUNDS + 1))
def test_exactly_nineteen_of_twenty_parallel_obligations_fit(
    funds, contracting_officer, at, round_number
):
    # Given twenty orders of a dollar, and twenty connections at one barrier
    orders = list(signatures(funds, contracting_officer, at, round_number))
    barrier = Barrier(SIGNERS)

    def sign(order):
        holder, because = order
        connection.ensure_connection()
        barrier.wait(timeout=30)
        try:
            obligate_funds(
                obligations=[Obligation(holder, "AA", funds.pk, Dollars(1))],
                because=because,
                on=date(2026, 3, 2),
                from_commitment=False,
                by=contracting_officer,
                at=at,
            )
        except FundsExceeded as refusal:
            return refusal
        finally:
            connection.close()
        return None

    # When all of them sign at once
    with ThreadPoolExecutor(SIGNERS) as pool:
        refusals = [each for each in pool.map(sign, orders) if each is not None]

    # Then nineteen are bound, one is told by how much it is short, nothing is left
    assert [each.data["short_by"] for each in refusals] == [Dollars(1)]
    assert refusals[0].rule == "R-FND-01"
    assert FundsBalance.objects.get(line_of_accounting=funds).free == Dollars(0)
    assert [said for each in INVARIANTS for said in each.check()] == []
