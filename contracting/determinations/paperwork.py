"""A determination and findings, a justification, and what the public gets of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.models import Membership
from accounts.states import Role
from contracting.approvals.models import Decision
from contracting.approvals.queries import latest_route_of
from contracting.approvals.states import Decided
from contracting.core.canonical import plain
from contracting.determinations.models import Determination
from contracting.determinations.states import NEEDS_EVIDENCE, PARTS, Kind
from contracting.documents.calculations import printed
from contracting.documents.paperwork.addresses import in_lines
from contracting.documents.paperwork.redaction import Withheld, redacted
from contracting.reference.queries import rule_words

CITED: Final[Mapping[Kind, str]] = {
    Kind.RESPONSE_WINDOW: "FAR 5.203(b), (c)",
    Kind.RULE_OF_TWO: "FAR 19.502-2",
    Kind.BRAND_NAME: "FAR 11.105, 6.303-2",
    Kind.OTHER_THAN_FULL: "FAR 6.303-2",
    Kind.CIO_WAIVER: "OMB M-26-04",
    Kind.CANCELLATION: "FAR 14.209, 15.206(e)",
    Kind.SINGLE_AWARD: "FAR 16.504(c)(1)(ii)(D)",
    Kind.COMPELLING_REASON: "FAR 9.405(a)",
    Kind.BAN_WAIVER: "the ban itself, which lets the head of the agency waive it",
    Kind.LONG_TERM: "FAR 17.204(e)",
    Kind.LATE_INTENT: "FAR 52.217-9",
    Kind.SMALL_OFFICE: "the agency's rule on the separation of duties",
    Kind.FAIR_OPPORTUNITY: "FAR 16.505(b)(2)(ii)(B)",
    Kind.RATIFICATION: "FAR 1.602-3",
}
"""On what each kind rests where its writer names nothing else."""

_DETERMINED: Final[Mapping[Kind, str]] = {
    Kind.RESPONSE_WINDOW: (
        "the response time gives potential offerors a reasonable opportunity to respond"
    ),
    Kind.RULE_OF_TWO: (
        "offers from two or more responsible small businesses, at fair market prices, "
        "are not reasonably expected"
    ),
    Kind.CIO_WAIVER: "the requirement is waived as the document named below grants it",
    Kind.CANCELLATION: "cancelling the solicitation is in the Government's interest",
    Kind.SINGLE_AWARD: (
        "an indefinite-delivery contract of this value may be awarded to a single "
        "source"
    ),
    Kind.COMPELLING_REASON: (
        "a compelling reason justifies an award to the excluded vendor"
    ),
    Kind.BAN_WAIVER: "the ban is waived for this action",
    Kind.LONG_TERM: "a period of more than five years is approved",
    Kind.LATE_INTENT: "the option may be exercised although its notice came late",
    Kind.SMALL_OFFICE: (
        "one person may take two of the parts of requester, certifier and signer"
    ),
    Kind.RATIFICATION: (
        "what was used beyond the funds, up to the value above, is ratified and may be "
        "funded"
    ),
}

_TITLES: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.FAIR_OPPORTUNITY: (
        "Justification for an Exception to Fair Opportunity",
        "justification (FAR 16.505(b)(2)(ii)(B))",
    ),
    Kind.OTHER_THAN_FULL: (
        "Justification for Other Than Full and Open Competition",
        "justification (FAR 6.303-2)",
    ),
    Kind.BRAND_NAME: (
        "Justification for a Brand Name",
        "justification (FAR 11.105, 6.303-2)",
    ),
}


def kind_of_paper(determination: Determination) -> str:
    """Which paper prints it."""
    return "justification" if determination.is_justification else "determination"


def title_of(determination: Determination) -> str:
    """What its paper is called."""
    named = determination.get_kind_display().capitalize()
    return f"{named}: {determination.subject_title}"[:240]


def sheet(determination: Determination) -> dict[str, Any]:
    """The paper of what stands: a justification, or a determination and findings."""
    if determination.is_justification:
        return justification(determination)
    return findings(determination)


def findings(determination: Determination) -> dict[str, Any]:
    """The determination and findings, in the parts of FAR 1.704."""
    kind = Kind(determination.kind)
    evidence = determination.document_sha256
    granted = (
        " It is granted by the document whose SHA-256 stands above."
        if kind in NEEDS_EVIDENCE
        else ""
    )
    return {
        **_head(determination),
        "summary": (
            f"Determination and findings: {determination.get_kind_display()}, on "
            f"{determination.subject_title}."
        ),
        "facts": [
            *_facts(determination),
            *(
                [
                    {
                        "label": "SHA-256 of the document that grants it",
                        "value": evidence,
                        "shape": "mono",
                    }
                ]
                if evidence
                else []
            ),
        ],
        "sections": [
            {"heading": "Action", "text": _action(determination)},
            {"heading": "Authority", "text": _authority(determination)},
            {"heading": "Findings", "text": determination.text},
            *({"heading": label, "text": words} for label, words in determination.said),
            {
                "heading": "Determination",
                "text": (
                    "On the basis of these findings it is determined under the "
                    f"authority cited that {_DETERMINED[kind]}.{granted}"
                ),
            },
            {
                "heading": "Expiration",
                "text": (
                    "It is for this action alone. Authority to act under it expires "
                    "when it is exercised (FAR 1.706(b))."
                ),
            },
        ],
        "signatures": _signatures(determination),
    }


def justification(determination: Determination) -> dict[str, Any]:
    """The justification, part by part as its regulation lists them."""
    heading, basis = _TITLES[Kind(determination.kind)]
    parts = [{"heading": label, "text": words} for label, words in determination.said]
    need = [each for each in parts if each["heading"] == _need(determination)]
    rest = [each for each in parts if each not in need]
    return {
        **_head(determination),
        "heading": heading,
        "basis": basis,
        "facts": _facts(determination),
        "sections": [
            {"heading": "Nature of the action", "text": _action(determination)},
            *need,
            {"heading": "Authority", "text": _authority(determination)},
            {"heading": "Why it is used", "text": determination.text},
            *rest,
            {
                "heading": "Contracting officer's certification",
                "text": _certified(determination),
            },
            {"heading": "Approving official's determination", "text": _APPLIES},
        ],
        "signatures": _signatures(determination),
    }


def _certified(determination: Determination) -> str:
    """The certification with the name of the officer who gives it by signing."""
    cited = (
        "FAR 16.505(b)(2)(ii)(B)"
        if determination.kind == Kind.FAIR_OPPORTUNITY
        else "FAR 6.303-2(b)(12)"
    )
    officer = certifier_of(determination)
    named = f"I, {officer.user.name}, contracting officer," if officer else "I"
    return (
        f"{named} certify that this justification is accurate and complete to the best "
        f"of my knowledge and belief ({cited}). The signature below gives it."
    )


_APPLIES: Final = (
    "Whoever approves it below determines that the circumstances which it describes "
    "apply to this action."
)


def certifier_of(determination: Determination) -> Membership | None:
    """The contracting officer whose certification a justification bears.

    Who wrote it, if that is one; else the first contracting officer who approved it.
    """
    if determination.made_by.role == Role.CONTRACTING_OFFICER:
        return determination.made_by
    for each in _approvals(determination):
        if each.membership.role == Role.CONTRACTING_OFFICER:
            return each.membership
    return None


def released(
    determination: Determination,
    *,
    withheld: Sequence[Withheld],
    place: str,
) -> dict[str, Any]:
    """The public copy of a justification: what is withheld is nowhere in it.

    The passages are cut out of the plain values before anything is printed, so that
    neither a page nor the attachment holds them. It names no hash of the full text,
    which would let a short passage be guessed.
    """
    full = in_words(determination)
    left_out = len(withheld)
    note = (
        f"Public copy. {left_out} passage{'s are' if left_out > 1 else ' is'} "
        "withheld; each place names the exemption."
        if left_out
        else "Public copy. Nothing is withheld."
    )
    copy: dict[str, Any] = redacted(full, withheld)
    return {**copy, "summary": note, "notes": [f"Posted: {place}."]}


def in_words(determination: Determination) -> dict[str, Any]:
    """The justification as it is read: each figure and day as it is printed.

    What is withheld is looked for in it, since people name what they read.
    """
    full: dict[str, Any] = plain(justification(determination))
    zone = determination.agency.time_zone
    return {
        **full,
        "facts": [
            {
                "label": fact["label"],
                "value": printed(fact["value"], fact.get("shape", "text"), zone),
                "span": fact.get("span", 4),
            }
            for fact in full["facts"]
        ],
        "signatures": [
            {**each, "signed_at": printed(each["signed_at"], zone=zone)}
            for each in full["signatures"]
        ],
    }


def _need(determination: Determination) -> str:
    return dict(PARTS[Kind(determination.kind)])["need"]


def _head(determination: Determination) -> dict[str, Any]:
    return {
        "time_zone": determination.agency.time_zone,
        "subject": determination.subject_title,
    }


def _facts(determination: Determination) -> list[dict[str, Any]]:
    agency = determination.agency
    return [
        {
            "label": "Agency and contracting activity",
            "value": in_lines(agency.name, agency.address, agency.aac),
            "span": 8,
        },
        {
            "label": "Estimated value",
            "value": determination.value_dollars,
            "shape": "dollars",
        },
        {"label": "About", "value": determination.subject_title, "span": 8},
        {"label": "Rule", "value": determination.rule},
        {"label": "Stands since", "value": determination.decided_at, "span": 12},
    ]


def _action(determination: Determination) -> str:
    about = determination.subject_title
    named = determination.get_kind_display()
    return f"Approval of a {named} on: {about}."


def _authority(determination: Determination) -> str:
    cited = CITED[Kind(determination.kind)]
    said = determination.authority or cited
    words = rule_words(determination.rule, determination.made_at)
    asked = f" It answers {words.rule}: {words.sentence}" if words else ""
    return f"{said}.{asked}"


def _capacity(determination: Determination, *, is_certified: bool) -> str:
    if is_certified:
        return "Written, and certified by the contracting officer"
    if determination.is_reviewed:
        return "Written by"
    if Kind(determination.kind) in NEEDS_EVIDENCE:
        return "Recorded by; signed by the official who granted it in that document"
    return "Signed by the determining official"


def _approvals(determination: Determination) -> list[Decision]:
    """Everybody's word along its route, where it has one."""
    route = latest_route_of(determination.subject)
    if not determination.is_reviewed or route is None:
        return []
    approvals = route.decisions.filter(verdict=Decided.CONCUR)
    return list(approvals.select_related("membership__user", "step").order_by("pk"))


def _signatures(determination: Determination) -> list[dict[str, Any]]:
    """Who wrote it, and everybody who approved it along its route."""
    author = determination.made_by
    officer = certifier_of(determination) if determination.is_justification else None
    made = [
        {
            "capacity": _capacity(determination, is_certified=officer == author),
            "signed_by": author.user.name,
            "title": author.role_label,
            "signed_at": determination.made_at,
        }
    ]
    return made + [
        {
            "capacity": (
                f"Certified, and approved by the {each.step.label}"
                if officer == each.membership != author
                else f"Approved by the {each.step.label}"
            ),
            "signed_by": each.membership.user.name,
            "title": each.membership.role_label,
            "signed_at": each.at,
        }
        for each in _approvals(determination)
    ]
