"""What an award needs, on one page, each with the way to what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from contracting.contracts import calculations, permissions, queries
from contracting.contracts.models import Contract, ContractFunding
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.periods import accounting_day
from contracting.core.permissions import Refused, Verdict
from contracting.core.quantities import Dollars, total_dollars
from contracting.evaluations.queries import require_acknowledged, unsuccessful
from contracting.evaluations.standing.registration import not_registered_because
from contracting.evaluations.standing.responsibility import withheld_because
from contracting.evaluations.standing.validity import expired_because
from contracting.solicitations.queries import nominal_minimum, require_justified


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that an award needs: whether it is there, or why not and where."""

    what: str
    rule: str
    missing: str = ""
    path: str = ""

    @property
    def is_met(self) -> bool:
        return not self.missing


def checks_of(contract: Contract, by: Actor, at: datetime) -> list[Check]:
    """Everything that stands between a draft and its signature by this person.

    The verb guards each of them again under its locks; this only tells.
    """
    page, offer = contract.path, contract.decision.selected
    on = accounting_day(at, contract.time_zone)
    return [
        Check(
            "Funds are certified",
            "R-AWD-01",
            _funds(contract),
            f"{page}/certify_contract_funds",
        ),
        Check(
            "The vendor is registered and not excluded",
            "R-EVL-08",
            queries.not_responsible_because(contract, at),
            reverse("evaluations:registrations"),
        ),
        Check(
            "The vendor was registered at submission and is now",
            "R-SUB-06",
            not_registered_because(offer, at),
            reverse("evaluations:registrations"),
        ),
        Check(
            "Nothing stands against the vendor's responsibility",
            "R-EVL-09",
            withheld_because(offer),
            reverse("evaluations:responsibility", args=[offer.public_id]),
        ),
        Check(
            "The offer is open for acceptance",
            "R-SUB-09",
            expired_because(offer, on),
            reverse("evaluations:offer", args=[offer.public_id]),
        ),
        Check(
            "The price is found fair and reasonable",
            "R-EVL-07",
            ""
            if queries.has_reasonable_price(contract)
            else "The price analysis does not find this offer reasonable.",
            reverse("evaluations:price", args=[contract.solicitation.public_id]),
        ),
        Check(
            "Every amendment is acknowledged or waived",
            "R-SUB-05",
            _refused(lambda: require_acknowledged(offer.opened_offer)),
            reverse("evaluations:offer", args=[offer.public_id]),
        ),
        Check(
            "Every line item is complete",
            "R-AWD-02",
            " ".join(calculations.line_gaps(contract)),
            page,
        ),
        Check(
            "Minimum, maximum and ordering period fit",
            "R-AWD-03",
            " ".join(_quantities(contract, at)),
            page,
        ),
        Check(
            "A single award above its threshold is determined",
            "R-AWD-04",
            _single_award(contract, at),
            reverse(
                "determinations:make_determination",
                args=[contract.public_id, "single-award"],
            ),
        ),
        Check(
            "Less than full competition is justified",
            "R-SOL-09",
            _refused(lambda: require_justified(contract.solicitation)),
            contract.solicitation.path,
        ),
        Check(
            "Your warrant covers the ceiling, and three people share the action",
            "R-ROL-02",
            _words(permissions.can_award_contract(by, contract, on)),
        ),
    ]


def told_after(contract: Contract) -> int:
    """How many unsuccessful offerors are told within three days of this award."""
    return unsuccessful(contract.solicitation).count()


def _funds(contract: Contract) -> str:
    certified = ContractFunding.objects.filter(
        line__contract=contract,
        certified_at__isnull=False,
        certified_version=contract.version,
    )
    total = total_dollars(Dollars(row.dollars) for row in certified)
    if total >= Dollars(contract.minimum_dollars):
        return ""
    return (
        f"{total} of the ${contract.minimum_dollars} that this award obligates are "
        f"certified for version {contract.version}."
    )


def _quantities(contract: Contract, at: datetime) -> list[str]:
    on = accounting_day(at, contract.time_zone)
    gaps = []
    if Dollars(contract.minimum_dollars) <= nominal_minimum(on):
        gaps.append("The guaranteed minimum is only nominal.")
    if contract.ordering_end < on:
        gaps.append("The ordering period is over.")
    if contract.ceiling_dollars <= 0 or contract.ceiling_tokens <= 0:
        gaps.append("The maximum is not stated in dollars and in tokens.")
    return gaps


def _single_award(contract: Contract, at: datetime) -> str:
    on = accounting_day(at, contract.time_zone)
    above = queries.single_award_above(contract, on)
    if above is None or queries.single_award_determination(contract) is not None:
        return ""
    return f"One vendor gets more than {above}; a determination is missing."


def _refused(guard: Callable[[], None]) -> str:
    try:
        guard()
    except Refusal as refusal:
        return refusal.message
    return ""


def _words(verdict: Verdict) -> str:
    return verdict.reason if isinstance(verdict, Refused) else ""
