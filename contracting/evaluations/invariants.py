"""What must always hold of evaluations."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from contracting.core.canonical import content_sha256
from contracting.core.invariants import Invariant
from contracting.evaluations.calculations import unmet_amendments
from contracting.evaluations.models import (
    PanelMember,
    PriceAnalysis,
    Rating,
    SelectedOffer,
    SelectionDecision,
)
from contracting.evaluations.queries import missing_consensus
from contracting.submissions.models import OpenedOffer


def _rated_without_declaring() -> Iterator[str]:
    undeclared = Rating.objects.filter(panel_member__declarations__isnull=True)
    for rating in undeclared.select_related("factor"):
        yield f"rating {rating.pk} on {rating.factor}"


def _two_parts_on_a_panel() -> Iterator[str]:
    twice = (
        PanelMember.objects.values("solicitation_id", "membership__user_id")
        .annotate(parts=Count("pk"))
        .filter(parts__gt=1)
    )
    for row in twice:
        yield f"user {row['membership__user_id']} on {row['solicitation_id']}"


def _decided_too_early() -> Iterator[str]:
    for decision in SelectionDecision.objects.select_related("solicitation"):
        if missing_consensus(decision.solicitation):
            yield f"{decision.public_id}"


def _decided_without_a_reasonable_price() -> Iterator[str]:
    for chosen in SelectedOffer.objects.select_related("decision__price_analysis"):
        reasonable = chosen.decision.price_analysis.reasonable_submission_ids
        if chosen.submission_id not in reasonable:
            yield f"{chosen.decision.public_id}"


def _decided_on_other_terms() -> Iterator[str]:
    chosen = OpenedOffer.objects.filter(submission__selection__isnull=False)
    for offer in chosen.select_related("submission__solicitation", "version"):
        unmet = unmet_amendments(offer)
        if unmet:
            yield f"{offer.submission}: {', '.join(unmet)}"


def _decided_on_no_offer() -> Iterator[str]:
    for decision in SelectionDecision.objects.filter(selections__isnull=True):
        yield f"{decision.public_id}"


def _analyses_that_do_not_match_their_hash() -> Iterator[str]:
    for analysis in PriceAnalysis.objects.select_related("solicitation"):
        findings = {
            "workload_sha256": analysis.solicitation.workload_sha256,
            "rows": analysis.rows,
            "totals": analysis.totals,
            "unbalanced": analysis.unbalanced,
            "method": analysis.method,
            "conclusion": analysis.conclusion,
            "unbalanced_memo": analysis.unbalanced_memo,
            "reasonable_submission_ids": analysis.reasonable_submission_ids,
        }
        if analysis.usage:  # an analysis of before it was kept has none
            findings["usage"] = analysis.usage
        if content_sha256(findings) != analysis.content_sha256:
            yield f"{analysis.public_id}"


def _use_that_does_not_add_up() -> Iterator[str]:
    for analysis in PriceAnalysis.objects.exclude(usage={}):
        evaluated = {row["submission"]: row["evaluated"] for row in analysis.totals}
        for row in analysis.usage["totals"]:
            if row["p50"] != evaluated[row["submission"]]:
                yield f"{analysis.public_id}: {row['vendor']}"


INVARIANTS = [
    Invariant(
        code="EVL-1",
        sentence="Nobody has rated an offer without having declared.",
        check=_rated_without_declaring,
    ),
    Invariant(
        code="EVL-2",
        sentence="One person has one part on a panel.",
        check=_two_parts_on_a_panel,
    ),
    Invariant(
        code="EVL-3",
        sentence="A decision rests on a consensus on every offer and factor.",
        check=_decided_too_early,
    ),
    Invariant(
        code="EVL-4",
        sentence="The selected offer has a price that was found reasonable.",
        check=_decided_without_a_reasonable_price,
    ),
    Invariant(
        code="EVL-5",
        sentence="A price analysis matches its hash.",
        check=_analyses_that_do_not_match_their_hash,
    ),
    Invariant(
        code="EVL-6",
        sentence="The selected offer acknowledges every amendment that is not waived.",
        check=_decided_on_other_terms,
    ),
    Invariant(
        code="EVL-7",
        sentence="At P50, an offer's total is its evaluated price.",
        check=_use_that_does_not_add_up,
    ),
    Invariant(
        code="EVL-8",
        sentence="A selection decision selects an offer.",
        check=_decided_on_no_offer,
    ),
]
