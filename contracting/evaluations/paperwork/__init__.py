"""What is signed and printed in an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

from contracting.core.quantities import Dollars
from contracting.documents.queries import scanning_words
from contracting.evaluations.discussions import exchanges
from contracting.evaluations.models import (
    ConsensusRating,
    DissentNote,
    FinalRevision,
    PriceAnalysis,
    SelectionDecision,
)
from contracting.evaluations.pricing.comparisons import compared, not_judged
from contracting.evaluations.queries import panel_of, waivers_of
from contracting.requisitions.queries import latest_estimate
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.costs import priced_in_words
from contracting.solicitations.queries import factors_of, lines_of
from contracting.submissions.paperwork import KEPT, LIMITS, PROTECTS, SEALED
from contracting.submissions.queries import offers_of
from contracting.submissions.states import SealingMode


def declaration(solicitation: Solicitation) -> str:
    """What a member of the panel signs; it names the offerors once they are known."""
    named = ", ".join(offer.submission.called for offer in offers_of(solicitation))
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
            {"heading": "Relative importance", "text": solicitation.importance},
            {"heading": "Price reasonableness", "text": analysis.conclusion},
            {"heading": "Unbalanced prices", "text": _unbalanced(analysis)},
            *_waivers(solicitation),
            *_dissents(solicitation),
            *_reasons(decision),
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
        "prices": _prices(analysis),
        "tables": [_arithmetic(analysis)],
        "signatures": [
            {
                "capacity": "Source selection authority",
                "signed_by": authority.user.name,
                "title": authority.role_label,
                "signed_at": decision.decided_at,
            }
        ],
    }


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


def _unbalanced(analysis: PriceAnalysis) -> str:
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
            "offeror": rating.submission.called,
            "factor": rating.factor.name,
            "rating": rating.get_rating_display(),
            "rationale": rating.narrative,
        }
        for rating in agreed
    ]


def _prices(analysis: PriceAnalysis) -> list[dict[str, Any]]:
    return [
        {
            "offeror": row["vendor"],
            "evaluated_price": row["evaluated"],
            **({"with_options": row["with_options"]} if "with_options" in row else {}),
            "list_price": row["at_list"] or "",
        }
        for row in analysis.totals
    ]


def _arithmetic(analysis: PriceAnalysis) -> dict[str, Any]:
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
                "line": _line_words(row),
                **({"usd_per_million_tokens": None} if row.get("figure") else {}),
            }
            for row in analysis.rows
        ],
    }


def _line_words(row: Mapping[str, Any]) -> str:
    """What is priced; where it is no plain unit price, with figure and quantity."""
    said = f"{row['slin']} {row['label']}, {row['model']}".removesuffix(", ")
    return f"{said}: {row['figure']}, {row['basis']}" if row.get("figure") else said


def price_memo(analysis: PriceAnalysis) -> dict[str, Any]:
    """The price reasonableness memorandum (FAR 15.406-3), from the kept analysis."""
    solicitation, author = analysis.solicitation, analysis.analysed_by
    reasonable = [
        row["vendor"]
        for row in analysis.totals
        if row["submission"] in analysis.reasonable_submission_ids
    ]
    found = ", ".join(reasonable) or "no offer"
    return {
        "time_zone": solicitation.time_zone,
        "summary": (
            f"Fair and reasonable on solicitation {solicitation.piid}: {found}; "
            f"{len(analysis.totals)} offers were compared."
        ),
        "facts": [
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Title", "value": solicitation.title, "span": 8},
            {"label": "Analysed", "value": analysis.analysed_at},
            {"label": "Method", "value": analysis.method, "span": 8},
            {
                "label": "SHA-256 of the analysis",
                "value": analysis.content_sha256,
                "shape": "mono",
            },
            {
                "label": "SHA-256 of the published workload",
                "value": solicitation.workload_sha256,
                "shape": "mono",
            },
        ],
        "sections": [
            {"heading": "Purpose", "text": _purpose(solicitation)},
            {"heading": "What is bought", "text": _bought(solicitation)},
            {"heading": "Parties", "text": _parties(analysis)},
            {"heading": "Independent estimate", "text": _estimate(solicitation)},
            {"heading": "Comparison over the volume", "text": _volume(analysis)},
            {"heading": "Prices put in to compare by", "text": _put_in(analysis)},
            {"heading": "Beside public list", "text": _beside_list(analysis)},
            {"heading": "Unbalanced prices", "text": _unbalanced(analysis)},
            {"heading": "Options", "text": _OPTIONS},
            {"heading": "Conclusion", "text": analysis.conclusion},
        ],
        "prices": _prices(analysis),
        "tables": [_arithmetic(analysis), _past(analysis)],
        "signatures": [
            {
                "capacity": "Price analyst",
                "signed_by": author.user.name,
                "title": author.role_label,
                "signed_at": analysis.analysed_at,
            }
        ],
    }


_OPTIONS = (
    "The reference workload covers the whole ordering period. No option is priced "
    "beside it."
)


def _purpose(solicitation: Solicitation) -> str:
    return (
        f"To record whether the prices offered on {solicitation.piid} are fair and "
        "reasonable before anything is awarded, ordered or raised in price by them "
        "(FAR 15.404-1, 15.406-3; R-EVL-07)."
    )


def _bought(solicitation: Solicitation) -> str:
    return (
        f"{solicitation.title}: {priced_in_words(lines_of(solicitation))}, "
        f"up to ${solicitation.maximum_dollars:,} and "
        f"{solicitation.maximum_tokens:,} tokens, ordered from "
        f"{solicitation.ordering_start} to {solicitation.ordering_end}."
    )


def _parties(analysis: PriceAnalysis) -> str:
    offerors = "; ".join(row["vendor"] for row in analysis.totals) or "none"
    return f"{analysis.solicitation.agency.name}. Offerors: {offerors}."


def _estimate(solicitation: Solicitation) -> str:
    estimate = latest_estimate(solicitation.requisition)
    if estimate is None:
        return "No independent estimate is on record."
    low, middle, high = (
        Dollars(value)
        for value in (estimate.p10_dollars, estimate.p50_dollars, estimate.p90_dollars)
    )
    return (
        f"At public list prices known on {estimate.priced_on.isoformat()} the need "
        f"comes to {low} (P10), {middle} (P50) and {high} (P90)."
    )


def _volume(analysis: PriceAnalysis) -> str:
    return str(analysis.usage.get("sentence", "")) or "Not compared over the volume."


def _put_in(analysis: PriceAnalysis) -> str:
    """What the officer put in, and which offers have no rank for want of a price."""
    said = [
        f"{row['vendor']}, {row['slin']}: {row['normalised_as']}."
        for row in analysis.rows
        if row.get("normalised_as")
    ]
    for row in analysis.totals:
        left = [*row["missing_lines"], *row.get("unconfirmed_lines", [])]
        if left:
            named = ", ".join(left)
            said.append(f"{row['vendor']} has no rank: {named} has no price it means.")
    return "\n".join(said) or "None: every line of every offer has a price that counts."


def _beside_list(analysis: PriceAnalysis) -> str:
    """Whether anybody asks more than what everybody pays, line by line."""
    above = [
        f"{row['vendor']}, {row['slin']}: {row['percent_of_list']} % of public list"
        for row in analysis.rows
        if _is_above_list(row)
    ]
    unlisted = sum(row["list_usd_per_million_tokens"] is None for row in analysis.rows)
    said = (
        f"Above public list: {'; '.join(above)}."
        if above
        else ("No price that can be compared lies above public list.")
    )
    if unlisted:
        said += f" {unlisted} prices are not comparable, for want of a list price."
    return said


def _is_above_list(row: Mapping[str, Any]) -> bool:
    """By its price; a class with steps or in a pool by what it comes to."""
    listed = row["list_usd_per_million_tokens"]
    if listed is None or row.get("figure"):
        return bool(row.get("is_above_list"))
    return Decimal(row["usd_per_million_tokens"]) > Decimal(listed)


def _past(analysis: PriceAnalysis) -> dict[str, Any]:
    """Each price beside the other offers and the last award, as a table."""
    rows = compared(analysis.rows)
    return {
        "caption": "Each price beside the lowest other offer and the last award",
        "columns": [
            {"key": "vendor", "label": "Offeror"},
            {"key": "slin", "label": "Line"},
            {"key": "usd_per_million_tokens", "label": "Price", "shape": "price"},
            {"key": "lowest_other", "label": "Lowest other", "shape": "price"},
            {"key": "percent_of_other", "label": "% of it"},
            {
                "key": "past_usd_per_million_tokens",
                "label": "Last award",
                "shape": "price",
            },
            {"key": "past_source", "label": "Which"},
        ],
        "rows": [
            {name: row.get(name) or "" for name in _PAST_COLUMNS}
            for row in rows
            if not row.get("figure")
        ],
    }


_PAST_COLUMNS = (
    "vendor",
    "slin",
    "usd_per_million_tokens",
    "lowest_other",
    "percent_of_other",
    "past_usd_per_million_tokens",
    "past_source",
)


def revision_receipt(revision: FinalRevision) -> dict[str, Any]:
    """The receipt of a final revision: what arrived, when, and its hashes (R-EVL-04).

    As that of an offer (R-SUB-07), but for the offeror, whom the opening has named.
    """
    submission, signer = revision.submission, revision.submitted_by
    solicitation, vendor = submission.solicitation, submission.vendor
    asked = exchanges.revision_request_of(solicitation)
    received = revision.received_at
    cutoff = None if asked is None else asked.cutoff
    mono, mode = {"shape": "mono"}, SealingMode(revision.mode)
    return {
        "time_zone": solicitation.time_zone,
        "summary": "This final revision arrived before the cutoff, complete, and is "
        "sealed.",
        "facts": [
            {"label": "Receipt", "value": revision.public_id},
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Final revision", "value": str(revision.number)},
            {"label": "Receipt completed", "value": received, "span": 6},
            {"label": "Cutoff, inclusive", "value": cutoff, "span": 6},
            {
                "label": "Receipt completed, to the microsecond",
                "value": f"{received.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
            },
            {"label": "Mode of sealing", "value": SEALED[mode]},
            {"label": "Sealed in", "value": revision.get_mode_display()},
            {"label": "Offeror", "value": vendor.name},
            {"label": "UEI", "value": vendor.uei},
            {"label": "CAGE code", "value": vendor.cage},
            {"label": "Submitted by", "value": f"{signer.user}, {signer.role_label}"},
            {"label": "Offer that it revises", "value": submission.public_id},
            {"label": "Issued by", "value": solicitation.agency.name},
            {
                "label": "SHA-256 of the whole content",
                "value": revision.plain_sha256,
                **mono,
            },
            {
                "label": "SHA-256 of the sealed bytes",
                "value": revision.sealed_blob.sha256,
                **mono,
            },
        ],
        "files": revision.files,
        "notes": [
            "The whole offer is stated again. The last revision that arrives before "
            "the cutoff counts; without one the first offer stands.",
            f"{KEPT[mode]} It is sealed to the box of the offers; a quorum of the same "
            "people opens it after the cutoff.",
            PROTECTS[mode],
            "The hashes of the price schedule and of the whole content include a "
            "random part that is sealed with them, and so tell nothing about a price.",
            scanning_words() if mode == SealingMode.SERVER else LIMITS,
            "This paper is printed and sealed after the revision was committed: the "
            "time in its seal is later than the commit.",
        ],
    }
