"""Each opened offer on the published workload, priced by the structure of its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from contracting.core.quantities import UnitPrice
from contracting.evaluations.models import (
    AmendmentWaiver,
    CountedRate,
    PriceNormalisation,
    SelectionDecision,
    rates_of,
)
from contracting.evaluations.pricing import gaps as open_prices
from contracting.evaluations.pricing.priced import PastPrice, PricedLine, PricedOffer
from contracting.evaluations.refusals import RuleNotApplicable
from contracting.evaluations.states import NormalisationRule
from contracting.reference.models import AiModel, ListPrice
from contracting.reference.queries import list_price
from contracting.reference.states import PriceStructure
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.publishing.costs import WorkloadPrice, workload_prices
from contracting.solicitations.queries import lines_of
from contracting.solicitations.states import ContextBand, SolicitationState
from contracting.submissions.models import OpenedOffer
from contracting.submissions.queries import amendment_numbers, offers_of

_LONG_INPUT: Final = 200_001

_Rate: TypeAlias = CountedRate
_Kind: TypeAlias = tuple[int | None, int | None, str, str, str]
"""Model, token class, tier, context band and data boundary of a price."""


def unmet_amendments(offer: OpenedOffer) -> list[str]:
    """The amendments that the offer neither acknowledges nor is waived (R-SUB-05)."""
    waived = AmendmentWaiver.objects.filter(submission_id=offer.submission_id)
    numbers = waived.values_list("amendment__number", flat=True)
    met = {*offer.version.acknowledgements, *numbers}
    issued = amendment_numbers(offer.submission.solicitation)
    return [number for number in issued if number not in met]


def priced_offers(solicitation: Solicitation, on: date) -> list[PricedOffer]:
    """Every opened offer on the published workload, with list prices known on a day."""
    lines = list(lines_of(solicitation))
    past = _past_prices(solicitation, on)
    confirmed = open_prices.confirmed_in(solicitation)
    put_in = open_prices.normalised_in(solicitation)
    percents: list[Decimal] = []
    if solicitation.options_evaluated:
        percents = [Decimal(each["price_percent"]) for each in solicitation.options]
    return [
        replace(
            _priced(offer, lines, past, confirmed, put_in, on),
            option_percents=percents,
        )
        for offer in offers_of(solicitation)
    ]


def _past_prices(solicitation: Solicitation, on: date) -> dict[_Kind, PastPrice]:
    """By model, class, tier, band and boundary: the price of the last awarded offer.

    It is the price at award of another solicitation of the agency (FAR
    15.404-1(b)(2)(ii)); a modification may have changed the contract since.
    """
    earlier = SelectionDecision.objects.filter(
        solicitation__agency_id=solicitation.agency_id,
        solicitation__state=SolicitationState.AWARDED,
        decided_at__date__lte=on,
    ).exclude(solicitation=solicitation)
    chosen = OpenedOffer.objects.filter(
        submission__selection__decision__in=earlier,
        submission__selection__contracts__awarded_at__isnull=False,
    ).select_related("submission__vendor", "submission__solicitation")
    decided = "submission__solicitation__selection_decision__decided_at"
    ordered = chosen.order_by(decided)
    return {
        _kind(rate.line, rate): PastPrice(
            UnitPrice(rate.usd_per_million_tokens),
            f"{offer.submission.solicitation.name}, {offer.submission.called}",
        )
        for offer in ordered.prefetch_related("rates__line", "rates__model")
        for rate in rates_of(offer)
        if not rate.line.is_removed and rate.line.structure == PriceStructure.UNIT_PRICE
    }


def _kind(line: SolicitationLine, rate: _Rate) -> _Kind:
    terms = (line.tier, line.context_band, line.boundary)
    return rate.model_id, line.token_class_id, *terms


def _priced(
    offer: OpenedOffer,
    lines: Sequence[SolicitationLine],
    past: Mapping[_Kind, PastPrice],
    confirmed: open_prices.Confirmed,
    put_in: open_prices.Normalised,
    on: date,
) -> PricedOffer:
    number = offer.submission_id
    rates = {rate.line_id: rate for rate in rates_of(offer)}
    taken: dict[str, _Rate | PriceNormalisation] = {}
    missing, unconfirmed = [], []
    for line in lines:
        rate, given = rates.get(line.pk), put_in.get((number, line.pk))
        counts = rate is not None and open_prices.is_confirmed(rate, number, confirmed)
        if given is not None and not counts:
            taken[line.slin] = given
            continue
        if rate is None:
            missing.append(line.slin)
            continue
        if not counts:
            unconfirmed.append(line.slin)
        taken[line.slin] = rate
    figures = {slin: each.usd_per_million_tokens for slin, each in taken.items()}
    costs = workload_prices(lines, figures)
    priced = [
        _line(
            costs[line.slin], costs, _model_for(line, rates), taken[line.slin], past, on
        )
        for line in lines
        if line.slin in costs
    ]
    return PricedOffer(
        submission_id=number,
        public_id=offer.submission.public_id,
        vendor=offer.submission.called,
        lines=priced,
        missing=missing,
        unacknowledged=unmet_amendments(offer),
        unconfirmed=unconfirmed,
    )


def _model_for(line: SolicitationLine, rates: Mapping[int, _Rate]) -> AiModel | None:
    """The model that an offer puts on the line, or on the other lines of its CLIN."""
    if line.pk in rates:
        return rates[line.pk].model
    beside = (rate.model for rate in rates.values() if rate.line.clin == line.clin)
    return next(beside, None)


def _line(
    cost: WorkloadPrice,
    costs: Mapping[str, WorkloadPrice],
    model: AiModel | None,
    rate: _Rate | PriceNormalisation,
    past: Mapping[_Kind, PastPrice],
    on: date,
) -> PricedLine:
    line = cost.line
    listed = _listed(line, model, on)
    source, earlier, rule = "", None, ""
    if listed is not None:
        source = f"{listed.package_version}, imported {listed.imported_on.isoformat()}"
    if isinstance(rate, PriceNormalisation):
        rule = f"{rate.get_rule_display()}: {rate.source}"
    else:
        if line.structure == PriceStructure.UNIT_PRICE:
            earlier = past.get(_kind(line, rate))
    return PricedLine(
        slin=line.slin,
        label=line.asked_for,
        token_class=line.class_code,
        model="" if model is None else model.snapshot,
        tokens=cost.tokens,
        price=UnitPrice(rate.usd_per_million_tokens),
        list_price=None if listed is None else listed.price,
        list_source=source,
        past=earlier,
        normalised_as=rule,
        workload=cost,
        of_class=_of_class(cost, costs),
    )


def _of_class(
    cost: WorkloadPrice, costs: Mapping[str, WorkloadPrice]
) -> Fraction | None:
    """What a million tokens of a class come to on the workload, over all its steps."""
    line = cost.line
    served = (line.clin, line.token_class_id, line.tier, line.context_band)
    own = [
        each
        for each in costs.values()
        if (
            each.line.clin,
            each.line.token_class_id,
            each.line.tier,
            each.line.context_band,
        )
        == served
        and each.line.boundary == line.boundary
    ]
    tokens = sum(each.tokens.count for each in own)
    if not tokens or line.token_class_id is None:
        return None
    amount = sum((Fraction(each.amount.amount) for each in own), Fraction(0))
    return amount * 1_000_000 / tokens


def _listed(
    line: SolicitationLine, model: AiModel | None, on: date
) -> ListPrice | None:
    is_long = line.context_band == ContextBand.OVER_200K
    if model is None or line.token_class is None:
        return None
    return list_price(
        model,
        line.token_class,
        on,
        tier=line.tier,
        input_tokens=_LONG_INPUT if is_long else 0,
    )


def normalised_price(
    solicitation: Solicitation,
    submission_id: int,
    line: SolicitationLine,
    rule: str,
    on: date,
) -> tuple[UnitPrice, str]:
    """What a stated rule gives for the open line of an offer, and where it comes from.

    :raises RuleNotApplicable: if it gives no price above zero (R-EVL-05)
    """
    if line.structure == PriceStructure.POOL:
        message = (
            f"Line {line.slin} is counted in the unit of the offeror's own pool: no "
            "public list and no other offer has it. Ask the offeror."
        )
        raise RuleNotApplicable(message)
    offers = list(offers_of(solicitation))
    if rule == NormalisationRule.PUBLIC_LIST:
        if line.structure != PriceStructure.UNIT_PRICE:
            message = (
                f"Line {line.slin} is priced by the structure of its CLIN, which no "
                "public list has. Ask the offeror, or take the highest other offer."
            )
            raise RuleNotApplicable(message)
        own = next(each for each in offers if each.submission_id == submission_id)
        rates = {rate.line_id: rate for rate in rates_of(own)}
        listed = _listed(line, _model_for(line, rates), on)
        if listed is not None and listed.usd_per_million_tokens > 0:
            return listed.price, f"list known on {listed.imported_on.isoformat()}"
        message = f"No public list price is known for {line.slin} of this offer."
        raise RuleNotApplicable(message)
    others = [
        (rate.usd_per_million_tokens, offer.submission.called)
        for offer in offers
        for rate in rates_of(offer)
        if offer.submission_id != submission_id and rate.line_id == line.pk
    ]
    highest, vendor = max(others, default=(Decimal(0), ""))
    if not highest:
        message = f"No other offer has a price above zero for {line.slin}."
        raise RuleNotApplicable(message)
    return UnitPrice(highest), f"price of {vendor}"
