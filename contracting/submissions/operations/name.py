"""Name the people who open the offers on a solicitation."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.refusals import DeadlineFixed
from contracting.solicitations.states import SolicitationState
from contracting.submissions import events, permissions
from contracting.submissions.calculations import is_past
from contracting.submissions.models import Box, OpenerKey, RehearsalOffer
from contracting.submissions.operations.make import make_box
from contracting.submissions.refusals import BoxUnfit, OpenersUnfit
from contracting.submissions.sealing.boxes import MadeBoxes, plain_box
from contracting.submissions.sealing.keys import (
    encrypt,
    encrypt_to,
    fingerprint,
    new_key,
)
from contracting.submissions.sealing.openers import enrolled_people
from contracting.submissions.states import BoxPurpose


@transaction.atomic
def name_openers(
    *,
    solicitation_id: int,
    membership_ids: Sequence[int],
    needed: int,
    by: Actor,
    at: datetime,
    made: MadeBoxes | None = None,
) -> Box:
    """Name n people, k of whom open together, and lay out a box for their rehearsal.

    A rehearsal box holds nothing but random words; k of the openers must read them
    before the package is released. Naming again lays out a new one. Once it is
    released, others are named until the deadline, to be put in place of the openers.

    :param membership_ids: of people of the agency who have enrolled, each once
    :param needed: k; at least 2, and n is at least 2k - 1
    :param made: both boxes as a browser has made them; that of the offers then waits
        for the release, or for the amendment
    :raises DeadlineFixed: of a released package, after the deadline
    :raises BoxUnfit: if those are no boxes for these openers
    :raises NotAllowed: unless ``by`` is a contracting officer and nothing is opened
    :raises OpenersUnfit: for a person who is not enrolled, or too few people
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_name_openers(by, solicitation))
    _require_time(solicitation, at)
    openers = _enrolled(solicitation, membership_ids)
    _require_numbers(needed, len(openers))
    box = make_box(
        solicitation_id=solicitation.pk,
        purpose=BoxPurpose.REHEARSAL,
        needed=needed,
        openers=openers,
        by=by,
        at=at,
        made=made.rehearsal if made else None,
    )
    if made is None:
        _lay_words_into(box)
    else:
        _keep_made(box, made, [key.fingerprint for key, _membership in openers])
    post_notice(
        recipients=[Recipient(user_id=key.user_id) for key, _membership in openers],
        subject=solicitation.subject,
        title=(
            f"You are named to open the {solicitation.response}s on {solicitation.name}"
        ),
        body=(
            f"{needed} of {box.people} people open them together. Rehearse it now: "
            "your box is put to use only when as many have read the rehearsal offer."
        ),
        url_path=f"/solicitations/{solicitation.public_id}/box",
        by=by,
        at=at,
    )
    record_event(
        events.OPENERS_NAMED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "box": box.public_id,
            "needed": needed,
            "people": box.people,
            "prepared": made and fingerprint(made.offers.public_key),
            "openers": [membership.public_id for _key, membership in openers],
        },
    )
    return box


def _require_time(solicitation: Solicitation, at: datetime) -> None:
    is_released = solicitation.state == SolicitationState.RELEASED
    if is_released and is_past(solicitation, at):
        message = (
            "The deadline has passed: no amendment can be issued, so that nobody takes "
            "the place of an opener any more. Those who are left open what is sealed."
        )
        raise DeadlineFixed(message, deadline=solicitation.deadline)


def _lay_words_into(box: Box) -> None:
    words, key = secrets.token_hex(32).encode(), new_key()
    RehearsalOffer.objects.create(
        box=box,
        sealed=encrypt(words, key=key, binding=box.sample_binding),
        wrapped_key=encrypt_to(bytes(box.public_key), key, binding=box.sample_binding),
        plain_sha256=sha256(words).hexdigest(),
    )


def _keep_made(box: Box, made: MadeBoxes, openers: Sequence[str]) -> None:
    wrong = made.wrong(openers)
    if wrong:
        message = (
            f"What your browser has made are no boxes for these openers: {wrong}. Load "
            "the page again, and name them again."
        )
        raise BoxUnfit(message)
    RehearsalOffer.objects.create(
        box=box,
        sealed=made.sample,
        wrapped_key=made.sample_key,
        plain_sha256=made.sample_sha256,
        prepared=plain_box(made.offers),
    )


def _enrolled(
    solicitation: Solicitation, membership_ids: Sequence[int]
) -> list[tuple[OpenerKey, Membership]]:
    named = Membership.objects.in_bulk(membership_ids)
    people = [named[pk].user_id for pk in membership_ids if pk in named]
    if len(set(people)) != len(membership_ids):
        message = "Name each person once, whatever roles they hold."
        raise OpenersUnfit(message)
    able = {
        key.user_id: (key, membership)
        for key, membership in enrolled_people(solicitation.agency_id)
    }
    unfit = [
        str(named[pk].user) for pk in membership_ids if named[pk].user_id not in able
    ]
    if unfit:
        message = (
            f"{', '.join(unfit)} cannot open offers: an opener is of this agency, "
            "belongs to no vendor and has enrolled with a passphrase of their own."
        )
        raise OpenersUnfit(message, unfit=unfit)
    return [able[user_id] for user_id in people]


def _require_numbers(needed: int, people: int) -> None:
    if needed < 2:
        message = "At least two people open the offers together."
        raise OpenersUnfit(message, needed=needed)
    if people < 2 * needed - 1:
        message = (
            f"Where {needed} people open together, name at least {2 * needed - 1}: so "
            f"many may be lost and the offers can still be read."
        )
        raise OpenersUnfit(message, needed=needed, people=people)
