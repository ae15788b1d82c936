"""A decision taken again under the rows that it was taken by (R-AUD-03)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.apps import apps
from django.db.models import Q, QuerySet

from accounts.states import Role
from contracting.approvals import events as approvals
from contracting.approvals.models import Route
from contracting.approvals.queries import policy_for
from contracting.approvals.states import Need
from contracting.audit.models import AuditEvent, RowVersion
from contracting.audit.queries import (
    events_under,
    streams_of_organization,
    versions_named,
)
from contracting.core.actors import Actor
from contracting.core.consulted import Consulted, as_it_was, version_of
from contracting.core.errors import NotVisible, Refusal
from contracting.core.quantities import Dollars
from contracting.evaluations import calculations as evaluations
from contracting.evaluations import events as evaluated
from contracting.evaluations.models import PriceAnalysis
from contracting.ledger import events as ledger
from contracting.ledger.queries.guarded import guard_again
from contracting.reconciliation import events as reconciliation
from contracting.reconciliation.models import ReconciliationRun
from contracting.reconciliation.queries import compared_again

Result = dict[str, str]
"""What was decided, by what it is called."""


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A row that the decision rests on, and whether it reads the same today."""

    kind: str
    name: str
    sha256: str
    is_as_it_was: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """What was decided, what comes out under the same rows, and the rows."""

    event: AuditEvent
    recorded: Result
    again: Result
    used: list[UsedRow]
    refusal: str = ""

    @property
    def is_same(self) -> bool:
        return not self.refusal and self.recorded == self.again

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Each part of the result: its name, as recorded, as replayed."""
        names = dict.fromkeys([*self.recorded, *self.again])
        return [
            (name, self.recorded.get(name, ""), self.again.get(name, ""))
            for name in names
        ]

    @property
    def changed(self) -> list[UsedRow]:
        """The rows that read otherwise today."""
        return [row for row in self.used if not row.is_as_it_was]


def _price_analysis(event: AuditEvent) -> tuple[Result, Result]:
    data = event.read["data"]
    analysis = PriceAnalysis.objects.select_related("solicitation").get(
        public_id=data["analysis"]
    )
    solicitation = analysis.solicitation
    offers = evaluations.priced_offers(solicitation, event.at.date())
    found = evaluations.findings(
        solicitation,
        offers,
        conclusion=analysis.conclusion,
        unbalanced_memo=analysis.unbalanced_memo,
        reasonable=analysis.reasonable_submission_ids,
    )
    return (
        {"Hash of the analysis": data["content_sha256"]},
        {"Hash of the analysis": evaluations.findings_sha256(solicitation, found)},
    )


def _route(event: AuditEvent) -> tuple[Result, Result]:
    """Who must review it; of steps that ask everybody, the count is as it was."""
    data = event.read["data"]
    route = Route.objects.select_related("agency").get(pk=event.subject_id)
    day = route.agency.local_day(event.at)
    value = Dollars(Decimal(data["value"]))
    policy = policy_for(route.agency_id, route.kind, value, route.risk, day)
    recorded = {
        f"Step {place}, {label}": str(needed) for place, label, needed in data["steps"]
    }
    if policy is None:
        return recorded, {}
    again = {}
    for step in policy.steps.order_by("position", "role", "review_field"):
        name = f"Step {step.position}, {step.label}"
        everybody = step.need == Need.ALL
        again[name] = recorded.get(name, "") if everybody else str(max(step.needed, 1))
    return recorded, again


def _funds_guard(event: AuditEvent) -> tuple[Result, Result]:
    data = event.read["data"]
    signed_on = date.fromisoformat(data["signed_on"]) if "signed_on" in data else None
    return guard_again(
        kind=event.subject_kind,
        because=event.subject_id,
        at=event.at,
        asked={
            (each["line_of_accounting"], each["acrn"]): Dollars(
                Decimal(each["dollars"])
            )
            for each in data["obligations"]
        },
        from_commitment=data.get("from_commitment", False),
        signed_on=signed_on,
        is_obligation=event.event == ledger.FUNDS_OBLIGATED.code,
    )


def _comparison(event: AuditEvent) -> tuple[Result, Result]:
    data = event.read["data"]
    run = ReconciliationRun.objects.select_related(
        "order__contract__agency", "invoice"
    ).get(public_id=data["run"])
    inputs, result = compared_again(run)
    return (
        {
            "Hash of what was compared": data["inputs_sha256"],
            "Hash of the result": data["result_sha256"],
        },
        {"Hash of what was compared": inputs, "Hash of the result": result},
    )


REPLAYS: Final[Mapping[str, Callable[[AuditEvent], tuple[Result, Result]]]] = {
    evaluated.PRICE_ANALYSED.code: _price_analysis,
    approvals.ROUTE_OPENED.code: _route,
    ledger.FUNDS_COMMITTED.code: _funds_guard,
    ledger.FUNDS_OBLIGATED.code: _funds_guard,
    reconciliation.ORDER_RECONCILED.code: _comparison,
}
"""How each decision that is replayed is taken again, by its event."""


def replayable() -> QuerySet[AuditEvent]:
    """Every decision that can be replayed, oldest first."""
    return events_under(REPLAYS)


def replay(event: AuditEvent) -> Replay:
    """Take the decision again under the rows that it was taken by.

    The rows are read from what was kept with the event, whatever their tables hold
    today; of what is only ever added, what was recorded by then counts.
    """
    kept = versions_named(event)
    used = [_used(row) for row in kept]
    rows = [(row.kind, row.content) for row in kept]
    with as_it_was(rows, event.recorded_at):
        try:
            recorded, again = REPLAYS[event.event](event)
        except Refusal as refusal:
            return Replay(event, {}, {}, used, refusal=str(refusal))
    return Replay(event, recorded, again, used)


def _used(kept: RowVersion) -> UsedRow:
    model = apps.get_model(kept.kind)
    now = model._default_manager.filter(pk=kept.row_id).first()
    assert issubclass(model, Consulted)  # noqa: S101 (nothing else is kept)
    is_same = isinstance(now, Consulted) and version_of(now).sha256 == kept.sha256
    kind = str(model._meta.verbose_name)
    name = str(now) if now is not None else f"number {kept.row_id}, no longer there"
    return UsedRow(kind, name, kept.sha256, is_same)


def decision_for(actor: Actor, stream: str, seq: str) -> AuditEvent:
    """The decision of that place in a chain, for an auditor of the agency.

    :raises NotVisible: for anybody else, and if the agency took no such decision
    """
    message = "There is no such decision."
    if not actor.has_role(Role.AUDITOR) or actor.organization_id is None:
        raise NotVisible(message)
    if not re.fullmatch(r"[0-9]{1,15}", seq):
        raise NotVisible(message)
    event = _of(actor.organization_id).filter(stream=stream, seq=int(seq)).first()
    if event is None:
        raise NotVisible(message)
    return event


def decisions_for(actor: Actor, limit: int = 100) -> list[AuditEvent]:
    """The agency's last decisions that can be replayed, newest first.

    :raises NotVisible: for whoever is no auditor
    """
    if not actor.has_role(Role.AUDITOR) or actor.organization_id is None:
        message = "Decisions are replayed by auditors."
        raise NotVisible(message)
    return list(_of(actor.organization_id).order_by("-pk")[:limit])


def _of(organization_id: int) -> QuerySet[AuditEvent]:
    """What its people decided, and the machinery in the streams that are its own."""
    own = streams_of_organization(organization_id)
    return replayable().filter(
        Q(actor_organization_id=organization_id)
        | Q(actor_organization_id__isnull=True, stream__in=own)
    )
