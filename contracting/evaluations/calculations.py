"""Prices on the published reference workload, beside public list, exactly.

Shares are fractions until they are printed: nothing is rounded before it is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from django.db.models import Count, Sum

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.evaluations.models import AmendmentWaiver, SelectionDecision
from contracting.evaluations.pricing import uses
from contracting.evaluations.pricing.comparisons import percent
from contracting.evaluations.pricing.words import record
from contracting.reference.queries import list_price
from contracting.requisitions.models import EstimateRow
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.queries import lines_of
from contracting.solicitations.states import ContextBand, SolicitationState
from contracting.submissions.calculations import WorkloadPrice
from contracting.submissions.models import OfferedRate, OpenedOffer
from contracting.submissions.queries import amendment_numbers, offers_of

SIGMAS: Final = 3
"""A class is flagged when it stands this many sigma from the offer's other classes."""

SMALLEST_SIGMA: Final = Fraction(1, 10)
"""Sigma is never taken for less than this share of the mean of the other classes."""

_LONG_INPUT: Final = 200_001

_Kind: TypeAlias = tuple[int, int, str, str, str]
"""Model, token class, tier, context band and data boundary of a price."""


@dataclass(frozen=True, slots=True)
class PastPrice:
    """The price of the same model and class in the agency's last award before."""

    price: UnitPrice
    source: str


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of the workload at the offered price, and at list price if known."""

    slin: str
    label: str
    token_class: str
    model: str
    tokens: Tokens
    price: UnitPrice
    list_price: UnitPrice | None
    list_source: str
    past: PastPrice | None = None

    @property
    def amount(self) -> Dollars:
        return WorkloadPrice(self.tokens, self.price).amount

    @property
    def list_amount(self) -> Dollars | None:
        return None if self.list_price is None else self.list_price.of(self.tokens)

    @property
    def share_of_list(self) -> Fraction | None:
        """Offered price by list price; ``None`` without a list price above zero."""
        if self.list_price is None or not self.list_price.usd_per_million_tokens:
            return None
        return Fraction(self.price.usd_per_million_tokens) / Fraction(
            self.list_price.usd_per_million_tokens
        )


@dataclass(frozen=True, slots=True)
class PricedOffer:
    """One offer on the whole workload."""

    submission_id: int
    public_id: str
    vendor: str
    lines: Sequence[PricedLine]
    missing: Sequence[str]
    unacknowledged: Sequence[str] = ()

    @property
    def evaluated(self) -> Dollars:
        return total_dollars(line.amount for line in self.lines)

    @property
    def at_list(self) -> Dollars | None:
        """The whole workload at list price; ``None`` if a line has none."""
        amounts = [line.list_amount for line in self.lines]
        if any(amount is None for amount in amounts):
            return None
        return total_dollars(amounts)

    @property
    def unbalanced(self) -> list[PricedLine]:
        """The lines whose price stands far from the offer's other lines.

        Each class is measured as a share of its list price (FAR 15.404-1(g)).
        """
        shares = self._shares()
        return [
            line
            for line in self.lines
            if line.slin in shares and _stands_out(line.slin, shares)
        ]

    @property
    def unjudged(self) -> list[PricedLine]:
        """The lines whose balance cannot be judged.

        They have no public list price above zero, or are the only line that has one.
        """
        shares = self._shares()
        alone = len(shares) < 2
        return [line for line in self.lines if alone or line.slin not in shares]

    def _shares(self) -> dict[str, Fraction]:
        return {
            line.slin: line.share_of_list
            for line in self.lines
            if line.share_of_list is not None
        }


def _stands_out(slin: str, shares: Mapping[str, Fraction]) -> bool:
    others = [share for key, share in shares.items() if key != slin]
    own = shares[slin]
    if not others:
        return False
    mean = sum(others, Fraction(0)) / len(others)
    variance = sum(((share - mean) ** 2 for share in others), Fraction(0)) / len(others)
    smallest = (SMALLEST_SIGMA * mean) ** 2
    return (own - mean) ** 2 > SIGMAS**2 * max(variance, smallest)


def unmet_amendments(offer: OpenedOffer) -> list[str]:
    """The amendments that the offer neither acknowledges nor is waived (R-SUB-05)."""
    waived = AmendmentWaiver.objects.filter(submission_id=offer.submission_id)
    numbers = waived.values_list("amendment__number", flat=True)
    met = {*offer.version.acknowledged, *numbers}
    issued = amendment_numbers(offer.submission.solicitation)
    return [number for number in issued if number not in met]


def priced_offers(solicitation: Solicitation, on: date) -> list[PricedOffer]:
    """Every opened offer on the published workload, with list prices known on a day."""
    lines = list(lines_of(solicitation))
    past = _past_prices(solicitation, on)
    return [_priced(offer, lines, past, on) for offer in offers_of(solicitation)]


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
    rates = (
        OfferedRate.objects.filter(
            offer__submission__in=earlier.values("selected"), line__is_removed=False
        )
        .select_related("line__solicitation", "offer__submission__vendor")
        .order_by("line__solicitation__selection_decision__decided_at", "pk")
    )
    return {
        _kind(rate.line, rate): PastPrice(
            UnitPrice(rate.usd_per_million_tokens),
            f"{rate.line.solicitation.name}, {rate.offer.submission.vendor.name}",
        )
        for rate in rates
    }


def _kind(line: SolicitationLine, rate: OfferedRate) -> _Kind:
    terms = (line.tier, line.context_band, line.boundary)
    return rate.model_id, line.token_class_id, *terms


def _priced(
    offer: OpenedOffer,
    lines: Sequence[SolicitationLine],
    past: Mapping[_Kind, PastPrice],
    on: date,
) -> PricedOffer:
    rates = {rate.line_id: rate for rate in offer.rates.all()}
    return PricedOffer(
        submission_id=offer.submission_id,
        public_id=offer.submission.public_id,
        vendor=offer.submission.vendor.name,
        lines=[
            _line(line, rates[line.pk], past, on) for line in lines if line.pk in rates
        ],
        missing=[line.slin for line in lines if line.pk not in rates],
        unacknowledged=unmet_amendments(offer),
    )


def _line(
    line: SolicitationLine,
    rate: OfferedRate,
    past: Mapping[_Kind, PastPrice],
    on: date,
) -> PricedLine:
    is_long = line.context_band == ContextBand.OVER_200K
    listed = list_price(
        rate.model,
        line.token_class,
        on,
        tier=line.tier,
        input_tokens=_LONG_INPUT if is_long else 0,
    )
    source = ""
    if listed is not None:
        source = f"{listed.package_version}, imported {listed.imported_on.isoformat()}"
    return PricedLine(
        slin=line.slin,
        label=line.token_class.label,
        token_class=line.token_class.code,
        model=rate.model.snapshot,
        tokens=Tokens(line.workload_tokens),
        price=UnitPrice(rate.usd_per_million_tokens),
        list_price=None if listed is None else listed.price,
        list_source=source,
        past=past.get(_kind(line, rate)),
    )


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
        [_curve(offer, used) for offer in offers if not offer.missing],
        used,
        months=months,
        not_ranked=[
            {"vendor": offer.vendor, "missing_lines": list(offer.missing)}
            for offer in offers
            if offer.missing
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
        }
        for offer in offers
        for line in offer.lines
    ]


def totals(offers: Iterable[PricedOffer]) -> list[dict[str, Any]]:
    """What each offer comes to, the lowest first; last those that miss a line."""
    return [
        {
            "submission": offer.submission_id,
            "public_id": offer.public_id,
            "vendor": offer.vendor,
            "evaluated": offer.evaluated.plain(),
            "at_list": offer.at_list.plain() if offer.at_list is not None else None,
            "percent_of_list": percent(_share(offer.evaluated, offer.at_list)),
            "missing_lines": list(offer.missing),
            "lines_without_list": [
                line.slin for line in offer.lines if line.list_price is None
            ],
            "lines_not_judged": [line.slin for line in offer.unjudged],
            "unacknowledged": list(offer.unacknowledged),
        }
        for offer in sorted(
            offers,
            key=lambda offer: (bool(offer.missing), offer.evaluated, offer.public_id),
        )
    ]


def lowest(kept_totals: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Who is lowest among the offers that price every line, all of them if equal.

    :returns: ``{"vendors", "evaluated", "percent_of_list"}``; ``None`` if every offer
        misses a line
    """
    whole = [row for row in kept_totals if not row["missing_lines"]]
    if not whole:
        return None
    least = min(Decimal(row["evaluated"]) for row in whole)
    equal = [row for row in whole if Decimal(row["evaluated"]) == least]
    shares = {row["percent_of_list"] for row in equal}
    return {
        "vendors": [row["vendor"] for row in equal],
        "evaluated": least,
        "percent_of_list": shares.pop() if len(shares) == 1 else None,
        "is_alone": len(kept_totals) == 1,
    }


def not_judged(kept_totals: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By offer, the lines whose balance could not be judged."""
    return [
        {"vendor": row["vendor"], "lines": row["lines_not_judged"]}
        for row in kept_totals
        if row.get("lines_not_judged")
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
