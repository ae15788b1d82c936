"""Whether an offer is still open for acceptance (FAR 52.212-1(c), R-SUB-09)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from contracting.evaluations.models import OfferExtension
from contracting.evaluations.refusals import OfferExpired
from contracting.solicitations.publishing.validity import offers_valid_until
from contracting.submissions.models import Submission


def extensions_of(submission: Submission) -> QuerySet[OfferExtension]:
    """What the vendor wrote to keep its offer open, first one first."""
    found = OfferExtension.objects.filter(submission=submission)
    return found.select_related("extended_by__user").order_by("pk")


def valid_until(submission: Submission) -> date | None:
    """The last day on which the offer can be accepted; each extension moves it on."""
    last = extensions_of(submission).last()
    if last is not None:
        return last.valid_until
    return offers_valid_until(submission.solicitation)


def prices_no_longer_good(submission: Submission, on: date) -> str:
    """What to warn of where a quotation's prices were stated good until earlier.

    Nobody is bound by that day: a quotation is no option (FAR 13.004(a), R-SUB-11).
    """
    until = valid_until(submission)
    is_quoted = submission.solicitation.asks_quotations
    if not is_quoted or until is None or on <= until:
        return ""
    return (
        f"The prices of {submission.vendor.name} were stated to be good until {until}. "
        "The vendor may decline the award."
    )


def expired_because(submission: Submission, on: date) -> str:
    """Why the offer cannot be accepted on a day any more, if so; never a quotation."""
    until = valid_until(submission)
    is_quoted = submission.solicitation.asks_quotations
    if is_quoted or until is None or on <= until:
        return ""
    return (
        f"The offer of {submission.called} was open until {until} and has "
        "expired. It can be accepted once the vendor extends it in writing."
    )


def require_valid(submission: Submission, on: date) -> None:
    """Insist on an offer that is open for acceptance on a day.

    :raises OfferExpired: if its last day has passed and it is not extended (R-SUB-09)
    """
    because = expired_because(submission, on)
    if because:
        raise OfferExpired(because, valid_until=valid_until(submission))
