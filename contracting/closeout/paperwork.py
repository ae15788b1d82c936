"""The completion statement as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracting.closeout.calculations import figure_rows
from contracting.closeout.models import CompletionStatement
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import LineBalance
from contracting.orders.models import OrderLine


def completion(
    statement: CompletionStatement,
    rows: Sequence[LineBalance],
    returned: Mapping[int, Dollars],
    figures: Mapping[str, Any],
    *,
    signer: Actor,
    residuals: Sequence[tuple[Any, str, OrderLine | None]] = (),
) -> dict[str, Any]:
    """What was ordered, used, paid and given back, signed by the contracting officer.

    :param rows: the balances as they stand after close-out
    :param returned: what was deobligated, by balance row; tokens belong to the line and
        stand with its first ACRN
    """
    contract, order = statement.contract, statement.order
    number = order.piid if order else contract.piid
    what = "order" if order else "contract"
    facts = [
        {"label": "Contract", "value": contract.piid},
        {"label": f"Closed {what}", "value": f"{number} {(order or contract).title}"},
        {"label": "Vendor", "value": contract.vendor.name},
    ]
    for figure in figure_rows(figures):
        if figure.dollars is not None:
            value = {"value": figure.dollars, "shape": "dollars"}
            facts.append({"label": f"{figure.label}, dollars", **value})
        if figure.tokens is not None:
            value = {"value": figure.tokens, "shape": "tokens"}
            facts.append({"label": f"{figure.label}, tokens", **value})
    return {
        "author": contract.agency.name,
        "created_at": statement.signed_at,
        "time_zone": contract.time_zone,
        "summary": (
            f"All performance, acceptance and payment under this {what} is complete "
            "(FAR 4.804-5)."
        ),
        "facts": facts,
        **_balances(rows, returned),
        **_residual(residuals),
        "checklist": _checklist(statement, given_up="given_up" in figures),
        "sections": [{"heading": "Remarks", "text": statement.remarks}]
        if statement.remarks
        else [],
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer.name,
                "title": "Contracting officer",
                "signed_at": statement.signed_at,
            }
        ],
    }


def _residual(
    residuals: Sequence[tuple[Any, str, OrderLine | None]],
) -> dict[str, Any]:
    """What became of unused tokens, as a table of its own."""
    if not residuals:
        return {}
    rows = [
        {
            "line": clin,
            "became": row.get_disposition_display(),
            "to": f"{to.order.name}, line {to.clin}" if to else "",
            "tokens": row.tokens,
            "dollars": row.dollars,
        }
        for row, clin, to in residuals
    ]
    columns = [
        {"key": "line", "label": "Line"},
        {"key": "became", "label": "Unused tokens"},
        {"key": "to", "label": "To"},
        {"key": "tokens", "label": "Tokens", "shape": "tokens"},
        {"key": "dollars", "label": "Funds given back", "shape": "dollars"},
    ]
    return {"tables": [{"caption": "Unused tokens", "columns": columns, "rows": rows}]}


def _balances(
    rows: Sequence[LineBalance], returned: Mapping[int, Dollars]
) -> dict[str, Any]:
    listed: list[dict[str, Any]] = []
    lines: set[int] = set()
    for each in rows:
        row = each.balance
        tokens_are_listed = row.line_id in lines
        lines.add(row.line_id)
        given_back = returned.get(row.pk, Dollars())
        listed.append(
            {
                "item": each.clin,
                "acrn": row.acrn,
                "obligated": Dollars(row.obligated_dollars) + given_back,
                "consumed": Dollars(row.consumed_dollars),
                "paid": Dollars(row.paid_dollars),
                "deobligated": given_back,
                "residual_tokens": None if tokens_are_listed else row.line.tokens_left,
            }
        )
    names = ("obligated", "consumed", "paid", "deobligated")
    sums = {name: total_dollars(each[name] for each in listed) for name in names}
    return {
        "balances": listed,
        "totals": {"balances": {"item": "Total", **sums}},
    }


def _checklist(
    statement: CompletionStatement, *, given_up: bool
) -> list[dict[str, str]]:
    """What had to be done before the signature; each was checked by the verb."""
    of_an_order = (
        "Period of performance has ended; no usage is in suspense",
        "Every discrepancy is resolved; no modification is pending",
        "All usage is accepted or given up by the vendor; every invoice is paid"
        if given_up
        else "All usage is invoiced and accepted; every invoice is paid",
        "Excess funds are deobligated",
    )
    of_a_contract = (
        "Ordering period has ended",
        "Every order is closed out",
        "Guaranteed minimum is given up by the vendor's release"
        if given_up
        else "Guaranteed minimum is reached",
        "Excess funds are deobligated",
    )
    steps = of_an_order if statement.order else of_a_contract
    return [
        {"number": str(number), "step": step, "result": "Done"}
        for number, step in enumerate(steps, start=1)
    ]
