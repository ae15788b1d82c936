"""Where a dispute and a claim stand, which sides count anew, what a service owes."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class CaseState(TextChoices):
    """A dispute is asked, answered, and then decided or withdrawn."""

    ASKED = "ASKED", "waiting for the vendor"
    ANSWERED = "ANSWERED", "answered"
    WITHDRAWN = "WITHDRAWN", "withdrawn by the vendor"
    DECIDED = "DECIDED", "decided"


class Stance(TextChoices):
    """What the vendor says of a difference."""

    ACCEPT = "ACCEPT", "we agree with the agency's count"
    CONTEST = "CONTEST", "we contest it"


class Side(TextChoices):
    """Who counts anew."""

    AGENCY = "AGENCY", "the agency"
    VENDOR = "VENDOR", "the vendor"


class ClaimState(TextChoices):
    """A claim waits for the contracting officer's final decision."""

    RECEIVED = "RECEIVED", "waiting for the decision"
    DECIDED = "DECIDED", "decided"


class ServiceMeasure(TextChoices):
    """What of a service is measured, from the meter's own events."""

    AVAILABILITY = "AVAILABILITY", "calls not ended by a fault of the vendor"
    LATENCY_P95 = "LATENCY_P95", "95th percentile of the latency of complete answers"
    RETRIED = "RETRIED", "attempts refused by rate limit or failure and tried again"


class CreditState(TextChoices):
    """A credit for the service is proposed, and then confirmed or declined."""

    PROPOSED = "PROPOSED", "proposed"
    CONFIRMED = "CONFIRMED", "confirmed: due"
    DECLINED = "DECLINED", "declined"


UNITS: Final = {
    ServiceMeasure.AVAILABILITY: "%",
    ServiceMeasure.LATENCY_P95: "ms",
    ServiceMeasure.RETRIED: "%",
}
HIGHER_IS_BETTER: Final = frozenset({ServiceMeasure.AVAILABILITY})

QUERY_DAYS: Final = "DISPUTE_QUERY"
ANSWER_DAYS: Final = "DISPUTE_ANSWER"
RECOUNT_MARGIN: Final = "RECOUNT_MARGIN"
CERTIFIED_ABOVE: Final = "CLAIM_CERTIFICATION"
DECISION_DAYS: Final = "CLAIM_DECISION"
INTEREST_RATE: Final = "PROMPT_PAYMENT_RATE"
"""Codes of the thresholds: days, percent, dollars, days, percent a year."""

MOST_FINDINGS: Final = 200
"""A dispute puts at most so many differences to the vendor at once."""

MOST_CALLS: Final = 2_000
"""An answer names at most so many calls as its sample."""

MOST_COUNTED: Final = 40_000
"""No sample is larger: an endless population asks for 38,416 calls."""

APPEAL_WORDS: Final = (
    "This is the final decision of the Contracting Officer. You may appeal this "
    "decision to the agency board of contract appeals. If you decide to appeal, you "
    "must, within 90 days from the date you receive this decision, mail or otherwise "
    "furnish written notice to the agency board of contract appeals and provide a copy "
    "to the Contracting Officer from whose decision this appeal is taken. The notice "
    "shall indicate that an appeal is intended, reference this decision, and identify "
    "the contract by number.\n\n"
    "With regard to appeals to the agency board of contract appeals, you may, solely "
    "at your election, proceed under the board's small claim procedure for claims of "
    "$50,000 or less or, in the case of a small business concern, $150,000 or less; or "
    "its accelerated procedure for claims of $100,000 or less.\n\n"
    "Instead of appealing to the agency board of contract appeals, you may bring an "
    "action directly in the United States Court of Federal Claims (except as provided "
    "in 41 U.S.C. 7102(d), regarding Maritime Contracts) within 12 months of the date "
    "you receive this decision."
)
"""FAR 33.211(a)(4)(v), to be verified by the contracting office."""

CERTIFICATION_WORDS: Final = (
    "I certify that the claim is made in good faith; that the supporting data are "
    "accurate and complete to the best of my knowledge and belief; that the amount "
    "requested accurately reflects the contract adjustment for which the Contractor "
    "believes the Government is liable; and that I am authorized to certify the claim "
    "on behalf of the Contractor."
)
"""FAR 33.207(c), 41 U.S.C. 7103(b)(1)."""
