"""Each price beside public list, beside the other offers, and beside past awards.

These read the kept rows of an analysis, whose prices are exact text: what they say of
an analysis is what could be said on the day it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]


def percent(share: Fraction | None) -> str | None:
    """A share in per cent with one decimal, as text: ``"87.5"``."""
    if share is None:
        return None
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def compared(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows, each with the lowest price of another offer for the same line.

    A past award was looked up when the row was made; here it becomes a share.
    """
    return [{**row, **_beside_others(row, rows), **_beside_past(row)} for row in rows]


def _beside_others(row: Row, rows: Iterable[Row]) -> dict[str, Any]:
    others = [
        other
        for other in rows
        if other["slin"] == row["slin"]
        and other["submission"] != row["submission"]
        and _is_offered(other)
    ]
    if not others:
        return {
            "lowest_other": None,
            "lowest_other_of": [],
            "lowest_other_figure": "",
            "percent_of_other": None,
        }
    least = min(_price(other) for other in others)
    lowest = [other for other in others if _price(other) == least]
    return {
        "lowest_other": lowest[0]["usd_per_million_tokens"],
        "lowest_other_figure": lowest[0].get("figure", ""),
        "lowest_other_of": [other["vendor"] for other in lowest],
        "percent_of_other": percent(_share(_price(row), least)),
    }


def _beside_past(row: Row) -> dict[str, Any]:
    past = row.get("past_usd_per_million_tokens")
    if past is None:
        return {"percent_of_past": None}
    return {"percent_of_past": percent(_share(_price(row), Fraction(past)))}


def comparable(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """By offer, how many of its lines have a public list price, and their share of it.

    A line without one is not comparable: it is left out on both sides, and counted.
    """
    by_offer: dict[int, list[Row]] = {}
    for row in rows:
        by_offer.setdefault(row["submission"], []).append(row)
    return [_comparable(own) for own in by_offer.values()]


def _comparable(own: Sequence[Row]) -> dict[str, Any]:
    known = [row for row in own if row["list_amount"] is not None and _is_offered(row)]
    offered = sum((Fraction(row["amount"]) for row in known), Fraction(0))
    listed = sum((Fraction(row["list_amount"]) for row in known), Fraction(0))
    return {
        "vendor": own[0]["vendor"],
        "lines": len(own),
        "not_comparable": len(own) - len(known),
        "percent_of_list": percent(_share(offered, listed)),
    }


def is_ranked(total: Row) -> bool:
    """Whether an offer has a rank: every line has a price that counts, or was put in.

    An analysis of before zeros were confirmed says nothing of them.
    """
    return not total["missing_lines"] and not total.get("unconfirmed_lines")


def _is_offered(row: Row) -> bool:
    """Whether the offeror itself states this price, and means it."""
    return not row.get("normalised_as") and not row.get("is_unconfirmed")


def _price(row: Row) -> Fraction:
    return Fraction(row["usd_per_million_tokens"])


def _share(part: Fraction, whole: Fraction) -> Fraction | None:
    return part / whole if whole else None


def lowest(kept_totals: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Who is lowest among the ranked offers, all of them if equal.

    Where options are evaluated, the total with them is what counts (FAR 52.217-5). Of
    public list no share of it is told: a list has no prices for options.

    :returns: ``{"vendors", "evaluated", "percent_of_list"}``; ``None`` if no offer has
        a rank
    """
    whole = [row for row in kept_totals if is_ranked(row)]
    if not whole:
        return None
    least = min(_compared(row) for row in whole)
    equal = [row for row in whole if _compared(row) == least]
    shares = {row["percent_of_list"] for row in equal}
    has_options = "with_options" in equal[0]
    is_told = len(shares) == 1 and not has_options
    return {
        "vendors": [row["vendor"] for row in equal],
        "evaluated": least,
        "percent_of_list": shares.pop() if is_told else None,
        "is_alone": len(kept_totals) == 1,
        "has_options": has_options,
    }


def _compared(row: Mapping[str, Any]) -> Decimal:
    return Decimal(row.get("with_options", row["evaluated"]))


def not_judged(kept_totals: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By offer, the lines whose balance could not be judged."""
    return [
        {"vendor": row["vendor"], "lines": row["lines_not_judged"]}
        for row in kept_totals
        if row.get("lines_not_judged")
    ]
