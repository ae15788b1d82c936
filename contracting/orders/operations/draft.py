"""A program manager orders tokens of a contract: lines, ceilings, prices, funds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.bans.queries import require_not_banned
from contracting.contracts.models import Contract, ContractLine, RateRow
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.identifiers import check_acrn
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    UnitPrice,
    total_dollars,
)
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.queries import asked_prices, usable_for
from contracting.fair_opportunity.refusals import NoFairOpportunity
from contracting.ledger.queries import funds_of
from contracting.orders import calculations, events, permissions
from contracting.orders.calculations.units import MOST_UNITS
from contracting.orders.models import (
    OrderFunding,
    OrderLine,
    OrderRate,
    OrderUnitRate,
    TaskOrder,
)
from contracting.orders.queries import contract_rates, unit_rates_of
from contracting.orders.refusals import (
    FundingDoesNotSum,
    FundsAboveCeiling,
    ModelNotAllowed,
    NoEstimate,
    OutOfScope,
    PerformsTooLong,
    PriceAboveRateCard,
    TermInvalid,
)
from contracting.orders.states import FundsClause, FundsDraft, LineDraft, Risk
from contracting.reference.states import Boundary, PriceStructure
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import latest_estimate
from contracting.requisitions.states import RequisitionState


@transaction.atomic
def draft_task_order(
    *,
    contract_id: int,
    title: str,
    description: str,
    period_start: date,
    period_end: date,
    lines: Sequence[LineDraft],
    boundary: str = Boundary.FEDRAMP_MOD.value,
    risk: str = Risk.LOW.value,
    place: str = "Agency AI gateway",
    payment_office: str = "",
    fair_opportunity: str = "",
    funds_clause: str = "",
    opportunity_id: int | None = None,
    requisition_id: int | None = None,
    estimate_version: int | None = None,
    by: Actor,
    at: datetime,
) -> TaskOrder:
    """Draft an order on an awarded contract; nothing is reserved and nothing bound.

    Prices are the contract's for the order's data boundary and period, or lower where a
    line says so. A draft may lack funds or a payment office until it is submitted.

    :param period_end: last day of performance
    :param funds_clause: by ``FundsClause``, where it is signed before funds are there
    :param opportunity_id: the selection or exception under which this contract's holder
        gets the order; what the holder asked in its response is the price
    :param requisition_id: the need whose workload estimate it starts from; the order
        keeps its version and hash
    :param estimate_version: the version of the estimate that was read
    :raises NotAllowed: if ``by`` is no program manager of the contract's agency
    :raises Banned: if the contract's vendor is banned, without a waiver (R-AI-01)
    :raises NoFairOpportunity: if that is of another contract or used (R-TO-06)
    :raises OutOfScope: if a line is not on the contract (R-TO-01)
    :raises PerformsTooLong: beyond the contract's outer date (R-TO-04)
    :raises PriceAboveRateCard: if a price is above the contract's (R-TO-10)
    :raises ModelNotAllowed: if a model is not for this boundary or day (R-TO-12)
    :raises FundingDoesNotSum: if the ACRNs do not sum to their line (R-FND-02)
    :raises FundsAboveCeiling: if more is funded than may be used (R-TO-11)
    :raises NoEstimate: if that need is not this agency's, or has no estimate
    :raises Stale: if the estimate has changed since it was read
    :raises TermInvalid: for a term or row that cannot stand
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_draft_task_order(by, contract))
    require_not_banned(
        contract.agency,
        vendor_id=contract.vendor_id,
        models=[],
        subjects=[contract.subject],
        at=at,
    )
    terms = _checked_terms(
        {
            "title": title,
            "description": description,
            "period_start": period_start,
            "period_end": period_end,
            "boundary": boundary,
            "risk": risk,
            "place": place,
            "payment_office": payment_office,
            "fair_opportunity": fair_opportunity or contract.fair_opportunity,
            "funds_clause": funds_clause,
        }
    )
    _require_end(contract, period_end)
    opportunity = _opportunity(contract, opportunity_id)
    terms |= _estimate(contract, requisition_id, estimate_version)
    order = TaskOrder.objects.create(
        contract=contract,
        requester_id=by.own_membership_id,
        editor_user_ids=[by.user_id],
        opportunity=opportunity,
        **terms,
    )
    lines = _as_asked(lines, asked_prices(opportunity) if opportunity else {})
    _write_lines(order, lines, accounting_day(at, contract.time_zone))
    order.content_sha256 = content_sha256(calculations.content(order))
    order.save(update_fields=["content_sha256"])
    record_event(
        events.TASK_ORDER_DRAFTED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "contract": contract.piid,
            "estimate_sha256": order.estimate_sha256,
            "title": order.title,
            "ceiling_dollars": calculations.value_of(order),
            "ceiling_tokens": calculations.tokens_of(order),
            "version": order.version,
            "content_sha256": order.content_sha256,
        },
    )
    return order


def _checked_terms(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Single terms as they are stored.

    :raises TermInvalid: for an unknown name, or a value that cannot stand
    """
    unknown = sorted(set(terms) - set(calculations.TERMS))
    if unknown:
        message = f"An order has no term {unknown[0]!r}."
        raise TermInvalid(message, term=unknown[0])
    tidy = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in terms.items()
    }
    if not tidy.get("title", "a title"):
        message = "An order has a title."
        raise TermInvalid(message, term="title")
    for name, known in (
        ("boundary", Boundary.values),
        ("risk", Risk.values),
        ("funds_clause", ["", *FundsClause.values]),
    ):
        if name in tidy and tidy[name] not in known:
            message = f"{tidy[name]!r} is no {calculations.TERMS[name].lower()}."
            raise TermInvalid(message, term=name)
    start, end = tidy.get("period_start"), tidy.get("period_end")
    if start and end and end < start:
        message = "The period of performance ends after it begins."
        raise TermInvalid(message, term="period_end")
    return tidy


def _opportunity(contract: Contract, opportunity_id: int | None) -> Opportunity | None:
    """:raises NoFairOpportunity: if it is not this holder's, or used (R-TO-06)"""
    if opportunity_id is None:
        return None
    found = usable_for(contract).filter(pk=opportunity_id).first()
    if found is None:
        message = (
            f"No selection or exception for {contract.piid} waits for its order. "
            "Choose one of this contract, on which no order is placed."
        )
        raise NoFairOpportunity(message)
    return found


def _estimate(
    contract: Contract, requisition_id: int | None, version: int | None
) -> dict[str, Any]:
    """The estimate behind the order, by its version and hash.

    :raises NoEstimate: if the need is another agency's or has no estimate
    :raises Stale: if it is not the version that was read
    """
    if requisition_id is None:
        return {}
    found = Requisition.objects.filter(
        pk=requisition_id, agency_id=contract.agency_id
    ).exclude(state=RequisitionState.DISCARDED)
    requisition = found.first()
    if requisition is None or latest_estimate(requisition) is None:
        message = "There is no estimate of this agency that the order could start from."
        raise NoEstimate(message)
    if version is not None:
        requisition.require_version(version)
    return {
        "requisition": requisition,
        "estimate_version": requisition.version,
        "estimate_sha256": requisition.content_sha256,
    }


def _as_asked(
    lines: Sequence[LineDraft], asked: Mapping[str, Decimal]
) -> list[LineDraft]:
    """The lines at the prices that the selected holder asked, or at lower ones."""
    return [
        replace(
            line,
            prices={
                **{
                    slin: UnitPrice(price)
                    for slin, price in asked.items()
                    if slin.startswith(line.clin)
                },
                **line.prices,
            },
        )
        for line in lines
    ]


def _require_end(contract: Contract, period_end: date) -> None:
    """:raises PerformsTooLong: beyond the contract's outer date (R-TO-04)"""
    gap = calculations.end_gap(contract, period_end)
    if gap:
        message = f"{gap} End it earlier, or have the contract modified first."
        raise PerformsTooLong(message, last=contract.performance_end)


def _write_lines(order: TaskOrder, drafts: Sequence[LineDraft], on: date) -> None:
    """Make the lines of the order these; what is left out is removed and kept."""
    contract_lines = {line.clin: line for line in order.contract.lines.order_by("clin")}
    tidy = [_checked_line(draft, contract_lines) for draft in drafts]
    _require_consistent(order, tidy)
    wanted = {contract_lines[draft.clin].pk for draft in tidy}
    standing = {
        line.contract_line_id: line for line in order.lines.filter(is_removed=False)
    }
    for gone in standing.keys() - wanted:
        standing[gone].is_removed = True
        standing[gone].save(update_fields=["is_removed"])
    for draft in tidy:
        contract_line = contract_lines[draft.clin]
        line = standing.get(contract_line.pk) or OrderLine(
            order=order, contract_line=contract_line
        )
        line.description = draft.description or contract_line.description
        line.ceiling_tokens = draft.ceiling_tokens.count
        line.ceiling_dollars = draft.ceiling_dollars.amount
        line.unit = contract_line.unit
        line.units = draft.units
        line.ceiling_micro_acu = _checked_units(draft, contract_line)
        line.save()
        if line.is_by_unit:
            _write_unit_rates(order, line, draft)
        else:
            _write_rates(order, line, draft, on)
        _write_funding(line, draft.funds)


def _checked_line(draft: LineDraft, lines: Mapping[str, ContractLine]) -> LineDraft:
    """The draft with every part of its ceiling stated."""
    if draft.clin not in lines:
        message = f"Line {draft.clin} is no line of the contract."
        raise OutOfScope(message, clin=draft.clin)
    by_unit = lines[draft.clin].is_by_unit
    tokens, units = draft.ceiling_tokens.count, draft.units
    ordered, other = (units, tokens) if by_unit else (tokens, units)
    if ordered <= 0 or other or draft.ceiling_dollars <= Dollars(0):
        what = lines[draft.clin].get_unit_display() if by_unit else "tokens"
        message = (
            f"Line {draft.clin} has ceilings above zero, in {what} and dollars, and is "
            "ordered in nothing else."
        )
        raise TermInvalid(message, clin=draft.clin)
    return replace(draft, funds=_checked_funds(draft))


def _checked_units(draft: LineDraft, line: ContractLine) -> int | None:
    """The ceiling of a pool in millionths of its unit; other lines have none."""
    units = draft.ceiling_acu
    if line.structure != PriceStructure.POOL:
        if units is not None:
            message = f"Line {draft.clin} is no pool; it has no ceiling in units."
            raise TermInvalid(message, clin=draft.clin)
        return None
    if units is None or units <= 0 or units != round(units, 6) or units > MOST_UNITS:
        message = (
            f"Line {draft.clin} is a pool: it has a ceiling above zero in its units "
            "(ACU), of at most six decimals."
        )
        raise TermInvalid(message, clin=draft.clin)
    return int(units.scaleb(6))


def _checked_funds(draft: LineDraft) -> list[FundsDraft]:
    """The funds of a line; the part of the ceiling that is not stated is the rest."""
    acrns = [check_acrn(part.acrn) for part in draft.funds]
    open_parts = [part for part in draft.funds if part.ceiling_dollars is None]
    stated = total_dollars(
        part.ceiling_dollars for part in draft.funds if part.ceiling_dollars is not None
    )
    rest = draft.ceiling_dollars - stated
    if len(set(acrns)) != len(acrns) or len(open_parts) > 1:
        message = (
            f"Each ACRN of line {draft.clin} is named once, and at most one takes the "
            "rest of its ceiling."
        )
        raise FundingDoesNotSum(message, clin=draft.clin)
    if draft.funds and not open_parts and rest:
        message = (
            f"The ACRNs of line {draft.clin} sum to {stated}; the line's ceiling is "
            f"{draft.ceiling_dollars}."
        )
        raise FundingDoesNotSum(message, clin=draft.clin, sum=stated)
    tidy = []
    for acrn, part in zip(acrns, draft.funds, strict=True):
        ceiling = rest if part.ceiling_dollars is None else part.ceiling_dollars
        if part.dollars <= Dollars(0):
            message = f"ACRN {acrn} of line {draft.clin} funds more than nothing."
            raise TermInvalid(message, acrn=acrn)
        if part.dollars > ceiling:
            message = (
                f"ACRN {acrn} of line {draft.clin} funds {part.dollars} under a "
                f"ceiling of {ceiling}: what is beyond could never be used."
            )
            raise FundsAboveCeiling(message, acrn=acrn, short_by=part.dollars - ceiling)
        tidy.append(replace(part, acrn=acrn, ceiling_dollars=ceiling))
    return tidy


def _require_consistent(order: TaskOrder, drafts: Sequence[LineDraft]) -> None:
    """Each line once, and each ACRN one line of accounting of the agency."""
    clins = [draft.clin for draft in drafts]
    if len(set(clins)) != len(clins):
        message = "Each contract line is ordered once in an order."
        raise TermInvalid(message)
    own = {position.line.pk for position in funds_of(order.contract.agency_id)}
    accounts: dict[str, int] = {}
    for part in (part for draft in drafts for part in draft.funds):
        account = part.line_of_accounting_id
        if account not in own:
            message = f"ACRN {part.acrn} names funds that are not this agency's."
            raise FundingDoesNotSum(message, acrn=part.acrn)
        if accounts.setdefault(part.acrn, account) != account:
            message = f"ACRN {part.acrn} stands for one line of accounting in an order."
            raise FundingDoesNotSum(message, acrn=part.acrn)


def _write_rates(order: TaskOrder, line: OrderLine, draft: LineDraft, on: date) -> None:
    """The contract's prices for this boundary and period, or the lower ones agreed."""
    rows = contract_rates(line.contract_line, order.boundary, order.period)
    if not rows:
        message = (
            f"Line {draft.clin} has no price for {order.get_boundary_display()} in the "
            "period of the order."
        )
        raise ModelNotAllowed(message, clin=draft.clin, boundary=order.boundary)
    strays = sorted(set(draft.prices) - {row.slin for row in rows})
    if strays:
        message = f"{strays[0]} is no subline of line {draft.clin}."
        raise TermInvalid(message, slin=strays[0])
    line.rates.all().delete()
    OrderRate.objects.bulk_create(
        OrderRate(
            line=line,
            rate_row=row,
            usd_per_million_tokens=_price(
                row, draft.prices.get(row.slin), line.contract_line
            ),
        )
        for row in rows
    )
    gaps = calculations.model_gaps(line.current_rates(), order.boundary, on)
    if gaps:
        raise ModelNotAllowed(" ".join(gaps), gaps=gaps)


def _write_unit_rates(order: TaskOrder, line: OrderLine, draft: LineDraft) -> None:
    """The contract's prices per unit in this period, or the lower one agreed."""
    rows = unit_rates_of(line.contract_line, order.period)
    if not rows:
        message = f"Line {draft.clin} has no price per unit in the order's period."
        raise TermInvalid(message, clin=draft.clin)
    agreed, prices = draft.price_per_unit, []
    for row in rows:
        price = PricePerUnit(row.usd_per_unit)
        if agreed is not None and not agreed.usd_per_unit:
            message = f"Line {draft.clin} has a price above zero, or none of its own."
            raise TermInvalid(message, clin=draft.clin)
        if agreed is not None and agreed > price:
            message = (
                f"Line {draft.clin} at {agreed} is above the contract's rate of "
                f"{price}."
            )
            raise PriceAboveRateCard(message, clin=draft.clin, rate=price)
        prices.append(price if agreed is None else agreed)
    line.unit_rates.all().delete()
    OrderUnitRate.objects.bulk_create(
        OrderUnitRate(line=line, unit_rate=row, usd_per_unit=price.usd_per_unit)
        for row, price in zip(rows, prices, strict=True)
    )


def _price(row: RateRow, agreed: UnitPrice | None, line: ContractLine) -> Any:
    if agreed is None:
        return row.usd_per_million_tokens
    if line.structure == PriceStructure.POOL:
        message = (
            f"{row.slin} burns a pool: its multiplier and the price of a unit are the "
            "contract's, and change by a modification of the contract."
        )
        raise TermInvalid(message, slin=row.slin)
    contract_price = UnitPrice(row.usd_per_million_tokens)
    if agreed > contract_price:
        message = (
            f"{row.slin} at {agreed} is above the contract's rate of {contract_price}."
        )
        raise PriceAboveRateCard(message, slin=row.slin, rate=contract_price)
    return agreed.usd_per_million_tokens


def _write_funding(line: OrderLine, funds: Sequence[FundsDraft]) -> None:
    standing = {part.acrn: part for part in line.funding.filter(is_removed=False)}
    for gone in standing.keys() - {part.acrn for part in funds}:
        standing[gone].is_removed = True
        standing[gone].save(update_fields=["is_removed"])
    for sequence, part in enumerate(funds, start=1):
        row = standing.get(part.acrn) or OrderFunding(line=line, acrn=part.acrn)
        ceiling = part.ceiling_dollars or Dollars(0)
        row.sequence = sequence
        row.line_of_accounting_id = part.line_of_accounting_id
        row.dollars = part.dollars.amount
        row.ceiling_dollars = ceiling.amount
        row.save()
