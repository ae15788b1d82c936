"""What several pages of an evaluation show."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.evaluations import queries
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import OpenedOffer

FormClass = type[django_forms.Form]


def matrix(
    actor: Actor, solicitation: Solicitation, offers: list[OpenedOffer]
) -> list[dict[str, Any]]:
    """Rows of factors, columns of offers: consensus, and how many have rated."""
    evaluators = queries.declared_evaluators(solicitation).count()
    member = queries.panel_member_of(actor, solicitation)
    return [
        {
            "factor": factor,
            "cells": [
                {
                    "offer": offer,
                    "consensus": queries.consensus_of(offer.submission, factor),
                    "own": (
                        queries.own_rating(member, offer.submission, factor)
                        if member is not None
                        else None
                    ),
                    "rated": queries.ratings_of(offer.submission, factor).count(),
                    "evaluators": evaluators,
                }
                for offer in offers
            ],
        }
        for factor in queries.rated_factors(solicitation)
    ]


def prices(solicitation: Solicitation) -> dict[str, Any]:
    """What the prices are, or were when they were analysed."""
    return queries.prices_of(solicitation, clock.now().date())
