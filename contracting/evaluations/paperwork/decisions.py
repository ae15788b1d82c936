"""The source selection decision on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.core.canonical import plain
from contracting.documents.calculations import instant_words
from contracting.evaluations.discussions import exchanges
from contracting.evaluations.models import (
    ConsensusRating,
    DissentNote,
    SelectionDecision,
)
from contracting.evaluations.paperwork import (
    arithmetic,
    bought,
    prices,
    put_in,
    unbalanced,
)
from contracting.evaluations.queries import panel_of, waivers_of
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import factors_of
from contracting.submissions.queries import offers_of


def decision_content(decision: SelectionDecision) -> dict[str, Any]:
    """What the authority decided, for its hash."""
    return {
        "solicitation": decision.solicitation.public_id,
        "selected": [
            {"offer": each.submission.public_id, "reason": each.reason}
            for each in decision.selections.select_related("submission")
        ],
        "price_analysis": decision.price_analysis.content_sha256,
        "rationale": decision.rationale,
        "decided_by": decision.decided_by.public_id,
        "decided_at": decision.decided_at,
    }


def decision(decision: SelectionDecision) -> dict[str, Any]:
    """The source selection decision on paper (FAR 15.308)."""
    solicitation, analysis = decision.solicitation, decision.price_analysis
    authority = decision.decided_by
    return {
        "time_zone": solicitation.time_zone,
        "summary": (
            f"{decision.named} {_is(decision)} selected on solicitation "
            f"{solicitation.piid}."
        ),
        "facts": [
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Title", "value": solicitation.title, "span": 8},
            {"label": "Selected", "value": decision.named},
            {"label": "Decided", "value": decision.decided_at, "span": 8},
            {"label": "Price analysis", "value": analysis.method, "span": 12},
            {
                "label": "SHA-256 of the price analysis",
                "value": analysis.content_sha256,
                "shape": "mono",
            },
        ],
        "sections": [
            {"heading": "Authority", "text": _authority(decision)},
            {"heading": "Requirement", "text": bought(solicitation)},
            {
                "heading": "Evaluation factors and their relative importance",
                "text": solicitation.importance,
                "table": "factors",
            },
            {"heading": "Offers", "table": "offers"},
            {"heading": "Ratings by factor", "table": "ratings"},
            {
                "heading": "Prices",
                "table": "prices",
                "tables": [arithmetic(analysis)],
            },
            {"heading": "Price reasonableness", "text": analysis.conclusion},
            {"heading": "Normalised prices", "text": put_in(analysis)},
            {"heading": "Unbalanced prices", "text": unbalanced(analysis)},
            *exchanged(solicitation),
            *_waivers(solicitation),
            *_dissents(solicitation),
            *_reasons(decision),
            {
                "heading": "Comparative assessment and trade-off (FAR 15.308)",
                "text": decision.rationale,
            },
            {"heading": "Decision", "text": _decided(decision)},
        ],
        "factors": [
            {
                "number": str(factor.position),
                "factor": factor.name,
                "weight": "price" if factor.is_price else "",
                "description": factor.description,
            }
            for factor in factors_of(solicitation)
        ],
        "offers": _offers(decision),
        "ratings": _ratings(solicitation),
        "prices": prices(analysis),
        "signatures": [
            {
                "capacity": "Source selection authority",
                "signed_by": authority.user.name,
                "title": authority.role_label,
                "signed_at": decision.decided_at,
            }
        ],
    }


def _decided(decision: SelectionDecision) -> str:
    """The decision in a sentence, as the authority's own."""
    return (
        f"Based on my own comparison of the offers against every factor of the "
        f"solicitation, I select {decision.named} for award."
    )


def exchanged(solicitation: Solicitation) -> list[dict[str, str]]:
    """The competitive range and the discussions; that there were none, where so."""
    standings = exchanges.standings_of(solicitation)
    if not standings:
        none = (
            "None: no competitive range was determined and no discussions were held; "
            "the offers are evaluated as they were received (FAR 15.306(a))."
        )
        return [{"heading": "Competitive range and discussions", "text": none}]
    said = [
        f"{each.submission.called}: in the range."
        if each.is_kept
        else f"{each.submission.called}: left out. {each.reason}"
        for each in standings
    ]
    held = exchanges.discussions_of(solicitation)
    named = "; ".join(each.submission.called for each in held) or "nobody"
    asked = exchanges.revision_request_of(solicitation)
    revised = ", ".join(
        f"{each.submission.called} (revision {each.number})"
        for each in exchanges.last_revisions(solicitation)
    )
    after = (
        f"Final revisions were asked of all in the range; received: "
        f"{revised or 'none'}. The cutoff was "
        f"{_cutoff(asked.cutoff, solicitation.time_zone)}."
        if asked
        else "No final revisions were requested."
    )
    return [
        {
            "heading": "Competitive range (FAR 15.306(c))",
            "text": "\n".join(said),
        },
        {
            "heading": "Discussions (FAR 15.306(d), 15.307)",
            "text": f"Held with {named}. {after}",
        },
    ]


def _cutoff(instant: datetime, zone: str) -> str:
    return instant_words(str(plain(instant)), zone)


def _is(decision: SelectionDecision) -> str:
    return "are" if decision.selections.count() > 1 else "is"


def _reasons(decision: SelectionDecision) -> list[dict[str, str]]:
    """Why each of several was selected, as sections; none where one was."""
    return [
        {
            "heading": f"Why {each.submission.vendor.name} is selected",
            "text": each.reason,
        }
        for each in decision.selections.select_related("submission__vendor")
        if each.reason
    ]


def _authority(decision: SelectionDecision) -> str:
    panel = "; ".join(
        f"{member.membership.user.name}, {member.get_role_display()}"
        for member in panel_of(decision.solicitation)
    )
    return (
        "Decided under FAR 15.303 and 15.308 by the source selection authority who was "
        f"designated for this solicitation. The panel: {panel}."
    )


def _waivers(solicitation: Solicitation) -> list[dict[str, str]]:
    """What the officer waived, as a section; none if every offer acknowledged."""
    waived = "\n".join(
        f"{waiver.submission.called}, amendment {waiver.amendment.number}, by "
        f"{waiver.waived_by.user.name}: {waiver.memo}"
        for offer in offers_of(solicitation)
        for waiver in waivers_of(offer.submission)
    )
    heading = "Amendments whose acknowledgement is waived (FAR 14.405(d))"
    return [{"heading": heading, "text": waived}] if waived else []


def _dissents(solicitation: Solicitation) -> list[dict[str, str]]:
    """What evaluators wrote against the consensus, as a section; none if nobody did."""
    notes = DissentNote.objects.filter(consensus__submission__solicitation=solicitation)
    text = "\n".join(
        f"{note.panel_member.membership.user.name} on "
        f"{note.consensus.submission.called}, {note.consensus.factor.name}: "
        f"{note.text}"
        for note in notes.select_related(
            "panel_member__membership__user",
            "consensus__submission__vendor",
            "consensus__factor",
        ).order_by("pk")
    )
    return [{"heading": "Dissents from the consensus", "text": text}] if text else []


def _offers(decision: SelectionDecision) -> list[dict[str, Any]]:
    evaluated = {
        row["submission"]: row["evaluated"] for row in decision.price_analysis.totals
    }
    return [
        {
            "offeror": offer.submission.called,
            "number": str(number),
            "received_at": offer.version.received_at,
            "evaluated_price": evaluated.get(offer.submission_id, ""),
        }
        for number, offer in enumerate(offers_of(decision.solicitation), 1)
    ]


def _ratings(solicitation: Solicitation) -> list[dict[str, Any]]:
    agreed = (
        ConsensusRating.objects.filter(submission__solicitation=solicitation)
        .select_related("submission__vendor", "factor")
        .order_by("factor__position", "submission_id")
    )
    return [
        {
            "offeror": rating.submission.called,
            "factor": rating.factor.name,
            "rating": rating.get_rating_display(),
            "rationale": rating.narrative,
        }
        for rating in agreed
    ]
