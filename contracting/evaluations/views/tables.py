"""What several pages of an evaluation show."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from accounts.states import Role
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.evaluations import calculations, queries
from contracting.evaluations.states import spread
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import OpenedOffer

FormClass = type[django_forms.Form]


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
