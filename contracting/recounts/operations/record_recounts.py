"""Receive recounted samples, and carry the test on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.recounts import events, permissions, queries
from contracting.recounts.calculations import Standing, carry_on, is_drawn
from contracting.recounts.models import (
    CountFlag,
    RecountPlan,
    RecountSample,
    RecountStanding,
)
from contracting.recounts.refusals import (
    BadSample,
    PlanEnded,
    SampleDiffers,
    UnknownCall,
)
from contracting.recounts.states import CALL_ID, MOST_AT_ONCE, SHA256, Sampled

_MOST_TOKENS = 10**12
_MOST_AHEAD = 100_000


@transaction.atomic
def record_recounts(
    *,
    plan_id: int,
    tokenizer_sha256: str,
    samples: Sequence[Sampled],
    by: Actor,
    at: datetime,
) -> int:
    """Receive samples in any order; the test goes on as far as none is missing.

    Each is the id of a metered call, two counts, and the proof that the plan's key has
    drawn it. The same sample sent again is taken as received. A flag is given once, to
    people; no payment is changed by it.

    :returns: the next place in the order of drawing that is not received
    :raises NotAllowed: if ``by`` is no key of the agency with the scope
    :raises PlanEnded: if the plan has ended
    :raises BadSample: if it is counted by another tokenizer, not drawn by the plan's
        rate, or no count
    :raises UnknownCall: if the meter has no such call, or had it before the plan
    :raises SampleDiffers: if a place or a call was received with other figures
    """
    plan = RecountPlan.objects.locked().get(pk=plan_id)
    require(permissions.can_record_recounts(by, plan))
    if not plan.is_running:
        message = "This plan has ended; nothing is drawn by it any more."
        raise PlanEnded(message)
    _guard_counts(plan, tokenizer_sha256, samples)
    new = _not_received(plan, samples)
    metered = _metered(plan, new)
    RecountSample.objects.bulk_create(
        RecountSample(
            plan=plan,
            position=each.position,
            request_id=each.request_id,
            reported=each.reported,
            recounted=each.recounted,
            metered=metered[each.request_id],
            proof=each.proof,
            received_at=at,
        )
        for each in new
    )
    standing = _carried_on(plan, at)
    if new:
        record_event(
            events.RECOUNTS_RECORDED,
            subject=plan.subject,
            by=by,
            at=at,
            data={"samples": len(new), "through": standing.samples},
        )
    if standing.first_over is not None and not hasattr(plan, "flag"):
        _flag(plan, standing.first_over, by, at)
    return standing.samples + 1


def _guard_counts(
    plan: RecountPlan, tokenizer_sha256: str, samples: Sequence[Sampled]
) -> None:
    if tokenizer_sha256 != plan.tokenizer_sha256:
        message = "These counts are of another tokenizer file than the plan's."
        raise BadSample(message, pointer="/tokenizer_sha256")
    if not 0 < len(samples) <= MOST_AT_ONCE:
        message = f"Send 1 to {MOST_AT_ONCE:,} samples at once."
        raise BadSample(message, pointer="/samples")
    places = {each.position for each in samples}
    calls = {each.request_id for each in samples}
    if len(places) != len(samples) or len(calls) != len(samples):
        message = "A place and a call stand once in what is sent."
        raise BadSample(message, pointer="/samples")
    highest = queries.standing_of(plan).samples + _MOST_AHEAD
    for n, each in enumerate(samples):
        why = _wrong(each, plan, highest)
        if why:
            raise BadSample(why, pointer=f"/samples/{n}")


def _wrong(each: Sampled, plan: RecountPlan, highest: int) -> str:
    """Why a sample cannot be one, in a sentence that repeats nothing of it."""
    counts = [each.reported, 0 if each.recounted is None else each.recounted]
    if not 1 <= each.position <= highest:
        return "Its place is not one of the next in the order of drawing."
    if not all(0 <= count <= _MOST_TOKENS for count in counts):
        return "A count is a whole number of tokens, not below 0."
    if not CALL_ID.fullmatch(each.request_id) or not SHA256.fullmatch(each.proof):
        return "It is the id of a call, and a proof of 64 hexadecimal digits."
    if not is_drawn(each.proof, plan.rate):
        return "By its proof the call is not drawn at the plan's rate."
    return ""


def _not_received(plan: RecountPlan, samples: Sequence[Sampled]) -> list[Sampled]:
    """Those that are new; one that was received otherwise is refused."""
    rows = RecountSample.objects.filter(plan=plan)
    known = {
        Sampled(*row)
        for row in rows.filter(
            position__in=[each.position for each in samples]
        ).values_list("position", "request_id", "reported", "recounted", "proof")
    }
    places = {each.position for each in known}
    new = [each for each in samples if each not in known]
    drawn = rows.filter(request_id__in=[each.request_id for each in new])
    if any(each.position in places for each in new) or drawn.exists():
        message = "A place or a call was received already, with other figures."
        raise SampleDiffers(message)
    return new


def _metered(plan: RecountPlan, samples: Sequence[Sampled]) -> dict[str, int]:
    """What the meter has of each call, by its id."""
    ids = [each.request_id for each in samples]
    found = {row.request_id: row for row in queries.metered_calls(plan, ids)}
    for n, each in enumerate(samples):
        call = found.get(each.request_id)
        if call is None:
            message = (
                "The meter has no such call of the plan's contract, model and class. "
                "Send its usage first."
            )
            raise UnknownCall(message, pointer=f"/samples/{n}/request_id")
        if call.occurred_at < plan.adopted_at:
            message = "The call is older than the plan: nobody could know it was drawn."
            raise UnknownCall(message, pointer=f"/samples/{n}/request_id")
    return {name: row.tokens for name, row in found.items()}


def _carried_on(plan: RecountPlan, at: datetime) -> Standing:
    """The test after every sample that has none missing before it."""
    before = queries.standing_of(plan)
    coming = queries.samples_in_order(plan, before.samples)
    if not coming:
        return before
    if plan.allowance is None:
        standing = Standing(before.samples + len(coming))
    else:
        standing = carry_on(
            before,
            queries.excesses_of(coming),
            float(plan.allowance.share),
            plan.flag_at,
        )
    RecountStanding.objects.create(
        plan=plan,
        samples=standing.samples,
        wealth=standing.wealth,
        peak=standing.peak,
        total=standing.total,
        squares=standing.squares,
        first_over=standing.first_over,
        reached_at=at,
    )
    return standing


def _flag(plan: RecountPlan, samples: int, by: Actor, at: datetime) -> None:
    """Tell people that more is reported than the allowance explains."""
    CountFlag.objects.create(plan=plan, samples=samples, flagged_at=at)
    agency = plan.contract.agency_id
    post_notice(
        recipients=[
            Recipient(agency, role=role)
            for role in (Role.CONTRACTING_OFFICER, Role.COR)
        ],
        subject=plan.subject,
        title=f"The count of {plan} is flagged",
        body=(
            f"After {samples:,} recounted samples more is reported than the agreed "
            f"allowance explains; of honest counts at most {plan.risk:.2%} are ever "
            "flagged. It is put to the vendor now; no payment is changed by it."
        ),
        url_path=plan.path,
        by=by,
        at=at,
    )
    record_event(
        events.COUNT_FLAGGED,
        subject=plan.subject,
        by=by,
        at=at,
        data={"samples": samples, "risk": f"{plan.risk:f}"},
    )
