"""Prices on the published reference workload, beside public list, exactly.

Shares are fractions until they are printed: nothing is rounded before it is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from django.db.models import Count, Sum

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.evaluations.models import (
    AmendmentWaiver,
    PriceNormalisation,
    RevisedRate,
    SelectionDecision,
    rates_of,
)
from contracting.evaluations.pricing import comparisons, uses
from contracting.evaluations.pricing import gaps as open_prices
from contracting.evaluations.pricing.bars import BAR_WIDTH, bars
from contracting.evaluations.pricing.comparisons import percent
from contracting.evaluations.pricing.plot import plot
from contracting.evaluations.pricing.priced import PastPrice, PricedLine, PricedOffer
from contracting.evaluations.pricing.words import changes_of, record
from contracting.evaluations.refusals import RuleNotApplicable
from contracting.evaluations.states import NormalisationRule
from contracting.reference.models import AiModel, ListPrice
from contracting.reference.queries import list_price
from contracting.requisitions.models import EstimateRow
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.queries import lines_of
from contracting.solicitations.states import ContextBand, SolicitationState
from contracting.submissions.models import OfferedRate, OpenedOffer
from contracting.submissions.queries import amendment_numbers, offers_of

COMPETITION: Final = (
    "Competition, and comparison with public list prices (FAR 15.404-1(b)(2)(i), (iv))"
)
LIST_ONLY: Final = "Comparison with public list prices (FAR 15.404-1(b)(2)(iv))"

_LONG_INPUT: Final = 200_001

_Rate: TypeAlias = OfferedRate | RevisedRate
_Kind: TypeAlias = tuple[int, int, str, str, str]
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
        if not rate.line.is_removed
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
    priced, missing, unconfirmed = [], [], []
    for line in lines:
        rate, given = rates.get(line.pk), put_in.get((number, line.pk))
        counts = rate is not None and open_prices.is_confirmed(rate, number, confirmed)
        if given is not None and not counts:
            priced.append(_line(line, _model_for(line, rates), given, past, on))
            continue
        if rate is None:
            missing.append(line.slin)
            continue
        if not counts:
            unconfirmed.append(line.slin)
        priced.append(_line(line, rate.model, rate, past, on))
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
    line: SolicitationLine,
    model: AiModel | None,
    rate: _Rate | PriceNormalisation,
    past: Mapping[_Kind, PastPrice],
    on: date,
) -> PricedLine:
    listed = _listed(line, model, on)
    source, earlier, rule = "", None, ""
    if listed is not None:
        source = f"{listed.package_version}, imported {listed.imported_on.isoformat()}"
    if isinstance(rate, PriceNormalisation):
        rule = f"{rate.get_rule_display()}: {rate.source}"
    else:
        earlier = past.get(_kind(line, rate))
    return PricedLine(
        slin=line.slin,
        label=line.token_class.label,
        token_class=line.token_class.code,
        model="" if model is None else model.snapshot,
        tokens=Tokens(line.workload_tokens),
        price=UnitPrice(rate.usd_per_million_tokens),
        list_price=None if listed is None else listed.price,
        list_source=source,
        past=earlier,
        normalised_as=rule,
    )


def _listed(
    line: SolicitationLine, model: AiModel | None, on: date
) -> ListPrice | None:
    is_long = line.context_band == ContextBand.OVER_200K
    if model is None:
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
    offers = list(offers_of(solicitation))
    if rule == NormalisationRule.PUBLIC_LIST:
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


def findings(
    solicitation: Solicitation,
    offers: Sequence[PricedOffer],
    *,
    conclusion: str,
    unbalanced_memo: str,
    reasonable: Iterable[int],
) -> dict[str, Any]:
    """What a price analysis keeps: the arithmetic line by line, and what follows.

    :param reasonable: the submissions whose price is found fair and reasonable
    """
    return {
        "rows": rows(offers),
        "totals": totals(offers),
        "unbalanced": unbalanced(offers),
        "usage": usage(solicitation, offers),
        "method": COMPETITION if len(offers) > 1 else LIST_ONLY,
        "conclusion": conclusion.strip(),
        "unbalanced_memo": unbalanced_memo.strip(),
        "reasonable_submission_ids": sorted(reasonable),
    }


def findings_sha256(solicitation: Solicitation, found: Mapping[str, Any]) -> str:
    """SHA-256 of an analysis and of the workload that it prices."""
    return content_sha256({"workload_sha256": solicitation.workload_sha256, **found})


def usage(solicitation: Solicitation, offers: Sequence[PricedOffer]) -> dict[str, Any]:
    """What the offers come to at P10, P50 and P90, and where they change places.

    Only the P50 is published. What the requisition expects at P10 and P90 ranks no
    offer; it shows how far the ranks hang on the volume.
    """
    asked = [
        (line.slin, line.token_class.code, line.workload_tokens)
        for line in lines_of(solicitation)
    ]
    rows_of_it = EstimateRow.objects.filter(requisition_id=solicitation.requisition_id)
    sums = rows_of_it.values("token_class__code").annotate(
        p10=Sum("p10_tokens"), p50=Sum("p50_tokens"), p90=Sum("p90_tokens")
    )
    estimate = {
        row["token_class__code"]: uses.Spread(
            int(row["p10"]), int(row["p50"]), int(row["p90"])
        )
        for row in sums.order_by("token_class__code")
    }
    used = uses.uses(asked, estimate)
    months = rows_of_it.aggregate(count=Count("month", distinct=True))["count"]
    return record(
        [_curve(offer, used) for offer in offers if offer.is_ranked],
        used,
        months=months,
        not_ranked=[
            {
                "vendor": offer.vendor,
                "missing_lines": list(offer.missing),
                "unconfirmed_lines": list(offer.unconfirmed),
            }
            for offer in offers
            if not offer.is_ranked
        ],
    )


def _curve(offer: PricedOffer, used: Sequence[uses.Use]) -> uses.Curve:
    prices = {line.slin: line.price for line in offer.lines}
    return uses.curve(offer.submission_id, offer.vendor, prices, used)


def rows(offers: Iterable[PricedOffer]) -> list[dict[str, Any]]:
    """The arithmetic, line by line, as it is kept and printed."""
    return [
        {
            "submission": offer.submission_id,
            "vendor": offer.vendor,
            "slin": line.slin,
            "token_class": line.token_class,
            "label": line.label,
            "model": line.model,
            "workload_tokens": line.tokens.count,
            "usd_per_million_tokens": _plain(line.price.usd_per_million_tokens),
            "amount": line.amount.plain(),
            "list_usd_per_million_tokens": (
                _plain(line.list_price.usd_per_million_tokens)
                if line.list_price is not None
                else None
            ),
            "list_amount": (
                line.list_amount.plain() if line.list_amount is not None else None
            ),
            "list_source": line.list_source,
            "percent_of_list": percent(line.share_of_list),
            "past_usd_per_million_tokens": (
                _plain(line.past.price.usd_per_million_tokens) if line.past else None
            ),
            "past_source": line.past.source if line.past else "",
            "is_unbalanced": line in offer.unbalanced,
            "normalised_as": line.normalised_as,
            "is_unconfirmed": line.slin in offer.unconfirmed,
        }
        for offer in offers
        for line in offer.lines
    ]


def totals(offers: Iterable[PricedOffer]) -> list[dict[str, Any]]:
    """What each offer comes to, the lowest first; last those without a rank."""
    return [
        {
            "submission": offer.submission_id,
            "public_id": offer.public_id,
            "vendor": offer.vendor,
            "evaluated": offer.evaluated.plain(),
            "at_list": offer.at_list.plain() if offer.at_list is not None else None,
            "percent_of_list": percent(_share(offer.evaluated, offer.at_list)),
            "missing_lines": list(offer.missing),
            "unconfirmed_lines": list(offer.unconfirmed),
            "normalised_lines": offer.normalised,
            "lines_without_list": [
                line.slin for line in offer.lines if line.list_price is None
            ],
            "lines_not_judged": [line.slin for line in offer.unjudged],
            "unacknowledged": list(offer.unacknowledged),
            **(
                {"with_options": offer.with_options.plain()}
                if offer.option_percents
                else {}
            ),
        }
        for offer in sorted(
            offers,
            key=lambda offer: (
                not offer.is_ranked,
                offer.with_options,
                offer.public_id,
            ),
        )
    ]


def unbalanced(offers: Iterable[PricedOffer]) -> list[dict[str, Any]]:
    """Every flagged class, with the shares of list that make it stand out."""
    return [
        {
            "submission": offer.submission_id,
            "vendor": offer.vendor,
            "slin": line.slin,
            "token_class": line.token_class,
            "percent_of_list": percent(line.share_of_list),
            "percent_of_list_of_others": percent(_others(offer, line)),
        }
        for offer in offers
        for line in offer.unbalanced
    ]


def _others(offer: PricedOffer, line: PricedLine) -> Fraction | None:
    shares = [
        other.share_of_list
        for other in offer.lines
        if other.slin != line.slin and other.share_of_list is not None
    ]
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def _share(part: Dollars, whole: Dollars | None) -> Fraction | None:
    if whole is None or not whole:
        return None
    return Fraction(part.amount) / Fraction(whole.amount)


def prices_of(
    solicitation: Solicitation, on: date, *, afresh: bool = False
) -> dict[str, Any]:
    """What the analysis in force says, or what it would say on a day, with its plots.

    An analysis that was recorded without uses has none to show.

    :param afresh: what an analysis would say on that day, whatever one says already
    """
    analysis = solicitation.price_analyses.order_by("-pk").first()
    if analysis is not None and not afresh:
        sums, lines, used = analysis.totals, analysis.rows, analysis.usage
        flagged = analysis.unbalanced
    else:
        priced = priced_offers(solicitation, on)
        sums, lines = totals(priced), rows(priced)
        flagged = unbalanced(priced)
        used = usage(solicitation, priced) if priced else {}
    return {
        "totals": sums,
        "rows": comparisons.compared(lines),
        "unbalanced": flagged,
        "lowest": comparisons.lowest(sums),
        "not_judged": comparisons.not_judged(sums),
        "bars": bars(sums),
        "bar_width": BAR_WIDTH,
        "usage": used,
        "changes": changes_of(used),
        "slopes": plot(used),
        "comparable": comparisons.comparable(lines),
    }


_SHARED_RUN: Final = 4
"""So many words in a row that somebody else wrote are not one's own."""


def own_words(rationale: str, texts: Iterable[str]) -> set[str]:
    """The different words of the rationale that are not taken from one of the texts.

    Taken is every part between punctuation marks that stands in a text, and every run
    of four words that does. Digits and signs are no words.
    """
    known = [f" {_words(text)} " for text in texts]
    parts = re.split(r"[.!?,;:()\n\u2012-\u2015]+", rationale)
    own: set[str] = set()
    for words in (_words(part).split() for part in parts):
        if any(f" {' '.join(words)} " in text for text in known):
            continue
        taken = {
            place
            for start in range(len(words) - _SHARED_RUN + 1)
            if _stands_in(known, words[start : start + _SHARED_RUN])
            for place in range(start, start + _SHARED_RUN)
        }
        own |= {word for place, word in enumerate(words) if place not in taken}
    return {word for word in own if has_words(word)}


def _stands_in(known: Sequence[str], words: Sequence[str]) -> bool:
    return any(f" {' '.join(words)} " in text for text in known)


def has_words(text: str) -> bool:
    """Whether anybody wrote a word, and not only signs or digits."""
    return re.search(r"[^\W\d_]", text) is not None


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
