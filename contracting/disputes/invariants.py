"""What must always hold of disputes, recounts, claims and credits for the service."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Q, Sum

from contracting.billing.models import CreditDue
from contracting.core.invariants import Invariant
from contracting.core.periods import accounting_day
from contracting.disputes.calculations import commitment_of
from contracting.disputes.models import (
    CaseFinding,
    Claim,
    EvidenceBundle,
    JointRecount,
    RecountEntry,
    ServiceCredit,
)
from contracting.disputes.states import CERTIFIED_ABOVE
from contracting.reference.queries import threshold


def _closed_disputes_with_open_differences() -> Iterator[str]:
    ended = Q(case__decision__isnull=False) | Q(case__withdrawal__isnull=False)
    still_open = CaseFinding.objects.filter(ended, finding__resolution__isnull=True)
    for item in still_open.select_related("case", "finding").order_by("pk"):
        yield f"dispute {item.case.public_id}: {item.finding.public_id} is open"


def _bundles_that_are_not_their_hash() -> Iterator[str]:
    wrong = EvidenceBundle.objects.exclude(sha256=F("blob__sha256"))
    for bundle in wrong.order_by("pk"):
        yield f"evidence {bundle.public_id}"


def _samples_that_nobody_drew() -> Iterator[str]:
    """The seed is the one committed to, and the order that of both seeds."""
    for recount in JointRecount.objects.select_related("draw").order_by("pk"):
        if commitment_of(recount.agency_seed) != recount.commitment:
            yield f"recount {recount.public_id}: another seed than was committed to"
        if not hasattr(recount, "draw"):
            continue
        seeds = f"{recount.agency_seed}\n{recount.draw.vendor_seed}"
        key = hashlib.sha256(seeds.encode()).digest()
        calls = recount.calls.order_by("position").values_list("request_id", "attempt")
        marks = [
            hmac.digest(key, f"{request}\t{attempt}".encode(), "sha256")
            for request, attempt in calls
        ]
        if marks != sorted(marks) or len(marks) != recount.sample_size:
            yield f"recount {recount.public_id}: its sample is not what its seeds draw"


def _counts_that_are_not_whole() -> Iterator[str]:
    entries = RecountEntry.objects.select_related("recount").order_by("pk")
    for entry in entries:
        if entry.counts.count() != entry.recount.sample_size:
            yield f"counts of {entry.side} in recount {entry.recount.public_id}"


def _claims_that_are_not_certified() -> Iterator[str]:
    claims = Claim.objects.filter(certification="").select_related("contract")
    for claim in claims.order_by("pk"):
        on = accounting_day(claim.received_at, claim.contract.time_zone)
        if claim.dollars > threshold(CERTIFIED_ABOVE, on).value:
            yield f"claim {claim.public_id}"


def _decisions_beyond_the_claim() -> Iterator[str]:
    above = Claim.objects.filter(decision__allowed_dollars__gt=F("dollars"))
    for claim in above.order_by("pk"):
        yield f"claim {claim.public_id}"


def _service_credits_beside_what_is_due() -> Iterator[str]:
    """What is confirmed is due to the cent, and nothing else is."""
    for credit in ServiceCredit.objects.select_related("decision", "order__contract"):
        subject = credit.subject
        due = CreditDue.objects.filter(because_kind=subject.kind, because_id=subject.id)
        sum_due = due.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0)
        is_due = hasattr(credit, "decision") and credit.decision.is_confirmed
        expected = credit.dollars if is_due else Decimal(0)
        if sum_due != expected:
            yield f"credit {credit.public_id}: {expected} confirmed, {sum_due} due"


INVARIANTS = [
    Invariant(
        code="DIS-1",
        sentence="Every difference of a dispute that has ended is closed.",
        check=_closed_disputes_with_open_differences,
    ),
    Invariant(
        code="DIS-2",
        sentence="Every bundle of evidence is the file that its hash names.",
        check=_bundles_that_are_not_their_hash,
    ),
    Invariant(
        code="DIS-3",
        sentence="Every sample is drawn by the seed that was committed to and the "
        "vendor's, in their order and size.",
        check=_samples_that_nobody_drew,
    ),
    Invariant(
        code="DIS-4",
        sentence="Whoever counts a sample anew counts every call of it.",
        check=_counts_that_are_not_whole,
    ),
    Invariant(
        code="DIS-5",
        sentence="Every claim above the threshold of its day is certified.",
        check=_claims_that_are_not_certified,
    ),
    Invariant(
        code="DIS-6",
        sentence="No decision allows more than was claimed.",
        check=_decisions_beyond_the_claim,
    ),
    Invariant(
        code="DIS-7",
        sentence="What is confirmed as a credit for the service is due to the cent.",
        check=_service_credits_beside_what_is_due,
    ),
]
