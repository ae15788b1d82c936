"""What several pages of an evaluation show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms as django_forms
from django.http import QueryDict

from accounts.states import Role
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.evaluations import calculations, queries
from contracting.evaluations.states import spread
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import OpenedOffer

FormClass = type[django_forms.Form]

FEWEST: Final = 2
"""Offers that can be set against each other."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Which offers stand side by side, under which names, and on what they differ.

    Each has its name in ``shown_as``: its vendor's, or a letter that is the same for
    everybody who reads it.
    """

    everybody: list[OpenedOffer]
    offers: list[OpenedOffer]
    hides_names: bool
    only_differences: bool

    def rows(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows of the matrix that are shown.

        A factor is left out only where the panel gave every shown offer one rating.
        """
        return [row for row in found if not (self.only_differences and _is_even(row))]


def compared(asked: QueryDict, offers: list[OpenedOffer]) -> Compared:
    """What the address of the page asks for; what nobody knows counts for nothing."""
    hides_names = asked.get("names") == "hidden"
    by_id = sorted(offers, key=lambda each: each.submission.public_id)
    for number, offer in enumerate(by_id):
        letter = calculations.letters(number)
        offer.shown_as = (  # type: ignore[attr-defined]
            f"Offeror {letter}" if hides_names else offer.submission.called
        )
    wanted = set(asked.getlist("offer"))
    picked = [each for each in offers if each.submission.public_id in wanted]
    everybody = by_id if hides_names else offers
    shown = [each for each in everybody if each in picked]
    return Compared(
        everybody=everybody,
        offers=shown if len(shown) >= FEWEST else everybody,
        hides_names=hides_names,
        only_differences=asked.get("show") == "differences",
    )


def _is_even(row: dict[str, Any]) -> bool:
    ratings = {cell["consensus"] and cell["consensus"].rating for cell in row["cells"]}
    return len(ratings) == 1 and None not in ratings


def matrix(
    actor: Actor, solicitation: Solicitation, offers: list[OpenedOffer]
) -> list[dict[str, Any]]:
    """Rows of factors, columns of offers: consensus, spread, and who still owes what.

    How far the evaluators lie apart is shown once all of them have locked.
    """
    table = queries.rating_table(solicitation)
    member = queries.panel_member_of(actor, solicitation)
    return [
        {
            "factor": factor,
            "cells": [_cell(actor, table, member, offer, factor) for offer in offers],
        }
        for factor in queries.rated_factors(solicitation)
    ]


def _cell(
    actor: Actor,
    table: queries.RatingTable,
    member: Any,
    offer: OpenedOffer,
    factor: EvaluationFactor,
) -> dict[str, Any]:
    key = (offer.submission_id, factor.pk)
    rated = table.rated.get(key, {})
    locked = table.locked.get(offer.submission_id, set())
    everybody = {each.pk for each in table.evaluators}
    is_closed = bool(everybody) and everybody <= locked
    sees = actor.has_role(*_OVERSEES) or (member is not None and member.pk in locked)
    return {
        "offer": offer,
        "consensus": table.agreed.get(key),
        "own": rated.get(member.pk) if member is not None else None,
        "own_is_locked": member is not None and member.pk in locked,
        "owing": [e.membership.user for e in table.evaluators if e.pk not in rated],
        "unlocked": [
            each.membership.user
            for each in table.evaluators
            if each.pk in rated and each.pk not in locked
        ],
        "evaluators": len(table.evaluators),
        "spread": (
            spread([rating.rating for rating in rated.values()])
            if is_closed and sees
            else ""
        ),
    }


_OVERSEES = (
    Role.CONTRACTING_OFFICER,
    Role.CONTRACT_SPECIALIST,
    Role.SOURCE_SELECTION_AUTHORITY,
    Role.AUDITOR,
)


def prices(solicitation: Solicitation, *, afresh: bool = False) -> dict[str, Any]:
    """What the prices are, or were when they were analysed."""
    return calculations.prices_of(solicitation, clock.now().date(), afresh=afresh)
