"""Reads of the watch: forecasts of orders and contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db.models import Max, Q, QuerySet

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.metering.models import UsageBatch, UsageSource
from contracting.metering.queries.control import days_at_the_gate
from contracting.metering.queries.keyed import days_under_a_name
from contracting.metering.queries.proof import rollup_differences
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.metering.states import SILENCE
from contracting.orders.models import TaskOrder
from contracting.orders.queries import totals_by_order
from contracting.orders.states import SIGNED, TaskOrderState
from contracting.reference.models import AiModel
from contracting.reference.queries import amounts_on, token_classes
from contracting.reference.states import CacheAction, Direction
from contracting.watch.calculations import (
    Amount,
    DayUse,
    Forecast,
    Step,
    forecast,
)
from contracting.watch.calculations.alarms import (
    CacheDay,
    CallsDay,
    Drift,
    bands,
    cache_drop,
    tokenizer_drift,
)
from contracting.watch.calculations.rules import (
    EACH_WEEK,
    PREVIEW_DAYS,
    Fired,
    RuleTerms,
    Watched,
    fired,
    fired_words,
)
from contracting.watch.models import (
    Alarm,
    AlertRule,
    AlertRuleVersion,
    PlannedUse,
)
from contracting.watch.states import (
    CACHE_DROP,
    DRIFT,
    AlarmKind,
    Measure,
    RuleMeasure,
    RuleScope,
)

LATE: Final = timedelta(days=7)
"""How far back own rules look again, for usage that has come late."""


@dataclass(frozen=True)
class Forecasts:
    """The forecast of an order or a contract, of its funds and of its tokens.

    Each is made when it is read for the first time. ``known_until`` is when usage was
    last received; a forecast looks at whole days before it, and is older than now where
    a feed is silent.
    """

    made_of: Callable[[Measure], Forecast]
    days: tuple[DayUse, ...]
    """Daily use by accounting day, oldest first, days of no use left out."""
    period_start: date
    period_end: date
    time_zone: str
    known_until: datetime | None

    @cached_property
    def funds(self) -> Forecast:
        """When the dollars end."""
        return self.made_of(Measure.DOLLARS)

    @cached_property
    def tokens(self) -> Forecast:
        """When the tokens end."""
        return self.made_of(Measure.TOKENS)


def forecast_of(thing: TaskOrder | Contract, at: datetime) -> Forecasts:
    """When the funds and the tokens of an order, or of all orders of a contract, end.

    :param at: the instant of asking; the day that it falls on is not whole yet
    """
    if isinstance(thing, TaskOrder):
        return _forecasts([thing], thing.contract, at)
    orders = thing.orders.filter(state__in=SIGNED).order_by("pk")
    return _forecasts(list(orders), thing, at)


def _forecasts(
    orders: Sequence[TaskOrder], contract: Contract, at: datetime
) -> Forecasts:
    zone = contract.time_zone
    received = UsageBatch.objects.filter(
        agency_id=contract.agency_id, received_at__lte=at
    ).aggregate(last=Max("received_at"))["last"]
    today = accounting_day(at, zone)
    known = min(today, accounting_day(received, zone)) if received else today
    days = daily_use(orders)
    totals = list(totals_by_order(orders).values())
    start = min((order.period_start for order in orders), default=today)
    end = max((order.period_end for order in orders), default=today)
    limits: dict[Measure, tuple[Amount, Amount]] = {
        Measure.DOLLARS: (
            _dollars(each.funded_dollars for each in totals),
            _dollars(each.consumed_dollars + each.unfunded_dollars for each in totals),
        ),
        Measure.TOKENS: (
            sum(each.ceiling_tokens.count for each in totals),
            sum((each.consumed_tokens + each.unfunded_tokens).count for each in totals),
        ),
    }
    steps = planned_steps(orders)

    def made_of(measure: Measure) -> Forecast:
        limit, used = limits[measure]
        return forecast(
            days,
            measure=measure,
            through=known - timedelta(days=1),
            limit=limit,
            used=used,
            period_end=end,
            steps=steps,
        )

    return Forecasts(
        made_of=made_of,
        days=days,
        period_start=start,
        period_end=end,
        time_zone=zone,
        known_until=received,
    )


def _dollars(amounts: Iterable[Dollars]) -> Decimal:
    return total_dollars(amounts).amount


def daily_use(orders: Sequence[TaskOrder]) -> tuple[DayUse, ...]:
    """Tokens and exact dollars of these orders by accounting day, oldest first."""
    found = daily_usage(UsageOf(orders=[order.pk for order in orders]))
    return tuple(
        DayUse(each.day, each.tokens, each.dollars) for each in found if each.day
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What an alarm would be raised of."""

    kind: AlarmKind
    day: date
    words: str
    figures: dict[str, str]
    order: TaskOrder | None = None
    source: UsageSource | None = None
    model_id: int | None = None
    rule: AlertRule | None = None
    occasion: str = ""
    told: tuple[str, ...] = ()


def findings_of(agency_id: int, at: datetime) -> list[Finding]:
    """Everything in the figures of an agency that people should look at now."""
    orders = (
        TaskOrder.objects.filter(
            contract__agency_id=agency_id, state=TaskOrderState.ISSUED
        )
        .select_related("contract", "requester")
        .order_by("pk")
    )
    found = [each for order in orders for each in _of_an_order(order, at)]
    rules = rules_of(orders)
    return [*found, *_of_own_rules(rules, at), *_silent_sources(agency_id, at)]


def _of_own_rules(rules: Iterable[AlertRule], at: datetime) -> list[Finding]:
    """What own rules find now, and in the days before it that came late."""
    found = []
    for rule in rules:
        order = rule.order
        today = accounting_day(at, order.contract.time_zone)
        version = version_on(rule, today)
        if version is None or not version.is_on:
            continue
        terms = terms_of(version)
        is_forecast = terms.measure == RuleMeasure.FORECAST
        first = today if is_forecast else max(version.valid_from, today - LATE)
        for each in fired(
            terms,
            watched_by(order, terms.scope, terms.scope_name),
            first=first,
            last=today,
            version=version.number,
        ):
            figures = {"figure": f"{each.figure:f}", "version": str(version.number)}
            words = fired_words(terms, order.name, each)
            made = Finding(AlarmKind.OWN_RULE, each.day, words, figures, order)
            found.append(
                replace(made, rule=rule, occasion=each.occasion, told=terms.told)
            )
    return found


def rules_of(orders: QuerySet[TaskOrder]) -> list[AlertRule]:
    """The own rules of these orders with their versions, in one order always."""
    rules = AlertRule.objects.filter(order__in=orders.order_by())
    return list(
        rules.select_related("order__contract", "order__requester")
        .prefetch_related("versions__set_by__user")
        .order_by("order", "pk")
    )


def version_on(rule: AlertRule, on: date | None) -> AlertRuleVersion | None:
    """The version of a rule that holds on a day; the last one without a day."""
    known = [
        each for each in rule.versions.all() if on is None or each.valid_from <= on
    ]
    return max(known, key=lambda each: (each.valid_from, each.number), default=None)


def terms_of(version: AlertRuleVersion) -> RuleTerms:
    """What a version says, as values."""
    return RuleTerms(
        name=version.name,
        measure=version.measure,
        threshold=version.threshold,
        told=tuple(version.told),
        span=version.span,
        scope=version.scope,
        scope_name=version.scope_name,
    )


def watched_by(order: TaskOrder, scope: str, name: str) -> Watched:
    """The daily use of an order, or of one line, model, project or key of it."""
    days: tuple[DayUse, ...]
    if scope in (RuleScope.PROJECT, RuleScope.KEY):
        is_key = scope == RuleScope.KEY
        found = days_under_a_name(
            order.pk, key=name if is_key else "", project="" if is_key else name
        )
        days = tuple(DayUse(*each) for each in found)
    elif scope == RuleScope.ORDER:
        days = daily_use([order])
    else:
        of = UsageOf(orders=[order.pk])
        if scope == RuleScope.CLIN:
            lines = [each.pk for each in order.lines.all() if each.clin == name]
            of = replace(of, order_lines=lines)
        else:
            models = AiModel.objects.filter(snapshot=name)
            of = replace(of, models=list(models.values_list("pk", flat=True)))
        days = tuple(
            DayUse(each.day, each.tokens, each.dollars)
            for each in daily_usage(of)
            if each.day
        )
    steps = planned_steps([order]) if scope == RuleScope.ORDER else ()
    return Watched(days, order.period_end, steps)


def would_have_fired(order: TaskOrder, terms: RuleTerms, at: datetime) -> list[Fired]:
    """When a rule would have fired on the last ninety days, the newest first.

    A forecast is looked at once a week, as each of those days knew its use.
    """
    today = accounting_day(at, order.contract.time_zone)
    first = max(order.period_start, today - timedelta(days=PREVIEW_DAYS - 1))
    found = fired(
        terms,
        watched_by(order, terms.scope, terms.scope_name),
        first=min(first, today),
        last=today,
        every=EACH_WEEK,
    )
    return found[::-1]


def planned_uses_of(orders: Sequence[TaskOrder]) -> list[PlannedUse]:
    """What is planned for these orders and not withdrawn, in the order of its begin."""
    rows = PlannedUse.objects.filter(
        order__in=orders, withdraws__isnull=True, withdrawn_by__isnull=True
    )
    return list(rows.select_related("order").order_by("starts_on", "pk"))


def planned_steps(orders: Sequence[TaskOrder]) -> tuple[Step, ...]:
    """The same, as a forecast takes it."""
    return tuple(
        Step(
            each.starts_on,
            each.tokens_per_day,
            each.dollars_per_day,
            each.words,
            each.until,
        )
        for each in planned_uses_of(orders)
    )


def get_rule_for(actor: Actor, public_id: str) -> AlertRule:
    """An own rule of the actor's agency.

    :raises NotVisible: if it is not there for this actor
    """
    found = _own(actor, AlertRule).filter(public_id=public_id).first()
    if not isinstance(found, AlertRule):
        message = "There is no such rule."
        raise NotVisible(message)
    return found


def get_planned_use_for(actor: Actor, public_id: str) -> PlannedUse:
    """Planned use of an order of the actor's agency.

    :raises NotVisible: if it is not there for this actor
    """
    rows = _own(actor, PlannedUse).filter(withdraws__isnull=True)
    found = rows.filter(public_id=public_id).first()
    if not isinstance(found, PlannedUse):
        message = "There is no such plan."
        raise NotVisible(message)
    return found


def _own(actor: Actor, table: type[AlertRule] | type[PlannedUse]) -> QuerySet[Any]:
    if not actor.is_agency or not actor.role:
        return table.objects.none()
    return table.objects.filter(
        order__contract__agency_id=actor.organization_id
    ).select_related("order__contract")


def _of_an_order(order: TaskOrder, at: datetime) -> list[Finding]:
    today = accounting_day(at, order.contract.time_zone)
    yesterday = today - timedelta(days=1)
    limits = amounts_on((CACHE_DROP, DRIFT), today)
    found = [
        Finding(
            AlarmKind.RUNAWAY,
            band.day,
            f"Order {order.piid} used ${band.actual:,.2f} on {band.day}, where "
            f"${band.expected:,.2f} was expected and up to ${band.high:,.2f} is usual.",
            {name: f"{getattr(band, name):.2f}" for name in ("actual", "expected")},
            order=order,
        )
        for band in bands(daily_use([order]), yesterday, today)
        if band.is_runaway
    ]
    calls, cached = _days_of(order, today - timedelta(days=70))
    drop = cache_drop(cached, yesterday, float(limits[CACHE_DROP]))
    if drop is not None:
        words = (
            f"{100 * drop.share:.0f} percent of the input of order {order.piid} came "
            f"from the cache on {drop.day}, {100 * drop.before:.0f} before."
        )
        shares = {"share": f"{drop.share:.4f}", "before": f"{drop.before:.4f}"}
        found.append(Finding(AlarmKind.CACHE_DROP, drop.day, words, shares, order))
    for model, days in sorted(calls.items()):
        drift = tokenizer_drift(days, yesterday, float(limits[DRIFT]))
        if drift is not None:
            found.append(_drifted(order, model, yesterday, drift))
    return [*found, *_past_the_gate(order, (yesterday, today))]


def _past_the_gate(order: TaskOrder, days: Iterable[date]) -> Iterator[Finding]:
    """Calls above their reserve, and usage that nobody had asked for (R-MET-10)."""
    for each in days_at_the_gate(order, days):
        if each.over_calls:
            words = (
                f"{_calls(each.over_calls)} under order {order.piid} cost "
                f"{Dollars(each.over_dollars)} more than was reserved for them on "
                f"{each.day}."
            )
            over = {
                "calls": str(each.over_calls),
                "dollars": f"{each.over_dollars.normalize():f}",
            }
            yield Finding(AlarmKind.OVER_RESERVE, each.day, words, over, order)
        if each.unannounced_calls:
            words = (
                f"{_calls(each.unannounced_calls)} under order {order.piid} came "
                f"without authorization on {each.day}: the order is to be hard, and "
                "nothing held them back."
            )
            passed = {"calls": str(each.unannounced_calls)}
            yield Finding(AlarmKind.UNANNOUNCED, each.day, words, passed, order)


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count:,} calls"


def differing_sums(agency_id: int, at: datetime) -> list[Finding]:
    """Sums that pages and reports read and that are not those of their rows (MET-9)."""
    said = [words for agency, words in rollup_differences() if agency == agency_id]
    if not said:
        return []
    count = "1 sum differs" if len(said) == 1 else f"{len(said):,} sums differ"
    words = f"{count} from the rows they are the sums of: {said[0]}."
    figures = {"sums": str(len(said))}
    return [Finding(AlarmKind.ROLL_UP, at.astimezone(UTC).date(), words, figures)]


def _drifted(order: TaskOrder, model: int, day: date, drift: Drift) -> Finding:
    name = AiModel.objects.get(pk=model)
    words = (
        f"Since {drift.since} a call to {name} under order {order.piid} has "
        f"{drift.input_factor:.2f} times the input tokens and "
        f"{drift.output_factor:.2f} times the output tokens of the weeks before."
    )
    factors = {
        "input": f"{drift.input_factor:.4f}",
        "output": f"{drift.output_factor:.4f}",
    }
    return Finding(
        AlarmKind.TOKENIZER_DRIFT, day, words, factors, order, model_id=model
    )


def _days_of(
    order: TaskOrder, since: date
) -> tuple[dict[int, list[CallsDay]], list[CacheDay]]:
    """Calls by model and day, and the cached share of all of them by day."""
    classes = {each.code: each for each in token_classes()}
    sums: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    cache: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for each in daily_usage(
        UsageOf(orders=[order.pk]), since=since, by=("day", "model", "token_class")
    ):
        kind = classes.get(each.token_class or "")
        if kind is None or each.day is None or each.model is None:
            continue
        of = sums[each.model, each.day]
        # A call has one line for each class, and nearly every call has its answer.
        of[0] = max(of[0], each.events)
        if kind.direction == Direction.INPUT:
            of[1] += each.tokens
            cache[each.day][0] += each.tokens
            if kind.cache_action == CacheAction.READ:
                cache[each.day][1] += each.tokens
        else:
            of[2] += each.tokens
    calls: dict[int, list[CallsDay]] = defaultdict(list)
    for (model, day), figures in sorted(sums.items()):
        calls[model].append(CallsDay(day, *figures))
    return calls, [CacheDay(day, *figures) for day, figures in sorted(cache.items())]


def _silent_sources(agency_id: int, at: datetime) -> list[Finding]:
    sources = UsageSource.objects.filter(
        agency_id=agency_id, closed_at__isnull=True
    ).annotate(
        received=Max("batches__received_at", filter=Q(batches__received_at__lte=at)),
        beat=Max("heartbeats__beat_at", filter=Q(heartbeats__beat_at__lte=at)),
    )
    hours = int(amounts_on((SILENCE,), at.date())[SILENCE])
    found = []
    for source in sources.order_by("pk"):
        heard = max(filter(None, (source.received, source.beat)), default=None)
        if heard is not None and heard < at - timedelta(hours=hours):
            words = (
                f"Nothing was heard of source {source.code} since "
                f"{heard:%d %b %Y, %H:%M} UTC, for more than {hours} hours."
            )
            since = {"heard_at": heard.isoformat(), "hours": str(hours)}
            found.append(
                Finding(
                    AlarmKind.SILENT_SOURCE,
                    heard.date(),
                    words,
                    since,
                    source=source,
                )
            )
    return found


def alarms_visible_to(actor: Actor) -> QuerySet[Alarm]:
    """The agency's own alarms, newest first; nobody else sees any."""
    if actor.is_agency and actor.role:
        return (
            Alarm.objects.filter(agency_id=actor.organization_id)
            .select_related("order__contract", "source", "acted_by__user")
            .order_by("-pk")
        )
    return Alarm.objects.none()


def get_alarm_for(actor: Actor, public_id: str) -> Alarm:
    """One alarm.

    :raises NotVisible: if it is not there for this actor
    """
    found = alarms_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such alarm."
        raise NotVisible(message)
    return found
