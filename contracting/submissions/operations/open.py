"""Open the offers: a quorum of openers, after the deadline, once and for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import events, permissions
from contracting.submissions.calculations import offeror_of
from contracting.submissions.models import Box, ContentKeyWrap, Opening, Submission
from contracting.submissions.operations.attribute import attribute_submission
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.give import give_share
from contracting.submissions.operations.lay_open import lay_open_submission
from contracting.submissions.queries import (
    box_of_version,
    closing_of,
    consents_of,
    end_receiving,
    is_to_close,
    left_sealed,
)
from contracting.submissions.refusals import (
    AlreadyOpened,
    NotOpenForOffers,
    StillSealed,
)
from contracting.submissions.sealing.openers import boxes_of, is_opened
from contracting.submissions.states import OpeningPurpose, SubmissionState


@transaction.atomic
def open_submissions(
    *,
    solicitation_id: int,
    passphrase: str = "",
    share: bytes = b"",
    box_id: int | None = None,
    by: Actor,
    at: datetime,
) -> Solicitation:
    """Give a share to the opening; with the last one that is needed the offers open.

    Where openers were replaced, there is a box of each quorum. Each is opened by its
    own, in whichever order, and opens the offers that are sealed to it.

    The key of the box is put together in memory. With it the last version of each offer
    that was received in time is decrypted, checked against the hash on its receipt, and
    laid open with its prices and with the name of its vendor; then the key is
    discarded. Late and replaced versions stay sealed, and of the late ones the vendor
    is named. If a single seal does not fit, nothing is opened.

    Nothing is opened before receipts are closed and their root is published: if that
    has not been done since the deadline, the first share does it.

    :param share: the opened share, in place of the passphrase
    :param box_id: a former box, if not the one in force
    :raises NotAllowed: unless ``by`` is an opener of the box who belongs to no vendor
        and has not given a share (R-SUB-03)
    :raises StillSealed: up to and including the deadline, whoever asks (R-SUB-03)
    :raises AlreadyOpened: if the offers were opened before
    :raises WrongPassphrase: if the passphrase does not give the opener's key back
    :raises ShareAltered: if a share is not the one that was committed to
    :raises KeySwapped: if the shares belong to another public key
    :raises SealBroken: if sealed bytes were altered or moved
    """
    if is_to_close(solicitation_id, at):
        end_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    box = _box(solicitation, box_id)
    require(permissions.can_open_submissions(by, solicitation, box))
    _require_time(solicitation, box, at)
    if closing_of(solicitation) is None:
        close_receipts(solicitation_id=solicitation.pk, by=by, at=at)
    received = (SubmissionState.SUBMITTED, SubmissionState.LATE)
    sealed = list(
        Submission.objects.locked().filter(
            solicitation=solicitation, state__in=received
        )
    )
    opening, _is_new = Opening.objects.get_or_create(
        box=box,
        purpose=OpeningPurpose.OFFERS,
        defaults={"solicitation": solicitation, "begun_at": at},
    )
    private = give_share(
        opening_id=opening.pk, passphrase=passphrase, share=share, by=by, at=at
    )
    _tell_the_agency(solicitation, opening, is_open=private is not None, by=by, at=at)
    if private is None:
        return solicitation
    opened = _open_all(solicitation, _in_box(box, sealed), private, by=by, at=at)
    _name_the_late(box, sealed, private, by=by, at=at)
    given = consents_of(solicitation, box)
    record_event(
        events.SUBMISSIONS_OPENED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "box": opening.box.public_id,
            "openers": [share.membership.public_id for share in given],
            "opened": opened,
        },
    )
    return solicitation


def _box(solicitation: Solicitation, box_id: int | None) -> Box | None:
    return next(
        (each for each in boxes_of(solicitation) if box_id in (None, each.pk)), None
    )


def _in_box(box: Box | None, submissions: list[Submission]) -> list[Submission]:
    """Those in time that are sealed to this box."""
    in_time = [
        (each, each.version_of_record)
        for each in submissions
        if each.state == SubmissionState.SUBMITTED
    ]
    return [
        each
        for each, version in in_time
        if version is not None and box_of_version(version) == box
    ]


def _require_time(solicitation: Solicitation, box: Box | None, at: datetime) -> None:
    state, word = solicitation.state, solicitation.response
    decided = (SolicitationState.AWARDED, SolicitationState.NO_AWARD)
    if state in decided or (box is not None and is_opened(box)):
        message = f"The {word}s have been opened already."
        raise AlreadyOpened(message)
    if state == SolicitationState.OPENED:
        if box not in [each for each, _count in left_sealed(solicitation)]:
            message = f"No {word} in time is sealed to this key: nothing is to open."
            raise AlreadyOpened(message)
        return
    if state != SolicitationState.RELEASED or solicitation.deadline is None:
        message = "There is nothing to open: this solicitation takes none."
        raise NotOpenForOffers(message)
    if at <= solicitation.deadline:
        message = (
            "The deadline has not passed. Until then nobody opens "
            f"{solicitation.a_response}."
        )
        raise StillSealed(message, deadline=solicitation.deadline)


def _open_all(
    solicitation: Solicitation,
    submissions: list[Submission],
    private: bytes,
    *,
    by: Actor,
    at: datetime,
) -> list[dict[str, Any]]:
    opened = [
        lay_open_submission(submission_id=each.pk, private=private, by=by, at=at)
        for each in submissions
    ]
    if solicitation.state != SolicitationState.OPENED:
        solicitation.move_to(SolicitationState.OPENED)
    return [
        {
            "submission": offer.submission.public_id,
            "receipt": offer.version.public_id,
            "received_at": offer.version.received_at,
            "content_sha256": offer.version.plain_sha256,
            "sealed_sha256": offer.version.sealed_blob.sha256,
        }
        for offer in opened
    ]


def _name_the_late(
    box: Box | None,
    submissions: list[Submission],
    private: bytes,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Their offers stay sealed; who they are, the contracting officer must know."""
    late = ContentKeyWrap.objects.filter(
        box=box,
        version__submission__in=submissions,
        version__submission__vendor__isnull=True,
        version__submission__state=SubmissionState.LATE,
    )
    last = late.order_by("version__submission", "-version__number")
    for wrap in last.distinct("version__submission"):
        attribute_submission(
            submission_id=wrap.version.submission_id,
            version_id=wrap.version_id,
            offeror=offeror_of(wrap, private),
            by=by,
            at=at,
        )


def _tell_the_agency(
    solicitation: Solicitation,
    opening: Opening,
    *,
    is_open: bool,
    by: Actor,
    at: datetime,
) -> None:
    left = opening.box.needed - consents_of(solicitation, opening.box).count()
    word = solicitation.response
    done = f"The {word}s were opened." if is_open else f"{left} more must give a share."
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    openers = [Recipient(user_id=share.user_id) for share in opening.box.shares.all()]
    post_notice(
        recipients=[
            *(Recipient(solicitation.agency_id, role) for role in roles),
            *openers,
        ],
        subject=solicitation.subject,
        title=f"Opening of the {word}s on {solicitation.piid}",
        body=done,
        url_path=f"/solicitations/{solicitation.public_id}/opening",
        by=by,
        at=at,
    )
