"""When what is accepted is due, when interest runs, and by which published rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from contracting.billing.models import Invoice
from contracting.billing.queries.clocks import payment_days_of, received_on
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.queries.cases import Withheld, disputed_of
from contracting.payments.calculations import Delivery, due_on, interest_due_on
from contracting.payments.calculations.discount import Discount, discount_in
from contracting.payments.calculations.interest import (
    Interest,
    Late,
    half_year_of,
    late_payment_interest,
)
from contracting.payments.models import (
    AcceptancePeriod,
    CertifiedAcceptance,
    PaymentCertification,
)
from contracting.payments.queries.claims import claim_interest_of, claims_in
from contracting.payments.refusals import RateMissing
from contracting.reconciliation.models import Acceptance
from contracting.reference.queries import threshold
from contracting.reference.refusals import NoThreshold
from contracting.solicitations.states import SetAside

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Clocks:
    """When an accepted part is due, and the due date after which interest runs."""

    due_on: date
    interest_after: date


def standing(invoice: Invoice) -> QuerySet[PaymentCertification]:
    """The vouchers of an invoice that finance has not given back, oldest first."""
    rows = PaymentCertification.objects.filter(
        invoice=invoice, payment_return__isnull=True
    )
    return rows.select_related("payment").order_by("pk")


def uncertified(invoice: Invoice) -> QuerySet[Acceptance]:
    """What is accepted on an invoice and on no voucher that stands, oldest first."""
    taken = CertifiedAcceptance.objects.filter(
        acceptance__invoice=invoice, released_at__isnull=True
    )
    return (
        Acceptance.objects.filter(invoice=invoice)
        .exclude(pk__in=taken.values("acceptance"))
        .select_related("accepted_by__user", "finding", "invoice__order__contract")
        .order_by("pk")
    )


def state_by_vouchers(invoice: Invoice) -> str:
    """Accepted until all of it is on vouchers that stand, paid once those are paid."""
    vouchers = list(standing(invoice))
    if not vouchers or uncertified(invoice).exists():
        return str(InvoiceState.ACCEPTED)
    is_paid = all(each.is_paid for each in vouchers)
    return str(InvoiceState.PAID if is_paid else InvoiceState.CERTIFIED)


def sum_of(acceptances: Iterable[Acceptance]) -> Dollars:
    """What these have accepted, in cents."""
    return total_dollars(Dollars(each.accepted_dollars) for each in acceptances)


def delivered_on(invoice: Invoice) -> date:
    """The last day of the invoice's period: what it asks for is delivered then."""
    last = invoice.period_end - _INSTANT
    return accounting_day(last, invoice.order.contract.time_zone)


def acceptance_days(contract: Contract, delivered: date) -> int:
    """After how many days acceptance of a delivery is assumed (R-PAY-02).

    The longer time that the contracting officer stated for that day, else the seven
    days of the regulation.
    """
    stated = AcceptancePeriod.objects.filter(
        contract=contract, delivered_from__lte=delivered
    )
    longer = stated.order_by("-delivered_from", "-pk").first()
    if longer is not None:
        return int(longer.days)
    return int(threshold("CONSTRUCTIVE_ACCEPTANCE", delivered).value)


def clocks_of(acceptance: Acceptance) -> Clocks:
    """The clocks of one acceptance, by the days to pay that its invoice has left.

    What a resolution freed after a dispute was recorded is accepted when it was.
    """
    invoice = acceptance.invoice
    contract = invoice.order.contract
    accepted = accounting_day(acceptance.accepted_at, contract.time_zone)
    received, payment_days = received_on(invoice), payment_days_of(invoice)
    delivered = delivered_on(invoice)
    finding = acceptance.finding
    is_disputed = finding is not None and hasattr(finding, "dispute")
    return Clocks(
        due_on(received=received, accepted=accepted, payment_days=payment_days),
        interest_due_on(
            Delivery(delivered, accepted, is_disputed),
            received=received,
            payment_days=payment_days,
            days=acceptance_days(contract, delivered),
        ),
    )


def is_small_business(contract: Contract, on: date) -> bool | None:
    """Whether the vendor was small on a day, as it stands with the contract.

    What the vendor stated last counts; before it states anything, that the contract was
    set aside for small businesses. ``None`` where nothing says so, and after a novation
    or a merger until the vendor states its size anew (FAR 52.219-28).
    """
    stated = (
        contract.size_representations.filter(represented_on__lte=on)
        .order_by("-represented_on", "-pk")
        .first()
    )
    since = stated.represented_on if stated else contract.ordering_start
    changed = contract.size_changes.filter(happened_on__gt=since, happened_on__lte=on)
    if changed.exists():
        return None
    if stated is not None:
        return bool(stated.is_small)
    is_set_aside = contract.solicitation.set_aside not in ("", SetAside.UNRESTRICTED)
    return True if is_set_aside else None


def accelerated_on(acceptances: Iterable[Acceptance], on: date) -> date | None:
    """By when a small business is to be paid what is accepted, before it is due.

    So many days after the later of receipt and acceptance, of the policy in force on
    the day of receipt; the due date and interest stay as they are (31 U.S.C.
    3903(a)(10), FAR 32.009). ``None`` for others, and without such a policy.

    :param on: the day of certification, on which the vendor is small or not
    """
    days, due = [], []
    for each in acceptances:
        invoice = each.invoice
        contract = invoice.order.contract
        due.append(clocks_of(each).due_on)
        if not is_small_business(contract, on):
            return None
        received = received_on(invoice)
        try:
            within = int(threshold("ACCELERATED_PAYMENT", received).value)
        except NoThreshold:
            return None
        accepted = accounting_day(each.accepted_at, contract.time_zone)
        days.append(due_on(received=received, accepted=accepted, payment_days=within))
    sooner = min(days, default=None)
    return sooner if sooner is not None and sooner < min(due) else None


def prompt_payment_rate(day: date) -> Decimal:
    """The published rate of a day, in percent a year.

    :raises RateMissing: naming the half-year of which none is loaded (R-PAY-03)
    """
    try:
        return Decimal(threshold("PROMPT_PAYMENT_RATE", day).value)
    except NoThreshold as error:
        first, last = half_year_of(day)
        message = (
            f"No Prompt Payment rate is loaded for the half-year from {first.day} "
            f"{first:%b %Y} to {last.day} {last:%b %Y}, and none is guessed."
        )
        raise RateMissing(message, first=first, last=last) from error


def interest_of(certification: PaymentCertification, paid_on: date) -> list[Interest]:
    """The interest of a voucher if it is paid on a day; nothing where none is owed.

    Credits and the discount come off what was due first. On what is disputed none runs
    on the days of the dispute. What pays a claim earns the interest of claims instead.

    :raises RateMissing: if a part is late and no rate is loaded
    """
    left = Dollars(certification.offset_dollars) + Dollars(
        certification.discount_dollars
    )
    disputed = _disputed_by_acceptance(certification.invoice)
    parts = []
    rows = certification.acceptances.select_related("acceptance")
    for row in rows.order_by("interest_after", "pk"):
        claimed = claims_in(row.acceptance)
        dollars = Dollars(row.acceptance.accepted_dollars) - claimed
        taken = min(left, dollars)
        left -= taken
        dollars -= taken
        for each in disputed.get(row.acceptance_id, []):
            held = min(each.cents, dollars)
            dollars -= held
            parts.append(Late(held, row.interest_after, each.since, each.until))
        parts.append(Late(dollars, row.interest_after))
    late = late_payment_interest(parts, paid=paid_on, rate_on=prompt_payment_rate)
    paying = [row.acceptance for row in rows.order_by("pk")]
    return late + claim_interest_of(paying, paid_on, prompt_payment_rate)


def _disputed_by_acceptance(invoice: Invoice) -> dict[int, list[Withheld]]:
    """The disputed cents that are accepted all the same, by acceptance, oldest first.

    A dispute withholds first what nobody has accepted, and what its resolution freed
    has the clock of its own acceptance. What is left was put to the vendor after it was
    accepted, such as when its report is restated: then it is disputed if the invoice
    itself is found to ask for too much, and not where two reports differ.
    """
    accepted = list(
        Acceptance.objects.filter(invoice=invoice)
        .select_related("finding__dispute")
        .order_by("pk")
    )
    freed = {each.finding.public_id for each in accepted if each.finding is not None}
    own = set(invoice.findings.values_list("public_id", flat=True))
    room = {
        each.pk: Dollars(each.accepted_dollars)
        for each in accepted
        if each.finding is None or not hasattr(each.finding, "dispute")
    }
    withheld = invoice.asked - sum_of(accepted)
    found: dict[int, list[Withheld]] = {}
    for each in disputed_of(invoice):
        if each.finding in freed:
            continue
        inside = min(each.cents, max(withheld, Dollars()))
        withheld, left = withheld - inside, each.cents - inside
        if each.finding not in own:
            continue
        for pk, free in room.items():
            held = min(left, free)
            if held:
                found.setdefault(pk, []).append(replace(each, cents=held))
                room[pk], left = free - held, left - held
    return found


def discount_for(invoice: Invoice, dollars: Dollars, on: date) -> Discount | None:
    """The discount that is offered, in time on that day and worth it (R-PAY-05).

    Without a loaded value of funds for the day none is taken.
    """
    offered = discount_in(str(invoice.header.get("payment_terms", "")))
    if offered is None or not offered.of(dollars):
        return None
    if on > offered.last_day(invoice.invoiced_on):
        return None
    try:
        value_of_funds = Decimal(threshold("CVFR", on).value)
    except NoThreshold:
        return None
    return offered if offered.is_worth_it(value_of_funds) else None
