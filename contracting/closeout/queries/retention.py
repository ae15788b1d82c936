"""How long the file of a contract is kept, and what holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracting.closeout.models import LegalHold
from contracting.closeout.queries import final_payment_on, statement_of_contract
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, months_after
from contracting.reference.queries import threshold


@dataclass(frozen=True, slots=True)
class Retention:
    """Until when the file of a contract is kept, and what keeps it longer."""

    contract: Contract
    final_payment: date | None
    keep_until: date | None
    years: int
    holds: list[LegalHold]

    def may_be_disposed_of(self, on: date) -> bool:
        """Whether its years are over on that day and nothing holds it."""
        over = self.keep_until is not None and on > self.keep_until
        return over and not self.holds


def retention_of(contract: Contract, on: date) -> Retention:
    """Years after final payment, once it is closed (R-AUD-02, FAR 4.805).

    A contract on which nothing was ever paid counts from its completion statement.
    """
    holds = contract.legal_holds.filter(release__isnull=True).order_by("pk")
    paid, statement = (
        final_payment_on(list(contract.orders.all())),
        statement_of_contract(contract),
    )
    years = int(threshold("RETENTION", on).value)
    until = None
    if statement is not None:
        signed = accounting_day(statement.signed_at, contract.time_zone)
        until = months_after(paid or signed, 12 * years)
    return Retention(contract, paid, until, years, list(holds))


def get_hold_for(actor: Actor, public_id: str) -> LegalHold:
    """A legal hold that stands, for people of its agency.

    :raises NotVisible: for everybody else, and once it is released
    """
    found = None
    if actor.is_agency:
        found = (
            LegalHold.objects.select_related("contract")
            .filter(
                public_id=public_id,
                contract__agency_id=actor.organization_id,
                release__isnull=True,
            )
            .first()
        )
    if found is None:
        message = "There is no such legal hold."
        raise NotVisible(message)
    return found


def disposable(on: date) -> list[Retention]:
    """The closed contracts whose file may be disposed of on that day, oldest first."""
    closed = Contract.objects.filter(state=ContractState.CLOSED)
    kept = [
        retention_of(contract, on)
        for contract in closed.select_related("agency", "vendor").order_by("pk")
    ]
    return [each for each in kept if each.may_be_disposed_of(on)]
