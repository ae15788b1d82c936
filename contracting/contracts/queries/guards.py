"""What stands between a draft award and its signature, each by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from contracting.bans.queries import require_not_banned
from contracting.contracts import calculations, refusals
from contracting.contracts.models import Contract, ContractFunding, RateRow
from contracting.contracts.queries import (
    free_sublines,
    has_reasonable_price,
    not_responsible_because,
    single_award_above,
    single_award_determination,
)
from contracting.core.periods import extended
from contracting.core.quantities import Dollars, total_dollars
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from contracting.ledger.queries import require_bona_fide_year
from contracting.reference.models import AiModel
from contracting.reference.queries import instrument, threshold
from contracting.reference.states import InstrumentKind
from contracting.solicitations.publishing.instruments import nominal_minimum


def require_certified_funds(contract: Contract) -> None:
    """Insist on certified funds for what the award obligates.

    :raises FundsNotCertified: unless this version has them (R-AWD-01)
    """
    certified = ContractFunding.objects.filter(
        line__contract=contract,
        certified_at__isnull=False,
        certified_version=contract.version,
    )
    total = total_dollars(Dollars(row.dollars) for row in certified)
    bound = calculations.funded(contract)
    wanted = max(Dollars(contract.minimum_dollars), bound)
    if total < wanted:
        message = (
            f"Funds are certified for ${total.amount:,.2f} of the "
            f"${wanted.amount:,.2f} that this award obligates."
        )
        raise refusals.FundsNotCertified(message, certified=total)


def require_funds_of_the_year(contract: Contract) -> None:
    """Insist that annual funds bear the minimum of an ordering period of their year.

    Twelve months bind the service that an order buys; what the minimum buys is ordered
    later, from the first day of the ordering period on. The lines of a definitive
    contract are the service itself.

    :raises SeverableServiceTooLong: if the period begins in another year, or what is
        performed takes more than twelve months (R-FND-04)
    """
    funding = ContractFunding.objects.filter(line__contract=contract)
    first, last = contract.ordering_start, contract.ordering_end
    require_bona_fide_year(
        funding.values_list("line_of_accounting", flat=True),
        begins=first,
        ends=first if contract.takes_orders else last,
    )


def require_whole_lines(contract: Contract) -> None:
    """Insist on every element of each line (FAR 4.1005-1).

    :raises LineIncomplete: naming what lacks (R-AWD-02)
    """
    gaps = calculations.line_gaps(contract)
    if gaps:
        raise refusals.LineIncomplete(" ".join(gaps), gaps=gaps)


def require_fit(contract: Contract, on: date) -> None:
    """Insist on what its kind of contract states and binds.

    :raises IndefiniteQuantityIncomplete: for an IDIQ (R-AWD-03)
    :raises AgreementIncomplete: for a blanket purchase agreement (FAR 13.303-3)
    :raises LineIncomplete: for a definitive contract (R-AWD-02)
    :raises NoInstrument: if no such kind is awarded on that day
    """
    instrument(contract.instrument, on)
    if contract.instrument == InstrumentKind.BPA:
        _require_agreement(contract, on)
    elif contract.instrument == InstrumentKind.DEFINITIVE:
        _require_definite_lines(contract, on)
    else:
        require_indefinite_quantity(contract, on)


def _require_agreement(contract: Contract, on: date) -> None:
    gaps = []
    if contract.largest_order_dollars is None:
        gaps.append("An agreement states the largest call in dollars.")
    if contract.ordering_end < on:
        gaps.append(
            f"The agreement ended on {contract.ordering_end}: nothing could be called."
        )
    if contract.ceiling_dollars <= 0 or contract.ceiling_tokens <= 0:
        gaps.append("The most that may be called is stated in dollars and in tokens.")
    if calculations.funded(contract):
        gaps.append("An agreement binds no funds; each call brings its own.")
    if gaps:
        message = f"{' '.join(gaps)} (FAR 13.303-3)"
        raise refusals.AgreementIncomplete(message, gaps=gaps)


def _require_definite_lines(contract: Contract, on: date) -> None:
    gaps = []
    for line in contract.lines.order_by("clin"):
        if line.ceiling_dollars <= 0:
            gaps.append(f"Line {line.clin} has a total above zero.")
        if not line.funding.exists():
            gaps.append(f"Line {line.clin} lacks its accounting citation.")
    if contract.ordering_end < on:
        gaps.append(f"The period of performance ended on {contract.ordering_end}.")
    if gaps:
        raise refusals.LineIncomplete(" ".join(gaps), gaps=gaps)


def require_indefinite_quantity(contract: Contract, on: date) -> None:
    """Insist on minimum, maximum and ordering period (FAR 16.504(a)).

    :raises IndefiniteQuantityIncomplete: naming what lacks (R-AWD-03)
    """
    gaps = []
    nominal = nominal_minimum(on)
    if Dollars(contract.minimum_dollars) <= nominal:
        gaps.append(
            f"The guaranteed minimum must be more than nominal, above {nominal}."
        )
    if contract.ordering_end < on:
        gaps.append(
            f"The ordering period ended on {contract.ordering_end}: nothing could be "
            "ordered."
        )
    if contract.ceiling_dollars <= 0:
        gaps.append("The maximum must be stated in dollars.")
    if contract.ceiling_tokens <= 0:
        gaps.append("The maximum must be stated in tokens.")
    if calculations.funded(contract) < Dollars(contract.minimum_dollars):
        gaps.append("The minimum must be obligated at award.")
    if gaps:
        raise refusals.IndefiniteQuantityIncomplete(" ".join(gaps), gaps=gaps)


def require_single_award(contract: Contract, on: date) -> None:
    """Insist on a determination where one vendor gets more than the amount.

    :raises SingleAwardNotDetermined: above it without one (R-AWD-04)
    """
    amount = single_award_above(contract, on)
    if amount is not None and single_award_determination(contract) is None:
        message = (
            f"One vendor gets more than {amount}, and no determination of the "
            "agency's head is on file."
        )
        raise refusals.SingleAwardNotDetermined(message, above=amount)


IS_INFORMATION_TECHNOLOGY = ("D", "7")
"""How product service codes of information technology begin."""


def require_total_length(contract: Contract, on: date, *, last: date) -> None:
    """Insist that base and option periods together last no longer than they may.

    Contracts for information technology are exempt (FAR 17.204(e)); any other is let
    pass by the head of the contracting activity.

    :param last: the last day with every option period exercised
    :raises TooLong: above the years in force on that day (R-OPT-04)
    """
    if contract.psc.startswith(IS_INFORMATION_TECHNOLOGY):
        return
    years = int(threshold("OPTION_TOTAL_YEARS", on).value)
    until = extended(contract.ordering_start - timedelta(days=1), 12 * years)
    if last > until and approved(contract.subject, Kind.LONG_TERM) is None:
        message = (
            f"Base and options run from {contract.ordering_start} to {last}; {years} "
            f"years end on {until}, and service code {contract.psc} is no information "
            "technology. The head of the contracting activity may approve it."
        )
        raise refusals.TooLong(message, last=last, until=until)


def require_reasonable_price(contract: Contract) -> None:
    """Insist on a record that finds the price reasonable.

    :raises PriceNotReasonable: without one (R-EVL-07)
    """
    if not has_reasonable_price(contract):
        message = "The price analysis does not find the selected offer reasonable."
        raise refusals.PriceNotReasonable(message)


def require_not_excluded(contract: Contract, at: datetime) -> None:
    """Insist on a fresh check of the vendor.

    :raises NotResponsible: unless one of the day stands behind it (R-EVL-08)
    """
    because = not_responsible_because(contract, at)
    if because:
        raise refusals.NotResponsible(because)


def require_no_ban(
    contract: Contract, at: datetime, *, joined_by: Iterable[AiModel] = ()
) -> None:
    """Insist that neither the vendor nor a model of its rate card is banned.

    For the award, and for whatever adds rates, options or quantity afterwards.

    :param joined_by: models that are about to come onto the rate card
    :raises Banned: naming the ban, unless the agency's head waived it (R-AI-01)
    """
    on_the_card = AiModel.objects.filter(
        raterow__line__contract=contract, raterow__superseded_at__isnull=True
    ).distinct()
    require_not_banned(
        contract.agency,
        vendor_id=contract.vendor_id,
        models=[*on_the_card, *joined_by],
        subjects=[contract.subject],
        at=at,
    )


def require_agreed_no_cost(contract: Contract) -> None:
    """Insist that what costs nothing is free by an agreement (31 U.S.C. 1342).

    :raises NoCostNotAgreed: naming the sublines at $0 without one (R-FND-11)
    """
    rows = RateRow.objects.filter(
        line__contract=contract, superseded_at__isnull=True, usd_per_million_tokens=0
    )
    free = set(rows.values_list("slin", flat=True))
    units = contract.lines.filter(
        unit_rates__superseded_at__isnull=True, unit_rates__usd_per_unit=0
    )
    require_agreed_sublines(contract, free | set(units.values_list("clin", flat=True)))


def require_agreed_sublines(contract: Contract, slins: Iterable[str]) -> None:
    """The same for sublines that an order prices at nothing.

    :raises NoCostNotAgreed: naming those without an agreement (R-FND-11)
    """
    bare = free_sublines(contract, slins)
    if bare:
        message = (
            f"{', '.join(bare)}: $0 without a gratuitous-service agreement. A legal "
            "reviewer records the agreement on the contract's page, or the line gets a "
            "price."
        )
        raise refusals.NoCostNotAgreed(message, slins=bare)
