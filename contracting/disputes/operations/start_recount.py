"""Start a joint recount on a random sample."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.disputes import calculations, events, permissions
from contracting.disputes.models import DisputeCase, JointRecount
from contracting.disputes.operations.open import _lock_case
from contracting.disputes.queries.cases import findings_of
from contracting.disputes.queries.recounts import margin_on, population_of
from contracting.disputes.refusals import RecountImpossible
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reconciliation.models import Finding

_MOST_DAYS: Final = 30


@transaction.atomic
def start_recount(
    *,
    case_id: int,
    finding: str = "",
    token_class: str,
    first_day: date | None = None,
    last_day: date | None = None,
    by: Actor,
    at: datetime,
) -> JointRecount:
    """Fix what is drawn from and how many, and commit to a seed nobody knows yet.

    The population is every call of the difference's day or period in one class, on
    either side. A dispute of the count has no difference: there it is every call of the
    order in the days that are named. Its hash and the hash of the agency's seed are
    told to the vendor, who then gives a seed of its own: neither side can choose the
    sample.

    :param finding: public id of a difference of the dispute, if it has any
    :param first_day: of the days that are counted anew, where it has none; with
        ``last_day``, which is over, at most a month later
    :param token_class: code of the class that is counted anew
    :raises NotAllowed: if ``by`` is neither designated COR nor contracting officer
    :raises RecountImpossible: if the difference is not of this dispute, the days are
        none, or no call of that class is behind it
    """
    case = _lock_case(case_id)
    on = accounting_day(at, case.order.contract.time_zone)
    require(permissions.can_start_recount(by, case, on))
    subject = _of_the_case(case, finding)
    days = (None, None) if subject else _days(first_day, last_day, on)
    recount = JointRecount(
        case=case,
        finding=subject,
        first_day=days[0],
        last_day=days[1],
        token_class_code=token_class,
    )
    calls = population_of(recount)
    if not calls:
        message = "No call of that class is behind it."
        raise RecountImpossible(message, token_class=token_class)
    margin = margin_on(case, at)
    seed = secrets.token_hex(32)
    recount.population = len(calls)
    recount.population_sha256 = calculations.population_sha256(calls)
    recount.margin_percent = margin
    recount.sample_size = calculations.sample_size(len(calls), margin)
    recount.agency_seed = seed
    recount.commitment = calculations.commitment_of(seed)
    recount.started_by_id = by.own_membership_id
    recount.started_at = at
    recount.save(force_insert=True)
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
            "finding": subject.public_id if subject else "",
            "first_day": days[0],
            "last_day": days[1],
            "token_class": token_class,
            "population": recount.population,
            "population_sha256": recount.population_sha256,
            "sample_size": recount.sample_size,
            "commitment": recount.commitment,
        },
    )
    return recount


def _of_the_case(case: DisputeCase, public_id: str) -> Finding | None:
    """The difference that is named; none where the dispute has none."""
    findings = findings_of(case)
    for each in findings:
        if each.public_id == public_id:
            return each
    if not findings and not public_id:
        return None
    message = "Choose a difference of this dispute."
    raise RecountImpossible(message, finding=public_id)


def _days(first: date | None, last: date | None, on: date) -> tuple[date, date]:
    """:raises RecountImpossible: unless they are over, in order, and a month at most"""
    if (
        first is None
        or last is None
        or not first <= last < on
        or (last - first).days > _MOST_DAYS
    ):
        message = (
            "Name the days whose calls are counted anew: over, in order, and at most "
            f"{_MOST_DAYS + 1}."
        )
        raise RecountImpossible(message, pointer="/first_day")
    return first, last
