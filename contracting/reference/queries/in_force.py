"""What every table of reference data says on a day, as it was known on another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from contracting.audit.models import AuditEvent
from contracting.core.actors import Actor
from contracting.core.quantities import UnitPrice
from contracting.reference import events
from contracting.reference.models import (
    AiModel,
    Clause,
    Holiday,
    ListPrice,
    OutcomeDefault,
    Prescription,
    Rule,
    Threshold,
)
from contracting.reference.queries import aliases_visible_to


@dataclass(frozen=True, slots=True)
class InForce:
    """A row of reference data: what it says, and from which day to which."""

    key: str
    name: str
    says: str
    first: date
    last: date | None
    recorded_at: datetime
    by: str = ""
    citation: str = ""
    superseded_at: datetime | None = None
    """When another row took its place."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of reference data, and how its rows are told."""

    label: str
    rows: Callable[[Actor], QuerySet[Any]]
    read: Callable[[Any], InForce]


def _days(
    row: Any, key: str, name: str, says: str, *, by: str = "", citation: str = ""
) -> InForce:
    return InForce(
        key, name, says, row.valid_from, row.valid_to, row.recorded_at, by, citation
    )


def _number(row: Threshold) -> str:
    return f"{row.value.normalize():,f} {row.get_unit_display()}"


def _priced(row: ListPrice) -> InForce:
    above = f" above {row.above_input_tokens:,}" if row.above_input_tokens else ""
    key = f"{row.model.snapshot} {row.token_class.code} {row.tier}{above}"
    says = str(UnitPrice(row.usd_per_million_tokens))
    by = f"release {row.package_version}"
    return InForce(key, key, says, row.imported_on, None, row.recorded_at, by)


KINDS: Final = {
    "models": Kind(
        "Models",
        lambda _: AiModel.objects.select_related("tokenizer").order_by("snapshot"),
        lambda r: _days(
            r,
            r.snapshot,
            r.snapshot,
            f"{r.provider}, {r.family}, tokenizer {r.tokenizer.code}, context "
            f"{r.context_tokens:,}, longest output {r.max_output_tokens:,}",
        ),
    ),
    "prices": Kind(
        "List prices",
        lambda _: ListPrice.objects.select_related("model", "token_class").order_by(
            *("model__snapshot", "token_class__code", "tier", "above_input_tokens"),
            *("imported_on", "pk"),
        ),
        _priced,
    ),
    "names": Kind(
        "Names of models",
        lambda actor: aliases_visible_to(actor).order_by("source_name", "valid_from"),
        lambda r: _days(
            r,
            f"{r.source_name} ({r.agency.name if r.agency else 'every agency'})",
            r.source_name,
            f"stands for {r.model.snapshot}",
            by=r.recorded_by,
        ),
    ),
    "thresholds": Kind(
        "Thresholds",
        lambda _: Threshold.objects.order_by("label", "valid_from"),
        lambda r: replace(
            _days(r, r.code, r.label, _number(r), citation=r.citation),
            superseded_at=r.superseded_at,
        ),
    ),
    "clauses": Kind(
        "Clauses",
        lambda _: Clause.objects.order_by("number", "valid_from"),
        lambda r: _days(r, r.number, f"{r.number} {r.title}", r.summary),
    ),
    "prescriptions": Kind(
        "Prescriptions",
        lambda _: Prescription.objects.order_by("clause_number", "pk"),
        lambda r: _days(
            r,
            " ".join(filter(None, (r.clause_number, r.above, r.procedure))),
            r.clause_number,
            r.reason or "asked for",
            citation=r.citation,
        ),
    ),
    "outcomes": Kind(
        "Outcomes of calls",
        lambda _: OutcomeDefault.objects.order_by("outcome", "valid_from"),
        lambda r: _days(r, r.outcome, r.label, r.label, citation=r.citation),
    ),
    "rules": Kind(
        "Rules",
        lambda _: Rule.objects.order_by("rule_id", "valid_from"),
        lambda r: _days(r, r.rule_id, r.rule_id, r.sentence, citation=r.citation),
    ),
    "holidays": Kind(
        "Holidays",
        lambda _: Holiday.objects.order_by("day"),
        lambda r: InForce(
            f"{r.day}", r.name, f"{r.day:%A}", r.day, r.day, r.recorded_at
        ),
    ),
}
"""Every table whose rows hold from a day; the first is the default."""


def history_of(kind: str, actor: Actor, known_on: date | None = None) -> list[InForce]:
    """Every row of a table, in order; a list price holds until the next of its key.

    :param known_on: what was recorded by the end of that UTC day; all without it
    """
    table = KINDS[kind]
    rows = table.rows(actor)
    if known_on is not None:
        rows = rows.filter(recorded_at__lt=_end_of(known_on))
    who = _who_recorded(kind, actor)
    found = [_told(table.read(row), row, who) for row in rows]
    if kind != "prices":
        return found
    return [
        replace(row, last=after.first - timedelta(days=1))
        if after is not None and after.key == row.key
        else row
        for row, after in zip(found, [*found[1:], None], strict=False)
    ]


_RECORDED_BY: Final = {
    "models": events.MODEL_REGISTERED,
    "prices": events.LIST_PRICES_IMPORTED,
}


def _who_recorded(kind: str, actor: Actor) -> list[tuple[int, str]]:
    """The last row of each registration or import, and who made it, in order.

    People of another organization are not named.
    """
    if kind not in _RECORDED_BY:
        return []
    made = AuditEvent.objects.filter(event=_RECORDED_BY[kind]).order_by("subject_id")
    return [
        (
            event.subject_id,
            event.actor_name
            if event.actor_organization_id in (None, actor.organization_id)
            else "an administrator",
        )
        for event in made
    ]


def _told(told: InForce, row: Any, who: list[tuple[int, str]]) -> InForce:
    place = bisect_left(who, (row.pk, ""))
    if place == len(who):
        return told
    last, name = who[place]
    if last != row.pk and not isinstance(row, ListPrice):
        return told
    return replace(told, by=f"{name}, {told.by}" if told.by else name)


def in_force_on(
    kind: str, on: date, actor: Actor, known_on: date | None = None
) -> list[InForce]:
    """The rows of a table that hold on a day, as far as they were known on another.

    Holidays are those of the year.
    """
    rows = history_of(kind, actor, known_on)
    if kind == "holidays":
        return [row for row in rows if row.first.year == on.year]
    return [
        row
        for row in rows
        if row.first <= on
        and (row.last is None or on <= row.last)
        and not _was_superseded(row, known_on)
    ]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _was_superseded(row: InForce, known_on: date | None) -> bool:
    """Whether another row had taken its place by then."""
    if row.superseded_at is None:
        return False
    return known_on is None or row.superseded_at < _end_of(known_on)
