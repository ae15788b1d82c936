"""Adjectival ratings, and what a member of the panel does."""

from collections.abc import Collection
from typing import Final

from django.db.models import TextChoices


class PanelRole(TextChoices):
    """What somebody is designated for on one solicitation."""

    EVALUATOR = "EVALUATOR", "evaluator"
    SOURCE_SELECTION_AUTHORITY = (
        "SOURCE_SELECTION_AUTHORITY",
        "source selection authority",
    )


class ConflictQuestion(TextChoices):
    """What everybody answers who is to read an offer (FAR 3.104, 9.505)."""

    FINANCIAL = (
        "FINANCIAL",
        "Do you or your household own shares of, or have another financial interest "
        "in, one of them?",
    )
    EMPLOYMENT = (
        "EMPLOYMENT",
        "Have you worked for one of them in the last two years, or talked about it?",
    )
    FAMILY = ("FAMILY", "Does somebody close to you work for one of them?")
    OTHER = ("OTHER", "Could anything else make your judgement seem partial?")


NO_CONFLICT = {question.value: False for question in ConflictQuestion}
"""Every question answered with no."""


class Standing(TextChoices):
    """Whether a member of the panel may read the offers, and if not, why."""

    NOT_DECLARED = "NOT_DECLARED", "not declared yet: reads no offer"
    OPEN = "OPEN", "declared: reads the offers"
    INCOMPLETE = "INCOMPLETE", "declared before all offerors were known: declares again"
    PENDING = "PENDING", "declared a conflict: reads no offer until it is decided"
    EXCLUDED = "EXCLUDED", "excluded for a conflict: reads no offer"


class Occasion(TextChoices):
    """When a vendor's registration counts, and is kept as it stood."""

    SUBMISSION = "SUBMISSION", "at submission"
    AWARD = "AWARD", "at award"


class RegistrationStatus(TextChoices):
    """What the extracts say of a registration."""

    ACTIVE = "ACTIVE", "active"
    INACTIVE = "INACTIVE", "not active"
    NOT_CHECKED = "NOT_CHECKED", "not checked, no extract was on record"


class RegistrationException(TextChoices):
    """Who need not be registered (FAR 4.1102(a))."""

    PURCHASE_CARD = "4.1102(a)(1)", "micro-purchase by purchase card"
    CLASSIFIED = (
        "4.1102(a)(2)",
        "classified contract that registration could compromise",
    )
    CONTINGENCY = "4.1102(a)(3)", "awarded in military or emergency operations"
    ABROAD = "4.1102(a)(4)", "contract with an individual for performance abroad"
    URGENCY = "4.1102(a)(5)", "unusual or compelling need (FAR 6.302-2)"
    FOREIGN_VENDOR = (
        "4.1102(a)(6)",
        "small action with a foreign vendor, performed abroad",
    )
    NO_TRANSFER = (
        "4.1102(a)(7)",
        "micro-purchase that is not paid by electronic transfer",
    )


UP_TO_MICRO_PURCHASES: Final = frozenset(
    {RegistrationException.PURCHASE_CARD, RegistrationException.NO_TRANSFER}
)


class AdjectivalRating(TextChoices):
    """The published scale."""

    OUTSTANDING = "OUTSTANDING", "outstanding"
    GOOD = "GOOD", "good"
    ACCEPTABLE = "ACCEPTABLE", "acceptable"
    MARGINAL = "MARGINAL", "marginal"
    UNACCEPTABLE = "UNACCEPTABLE", "unacceptable"


class NormalisationRule(TextChoices):
    """By which rule a price that an offer leaves open is put in to compare it by."""

    PUBLIC_LIST = (
        "PUBLIC_LIST",
        "the public list price of the offered model, of the same day",
    )
    HIGHEST_OTHER = "HIGHEST_OTHER", "the highest price of the other offers"


def spread(ratings: Collection[str]) -> str:
    """How far apart ratings lie on the published scale, in words; "" for none."""
    if not ratings:
        return ""
    scale = AdjectivalRating.values
    places = {scale.index(rating) for rating in ratings}
    best, worst = min(places), max(places)
    if best == worst:
        return f"all {AdjectivalRating(scale[best]).label}"
    steps = worst - best
    return (
        f"{AdjectivalRating(scale[worst]).label} to "
        f"{AdjectivalRating(scale[best]).label}, {steps} "
        f"step{'s' if steps > 1 else ''} apart"
    )
