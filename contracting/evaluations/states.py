"""Adjectival ratings, and what a member of the panel does."""

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
