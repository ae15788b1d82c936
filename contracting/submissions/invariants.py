"""What must always hold of offers."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.core.invariants import Invariant
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.calculations import counts_as_late, receipt_content
from contracting.submissions.models import (
    Attribution,
    Closing,
    HeldShare,
    OpenedOffer,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.queries import (
    consents_of,
    offers_were_opened,
    published_root,
    receipts_in_time,
)
from contracting.submissions.sealing.openers import boxes_of, is_opened
from contracting.submissions.sealing.tree import leaf_of, root_from
from contracting.submissions.states import BoxPurpose, SubmissionState


def _opened_without_a_quorum() -> Iterator[str]:
    opened = (
        SolicitationState.OPENED,
        SolicitationState.AWARDED,
        SolicitationState.NO_AWARD,
    )
    for solicitation in Solicitation.objects.filter(state__in=opened):
        boxes = boxes_of(solicitation)
        if boxes and not any(is_opened(box) for box in boxes):
            yield f"{solicitation}: by nobody"
        for box in filter(is_opened, boxes):
            people = {consent.user_id for consent in consents_of(solicitation, box)}
            if len(people) != box.needed:
                yield f"{solicitation}: {len(people)} of {box.needed}"


def _held_after_the_opening() -> Iterator[str]:
    for held in HeldShare.objects.filter(given__opening__completed_at__isnull=False):
        yield f"{held}"


def _sealed_without_a_key() -> Iterator[str]:
    boxed = SubmissionVersion.objects.filter(
        submission__solicitation__boxes__purpose=BoxPurpose.OFFERS
    )
    in_force = boxed.exclude(submission__state=SubmissionState.WITHDRAWN)
    for version in in_force.filter(key_wrap__isnull=True).select_related("submission"):
        if version == version.submission.latest_version:
            yield f"{version.public_id}"


def _open_before_the_opening() -> Iterator[str]:
    offers = OpenedOffer.objects.select_related("submission__solicitation")
    for offer in offers:
        solicitation = offer.submission.solicitation
        deadline = solicitation.deadline
        is_early = deadline is None or offer.opened_at <= deadline
        was_sealed = not solicitation.in_the_open
        if is_early or (was_sealed and not offers_were_opened(solicitation)):
            yield f"{offer.submission} of {solicitation}"


def _opened_in_another_version() -> Iterator[str]:
    for offer in OpenedOffer.objects.select_related("submission", "version"):
        if offer.version != offer.submission.version_of_record:
            yield f"{offer.submission}"


def _opened_in_state_only() -> Iterator[str]:
    opened = Submission.objects.filter(state=SubmissionState.OPENED)
    for submission in opened.filter(opened_offer__isnull=True):
        yield f"{submission}"
    laid_open = Submission.objects.filter(opened_offer__isnull=False)
    for submission in laid_open.exclude(state=SubmissionState.OPENED):
        yield f"{submission}"


def _late_against_the_deadline() -> Iterator[str]:
    versions = SubmissionVersion.objects.select_related("submission__solicitation")
    for version in versions:
        deadline = version.submission.solicitation.deadline
        came_late = deadline is None or version.received_at > deadline
        if deadline is None or counts_as_late(version) != came_late:
            yield f"{version.public_id}"


def _outside_the_root() -> Iterator[str]:
    for closing in Closing.objects.select_related("solicitation"):
        rows = {row.version_id: row for row in closing.proofs.all()}
        for version in receipts_in_time(closing.solicitation):
            row, leaf = rows.get(version.pk), leaf_of(receipt_content(version))
            if row is None or root_from(leaf, row.proof) != closing.root:
                yield f"{version.public_id}"


def _another_root_than_recorded() -> Iterator[str]:
    for closing in Closing.objects.select_related("solicitation"):
        moved = closing.deadline != closing.solicitation.deadline
        if moved or closing.root != published_root(closing.solicitation):
            yield f"{closing.solicitation}"


def _named_before_the_opening() -> Iterator[str]:
    sealed = Submission.objects.filter(solicitation__state=SolicitationState.RELEASED)
    for submission in sealed.filter(vendor__isnull=False):
        yield f"{submission}"
    for attribution in Attribution.objects.select_related("version__submission"):
        if attribution.vendor_id != attribution.version.submission.vendor_id:
            yield f"{attribution.version.public_id}"


INVARIANTS = [
    Invariant(
        code="SUB-1",
        sentence="Offers were opened by exactly as many people as their box needs.",
        check=_opened_without_a_quorum,
    ),
    Invariant(
        code="SUB-2",
        sentence="No offer lies open before its deadline and its opening.",
        check=_open_before_the_opening,
    ),
    Invariant(
        code="SUB-3",
        sentence="What lies open is the last version in time, or an admitted one.",
        check=_opened_in_another_version,
    ),
    Invariant(
        code="SUB-4",
        sentence="An offer is in the state opened exactly when it lies open.",
        check=_opened_in_state_only,
    ),
    Invariant(
        code="SUB-5",
        sentence="A version is late exactly when it arrived after the deadline.",
        check=_late_against_the_deadline,
    ),
    Invariant(
        code="SUB-6",
        sentence="No share is kept once its opening is complete.",
        check=_held_after_the_opening,
    ),
    Invariant(
        code="SUB-7",
        sentence="An offer that was not withdrawn has the key of its last version.",
        check=_sealed_without_a_key,
    ),
    Invariant(
        code="SUB-8",
        sentence="Every receipt in time is under the root that closed its receipts.",
        check=_outside_the_root,
    ),
    Invariant(
        code="SUB-9",
        sentence="A root and its deadline are the ones that were published.",
        check=_another_root_than_recorded,
    ),
    Invariant(
        code="SUB-10",
        sentence="No offer names its vendor before the opening; then it names one.",
        check=_named_before_the_opening,
    ),
]
