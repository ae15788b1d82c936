"""By what a term of a contract may hold from a day on that is past."""

from __future__ import annotations

from datetime import date, datetime

from contracting.contracts.models import Contract
from contracting.core.periods import accounting_day
from contracting.modifications.models import ContractModification
from contracting.orders.states import ModificationState


class NotOfThePresent(ValueError):
    """A term would hold in a month that is over, and no modification says so."""


def behind_an_earlier_day(
    contract: Contract, first_day: date, number: str, at: datetime
) -> ContractModification | None:
    """The modification by which a term holds from a day on that is past.

    What is in force in months that are over was relied upon. It changes only where both
    sides, or a clause, have said so: by an issued modification that is effective on
    that day or before it. From the present month on none is needed.

    :param number: such as ``P00002``; empty for none
    :raises NotOfThePresent: in words, where one is needed and none is there
    """
    issued = ContractModification.objects.filter(
        contract=contract, state=ModificationState.ISSUED, number=number.strip().upper()
    )
    found = issued.first() if number.strip() else None
    if number.strip() and (found is None or found.effective_on > first_day):
        message = (
            f"No issued modification {number.strip()} of this contract is effective by "
            f"{first_day}."
        )
        raise NotOfThePresent(message)
    present = accounting_day(at, contract.time_zone).replace(day=1)
    if found is None and first_day < present:
        message = (
            f"Months before {present:%B %Y} are over, and what held in them stays. "
            f"Begin with {present} or later, or name the modification that changed it "
            "then."
        )
        raise NotOfThePresent(message)
    return found
