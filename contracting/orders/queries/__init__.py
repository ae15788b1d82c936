"""Reads of orders: who sees which, their lines, prices, period and live limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.approvals.models import Decision
from contracting.approvals.queries import (
    latest_route_of,
    routes_of,
    undisposed_nonconcurrences,
)
from contracting.approvals.states import RouteState
from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of
from contracting.contracts.models import Contract, ContractLine, RateRow, UnitRate
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.ledger.queries import (
    Statement,
    statement,
    transfers_behind,
)
from contracting.orders import events
from contracting.orders.calculations import reach
from contracting.orders.models import (
    FundsCertification,
    Modification,
    OrderLine,
    OrderRate,
    TaskOrder,
)
from contracting.orders.queries import totals
from contracting.orders.states import (
    SIGNED,
    ModificationAuthority,
    ModificationState,
    RateOnOrder,
    Reach,
    TaskOrderState,
    Totals,
)
from contracting.reference.states import InstrumentKind
from contracting.solicitations.publishing.changes import merged

totals_of = totals.totals_of
totals_by_order = totals.totals_by_order


def visible_to(actor: Actor) -> QuerySet[TaskOrder]:
    """The agency's own orders; to a vendor, its own once they are signed."""
    orders = TaskOrder.objects.select_related(
        "contract__agency",
        "contract__vendor",
        "requester__user",
        "signed_by__user",
        "availability_notice",
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return orders.filter(contract__agency_id=actor.organization_id).exclude(
            state=TaskOrderState.DISCARDED
        )
    if actor.is_vendor and (actor.role or actor.is_key):
        return orders.filter(
            contract__vendor_id=actor.organization_id, state__in=SIGNED
        )
    return orders.none()


def summaries_visible_to(actor: Actor) -> QuerySet[TaskOrder, Any]:
    """The orders that the actor sees: rows of the values that a list of them shows.

    Rows, not orders: to build two models a row takes longer than all else of a list.
    """
    orders = visible_to(actor).select_related(None)
    return orders.values_list(*_OF_A_SUMMARY, named=True)


def summary_row_of(order: TaskOrder) -> Any:
    """The same values of one order."""
    return TaskOrder.objects.values_list(*_OF_A_SUMMARY, named=True).get(pk=order.pk)


_OF_A_SUMMARY = (
    *("pk", "public_id", "piid", "title", "state", "boundary", "issued_at"),
    *("period_start", "period_end", "funds_clause", "version", "content_sha256"),
    *("contract__public_id", "contract__piid", "contract__time_zone"),
    "availability_notice",
)


def get_task_order_for(actor: Actor, public_id: str) -> TaskOrder:
    """One order by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    order = visible_to(actor).filter(public_id=public_id).first()
    if order is None:
        message = "There is no such task order."
        raise NotVisible(message, rule="R-ROL-07")
    return order


def search(actor: Actor, text: str) -> QuerySet[TaskOrder]:
    """Orders whose number is exactly this text, or whose title contains it."""
    words = text.strip()
    return visible_to(actor).filter(Q(piid__iexact=words) | Q(title__icontains=words))


def modifications_visible_to(actor: Actor) -> QuerySet[Modification]:
    """Those of visible orders; to a vendor, what is signed or waits for its signature.

    A draft that adds funds reaches the vendor once they are certified (FAR 43.105).
    """
    found = Modification.objects.filter(order__in=visible_to(actor)).select_related(
        "order__contract__agency",
        "order__contract__vendor",
        "order__requester__user",
        "drafted_by__user",
        "signed_by__user",
        "vendor_signed_by__user",
    )
    if actor.is_agency:
        return found.exclude(state=ModificationState.DISCARDED)
    adding = Modification.objects.filter(effects__add_dollars__gt=0)
    certified = FundsCertification.objects.filter(modification__isnull=False)
    for_signature = Q(
        state=ModificationState.DRAFT,
        authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
    ) & (~Q(pk__in=adding) | Q(pk__in=certified.values("modification")))
    return found.filter(Q(state=ModificationState.ISSUED) | for_signature)


def get_modification_for(actor: Actor, public_id: str) -> Modification:
    """One modification by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = modifications_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such modification."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def modifications_of(actor: Actor, order: TaskOrder) -> QuerySet[Modification]:
    """The modifications of one order that the actor may see, oldest first."""
    return modifications_visible_to(actor).filter(order=order).order_by("pk")


def find_order(agency_id: int, ref: str) -> TaskOrder | None:
    """The signed order that a usage source names by its PIID or its public id."""
    word = ref.strip()
    return (
        TaskOrder.objects.filter(
            Q(piid=word.upper()) | Q(public_id=word.lower()),
            contract__agency_id=agency_id,
            state__in=SIGNED,
        )
        .select_related("contract")
        .first()
    )


def rates_of(order: TaskOrder) -> list[RateOnOrder]:
    """Every price of the order, by line, subline and day of effect, in one query."""
    found = OrderRate.objects.filter(line__order=order, line__is_removed=False)
    rows = (
        order.priced(found)
        .select_related(
            "line__contract_line",
            "rate_row__model",
            "rate_row__tokenizer",
            "rate_row__token_class",
            "rate_row__burn",
        )
        .order_by("line__contract_line__clin", "rate_row__slin", "rate_row__in_force")
    )
    return [
        RateOnOrder(
            order_line_id=row.line_id,
            clin=row.line.clin,
            slin=row.rate_row.slin,
            rate_row_id=row.rate_row_id,
            model_id=row.rate_row.model_id,
            snapshot=row.rate_row.model.snapshot,
            tokenizer=row.rate_row.tokenizer.code,
            token_class_id=row.rate_row.token_class_id,
            token_class=row.rate_row.token_class.code,
            token_class_label=row.rate_row.token_class.label,
            tier=row.rate_row.tier,
            context_band=row.rate_row.context_band,
            boundary=row.rate_row.boundary,
            in_force_from=row.rate_row.in_force.lower,
            in_force_to=row.rate_row.in_force.upper,
            price=UnitPrice(row.usd_per_million_tokens),
            burn=row.rate_row.burn.acu_per_million_tokens
            if hasattr(row.rate_row, "burn")
            else None,
        )
        for row in rows
    ]


def rate_for(
    rates: Sequence[RateOnOrder],
    *,
    model_id: int,
    token_class: str,
    tier: str,
    context_band: str,
    boundary: str,
    occurred_at: datetime,
) -> RateOnOrder | None:
    """The one price of the order for usage of that kind at that instant, if any.

    A price for any length of context holds where none for the very band does.
    """
    found = [
        rate
        for rate in rates
        if (rate.model_id, rate.token_class, rate.tier, rate.boundary)
        == (model_id, token_class, tier, boundary)
        and rate.context_band in {context_band, "ALL"}
        and rate.applies_at(occurred_at)
    ]
    found.sort(key=lambda rate: rate.context_band == "ALL")
    return found[0] if found else None


def period_bounds(order: TaskOrder) -> Period:
    """The period of performance: whole days in the contract's time zone, in UTC."""
    return order.period


def contract_rates(line: ContractLine, boundary: str, period: Period) -> list[RateRow]:
    """The contract's prices for a data boundary in a period, as known now."""
    rows = line.rate_rows.filter(
        superseded_at__isnull=True,
        boundary=boundary,
        in_force__overlap=(period.start, period.end),
    )
    rows = rows.select_related("model", "tokenizer", "token_class")
    return list(rows.order_by("slin", "in_force"))


def unit_rates_of(line: ContractLine, period: Period) -> list[UnitRate]:
    """The contract's prices per unit of a line in a period, as known now."""
    rows = line.unit_rates.filter(
        superseded_at__isnull=True, in_force__overlap=(period.start, period.end)
    )
    return list(rows.order_by("in_force"))


def unit_rates_offered(contract: Contract) -> list[UnitRate]:
    """The contract's prices per unit as known now, one row for each line."""
    rows = UnitRate.objects.filter(line__contract=contract, superseded_at__isnull=True)
    rows = rows.select_related("line")
    return list(rows.order_by("line__clin", "in_force").distinct("line__clin"))


def rates_offered(contract: Contract) -> list[RateRow]:
    """The contract's rate card as known now, one row for each subline."""
    rows = RateRow.objects.filter(line__contract=contract, superseded_at__isnull=True)
    rows = rows.select_related("line", "model", "token_class")
    return list(rows.order_by("slin", "in_force").distinct("slin"))


def contracts_to_order_on(actor: Actor) -> QuerySet[Contract]:
    """The agency's awarded contracts, on which an order may be drafted."""
    awarded = Contract.objects.filter(
        agency_id=actor.organization_id, state=ContractState.AWARDED
    )
    return awarded.exclude(instrument=InstrumentKind.DEFINITIVE).order_by("-awarded_at")


def certification_of(order: TaskOrder) -> FundsCertification | None:
    """The certification of exactly the version in force."""
    return (
        order.certifications.filter(
            modification__isnull=True,
            version=order.version,
            content_sha256=order.content_sha256,
        )
        .select_related("certified_by__user")
        .order_by("-pk")
        .first()
    )


def certification_of_modification(
    modification: Modification,
) -> FundsCertification | None:
    """The certification of exactly the version in force."""
    return (
        modification.certifications.filter(
            version=modification.version, content_sha256=modification.content_sha256
        )
        .select_related("certified_by__user")
        .order_by("-pk")
        .first()
    )


def last_reviewed_version(order: TaskOrder, user_id: int | None) -> int | None:
    """The version on which this person decided last; else the last anybody did."""
    decided = (
        routes_of(order.subject)
        .filter(decisions__isnull=False)
        .order_by("-pk")
        .values_list("version", "decisions__by_user_id")
    )
    own = [version for version, by_user_id in decided if by_user_id == user_id]
    versions = own or [version for version, _ in decided]
    return versions[0] if versions else None


def changes_since(order: TaskOrder, version: int) -> list[dict[str, str]]:
    """Every term that differs from ``version``, as one step to what stands now."""
    edits = events_of(order.subject).filter(event=events.TASK_ORDER_EDITED.code)
    recorded = [json.loads(event.payload)["data"] for event in edits]
    return merged(
        change
        for data in recorded
        if data["version"] > version
        for change in data["changes"]
    )


def history_of(actor: Actor, order: TaskOrder) -> QuerySet[AuditEvent]:
    """What happened to the order and its modifications, oldest first.

    A vendor reads what was signed; how it came about is the agency's.
    """
    modifications = Modification.objects.filter(order=order).values("pk")
    found = AuditEvent.objects.filter(
        Q(subject_kind="orders.task_order", subject_id=order.pk)
        | Q(subject_kind="orders.modification", subject_id__in=modifications),
        stream=order.stream,
    ).order_by("seq")
    if actor.is_vendor:
        return found.filter(event__in=[each.code for each in events.SIGNED_EVENTS])
    return found


@dataclass(frozen=True, slots=True)
class LineLimit:
    """The live limit of one line in its three units (R-TO-11)."""

    line: OrderLine
    statement: Statement | None
    tokens_left: Tokens
    ceiling_left: Dollars
    funded_left: Dollars
    planned: Reach | None
    worst: Reach | None
    micro_acu_left: int | None = None

    @property
    def dollars_left(self) -> Dollars:
        """The tighter of the two limits in dollars."""
        return min(self.ceiling_left, self.funded_left)


def line_limits(order: TaskOrder, at: datetime) -> list[LineLimit]:
    """The live limit of every line, at the planned mix and at the dearest class.

    What is left is used from now on: the mix has the prices of that day, and a price
    that has ended is nobody's dearest.
    """
    since = max(at, period_bounds(order).start)
    rates: dict[int, list[RateOnOrder]] = {}
    for rate in rates_of(order):
        if rate.in_force_to is None or rate.in_force_to > since:
            rates.setdefault(rate.order_line_id, []).append(rate)
    shares = _reference_mix(order)
    return [
        _limit(line, statement(line.holder), rates.get(line.pk, []), shares, since)
        for line in order.current_lines()
    ]


def _limit(
    line: OrderLine,
    books: Statement | None,
    rates: list[RateOnOrder],
    shares: dict[str, int],
    since: datetime,
) -> LineLimit:
    if books is not None and line.order.is_issued:
        tokens = books.limit.tokens_left
        ceiling, funds = (
            books.limit.ceiling_dollars_left,
            books.limit.funded_dollars_left,
        )
    else:
        parts = line.current_funding()
        tokens = Tokens(line.ceiling_tokens)
        ceiling = Dollars(line.ceiling_dollars)
        funds = total_dollars(Dollars(part.dollars) for part in parts)
    at_once = [rate for rate in rates if rate.applies_at(since)]
    units = line.ceiling_micro_acu
    if units is not None and books is not None and line.order.is_issued:
        units = books.line.micro_acu_left
    burns = max((reach.burn_of(rate) for rate in rates), default=None)
    planned = reach.planned_price(at_once, shares)
    worst = max((reach.price_of(rate) for rate in rates), default=None)
    left = (tokens, ceiling, funds)
    return LineLimit(
        line,
        books,
        *left,
        planned=reach.reach(
            "the reference workload's mix",
            planned,
            *left,
            pool=(units, reach.planned_burn(at_once, shares)),
        ),
        worst=reach.reach("the dearest class alone", worst, *left, pool=(units, burns)),
        micro_acu_left=units,
    )


def _reference_mix(order: TaskOrder) -> dict[str, int]:
    """Tokens of the solicitation's reference workload by subline."""
    lines = order.contract.solicitation.lines.filter(is_removed=False)
    return dict(lines.values_list("slin", "workload_tokens"))


@dataclass(frozen=True, slots=True)
class Conformed:
    """The order as it reads today, every signed modification included."""

    order: TaskOrder
    lines: list[OrderLine]
    modifications: list[Modification]
    totals: Totals


def conformed(order: TaskOrder) -> Conformed:
    """Current terms with totals, and the modifications that brought them about."""
    signed = order.modifications.filter(state=ModificationState.ISSUED)
    return Conformed(
        order, order.current_lines(), list(signed.order_by("number")), totals_of(order)
    )


def burn_of(order: TaskOrder) -> list[tuple[date, Decimal]]:
    """Dollars used so far, cumulative, by the day on which they were posted."""
    zone = order.contract.time_zone
    by_day: dict[date, Decimal] = {}
    for line in order.current_lines():
        books = statement(line.holder)
        if books is None:
            continue
        rows: list[Any] = list(transfers_behind("consumed_dollars", line=books.line))
        for moved in rows:
            day = accounting_day(moved.at, zone)
            by_day[day] = by_day.get(day, Decimal(0)) + moved.change_dollars
    points, total = [], Decimal(0)
    for day in sorted(by_day):
        total += by_day[day]
        points.append((day, total))
    return points


def gateway_keys(agency_id: int) -> QuerySet[ApiKey]:
    """The agency's keys that may send usage, by name; never a secret."""
    return ApiKey.objects.filter(
        organization_id=agency_id,
        scopes__contains=[Scope.USAGE_WRITE],
        revoked_at__isnull=True,
    ).order_by("label")


def undisposed_of(order: TaskOrder) -> list[Decision]:
    """The non-concurrences of the latest review that nobody has answered (R-TO-09)."""
    route = latest_route_of(order.subject)
    return undisposed_nonconcurrences(route) if route else []


def review_is_void(order: TaskOrder) -> bool:
    """Whether the last review was voided by a change of content (R-ROL-08)."""
    route = latest_route_of(order.subject)
    return route is not None and route.state == RouteState.VOIDED
