"""What must always hold of closed months and of accruals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.db.models import F, Q, Sum

from contracting.core.canonical import plain
from contracting.core.invariants import Invariant
from contracting.orders.models import TaskOrder
from contracting.periods.calculations import breaks
from contracting.periods.models import Accrual, Entry
from contracting.periods.queries import closed_months
from contracting.periods.queries.totals import usage_rows
from contracting.periods.states import EntryKind


def broken_chains() -> Iterator[str]:
    """Links that are missing, changed, or do not follow the one before."""
    rows = Entry.objects.select_related("order").order_by("order_id", "number")
    for order, links in groupby(rows.iterator(), key=lambda each: each.order):
        for what in breaks(links):
            yield f"order {order.public_id}: {what}"


def _closed_months_that_differ() -> Iterator[str]:
    """The usage of a closed month, added up again as it was known at its closing."""
    orders = TaskOrder.objects.filter(periods__isnull=False).distinct()
    for order in orders.select_related("contract").order_by("pk"):
        for month in sorted(closed_months(order)):
            entry = Entry.objects.filter(order=order, month=month).latest("number")
            now = plain(usage_rows(order, month, entry.made_at))
            if now != entry.content["usage"]:
                yield f"order {order.public_id}, {month:%Y-%m}: its usage differs"


def _closings_without_their_words() -> Iterator[str]:
    rows = Entry.objects.filter(kind=EntryKind.CLOSED)
    wrong = rows.filter(
        ~Q(representative__content_sha256=F("content_sha256"))
        | ~Q(finance__content_sha256=F("content_sha256"))
        | Q(representative__signed_by__user=F("finance__signed_by__user"))
    )
    for entry in wrong.order_by("pk"):
        yield f"period {entry.public_id}"


def _accruals_that_are_not_taken_back() -> Iterator[str]:
    """An accrual whose next month is accrued is reversed, to the last digit."""
    standing = Accrual.objects.filter(reverses__isnull=True, reversal__isnull=True)
    for row in standing.order_by("pk"):
        if Accrual.objects.filter(
            order=row.order_id, reverses__isnull=True, month__gt=row.month
        ).exists():
            yield f"accrual {row.pk} of {row.month:%Y-%m} stands in a later month"
    pairs = Accrual.objects.filter(reverses__isnull=False).exclude(
        dollars=-F("reverses__dollars"), cents=-F("reverses__cents")
    )
    for row in pairs.order_by("pk"):
        yield f"reversal {row.pk} is not its accrual"
    both = Accrual.objects.filter(
        Q(reverses__isnull=False) | Q(reversal__isnull=False)
    ).aggregate(sum=Sum("dollars"))["sum"]
    if both:
        yield f"accruals and their reversals leave {both}"


INVARIANTS = [
    Invariant(
        code="PER-1",
        sentence="The closings of an order are one unbroken chain of hashes.",
        check=broken_chains,
    ),
    Invariant(
        code="PER-2",
        sentence="A closed month comes to what was signed off, as it was known then.",
        check=_closed_months_that_differ,
    ),
    Invariant(
        code="PER-3",
        sentence="A month is closed on the word of two people for its very figures.",
        check=_closings_without_their_words,
    ),
    Invariant(
        code="PER-4",
        sentence="No accrual stands in a later month, and each reversal mirrors its "
        "accrual.",
        check=_accruals_that_are_not_taken_back,
    ),
]
