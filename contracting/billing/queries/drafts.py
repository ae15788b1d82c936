"""What was filled in for the vendor, and what it has changed of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

from contracting.billing.models import Invoice, InvoiceDraft
from contracting.billing.queries import lines_of
from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder

_COLUMNS: Final = (
    *("clin", "model", "token_class", "tier", "period_start", "period_end"),
    *("tokens", "unit_price", "amount", "description"),
)
_KEY: Final = _COLUMNS[:6]


def drafted(order: TaskOrder, public_id: str) -> dict[str, Any]:
    """The fields of an invoice's form as a draft fills them; none without a draft."""
    draft = InvoiceDraft.objects.filter(order=order, public_id=public_id).first()
    if draft is None:
        return {}
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({name: line[name] for name in _COLUMNS} for line in draft.lines)
    total = sum((Decimal(line["amount"]) for line in draft.lines), Decimal(0))
    return {
        "draft": draft.public_id,
        "period_start": draft.period_start,
        "period_end": draft.period_end,
        "lines": text.getvalue(),
        "total": Dollars(total).plain(),
    }


def edits_of(invoice: Invoice) -> list[str]:
    """What an invoice says otherwise than the draft that it was filled in from."""
    draft = invoice.draft
    if draft is None:
        return []
    agreed = {_key(line): line for line in draft.lines}
    found = []
    for row in lines_of(invoice):
        mine = {
            "clin": row.order_line.clin,
            "model": row.model.snapshot,
            "token_class": row.token_class.code,
            "tier": row.tier,
            "period_start": row.period.lower.astimezone(UTC).isoformat(),
            "period_end": row.period.upper.astimezone(UTC).isoformat(),
        }
        line = agreed.pop(_key(mine), None)
        where = f"Line {row.position}"
        if line is None:
            found.append(f"{where} was not filled in: {row.tokens:,} tokens.")
            continue
        if int(line["tokens"]) != row.tokens:
            found.append(
                f"{where}: {row.tokens:,} tokens instead of {int(line['tokens']):,}."
            )
        if Decimal(line["unit_price"]) != row.usd_per_million_tokens:
            found.append(f"{where}: another price than {line['unit_price']}.")
    found += [
        f"Left out: {int(line['tokens']):,} tokens of {line['token_class']}, "
        f"{line['model']}."
        for line in agreed.values()
    ]
    return found


def _key(line: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(line[name] for name in _KEY)
