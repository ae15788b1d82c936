"""What alarms would be raised of now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Max, Q

from contracting.core.periods import accounting_day
from contracting.core.postgresql.snapshots import one_snapshot
from contracting.core.quantities import Dollars
from contracting.metering.models import UsageSource
from contracting.metering.queries.control import days_at_the_gate
from contracting.metering.queries.proof import rollup_differences
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.metering.states import SILENCE
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reference.models import AiModel
from contracting.reference.queries import amounts_on, token_classes
from contracting.reference.states import CacheAction, Direction
from contracting.watch.calculations.alarms import (
    CacheDay,
    CallsDay,
    Drift,
    bands,
    cache_drop,
    tokenizer_drift,
)
from contracting.watch.calculations.rules import (
    fired,
    fired_words,
)
from contracting.watch.models import (
    AlertRule,
)
from contracting.watch.queries.forecasts import daily_use
from contracting.watch.queries.rules import rules_of, terms_of, version_on, watched_by
from contracting.watch.states import (
    CACHE_DROP,
    DRIFT,
    AlarmKind,
    RuleMeasure,
)

LATE: Final = timedelta(days=7)
"""How far back own rules look again, for usage that has come late."""


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


Finder = Callable[[int, datetime], Iterable[Finding]]
_ALSO: list[Finder] = []


def look_also(finder: Finder) -> None:
    """Let a later stage look too, at figures that the watch does not know.

    :param finder: what it finds in those of an agency at an instant
    """
    if finder not in _ALSO:
        _ALSO.append(finder)


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
    further = [each for look in _ALSO for each in look(agency_id, at)]
    own = _of_own_rules(rules, at)
    return [*found, *own, *_silent_sources(agency_id, at), *further]


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


def differing_sums() -> dict[int, list[str]]:
    """Sums that pages and reports read and that are not those of their rows (MET-9).

    It reads every rating, of all agencies, as of one instant; nobody waits for it.

    :returns: a sentence for each, by agency
    """
    found: dict[int, list[str]] = {}
    with one_snapshot():
        for agency_id, words in rollup_differences():
            found.setdefault(agency_id, []).append(words)
    return found


def finding_of_sums(said: Sequence[str], at: datetime) -> list[Finding]:
    """One finding for all sums of an agency that differ; none where none does."""
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
