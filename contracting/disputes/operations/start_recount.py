"""Start a joint recount on a random sample."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.disputes import calculations, events, permissions
from contracting.disputes.models import DisputeCase, JointRecount
from contracting.disputes.operations.open import _lock_case
from contracting.disputes.queries.cases import findings_of
from contracting.disputes.queries.recounts import calls_behind, margin_on
from contracting.disputes.refusals import RecountImpossible
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation.models import Finding


@transaction.atomic
def start_recount(
    *, case_id: int, finding: str, token_class: str, by: Actor, at: datetime
) -> JointRecount:
    """Fix what is drawn from and how many, and commit to a seed nobody knows yet.

    The population is every call of the difference's day or period in one class, on
    either side. Its hash and the hash of the agency's seed are told to the vendor, who
    then gives a seed of its own: neither side can choose the sample.

    :param finding: public id of a difference of the dispute
    :param token_class: code of the class that is counted anew
    :raises NotAllowed: if ``by`` is neither designated COR nor contracting officer
    :raises RecountImpossible: if the difference is not of this dispute, or no call of
        that class is behind it
    """
    case = _lock_case(case_id)
    on = accounting_day(at, case.order.contract.time_zone)
    require(permissions.can_start_recount(by, case, on))
    subject = _of_the_case(case, finding)
    calls = calls_behind(subject, token_class, at)
    if not calls:
        message = "No call of that class is behind this difference."
        raise RecountImpossible(message, token_class=token_class)
    margin = margin_on(case, at)
    seed = secrets.token_hex(32)
    recount = JointRecount.objects.create(
        case=case,
        finding=subject,
        token_class_code=token_class,
        population=len(calls),
        population_sha256=calculations.population_sha256(calls),
        margin_percent=margin,
        sample_size=calculations.sample_size(len(calls), margin),
        agency_seed=seed,
        commitment=calculations.commitment_of(seed),
        started_by_id=by.own_membership_id,
        started_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=case.order.contract.vendor_id)],
        subject=recount.subject,
        title=f"Join a recount: dispute on {case.order.piid}",
        body=(
            f"{recount.sample_size:,} of {recount.population:,} calls are counted anew "
            "by both of us. Give a seed of your own, and the sample is drawn."
        ),
        url_path=recount.path,
        by=by,
        at=at,
    )
    record_event(
        events.RECOUNT_STARTED,
        subject=recount.subject,
        by=by,
        at=at,
        data={
            "finding": subject.public_id,
            "token_class": token_class,
            "population": recount.population,
            "population_sha256": recount.population_sha256,
            "sample_size": recount.sample_size,
            "commitment": recount.commitment,
        },
    )
    return recount


def _of_the_case(case: DisputeCase, public_id: str) -> Finding:
    for each in findings_of(case):
        if each.public_id == public_id:
            return each
    message = "Choose a difference of this dispute."
    raise RecountImpossible(message, finding=public_id)
