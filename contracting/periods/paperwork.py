"""What goes onto the statement of a closed month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracting.orders.models import TaskOrder
from contracting.periods.calculations import last_day_of
from contracting.periods.models import Accrual, Entry, SignOff
from contracting.periods.states import Condition
from contracting.reference.models import TokenClass

_Rows = Sequence[Mapping[str, Any]]
SUMS: Final = {
    "dollars": "Usage, exact",
    "charged": "Charges of the calendar and of pieces",
    "accepted_exact": "Accepted of it, exact",
    "accepted_cents": "Accepted, to the cent",
    "adjusted": "Rated anew after that",
    "credits": "Credits",
    "carried": "Carried on as discrepancies",
}
"""Every sum of a month in dollars, in the order in which it is read."""


def period_statement(entry: Entry) -> dict[str, Any]:
    """A closed month as its link keeps it: every total, two words, and its hash."""
    order, content = entry.order, entry.content
    contract = order.contract
    classes = dict(TokenClass.objects.values_list("code", "label"))
    sums = content["sums"]
    month = f"{entry.month:%B %Y}"
    return {
        "author": contract.agency.name,
        "created_at": entry.made_at,
        "time_zone": contract.time_zone,
        "summary": f"{month} of order {order.piid} is closed: its usage keeps its "
        "ratings, and what comes late is an adjustment in the open month.",
        "facts": list(_facts(entry, sums)),
        "used": [_used(row, classes) for row in content["usage"]],
        "totals": {
            "used": {
                "item": "Total",
                "tokens": sums["tokens"],
                "amount": sums["dollars"],
            }
        },
        "tables": [table for table in _tables(content, classes) if table["rows"]]
        + _accruals(order, entry),
        "sections": [
            {
                "heading": f"Explained: {Condition(each['condition']).label}",
                "text": f"{each['facts']}\n\n{each['reason']}",
            }
            for each in content["explained"]
        ],
        "signatures": list(_signatures(entry)),
        "notes": [
            "Amounts are exact and unrounded unless they say so. The hash of the link "
            "is taken over the hash of these figures and of the link before: whoever "
            "changes one figure breaks every link after it.",
        ],
    }


def _facts(entry: Entry, sums: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    order = entry.order
    contract = order.contract
    yield {"label": "Contract", "value": contract.piid}
    yield {"label": "Order", "value": f"{order.piid} {order.title}", "span": 8}
    yield {"label": "Vendor", "value": contract.vendor.name}
    yield {"label": "From", "value": entry.month}
    yield {"label": "To", "value": last_day_of(entry.month)}
    yield {"label": "Tokens", "value": sums["tokens"], "shape": "tokens"}
    for key, label in SUMS.items():
        yield {"label": label, "value": sums[key], "shape": "dollars"}
    yield {
        "label": "Tokens accepted",
        "value": sums["accepted_tokens"],
        "shape": "tokens",
    }
    yield {"label": "Closed", "value": entry.made_at, "span": 8}
    yield {"label": "Link of the order's chain", "value": entry.number}
    for label, text in (
        ("SHA-256 of the figures", entry.content_sha256),
        ("SHA-256 of the link before", entry.previous_sha256 or "none: it is first"),
        ("SHA-256 of the link", entry.sha256),
    ):
        yield {"label": label, "value": text, "shape": "mono"}


def _used(row: Mapping[str, Any], classes: Mapping[str, str]) -> dict[str, Any]:
    named = classes.get(row["token_class"], row["token_class"])
    return {
        "item": row["clin"],
        "slin": row["slin"],
        "description": f"{row['model']}, {named}; {row['tier'].lower()}",
        "tokens": row["tokens"],
        "unit_price": row["usd_per_million_tokens"],
        "amount": row["dollars"],
    }


def _tables(
    content: Mapping[str, Any], classes: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Charges, acceptances, adjustments, credits and what is carried on."""
    yield _table(
        "Charges",
        ("clin", "Line"),
        ("source", "For"),
        ("units", "Units", "tokens"),
        ("dollars", "Dollars", "dollars"),
        rows=[{**row, "source": _words(row["source"])} for row in content["charges"]],
    )
    yield _table(
        "Accepted of the month",
        ("clin", "Line"),
        ("what", "What"),
        ("usd_per_million_tokens", "Price per million", "price"),
        ("tokens", "Tokens", "tokens"),
        ("exact", "Exact", "dollars"),
        ("cents", "To the cent", "dollars"),
        rows=[
            {**row, "what": classes.get(row["token_class"], _words(row["kind"]))}
            for row in content["accepted"]
        ],
    )
    yield _table(
        "Rated anew",
        ("clin", "Line"),
        ("what", "Token class"),
        ("tokens", "Tokens", "tokens"),
        ("change", "Change", "dollars"),
        rows=[
            {**row, "what": classes.get(row["token_class"], row["token_class"])}
            for row in content["adjusted"]
        ],
    )
    yield _table(
        "Credits",
        ("code", "Because"),
        ("findings", "Discrepancies", "tokens"),
        ("dollars", "Dollars", "dollars"),
        rows=[{**row, "code": _words(row["code"])} for row in content["credits"]],
    )
    yield _table(
        "Carried on, each by its owner",
        ("finding", "Discrepancy"),
        ("code", "Kind"),
        ("owner", "Owner"),
        ("tokens", "Tokens", "tokens"),
        ("dollars", "Dollars", "dollars"),
        rows=[{**row, "code": _words(row["code"])} for row in content["carried"]],
    )


def _words(code: str) -> str:
    return code.replace("_", " ").lower()


def _table(caption: str, *columns: tuple[str, ...], rows: _Rows) -> dict[str, Any]:
    named = [
        {"key": key, "label": label, "shape": shape[0] if shape else "text"}
        for key, label, *shape in columns
    ]
    keys = [column["key"] for column in named]
    return {
        "caption": caption,
        "columns": named,
        "rows": [{key: row[key] for key in keys} for row in rows],
    }


def _accruals(order: TaskOrder, entry: Entry) -> list[dict[str, Any]]:
    """What was posted for the end of the month, as it stands at the closing."""
    posted = Accrual.objects.filter(order=order, month=entry.month)
    rows = posted.select_related("order_line__contract_line").order_by("pk")
    if not rows:
        return []
    return [
        _table(
            "Accruals for the end of the month",
            ("posted_on", "Posted for"),
            ("kind", "Kind"),
            ("basis", "Of"),
            ("clin", "Line"),
            ("acrn", "ACRN"),
            ("exact", "Exact", "dollars"),
            ("cents", "To the cent", "dollars"),
            rows=[
                {
                    "posted_on": row.posted_on,
                    "kind": row.get_kind_display(),
                    "basis": row.get_basis_display(),
                    "clin": row.order_line.clin if row.order_line else "",
                    "acrn": row.acrn,
                    "exact": row.dollars,
                    "cents": row.cents,
                }
                for row in rows
            ],
        )
    ]


def _signatures(entry: Entry) -> Iterator[dict[str, Any]]:
    for word in (entry.representative, entry.finance):
        if isinstance(word, SignOff):
            yield {
                "capacity": f"Signed off: {word.get_part_display()}",
                "signed_by": word.signed_by.user.name,
                "title": word.signed_by.role_label,
                "signed_at": word.signed_at,
            }
    yield {
        "capacity": "Closed by",
        "signed_by": entry.made_by.user.name,
        "title": entry.made_by.role_label,
        "signed_at": entry.made_at,
    }
