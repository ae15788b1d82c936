"""Adjectival ratings, and what a member of the panel does."""

from collections.abc import Collection

from django.db.models import TextChoices


class PanelRole(TextChoices):
    """What somebody is designated for on one solicitation."""

    EVALUATOR = "EVALUATOR", "evaluator"
    SOURCE_SELECTION_AUTHORITY = (
        "SOURCE_SELECTION_AUTHORITY",
        "source selection authority",
    )


class AdjectivalRating(TextChoices):
    """The published scale."""

    OUTSTANDING = "OUTSTANDING", "outstanding"
    GOOD = "GOOD", "good"
    ACCEPTABLE = "ACCEPTABLE", "acceptable"
    MARGINAL = "MARGINAL", "marginal"
    UNACCEPTABLE = "UNACCEPTABLE", "unacceptable"


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
