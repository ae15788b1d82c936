"""Reads of offers: a vendor sees its own receipts, an agency nothing before opening."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import F, Q, QuerySet

from accounts.states import Role
from contracting.audit.queries import events_of
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.documents.models import Document
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.events import RECEIPTS_CLOSED
from contracting.submissions.health.models import IN_TIME
from contracting.submissions.models import (
    Box,
    BoxShare,
    Closing,
    ContentKeyWrap,
    GivenShare,
    InclusionProof,
    LateAdmission,
    OpenedOffer,
    Opening,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import NotOpenForOffers, ReceiptsClosed
from contracting.submissions.sealing.offerors import pseudonym_of
from contracting.submissions.sealing.openers import (
    able_shares,
    boxes_of,
    shares_of,
)
from contracting.submissions.sealing.tree import Proof
from contracting.submissions.states import (
    BoxPurpose,
    OpeningPurpose,
    SubmissionState,
)

_BEFORE_OPENING = (
    SolicitationState.DRAFT,
    SolicitationState.IN_REVIEW,
    SolicitationState.APPROVED,
    SolicitationState.RELEASED,
)

_RECEIVING: Final = "drawdown/receiving"


def hold_receiving(solicitation_id: int) -> None:
    """Share the receiving of offers on a solicitation until the transaction ends.

    Whoever hands in or takes back holds it from the stamp to the commit: the closing
    waits for them, and they do not wait for each other. It is taken before any row.
    """
    _take("pg_advisory_xact_lock_shared", solicitation_id)


def end_receiving(solicitation_id: int) -> None:
    """Wait for everybody who holds the receiving; whoever comes later waits in turn."""
    _take("pg_advisory_xact_lock", solicitation_id)


def receiving_key(solicitation_id: int) -> int:
    """The key of the advisory lock: 64 bits, signed, the same in every process."""
    digest = hashlib.sha256(f"{_RECEIVING}/{solicitation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _take(function: str, solicitation_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.callproc(function, [receiving_key(solicitation_id)])


def submissions_visible_to(actor: Actor) -> QuerySet[Submission]:
    """A vendor's own submissions, for its people and its keys; nobody else's, ever.

    They are found by the pseudonyms of the vendor on every solicitation that was
    released, whether it has an offer or not.
    """
    if not actor.is_vendor or actor.organization_id is None:
        return Submission.objects.none()
    released = Solicitation.objects.filter(released_at__isnull=False)
    pseudonyms = [
        pseudonym_of(public_id, actor.organization_id)
        for public_id in released.values_list("public_id", flat=True)
    ]
    own = Q(vendor_id=actor.organization_id) | Q(pseudonym__in=pseudonyms)
    return _told_of().filter(own, solicitation__in_the_open=False).order_by("-pk")


def _told_of() -> QuerySet[Submission]:
    return Submission.objects.select_related("solicitation__agency", "vendor")


def get_submission_for(actor: Actor, public_id: str) -> Submission:
    """One of the vendor's own submissions.

    :raises NotVisible: for everybody else (R-ROL-07)
    """
    found = _told_of().filter(public_id=public_id).first()
    if found is None or not found.is_of(actor):
        message = "There is no such submission."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def get_receipt_for(actor: Actor, public_id: str) -> SubmissionVersion:
    """One of the vendor's own receipts.

    :raises NotVisible: for everybody else (R-ROL-07)
    """
    found = (
        SubmissionVersion.objects.filter(public_id=public_id)
        .select_related(
            "submission__solicitation__agency",
            "submission__vendor",
            "attribution__submitted_by__user",
            "sealed_blob",
        )
        .first()
    )
    if found is None or not found.submission.is_of(actor):
        message = "There is no such receipt."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def holds_receipt(actor: Actor, paper: Document) -> bool:
    """Whether a printed receipt is of the acting vendor's own offer."""
    of_version = SubmissionVersion.objects.select_related("submission__solicitation")
    version = of_version.filter(pk=paper.subject_id).first()
    if version is None or version.subject.kind != paper.subject_kind:
        return False
    return version.submission.is_of(actor)


def get_opening_for(actor: Actor, public_id: str) -> Solicitation:
    """A released solicitation of the agency, for those who may attend the opening.

    :raises NotVisible: for everybody else
    """
    return _attended(
        actor,
        Solicitation.objects.filter(
            public_id=public_id, released_at__isnull=False, in_the_open=False
        ),
        "There is no such opening.",
    )


def box_of(solicitation: Solicitation) -> Box | None:
    """The box that an offer on a solicitation is sealed to, once it is released."""
    return next(iter(boxes_of(solicitation)), None)


def rehearsal_of(solicitation: Solicitation) -> Box | None:
    """The last rehearsal box, which names the openers."""
    boxes = solicitation.boxes.filter(purpose=BoxPurpose.REHEARSAL)
    return boxes.order_by("-pk").first()


def box_to_come(solicitation: Solicitation) -> Box | None:
    """The rehearsal box of openers who are named, and whose box is not in force yet."""
    rehearsal, box = rehearsal_of(solicitation), box_of(solicitation)
    if rehearsal is None or (box is not None and rehearsal.pk < box.pk):
        return None
    return rehearsal


def share_for(by: Actor, box: Box | None) -> BoxShare | None:
    """The acting person's share of a box."""
    if box is None or not by.is_person:
        return None
    return shares_of(box).filter(user_id=by.own_user_id).first()


def opening_of(box: Box | None, purpose: str) -> Opening | None:
    """The opening of a box for that purpose, once its first share was given."""
    if box is None:
        return None
    return box.openings.filter(purpose=purpose).first()


def given_shares(opening: Opening | None) -> QuerySet[GivenShare]:
    """Who has given a share to an opening, first one first."""
    found = GivenShare.objects.filter(opening_id=opening.pk if opening else 0)
    return found.select_related(
        "share", "membership__user", "membership__organization"
    ).order_by("position")


def missing_for_release(solicitation: Solicitation) -> str:
    """What stands between a package and a box for its offers, in words; or nothing."""
    rehearsal = rehearsal_of(solicitation)
    if rehearsal is None:
        return (
            "Nobody is named to open the offers. Name the openers, and let as many of "
            "them as it takes open the rehearsal offer."
        )
    lost = rehearsal.people - len(able_shares(rehearsal))
    if lost:
        return (
            f"{lost} of the {rehearsal.people} openers can no longer open this box: "
            "they have enrolled again, or left. Name the openers again."
        )
    opening = opening_of(rehearsal, OpeningPurpose.REHEARSAL)
    if opening is None or opening.completed_at is None:
        given = given_shares(opening).count()
        return (
            f"{given} of the {rehearsal.needed} openers that it takes have opened the "
            "rehearsal offer. A box that nobody has ever opened is not put to use."
        )
    return ""


def get_box_for(actor: Actor, public_id: str) -> Solicitation:
    """A solicitation of the agency, for its contracting office and for its openers.

    :raises NotVisible: for everybody else
    """
    return _attended(
        actor,
        Solicitation.objects.filter(public_id=public_id),
        "There is no such box.",
    )


def _attended(
    actor: Actor, asked: QuerySet[Solicitation], otherwise: str
) -> Solicitation:
    own = asked.filter(agency_id=actor.organization_id).select_related("agency")
    found = own.first()
    if found is None or not actor.is_agency or not _attends(actor, found):
        raise NotVisible(otherwise)
    return found


def solicitation_of_agency(actor: Actor, ids: dict[str, str]) -> Solicitation | None:
    """What somebody of the agency has tried to open, whether they may see it or not."""
    if not actor.is_agency:
        return None
    own = Solicitation.objects.filter(agency_id=actor.organization_id)
    return own.filter(public_id=ids.get("solicitation", "")).first()


def boxes_to_open(user_id: int | None) -> list[Solicitation]:
    """The solicitations whose last box, not yet done with, this person opens."""
    found = Solicitation.objects.filter(
        boxes__shares__user_id=user_id or 0, state__in=_BEFORE_OPENING
    )
    return list(found.select_related("agency").distinct().order_by("-pk"))


def _attends(actor: Actor, solicitation: Solicitation) -> bool:
    """Whether this person works on the opening, watches over it, or is an opener."""
    if actor.has_role(Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.AUDITOR):
        return True
    boxes = (*boxes_of(solicitation), rehearsal_of(solicitation))
    return any(share_for(actor, box) for box in boxes)


def closing_of(solicitation: Solicitation) -> Closing | None:
    """The closing of the receipts on a solicitation, once its root is published."""
    return Closing.objects.filter(solicitation=solicitation).first()


def require_not_closed(solicitation: Solicitation, at: datetime) -> None:
    """Let nothing that is stamped in time happen after receipts were closed.

    :raises ReceiptsClosed: for what was stamped before it held the receiving
    """
    if at <= deadline_of(solicitation) and closing_of(solicitation) is not None:
        message = (
            "Receipts in time were closed while this was on its way, and nothing of it "
            "was kept. Send it again: an offer is then received as late and kept."
        )
        raise ReceiptsClosed(message)


def proof_of(version: SubmissionVersion) -> Proof | None:
    """The way of one receipt to the root; none before the closing, or of a late one."""
    row = InclusionProof.objects.filter(version=version).first()
    return None if row is None else row.proof


def receipts_in_time(solicitation: Solicitation) -> QuerySet[SubmissionVersion]:
    """Every version that was received in time, replaced and withdrawn ones too."""
    return (
        SubmissionVersion.objects.filter(IN_TIME, submission__solicitation=solicitation)
        .select_related("submission__solicitation", "sealed_blob")
        .order_by("pk")
    )


def due_to_close(at: datetime) -> list[int]:
    """The solicitations whose receipts the system closes at that instant.

    One that was told of after its deadline, as a demonstration is, is left to whoever
    tells it: its offers have not arrived yet by its own clock.
    """
    due = _to_close(at).filter(
        boxes__purpose=BoxPurpose.OFFERS, boxes__recorded_at__lte=F("deadline")
    )
    return list(due.order_by("deadline", "pk").values_list("pk", flat=True))


def is_to_close(solicitation_id: int, at: datetime) -> bool:
    """Whether the deadline of this one has passed and its root is not published."""
    return _to_close(at).filter(pk=solicitation_id).exists()


def _to_close(at: datetime) -> QuerySet[Solicitation]:
    return Solicitation.objects.filter(
        state=SolicitationState.RELEASED, deadline__lt=at, closing__isnull=True
    )


def submission_of(
    actor: Actor, solicitation: Solicitation, alternate: int = 0
) -> Submission | None:
    """The acting vendor's offer of that number on a solicitation, if there is one.

    :param alternate: which alternate; 0 for the base offer
    """
    return own_submissions(actor, solicitation).filter(alternate=alternate).first()


def own_submissions(actor: Actor, solicitation: Solicitation) -> QuerySet[Submission]:
    """The acting vendor's base offer and alternates on a solicitation, by number."""
    if not actor.is_vendor or actor.organization_id is None:
        return Submission.objects.none()
    own = pseudonym_of(solicitation.public_id, actor.organization_id)
    found = _told_of().filter(solicitation=solicitation, pseudonym=own)
    return found.order_by("alternate")


def receipts_of(submission: Submission) -> QuerySet[SubmissionVersion]:
    """Every version that was received, newest first."""
    return submission.versions.select_related(
        "attribution__submitted_by__user", "sealed_blob"
    ).order_by("-number")


def deadline_of(solicitation: Solicitation) -> datetime:
    """The instant up to which, inclusive, an offer is in time.

    :raises NotOpenForOffers: if the solicitation has none yet
    """
    if solicitation.deadline is None:
        message = "This solicitation takes no offers: it has no deadline."
        raise NotOpenForOffers(message)
    return solicitation.deadline


def amendment_numbers(solicitation: Solicitation) -> list[str]:
    """The amendments issued so far: what an offer must acknowledge."""
    numbers = solicitation.amendments.order_by("number")
    return list(numbers.values_list("number", flat=True))


def unacknowledged(version: SubmissionVersion) -> list[str]:
    """Amendments issued after this version was received, or left out by it."""
    issued = amendment_numbers(version.submission.solicitation)
    acknowledged = version.acknowledgements
    return [number for number in issued if number not in acknowledged]


def consents_of(
    solicitation: Solicitation, box: Box | None = None
) -> QuerySet[GivenShare]:
    """Who has given a share to the opening of the offers, first one first.

    :param box: a former one, if not the box in force
    """
    of_it = box or box_of(solicitation)
    return given_shares(opening_of(of_it, OpeningPurpose.OFFERS))


def box_of_version(version: SubmissionVersion) -> Box | None:
    """The box to which the key of a version is encrypted; none once it is withdrawn."""
    wrap = ContentKeyWrap.objects.select_related("box").filter(version=version).first()
    return None if wrap is None else wrap.box


def is_sealed_to_a_former_key(version: SubmissionVersion) -> bool:
    """Whether other openers have come with an amendment since it was sealed."""
    box = box_of_version(version)
    return box is not None and box != box_of(version.submission.solicitation)


def published_root(solicitation: Solicitation) -> str:
    """The root that the audit recorded when receipts were closed; or empty."""
    recorded = _recorded(solicitation, RECEIPTS_CLOSED.code)
    return next((str(data["root"]) for data in recorded), "")


def _recorded(solicitation: Solicitation, event: str) -> Iterator[dict[str, Any]]:
    for found in events_of(solicitation.subject).filter(event=event):
        yield found.read["data"]


def admitted_late(solicitation: Solicitation) -> QuerySet[LateAdmission]:
    """The late offers that were admitted, with their exceptions."""
    found = LateAdmission.objects.filter(version__submission__solicitation=solicitation)
    return found.select_related(
        "version__submission__vendor", "admitted_by__user"
    ).order_by("pk")


def get_late_submission_for(actor: Actor, public_id: str) -> Submission:
    """A late submission, for its agency once the offers in time are open.

    :raises NotVisible: for everybody else, and before: nobody knows who offers
    """
    found = (
        Submission.objects.filter(
            public_id=public_id,
            solicitation__agency_id=actor.organization_id,
            versions__is_late=True,
        )
        .select_related("solicitation__agency", "vendor")
        .first()
    )
    message = "There is no such late offer."
    if found is None or not actor.is_agency:
        raise NotVisible(message)
    solicitation = found.solicitation
    if not offers_were_opened(solicitation) or not _attends(actor, solicitation):
        raise NotVisible(message)
    return found


def admission_of(submission: Submission) -> LateAdmission | None:
    """The exception under which a late offer is considered, if there is one."""
    return LateAdmission.objects.filter(version__submission=submission).first()


def offers_of(solicitation: Solicitation) -> QuerySet[OpenedOffer]:
    """The opened offers, in the order in which they were received; empty before."""
    return (
        OpenedOffer.objects.filter(submission__solicitation=solicitation)
        .select_related("submission__vendor", "version")
        .prefetch_related("rates__line__token_class", "rates__model")
        .order_by("version__received_at", "pk")
    )


def unopened_after_opening(solicitation: Solicitation) -> QuerySet[Submission]:
    """Late and withdrawn submissions, which stay sealed; empty before the opening.

    A late one is named by the opening; who has withdrawn nobody learns.
    """
    if not offers_were_opened(solicitation):
        return Submission.objects.none()
    left = (SubmissionState.LATE, SubmissionState.WITHDRAWN)
    return (
        solicitation.submissions.filter(state__in=left)
        .select_related("vendor")
        .order_by("pk")
    )


def offers_were_opened(solicitation: Solicitation) -> bool:
    """Whether a quorum has opened the offers: those in one of its boxes at least."""
    opened = solicitation.openings.filter(purpose=OpeningPurpose.OFFERS)
    return opened.filter(completed_at__isnull=False).exists()


def left_sealed(solicitation: Solicitation) -> list[tuple[Box, int]]:
    """Boxes that still hold offers in time, and how many; none before an opening."""
    if not offers_were_opened(solicitation):
        return []
    left = ContentKeyWrap.objects.filter(
        version__submission__solicitation=solicitation,
        version__submission__state=SubmissionState.SUBMITTED,
    )
    found = []
    for box in boxes_of(solicitation):
        wraps = left.filter(box=box).select_related("version__submission")
        held = [w for w in wraps if w.version == w.version.submission.version_of_record]
        if held:
            found.append((box, len(held)))
    return found
