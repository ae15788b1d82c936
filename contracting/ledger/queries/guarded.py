"""The guard of the funds, asked again on the books as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from contracting.core.quantities import Dollars, total_dollars
from contracting.core.templatetags.drawdown import dollars as money
from contracting.ledger.models import LineOfAccounting, Transfer
from contracting.ledger.queries.positions import free_before
from contracting.ledger.states import AccountKind, TransferKind

Asked = Mapping[tuple[int, str], Dollars]
"""By line of accounting and ACRN."""

BOUND = "bound"


def guard_again(
    *,
    kind: str,
    because: int,
    at: datetime,
    asked: Asked,
    from_commitment: bool,
    signed_on: date | None,
    is_obligation: bool,
) -> tuple[dict[str, str], dict[str, str]]:
    """What was bound, and what the guard would bind on the books before it.

    :param because: with ``kind``, the number of what it was bound for
    :param signed_on: the day on which the funds must be available; none if not asked
    :returns: what was posted, and what the guard says, by line of accounting and ACRN
    """
    posted_as = TransferKind.OBLIGATE if is_obligation else TransferKind.COMMIT
    own = list(
        Transfer.objects.filter(
            because_kind=kind, because_id=because, at=at, kind=posted_as
        )
        .select_related("credit__balance")
        .order_by("pk")
    )
    named = {line_id for line_id, _acrn in asked}
    lines = LineOfAccounting.objects.in_bulk(named)
    recorded: dict[str, str] = {}
    for row in own:
        balance = row.credit.balance
        assert balance is not None  # noqa: S101 (only funds have accounts without)
        name = _name(lines, balance.line_of_accounting_id, balance.acrn)
        recorded[name] = f"{money(row.dollars)} {BOUND}"
    if not own:
        return recorded, {}
    free = free_before(own[0], named)
    again: dict[str, str] = {}
    for (line_id, acrn), dollars in asked.items():
        room = free[line_id]
        if from_commitment:
            room = _committed_before(own[0], acrn, own)
        free[line_id] -= dollars
        verdict = _verdict(dollars, room, lines.get(line_id), signed_on)
        again[_name(lines, line_id, acrn)] = f"{money(dollars)} {verdict}"
    return recorded, again


def _name(lines: Mapping[int, LineOfAccounting], line_id: int, acrn: str) -> str:
    label = str(lines[line_id]) if line_id in lines else f"Line {line_id}"
    return f"{label}, ACRN {acrn}"


def _verdict(
    dollars: Dollars,
    room: Dollars,
    line: LineOfAccounting | None,
    signed_on: date | None,
) -> str:
    if signed_on is not None:
        if line is None:
            return "refused: nobody has read when these funds are available"
        begins, ends = line.funds_available_from, line.funds_available_to
        if signed_on < begins or (ends is not None and ends < signed_on):
            return f"refused: not available on {signed_on}"
    return BOUND if dollars <= room else f"refused: {room} was there"


def _committed_before(first: Transfer, acrn: str, own: list[Transfer]) -> Dollars:
    """What was certified for the line and ACRN before the first of these rows."""
    balances = {
        row.credit.balance_id
        for row in own
        if row.credit.balance is not None and row.credit.balance.acrn == acrn
    }
    rows = Transfer.objects.filter(pk__lt=first.pk)
    sides = {"kind": AccountKind.COMMITTED, "balance__in": balances}
    into = rows.filter(**{f"credit__{name}": value for name, value in sides.items()})
    out = rows.filter(**{f"debit__{name}": value for name, value in sides.items()})
    return total_dollars(Dollars(row.dollars) for row in into) - total_dollars(
        Dollars(row.dollars) for row in out
    )
