"""What must hold of metered usage at every moment, recounted from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from contracting.charges.queries import charged_by_line
from contracting.core.invariants import Invariant
from contracting.core.quantities import Tokens, UnitPrice
from contracting.documents.states import OperationState
from contracting.ledger.queries import drawn_by_line, pending_by_line
from contracting.metering.models import (
    CountedChunk,
    EveryEvent,
    EveryLine,
    FundsGate,
    RatingDifference,
    Settlement,
    SuspenseReserve,
    UnchargedUsage,
    UsageAssignment,
    UsageAttribution,
    UsageBatch,
    UsageDisposal,
    UsageHold,
    UsageRating,
    UsageRefusal,
    UsageRerating,
    UsageSource,
    UsageUpload,
    WitnessRating,
)
from contracting.metering.queries import holds_in_force, latest_true_ups
from contracting.metering.queries.archives import archives_that_changed
from contracting.metering.queries.proof import rollup_differences
from contracting.metering.queries.recount import recounted
from contracting.metering.states import RatingRunState
from contracting.orders.models import HOLDER_OF_A_LINE

_EVENT = ("agency_id", "source_id", "event_id")
_LINE = (*_EVENT, "token_class_code")
_ROWS_AT_A_TIME = 2_000


def _of(rows: QuerySet[Any], keys: tuple[str, ...]) -> Exists:
    return Exists(rows.filter(**{key: OuterRef(key) for key in keys}))


def _events_rated_or_held() -> Iterator[str]:
    attributed = _of(UsageAttribution.objects.all(), _EVENT)
    held = _of(UsageHold.objects.all(), _EVENT)
    witnessed = _of(WitnessRating.objects.all(), _EVENT)
    for event in (
        EveryEvent.objects.exclude(attributed).exclude(held).exclude(witnessed)
    ):
        yield f"{event} is neither attributed nor held, and no witness's"
    free = _of(UnchargedUsage.objects.all(), _LINE)
    lines = EveryLine.objects.exclude(tokens=0).exclude(free)
    unrated = lines.filter(attributed).exclude(_of(UsageRating.objects.all(), _LINE))
    for line in unrated.exclude(
        _renamed(
            UsageRating.objects.all(), under="named_class", as_said="token_class_code"
        )
    ):
        yield f"{line} is attributed and has no price"
    for rating in UsageRating.objects.exclude(attributed):
        yield f"{rating} is rated and not attributed"
    same = EveryLine.objects.filter(tokens=OuterRef("tokens"))
    strange = UsageRating.objects.exclude(_of(same, _LINE))
    for rating in strange.exclude(
        _renamed(
            EveryLine.objects.all(), under="token_class_code", as_said="named_class"
        )
    ):
        yield f"{rating} is no line that was received"


def _renamed(rows: QuerySet[Any], *, under: str, as_said: str) -> Exists:
    """Whether a row has its counterpart under the class that a person gave it.

    :param under: the column of the assignment that is the row's own class
    :param as_said: the column of the assignment that is the counterpart's
    """
    keys = {key: OuterRef(key) for key in _EVENT}
    other = rows.filter(
        **keys, token_class_code=OuterRef(as_said), tokens=OuterRef(OuterRef("tokens"))
    )
    said = UsageAssignment.objects.filter(
        **keys, **{under: OuterRef("token_class_code")}
    )
    return Exists(said.filter(Exists(other)))


def _held_is_one_of_three() -> Iterator[str]:
    attributed = _of(UsageAttribution.objects.all(), _EVENT)
    held = _of(UsageHold.objects.all(), _EVENT)
    witnessed = _of(WitnessRating.objects.all(), _EVENT)
    for assignment in UsageAssignment.objects.exclude(attributed).exclude(witnessed):
        yield f"{assignment} is assigned and not attributed"
    for disposal in UsageDisposal.objects.filter(attributed):
        yield f"{disposal} is disposed of and charged"
    for disposal in UsageDisposal.objects.exclude(held):
        yield f"{disposal} is disposed of and was never held"


def _nothing_is_charged_twice() -> Iterator[str]:
    attributed = _of(UsageAttribution.objects.all(), _EVENT)
    for row in WitnessRating.objects.filter(attributed):
        yield f"{row} is a witness's and charged"
    rated = _of(UsageRating.objects.all(), _LINE)
    for free in UnchargedUsage.objects.filter(rated):
        yield f"{free} is free and charged"
    for free in UnchargedUsage.objects.exclude(attributed):
        yield f"{free} is free and belongs to no order"


def _prices_are_exact() -> Iterator[str]:
    for row in UsageRating.objects.iterator(chunk_size=_ROWS_AT_A_TIME):
        exact = UnitPrice(row.usd_per_million_tokens).of(Tokens(row.tokens))
        if exact.amount != row.dollars:
            yield f"{row} should cost {exact}"


def _prices_are_those_in_force() -> Iterator[str]:
    """An order may have agreed on less; a correction has the price of its call."""
    at_its_time = Q(rate_row__in_force__contains=F("occurred_at"))
    correction = Exists(
        EveryEvent.objects.filter(**{key: OuterRef(key) for key in _EVENT}).exclude(
            corrects=""
        )
    )
    right = (
        Q(rate_row__usd_per_million_tokens__gte=F("usd_per_million_tokens"))
        & Q(rate_row__token_class__code=F("token_class_code"))
        & Q(rate_row__line=F("order_line__contract_line"))
        & (at_its_time | correction)
    )
    for row in UsageRating.objects.filter(~right):
        yield f"{row} has a price that was not in force for it"


def _settlements_are_what_was_rated() -> Iterator[str]:
    rated = (
        UsageRating.objects.filter(
            agency_id=OuterRef("reservation__agency_id"),
            source_id=OuterRef("reservation__source_id"),
            event_id=OuterRef("event_id"),
        )
        .order_by()
        .values("event_id")
    )
    settled = Settlement.objects.annotate(
        rated_tokens=Coalesce(Subquery(rated.annotate(n=Sum("tokens")).values("n")), 0),
        rated_dollars=Coalesce(
            Subquery(rated.annotate(n=Sum("dollars")).values("n")), Decimal(0)
        ),
    )
    wrong = ~Q(tokens=F("rated_tokens")) | ~Q(dollars=F("rated_dollars"))
    for row in settled.filter(wrong).order_by("pk"):
        yield f"{row}, and rated were {row.rated_tokens} for ${row.rated_dollars}"


def _verdicts_add_up() -> Iterator[str]:
    stored = dict(
        EveryEvent.objects.filter(corrects="")
        .values_list("batch_id")
        .annotate(rows=Count("event_id"))
    )
    refused = dict(UsageRefusal.objects.values_list("batch_id").annotate(Count("pk")))
    for batch in UsageBatch.objects.order_by("pk"):
        kept = stored.get(batch.pk, 0)
        if kept != batch.accepted + batch.held:
            yield f"{batch}: {kept} events for {batch.accepted} + {batch.held}"
        sent_back = refused.get(batch.pk, 0)
        if sent_back != batch.conflict + batch.rejected:
            yield f"{batch}: {sent_back} for {batch.conflict} + {batch.rejected}"


def _files_are_counted_whole() -> Iterator[str]:
    for each in CountedChunk.objects.exclude(batch__received=F("chunk__rows")):
        yield f"{each} has another number of rows"
    done = UsageUpload.objects.filter(operation__state=OperationState.SUCCEEDED)
    for upload in done.filter(chunks__counted__isnull=True).distinct():
        yield f"{upload} is done and was not counted whole"


def _the_ledger_has_every_token() -> Iterator[str]:
    rated = {
        line: (tokens, dollars)
        for line, tokens, dollars in UsageRating.objects.values_list(
            "order_line"
        ).annotate(Sum("tokens"), Sum("dollars"))
    }
    for line, moved, worth in _rerated():
        tokens, dollars = rated.get(line, (0, Decimal(0)))
        rated[line] = (tokens + moved, dollars + worth)
    for line, change in _trued_up().items():
        tokens, dollars = rated.get(line, (0, Decimal(0)))
        rated[line] = (tokens, dollars + change)
    for line, waits in pending_by_line(HOLDER_OF_A_LINE).items():
        tokens, dollars = rated.get(line, (0, Decimal(0)))
        rated[line] = (tokens - waits.tokens, dollars - waits.dollars)
    drawn = drawn_by_line(HOLDER_OF_A_LINE)
    charged = charged_by_line()
    for line in sorted({*rated, *drawn}):
        metered, (tokens, dollars) = rated.get(line, (0, 0)), drawn.get(line, (0, 0))
        used = tokens, dollars - charged.get(line, 0)
        if metered != used:
            yield f"order line {line}: metered {metered}, on the ledger {used}"


def _rerated() -> Iterator[tuple[int, int, Decimal]]:
    """What runs have moved from and to order lines; adjustments move nothing."""
    rows = UsageRerating.objects.filter(is_adjustment=False).order_by()
    for line, tokens, dollars in rows.values_list("old_order_line").annotate(
        Sum("tokens"), Sum("old_dollars")
    ):
        yield line, -tokens, -dollars
    yield from rows.values_list("order_line").annotate(Sum("tokens"), Sum("dollars"))


def _runs_post_what_they_say() -> Iterator[str]:
    sums = (Sum("tokens"), Sum("old_dollars"), Sum("dollars"))
    posted = UsageRerating.objects.order_by().values_list("run", "is_adjustment")
    said = RatingDifference.objects.filter(run__state=RatingRunState.POSTED)
    found = {
        tuple(row[:2]): tuple(row[2:])
        for row in posted.annotate(Count("event_id"), *sums)
    }
    wanted = {
        tuple(row[:2]): tuple(row[2:])
        for row in said.order_by()
        .values_list("run", "is_closed")
        .annotate(Sum("lines"), *sums)
    }
    for key in sorted(found.keys() | wanted.keys()):
        if found.get(key) != wanted.get(key):
            yield f"rating run {key[0]}: posted {found.get(key)}, not {wanted.get(key)}"


def _each_rerating_follows_the_one_before() -> Iterator[str]:
    stands: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    rows = UsageRerating.objects.order_by("run_id")
    for row in rows.iterator(chunk_size=_ROWS_AT_A_TIME):
        before = (
            *(row.old_order_line_id, row.old_rate_row_id),
            row.old_usd_per_million_tokens,
        )
        after = row.order_line_id, row.rate_row_id, row.usd_per_million_tokens
        for usd, dollars in ((before[2], row.old_dollars), (after[2], row.dollars)):
            exact = UnitPrice(usd).of(Tokens(row.tokens))
            if exact.amount != dollars:
                yield f"{row}: {row.tokens} tokens at {usd} cost {exact}, not {dollars}"
        key = tuple(getattr(row, name) for name in _LINE)
        if stands.get(key, before) != before:
            yield f"{row} does not follow the rating before it"
        stands[key] = after
    first = UsageRating.objects.filter(
        **{name: OuterRef(name) for name in _LINE}, tokens=OuterRef("tokens")
    )
    for row in rows.exclude(Exists(first)):
        yield f"{row} rates tokens anew that were never rated"


def _trued_up() -> dict[int, Decimal]:
    """What the rows in force have changed in the dollars of each order line."""
    changed: dict[int, Decimal] = defaultdict(Decimal)
    for row in latest_true_ups():
        changed[row.order_line_id] += row.exact_dollars - row.provisional_dollars
    return changed


def _rollups_are_sums() -> Iterator[str]:
    for _agency, sentence in rollup_differences():
        yield sentence


def _nothing_is_orphaned() -> Iterator[str]:
    batches = UsageBatch.objects.filter(
        pk=OuterRef("batch_id"),
        agency_id=OuterRef("agency_id"),
        source_id=OuterRef("source_id"),
    )
    for event in EveryEvent.objects.exclude(Exists(batches)):
        yield f"{event} names no batch of its source"
    own = UsageSource.objects.filter(
        pk=OuterRef("source_id"), agency_id=OuterRef("agency_id")
    )
    for event in EveryEvent.objects.exclude(Exists(own)):
        yield f"{event} names no source of its agency"
    events = _of(EveryEvent.objects.all(), _EVENT)
    for line in EveryLine.objects.exclude(events):
        yield f"{line} belongs to no event"


def _gates_count_what_is_reserved() -> Iterator[str]:
    for gate in FundsGate.objects.order_by("pk"):
        kept = {
            (row.scope, row.name): (
                row.reserved_tokens,
                row.reserved_dollars,
                row.reserved_micro_acu,
                row.used_tokens,
                row.used_dollars,
            )
            for row in gate.counters.all()
        }
        for key, stored in kept.items():
            rows = recounted(gate.pk, *key)
            if rows != stored:
                yield f"{gate}, {key}: kept as {stored}, its rows sum to {rows}"


def _suspense_is_reserved() -> Iterator[str]:
    columns = (*_EVENT, "order_id")
    kept = {
        tuple(key): (tokens, dollars)
        for *key, tokens, dollars in SuspenseReserve.objects.values_list(
            *columns, "tokens", "dollars"
        )
    }
    agencies = UsageSource.objects.order_by("agency").values_list("agency", flat=True)
    held = {
        tuple(key): (tokens or 0, dollars or Decimal(0))
        for agency_id in agencies.distinct()
        for *key, tokens, dollars in holds_in_force(agency_id).values_list(
            *columns, "reserved_tokens", "reserved_dollars"
        )
    }
    for key in sorted(kept.keys() | held.keys(), key=str):
        if kept.get(key) != held.get(key):
            yield f"{key}: reserved {kept.get(key)}, in suspense {held.get(key)}"


INVARIANTS = [
    Invariant(
        "MET-1",
        "Every stored event is attributed and each of its counts rated once, or it is "
        "held.",
        _events_rated_or_held,
    ),
    Invariant(
        "MET-2",
        "Every rating is tokens times price, to the last digit.",
        _prices_are_exact,
    ),
    Invariant(
        "MET-3",
        "The verdicts of a batch are the rows received, and what it stored is counted.",
        _verdicts_add_up,
    ),
    Invariant(
        "MET-4",
        "Funded and unfunded use on the ledger is what was metered, corrections and "
        "true-ups included, to the token and the last digit of a dollar, as far as it "
        "is folded; the rest is charged.",
        _the_ledger_has_every_token,
    ),
    Invariant(
        "MET-5",
        "Every event names a batch and a source that are there, and every count its "
        "event.",
        _nothing_is_orphaned,
    ),
    Invariant(
        "MET-6",
        "Every held event is exactly one of open, attributed or disposed of.",
        _held_is_one_of_three,
    ),
    Invariant(
        "MET-7",
        "What a witness reports, or an outcome makes free, is charged to nobody.",
        _nothing_is_charged_twice,
    ),
    Invariant(
        "MET-8",
        "What a gate counts as reserved and used is what its grants, their ends and "
        "their settlements sum to.",
        _gates_count_what_is_reserved,
    ),
    Invariant(
        "MET-9",
        "Every roll-up is the sum of the ratings that are folded, to the token and the "
        "last digit of a dollar.",
        _rollups_are_sums,
    ),
    Invariant(
        "MET-10",
        "What is reserved for suspense is what is in suspense, each event once.",
        _suspense_is_reserved,
    ),
    Invariant(
        "MET-11",
        "Every rating by a later run is tokens times price and follows the one before.",
        _each_rerating_follows_the_one_before,
    ),
    Invariant(
        "MET-12",
        "Every run has posted exactly what its report says, adjustments too.",
        _runs_post_what_they_say,
    ),
    Invariant(
        "MET-13",
        "Each chunk of a file is one batch of all its rows, and a file that is done "
        "has no chunk left.",
        _files_are_counted_whole,
    ),
    Invariant(
        "MET-14",
        "Every rating names a price of its own line and class that was in force when "
        "it was used, and costs no more; a correction that of what it corrects.",
        _prices_are_those_in_force,
    ),
    Invariant(
        "MET-15",
        "What a reserved call was settled with is what its event was rated.",
        _settlements_are_what_was_rated,
    ),
    Invariant(
        "MET-16",
        "What is put away of a source is what was put away: calls, tokens, hashes.",
        archives_that_changed,
    ),
]
