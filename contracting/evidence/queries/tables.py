"""Tables of records that an evidence pack has, as rows of plain values.

Rows come from the queries of their own stages, which know who may read them; a column
is dropped where it names a person or says what is the agency's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.billing.models import ChargeLine, InvoiceLine
from contracting.billing.queries import reports_visible_to
from contracting.core.canonical import canonical_json
from contracting.core.plots.tables import rows_as_csv
from contracting.disputes.queries.cases import cases_visible_to
from contracting.evidence.queries.scopes import Scope
from contracting.evidence.states import Level
from contracting.ledger.queries import lines_of_contract, transfers_of
from contracting.modifications.queries import visible_to as changes_visible_to
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine
from contracting.orders.queries import modifications_visible_to
from contracting.payments.queries import certifications_visible_to, payments_visible_to
from contracting.reconciliation.models import Acceptance
from contracting.reconciliation.queries import findings_visible_to, runs_visible_to


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and where its value is in a row.

    :ivar personal: it names a person; a release copy does not have it
    :ivar internal: it is the agency's alone
    """

    name: str
    path: str = ""
    personal: bool = False
    internal: bool = False

    def of(self, row: Any) -> Any:
        """The value, or nothing where the way to it ends."""
        found: Any = row
        for step in (self.path or self.name).split("."):
            found = getattr(found, step, None)
            if found is None:
                return None
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the ledger, and the line whose it is."""

    entry: Any
    line: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a pack: its name, what it is, its columns and its rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope], Iterable[Any]]
    internal: bool = False

    def columns_for(self, level: str) -> list[Column]:
        """What is left of its columns at this level."""
        return [
            each
            for each in self.columns
            if not (each.personal and level == Level.RELEASE)
            and not (each.internal and level != Level.FULL)
        ]


def tables_for(level: str) -> list[Table]:
    """The tables that a pack of this level has, in their order."""
    return [each for each in TABLES if not each.internal or level == Level.FULL]


def table_named(name: str) -> Table:
    """One of them."""
    return next(each for each in TABLES if each.name == name)


def as_csv(table: Table, scope: Scope) -> tuple[bytes, int]:
    """The table as CSV (RFC 4180, UTF-8) with its headings, and how many rows it has.

    Money and tokens are exact, instants are in UTC, and words that a spreadsheet would
    take for a formula bear an apostrophe.
    """
    columns = table.columns_for(scope.level)
    count = 0

    def rows() -> Iterator[list[str | None]]:
        nonlocal count
        for row in table.rows(scope):
            count += 1
            yield [_text(column.of(row)) for column in columns]

    text = "".join(rows_as_csv([each.name for each in columns], rows()))
    return text.encode(), count


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return canonical_json(value).strip('"')
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | dict):
        return canonical_json(value)
    return str(value)


def _columns(*names: str) -> tuple[Column, ...]:
    """``heading`` or ``heading=path``; ``~`` is before a person, ``!`` before ours."""
    return tuple(
        Column(
            name=word.lstrip("~!").partition("=")[0],
            path=word.partition("=")[2],
            personal=word.startswith("~"),
            internal=word.startswith("!"),
        )
        for word in names
    )


def _transfers(scope: Scope) -> Iterator[Any]:
    """Every entry of the ledger of the lines of those orders, line by line."""
    chosen = set(
        OrderLine.objects.filter(order__in=scope.chosen()).values_list("pk", flat=True)
    )
    for line in lines_of_contract(scope.contract.pk).order_by("pk"):
        of_an_order = line.holder_kind == HOLDER_OF_A_LINE
        if of_an_order and line.holder_id not in chosen:
            continue
        if not of_an_order and scope.orders:
            continue
        entries = transfers_of(line=line).filter(scope.within("at")).order_by("pk")
        for entry in entries.iterator(chunk_size=2000):
            yield Entry(entry, line.label)


TABLES: Final = (
    Table(
        "orders",
        "The orders",
        _columns(
            "id=public_id",
            "number=piid",
            "title",
            "state",
            "version",
            "content_sha256",
            "period_start",
            "period_end",
            "issued_at",
            "~signed_by=signed_by.user.name",
        ),
        lambda scope: scope.chosen(),
    ),
    Table(
        "order_lines",
        "Their lines and ceilings",
        _columns(
            "id=public_id",
            "order=order.piid",
            "line=contract_line.clin",
            "description",
            "ceiling_tokens",
            "ceiling_dollars",
            "unit",
            "units",
            "is_removed",
        ),
        lambda scope: scope.of_orders(
            OrderLine.objects.select_related("order", "contract_line")
        ),
    ),
    Table(
        "contract_modifications",
        "Signed modifications of the contract",
        _columns(
            "id=public_id",
            "number",
            "authority",
            "description",
            "effective_on",
            "issued_at",
            "content_sha256",
            "~vendor_signed_by=vendor_signed_by.user.name",
            "~signed_by=signed_by.user.name",
        ),
        lambda scope: (
            changes_visible_to(scope.actor)
            .filter(contract=scope.contract, issued_at__isnull=False)
            .order_by("pk")
        ),
    ),
    Table(
        "order_modifications",
        "Signed modifications of the orders",
        _columns(
            "id=public_id",
            "order=order.piid",
            "number",
            "authority",
            "description",
            "effective_on",
            "issued_at",
            "content_sha256",
            "~vendor_signed_by=vendor_signed_by.user.name",
            "~signed_by=signed_by.user.name",
        ),
        lambda scope: scope.of_orders(
            modifications_visible_to(scope.actor).filter(issued_at__isnull=False)
        ),
    ),
    Table(
        "ledger",
        "Every entry of the ledger on the lines of the orders",
        _columns(
            "entry=entry.pk",
            "at=entry.at",
            "recorded_at=entry.recorded_at",
            "kind=entry.kind",
            "line",
            "from=entry.debit.kind",
            "from_acrn=entry.debit.balance.acrn",
            "to=entry.credit.kind",
            "to_acrn=entry.credit.balance.acrn",
            "tokens=entry.tokens",
            "dollars=entry.dollars",
            "because=entry.because_kind",
            "because_id=entry.because_id",
            "note=entry.note",
            "by=entry.by_name",
            "reverses=entry.reverses.pk",
        ),
        _transfers,
        internal=True,
    ),
    Table(
        "reports",
        "Usage reports of the vendor",
        _columns(
            "id=public_id",
            "order=order.piid",
            "label",
            "period_start",
            "period_end",
            "due_at",
            "received_at",
            "rows=rows_received",
            "sha256_as_sent=sent_sha256",
            "supersedes=supersedes.public_id",
            "~received_by",
        ),
        lambda scope: scope.of_orders(reports_visible_to(scope.actor)).filter(
            scope.touches()
        ),
    ),
    Table(
        "runs",
        "Comparisons of meter, report and invoice",
        _columns(
            "id=public_id",
            "order=order.piid",
            "invoice=invoice.number",
            "period_start",
            "period_end",
            "inputs_sha256",
            "result_sha256",
            "meter_tokens=a_tokens",
            "reported_tokens=b_tokens",
            "invoiced_tokens=c_tokens",
            "meter_dollars=a_dollars",
            "invoiced_dollars=c_dollars",
            "ran_at",
            "~ran_by",
        ),
        lambda scope: scope.of_orders(runs_visible_to(scope.actor)).filter(
            scope.touches()
        ),
    ),
    Table(
        "findings",
        "Discrepancies, and how they were resolved",
        _columns(
            "id=public_id",
            "order=order.piid",
            "run=run.public_id",
            "invoice=invoice.number",
            "code",
            "tokens",
            "amount_dollars",
            "due_on",
            "found_at",
            "withheld_dollars=dispute.withheld_dollars",
            "resolution=resolution.code",
            "resolved_at=resolution.resolved_at",
            "~resolved_by=resolution.resolved_by_name",
        ),
        lambda scope: scope.of_orders(
            findings_visible_to(scope.actor).select_related("run")
        ).filter(scope.within("found_at")),
    ),
    Table(
        "invoices",
        "Invoices",
        _columns(
            "id=public_id",
            "order=order.piid",
            "number",
            "corrects=corrects.number",
            "invoiced_on",
            "period_start",
            "period_end",
            "total_dollars",
            "credited_dollars",
            "state",
            "received_at",
            "returned_at",
            "~received_by",
        ),
        lambda scope: scope.invoices(),
    ),
    Table(
        "invoice_lines",
        "Their lines of tokens",
        _columns(
            "invoice=invoice.number",
            "position",
            "line=order_line.contract_line.clin",
            "acrn",
            "model=model.snapshot",
            "token_class=token_class.code",
            "tier",
            "kind",
            "tokens",
            "usd_per_million_tokens",
            "amount_dollars",
            "voided_at",
        ),
        lambda scope: (
            InvoiceLine.objects.filter(invoice__in=scope.invoices())
            .select_related(
                "invoice", "order_line__contract_line", "model", "token_class"
            )
            .order_by("invoice_id", "position", "pk")
        ),
    ),
    Table(
        "charge_lines",
        "Their lines of charges that are no tokens",
        _columns(
            "invoice=invoice.number",
            "position",
            "line=order_line.contract_line.clin",
            "acrn",
            "description",
            "kind",
            "unit",
            "units",
            "usd_per_unit",
            "amount_dollars",
            "voided_at",
        ),
        lambda scope: (
            ChargeLine.objects.filter(invoice__in=scope.invoices())
            .select_related("invoice", "order_line__contract_line")
            .order_by("invoice_id", "position", "pk")
        ),
    ),
    Table(
        "acceptances",
        "What was accepted",
        _columns(
            "id=public_id",
            "invoice=invoice.number",
            "accepted_at",
            "exact_dollars",
            "accepted_dollars",
            "withheld_dollars",
            "~accepted_by=accepted_by.user.name",
        ),
        lambda scope: (
            Acceptance.objects.filter(invoice__in=scope.invoices())
            .select_related("invoice", "accepted_by__user")
            .order_by("pk")
        ),
    ),
    Table(
        "vouchers",
        "Payments as certified",
        _columns(
            "id=public_id",
            "voucher_number",
            "invoice=invoice.number",
            "dollars",
            "offset_dollars",
            "discount_dollars",
            "!by_acrn",
            "due_on",
            "certified_at",
            "returned_at=payment_return.returned_at",
            "~certified_by=certified_by.user.name",
        ),
        lambda scope: (
            certifications_visible_to(scope.actor)
            .filter(invoice__in=scope.invoices())
            .order_by("pk")
        ),
    ),
    Table(
        "payments",
        "Payments as made",
        _columns(
            "id=public_id",
            "voucher_number=certification.voucher_number",
            "dollars",
            "interest_dollars",
            "paid_on",
            "~reference",
            "~recorded_by=recorded_by_name",
        ),
        lambda scope: (
            payments_visible_to(scope.actor)
            .filter(certification__invoice__in=scope.invoices())
            .order_by("pk")
        ),
    ),
    Table(
        "disputes",
        "Disputes",
        _columns(
            "id=public_id",
            "order=order.piid",
            "~question",
            "opened_at",
            "answer_due_on",
            "~opened_by=opened_by.user.name",
        ),
        lambda scope: scope.of_orders(cases_visible_to(scope.actor)).filter(
            scope.within("opened_at")
        ),
    ),
)
"""Every table there is. A release copy has neither names nor what people have said."""
