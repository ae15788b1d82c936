"""What verification refuses."""

from __future__ import annotations

from contracting.core.errors import Invalid, Refusal


class TooOften(Refusal):
    """More questions came from one address than a minute allows."""

    code = "too_often"
    status = 429
    retryable = True


class FileTooLarge(Invalid):
    """The file is larger than one that is hashed here."""

    code = "too_large"
    status = 413


class NotPublished(Refusal):
    """No status list has been published yet."""

    code = "not_published"
    status = 404
