"""What a new package takes over from one that was written before, and what it may not.

Dates, amounts, the number, the synopsis and the limits of competition belong to one
buy and are never taken; neither are questions, amendments, offers and openers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum

from contracting.audit.queries import events_of
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.errors import NotVisible
from contracting.reference.queries import (
    attachment_labels,
    attachments_on,
    clauses_on,
    token_classes,
)
from contracting.requisitions.models import Requisition
from contracting.solicitations import events
from contracting.solicitations.models import Solicitation, SolicitationTemplate
from contracting.solicitations.publishing.terms import TOLERANCES

TAKEN: Final = (
    "statement_of_objectives",
    "naics",
    "size_standard",
    "psc",
    "importance",
    "ai_terms",
    "time_zone",
    "offer_valid_days",
    "questions_close_days",
    "alternates_taken",
    "most_awards",
    "kind",
    "instrument",
    "late_rule",
    "procedure",
    "required_attachments",
    "most_characters",
    "most_files",
    "most_megabytes",
    "most_pages",
    "file_kinds",
    "smallest_order_dollars",
    "largest_item_dollars",
    "largest_order_dollars",
    "order_series_days",
    *TOLERANCES,
)
"""The terms that say what is bought and how offers are judged."""

_NO_TEMPLATE: Final = "There is no such template."

MOST_SHOWN: Final = 25
"""Past packages on one page of choices; words narrow them down."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a new package starts with; what is empty comes from its own need.

    The names of what was left out or renewed are for people, and for the record.
    """

    terms: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[Mapping[str, Any], ...] = ()
    factors: tuple[Mapping[str, Any], ...] = ()
    clause_ids: tuple[int, ...] | None = None
    clauses_renewed: tuple[str, ...] = ()
    clauses_left_out: tuple[str, ...] = ()
    papers_left_out: tuple[str, ...] = ()
    lines_left_out: tuple[str, ...] = ()

    @property
    def told(self) -> dict[str, list[str]]:
        """What differs from the original, as the event keeps it and the page says."""
        return {
            "clauses_renewed": list(self.clauses_renewed),
            "clauses_left_out": list(self.clauses_left_out),
            "papers_left_out": list(self.papers_left_out),
            "lines_left_out": list(self.lines_left_out),
        }


NOTHING: Final = Taken()


def pattern_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a package's content that a copy or a template takes.

    :param content: as :func:`contracting.solicitations.calculations.content` gives it
    """
    known = plain(content)
    return {
        "terms": {name: known["terms"][name] for name in TAKEN},
        "lines": known["lines"],
        "factors": known["factors"],
        "clauses": known["clauses"],
    }


def taken_from(pattern: Mapping[str, Any], on: date) -> Taken:
    """What a package that is started on a day takes over from a pattern.

    A clause comes in the version in force on that day; one that is in force no more is
    left out, and so are papers and classes of tokens that are asked for no more.
    """
    known = pattern["terms"]
    terms = {name: known[name] for name in TAKEN if known.get(name) not in (None, "")}
    papers = attachments_on(on)
    wanted = terms.pop("required_attachments", [])
    if wanted:
        terms["required_attachments"] = [code for code in wanted if code in papers]
    classes = set(token_classes().values_list("code", flat=True))
    in_force = {each.number: each for each in clauses_on(on)}
    clauses = pattern["clauses"]
    stay = [each for each in clauses if each["number"] in in_force]
    return Taken(
        terms=terms,
        lines=tuple(x for x in pattern["lines"] if x["token_class"] in {"", *classes}),
        factors=tuple(pattern["factors"]),
        clause_ids=tuple(in_force[each["number"]].pk for each in stay),
        clauses_renewed=tuple(
            f"{each['number']} {in_force[each['number']].title}"
            for each in stay
            if each["valid_from"] != in_force[each["number"]].valid_from.isoformat()
        ),
        clauses_left_out=tuple(
            f"{each['number']} {each['title']}"
            for each in clauses
            if each["number"] not in in_force
        ),
        papers_left_out=tuple(
            attachment_labels([code for code in wanted if code not in papers])
        ),
        lines_left_out=tuple(
            f"{line['slin']} {line['description']}"
            for line in pattern["lines"]
            if line["token_class"] not in {"", *classes}
        ),
    )


def pattern_sha256(pattern: Mapping[str, Any]) -> str:
    """The hash by which a template says that it still is what was kept."""
    return content_sha256(dict(pattern))


def expected_tokens(requisition: Requisition) -> dict[str, int]:
    """The tokens that a need expects (P50) by code of their class, input first."""
    rows = (
        requisition.estimate_rows.values("token_class__code")
        .annotate(tokens=Sum("p50_tokens"))
        .order_by("token_class_id")
    )
    return {row["token_class__code"]: int(row["tokens"]) for row in rows}


def templates_for(actor: Actor) -> QuerySet[SolicitationTemplate]:
    """The templates in use: the agency's own by name, then those that came along.

    :raises NotVisible: for whoever is of no agency
    """
    return _readable(actor).filter(retired_at__isnull=True).order_by("agency", "name")


def get_template_for(actor: Actor, public_id: str) -> SolicitationTemplate:
    """A template, retired or not, for members of an agency that may read it.

    :raises NotVisible: for everybody else
    """
    found = _readable(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible(_NO_TEMPLATE)
    return found


def _readable(actor: Actor) -> QuerySet[SolicitationTemplate]:
    if not actor.is_agency or not actor.is_person:
        raise NotVisible(_NO_TEMPLATE)
    whose = Q(agency_id=actor.organization_id) | Q(agency__isnull=True)
    found = SolicitationTemplate.objects.filter(whose)
    return found.select_related("kept_from", "kept_by__user")


def with_words(found: QuerySet[Solicitation], words: str) -> QuerySet[Solicitation]:
    """Those that have every one of the words in their number, title or objectives."""
    for word in words.split():
        found = found.filter(
            Q(piid__icontains=word)
            | Q(title__icontains=word)
            | Q(statement_of_objectives__icontains=word)
        )
    return found


def what_was_taken(solicitation: Solicitation) -> dict[str, Any]:
    """From what the package was made and what differs from it; empty if it was not.

    As it was recorded when it was made, whatever has been edited since.
    """
    codes = (events.SOLICITATION_COPIED.code, events.TEMPLATE_USED.code)
    made = events_of(solicitation.subject).filter(event__in=codes).first()
    if made is None:
        return {}
    told: dict[str, Any] = json.loads(made.payload)["data"]
    return told
