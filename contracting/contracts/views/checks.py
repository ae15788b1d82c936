"""What an award needs, on one page, each with the way to what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.urls import reverse

from contracting.contracts import permissions, queries
from contracting.contracts.models import Contract
from contracting.contracts.queries import guards
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.periods import accounting_day
from contracting.core.permissions import Refused, Verdict
from contracting.evaluations.queries import require_acknowledged, unsuccessful
from contracting.evaluations.standing.registration import require_registered
from contracting.evaluations.standing.responsibility import require_responsible
from contracting.evaluations.standing.validity import require_valid
from contracting.reference.states import InstrumentKind
from contracting.solicitations.queries import require_justified


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


_FIT: Final[Mapping[str, tuple[str, str]]] = {
    InstrumentKind.IDIQ: ("Minimum, maximum and ordering period fit", "R-AWD-03"),
    InstrumentKind.DEFINITIVE: ("Every line has its price and its funds", "R-AWD-02"),
    InstrumentKind.BPA: ("Each call is limited, and nothing is bound", "FAR 13.303-3"),
}


def checks_of(contract: Contract, by: Actor, at: datetime) -> list[Check]:
    """Everything that stands between a draft and its signature by this person.

    Each is the guard of the verb itself, which guards again under its locks.
    """
    page, offer = contract.path, contract.offer
    on = accounting_day(at, contract.time_zone)
    return [
        Check(
            "Funds are certified",
            "R-AWD-01",
            _refused(lambda: guards.require_certified_funds(contract)),
            f"{page}/certify_contract_funds",
        ),
        Check(
            "The vendor is registered and not excluded",
            "R-EVL-08",
            _refused(lambda: guards.require_not_excluded(contract, at)),
            reverse("evaluations:registrations"),
        ),
        Check(
            "Neither the vendor nor a model is banned",
            "R-AI-01",
            _refused(lambda: guards.require_no_ban(contract, at)),
            reverse("bans:bans"),
        ),
        Check(
            "The vendor was registered at submission and is now",
            "R-SUB-06",
            _refused(lambda: require_registered(offer, at)),
            reverse("evaluations:registrations"),
        ),
        Check(
            "Nothing stands against the vendor's responsibility",
            "R-EVL-09",
            _refused(lambda: require_responsible(offer)),
            reverse("evaluations:responsibility", args=[offer.public_id]),
        ),
        *_open_for_acceptance(contract, on),
        Check(
            "The price is found fair and reasonable",
            "R-EVL-07",
            _refused(lambda: guards.require_reasonable_price(contract)),
            reverse("evaluations:price", args=[contract.solicitation.public_id]),
        ),
        Check(
            "What costs nothing is free by an agreement",
            "R-FND-11",
            _refused(lambda: guards.require_agreed_no_cost(contract)),
            reverse("contracts:record_gratuitous_service", args=[contract.public_id]),
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
            _refused(lambda: guards.require_whole_lines(contract)),
            page,
        ),
        Check(
            *_FIT[contract.instrument],
            _refused(lambda: guards.require_fit(contract, on)),
            page,
        ),
        Check(
            "A single award above its threshold is determined",
            "R-AWD-04",
            _refused(lambda: guards.require_single_award(contract, on)),
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


def _open_for_acceptance(contract: Contract, on: date) -> list[Check]:
    """Of an offer; a quotation is none, whatever day its prices are good until."""
    if contract.solicitation.asks_quotations:
        return []
    offer = contract.offer
    return [
        Check(
            "The offer is open for acceptance",
            "R-SUB-09",
            _refused(lambda: require_valid(offer, on)),
            reverse("evaluations:offer", args=[offer.public_id]),
        )
    ]


def told_after(contract: Contract) -> int:
    """How many unsuccessful offerors are told within three days of this award.

    The first of several awards tells them; a later one tells nobody again.
    """
    if queries.first_award(contract.solicitation) not in (None, contract):
        return 0
    return len({each.vendor_id for each in unsuccessful(contract.solicitation)})


def _refused(guard: Callable[[], None]) -> str:
    try:
        guard()
    except Refusal as refusal:
        return refusal.message
    return ""


def _words(verdict: Verdict) -> str:
    return verdict.reason if isinstance(verdict, Refused) else ""
