"""What a telling came to: its figures, and whether each planted fault was found."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum

from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.models import Document
from contracting.metering.models import UsageRating
from contracting.operate.story import settle, truth
from contracting.operate.story.play import Told
from contracting.payments.models import PaymentCertification

_INPUT: Final = {truth.UNCACHED, truth.CACHED}

Row = dict[str, Any]


def summary(told: Told, *, seconds: int, invariants: str, audit: str) -> Row:
    """The figures of a telling, as ``var/demo/summary.json`` has them.

    Tokens and dollars are those that the meter has rated, not what the story expects.
    """
    ratings = UsageRating.objects.filter(order_line__order=told.order)
    totals = ratings.values("token_class_code").annotate(total=Sum("tokens"))
    by_class = {row["token_class_code"]: int(row["total"]) for row in totals}
    dollars = ratings.aggregate(total=Sum("dollars"))["total"] or Decimal(0)
    return {
        "input_tokens": sum(n for code, n in by_class.items() if code in _INPUT),
        "output_tokens": sum(n for code, n in by_class.items() if code not in _INPUT),
        "amount_usd": Dollars(dollars).plain(),
        "planted": told.planted,
        "found": told.found,
        "unexplained_usd": settle.unexplained(told.invoice).plain(),
        "credited_usd": Dollars(_credited(told)).plain(),
        "hard_stop": told.stop.as_row(),
        "documents": [
            {"kind": each.kind, "number": each.number, "title": each.title}
            for each in Document.objects.order_by("pk")
        ],
        "invariants": invariants,
        "audit": audit,
        "seconds": seconds,
    }


def _credited(told: Told) -> Decimal:
    """What the vouchers of the order have taken off."""
    vouchers = PaymentCertification.objects.filter(invoice__order=told.order)
    return vouchers.aggregate(sum=Sum("offset_dollars"))["sum"] or Decimal(0)


def wrong(told: Told, summary: Row) -> list[str]:
    """What did not come out as it should, one sentence each; empty when all is well.

    The totals must be those of the real calls, and the faults found must be those that
    were planted, each of them once.
    """
    expected = {
        "input_tokens": truth.INPUT_TOKENS,
        "output_tokens": truth.OUTPUT_TOKENS,
        "amount_usd": total_dollars(
            told.truth.price_of(call.tokens) for call in told.truth.calls
        ).plain(),
        "unexplained_usd": Dollars().plain(),
        "credited_usd": settle.CREDIT.plain(),
        "invariants": "ok",
        "audit": "ok",
    }
    found = [
        f"{name} is {summary[name]}, not {value}."
        for name, value in expected.items()
        if summary[name] != value
    ]
    found += told.stop.wrong
    for planted, seen in beside(told.planted, told.found):
        if seen is None and planted is not None:
            found.append(f"A planted {planted['code']} was not found.")
        elif planted is None and seen is not None:
            found.append(f"A {seen['code']} was found that was not planted.")
        elif planted != seen and planted is not None:
            found.append(f"The planted {planted['code']} was found with other figures.")
    return found


def beside(
    planted: list[Row], found: list[Row]
) -> Iterator[tuple[Row | None, Row | None]]:
    """Each planted fault beside what was found for it, each of both exactly once.

    What agrees in everything comes together first, then what agrees in the code alone;
    what is left over stands beside nothing.
    """
    left = list(found)
    matches: list[Row | None] = []
    for fault in planted:
        same = next((row for row in left if row == fault), None)
        if same is not None:
            left.remove(same)
        matches.append(same)
    for number, fault in enumerate(planted):
        if matches[number] is None:
            near = next((row for row in left if row["code"] == fault["code"]), None)
            if near is not None:
                left.remove(near)
            matches[number] = near
    yield from zip(planted, matches, strict=True)
    yield from ((None, row) for row in left)
