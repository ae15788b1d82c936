"""How large an offer may be: columns of a solicitation."""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class LimitsOffers(models.Model):
    """A package that may take less than the site takes."""

    most_characters = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the technical proposal; empty: the site's."
    )
    most_files = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Beside the proposal; empty: the site's."
    )
    most_megabytes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of all files; empty: the site's."
    )
    most_pages = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of all PDF files; empty: not limited."
    )
    file_kinds = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        help_text="Suffixes of files that are taken; empty: all that the site takes.",
    )

    class Meta:
        abstract = True


def _is_open_or_one(column: str) -> Q:
    return Q((f"{column}__isnull", True)) | Q((f"{column}__gte", 1))


ROOM_FOR_AN_OFFER: Final = models.CheckConstraint(
    name="a_limit_of_offers_leaves_room_for_an_offer",
    condition=_is_open_or_one("most_characters")
    & _is_open_or_one("most_files")
    & _is_open_or_one("most_megabytes")
    & _is_open_or_one("most_pages"),
)
