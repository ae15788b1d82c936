"""What a desk is made of, and the arithmetic and sentences on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from django.urls import NoReverseMatch, reverse

from accounts.models import ApiKey
from contracting.billing.models import Invoice
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import (
    AMOUNT_PLACES,
    Dollars,
    Tokens,
    total_dollars,
)
from contracting.modifications.models import ContractModification
from contracting.orders.models import Modification, TaskOrder
from contracting.payments.models import PaymentCertification
from contracting.requisitions.models import Requisition
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission

OPPORTUNITY: Final = "opportunities:opportunity"
DAYS_OF_A_FORECAST: Final = 7
"""Fewer days of use than this say nothing about the days to come."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a desk: a thing, what is asked of whoever reads it, and until when.

    ``asked`` names the verb; ``why_not`` says what must happen before it is open, with
    ``rule`` where a rule says so. ``due_at`` is shown in ``zone``.
    """

    text: str
    url: str
    asked: str = ""
    note: str = ""
    state: str = ""
    since: datetime | None = None
    due: date | None = None
    due_at: datetime | None = None
    zone: str = "UTC"
    amount: Dollars | None = None
    why_not: str = ""
    rule: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether whoever reads it can act now."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are due together."""

    label: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Burn:
    """How far an order is used, in dollars and tokens, and how long the rest lasts."""

    text: str
    url: str
    title: str
    state: str
    consumed: Dollars
    funded: Dollars
    ceiling: Dollars
    unfunded: Dollars
    tokens: Tokens
    token_ceiling: Tokens
    forecast: str
    ends_early: bool = False
    has_ended: bool = False

    @property
    def left(self) -> Dollars:
        """The tighter of funds and ceiling, less what is used."""
        return min(self.funded, self.ceiling) - self.consumed


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows of a list, and how many it has in all."""

    rows: Sequence[Any] = ()
    total: int = 0

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that matters now, as ``components/facts.html`` shows it."""

    label: str
    value: str
    hint: str = ""
    url: str = ""
    number: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """A role's page: its question answered, at most four figures, and its lists.

    ``template`` shows the lists by their names.
    """

    template: str
    answer: str
    figures: list[Figure]
    work: list[Group]
    lists: dict[str, Rows]

    @property
    def first(self) -> Item | None:
        """What to do first: what can be done now and is due soonest."""
        items = (item for group in self.work for item in group.items)
        return next((item for item in items if item.is_ready), None)


def address(route: str, *ids: object) -> str:
    """The address of a page, or nothing where its app has no such page."""
    try:
        return reverse(route, args=ids)
    except NoReverseMatch:
        return ""


def order_item(order: TaskOrder) -> Item:
    """An order as a row: its number, title, state and the end of its period."""
    return Item(
        text=order.name,
        url=address("orders:order", order.public_id),
        note=order.title,
        state=order.state,
        due=order.period_end,
    )


def contract_item(contract: Contract) -> Item:
    """A contract as a row of the people who work with it."""
    return Item(
        text=contract.piid or "Draft award",
        url=address("contracts:contract", contract.public_id),
        note=f"{contract.title} · {contract.vendor.name}",
        state=contract.state,
        due=contract.ordering_end,
        amount=Dollars(contract.ceiling_dollars),
    )


def award_item(contract: Contract) -> Item:
    """A contract as a row that the public reads."""
    return Item(
        text=contract.piid or "",
        url=address("contracts:award", contract.public_id),
        note=f"{contract.title} · {contract.vendor.name}",
        state=contract.state,
        since=contract.awarded_at,
        amount=Dollars(contract.ceiling_dollars),
    )


def solicitation_item(solicitation: Solicitation) -> Item:
    """A solicitation as a row of the agency that writes it."""
    return Item(
        text=solicitation.piid or "Draft",
        url=address("solicitations:solicitation", solicitation.public_id),
        note=solicitation.title,
        state=solicitation.state,
        due_at=solicitation.deadline,
        zone=solicitation.time_zone,
        amount=Dollars(solicitation.maximum_dollars),
    )


def opportunity_item(solicitation: Solicitation) -> Item:
    """A released solicitation as a row that everybody reads."""
    return Item(
        text=solicitation.piid or "",
        url=address(OPPORTUNITY, solicitation.public_id),
        note=f"{solicitation.title} · {solicitation.agency.name}",
        state=solicitation.state,
        due_at=solicitation.deadline,
        zone=solicitation.time_zone,
        amount=Dollars(solicitation.maximum_dollars),
    )


def requisition_item(requisition: Requisition) -> Item:
    """A need as a row."""
    return Item(
        text=requisition.number,
        url=address("requisitions:requisition", requisition.public_id),
        note=requisition.title,
        state=requisition.state,
        amount=Dollars(requisition.planned_dollars),
    )


def invoice_item(invoice: Invoice) -> Item:
    """An invoice as a row."""
    return Item(
        text=f"Invoice {invoice.number}",
        url=address("reconciliation:invoice", invoice.public_id),
        note=f"Order {invoice.order.name} · {invoice.vendor.name}",
        state=invoice.state,
        since=invoice.received_at,
        amount=Dollars(invoice.total_dollars),
    )


def paid_item(certification: PaymentCertification) -> Item:
    """A payment that was made, as a row."""
    invoice = certification.invoice
    return Item(
        text=certification.voucher_number,
        url=address("payments:payment", certification.public_id),
        note=f"Invoice {invoice.number} of {invoice.vendor.name}",
        due=certification.payment.paid_on,
        amount=Dollars(certification.payment.dollars),
    )


def offer_item(submission: Submission) -> Item:
    """A vendor's own offer as a row."""
    latest = submission.latest_version
    piid = submission.solicitation.piid or submission.solicitation.title
    return Item(
        text=f"{piid}, {submission.offer_words}" if submission.alternate else piid,
        url=address("submissions:submission", submission.public_id),
        note=submission.solicitation.title,
        state=submission.state,
        since=latest.received_at if latest else None,
    )


def source_item(source: Any) -> Item:
    """A gateway as a row, with its ``last`` delivery."""
    note = source.code if source.last else "It has delivered nothing yet."
    return Item(source.label, address("metering:usage"), note=note, since=source.last)


def key_item(key: ApiKey) -> Item:
    """A machine's key as a row."""
    url, scopes = address("accounts:api_keys"), ", ".join(key.scopes)
    return Item(key.label, url, note=scopes, since=key.expires_at)


def about(thing: Any) -> dict[str, Any]:
    """How people call a thing that waits for them, and what it is worth."""
    if isinstance(thing, Solicitation):
        number = f"{thing.piid} " if thing.piid else ""
        amount = Dollars(thing.maximum_dollars)
        return {"text": f"{number}{thing.title}", "amount": amount or None}
    if isinstance(thing, Contract):
        text = f"{thing.piid or 'Award'} to {thing.vendor.name}"
        return {"text": text, "amount": Dollars(thing.ceiling_dollars)}
    if isinstance(thing, TaskOrder):
        lines = [line for line in thing.lines.all() if not line.is_removed]
        amount = total_dollars(Dollars(line.ceiling_dollars) for line in lines)
        return {"text": f"{thing.name}: {thing.title}", "amount": amount}
    if isinstance(thing, Modification):
        text = f"{thing.name} of {thing.order.name}"
        added = thing.funds_added or None
        return {"text": text, "note": thing.description, "amount": added}
    if isinstance(thing, ContractModification):
        text = f"{thing.name} of {thing.contract.name}"
        return {"text": text, "note": thing.description}
    if isinstance(thing, Invoice):
        text = f"Invoice {thing.number} of {thing.vendor.name}"
        return {"text": text, "amount": Dollars(thing.total_dollars)}
    return {"text": str(thing)}


def signing_of(contract: Contract) -> tuple[str, str]:
    """The page of the signature on a draft award, and what it asks."""
    if contract.solicitation.asks_quotations:
        return "contracts:offer_award", "Offer the award"
    return "contracts:award_contract", "Sign the award"


def offered_item(contract: Contract, by: Actor, at: datetime) -> Item:
    """An award that waits for its vendor's acceptance, for the vendor and the officer.

    After its last instant the offer has lapsed: the officer withdraws it.
    """
    until = contract.award_offer.accept_by
    zone, has_lapsed = contract.time_zone, at > until
    due_at: dict[str, Any] = {
        "due_at": until,
        "zone": zone,
        "due": accounting_day(until, zone),
    }
    verb, why_not, note = "accept_award", "", ""
    if by.is_vendor:
        asked = "Accept the award"
        why_not = "It has lapsed: the time to accept is over." if has_lapsed else ""
    elif has_lapsed:
        asked, verb = "Withdraw the award that has lapsed", "discard_contract"
        note = "The vendor did not accept it in time; the decision can be drafted again"
    else:
        asked, verb = "Wait for the vendor's acceptance", ""
        why_not = "Nothing is in force, and nothing is ordered, before it accepts."
    route = f"contracts:{verb}" if verb else "contracts:contract"
    return Item(
        **about(contract),
        url=address(route, contract.public_id),
        asked=asked,
        note=note,
        why_not=why_not,
        rule="R-SUB-11" if why_not else "",
        **due_at,
    )


def grouped(items: Iterable[Item], today: date) -> list[Group]:
    """By deadline, the most pressing first, and in each group by who waits longest."""
    groups: dict[str, list[Item]] = {
        "Overdue": [],
        "Due today": [],
        "Due within a week": [],
        "Due later": [],
        "Without a deadline": [],
    }
    for item in in_order(items):
        groups[_group_of(item.due, today)].append(item)
    return [Group(label, found) for label, found in groups.items() if found]


def in_order(items: Iterable[Item]) -> list[Item]:
    """What can be done now first, then by what is due, then by who waits longest."""
    return sorted(
        items,
        key=lambda item: (
            not item.is_ready,
            item.due is None,
            item.due or date.max,
            item.since is None,
            item.since.timestamp() if item.since else 0,
        ),
    )


def _group_of(due: date | None, today: date) -> str:
    if due is None:
        return "Without a deadline"
    if due < today:
        return "Overdue"
    if due == today:
        return "Due today"
    return "Due within a week" if due <= today + timedelta(days=7) else "Due later"


def forecast(
    *, used: Dollars, left: Dollars, since: date | None, until: date, today: date
) -> tuple[str, bool]:
    """How long the rest of an order lasts at its average so far, in a sentence.

    :param since: the day of the first use
    :param until: the last day of the period of performance
    :returns: the sentence, and whether it ends before its period
    """
    if today > until:
        return f"Its period ended on {day(until)} with {money(left)} left.", False
    if since is None or not used:
        return "No use yet.", False
    if left <= Dollars():
        return (
            "Nothing is left: further use is recorded as unfunded and is not payable.",
            True,
        )
    elapsed = (today - since).days + 1
    if elapsed < DAYS_OF_A_FORECAST:
        return (
            f"In use since {day(since)}: a forecast needs "
            f"{DAYS_OF_A_FORECAST} days of use.",
            False,
        )
    pace = f"At the average of {money(per_day(used, elapsed))} a day since {day(since)}"
    days = int(left.amount * elapsed / used.amount)
    if days >= (until - today).days:
        return f"{pace} it lasts to the end of its period on {day(until)}.", False
    ends = today + timedelta(days=days)
    early = (until - ends).days
    return (
        f"{pace} it lasts until {day(ends)}, {count(early, 'day')} before its period "
        "ends.",
        True,
    )


_KEPT = Decimal(1).scaleb(-AMOUNT_PLACES)


def per_day(used: Dollars, elapsed: int) -> Dollars:
    """The average of a day, rounded to the cent for reading as every amount is."""
    exact = (used.amount / elapsed).quantize(_KEPT, ROUND_DOWN)
    return Dollars(exact).to_cents()


def money(amount: Dollars) -> str:
    """$1,234.57: an amount inside a sentence, to the cent."""
    cents = amount.to_cents().amount
    return f"-${-cents:,.2f}" if cents < 0 else f"${cents:,.2f}"


def day(on: date) -> str:
    """14 Mar 2027: a day inside a sentence."""
    return f"{on.day} {on:%b %Y}"


def count(number: int, noun: str, plural: str = "") -> str:
    """1 offer, 2 offers."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def answer_of(work: Sequence[Item], *, one: str, many: str, none: str) -> str:
    """How many things can be done now, and what the rest waits for.

    :param one: after "1", such as "award waits for your signature"
    :param many: after a number, such as "papers wait for your signature"
    :param none: the whole sentence when there is nothing
    """
    ready = sum(1 for item in work if item.is_ready)
    if not work:
        return none
    blocked = _blocked(len(work) - ready)
    if not ready:
        return f"Nothing can be done yet: {blocked}."
    first = f"1 {one}" if ready == 1 else f"{ready} {many}"
    return f"{first}; {blocked}." if blocked else f"{first}."


def _blocked(number: int) -> str:
    if not number:
        return ""
    verb = "waits" if number == 1 else "wait"
    return f"{number} {verb} for somebody else first"
