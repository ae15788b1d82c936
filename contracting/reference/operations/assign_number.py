"""The next number of an office: gapless, and never used again."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import Organization
from contracting.core.identifiers import compose_piid
from contracting.core.periods import fiscal_year
from contracting.reference.models import Counter


@transaction.atomic
def assign_number(*, agency: Organization, type: str, on: date) -> str:
    """Raise the agency's counter and compose the PIID (FAR 4.1603; R-SOL-01).

    Called inside the verb that signs, in whose transaction the number is taken: if the
    signature fails, the number was never given out. It records no event of its own; the
    verb's event carries the number.

    :param type: ninth character, such as R for a request for proposals
    :param on: day of the signature; it decides the fiscal year
    :raises BadIdentifier: if the type does not exist or the serials are used up
    """
    year = fiscal_year(on)
    row = {"aac": agency.aac, "fiscal_year": year, "type": type}
    Counter.objects.bulk_create(
        [Counter(agency=agency, **row)],
        ignore_conflicts=True,
    )
    counter: Counter = Counter.objects.locked().get(**row)
    piid = compose_piid(
        aac=agency.aac, fiscal_year=year, type=type, serial=counter.last + 1
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    return piid
