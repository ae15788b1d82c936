"""Kinds of archives, and how much of a case one may hold."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices

WORK: Final = "archive"
"""The kind of the operation that gathers an archive."""

MOST_PAPERS: Final = 100
"""In one bundle."""

MOST_BYTES: Final = 128 * 1024 * 1024
"""Of the files in one archive."""


class ArchiveKind(TextChoices):
    """What was asked for."""

    BUNDLE = "BUNDLE", "bundle of papers"
    PACK = "PACK", "evidence pack"


class Level(TextChoices):
    """For whom an evidence pack is, and so what is left out of it."""

    FULL = "FULL", "full, for the agency and its auditors"
    OWN = "OWN", "the vendor's own view"
    RELEASE = "RELEASE", "release copy"


class PartKind(TextChoices):
    """What a file of an archive is."""

    PAPER = "paper", "paper"
    TABLE = "table", "table of records"
    INDEX = "index", "index of the file"
    CHAIN = "chain", "chain of events"
    GUIDE = "guide", "guide and check"
