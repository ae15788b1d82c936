"""The completion statement and the close-out checklist as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracting.closeout import queries
from contracting.closeout.calculations import figure_rows
from contracting.closeout.models import CompletionStatement
from contracting.closeout.queries.final import final_numbers, termination_words
from contracting.contracts.queries.letters import signature
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.templatetags.drawdown import cents
from contracting.documents.paperwork.addresses import in_lines
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
    what = "order" if order else "contract"
    facts = list(_named(statement))
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
        "signatures": [signature(signer, statement.signed_at)],
    }


def _named(statement: CompletionStatement) -> Iterator[dict[str, Any]]:
    """Offices, numbers, final voucher and final invoice (FAR 4.804-5(b))."""
    contract, order = statement.contract, statement.order
    agency, vendor = contract.agency, contract.vendor
    final = final_numbers(contract, order)
    office = in_lines(agency.name, agency.address)
    contractor = in_lines(vendor.name, vendor.address)
    yield {"label": "Contracting and administration office", "value": office, "span": 6}
    yield {"label": "Contractor", "value": contractor, "span": 6}
    yield {"label": "Contract", "value": contract.piid}
    if order:
        closed = f"{order.piid} {order.title}"
        yield {"label": "Closed order", "value": closed, "span": 8}
    else:
        yield {"label": "Closed contract", "value": f"{contract.title}", "span": 8}
    yield {"label": "Last modification", "value": final.modification or "none"}
    yield {"label": "Last order", "value": final.order or "none"}
    yield {"label": "Final invoice", "value": final.invoice or "none"}
    yield {"label": "Final voucher", "value": final.voucher or "none"}
    yield {"label": "Final payment", "value": final.paid_on or "none"}
    yield {
        "label": "Excess funds deobligated",
        "value": statement.deobligated_dollars,
        "shape": "dollars",
    }


STEPS: Final = (
    "Disposition of classified material is completed",
    "Final patent report is cleared",
    "Final royalty report is cleared",
    "There is no outstanding value engineering change proposal",
    "Plant clearance report is received",
    "Property clearance is received",
    "All interim or disallowed costs are settled",
    "Price revision is completed",
    "Subcontracts are settled by the prime contractor",
    "Prior year indirect cost rates are settled",
    "Termination docket is completed",
    "Contract audit is completed",
    "Contractor's closing statement is completed",
    "Contractor's final invoice has been submitted",
    "Contract funds review is completed and excess funds are deobligated",
)
"""The steps of FAR 4.804-5(a), in their order."""
NOT_KEPT: Final = "Officer's statement"
"""What a system of tokens and funds knows nothing of, the officer says."""


def close_out_checklist(
    statement: CompletionStatement, *, signer: Actor
) -> dict[str, Any]:
    """The administrative steps of FAR 4.804-5(a), each with what is on record."""
    contract, order = statement.contract, statement.order
    final = final_numbers(contract, order)
    clock = (
        queries.clock_of_order(order) if order else queries.clock_of_contract(contract)
    )
    release = (
        queries.release_of_order(order)
        if order
        else queries.release_of_contract(contract)
    )
    on = accounting_day(statement.signed_at, contract.time_zone)
    known: dict[int, dict[str, Any]] = {
        11: {"result": termination_words(contract, order)},
        14: {"result": final.invoice or "No invoice: nothing was billed"},
        15: {
            "result": f"Done; {cents(statement.deobligated_dollars)} deobligated",
            "completed": on,
            "by": signer.name,
        },
    }
    if release is not None:
        known[13] = {
            "result": "Release of claims is signed",
            "completed": accounting_day(release.signed_at, contract.time_zone),
            "by": release.signed_by.user.name,
        }
    steps = [
        {"number": number, "step": step, **known.get(number, {"result": NOT_KEPT})}
        for number, step in enumerate(STEPS, start=1)
    ]
    given_up = "given_up" in statement.figures
    checked = [
        {**each, "number": f"T{each['number']}"}
        for each in _checklist(statement, given_up=given_up)
    ]
    return {
        "author": contract.agency.name,
        "created_at": statement.signed_at,
        "time_zone": contract.time_zone,
        "summary": "Steps 1 to 15 are those of FAR 4.804-5(a); those with a T were "
        "checked by the system before the signature was taken (R-CLO-01 to R-CLO-04).",
        "facts": [
            *_named(statement),
            {"label": "Counted from", "value": clock.counted_from},
            {"label": "To be closed by", "value": clock.due_on},
            {"label": "Closed", "value": "late" if clock.is_late(on) else "in time"},
            {"label": "Because", "value": clock.basis, "span": 12},
        ],
        "checklist": [*steps, *checked],
        "sections": [{"heading": "Remarks", "text": statement.remarks}]
        if statement.remarks
        else [],
        "signatures": [signature(signer, statement.signed_at)],
        "notes": [
            f"{NOT_KEPT}: this system keeps no such record. The signature states that "
            "the step is completed or does not apply.",
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
