"""Reads of the audit of the count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import F, Prefetch, QuerySet

from accounts.states import Role
from contracting.contracts.models import Contract, RateRow
from contracting.contracts.queries.administration import Task
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.disputes.models import DisputeCase
from contracting.metering.models import UsageSource
from contracting.metering.queries.reratings import ratings_in_force
from contracting.orders.models import OrderLine, TaskOrder
from contracting.recounts.calculations import (
    Standing,
    excess,
    is_drawn,
    proof_of,
)
from contracting.recounts.models import (
    CountDispute,
    RecountAllowance,
    RecountPlan,
    RecountSample,
    RecountStanding,
)
from contracting.recounts.states import Sampled, Verdict
from contracting.reference.models import AiModel, TokenClass
from contracting.reference.states import Direction, Modality, Phase

READERS: Final = (
    Role.CONTRACTING_OFFICER,
    Role.CONTRACT_SPECIALIST,
    Role.COR,
    Role.PROGRAM_MANAGER,
    Role.AUDITOR,
)
_OF_A_SAMPLE: Final = ("position", "request_id", "reported", "recounted", "proof")


def plans_visible_to(actor: Actor) -> QuerySet[RecountPlan]:
    """The agency's own; to a vendor, those of its contracts."""
    plans = RecountPlan.objects.select_related(
        "contract__agency", "contract__vendor", "model", "token_class", "allowance"
    )
    if actor.is_agency and (actor.is_key or actor.has_role(*READERS)):
        return plans.filter(contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        return plans.filter(contract__vendor_id=actor.organization_id)
    return plans.none()


def listed_plans(actor: Actor) -> QuerySet[RecountPlan]:
    """The same with whatever a list says of each, in as many questions as for one."""
    last = RecountStanding.objects.order_by("plan_id", "-samples").distinct("plan_id")
    plans = plans_visible_to(actor).select_related("flag")
    return plans.prefetch_related(Prefetch("standings", last, to_attr="last_standing"))


def get_plan_for(actor: Actor, public_id: str) -> RecountPlan:
    """One plan.

    :raises NotVisible: if it is not there for this actor
    """
    found = plans_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such plan."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def get_allowance_for(actor: Actor, public_id: str) -> RecountAllowance:
    """One allowance: both sides of the contract read it.

    :raises NotVisible: if it is not there for this actor
    """
    found = (
        RecountAllowance.objects.select_related(
            "contract__agency", "contract__vendor", "model", "token_class", "plan"
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None or not reads_allowances(actor, found.contract):
        message = "There is no such allowance."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def samples_visible_to(actor: Actor, plan: RecountPlan) -> bool:
    """Whether the actor may know which calls are drawn, and what each came to.

    A vendor who knows them could count those alone honestly: they are told with the
    key, after the end. The steps of the test are told then too: with few samples each
    excess could be computed back from them, and the call be known by it.
    """
    if actor.is_vendor:
        return plan.revealed_key is not None
    return True


def recountable_classes() -> QuerySet[TokenClass]:
    """Classes whose whole text an agency can hold; hidden reasoning is none of them."""
    text = TokenClass.objects.filter(modality=Modality.TEXT)
    out = text.filter(direction=Direction.OUTPUT, phase=Phase.RESPONSE)
    asked = text.filter(direction=Direction.INPUT, phase=Phase.PROMPT)
    return (out | asked).order_by("-direction", "code")


def is_recountable(token_class: TokenClass) -> bool:
    """Whether the agency can hold the whole text of such tokens."""
    return recountable_classes().filter(pk=token_class.pk).exists()


def models_of(contract: Contract) -> QuerySet[AiModel]:
    """The models that the contract prices."""
    priced = RateRow.objects.filter(line__contract=contract).values("model")
    return AiModel.objects.filter(pk__in=priced).order_by("snapshot")


def allowance_in_force(
    contract: Contract, model: AiModel, token_class: TokenClass
) -> RecountAllowance | None:
    """The latest allowance that holds; one that waits for the vendor does not."""
    found = RecountAllowance.objects.filter(
        contract=contract, model=model, token_class=token_class
    ).select_related("agreement")
    return next((each for each in found.order_by("-pk") if each.holds), None)


def allowances_of(contract: Contract) -> list[RecountAllowance]:
    """Every allowance of a contract, the latest first."""
    found = RecountAllowance.objects.filter(contract=contract)
    named = found.select_related("model", "token_class", "agreement", "contract")
    return list(named.defer("counts").order_by("-pk"))


class Metered(NamedTuple):
    """What our meter has of a call."""

    request_id: str
    tokens: int
    occurred_at: datetime
    model_id: int
    order_line_id: int


def metered_calls(
    plan: RecountPlan, ids: Collection[str] | None = None, **narrow: Any
) -> Iterator[Metered]:
    """The calls of a plan's contract, model and class, as they are rated.

    :param ids: only those of these ids
    """
    lines = OrderLine.objects.filter(order__contract_id=plan.contract_id)
    if ids is not None:
        agency = plan.contract.agency_id
        sources = UsageSource.objects.filter(agency_id=agency)
        narrow |= {
            "agency_id": agency,
            "source_id__in": list(sources.values_list("pk", flat=True)),
            "event_id__in": list(ids),
        }
    rows = ratings_in_force(
        lines.values_list("pk", flat=True),
        ("event_id", "tokens", "occurred_at", "rate_row__model_id", "order_line_id"),
        token_class_code=plan.token_class.code,
        **narrow,
    )
    for row in map(Metered._make, rows):
        if row.model_id == plan.model_id:
            yield row


def orders_sampled(plan: RecountPlan) -> list[TaskOrder]:
    """The orders of which a sample is of a call, by the meter."""
    ids = list(plan.samples.values_list("request_id", flat=True))
    lines = {row.order_line_id for row in metered_calls(plan, ids)}
    found = TaskOrder.objects.filter(lines__in=lines).select_related("contract")
    return list(found.distinct().order_by("piid"))


def order_most_sampled(plan: RecountPlan) -> TaskOrder | None:
    """The order of which most calls are samples; of several the first that was made."""
    ids = list(plan.samples.values_list("request_id", flat=True))
    of_lines = Counter(row.order_line_id for row in metered_calls(plan, ids))
    orders: Counter[int] = Counter()
    rows = OrderLine.objects.filter(pk__in=of_lines).values_list("pk", "order_id")
    for line, order in rows:
        orders[order] += of_lines[line]
    if not orders:
        return None
    most = max(orders.values())
    pk = min(order for order, calls in orders.items() if calls == most)
    return TaskOrder.objects.get(pk=pk)


def samples_in_order(plan: RecountPlan, after: int = 0) -> list[Sampled]:
    """Samples in the order of drawing, up to the first that is not there yet."""
    rows = RecountSample.objects.filter(plan=plan, position__gt=after)
    found = []
    for expected, row in enumerate(
        rows.order_by("position").values_list(*_OF_A_SAMPLE), start=after + 1
    ):
        if row[0] != expected:
            break
        found.append(Sampled(*row))
    return found


def excesses_of(samples: Sequence[Sampled]) -> list[float]:
    """X of each sample; a lost text counts as an exact count."""
    return [excess(*each.counts) for each in samples]


def standing_of(plan: RecountPlan) -> Standing:
    """The last standing of a plan's test."""
    if hasattr(plan, "last_standing"):
        row = next(iter(plan.last_standing), None)
    else:
        rows = RecountStanding.objects.filter(plan=plan)
        row = rows.order_by("-samples").first()
    return Standing() if row is None else as_standing(row)


def as_standing(row: RecountStanding) -> Standing:
    """A standing as the arithmetic knows it."""
    return Standing(
        row.samples, row.wealth, row.peak, row.total, row.squares, row.first_over
    )


def verdict_of(plan: RecountPlan) -> Verdict:
    """What the samples of a plan say so far."""
    if plan.allowance_id is None:
        return Verdict.NO_VERDICT
    return Verdict.FLAGGED if hasattr(plan, "flag") else Verdict.NOT_FLAGGED


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a revealed key says of a sample, held against the calls of the meter.

    ``missing`` were drawn and never sent; ``alien`` were sent and not drawn by the key;
    ``disordered`` follow a later call.
    """

    calls: int
    drawn: int
    sent: int
    missing: tuple[str, ...]
    alien: tuple[str, ...]
    disordered: int

    @property
    def is_whole(self) -> bool:
        """Whether exactly the drawn calls were sent."""
        return not self.missing and not self.alien


def sampling_by(plan: RecountPlan, key: bytes, until: datetime) -> Sampling:
    """Draw the sample anew from the calls of the meter, and compare.

    :param until: the end of the plan
    """
    sent = dict(plan.samples.order_by("position").values_list("request_id", "proof"))
    times: dict[str, datetime] = {}
    calls = 0
    missing = []
    for row in metered_calls(
        plan, occurred_at__gte=plan.adopted_at, occurred_at__lt=until
    ):
        calls += 1
        if is_drawn(proof_of(key, row.request_id), plan.rate):
            times[row.request_id] = row.occurred_at
            if row.request_id not in sent:
                missing.append(row.request_id)
    alien = [each for each, proof in sent.items() if proof_of(key, each) != proof]
    in_order = [times[each] for each in sent if each in times]
    return Sampling(
        calls=calls,
        drawn=len(times),
        sent=len(sent),
        missing=tuple(sorted(missing)),
        alien=tuple(alien),
        disordered=sum(b < a for a, b in zip(in_order, in_order[1:], strict=False)),
    )


def case_of(plan: RecountPlan) -> DisputeCase | None:
    """The dispute that a flag has led to."""
    found = CountDispute.objects.filter(flag__plan=plan).select_related("case").first()
    return None if found is None else found.case


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterator[Task]:
    """Flagged counts that nobody has put to the vendor, and what waits for it."""
    flagged = plans_visible_to(actor).filter(
        contract=contract, flag__isnull=False, flag__dispute__isnull=True
    )
    if actor.is_agency:
        for plan in flagged.order_by("pk"):
            what = f"Put the flagged count of {plan} to the vendor"
            who = "Contracting officer or representative"
            yield Task("Counts", what, plan.path, None, who)
    for each in allowances_of(contract) if reads_allowances(actor, contract) else ():
        if not each.holds:
            what = f"Agree to an allowance of {each.model.snapshot}"
            yield Task("Counts", what, each.path, None, "Vendor's signer")


def reads_allowances(actor: Actor, contract: Contract) -> bool:
    """Both sides of a contract read what is allowed."""
    if actor.is_vendor:
        return bool(actor.role) and actor.acts_for(contract.vendor_id)
    return actor.has_role(*READERS) and actor.acts_for(contract.agency_id)


def differing_from_meter(plan: RecountPlan) -> int:
    """Of how many samples the vendor reports another count than our meter has."""
    return plan.samples.exclude(reported=F("metered")).count()
