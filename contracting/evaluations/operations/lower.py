"""A vendor lowers the prices of its opened offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import UnitPrice
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.calculations import has_words
from contracting.evaluations.models import (
    CountedRate,
    LateModification,
    LoweredRate,
    rates_of,
)
from contracting.evaluations.refusals import ModificationUnfit
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def lower_prices(
    *,
    submission_id: int,
    prices: Mapping[int, UnitPrice],
    words: str,
    by: Actor,
    at: datetime,
) -> LateModification:
    """State lower prices after the opening; they count once the officer accepts them.

    A late modification of an otherwise successful offer that makes its terms more
    favorable to the Government may be accepted at any time it is received (FAR
    52.212-1(f)(2)(ii), R-SUB-02).

    :param prices: by primary key of the line; a line that is left out stays as it is
    :param words: what the signer writes
    :raises NotAllowed: unless ``by`` signs for the vendor whose offer it is
    :raises NotOpened: before the opening, and once it is cancelled or awarded
    :raises ModificationUnfit: without words, for a line that is not priced, for a
        higher price, for a new price of zero, or if nothing is lower (R-SUB-02)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_lower_prices(by, submission))
    queries.require_open(solicitation)
    rates = rates_of(submission.opened_offer)
    _require_lower(rates, prices)
    if not has_words(words):
        message = "Write that you lower your prices; your words are the modification."
        raise ModificationUnfit(message)
    made = LateModification.objects.create(
        submission=submission,
        words=words.strip(),
        submitted_by_id=by.own_membership_id,
        received_at=at,
    )
    for rate in rates:
        stands = UnitPrice(rate.usd_per_million_tokens)
        price = prices.get(rate.line_id, stands)
        LoweredRate.objects.create(
            modification=made,
            line_id=rate.line_id,
            model_id=rate.model_id,
            usd_per_million_tokens=price.usd_per_million_tokens,
        )
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role) for role in roles],
        subject=solicitation.subject,
        title=f"{submission.called} states lower prices on {solicitation.piid}",
        body="They came late, and count only if its offer is selected and an officer "
        "accepts them.",
        url_path=f"/offers/{submission.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.PRICES_LOWERED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-SUB-02",
            "submission": submission.public_id,
            "modification": made.public_id,
        },
    )
    return made


def _require_lower(
    rates: list[CountedRate],
    prices: Mapping[int, UnitPrice],
) -> None:
    stands = {rate.line_id: UnitPrice(rate.usd_per_million_tokens) for rate in rates}
    if set(prices) - set(stands):
        message = "Only prices of lines that the offer has are lowered."
        raise ModificationUnfit(message)
    higher = [pk for pk, price in prices.items() if price > stands[pk]]
    if higher:
        message = "A late modification lowers prices; it raises none."
        raise ModificationUnfit(message, lines=higher)
    lower = [pk for pk, price in prices.items() if price < stands[pk]]
    if not lower:
        message = "No price is lower than it stands."
        raise ModificationUnfit(message)
    if any(prices[pk] == UnitPrice(0) for pk in lower):
        message = "A price is not lowered to nothing: zero would have to be confirmed."
        raise ModificationUnfit(message)
