"""What must always hold of comparisons, findings and acceptance."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Q, Sum

from contracting.billing.calculations.arithmetic import within_an_average
from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.states import InvoiceState
from contracting.contracts.models import ToleranceTerms
from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.ledger.queries import balances_of
from contracting.ledger.queries.charged import credited_of
from contracting.orders.calculations import value_of
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reconciliation.calculations import compare, inputs_sha256
from contracting.reconciliation.matching.allowances import (
    beyond_total,
    tolerated_total,
    written_off_total,
)
from contracting.reconciliation.matching.inputs import match_of
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedCharge,
    AcceptedLine,
    Finding,
    ReconciliationRun,
    Resolution,
)
from contracting.reconciliation.queries import cells_of, result_sha256

ACCEPTED = (InvoiceState.ACCEPTED, InvoiceState.CERTIFIED, InvoiceState.PAID)


def _acceptances_that_do_not_tie() -> Iterator[str]:
    """Each accepted line is its tokens at its price, rounded once."""
    accepted = AcceptedLine.objects.select_related(
        "invoice_line__order_line__contract_line"
    )
    for row in accepted.order_by("pk").iterator():
        price, tokens = (
            UnitPrice(row.usd_per_million_tokens),
            Tokens(row.payable_tokens),
        )
        exact = price.of(tokens)
        stored = (Dollars(row.exact_dollars), Dollars(row.payable_dollars))
        is_average = row.invoice_line.order_line.contract_line.is_by_volume
        if is_average and within_an_average(stored[1], price, tokens):
            continue
        if stored != (exact, exact.to_cents()):
            yield f"accepted line {row.pk}: {exact} is right"
    for acceptance in Acceptance.objects.order_by("pk").iterator():
        sums = [
            rows.aggregate(exact=Sum("exact_dollars"), cents=Sum("payable_dollars"))
            for rows in (acceptance.lines, acceptance.charges)
        ]
        summed = sum(each["exact"] or 0 for each in sums)
        cents = sum(each["cents"] or 0 for each in sums)
        if (summed, cents) != (acceptance.exact_dollars, acceptance.accepted_dollars):
            yield f"acceptance {acceptance.public_id}: its lines sum to {cents}"
    asked = AcceptedCharge.objects.filter(
        payable_dollars__gt=F("charge_line__amount_dollars")
    )
    for charge in asked.order_by("pk"):
        yield f"accepted charge {charge.pk}: more is payable than is invoiced"


def _acceptance_beside_the_ledger() -> Iterator[str]:
    """What is accepted of a line here is what the ledger has accepted of it."""
    sums = AcceptedLine.objects.values("invoice_line__order_line").annotate(
        cents=Sum("payable_dollars"), tokens=Sum("payable_tokens")
    )
    accepted = {
        row["invoice_line__order_line"]: (Dollars(row["cents"]), row["tokens"])
        for row in sums
    }
    charged = AcceptedCharge.objects.values("charge_line__order_line").annotate(
        cents=Sum("payable_dollars")
    )
    for row in charged:
        line_id = row["charge_line__order_line"]
        cents, tokens = accepted.get(line_id, (Dollars(), 0))
        accepted[line_id] = (cents + Dollars(row["cents"]), tokens)
    for line in OrderLine.objects.order_by("pk"):
        rows = balances_of(line.holder)
        cents = total_dollars(Dollars(row.accepted_dollars) for row in rows)
        tokens = sum(row.accepted_tokens for row in rows)
        here = accepted.get(line.pk, (Dollars(), 0))
        here = (here[0] - credited_of(line.holder), here[1])
        if here != (cents, tokens):
            yield (
                f"order line {line.public_id}: {here[0]} for {here[1]} tokens is "
                f"accepted, the ledger has {cents} for {tokens}"
            )


def _accepted_beyond_what_was_asked() -> Iterator[str]:
    summed = Invoice.objects.annotate(
        accepted=Sum("lines__accepted__payable_tokens"),
    ).filter(accepted__isnull=False)
    for invoice in summed.order_by("pk"):
        asked = invoice.lines.aggregate(sum=Sum("tokens"))["sum"] or 0
        if invoice.accepted > asked:
            yield f"invoice {invoice.public_id}: {invoice.accepted} of {asked} tokens"
    paid = InvoiceLine.objects.annotate(accepted_cents=Sum("accepted__payable_dollars"))
    for line in paid.filter(accepted_cents__gt=F("amount_dollars")).order_by("pk"):
        yield f"invoice line {line.public_id}: {line.accepted_cents} is accepted"


def _accepted_without_a_comparison() -> Iterator[str]:
    accepted = Invoice.objects.filter(state__in=ACCEPTED).annotate(
        listed=Count("lines", distinct=True) + Count("charge_lines", distinct=True),
        covered=Max("acceptances__run__lines_covered"),
    )
    for invoice in accepted.filter(~Q(covered=F("listed")) | Q(covered__isnull=True)):
        yield f"invoice {invoice.public_id}"


def _results_that_do_not_repeat() -> Iterator[str]:
    """The last comparison of each order and invoice, made again where inputs stand."""
    last = (
        ReconciliationRun.objects.values("order", "invoice")
        .annotate(last=Max("pk"))
        .values("last")
    )
    runs = ReconciliationRun.objects.filter(pk__in=last).select_related(
        "order__contract", "invoice"
    )
    for run in runs.order_by("pk"):
        span = (run.period_start, run.period_end)
        match = match_of(run.order, span, invoice=run.invoice, at=run.ran_at)
        if inputs_sha256(match) != run.inputs_sha256:
            continue
        again = result_sha256(match, cells_of(run.order, match), compare(match))
        if again != run.result_sha256:
            yield f"comparison {run.public_id}"


def _findings_that_nobody_answers_for() -> Iterator[str]:
    unowned = Finding.objects.filter(owner__isnull=True, resolution__isnull=True)
    closed_for_no_reason = Finding.objects.filter(
        resolution__isnull=False, resolution__reason=""
    )
    for finding in (unowned | closed_for_no_reason).order_by("pk"):
        yield f"finding {finding.public_id}"


def _steps_that_lead_elsewhere() -> Iterator[str]:
    """The steps of each comparison, read anew: its ends, and what is left over."""
    for run in ReconciliationRun.objects.exclude(waterfall={}).order_by("pk"):
        made = Waterfall.read(run.waterfall)
        steps = total_dollars(step.amount for step in made.steps)
        if made.unexplained or made.start - steps != made.end:
            yield f"comparison {run.public_id}: {made.unexplained} is unexplained"


def _caps_that_are_passed() -> Iterator[str]:
    """Of each order, against the largest cap that was ever signed for it."""
    capped = Resolution.objects.filter(capped_dollars__gt=0).order_by()
    ids = set(capped.values_list("finding__order", flat=True).distinct())
    ids |= set(
        AcceptedLine.objects.filter(beyond_tokens__gt=0)
        .order_by()
        .values_list("acceptance__invoice__order", flat=True)
    )
    for order in TaskOrder.objects.filter(pk__in=ids).order_by("pk"):
        terms = ToleranceTerms.objects.filter(contract=order.contract_id)
        most = terms.aggregate(
            share=Max("tolerance_cap_percent"), written=Max("write_off_cap_dollars")
        )
        written = written_off_total(order)
        if written > Dollars(most["written"] or 0):
            yield f"order {order.public_id}: {written} is written off"
        beyond, cap = beyond_total(order), Dollars()
        if most["share"] is not None:
            cap = Dollars(value_of(order).amount * most["share"] / 100)
            tolerated = tolerated_total(order)
            if tolerated > cap:
                yield f"order {order.public_id}: {tolerated} is tolerated of {cap}"
        if beyond > cap:
            yield f"order {order.public_id}: {beyond} beyond our meter of {cap}"


def _beyond_the_meter_beside_the_ledger() -> Iterator[str]:
    rows = AcceptedLine.objects.values("invoice_line__order_line").annotate(
        dollars=Sum("beyond_dollars"), tokens=Sum("beyond_tokens")
    )
    here = {
        row["invoice_line__order_line"]: (Dollars(row["dollars"]), row["tokens"])
        for row in rows
    }
    for line in OrderLine.objects.order_by("pk"):
        balances = balances_of(line.holder)
        there = (
            total_dollars(Dollars(row.tolerated_dollars) for row in balances),
            sum(row.tolerated_tokens for row in balances),
        )
        if here.get(line.pk, (Dollars(), 0)) != there:
            yield (
                f"order line {line.public_id}: the ledger has {there[0]} for "
                f"{there[1]} tokens beyond our meter"
            )


INVARIANTS = [
    Invariant(
        code="REC-1",
        sentence="Every accepted line is its tokens at its price, and the lines of an "
        "acceptance sum to it.",
        check=_acceptances_that_do_not_tie,
    ),
    Invariant(
        code="REC-2",
        sentence="What is accepted of an order line is what the ledger has accepted.",
        check=_acceptance_beside_the_ledger,
    ),
    Invariant(
        code="REC-3",
        sentence="No more tokens of an invoice are accepted than it asks for, and no "
        "more cents of a line.",
        check=_accepted_beyond_what_was_asked,
    ),
    Invariant(
        code="REC-4",
        sentence="Nothing is accepted without a comparison that covers every line.",
        check=_accepted_without_a_comparison,
    ),
    Invariant(
        code="REC-5",
        sentence="The same inputs give the same result, compared again.",
        check=_results_that_do_not_repeat,
    ),
    Invariant(
        code="REC-6",
        sentence="Every open discrepancy has an owner, every closed one a reason.",
        check=_findings_that_nobody_answers_for,
    ),
    Invariant(
        code="REC-7",
        sentence="The steps of a comparison lead from what is asked to what is metered "
        "and leave nothing unexplained.",
        check=_steps_that_lead_elsewhere,
    ),
    Invariant(
        code="REC-8",
        sentence="What is tolerated, and what is written off, stays within the caps "
        "that were signed.",
        check=_caps_that_are_passed,
    ),
    Invariant(
        code="REC-9",
        sentence="What is accepted beyond our meter is what the ledger has of it.",
        check=_beyond_the_meter_beside_the_ledger,
    ),
]
