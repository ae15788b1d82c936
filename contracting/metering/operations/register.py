"""Register a source that will report usage."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import PLAUSIBLE_YEARS
from contracting.core.periods import fiscal_year as year_of
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import UsageSource
from contracting.metering.models.incoming import open_partition
from contracting.metering.refusals import BadSuccession, SourceTaken
from contracting.metering.states import SourceKind

_CODE = re.compile(r"[\x21-\x7e]{1,120}")


@transaction.atomic
def register_source(
    *,
    agency_id: int,
    code: str,
    label: str,
    kind: str = SourceKind.GATEWAY,
    fiscal_year: int | None = None,
    succeeds_id: int | None = None,
    by: Actor,
    at: datetime,
) -> UsageSource:
    """Register a gateway, or a log of a provider.

    Its code is the ``source`` of its CloudEvents; its kind says which formats it sends.

    It reports one fiscal year, and the next year has a source of its own that succeeds
    it: so an event is unique by source and id for ever, and a year that is over can be
    closed and put away.

    :param kind: a code of ``SourceKind``
    :param fiscal_year: four digits; that of ``at`` if it is not said
    :param succeeds_id: the source of the agency that it follows
    :raises NotAllowed: if ``by`` is no administrator of the agency
    :raises SourceTaken: if the code cannot stand in an event, or the agency has a
        source of it already; what another agency has registered is not looked at
    :raises BadSuccession: if the year cannot be, or the other source is not the
        agency's, of a later year, or has a successor already
    """
    require(permissions.can_register_source(by, agency_id))
    code = code.strip()
    if not _CODE.fullmatch(code):
        message = "A source is named by up to 120 printable characters without a space."
        raise SourceTaken(message)
    if UsageSource.objects.filter(agency_id=agency_id, code=code).exists():
        message = "Choose another name: the agency has a source of this one already."
        raise SourceTaken(message)
    year = fiscal_year or year_of(at.date())
    _guard_succession(agency_id, succeeds_id, year)
    source = UsageSource.objects.create(
        agency_id=agency_id,
        code=code,
        label=label.strip()[:120] or code,
        kind=SourceKind(kind),
        fiscal_year=year,
        succeeds_id=succeeds_id,
    )
    open_partition(source.pk)
    record_event(
        events.SOURCE_REGISTERED,
        subject=source.subject,
        by=by,
        at=at,
        data={"code": code, "kind": source.kind, "fiscal_year": year},
    )
    return source


def _guard_succession(agency_id: int, succeeds_id: int | None, year: int) -> None:
    if year not in PLAUSIBLE_YEARS:
        message = "A fiscal year has four digits, from 2000 to 2100."
        raise BadSuccession(message, pointer="/fiscal_year")
    if succeeds_id is None:
        return
    before = UsageSource.objects.filter(pk=succeeds_id, agency_id=agency_id).first()
    if before is None or (before.fiscal_year or year) > year:
        message = "A source follows one of the agency, of the same or an earlier year."
        raise BadSuccession(message, pointer="/succeeds")
    if UsageSource.objects.filter(succeeds_id=succeeds_id).exists():
        message = "That source has a successor already."
        raise BadSuccession(message, pointer="/succeeds")
