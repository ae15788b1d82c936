"""What may be accepted beyond our meter's count, by invoice line (R-REC-03).

Either by the contract's own tolerance, or because somebody decided that the vendor's
count is right. Which calls it is for, is told by the discrepancy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.queries import live_lines
from contracting.contracts.models import ToleranceTerms
from contracting.core.periods import Period, day_bounds
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.orders.calculations import value_of
from contracting.reconciliation.matching import late
from contracting.reconciliation.matching.allowances import (
    beyond_total,
    payable_on,
    tolerance_on,
)
from contracting.reconciliation.matching.rooms import Part
from contracting.reconciliation.matching.tolerance import (
    Tolerance,
    cap_of,
    payable_beyond,
)
from contracting.reconciliation.models import Cell, Finding
from contracting.reconciliation.states import Key, Match

CellKey = tuple[object, ...]


def too_much_by_line(
    lines: Sequence[InvoiceLine], match: Match, findings: Iterable[Finding]
) -> dict[int, int]:
    """Tokens that the report has and our meter has not, by the line that bills them.

    A discrepancy of single calls names them; one of a day is put on the lines of the
    day. Each token is put on one line.
    """
    calls: dict[tuple[str, int, Key], int] = defaultdict(int)
    days: dict[tuple[date, Key], int] = defaultdict(int)
    for finding in findings:
        for place, code, tokens in _keys(finding):
            key = _key(finding, code)
            if tokens > 0 and place is not None:
                calls[(*place, key)] += tokens
            elif tokens > 0 and "day" in finding.evidence:
                days[date.fromisoformat(finding.evidence["day"]), key] += tokens
    found: dict[int, int] = defaultdict(int)
    for row in match.reported:
        where = (row.request_id, row.attempt, row.key)
        line = _line_at(lines, row.key, row.occurred_at) if calls.get(where) else None
        if line is not None:
            taken = min(calls[where], row.tokens)
            calls[where] -= taken
            found[line.pk] += taken
    for (day, key), tokens in days.items():
        for line in lines:
            if late.key_of(line) == key and _touches(line, day) and tokens:
                found[line.pk] += tokens
                break
    return dict(found)


def _keys(
    finding: Finding,
) -> Iterator[tuple[tuple[str, int] | None, str, int]]:
    """Request and attempt where it names them, class and tokens of each of its keys."""
    for key in finding.evidence.get("keys", ()):
        if len(key) == 4:
            yield (key[0], key[1]), key[2], key[3]
        elif len(key) == 3 and isinstance(key[2], int):
            yield None, str(key[1]), key[2]


def _key(finding: Finding, code: str) -> Key:
    evidence = finding.evidence
    return (
        finding.order_line_id or 0,
        evidence.get("model") or 0,
        evidence.get("tier") or "",
        code,
    )


def _line_at(
    lines: Sequence[InvoiceLine], key: Key, at: datetime
) -> InvoiceLine | None:
    return next(
        (
            line
            for line in lines
            if late.key_of(line) == key and line.period.lower <= at < line.period.upper
        ),
        None,
    )


def _touches(line: InvoiceLine, day: date) -> bool:
    bounds = day_bounds(day, line.order_line.order.contract.time_zone)
    return bool(line.period.lower < bounds.end and bounds.start < line.period.upper)


@dataclass
class Tolerated:
    """What of an invoice the contract's tolerance lets be paid beyond our meter.

    ``left`` is what of the cap is not paid yet; nothing where no cap is stated.
    """

    by_line: Mapping[int, int]
    terms: Mapping[int, Tolerance]
    left: Dollars

    @classmethod
    def of(cls, invoice: Invoice, match: Match) -> Tolerated:
        """Read once for an invoice, on its comparison."""
        order = invoice.order
        zone = order.contract.time_zone
        lines = [line for line in live_lines(invoice) if not line.is_adjustment]
        found = payable_on(order)
        by_line = too_much_by_line(lines, match, found) if found else {}
        terms = {
            line.pk: _narrowest(line, zone) for line in lines if by_line.get(line.pk)
        }
        caps = [cap_of(each, value_of(order)) for each in terms.values()]
        cap = min((each for each in caps if each is not None), default=Dollars())
        return cls(by_line, terms, max(cap - beyond_total(order), Dollars()))

    def take(self, line: InvoiceLine, cell: Cell, price: UnitPrice) -> Tokens:
        """The tokens of a line that are payable beyond our meter's count."""
        terms = self.terms.get(line.pk)
        if terms is None or not terms.pays_beyond_the_meter:
            return Tokens(0)
        tokens = payable_beyond(
            ours=cell.a_tokens,
            theirs=cell.b_tokens,
            invoiced=line.tokens,
            tolerated=self.by_line[line.pk],
            percent=terms.day_percent or Decimal(0),
        )
        most = price.tokens_within(self.left)
        taken = Tokens(tokens) if most is None else min(Tokens(tokens), most)
        self.left -= price.of(taken)
        return taken


def _narrowest(line: InvoiceLine, zone: str) -> Tolerance:
    """Of the terms in force on the days of a line, those with the smallest share.

    Terms that pay nothing beyond our meter are the narrowest of all.
    """
    contract = line.order_line.order.contract
    days = Period(line.period.lower, line.period.upper).days(zone)
    changes = ToleranceTerms.objects.filter(
        contract=contract, from_day__gt=days[0], from_day__lte=days[-1]
    )
    found = [
        tolerance_on(contract, day)
        for day in {days[0], *changes.values_list("from_day", flat=True)}
    ]
    return min(found, key=_share)


def _share(terms: Tolerance) -> Decimal:
    share = terms.day_percent if terms.pays_beyond_the_meter else None
    return share or Decimal(0)


def asked_beyond(
    finding: Finding,
    invoice: Invoice,
    cells: Mapping[CellKey, Cell],
    match: Match,
    *,
    by_invoice: bool,
) -> list[Part]:
    """What is payable where the vendor's report, or the invoice, is held to be right.

    What our meter has counted of a line and is not accepted yet comes first; only the
    rest is beyond our meter. Never more than is invoiced, at the price of the order.
    """
    lines = list(live_lines(invoice))
    if by_invoice:
        named = finding.evidence.get("invoice_lines", ())
        wanted = {line.pk: line.tokens for line in lines if line.pk in named}
        wanted = {pk: min(each, max(finding.tokens, 0)) for pk, each in wanted.items()}
    else:
        wanted = too_much_by_line(lines, match, [finding])
    parts = []
    for line in lines:
        cell = cells.get(cell_key_of(line))
        if not wanted.get(line.pk) or cell is None or cell.rate_usd is None:
            continue
        accepted = late.accepted_since(line)
        most = line.tokens if by_invoice else min(cell.b_tokens, line.tokens)
        tokens = max(min(wanted[line.pk], most - accepted), 0)
        metered = min(tokens, max(cell.a_tokens - accepted, 0))
        price = min(UnitPrice(line.usd_per_million_tokens), UnitPrice(cell.rate_usd))
        parts.append(
            Part(
                line,
                line.token_class.code,
                Tokens(metered),
                price,
                beyond=Tokens(tokens - metered),
            )
        )
    return parts


def cell_key_of(line: InvoiceLine) -> CellKey:
    """How the cell of a line is found among those of its comparison."""
    return (
        line.order_line_id,
        line.model_id,
        line.token_class.code,
        line.tier,
        line.period.lower,
        line.period.upper,
    )


def cell_key(cell: Cell) -> CellKey:
    """The same key, of the cell itself."""
    return (
        cell.order_line_id,
        cell.model_id,
        cell.token_class_code,
        cell.tier,
        cell.period_start,
        cell.period_end,
    )
