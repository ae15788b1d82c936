"""Analyse the prices and record whether they are reasonable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.evaluations import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.evaluations.models import PriceAnalysis
from contracting.evaluations.pricing.priced import PricedOffer
from contracting.evaluations.refusals import (
    AlreadyDecided,
    NotOpened,
    OffersStillSealed,
    PriceNotComparable,
    ReasonablenessMissing,
    UnbalancedUnexplained,
)
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import OpenedOffer
from contracting.submissions.queries import left_sealed
from contracting.submissions.sealing.openers import able_shares


@transaction.atomic
def analyse_price(
    *,
    solicitation_id: int,
    conclusion: str,
    reasonable_submission_ids: Sequence[int],
    unbalanced_memo: str = "",
    by: Actor,
    at: datetime,
) -> PriceAnalysis:
    """Price every offer on the published workload beside public list, and conclude.

    The arithmetic is kept line by line. A later analysis does not replace the row of an
    earlier one; the last one counts. Its memorandum is printed with the same hash.

    :param reasonable_submission_ids: the offers whose price is fair and reasonable
    :param unbalanced_memo: why flagged prices among them are acceptable all the same
    :raises NotAllowed: unless ``by`` is contracting officer or specialist of the agency
    :raises NotOpened: before the offers are open
    :raises OffersStillSealed: while an offer in time lies under a former key
    :raises AlreadyDecided: once the selection is decided
    :raises ReasonablenessMissing: without a conclusion (R-EVL-07)
    :raises AmendmentNotAcknowledged: for an offer that neither acknowledges an
        amendment nor is waived it (R-SUB-05)
    :raises PriceNotComparable: for an offer that misses a line, prices one at a zero
        that is not confirmed, or is compared by a price put in (R-EVL-05)
    :raises UnbalancedUnexplained: for a flagged offer without a memo (R-EVL-05)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_analyse_price(by, solicitation))
    _require_time(solicitation)
    offers = calculations.priced_offers(solicitation, at.date())
    _require_conclusion(conclusion, offers, reasonable_submission_ids)
    _require_comparable(offers, reasonable_submission_ids, unbalanced_memo)
    findings = calculations.findings(
        solicitation,
        offers,
        conclusion=conclusion,
        unbalanced_memo=unbalanced_memo,
        reasonable=reasonable_submission_ids,
    )
    analysis = PriceAnalysis(
        solicitation=solicitation,
        **findings,
        content_sha256=calculations.findings_sha256(solicitation, findings),
        analysed_by_id=by.own_membership_id,
        analysed_at=at,
    )
    analysis.save()
    _record_memo(analysis, offers, by, at)
    request_document(
        kind="price_memo",
        subject=analysis.subject,
        title=f"Price reasonableness memorandum on {solicitation.piid}",
        number=f"{solicitation.piid}-PM{solicitation.price_analyses.count()}",
        agency_id=solicitation.agency_id,
        context=paperwork.price_memo(analysis),
        content_sha256=analysis.content_sha256,
        version=1,
        by=by,
        at=at,
    )
    record_event(
        events.PRICE_ANALYSED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "analysis": analysis.public_id,
            "workload_sha256": solicitation.workload_sha256,
            "content_sha256": analysis.content_sha256,
        },
    )
    return analysis


def _record_memo(
    analysis: PriceAnalysis, offers: Sequence[PricedOffer], by: Actor, at: datetime
) -> None:
    """The memo lets flagged prices pass: a record of it stands on the package."""
    flagged = [
        f"{offer.vendor}: {', '.join(line.slin for line in offer.unbalanced)}"
        for offer in offers
        if offer.unbalanced
        and offer.submission_id in analysis.reasonable_submission_ids
    ]
    if not flagged:
        return
    solicitation = analysis.solicitation
    override_rule(
        rule="R-EVL-05",
        subject=solicitation.subject,
        title=str(solicitation),
        url_path=solicitation.path,
        reason_code="UNBALANCED_ACCEPTABLE",
        words=f"{'; '.join(flagged)}. {analysis.unbalanced_memo}",
        by=by,
        at=at,
    )


def _require_time(solicitation: Solicitation) -> None:
    if solicitation.state != SolicitationState.OPENED:
        message = "Prices are analysed once the offers are open."
        raise NotOpened(message, state=solicitation.state)
    _require_all_open(solicitation)
    if queries.decision_of(solicitation) is not None:
        message = "The selection is decided; its price analysis stands."
        raise AlreadyDecided(message)


def _require_all_open(solicitation: Solicitation) -> None:
    """What can still be opened counts; what never can be holds up nothing."""
    left = [
        number
        for box, number in left_sealed(solicitation)
        if len(able_shares(box)) >= box.needed
    ]
    if left:
        message = (
            f"{sum(left)} in time are still sealed to a former key. Its openers open "
            "them first: the page of the opening says who."
        )
        raise OffersStillSealed(message, sealed=sum(left))


def _require_conclusion(
    conclusion: str, offers: Sequence[PricedOffer], reasonable: Sequence[int]
) -> None:
    if not calculations.has_words(conclusion):
        message = "Say why the prices are fair and reasonable, or are not."
        raise ReasonablenessMissing(message)
    opened = {offer.submission_id for offer in offers}
    unknown = [number for number in reasonable if number not in opened]
    if unknown:
        message = "Only an opened offer can be found reasonable."
        raise PriceNotComparable(message)


def _require_comparable(
    offers: Sequence[PricedOffer], reasonable: Sequence[int], memo: str
) -> None:
    for offer in offers:
        if offer.submission_id not in reasonable:
            continue
        if offer.missing:
            named = ", ".join(offer.missing)
            message = f"{offer.vendor} has not priced {named}; it cannot be compared."
            raise PriceNotComparable(message, missing=list(offer.missing))
        if offer.unconfirmed or offer.normalised:
            named = ", ".join([*offer.unconfirmed, *offer.normalised])
            message = (
                f"{offer.vendor} has no price of its own that counts for {named}: zero "
                "is not confirmed, or the price was put in to compare the offer by. "
                "It cannot be found reasonable."
            )
            raise PriceNotComparable(message, lines=named)
        if offer.unacknowledged:
            queries.require_acknowledged(
                OpenedOffer.objects.get(submission_id=offer.submission_id)
            )
        if offer.unbalanced and not calculations.has_words(memo):
            named = ", ".join(line.slin for line in offer.unbalanced)
            message = (
                f"{offer.vendor}'s price of {named} is out of balance with its other "
                "prices. Say why it is acceptable, or do not find it reasonable."
            )
            raise UnbalancedUnexplained(message, lines=named)
