"""Take usage out of suspense, with the very functions that ingest uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger.operations.consume_batch import consume_batch
from contracting.ledger.queries import balances_of
from contracting.ledger.states import Consumption, Holder
from contracting.metering import events, permissions, queries
from contracting.metering.calculations import (
    Attributed,
    Held,
    KnownOrder,
    Measured,
    attribute,
    crossed,
)
from contracting.metering.models import (
    UsageAttribution,
    UsageEvent,
    UsageLine,
    UsageRating,
    UsageSource,
)
from contracting.metering.refusals import NothingHeld
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.calculations import token_class_code
from contracting.reference.queries import resolve_model

LINE_KIND = "orders.line"
NOTICE_PERCENTS = (90, 100)

Attribution = tuple[str, datetime, UsageSource, Attributed]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What left suspense, and what stays in it."""

    assigned: int
    still_held: int


@transaction.atomic
def assign_usage(*, agency_id: int, by: Actor, at: datetime) -> Assigned:
    """Attribute and rate every held event whose names are known by now.

    :raises NotAllowed: if ``by`` is neither COR nor contracting officer of the agency
    :raises NothingHeld: if nothing in suspense can be attributed
    """
    sources = {
        source.pk: source
        for source in UsageSource.objects.locked().filter(agency_id=agency_id)
    }
    require(permissions.can_assign_usage(by, agency_id))
    held = list(queries.held_events(agency_id))
    lookup = Lookup(agency_id)
    lock_orders(agency_id, {event.order_ref for event in held})
    lines = _lines_of(held)
    attributed: list[Attribution] = []
    for event in held:
        outcome = attribute(
            _measured(event, lines.get((event.source_id, event.event_id), ())),
            find_order=lookup.order,
            find_model=lookup.model,
        )
        if not isinstance(outcome, Held):
            source = sources[event.source_id]
            attributed.append((event.event_id, event.occurred_at, source, outcome))
    if not attributed:
        message = "Nothing in suspense can be assigned: its names are still unknown."
        raise NothingHeld(message, held=len(held))
    subject = Subject("metering.suspense", agency_id, f"organization:{agency_id}")
    store_attributions(agency_id, attributed, at)
    draw_on_funds(attributed, because=subject, by=by, at=at)
    done = Assigned(len(attributed), len(held) - len(attributed))
    record_event(
        events.USAGE_ASSIGNED,
        subject=subject,
        by=by,
        at=at,
        data={"assigned": done.assigned, "still_held": done.still_held},
    )
    return done


class Lookup:
    """Orders and models by the names that events carry, each looked up once."""

    def __init__(self, agency_id: int) -> None:
        self._agency_id = agency_id
        self._orders: dict[str, KnownOrder | None] = {}
        self._models: dict[tuple[str, date], int | None] = {}

    def order(self, ref: str) -> KnownOrder | None:
        """The issued order of this id or PIID."""
        if ref not in self._orders:
            self._orders[ref] = queries.known_order(self._agency_id, ref)
        return self._orders[ref]

    def model(self, name: str, on: date) -> int | None:
        """The model of this snapshot name or alias on that day."""
        key = (name, on)
        if key not in self._models:
            model = resolve_model(name, on, self._agency_id)
            self._models[key] = None if model is None else model.pk
        return self._models[key]


def lock_orders(agency_id: int, refs: Iterable[str]) -> None:
    """Lock the orders that a batch names, in primary-key order, before any balance."""
    named = set(refs)
    list(
        TaskOrder.objects.locked()
        .filter(Q(public_id__in=named) | Q(piid__in=named))
        .filter(contract__agency_id=agency_id)
    )


def store_attributions(
    agency_id: int, attributed: Sequence[Attribution], at: datetime
) -> None:
    """Add the attribution and the ratings of each event."""
    UsageAttribution.objects.bulk_create(
        UsageAttribution(
            agency_id=agency_id,
            source_id=source.pk,
            event_id=event_id,
            order_line_id=outcome.order_line_id,
            model_id=outcome.model_id,
            accounting_day=outcome.accounting_day,
            attributed_at=at,
        )
        for event_id, _, source, outcome in attributed
    )
    UsageRating.objects.bulk_create(
        UsageRating(
            agency_id=agency_id,
            source_id=source.pk,
            event_id=event_id,
            token_class_code=line.token_class_code,
            order_line_id=outcome.order_line_id,
            rate_row_id=line.rate.rate_row_id,
            occurred_at=occurred_at,
            accounting_day=outcome.accounting_day,
            tokens=line.tokens.count,
            usd_per_million_tokens=line.rate.price.usd_per_million_tokens,
            dollars=line.dollars.amount,
            rated_at=at,
        )
        for event_id, occurred_at, source, outcome in attributed
        for line in outcome.lines
    )


def draw_on_funds(
    attributed: Sequence[Attribution], *, because: Subject, by: Actor, at: datetime
) -> None:
    """Consume on the ledger in the order (occurred at, source, event id), and give notice."""
    if not attributed:
        return
    by_holder: dict[Holder, list[Consumption]] = defaultdict(list)
    for _, _, _, outcome in sorted(
        attributed, key=lambda item: (item[1], item[2].code, item[0])
    ):
        by_holder[Holder(LINE_KIND, outcome.order_line_id)] += [
            Consumption(
                key=f"rate {line.rate.rate_row_id}",
                unit_price=line.rate.price,
                tokens=line.tokens,
            )
            for line in outcome.lines
        ]
    before = {holder: _position(holder) for holder in by_holder}
    consume_batch(by_holder=by_holder, because=because, by=by, at=at)
    for holder in by_holder:
        _give_notice(holder, before[holder], by, at)


def _position(holder: Holder) -> dict[str, Dollars]:
    rows = balances_of(holder)
    return {
        "obligated": total_dollars(Dollars(row.obligated_dollars) for row in rows),
        "consumed": total_dollars(
            Dollars(row.consumed_dollars) + Dollars(row.unfunded_dollars) for row in rows
        ),
    }


def _give_notice(
    holder: Holder, before: dict[str, Dollars], by: Actor, at: datetime
) -> None:
    """Tell both sides once when a share of the funds is crossed (52.232-22 pattern)."""
    line = OrderLine.objects.select_related("order__contract").get(pk=holder.id)
    order, contract = line.order, line.order.contract
    after = _position(holder)
    percents = sorted({contract.notice_percent, *NOTICE_PERCENTS})
    for percent in crossed(before, after, percents):
        used, funds = after["consumed"].to_cents(), after["obligated"].to_cents()
        post_notice(
            recipients=[
                Recipient(user_id=order.requester.user_id),
                Recipient(organization_id=contract.agency_id, role=Role.COR),
                Recipient(
                    organization_id=contract.agency_id, role=Role.CONTRACTING_OFFICER
                ),
                Recipient(organization_id=contract.vendor_id),
            ],
            subject=order.subject,
            title=f"{percent} percent of the funds of order {order.piid} are used",
            body=(
                f"Line {line.contract_line.clin}: ${used.amount:,.2f} of "
                f"${funds.amount:,.2f} obligated are used. Usage beyond the obligated "
                "funds is recorded, is not payable and is at the vendor's own risk "
                "until a modification adds funds."
            ),
            url_path=f"/orders/{order.public_id}",
            by=by,
            at=at,
        )


def _lines_of(held: Sequence[UsageEvent]) -> dict[tuple[int, str], tuple[tuple[str, int], ...]]:
    found: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    rows = UsageLine.objects.filter(
        agency_id__in={event.agency_id for event in held},
        event_id__in=[event.event_id for event in held],
    ).order_by("event_id", "token_class_code")
    for row in rows:
        found[row.source_id, row.event_id].append((row.token_class_code, row.tokens))
    return {key: tuple(lines) for key, lines in found.items()}


def _measured(event: UsageEvent, lines: tuple[tuple[str, int], ...]) -> Measured:
    unknown = next((code for code, _ in lines if token_class_code(code) is None), "")
    return Measured(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        order_ref=event.order_ref,
        model_served=event.model_served,
        tier=event.tier,
        context_band=event.context_band,
        boundary=event.boundary,
        basis=event.basis,
        lines=lines,
        unknown_class=unknown,
    )
