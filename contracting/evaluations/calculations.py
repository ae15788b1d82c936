"""Prices on the published reference workload, beside public list, exactly.

Shares are fractions until they are printed: nothing is rounded before it is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Sum

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars
from contracting.evaluations.pricing import comparisons, schedules, uses
from contracting.evaluations.pricing.bars import BAR_WIDTH, bars
from contracting.evaluations.pricing.comparisons import percent
from contracting.evaluations.pricing.plot import plot
from contracting.evaluations.pricing.priced import PricedLine, PricedOffer
from contracting.evaluations.pricing.words import changes_of, record
from contracting.reference.states import PriceStructure
from contracting.requisitions.models import EstimateRow
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import lines_of

COMPETITION: Final = (
    "Competition, and comparison with public list prices (FAR 15.404-1(b)(2)(i), (iv))"
)
LIST_ONLY: Final = "Comparison with public list prices (FAR 15.404-1(b)(2)(iv))"

priced_offers = schedules.priced_offers
normalised_price = schedules.normalised_price
unmet_amendments = schedules.unmet_amendments


def letters(number: int) -> str:
    """``A`` for 0, ``Z`` for 25, ``AA`` for 26, as a spreadsheet names its columns."""
    found = ""
    while number >= 0:
        number, rest = divmod(number, 26)
        found = chr(ord("A") + rest) + found
        number -= 1
    return found


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
        (line.slin, line.class_code, line.workload_tokens)
        for line in lines_of(solicitation)
        if line.token_class is not None and not line.from_tokens
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
    number, vendor = offer.submission_id, offer.vendor
    if all(line.structure == PriceStructure.UNIT_PRICE for line in offer.lines):
        prices = {line.slin: line.price for line in offer.lines}
        return uses.curve(number, vendor, prices, used)
    return uses.curve_of(
        number, vendor, offer.total_on, used, is_bent=offer.depends_on_volume
    )


def rows(offers: Iterable[PricedOffer]) -> list[dict[str, Any]]:
    """The arithmetic, line by line, as it is kept and printed."""
    return [
        {
            "submission": offer.submission_id,
            "vendor": offer.vendor,
            "slin": line.slin,
            "token_class": line.token_class,
            "label": line.label,
            **_structure(line),
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


def _structure(line: PricedLine) -> dict[str, Any]:
    """What a row says beside tokens and a price, where its structure asks for more."""
    if line.structure == PriceStructure.UNIT_PRICE:
        return {}
    return {
        "structure": line.structure,
        "figure": line.figure_words,
        "basis": line.basis_words,
        "is_above_list": not line.is_apart and (line.share_of_list or 0) > 1,
    }


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
                line.slin
                for line in offer.lines
                if line.list_price is None and not line.is_apart
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
        "is_bent": any("between" in row for row in used.get("totals", ())),
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
