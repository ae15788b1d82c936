"""The desk of each role: the answer to its question, its figures and its lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, QuerySet, Sum

from accounts import queries as accounts
from accounts.states import Role
from contracting.approvals import queries as approvals
from contracting.audit import queries as audit
from contracting.audit.models import AuditEvent
from contracting.billing import queries as billing
from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.contracts import queries as contracts
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.desk import calculations as say
from contracting.desk.calculations import Burn, Desk, Figure, Item, Rows
from contracting.desk.permissions import work_of
from contracting.desk.queries import (
    LIMIT,
    first_of,
    last_decisions,
    near_their_end,
    next_known_date,
    represented,
)
from contracting.desk.queries.burns import burns_of
from contracting.evaluations import queries as evaluations
from contracting.ledger import queries as ledger
from contracting.metering import queries as metering
from contracting.orders import queries as orders
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.payments import queries as payments
from contracting.reconciliation import queries as reconciliation
from contracting.requisitions import queries as requisitions
from contracting.solicitations import queries as solicitations
from contracting.submissions import queries as submissions

SHORT: Final = 5
"""How many rows a list has that only accompanies the work."""

ENTRIES_VERIFIED: Final = 20_000
"""A longer record is verified on the auditor's own page, not with each desk."""

_ORD: Final = TaskOrderState
_NOT_PAID_YET: Final = (
    InvoiceState.RECEIVED,
    InvoiceState.DEFECTIVE,
    InvoiceState.ACCEPTED,
    InvoiceState.CERTIFIED,
)


def desk_of(by: Actor, at: datetime, on: date) -> Desk:
    """The page of the role in which the actor acts.

    :param at: the instant by which deadlines are judged
    :param on: the day of the actor's organization
    """
    return _DESKS[by.role](by, say.in_order(work_of(by, at, on)), at, on)


def _rest(words: str, by: Actor, at: datetime) -> str:
    """What to say when nothing waits: with the next date that is known."""
    return f"{words} {next_known_date(by, at)}".strip()


# The contracting office --------------------------------------------------------------


def _officer(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    mine = contracts.visible_to(by)
    awarded = mine.filter(state=ContractState.AWARDED)
    ceiling = awarded.aggregate(sum=Sum("ceiling_dollars"))["sum"] or Decimal(0)
    burns = _burns(orders.visible_to(by).filter(state=_ORD.ISSUED), on)
    near = near_their_end(by, on)
    return Desk(
        template="desk/contracting_officer.html",
        answer=say.answer_of(
            work,
            one="thing waits for you",
            many="things wait for you",
            none=_rest("Nothing waits for your signature.", by, at),
        ),
        figures=[
            Figure("Open for offers", f"{_open_for_offers(by, at)}"),
            Figure("Contracts in force", f"{awarded.count()}"),
            Figure("Their ceilings", say.money(Dollars(ceiling))),
            Figure("Orders in use", f"{burns.total}"),
        ],
        work=say.grouped(work, on),
        lists={
            "solicitations": _solicitations(by),
            "near": Rows(near, len(near)),
            "burns": burns,
            "contracts": first_of(mine.order_by("-pk"), say.contract_item, SHORT),
        },
    )


def _specialist(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    needs = len(solicitations.waiting_requisitions(by))
    return Desk(
        template="desk/contract_specialist.html",
        answer=say.answer_of(
            work,
            one="step is open to you",
            many="steps are open to you",
            none=_rest("Nothing is missing.", by, at),
        ),
        figures=[
            Figure("Needs to solicit", f"{needs}"),
            Figure("Open for offers", f"{_open_for_offers(by, at)}"),
        ],
        work=say.grouped(work, on),
        lists={"solicitations": _solicitations(by), "needs": _needs(by)},
    )


def _open_for_offers(by: Actor, at: datetime) -> int:
    return (
        solicitations.open_opportunities(at).filter(agency=by.organization_id).count()
    )


def _solicitations(by: Actor) -> Rows:
    own = solicitations.own_solicitations(by)
    return first_of(own, say.solicitation_item, SHORT)


def _needs(by: Actor) -> Rows:
    return first_of(requisitions.visible_to(by), say.requisition_item, SHORT)


# The program -------------------------------------------------------------------------


def _manager(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    mine = orders.visible_to(by)
    burns = _burns(mine.filter(state=_ORD.ISSUED), on)
    return Desk(
        template="desk/program_manager.html",
        answer=_lasting(burns),
        figures=_use(burns),
        work=say.grouped(work, on),
        lists={
            "burns": burns,
            "others": _other_orders(by),
            "needs": _needs(by),
        },
    )


def _burns(rows: QuerySet[TaskOrder], on: date) -> Rows:
    """How far orders are used: those that end before their period first."""
    shown = first_of(rows.order_by("period_end", "pk"), lambda order: order)
    burns = sorted(burns_of(shown.rows, on), key=lambda burn: not burn.ends_early)
    return Rows(burns, shown.total)


def _other_orders(by: Actor) -> Rows:
    """The latest orders that are not in use: on their way, or done."""
    others = orders.visible_to(by).exclude(state=_ORD.ISSUED).order_by("-pk")
    return first_of(others, say.order_item, SHORT)


def _lasting(burns: Rows) -> str:
    if not burns.total:
        return "No order is in use now, so nothing can run out."
    if all(burn.has_ended for burn in burns.rows):
        left = say.money(total_dollars(burn.left for burn in burns.rows))
        orders_ = say.count(burns.total, "order")
        return f"The period of {orders_} has ended; {left} was left. None runs out."
    early: list[Burn] = [burn for burn in burns.rows if burn.ends_early]
    if early:
        which = say.listed([burn.text for burn in early[:3]])
        verb = (
            "ends before its period" if len(early) == 1 else "end before their periods"
        )
        return f"Not as it goes: {which} {verb}. {early[0].forecast}"
    if burns.total == 1:
        return f"{burns.rows[0].text}: {burns.rows[0].forecast}"
    return f"All {burns.total} orders in use last, as far as can be said today."


def _use(burns: Rows) -> list[Figure]:
    return [
        Figure("Orders in use", f"{burns.total}"),
        Figure("Used", say.money(total_dollars(each.consumed for each in burns.rows))),
        Figure("Left", say.money(total_dollars(each.left for each in burns.rows))),
        Figure("Tokens used", f"{sum(each.tokens.count for each in burns.rows):,}"),
    ]


# Reviewers and the panel -------------------------------------------------------------


def _reviewer(by: Actor, _none: list[Item], at: datetime, on: date) -> Desk:
    work = [
        Item(
            text=route.title,
            url=route.url_path,
            asked=f"Review version {route.version}",
            since=route.opened_at,
            amount=Dollars(route.value_dollars),
        )
        for route in approvals.waiting_for(by, on)
    ]
    last = last_decisions(by)
    said = [
        Item(
            text=made.route.title,
            url=made.route.url_path,
            note=f"{made.get_verdict_display().capitalize()}, version {made.version}.",
            since=made.at,
        )
        for made in last
    ]
    done = f"The last one was {last[0].route.title}." if last else ""
    return Desk(
        template="desk/reviewer.html",
        answer=say.answer_of(
            work,
            one="document waits for your decision",
            many="documents wait for your decision, the oldest first",
            none=f"Nothing to review. {done}".strip(),
        ),
        figures=[],
        work=say.grouped(work[:LIMIT], on),
        lists={"said": Rows(said, len(said)), "waiting": Rows(work[:LIMIT], len(work))},
    )


def _panel(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    seats = evaluations.evaluations_visible_to(by)
    return Desk(
        template="desk/panel.html",
        answer=say.answer_of(
            work,
            one="step waits for you",
            many="steps wait for you",
            none=_rest("Nothing waits for you.", by, at),
        ),
        figures=[],
        work=say.grouped(work, on),
        lists={"seats": first_of(seats, say.solicitation_item)},
    )


# From usage to payment ---------------------------------------------------------------


def _representative(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    mine = represented(by, on)
    used = orders.visible_to(by).filter(
        contract__in=mine, state__in=[_ORD.ISSUED, _ORD.COMPLETED]
    )
    burns = _burns(used, on)
    unsettled = reconciliation.findings_visible_to(by).filter(
        order__contract__in=mine, resolution__isnull=True
    )
    worth = unsettled.aggregate(sum=Sum("amount_dollars"))["sum"] or Decimal(0)
    runs = reconciliation.runs_visible_to(by).filter(order__contract__in=mine)
    held = sum(group.events for group in metering.suspense(by.organization_id or 0))
    number = unsettled.count()
    return Desk(
        template="desk/cor.html",
        answer=_agreement(
            number, Dollars(worth), runs.aggregate(at=Max("ran_at"))["at"]
        ),
        figures=[
            Figure("Open discrepancies", f"{number}"),
            Figure("Calls in suspense", f"{held:,}"),
            *_use(burns)[1:3],
        ],
        work=say.grouped(work, on),
        lists={"burns": burns, "contracts": first_of(mine, say.contract_item)},
    )


def _agreement(number: int, worth: Dollars, ran_at: datetime | None) -> str:
    if ran_at is None:
        return "Nothing has been compared yet: the first comparison follows first use."
    if not number:
        return (
            f"Yes: no discrepancy is open, compared last on {say.day(ran_at.date())}."
        )
    when = f"compared last on {say.day(ran_at.date())}"
    verb = "is" if number == 1 else "are"
    found = say.count(number, "discrepancy", "discrepancies")
    return f"Not yet: {found}, {say.money(worth)} in all, {verb} open; {when}."


def _funds(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    positions = ledger.funds_of(by.organization_id)
    free = say.money(total_dollars(position.free for position in positions))
    lines = say.count(len(positions), "line of accounting", "lines of accounting")
    return Desk(
        template="desk/funds_certifier.html",
        answer=say.answer_of(
            work,
            one=f"action waits for certification, {free} is free",
            many=f"actions wait for certification, {free} is free",
            none=f"Nothing waits for funds. {free} is free on {lines}.",
        ),
        figures=[
            Figure(name.capitalize(), say.money(total_dollars(amounts)))
            for name in ("free", "committed", "obligated", "expended")
            if (amounts := [getattr(position, name) for position in positions])
        ],
        work=say.grouped(work, on),
        lists={"funds": Rows(positions[:LIMIT], len(positions))},
    )


def _payment(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    paid = payments.certifications_visible_to(by).filter(payment__isnull=False)
    dated = [item.due for item in work if item.due]
    first_due = f" The first is due on {say.day(min(dated))}." if dated else ""
    answer = say.answer_of(
        work,
        one="payment waits for you",
        many="payments wait for you",
        none="Nothing is payable. What a representative accepts appears here.",
    )
    owed = total_dollars(item.amount for item in work if item.amount)
    return Desk(
        template="desk/payment_certifier.html",
        answer=f"{answer}{first_due}",
        figures=[
            Figure("Payable", say.money(owed)),
            Figure("Overdue", f"{sum(1 for due in dated if due < on)}"),
        ],
        work=say.grouped(work, on),
        lists={"paid": first_of(paid.order_by("-pk"), say.paid_item, SHORT)},
    )


# Those who watch ---------------------------------------------------------------------


def _auditor(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    streams = audit.streams_of_organization(by.organization_id or 0)
    entries = AuditEvent.objects.filter(stream__in=streams).count()
    verified = entries <= ENTRIES_VERIFIED
    broken = list(audit.verify_chains(streams)) if verified else []
    happened = audit.recent_events_of(by.organization_id or 0, LIMIT)
    answer = _proof(broken, len(streams))
    return Desk(
        template="desk/auditor.html",
        answer=answer if verified else "Verify it on the page of the audit record.",
        figures=[
            Figure("Entries", f"{entries:,}"),
            Figure("Chains", f"{len(streams)}"),
            Figure("Broken places", f"{len(broken)}" if verified else "not counted"),
        ],
        work=[],
        lists={"events": Rows(happened, entries)},
    )


def _proof(broken: Sequence[Any], chains: int) -> str:
    if broken:
        places = say.count(len(broken), "place")
        return f"No: the record is broken in {places}, first in {broken[0].stream}."
    number = say.count(chains, "chain")
    return f"Yes: every entry of {number} follows from the one before it, checked now."


def _administrator(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    keys = accounts.api_keys_visible_to(by).filter(revoked_at__isnull=True)
    soon = keys.filter(expires_at__lt=at + timedelta(days=30)).order_by("expires_at")
    people = accounts.people_visible_to(by).filter(is_active=True)
    sources = metering.sources_visible_to(by).order_by("label")
    delivered = sources.annotate(last=Max("batches__received_at"))
    return Desk(
        template="desk/administrator.html",
        answer=say.answer_of(
            work,
            one="thing is failing",
            many="things are failing",
            none="Nothing is failing: every paper is printed, every e-mail has left.",
        ),
        figures=[
            Figure("Failing", f"{len(work)}"),
            Figure("Roles given", f"{people.count()}"),
            Figure("Keys in use", f"{keys.count()}"),
        ],
        work=say.grouped(work, on),
        lists={
            "sources": first_of(delivered, say.source_item),
            "keys": first_of(soon, say.key_item),
        },
    )


# The vendor --------------------------------------------------------------------------


def _vendor(by: Actor, work: list[Item], at: datetime, on: date) -> Desk:
    burns = _burns(orders.visible_to(by).filter(state=_ORD.ISSUED), on)
    invoices = billing.invoices_visible_to(by).select_related("order__contract__agency")
    disputes = reconciliation.findings_visible_to(by).filter(resolution__isnull=True)
    certified = payments.certifications_visible_to(by)
    offers = submissions.submissions_visible_to(by)
    unpaid = invoices.filter(state__in=_NOT_PAID_YET).count()
    return Desk(
        template="desk/vendor.html",
        answer=f"{_due(work)} {_payments(certified, on)}",
        figures=[
            Figure("Due from you", f"{sum(1 for item in work if item.is_ready)}"),
            Figure("Invoices not paid yet", f"{unpaid}"),
            Figure("Open discrepancies", f"{disputes.count()}"),
            *_use(burns)[1:2],
        ],
        work=say.grouped(work, on),
        lists={
            "invoices": first_of(invoices.order_by("-pk"), _billed, SHORT),
            "burns": burns,
            "others": _other_orders(by),
            "offers": first_of(offers, say.offer_item, SHORT),
        },
    )


def _due(work: list[Item]) -> str:
    dated = [item for item in work if item.due and item.is_ready]
    if dated:
        return f"Next due on {say.day(dated[0].due or date.max)}: {dated[0].text}."
    if work:
        return f"{say.count(len(work), 'thing waits', 'things wait')} for you."
    return "Nothing is due from you."


def _payments(certified: QuerySet[Any], on: date) -> str:
    """The next payment, or the last one."""
    coming = certified.filter(payment__isnull=True).order_by("due_on", "pk").first()
    if coming is not None:
        amount, due = say.money(Dollars(coming.dollars)), say.day(coming.due_on)
        if coming.due_on < on:
            return f"{amount} was due on {due} and is not recorded as paid yet."
        return f"{amount} is paid by {due}."
    made = certified.filter(payment__isnull=False, payment_return__isnull=True)
    paid = made.order_by("-payment__pk").first()
    if paid is None:
        return "No payment is under way."
    amount = say.money(Dollars(paid.payment.dollars))
    return f"{amount} was paid on {say.day(paid.payment.paid_on)}, the last payment."


def _billed(invoice: Invoice) -> Item:
    agency = invoice.order.contract.agency.name
    note = f"Order {invoice.order.name} · {agency}"
    item = replace(say.invoice_item(invoice), note=note)
    certification = payments.last_voucher_of(invoice)
    if certification is None:
        return replace(item, due=payments.payment_due_on(invoice))
    payment = getattr(certification, "payment", None)
    certified = f"{say.money(Dollars(certification.dollars))} certified"
    return replace(
        item,
        note=f"{item.note} · {certified}",
        due=payment.paid_on if payment else certification.due_on,
    )


_DESKS: Final[dict[str, Callable[[Actor, list[Item], datetime, date], Desk]]] = {
    Role.CONTRACTING_OFFICER: _officer,
    Role.CONTRACT_SPECIALIST: _specialist,
    Role.PROGRAM_MANAGER: _manager,
    Role.REVIEWER: _reviewer,
    Role.EVALUATOR: _panel,
    Role.SOURCE_SELECTION_AUTHORITY: _panel,
    Role.COR: _representative,
    Role.FUNDS_CERTIFIER: _funds,
    Role.PAYMENT_CERTIFIER: _payment,
    Role.AUDITOR: _auditor,
    Role.ADMINISTRATOR: _administrator,
    Role.VENDOR_MEMBER: _vendor,
    Role.VENDOR_SIGNER: _vendor,
    Role.VENDOR_ADMINISTRATOR: _vendor,
}
