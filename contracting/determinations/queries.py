"""Determinations as one actor may see them, and what they are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from accounts.states import ReviewField, Role
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.identifiers import next_in_fiscal_year
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.determinations.models import Determination
from contracting.determinations.states import (
    JUSTIFICATIONS,
    DeterminationState,
    Kind,
)
from contracting.reference.queries import threshold


@dataclass(frozen=True, slots=True)
class About:
    """What is determined upon, as the stage that knows it tells it."""

    subject: Subject
    agency_id: int
    title: str
    path: str
    value: Dollars
    kinds: tuple[Kind, ...]
    values: Mapping[Kind, Dollars] = field(default_factory=dict)
    """What one kind is worth, where that is not the value of the whole."""

    def value_of(self, kind: Kind) -> Dollars:
        """By which it is decided who approves it."""
        return self.values.get(kind, self.value)


@dataclass(frozen=True, slots=True)
class Rung:
    """From which value on a justification is approved by whom."""

    above: Dollars
    title: str
    role: Role
    review_field: str = ""


def next_number(agency_id: int, kind: Kind, on: date) -> str:
    """The next number of the agency's fiscal year; hold the agency's lock.

    Justifications (J&A) and all that is determined else (D&F) are counted apart.
    """
    prefix = "JA" if kind in JUSTIFICATIONS else "DF"
    numbered = Determination.objects.filter(agency_id=agency_id)
    return next_in_fiscal_year(prefix, on, numbered)


_SUBJECTS: dict[str, Callable[[Actor, str], About]] = {}


def offer_determinations(prefix: str, about: Callable[[Actor, str], About]) -> None:
    """Let a stage, which this one does not know, have determinations made on it.

    :param prefix: of the public ids that ``about`` finds for an actor, such as ``sol``
    """
    _SUBJECTS[prefix] = about


def about_for(actor: Actor, public_id: str) -> About:
    """What a public id names, if this actor may see it.

    :raises NotVisible: if there is nothing on which anything is determined
    """
    find = _SUBJECTS.get(public_id.partition("_")[0])
    if find is None or not actor.is_agency:
        message = "There is nothing here on which anything is determined."
        raise NotVisible(message)
    return find(actor, public_id)


def get_determination_for(actor: Actor, public_id: str) -> Determination:
    """The determination, for people of its own agency.

    :raises NotVisible: for everybody else
    """
    found = None
    if actor.is_agency:
        found = (
            Determination.objects.filter(
                public_id=public_id, agency_id=actor.organization_id
            )
            .select_related("agency", "made_by__user", "posting")
            .first()
        )
    if found is None:
        message = "There is no such determination."
        raise NotVisible(message)
    determination: Determination = found
    return determination


def determinations_of(subject: Subject) -> QuerySet[Determination]:
    """Every determination on one object, newest first."""
    found: QuerySet[Determination] = (
        Determination.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
        .select_related("made_by__user", "posting")
        .order_by("-pk")
    )
    return found


def approved(subject: Subject, kind: str) -> Determination | None:
    """The last approved determination of a kind on one object, or ``None``."""
    return (
        determinations_of(subject)
        .filter(kind=kind, state=DeterminationState.APPROVED)
        .first()
    )


def approved_kinds(subject: Subject) -> frozenset[str]:
    """The kinds of which an approved determination stands on one object."""
    made = determinations_of(subject).filter(state=DeterminationState.APPROVED)
    return frozenset(made.values_list("kind", flat=True))


def ratified(subject: Subject) -> Dollars:
    """What was ratified on one object so far, whatever became of it (FAR 1.602-3)."""
    made = determinations_of(subject).filter(
        kind=Kind.RATIFICATION, state=DeterminationState.APPROVED
    )
    return total_dollars(Dollars(each.value_dollars) for each in made)


def ladder(on: date) -> list[Rung]:
    """Who approves a justification from which value on (FAR 6.304, 16.505(b)(2)).

    :raises NoThreshold: if an amount of the ladder is not in force on that day
    """
    amounts = [
        Dollars(threshold(code, on).value)
        for code in ("JUSTIFICATION_CO", "JUSTIFICATION_ADVOCATE", "JUSTIFICATION_HCA")
    ]
    reviewer = Role.REVIEWER
    return [
        Rung(Dollars(), "Contracting officer", Role.CONTRACTING_OFFICER),
        Rung(amounts[0], "Competition advocate", reviewer, ReviewField.COMPETITION),
        Rung(amounts[1], "Head of the activity", reviewer, ReviewField.ACTIVITY_HEAD),
        Rung(
            amounts[2],
            "Senior procurement executive",
            reviewer,
            ReviewField.EXECUTIVE,
        ),
    ]
