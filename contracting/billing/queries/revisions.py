"""What a restatement changes: rows by their key, sums by day, model and class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from contracting.billing.calculations import PriceInForce
from contracting.billing.models import UsageReport
from contracting.billing.queries import prices_of
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reference.queries import resolve_model

ROWS_SHOWN = 200

_COMPARED = """
WITH old AS (
  SELECT request_id, attempt, model_name, token_class_code, tier,
         CASE WHEN request_id = '' THEN occurred_at
              ELSE 'epoch'::timestamptz END AS of_sum,
         min(occurred_at) AS at, count(*) AS rows, sum(tokens) AS tokens
    FROM billing_reportrow WHERE report_id = %s GROUP BY 1, 2, 3, 4, 5, 6
), new AS (
  SELECT request_id, attempt, model_name, token_class_code, tier,
         CASE WHEN request_id = '' THEN occurred_at
              ELSE 'epoch'::timestamptz END AS of_sum,
         min(occurred_at) AS at, count(*) AS rows, sum(tokens) AS tokens
    FROM billing_reportrow WHERE report_id = %s GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT request_id, attempt, model_name, token_class_code, tier,
       old.at, new.at, old.rows, new.rows, old.tokens, new.tokens
  FROM old FULL JOIN new
       USING (request_id, attempt, model_name, token_class_code, tier, of_sum)
 WHERE (old.at, old.rows, old.tokens) IS DISTINCT FROM (new.at, new.rows, new.tokens)
 ORDER BY coalesce(new.at, old.at), request_id, attempt, model_name,
       token_class_code, tier
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A key that the later report adds, leaves out, or counts differently.

    ``before`` and ``after`` are tokens, ``None`` where the report does not name it.
    """

    request_id: str
    attempt: int
    model_name: str
    token_class: str
    tier: str
    at: datetime
    before: int | None
    after: int | None
    rows_before: int
    rows_after: int
    is_moved: bool

    @property
    def kind(self) -> str:
        """What has happened to it: added, removed, moved or changed."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.tokens or not self.is_moved else "moved"

    @property
    def tokens(self) -> int:
        """By how many tokens the count has changed."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class DayChange:
    """The change of a model, class and tier on one day of the contract.

    ``dollars`` is at the order's price; ``None`` where it has not exactly one.
    """

    day: date
    model_name: str
    token_class: str
    tier: str
    tokens: int
    dollars: Dollars | None


@dataclass(frozen=True, slots=True)
class Revision:
    """A restatement beside the report that it replaces."""

    changes: tuple[Change, ...]
    days: tuple[DayChange, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many keys are added, removed, changed and moved."""
        found = dict.fromkeys(("added", "removed", "changed", "moved"), 0)
        for each in self.changes:
            found[each.kind] += 1
        return found

    @property
    def tokens(self) -> int:
        """By how many tokens the whole report has changed."""
        return sum(each.tokens for each in self.changes)

    @property
    def dollars(self) -> Dollars:
        """The same in dollars, exact, as far as there are prices."""
        return total_dollars(each.dollars for each in self.days if each.dollars)

    @property
    def is_unpriced(self) -> bool:
        """Whether a part has no single price, so that ``dollars`` leaves it out."""
        return any(each.dollars is None for each in self.days)


def revision_of(report: UsageReport) -> Revision | None:
    """What a report changes of the one that it supersedes; ``None`` of a first one."""
    if report.supersedes_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED, [report.supersedes_id, report.pk])
        changes = tuple(_change(*row) for row in cursor.fetchall())
    return Revision(changes, tuple(_days(report, changes)))


def _change(*row: Any) -> Change:
    (*key, at_before, at_after, rows_before, rows_after, before, after) = row
    request_id, attempt, model_name, token_class, tier = key
    return Change(
        request_id=request_id,
        attempt=attempt,
        model_name=model_name,
        token_class=token_class,
        tier=tier,
        at=at_after or at_before,
        before=None if before is None else int(before),
        after=None if after is None else int(after),
        rows_before=rows_before or 0,
        rows_after=rows_after or 0,
        is_moved=bool(at_before and at_after and at_before != at_after),
    )


def _days(report: UsageReport, changes: Iterable[Change]) -> list[DayChange]:
    zone, price_at = report.order.contract.time_zone, _Prices(report)
    tokens: dict[tuple[date, str, str, str], int] = defaultdict(int)
    dollars: dict[tuple[date, str, str, str], list[Dollars | None]] = defaultdict(list)
    for each in changes:
        if not each.tokens:
            continue
        day = accounting_day(each.at, zone)
        key = (day, each.model_name, each.token_class, each.tier)
        tokens[key] += each.tokens
        price = price_at(each)
        dollars[key].append(None if price is None else _signed(price, each.tokens))
    found = []
    for key, count in sorted(tokens.items()):
        parts = [part for part in dollars[key] if part is not None]
        is_whole = len(parts) == len(dollars[key])
        found.append(DayChange(*key, count, total_dollars(parts) if is_whole else None))
    return found


def _signed(price: UnitPrice, tokens: int) -> Dollars:
    exact = price.of(Tokens(abs(tokens)))
    return exact if tokens > 0 else -exact


class _Prices:
    """The order's one price of a row, if it has exactly one."""

    def __init__(self, report: UsageReport) -> None:
        self.agency_id = report.order.contract.agency_id
        self.zone = report.order.contract.time_zone
        self.by_kind: dict[tuple[str, str, str], list[PriceInForce]] = defaultdict(list)
        for (_clin, model, code, tier), prices in prices_of(report.order).items():
            self.by_kind[model, code, tier] += prices
        self.named: dict[tuple[str, date], str] = {}

    def __call__(self, change: Change) -> UnitPrice | None:
        day = accounting_day(change.at, self.zone)
        key = (change.model_name, day)
        if key not in self.named:
            model = resolve_model(change.model_name, day, self.agency_id)
            self.named[key] = model.snapshot if model else ""
        kind = (self.named[key], change.token_class, change.tier)
        prices = {
            each.price
            for each in self.by_kind.get(kind, ())
            if each.start <= change.at and (each.end is None or change.at < each.end)
        }
        return prices.pop() if len(prices) == 1 else None
