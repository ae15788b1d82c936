"""The vendor gives its seed, and the sample is drawn."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.disputes import calculations, events, permissions
from contracting.disputes.models import JointRecount, RecountDraw, SampledCall
from contracting.disputes.operations.open import _lock_case, _tell_agency
from contracting.disputes.queries.recounts import population_of
from contracting.disputes.refusals import RecountImpossible, RecountIncomplete

SHORTEST, LONGEST = 16, 200


@transaction.atomic
def join_recount(*, recount_id: int, seed: str, by: Actor, at: datetime) -> RecountDraw:
    """Draw the sample with both seeds; from now on anybody can draw it again.

    :param seed: 16 to 200 characters of the vendor's own choice
    :raises NotAllowed: unless ``by`` is of the vendor, once, while the dispute is open
    :raises RecountIncomplete: for a seed that is too short or too long
    :raises RecountImpossible: if other calls are there now than the sample was to be
        drawn from; the recount is then started anew
    """
    case_id = JointRecount.objects.values_list("case_id", flat=True).get(pk=recount_id)
    case = _lock_case(case_id)
    recount = JointRecount.objects.select_related(
        "finding__order__contract", "case__order__contract"
    ).get(pk=recount_id)
    require(permissions.can_join_recount(by, recount))
    given = seed.strip()
    if not SHORTEST <= len(given) <= LONGEST:
        message = f"A seed has {SHORTEST} to {LONGEST} characters."
        raise RecountIncomplete(message, pointer="/seed")
    calls = population_of(recount)
    if calculations.population_sha256(calls) != recount.population_sha256:
        message = (
            "Usage or reports have come since, so that there are other calls now than "
            "were fixed. The agency starts the recount anew."
        )
        raise RecountImpossible(message, population=len(calls))
    sample = calculations.drawn(
        calls, recount.sample_size, agency_seed=recount.agency_seed, vendor_seed=given
    )
    draw = RecountDraw.objects.create(
        recount=recount,
        vendor_seed=given,
        drawn_by_id=by.own_membership_id,
        drawn_at=at,
    )
    SampledCall.objects.bulk_create(
        SampledCall(
            recount=recount,
            position=position,
            request_id=call[0],
            attempt=call[1],
            metered_tokens=calls[call][0],
            reported_tokens=calls[call][1],
        )
        for position, call in enumerate(sample, start=1)
    )
    contract = case.order.contract
    _tell_agency(
        contract,
        recount.subject,
        f"The sample of the recount on {case.order.piid} is drawn",
        f"{len(sample):,} calls are to be counted anew by both sides.",
        recount.path,
        by,
        at,
    )
    record_event(
        events.RECOUNT_JOINED,
        subject=recount.subject,
        by=by,
        at=at,
        data={
            "vendor_seed": given,
            "agency_seed": recount.agency_seed,
            "sample_sha256": calculations.population_sha256(sample),
        },
    )
    return draw
