"""What is printed of a solicitation and of its amendments: plain values only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.documents.calculations import day_words, printed
from contracting.documents.paperwork.addresses import in_boxes, in_lines
from contracting.documents.paperwork.drafts import draft_of
from contracting.documents.rendering import Sheet
from contracting.reference.queries import attachment_labels
from contracting.reference.states import Boundary, PriceStructure
from contracting.solicitations.models import Amendment, Solicitation, SolicitationLine
from contracting.solicitations.publishing.limits import limits_of
from contracting.solicitations.publishing.options import words_of
from contracting.solicitations.publishing.terms import ORDER_LIMITS
from contracting.solicitations.publishing.validity import offers_valid_until
from contracting.solicitations.queries import factors_of, lines_of
from contracting.solicitations.states import SetAside, SynopsisKind

_SET_ASIDE: Final = "Set aside: % for:"
SET_ASIDE_BOXES = {
    SetAside.UNRESTRICTED: ["Unrestricted or"],
    SetAside.SMALL_BUSINESS: [_SET_ASIDE, "Small business"],
    SetAside.HUBZONE: [_SET_ASIDE, "HUBZone small business"],
    SetAside.SDVOSB: [
        _SET_ASIDE,
        "Service-disabled veteran-owned small business (SDVOSB)",
    ],
    SetAside.WOSB: [
        _SET_ASIDE,
        "Women-owned small business (WOSB) eligible under the women-owned small "
        "business program",
    ],
    SetAside.EIGHT_A: [_SET_ASIDE, "8(a)"],
}
"""The boxes of block 10 that each kind of competition ticks."""


def competition_box(solicitation: Solicitation) -> dict[str, Any]:
    """Block 10 of SF 1449: who competes; a set-aside here is always of the whole."""
    set_aside = SetAside(solicitation.set_aside)
    whole = "" if set_aside == SetAside.UNRESTRICTED else "100 % is set aside"
    return {"checked": SET_ASIDE_BOXES[set_aside], "text": whole}


_RELEASED_BY: Final = "Released by"
FactsOf = Callable[[Solicitation], list[dict[str, Any]]]
_ON_THE_SHEET: list[FactsOf] = []


def put_on_the_sheet(facts_of: FactsOf) -> None:
    """Let a later stage, which this one does not know, print facts on the release.

    :param facts_of: gives the facts for one solicitation, once it is released
    """
    if facts_of not in _ON_THE_SHEET:
        _ON_THE_SHEET.append(facts_of)


def deadline_day(solicitation: Solicitation) -> date | None:
    """The day of the deadline in the solicitation's own zone."""
    if solicitation.deadline is None:
        return None
    return accounting_day(solicitation.deadline, solicitation.time_zone)


def solicitation_sheet(
    solicitation: Solicitation, *, issued_by: Actor
) -> dict[str, Any]:
    """Standard form 1449 and its continuation, as of the release (FAR 12.204)."""
    lines = list(lines_of(solicitation))
    return {
        "time_zone": solicitation.time_zone,
        "blocks": _blocks(solicitation),
        "lines": [
            {
                "item": line.slin,
                "description": _described(line),
                "quantity": _quantity(line),
                "unit": line.unit,
            }
            for line in lines
        ],
        "ceilings": [
            {
                "item": "all",
                "description": "All orders under the contract",
                "ceiling_tokens": solicitation.maximum_tokens,
                "ceiling_dollars": solicitation.maximum_dollars,
                "minimum_dollars": solicitation.minimum_dollars,
            }
        ],
        "workload": [
            {"token_class": line.token_class.label, "tokens": line.workload_tokens}
            for line in lines
            if line.token_class is not None and not line.from_tokens
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
        "clauses": [
            {
                "number": row.clause.number,
                "title": row.clause.title,
                "dated": row.clause.valid_from,
                "incorporated": "by reference",
            }
            for row in solicitation.clauses.select_related("clause").order_by(
                "clause__number"
            )
        ],
        "sections": [
            *_announced(solicitation),
            {
                "heading": "Statement of objectives",
                "text": solicitation.statement_of_objectives,
            },
            {
                "heading": "Relative importance of the evaluation factors",
                "text": solicitation.importance,
            },
            {"heading": "AI terms", "text": solicitation.ai_terms},
            *_papers_asked(solicitation),
        ],
        "facts": [
            *_facts(solicitation),
            *(fact for of in _ON_THE_SHEET for fact in of(solicitation)),
        ],
        "notes": [
            f"{solicitation.response.capitalize()}s quote one unit price per million "
            "tokens for each line that asks for no other figure. The reference "
            "workload is the basis of evaluation, no promise of a quantity.",
            f"{_RELEASED_BY} {issued_by.name}, {issued_by.role_label}.",
        ],
    }


def _announced(solicitation: Solicitation) -> list[dict[str, str]]:
    """How the market learned of it: what FAR 12.603(c) has a combined notice say."""
    kind = solicitation.synopsis_kind
    if kind == SynopsisKind.SEPARATE:
        day = solicitation.synopsis_posted_on
        said = f"Synopsis {solicitation.synopsis_id}"
        text = f"{said}, posted {day_words(day)}." if day else f"{said}."
        return [{"heading": "Synopsis (FAR 5.203)", "text": text}]
    if kind != SynopsisKind.COMBINED:
        return []
    asked = "request for quotations" if solicitation.asks_quotations else _PROPOSALS
    text = (
        "This is a combined synopsis and solicitation for commercial products or "
        "commercial services, prepared in accordance with the format in FAR subpart "
        "12.6, as supplemented with additional information included in this notice. "
        "This announcement constitutes the only solicitation; "
        f"{solicitation.response}s are being requested and a written solicitation "
        f"will not be issued. It is issued as a {asked} under number "
        f"{solicitation.piid}; the provisions and clauses are those in force on the "
        f"day of its release. It is {solicitation.get_set_aside_display()}; NAICS "
        f"{solicitation.naics}, size standard {solicitation.size_standard}. Line "
        "items, requirement, place and time, evaluation and clauses stand on the form "
        f"and below, and so does whom to ask ({solicitation.contact_name})."
    )
    heading = "Combined synopsis and solicitation (FAR 12.603)"
    return [{"heading": heading, "text": text}]


_PROPOSALS = "request for proposals"


def _papers_asked(solicitation: Solicitation) -> list[dict[str, str]]:
    """What is attached to each offer (R-SOL-12), as a section if anything is."""
    asked = attachment_labels(solicitation.required_attachments)
    heading = f"To be attached to each {solicitation.response}"
    return [{"heading": heading, "text": "\n".join(asked)}] if asked else []


def kind_of_paper(solicitation: Solicitation) -> str:
    """The form that its release is printed on."""
    return "request_for_quotations" if solicitation.asks_quotations else "solicitation"


def release_sheet(solicitation: Solicitation, *, issued_by: Actor) -> dict[str, Any]:
    """What is printed on that form."""
    if solicitation.asks_quotations:
        return request_for_quotations_sheet(solicitation, issued_by=issued_by)
    return solicitation_sheet(solicitation, issued_by=issued_by)


def release_draft(solicitation: Solicitation, *, by: Actor, at: datetime) -> Sheet:
    """The package as the press takes it before it is numbered and released."""
    sheet = release_sheet(solicitation, issued_by=by)
    notes = [note for note in sheet["notes"] if not note.startswith(_RELEASED_BY)]
    return draft_of(
        kind_of_paper(solicitation),
        title=solicitation.title,
        version=solicitation.version,
        content_sha256=solicitation.content_sha256,
        context={**sheet, "notes": notes},
        author=solicitation.agency.name,
        at=at,
    )


def request_for_quotations_sheet(
    solicitation: Solicitation, *, issued_by: Actor
) -> dict[str, Any]:
    """Standard form 18 and its continuation, as of the release (FAR 53.213(a))."""
    sheet = solicitation_sheet(solicitation, issued_by=issued_by)
    agency = solicitation.agency
    late = (
        "Late quotations are not considered."
        if solicitation.late_rule
        else "A late quotation may be considered until an award is made."
    )
    return {
        **sheet,
        "blocks": {
            "set-aside": _FOR_SMALL[solicitation.set_aside != SetAside.UNRESTRICTED],
            "1": solicitation.piid,
            "2": released_on(solicitation),
            "3": solicitation.requisition.number,
            "5A": _office(solicitation),
            "5B": f"{solicitation.contact_name}\n{solicitation.contact_email}",
            "6": solicitation.ordering_end,
            "7": "Other (see schedule)",
            "9a": agency.name,
            **in_boxes(agency.address, ("9b", "9c", "9d", "9e")),
            "10": solicitation.deadline,
            "12-note": "Are" if sheet["clauses"] else "Are not attached.",
        },
        "notes": [
            "A quotation is not an offer. An award on it is the Government's offer, in "
            f"force once the vendor has accepted it (FAR 13.004). {late}",
            *sheet["notes"],
        ],
    }


_FOR_SMALL = {True: "Is", False: "Is not a small business set-aside"}
"""The boxes at the head of SF 18."""


def _described(line: SolicitationLine) -> str:
    """What is bought, what its figure is of, and under which terms."""
    if line.structure == PriceStructure.UNIT_PRICE:
        return f"{line.description} ({line.asked_for}); {_terms(line)}"
    words = [f"{line.description} ({line.asked_for})", line.structure_words]
    if line.token_class is not None:
        words.append(_terms(line))
    return "; ".join([*words, f"quote {line.quote_words}"])


def _quantity(line: SolicitationLine) -> str:
    if line.is_by_unit:
        return f"{line.workload_units:f}"
    if line.token_class is None or line.from_tokens:
        return ""
    return _million_tokens(line.workload_tokens)


def _terms(line: SolicitationLine) -> str:
    """The terms under which the tokens of a line are used, in words."""
    tier = str(line.tier).replace("_", " ").lower()
    band = "any context" if line.context_band == "ALL" else line.context_band
    return f"{tier} tier, {band}, {Boundary(line.boundary).label}"


def _blocks(solicitation: Solicitation) -> dict[str, Any]:
    agency = solicitation.agency
    return {
        "1": solicitation.requisition.number,
        "5": solicitation.piid,
        "6": released_on(solicitation),
        "7a": f"{solicitation.contact_name}\n{solicitation.contact_email}",
        "8": solicitation.deadline,
        "9": _office(solicitation),
        "10": competition_box(solicitation),
        "10-naics": solicitation.naics,
        "10-size": solicitation.size_standard,
        "11": "See schedule",
        "15": "See schedule: delivered online, through the agency's gateway",
        "14": "Request for proposal (RFP)",
        "16": agency.name,
        "18a": agency.name,
        "27a": "Are",
    }


def _facts(solicitation: Solicitation) -> list[dict[str, Any]]:
    return [
        {"label": "Title", "value": solicitation.title},
        {"label": "Product service code", "value": solicitation.psc},
        {"label": "Awards intended, at most", "value": str(solicitation.most_awards)},
        {"label": "Orders from", "value": solicitation.ordering_start},
        {"label": "Orders until", "value": solicitation.ordering_end},
        *(
            {"label": label, "value": value}
            for name, label in ORDER_LIMITS.items()
            if (value := getattr(solicitation, name)) is not None
        ),
        {"label": "Tolerances", "value": solicitation.tolerances_said},
        *(
            {"label": f"Option {row['number']}", "value": words_of(row)}
            for row in solicitation.options
        ),
        {"label": "Time zone of the deadline", "value": solicitation.time_zone},
        {
            "label": "Prices asked to be good until"
            if solicitation.asks_quotations
            else "Offers stay open until",
            "value": offers_valid_until(solicitation),
        },
        *(
            [{"label": "Questions until", "value": solicitation.questions_until}]
            if solicitation.questions_close_days
            else []
        ),
        {
            "label": f"Alternate {solicitation.response}s",
            "value": _alternates(solicitation),
        },
        {
            "label": f"Limits of {solicitation.response}s",
            "value": " ".join(limits_of(solicitation).sentences),
        },
        {
            "label": "Reference workload, SHA-256",
            "value": solicitation.workload_sha256,
            "shape": "mono",
        },
    ]


def _alternates(solicitation: Solicitation) -> str:
    if not solicitation.alternates_taken:
        return "none are taken"
    most = solicitation.alternates_taken
    return f"up to {most} from each offeror, each evaluated by itself"


def amendment_sheet(
    solicitation: Solicitation, amendment: Amendment, *, issued_by: Actor
) -> dict[str, Any]:
    """Standard form 30 for an amendment of a solicitation (FAR 15.206, 53.243)."""
    is_extended = amendment.new_deadline > amendment.old_deadline
    notes = [
        "Acknowledge this amendment in your offer, by its number, before the hour and "
        "date specified for the receipt of offers."
    ]
    if amendment.new_deadline < amendment.old_deadline:
        notes.append(
            "The hour and date specified for the receipt of offers is earlier than it "
            "was; block 11 states the one in force."
        )
    return {
        "time_zone": solicitation.time_zone,
        "blocks": {
            "2": amendment.number,
            "3": accounting_day(amendment.issued_at, solicitation.time_zone),
            "4": solicitation.requisition.number,
            "6": _office(solicitation),
            "9A": {"checked": "Amendment", "text": solicitation.piid},
            "9B": released_on(solicitation),
            "11": {
                "checked": "Is extended" if is_extended else "Is not extended.",
                "text": amendment.new_deadline,
            },
            "14": _amended(amendment, solicitation.time_zone),
            "16A": f"{issued_by.name}, {issued_by.role_label}",
            "16B": {
                "signed_by": issued_by.name,
                "title": issued_by.role_label,
                "signed_at": amendment.issued_at,
            },
            "16C": accounting_day(amendment.issued_at, solicitation.time_zone),
        },
        "changes": [
            {
                "term": change["term"],
                "before": change["old"],
                "after": change["new"],
            }
            for change in amendment.changes
        ],
        "notes": notes,
    }


def amendment_draft(
    solicitation: Solicitation, amendment: Amendment, *, by: Actor, at: datetime
) -> Sheet:
    """An amendment as the press takes it before somebody signs it.

    :param solicitation: as it would read with the amendment
    """
    return draft_of(
        "modification",
        title=f"Amendment {amendment.number} of {solicitation.piid}",
        version=amendment.version,
        content_sha256=amendment.content_sha256,
        context=amendment_sheet(solicitation, amendment, issued_by=by),
        author=solicitation.agency.name,
        at=at,
        unfilled=("3", "16A", "16C"),
    )


CHANGES_ON_THE_FACE = 4


def _amended(amendment: Amendment, zone: str) -> str:
    """The words, and each change; a longer list stands on the continuation alone."""
    changes = amendment.changes
    if not changes:
        return amendment.summary
    if len(changes) > CHANGES_ON_THE_FACE:
        more = "Every term that changes stands on the continuation."
        return f"{amendment.summary}\n\n{more}"
    told = "\n".join(
        f"{each['term']}: from {printed(each['old'], zone=zone) or 'none'} to "
        f"{printed(each['new'], zone=zone) or 'none'}."
        for each in changes
    )
    return f"{amendment.summary}\n\n{told}"


def _office(solicitation: Solicitation) -> str:
    agency = solicitation.agency
    return in_lines(f"{agency.name} ({agency.aac})", agency.address)


def released_on(solicitation: Solicitation) -> date | None:
    """The day of the release in the solicitation's own zone."""
    if solicitation.released_at is None:
        return None
    return accounting_day(solicitation.released_at, solicitation.time_zone)


def _million_tokens(tokens: int) -> str:
    return f"{Decimal(tokens) / TOKENS_PER_MTOK:f}"
