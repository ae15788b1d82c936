"""Two hundred signatures at one instant: what is there is bound to the cent, not more.

Sixty connections sign at once, while another looks on and must never see more bound
than there is. What is too small for all of them is the line of accounting in one round
and the ceiling of the line in the next. FULL=1 plays twenty rounds.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Event

import pytest
from django.db import connection

from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.models import Balance, FundsBalance
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.refusals import CeilingExceeded, FundsExceeded
from contracting.ledger.states import BalanceLine, Holder, Obligation

SIGNATURES, AT_ONCE = 200, 60
EACH = Dollars("0.30")
SCARCE, AMPLE = Dollars("37.00"), Dollars("500.00")
FIT = 123
"""$37.00 holds 123 signatures of 30 cents, and 10 cents more that bind nothing."""

ROUNDS = range(1, 21 if os.environ.get("FULL") else 3)


@pytest.fixture
def funds(own_database, agency, funds_certifier, at):
    """A line of accounting for each round, scarce in one and ample in the next."""
    made = {}
    for number in ROUNDS:
        line = create_line_of_accounting(
            agency_id=agency.pk,
            label=f"Round {number}",
            treasury_account_symbol="020-2026/2026-0101-000",
            appropriation="Salaries and expenses",
            funds_available_from=date(2025, 10, 1),
            funds_available_to=date(2026, 9, 30),
            by=funds_certifier,
            at=at,
        )
        allot_funds(
            line_of_accounting_id=line.pk,
            dollars=SCARCE if number % 2 else AMPLE,
            by=funds_certifier,
            at=at,
        )
        made[number] = line
    return made


def opened(funds, number, officer, at):
    """The line that all sign for, with the other of the two bounds ample."""
    holder = Holder("orders.line", number)
    because = Subject("orders.task_order", number, f"contract:{number}")
    ceiling = AMPLE if number % 2 else SCARCE
    stated = BalanceLine("AA", 1, funds.pk, ceiling, Tokens(1_000_000))
    open_balances(
        holder=holder,
        contract_id=number,
        lines=[stated],
        because=because,
        by=officer,
        at=at,
    )
    return holder, because


def test_no_signature_too_many_fits(funds, contracting_officer, at):
    for number, line in funds.items():
        # Given a line, and sixty connections at one barrier
        holder, because = opened(line, number, contracting_officer, at)
        barrier, is_over = Barrier(AT_ONCE), Event()

        def sign(place, holder=holder, because=because, line=line, barrier=barrier):
            connection.ensure_connection()
            if place < AT_ONCE:
                barrier.wait(timeout=60)
            try:
                obligate_funds(
                    obligations=[Obligation(holder, "AA", line.pk, EACH)],
                    because=because,
                    on=date(2026, 3, 2),
                    from_commitment=False,
                    by=contracting_officer,
                    at=at,
                )
            except (FundsExceeded, CeilingExceeded) as refusal:
                return refusal
            finally:
                connection.close()
            return None

        def watch(line=line, is_over=is_over):
            most = []
            while not is_over.wait(0.005):
                row = FundsBalance.objects.get(line_of_accounting=line)
                most.append(row.obligated_dollars)
            connection.close()
            return most

        # When two hundred sign, and somebody looks on
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            watched = pool.submit(watch)
            try:
                answers = list(pool.map(sign, range(SIGNATURES)))
            finally:
                is_over.set()

        # Then exactly what fits is bound, and never more was seen
        refused = [each for each in answers if each is not None]
        bound = Balance.objects.get(line_of_accounting=line).obligated_dollars
        assert SIGNATURES - len(refused) == FIT
        assert bound == FIT * EACH.amount
        assert max(watched.result()) <= SCARCE.amount
        assert {type(each) for each in refused} == {
            FundsExceeded if number % 2 else CeilingExceeded
        }
        assert {each.data["short_by"] for each in refused} == {Dollars("0.20")}
    assert [said for each in INVARIANTS for said in each.check()] == []
