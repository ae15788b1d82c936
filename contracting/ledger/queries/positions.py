"""Where the dollars of each line of accounting are, now or at the end of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance, FundsBalance, LineOfAccounting, Transfer
from contracting.ledger.states import COLUMNS, FUNDS_COLUMNS

OF_BALANCES: Final = (
    "committed_dollars",
    "obligated_dollars",
    "consumed_dollars",
    "unfunded_dollars",
    "accepted_dollars",
    "rounding_dollars",
    "given_up_dollars",
    "tolerated_dollars",
    "paid_dollars",
)
"""The figures in dollars that the balances of a line of accounting store."""

_Figures = dict[tuple[int, str], Decimal]


@dataclass(frozen=True, slots=True)
class FundsPosition:
    """A line of accounting and where its dollars are.

    ``expended`` is what was used and funded, ``accepted`` what of it is owed or paid.
    """

    line: LineOfAccounting
    available: Dollars
    committed: Dollars
    obligated: Dollars
    expended: Dollars
    accepted: Dollars
    paid: Dollars
    interest: Dollars

    @property
    def free(self) -> Dollars:
        """What may still be committed or obligated."""
        return self.available - self.committed - self.obligated - self.interest


def funds_of(
    agency_id: int | None, until: datetime | None = None
) -> list[FundsPosition]:
    """Every line of accounting of an agency, by label, with its position."""
    return positions_of(LineOfAccounting.objects.filter(agency_id=agency_id), until)


def positions_of(
    lines: QuerySet[LineOfAccounting], until: datetime | None = None
) -> list[FundsPosition]:
    """The position of each of these lines of accounting, by label.

    :param until: the cut-off: what was posted before this instant counts, summed row by
        row; without one, what stands now
    """
    found = list(lines.order_by("label", "pk"))
    ids = [line.pk for line in found]
    figures = _stored(ids) if until is None else _posted(ids, until)
    return [
        FundsPosition(
            line=line,
            available=Dollars(figures[line.pk, "available_dollars"]),
            committed=Dollars(figures[line.pk, "committed_dollars"]),
            obligated=Dollars(figures[line.pk, "obligated_dollars"]),
            expended=Dollars(figures[line.pk, "consumed_dollars"]),
            accepted=Dollars(figures[line.pk, "accepted_dollars"]),
            paid=Dollars(figures[line.pk, "paid_dollars"]),
            interest=Dollars(figures[line.pk, "interest_dollars"]),
        )
        for line in found
    ]


def imbalances_of(ids: Iterable[int]) -> dict[int, list[str]]:
    """Where what is stored is not the sum of its rows, by line of accounting.

    :returns: one sentence for each figure that disagrees; nothing where all agree
    """
    wanted = list(ids)
    posted, stored = _posted(wanted), _stored(wanted)
    bound = _bound_of_balances(wanted)
    found: dict[int, list[str]] = defaultdict(list)
    for pk in wanted:
        for name in dict.fromkeys([*FUNDS_COLUMNS, *OF_BALANCES]):
            rows = posted[pk, name]
            kept = {stored[pk, name], bound.get((pk, name), stored[pk, name])}
            if kept != {rows}:
                shown = " and ".join(f"${each:,.2f}" for each in sorted(kept))
                found[pk].append(
                    f"{COLUMNS[name].label.capitalize()} is kept as {shown}; its rows "
                    f"sum to ${rows:,.2f}."
                )
    return dict(found)


def imbalanced_lines() -> list[tuple[LineOfAccounting, list[str]]]:
    """Every line of accounting of any agency that does not add up, and why."""
    lines = LineOfAccounting.objects.order_by("pk").in_bulk()
    return [(lines[pk], said) for pk, said in imbalances_of(lines).items()]


def free_before(transfer: Transfer, lines: Iterable[int]) -> dict[int, Dollars]:
    """What lines of accounting had free before a transfer, by their numbers."""
    ids = sorted(set(lines))
    figures = _posted(ids, before=transfer.pk)
    return {
        pk: Dollars(
            figures[pk, "available_dollars"]
            - figures[pk, "committed_dollars"]
            - figures[pk, "obligated_dollars"]
            - figures[pk, "interest_dollars"]
        )
        for pk in ids
    }


def _posted(
    ids: list[int], until: datetime | None = None, before: int | None = None
) -> _Figures:
    """Each figure from the first transfer to the cut-off, an instant or a transfer."""
    sums: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    rows = Transfer.objects.all()
    if until is not None:
        rows = rows.filter(at__lt=until)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    for side, sign in (("credit", 1), ("debit", -1)):
        owner = Coalesce(
            f"{side}__line_of_accounting_id", f"{side}__balance__line_of_accounting_id"
        )
        moved = (
            rows.annotate(owner=owner)
            .filter(owner__in=ids)
            .values_list("owner", f"{side}__kind")
            .annotate(sum=Sum("dollars"))
        )
        for pk, kind, dollars in moved:
            sums[pk, kind] += sign * dollars
    figures: _Figures = defaultdict(Decimal)
    for name in {*FUNDS_COLUMNS, *OF_BALANCES}:
        column = COLUMNS[name]
        for pk in ids:
            total = sum((sums[pk, kind] for kind in column.accounts), Decimal(0))
            figures[pk, name] = column.sign * total
    return figures


def _stored(ids: list[int]) -> _Figures:
    """Each figure as the balances keep it."""
    figures: _Figures = defaultdict(Decimal)
    for row in FundsBalance.objects.filter(line_of_accounting__in=ids):
        for name in FUNDS_COLUMNS:
            figures[row.line_of_accounting_id, name] = getattr(row, name)
    for key, sum_ in _bound_of_balances(ids).items():
        figures.setdefault(key, sum_)
    return figures


def _bound_of_balances(ids: list[int]) -> _Figures:
    """The same figures, summed over the lines that a line of accounting pays for."""
    found = Balance.objects.filter(line_of_accounting__in=ids)
    sums = {f"sum_{name}": Sum(name) for name in OF_BALANCES}
    rows: Iterable[Any] = found.values("line_of_accounting").annotate(**sums)
    return {
        (row["line_of_accounting"], name): row[f"sum_{name}"]
        for row in rows
        for name in OF_BALANCES
    }
