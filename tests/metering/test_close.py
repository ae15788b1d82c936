"""A source that is closed is counted no more."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.operations.close import close_source
from contracting.metering.refusals import (
    ReasonMissing,
    SourceClosed,
)
from tests.builders_metering import (
    CALLED_AT,
    codes,
    event,
    ingested,
    statuses,
)
from tests.builders_sources import NEXT_DAY, beaten
from tests.cast import actor, nothing_happens


def test_rows_of_a_closed_source_are_answered_one_by_one_and_never_counted(
    order, source, administrator
):
    # Given a source that is closed at the end of its year
    ingested(event(1, order=order))
    close_source(
        source_id=source.pk, reason="FY 2026 is over.", by=administrator, at=NEXT_DAY
    )

    # When it reports on, then each row says so; what is stored stays a duplicate
    receipt = ingested(event(1, order=order), event(2, order=order), at=NEXT_DAY)
    assert statuses(receipt) == ["duplicate", "rejected"]
    assert codes(receipt) == ["", "source_closed"]
    with nothing_happens(), pytest.raises(SourceClosed):
        beaten(source, CALLED_AT, at=NEXT_DAY)


def test_a_source_is_closed_once_with_a_reason(source, administrator, cor):
    for by in (cor, actor("vendor_a_signer"), actor("other_agency_officer")):
        with nothing_happens(), pytest.raises(NotAllowed):
            close_source(source_id=source.pk, reason="Over.", by=by, at=NEXT_DAY)
    with nothing_happens(), pytest.raises(ReasonMissing):
        close_source(source_id=source.pk, reason=" ", by=administrator, at=NEXT_DAY)

    close_source(source_id=source.pk, reason="Over.", by=administrator, at=NEXT_DAY)

    with nothing_happens(), pytest.raises(NotAllowed):
        close_source(source_id=source.pk, reason="Over.", by=administrator, at=NEXT_DAY)
