"""Put in a price by a stated rule, to compare an offer by."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import PriceNormalisation
from contracting.evaluations.pricing.gaps import open_gap
from contracting.evaluations.refusals import AlreadyNormalised, RuleNotApplicable
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def normalise_price(
    *,
    submission_id: int,
    line_id: int,
    rule: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> PriceNormalisation:
    """Compare an offer all the same: price its open line by a rule that is stated.

    The offer is ranked by it and every table marks the line. It is no price of the
    offeror: nothing is found reasonable, or awarded, by it (R-EVL-05, R-EVL-07).

    :param rule: a :class:`~contracting.evaluations.states.NormalisationRule`
    :raises NotAllowed: unless ``by`` is a contracting officer who may see the prices
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises NothingToClarify: if the line has a price that counts
    :raises AlreadyNormalised: if it was normalised before
    :raises RuleNotApplicable: if the rule gives no price above zero, or without a
        reason (R-EVL-05)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_normalise_price(by, solicitation))
    queries.require_undecided(solicitation)
    gap = open_gap(submission, line_id)
    if gap.normalisation is not None:
        message = f"{gap.line.slin} of this offer is normalised already."
        raise AlreadyNormalised(message)
    if not calculations.has_words(reason):
        message = "Say why the offer is compared by a price that it does not state."
        raise RuleNotApplicable(message)
    price, source = calculations.normalised_price(
        solicitation, submission.pk, gap.line, rule, at.date()
    )
    normalisation = PriceNormalisation.objects.create(
        submission=submission,
        line=gap.line,
        rule=rule,
        usd_per_million_tokens=price.usd_per_million_tokens,
        source=source,
        reason=reason.strip(),
        normalised_by_id=by.own_membership_id,
        normalised_at=at,
    )
    record_event(
        events.PRICE_NORMALISED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": submission.public_id,
            "line": gap.line.slin,
            "rule": rule,
            "reason": normalisation.reason,
        },
    )
    return normalisation
