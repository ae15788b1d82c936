"""A task order's line with its funds, and short words for the verbs of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.invariants import INVARIANTS
from contracting.ledger.models import (
    Balance,
    FundsBalance,
    HolderBalance,
    LineOfAccounting,
)
from contracting.ledger.operations.accept import accept_usage
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.operations.commit import commit_funds
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.operations.draw import draw_usage
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.operations.record_paid import record_paid
from contracting.ledger.operations.release import release_commitment
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.states import (
    BalanceLine,
    Beyond,
    Consumption,
    Holder,
    Obligation,
)

ORDER = Subject("orders.task_order", 41, "contract:7")
BATCH = Subject("metering.batch", 9, "contract:7")
INVOICE = Subject("billing.invoice", 5, "contract:7")
LINE = Holder("orders.line", 411)
OTHER_LINE = Holder("orders.line", 412)
CONTRACT = 7
SIGNED_ON = date(2026, 3, 2)


def usd(amount: str | int) -> Dollars:
    return Dollars(amount)


@dataclass
class Books:
    """The ledger in the words of a test: amounts are text, one line is meant."""

    officer: Actor
    certifier: Actor
    agency_id: int
    at: datetime
    funds: LineOfAccounting = field(init=False)

    def fund(self, label: str, dollars: str, **dates: Any) -> LineOfAccounting:
        """A further line of accounting with an allotment."""
        terms: dict[str, Any] = {
            "treasury_account_symbol": "020-2026/2026-0101-000",
            "appropriation": "Salaries and expenses",
            "funds_available_from": date(2025, 10, 1),
            "funds_available_to": date(2026, 9, 30),
        }
        line = create_line_of_accounting(
            agency_id=self.agency_id,
            label=label,
            by=self.certifier,
            at=self.at,
            **(terms | dates),
        )
        if dollars != "0":
            allot_funds(
                line_of_accounting_id=line.pk,
                dollars=usd(dollars),
                by=self.certifier,
                at=self.at,
            )
        return line

    def open(
        self,
        ceiling: str = "60",
        *,
        tokens: int = 100_000_000,
        acrn: str = "AA",
        sequence: int = 1,
        funds: LineOfAccounting | None = None,
        holder: Holder = LINE,
    ) -> Balance:
        """Open one ACRN of a line."""
        stated = BalanceLine(
            acrn, sequence, (funds or self.funds).pk, usd(ceiling), Tokens(tokens)
        )
        return open_balances(
            holder=holder, contract_id=CONTRACT, lines=[stated], **self._for(ORDER)
        )[0]

    def asked(
        self,
        dollars: str,
        *,
        acrn: str = "AA",
        funds: LineOfAccounting | None = None,
        holder: Holder = LINE,
    ) -> Obligation:
        return Obligation(holder, acrn, (funds or self.funds).pk, usd(dollars))

    def commit(self, *asked: Obligation) -> Any:
        return commit_funds(obligations=list(asked), **self._for(ORDER))

    def release(self, *asked: Obligation) -> Any:
        return release_commitment(obligations=list(asked), **self._for(ORDER))

    def obligate(
        self,
        *asked: Obligation,
        on: date = SIGNED_ON,
        from_commitment: bool = False,
    ) -> Any:
        return obligate_funds(
            obligations=list(asked),
            on=on,
            from_commitment=from_commitment,
            **self._for(ORDER),
        )

    def deobligate(self, *asked: Obligation) -> Any:
        return deobligate_funds(obligations=list(asked), **self._for(ORDER))

    def use(self, *used: tuple[str, str, int], holder: Holder = LINE) -> Any:
        """Draw (key, price per million tokens, tokens) on a line's funds."""
        drawn = draw_usage(by_holder={holder: usage(*used)}, **self._for(BATCH))
        return drawn[holder]

    def accept(
        self,
        exact: str,
        rounded: str,
        tokens: int = 0,
        *,
        acrn: str | None = None,
        beyond: tuple[str, int] = ("0", 0),
    ) -> Any:
        return accept_usage(
            holder=LINE,
            acrn=acrn,
            exact=usd(exact),
            rounded=usd(rounded),
            tokens=Tokens(tokens),
            beyond=Beyond(usd(beyond[0]), Tokens(beyond[1])),
            **self._for(INVOICE),
        )

    def pay(
        self, dollars: str, *, acrn: str | None = None, on: date = SIGNED_ON
    ) -> Any:
        return record_paid(
            holder=LINE, acrn=acrn, dollars=usd(dollars), on=on, **self._for(INVOICE)
        )

    def reverse(self, transfer: Any, reason: str = "Posted to the wrong line.") -> Any:
        return reverse_transfer(
            transfer_id=transfer.pk, reason=reason, **self._for(INVOICE)
        )

    def row(self, acrn: str = "AA", holder: Holder = LINE) -> Balance:
        return Balance.objects.select_related("line").get(
            line__holder_kind=holder.kind, line__holder_id=holder.id, acrn=acrn
        )

    def line(self, holder: Holder = LINE) -> HolderBalance:
        return HolderBalance.objects.get(holder_kind=holder.kind, holder_id=holder.id)

    def pot(self, funds: LineOfAccounting | None = None) -> FundsBalance:
        return FundsBalance.objects.get(line_of_accounting=funds or self.funds)

    def _for(self, because: Subject) -> dict[str, Any]:
        return {"because": because, "by": self.officer, "at": self.at}


def usage(*used: tuple[str, str, int]) -> list[Consumption]:
    """Entries of (key, price per million tokens, tokens)."""
    return [
        Consumption(key, UnitPrice(price), Tokens(tokens))
        for key, price, tokens in used
    ]


@pytest.fixture
def books(contracting_officer, funds_certifier, agency, at):
    """A ledger with one line of accounting and $100 on it; checked when a test ends."""
    ours = Books(contracting_officer, funds_certifier, agency.pk, at)
    ours.funds = ours.fund("AI pilot", "100")
    yield ours
    assert exceptions() == []


@pytest.fixture
def burning(books):
    """The same with a line of $60, of which $45 is obligated, and 100 M tokens."""
    books.open("60")
    books.obligate(books.asked("45"))
    return books


def exceptions() -> list[str]:
    """Every sentence that an invariant of the ledger has to say."""
    return [said for each in INVARIANTS for said in each.check()]
