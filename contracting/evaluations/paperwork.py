"""What is signed and printed in an evaluation."""

from __future__ import annotations

from typing import Any

from contracting.evaluations.calculations import not_judged
from contracting.evaluations.models import (
    ConsensusRating,
    DissentNote,
    SelectionDecision,
)
from contracting.evaluations.queries import panel_of, waivers_of
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import factors_of
from contracting.submissions.queries import offers_of


def declaration(solicitation: Solicitation) -> str:
    """What a member of the panel signs; it names the offerors once they are known."""
    named = ", ".join(offer.submission.vendor.name for offer in offers_of(solicitation))
    offerors = f" The offerors are: {named}." if named else ""
    return (
        f"I will disclose no source selection information about {solicitation.piid} to "
        "anybody who is not authorized to receive it (FAR 3.104). I have answered "
        "truly whether I, or somebody close to me, has an interest in any offeror that "
        f"could keep me from judging fairly (FAR 9.505).{offerors}"
    )


def decision_content(decision: SelectionDecision) -> dict[str, Any]:
    """What the authority decided, for its hash."""
    return {
        "solicitation": decision.solicitation.public_id,
        "selected": decision.selected.public_id,
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
            f"{decision.selected.vendor.name} is selected on solicitation "
            f"{solicitation.piid}."
        ),
        "facts": [
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Title", "value": solicitation.title, "span": 8},
            {"label": "Selected offeror", "value": decision.selected.vendor.name},
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
            {"heading": "Relative importance", "text": solicitation.importance},
            {"heading": "Price reasonableness", "text": analysis.conclusion},
            {"heading": "Unbalanced prices", "text": _unbalanced(decision)},
            *_waivers(solicitation),
            *_dissents(solicitation),
            {"heading": "Decision and rationale", "text": decision.rationale},
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
        "prices": _prices(decision),
        "tables": [_arithmetic(decision)],
        "signatures": [
            {
                "capacity": "Source selection authority",
                "signed_by": authority.user.name,
                "title": authority.role_label,
                "signed_at": decision.decided_at,
            }
        ],
    }


def _authority(decision: SelectionDecision) -> str:
    panel = "; ".join(
        f"{member.membership.user.name}, {member.get_role_display()}"
        for member in panel_of(decision.solicitation)
    )
    return (
        "Decided under FAR 15.303 and 15.308 by the source selection authority who was "
        f"designated for this solicitation. The panel: {panel}."
    )


def _unbalanced(decision: SelectionDecision) -> str:
    analysis = decision.price_analysis
    unjudged = "; ".join(
        f"{row['vendor']}, {', '.join(row['lines'])}"
        for row in not_judged(analysis.totals)
    )
    left = f" Not judged, for want of list prices: {unjudged}." if unjudged else ""
    if not analysis.unbalanced:
        which = "No price that could be judged" if unjudged else "No price"
        return f"{which} is out of balance with the other prices of its offer.{left}"
    flagged = "; ".join(
        f"{row['vendor']}, {row['slin']}: {row['percent_of_list']} % of list, its "
        f"other prices {row['percent_of_list_of_others']} %"
        for row in analysis.unbalanced
    )
    return f"Flagged: {flagged}. {analysis.unbalanced_memo}{left}".strip()


def _waivers(solicitation: Solicitation) -> list[dict[str, str]]:
    """What the officer waived, as a section; none if every offer acknowledged."""
    waived = "\n".join(
        f"{waiver.submission.vendor.name}, amendment {waiver.amendment.number}, by "
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
        f"{note.consensus.submission.vendor.name}, {note.consensus.factor.name}: "
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
            "offeror": offer.submission.vendor.name,
            "number": offer.submission.public_id,
            "received_at": offer.version.received_at,
            "evaluated_price": evaluated.get(offer.submission_id, ""),
        }
        for offer in offers_of(decision.solicitation)
    ]


def _ratings(solicitation: Solicitation) -> list[dict[str, Any]]:
    agreed = (
        ConsensusRating.objects.filter(submission__solicitation=solicitation)
        .select_related("submission__vendor", "factor")
        .order_by("factor__position", "submission_id")
    )
    return [
        {
            "offeror": rating.submission.vendor.name,
            "factor": rating.factor.name,
            "rating": rating.get_rating_display(),
            "rationale": rating.narrative,
        }
        for rating in agreed
    ]


def _prices(decision: SelectionDecision) -> list[dict[str, Any]]:
    return [
        {
            "offeror": row["vendor"],
            "evaluated_price": row["evaluated"],
            "list_price": row["at_list"] or "",
        }
        for row in decision.price_analysis.totals
    ]


def _arithmetic(decision: SelectionDecision) -> dict[str, Any]:
    return {
        "caption": "Prices on the reference workload, line by line",
        "columns": [
            {"key": "vendor", "label": "Offeror"},
            {"key": "line", "label": "Line"},
            {"key": "workload_tokens", "label": "Tokens", "shape": "tokens"},
            {"key": "usd_per_million_tokens", "label": "Price", "shape": "price"},
            {"key": "amount", "label": "Amount", "shape": "dollars"},
            {
                "key": "list_usd_per_million_tokens",
                "label": "List price",
                "shape": "price",
            },
            {"key": "list_amount", "label": "At list", "shape": "dollars"},
        ],
        "rows": [
            {
                **{name: value for name, value in row.items() if name != "submission"},
                "line": f"{row['slin']} {row['label']}, {row['model']}",
            }
            for row in decision.price_analysis.rows
        ],
    }
