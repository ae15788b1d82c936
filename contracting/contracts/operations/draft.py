"""Turn a selected offer into a contract: lines, rate card, ceilings, clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.contracts import calculations, events, permissions, refusals
from contracting.contracts.calculations import CardPrice, card
from contracting.contracts.models import (
    MULTIPLE_AWARD,
    SINGLE_AWARD,
    BurnRate,
    Contract,
    ContractClause,
    ContractFunding,
    ContractLine,
    ContractOption,
    PriceStep,
    RateRow,
    ToleranceTerms,
    UnitRate,
    VolumeTerms,
)
from contracting.contracts.queries import live, require_awardable
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.identifiers import check_acrn
from contracting.core.periods import days_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.evaluations.models import CountedRate, SelectedOffer, rates_of
from contracting.ledger.queries import lines_of_accounting_of
from contracting.reference.states import InstrumentKind
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.publishing.options import drafts_of
from contracting.solicitations.publishing.terms import ORDER_LIMITS, TOLERANCES
from contracting.solicitations.queries import lines_of

AT_AWARD = "award"
"""Where a price comes from that no modification has changed."""


@dataclass(frozen=True, slots=True)
class MinimumFunding:
    """Which funds the award binds on a line: for the minimum, or for the line itself.

    Under a definitive contract the ACRNs of a line pay in their alphabetical order.
    """

    clin: str
    acrn: str
    line_of_accounting_id: int
    dollars: Dollars


@transaction.atomic
def draft_contract(
    *,
    solicitation_id: int,
    submission_id: int | None = None,
    funding: Sequence[MinimumFunding],
    notice_percent: int = 75,
    report_due_days: int = 3,
    by: Actor,
    at: datetime,
) -> Contract:
    """Draft the award of a selected offer.

    Each becomes a contract of its own, with its own ceilings, guaranteed minimum and
    funds. Lines, prices, ceilings and clauses come from the solicitation and the offer;
    only the funds that bear the guaranteed minimum are chosen here. An agreement binds
    none (FAR 13.303-1). The lines of a definitive contract have the quantity that was
    solicited and the price that was offered, and are funded in whole or in part.

    :param submission_id: which selected offer; left out where one is left
    :raises NotAllowed: if ``by`` is neither a contracting officer nor a specialist
    :raises NotOpened: if the solicitation is cancelled or not opened
    :raises NotDecided: without a decision that selects this offer
    :raises AlreadyAwarded: if a draft or an award of it exists
    :raises IndefiniteQuantityIncomplete: without an ordering period (R-AWD-03)
    :raises FundingDoesNotSum: if the funds do not sum to the minimum, or exceed a line
        of a definitive contract (R-FND-02)
    :raises AboveMaximum: if the offer prices the lines of a definitive contract above
        the maximum that was solicited
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_draft_contract(by, solicitation))
    selection = _selection(solicitation, submission_id)
    require_awardable(solicitation)
    is_definitive = solicitation.instrument == InstrumentKind.DEFINITIVE
    if not is_definitive:
        _require_sum(solicitation, funding)
    contract = _contract(solicitation, selection, notice_percent, report_due_days, by)
    _lines(contract, solicitation)
    if is_definitive:
        _fix_quantities(contract, solicitation)
        _require_within_lines(contract, funding)
    _funding(contract, funding)
    ContractOption.state(contract, drafts_of(solicitation.options), source=AT_AWARD)
    ToleranceTerms.state(contract, from_day=contract.ordering_start, source=AT_AWARD)
    for row in solicitation.clauses.all():
        ContractClause.objects.create(contract=contract, clause_id=row.clause_id)
    contract.content_sha256 = content_sha256(calculations.content(contract))
    contract.save(update_fields=["content_sha256"])
    record_event(
        events.CONTRACT_DRAFTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "solicitation": solicitation.piid,
            "vendor": contract.vendor.name,
            "ceiling_dollars": contract.ceiling_dollars,
            "content_sha256": contract.content_sha256,
        },
    )
    return contract


def _require_sum(solicitation: Solicitation, funding: Sequence[MinimumFunding]) -> None:
    total = total_dollars(part.dollars for part in funding)
    minimum = Dollars(solicitation.minimum_dollars)
    if total != minimum:
        message = f"The funds sum to {total}; the guaranteed minimum is {minimum}."
        raise refusals.FundingDoesNotSum(message, funded=total, minimum=minimum)


def _fix_quantities(contract: Contract, solicitation: Solicitation) -> None:
    """The ceiling of each line is its quantity at the prices offered.

    Each subline is priced as an invoice prices it, to the cent, and they are summed.
    """
    whole, tokens = Dollars(), Tokens(0)
    prices = calculations.line_prices(solicitation, contract.offer.opened_offer)
    for line in contract.lines.order_by("clin"):
        price = prices[line.clin]
        line.ceiling_dollars = price.amount
        line.save(update_fields=["ceiling_dollars"])
        whole, tokens = whole + price, tokens + Tokens(line.estimated_tokens)
    most = Dollars(solicitation.maximum_dollars)
    if whole > most:
        message = (
            f"The offer prices the lines at {whole}; the solicitation states {most} "
            "at most."
        )
        raise refusals.AboveMaximum(message, price=whole, maximum=most)
    contract.ceiling_dollars = whole.amount
    contract.ceiling_tokens = tokens.count
    contract.save(update_fields=["ceiling_dollars", "ceiling_tokens"])


def _require_within_lines(
    contract: Contract, funding: Sequence[MinimumFunding]
) -> None:
    for line in contract.lines.order_by("clin"):
        funds = total_dollars(
            part.dollars for part in funding if part.clin == line.clin
        )
        if funds > Dollars(line.ceiling_dollars):
            message = (
                f"Line {line.clin} costs {Dollars(line.ceiling_dollars)}; {funds} on "
                "it could never be used."
            )
            raise refusals.FundingDoesNotSum(message, clin=line.clin, funded=funds)


def _selection(solicitation: Solicitation, submission_id: int | None) -> SelectedOffer:
    found = SelectedOffer.objects.filter(decision__solicitation=solicitation)
    chosen = list(found.select_related("forgone"))
    if not chosen:
        message = "The source selection authority has not decided yet."
        raise refusals.NotDecided(message)
    if submission_id is not None:
        chosen = [each for each in chosen if each.submission_id == submission_id]
    if not chosen:
        message = "This offer was not selected, so it is not awarded."
        raise refusals.NotDecided(message)
    chosen = [each for each in chosen if not hasattr(each, "forgone")]
    if not chosen:
        message = "The award of this offer is forgone; that is not taken back."
        raise refusals.AlreadyForgone(message)
    left = [each for each in chosen if not live().filter(selection=each).exists()]
    if not left:
        message = "An award of what was selected is drafted or signed already."
        raise refusals.AlreadyAwarded(message)
    if len(left) > 1:
        message = "Several offers were selected. Name the one whose award is drafted."
        raise refusals.NotDecided(message, left=len(left))
    return left[0]


def _contract(
    solicitation: Solicitation,
    selection: SelectedOffer,
    notice_percent: int,
    report_due_days: int,
    by: Actor,
) -> Contract:
    start, end = solicitation.ordering_start, solicitation.ordering_end
    if start is None or end is None:
        message = "A contract has a period in which it is ordered or performed."
        raise refusals.IndefiniteQuantityIncomplete(message)
    return Contract.objects.create(
        agency_id=solicitation.agency_id,
        vendor=selection.submission.vendor,
        solicitation=solicitation,
        decision=selection.decision,
        selection=selection,
        instrument=solicitation.instrument,
        title=solicitation.title,
        naics=solicitation.naics,
        psc=solicitation.psc,
        time_zone=solicitation.time_zone,
        ordering_start=start,
        ordering_end=end,
        minimum_dollars=solicitation.minimum_dollars,
        ceiling_dollars=solicitation.maximum_dollars,
        ceiling_tokens=solicitation.maximum_tokens,
        notice_percent=notice_percent,
        report_due_days=report_due_days,
        fair_opportunity=(
            MULTIPLE_AWARD if selection.decision.standing.count() > 1 else SINGLE_AWARD
        ),
        drafted_by_id=by.own_membership_id,
        **{name: getattr(solicitation, name) for name in (*ORDER_LIMITS, *TOLERANCES)},
    )


def _lines(contract: Contract, solicitation: Solicitation) -> None:
    """Each CLIN as it was asked for, at the figures of the offer; nothing is lost."""
    offered = {rate.line_id: rate for rate in rates_of(contract.offer.opened_offer)}
    bounds = days_bounds(
        contract.ordering_start, contract.ordering_end, contract.time_zone
    )
    in_force = DateTimeTZRange(bounds.start, None, "[)")
    rows_of: dict[str, list[SolicitationLine]] = {}
    for row in lines_of(solicitation):
        rows_of.setdefault(row.clin, []).append(row)
    for rows in rows_of.values():
        rates = [offered[row.pk] for row in rows]
        line = _line(contract, rows, rates)
        if line.is_by_unit:
            UnitRate.objects.create(
                line=line,
                usd_per_unit=rates[0].usd_per_million_tokens,
                in_force=in_force,
                source=AT_AWARD,
            )
        for price in card(rows, {rate.line_id: rate for rate in rates}):
            _price(line, price, in_force)


def _line(
    contract: Contract,
    rows: Sequence[SolicitationLine],
    rates: Sequence[CountedRate],
) -> ContractLine:
    first = rows[0]
    model = next((rate.model for rate in rates if rate.model is not None), None)
    line = ContractLine.objects.create(
        contract=contract,
        clin=first.clin,
        description=first.description if model is None else f"Tokens of {model.family}",
        psc=contract.psc,
        pricing=calculations.PRICING.get(
            first.structure, f"fixed unit price per {first.unit}"
        ),
        structure=first.structure,
        unit=first.unit,
        estimated_tokens=sum(row.workload_tokens for row in rows),
        estimated_units=sum(row.workload_units for row in rows if row.is_by_unit),
        part_months=first.part_months,
        ceiling_dollars=contract.ceiling_dollars,
    )
    if first.is_by_volume:
        VolumeTerms.objects.create(
            line=line,
            counted_over=first.counted_over,
            counted_per=first.counted_per,
            source=AT_AWARD,
        )
    return line


def _price(line: ContractLine, price: CardPrice, in_force: DateTimeTZRange) -> None:
    """One row of the rate card, with its steps or what it burns."""
    row, model = price.row, price.model
    made = RateRow.objects.create(
        line=line,
        slin=row.slin,
        model=model,
        tokenizer=model.tokenizer,
        token_class=price.token_class,
        tier=row.tier,
        context_band=row.context_band,
        boundary=row.boundary,
        usd_per_million_tokens=price.usd_per_million_tokens,
        in_force=in_force,
        source=AT_AWARD,
    )
    PriceStep.objects.bulk_create(
        PriceStep(rate_row=made, from_tokens=start, usd_per_million_tokens=dollars)
        for start, dollars in price.steps
    )
    if price.burn is not None:
        acu, usd = price.burn
        BurnRate.objects.create(
            rate_row=made, acu_per_million_tokens=acu, usd_per_acu=usd
        )


def _funding(contract: Contract, funding: Sequence[MinimumFunding]) -> None:
    lines = {line.clin: line for line in contract.lines.all()}
    _require_one_meaning(funding)
    for part in funding:
        held = lines_of_accounting_of(contract.agency_id)
        account = held.filter(pk=part.line_of_accounting_id).first()
        if account is None or part.clin not in lines:
            message = "A funding row names a line of this contract and funds you hold."
            raise refusals.FundingDoesNotSum(message, clin=part.clin)
        ContractFunding.objects.create(
            line=lines[part.clin],
            acrn=check_acrn(part.acrn),
            line_of_accounting=account,
            dollars=part.dollars.amount,
        )


def _require_one_meaning(funding: Sequence[MinimumFunding]) -> None:
    """An ACRN stands for one line of accounting, and once on a line (FAR 4.1005-1)."""
    accounts: dict[str, int] = {}
    for part in funding:
        acrn = check_acrn(part.acrn)
        account = accounts.setdefault(acrn, part.line_of_accounting_id)
        if account != part.line_of_accounting_id:
            message = f"ACRN {part.acrn} stands for one line of accounting only."
            raise refusals.FundingDoesNotSum(message, acrn=part.acrn)
    if len({(part.clin, check_acrn(part.acrn)) for part in funding}) != len(funding):
        message = "Each ACRN funds a line once; add up the dollars of equal rows."
        raise refusals.FundingDoesNotSum(message)
