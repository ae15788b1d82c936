"""The extract of registrations that the contracting office looks at."""

from __future__ import annotations

from datetime import timedelta

from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from contracting.operate.story.cast import Cast
from contracting.operate.story.times import Calendar
from contracting.solicitations.models import Solicitation
from contracting.submissions.queries import offers_of


def check_the_offerors(
    cast: Cast, calendar: Calendar, solicitation: Solicitation, day: int
) -> None:
    """Every offeror is registered and none is excluded, on the morning of a day."""
    at = calendar.at(day, 9)
    until = calendar.day(day + 300)
    rows = [
        f"{offer.submission.vendor.uei},{offer.submission.vendor.name},{until},"
        for offer in offers_of(solicitation)
    ]
    lines = ["uei,legal_name,registered_until,exclusion", *rows]
    import_registrations(
        agency_id=solicitation.agency_id,
        name="extract.csv",
        content="\n".join(lines).encode(),
        extracted_at=at - timedelta(hours=1),
        by=cast["contract_specialist"],
        at=at,
    )
