"""What is signed and printed in an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.core.templatetags.drawdown import dollars
from contracting.documents.calculations import day_words
from contracting.evaluations.models import PriceAnalysis
from contracting.evaluations.pricing.comparisons import compared, not_judged
from contracting.requisitions.queries import latest_estimate
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.costs import priced_in_words
from contracting.solicitations.queries import lines_of
from contracting.submissions.queries import offers_of


def declaration(solicitation: Solicitation) -> str:
    """What a member of the panel signs; it names the offerors once they are known."""
    named = ", ".join(offer.submission.called for offer in offers_of(solicitation))
    offerors = f" The offerors are: {named}." if named else ""
    return (
        f"I will disclose no source selection information about {solicitation.piid} to "
        "anybody who is not authorized to receive it (FAR 3.104). I have answered "
        "truly whether I, or somebody close to me, has an interest in any offeror that "
        f"could keep me from judging fairly (FAR 9.505).{offerors}"
    )


def unbalanced(analysis: PriceAnalysis) -> str:
    """Which prices are out of balance, and why that is acceptable."""
    unjudged = "; ".join(
        f"{row['vendor']}, {', '.join(row['lines'])}"
        for row in not_judged(analysis.totals)
    )
    left = f" Not judged, for want of list prices: {unjudged}." if unjudged else ""
    if not analysis.unbalanced:
        which = "No price that could be judged" if unjudged else "No price"
        return f"{which} is out of balance with the other prices of its offer.{left}"
    flagged = "; ".join(
        f"{row['vendor']}, {row['slin']}: {row['percent_of_list']} % of list, its "
        f"other prices {row['percent_of_list_of_others']} %"
        for row in analysis.unbalanced
    )
    return f"Flagged: {flagged}. {analysis.unbalanced_memo}{left}".strip()


def prices(analysis: PriceAnalysis) -> list[dict[str, Any]]:
    """What each offer comes to, for the table of prices."""
    lines = lines_of(analysis.solicitation).filter(from_tokens=0)
    tokens = sum(line.workload_tokens for line in lines if line.token_class_id)
    return [
        {
            "offeror": row["vendor"],
            "evaluated_price": row["evaluated"],
            **({"with_options": row["with_options"]} if "with_options" in row else {}),
            "list_price": row["at_list"] or "",
            "difference_percent": _percent_off(row),
            "price_per_million": _per_million(row, tokens),
        }
        for row in analysis.totals
    ]


def _percent_off(row: Mapping[str, Any]) -> str:
    """How far an offer lies above or below what the list comes to, for it all."""
    share = row.get("percent_of_list")
    return "" if share in {None, ""} else f"{Decimal(share) - 100:f}"


def _per_million(row: Mapping[str, Any], tokens: int) -> Decimal | str:
    """The evaluated price over the tokens of the workload: one figure per offer."""
    if not tokens:
        return ""
    each = Decimal(row["evaluated"]) * TOKENS_PER_MTOK / tokens
    return each.quantize(Decimal("0.000001"))


def arithmetic(analysis: PriceAnalysis) -> dict[str, Any]:
    """Every price on the workload, line by line."""
    return {
        "caption": "Prices on the reference workload, line by line",
        "columns": [
            {"key": "vendor", "label": "Offeror"},
            {"key": "line", "label": "Line"},
            {"key": "workload_tokens", "label": "Tokens", "shape": "tokens"},
            {"key": "usd_per_million_tokens", "label": "Price", "shape": "price"},
            {"key": "amount", "label": "Amount", "shape": "dollars"},
            {
                "key": "list_usd_per_million_tokens",
                "label": "List price",
                "shape": "price",
            },
            {"key": "list_amount", "label": "At list", "shape": "dollars"},
        ],
        "rows": [
            {
                **{name: value for name, value in row.items() if name != "submission"},
                "line": _line_words(row),
                **({"usd_per_million_tokens": None} if row.get("figure") else {}),
            }
            for row in analysis.rows
        ],
    }


def _line_words(row: Mapping[str, Any]) -> str:
    """What is priced; where it is no plain unit price, with figure and quantity."""
    said = f"{row['slin']} {row['label']}, {row['model']}".removesuffix(", ")
    return f"{said}: {row['figure']}, {row['basis']}" if row.get("figure") else said


def price_memo(analysis: PriceAnalysis) -> dict[str, Any]:
    """The price reasonableness memorandum (FAR 15.406-3), from the kept analysis."""
    solicitation, author = analysis.solicitation, analysis.analysed_by
    reasonable = [
        row["vendor"]
        for row in analysis.totals
        if row["submission"] in analysis.reasonable_submission_ids
    ]
    found = ", ".join(reasonable) or "no offer"
    return {
        "time_zone": solicitation.time_zone,
        "summary": (
            f"Fair and reasonable on solicitation {solicitation.piid}: {found}; "
            f"{len(analysis.totals)} offers were compared."
        ),
        "facts": [
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Title", "value": solicitation.title, "span": 8},
            {"label": "Analysed", "value": analysis.analysed_at},
            {"label": "Method", "value": analysis.method, "span": 8},
            {
                "label": "SHA-256 of the analysis",
                "value": analysis.content_sha256,
                "shape": "mono",
            },
            {
                "label": "SHA-256 of the published workload",
                "value": solicitation.workload_sha256,
                "shape": "mono",
            },
        ],
        "sections": [
            {"heading": "Purpose", "text": _purpose(solicitation)},
            {"heading": "What is bought", "text": bought(solicitation)},
            {"heading": "Parties", "text": _parties(analysis)},
            {"heading": "Independent estimate", "text": _estimate(solicitation)},
            {
                "heading": "Comparison of the offers, class by class",
                "table": "prices",
                "tables": [arithmetic(analysis), _past(analysis)],
            },
            {"heading": "Comparison over the volume", "text": _volume(analysis)},
            {"heading": "Prices put in to compare by", "text": put_in(analysis)},
            {"heading": "Beside public list", "text": _beside_list(analysis)},
            {"heading": "Unbalanced prices", "text": unbalanced(analysis)},
            {"heading": "Options", "text": _options(analysis)},
            {"heading": "Conclusion", "text": analysis.conclusion},
        ],
        "prices": prices(analysis),
        "signatures": [
            {
                "capacity": "Price analyst",
                "signed_by": author.user.name,
                "title": author.role_label,
                "signed_at": analysis.analysed_at,
            }
        ],
    }


def _options(analysis: PriceAnalysis) -> str:
    """Whether options are priced with the rest, and what they come to."""
    options = analysis.solicitation.options
    if not options:
        return (
            "None. The reference workload covers the whole ordering period, and no "
            "option is priced beside it."
        )
    if not analysis.solicitation.options_evaluated:
        count = len(options)
        return f"{count} stated; by the solicitation they are not evaluated."
    said = "; ".join(
        f"{row['vendor']}: {dollars(row['with_options'])}"
        for row in analysis.totals
        if "with_options" in row
    )
    return f"{len(options)} evaluated with the base (FAR 17.206, 52.217-5): {said}."


def _purpose(solicitation: Solicitation) -> str:
    return (
        f"To record whether the prices offered on {solicitation.piid} are fair and "
        "reasonable before anything is awarded, ordered or raised in price by them "
        "(FAR 15.404-1, 15.406-3; R-EVL-07)."
    )


def bought(solicitation: Solicitation) -> str:
    """What is bought, how much of it, and in which time."""
    return (
        f"{solicitation.title}: {priced_in_words(lines_of(solicitation))}, "
        f"up to ${solicitation.maximum_dollars:,} and "
        f"{solicitation.maximum_tokens:,} tokens, ordered from "
        f"{_day(solicitation.ordering_start)} to {_day(solicitation.ordering_end)}."
    )


def _day(day: date | None) -> str:
    return day_words(day) if day else "a day that is not stated"


def _parties(analysis: PriceAnalysis) -> str:
    offerors = "; ".join(row["vendor"] for row in analysis.totals) or "none"
    return f"{analysis.solicitation.agency.name}. Offerors: {offerors}."


def _estimate(solicitation: Solicitation) -> str:
    estimate = latest_estimate(solicitation.requisition)
    if estimate is None:
        return "No independent estimate is on record."
    low, middle, high = (
        dollars(value)
        for value in (estimate.p10_dollars, estimate.p50_dollars, estimate.p90_dollars)
    )
    return (
        f"At public list prices known on {day_words(estimate.priced_on)} the need "
        f"comes to {low} (P10), {middle} (P50) and {high} (P90)."
    )


def _volume(analysis: PriceAnalysis) -> str:
    return str(analysis.usage.get("sentence", "")) or "Not compared over the volume."


def put_in(analysis: PriceAnalysis) -> str:
    """What the officer put in, and which offers have no rank for want of a price."""
    said = [
        f"{row['vendor']}, {row['slin']}: {row['normalised_as']}."
        for row in analysis.rows
        if row.get("normalised_as")
    ]
    for row in analysis.totals:
        left = [*row["missing_lines"], *row.get("unconfirmed_lines", [])]
        if left:
            named = ", ".join(left)
            said.append(f"{row['vendor']} has no rank: {named} has no price it means.")
    return "\n".join(said) or "None: every line of every offer has a price that counts."


def _beside_list(analysis: PriceAnalysis) -> str:
    """Whether anybody asks more than what everybody pays, line by line."""
    above = [
        f"{row['vendor']}, {row['slin']}: {row['percent_of_list']} % of public list"
        for row in analysis.rows
        if _is_above_list(row)
    ]
    unlisted = sum(row["list_usd_per_million_tokens"] is None for row in analysis.rows)
    said = (
        f"Above public list: {'; '.join(above)}."
        if above
        else ("No price that can be compared lies above public list.")
    )
    if unlisted:
        said += f" {unlisted} prices are not comparable, for want of a list price."
    return said


def _is_above_list(row: Mapping[str, Any]) -> bool:
    """By its price; a class with steps or in a pool by what it comes to."""
    listed = row["list_usd_per_million_tokens"]
    if listed is None or row.get("figure"):
        return bool(row.get("is_above_list"))
    return Decimal(row["usd_per_million_tokens"]) > Decimal(listed)


def _past(analysis: PriceAnalysis) -> dict[str, Any]:
    """Each price beside the other offers and the last award, as a table."""
    rows = compared(analysis.rows)
    return {
        "caption": "Each price beside the lowest other offer and the last award",
        "columns": [
            {"key": "vendor", "label": "Offeror"},
            {"key": "slin", "label": "Line"},
            {"key": "usd_per_million_tokens", "label": "Price", "shape": "price"},
            {"key": "lowest_other", "label": "Lowest other", "shape": "price"},
            {"key": "percent_of_other", "label": "% of it"},
            {
                "key": "past_usd_per_million_tokens",
                "label": "Last award",
                "shape": "price",
            },
            {"key": "past_source", "label": "Which"},
        ],
        "rows": [
            {name: row.get(name) or "" for name in _PAST_COLUMNS}
            for row in rows
            if not row.get("figure")
        ],
    }


_PAST_COLUMNS = (
    "vendor",
    "slin",
    "usd_per_million_tokens",
    "lowest_other",
    "percent_of_other",
    "past_usd_per_million_tokens",
    "past_source",
)
