"""An authorization ends earlier than it said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.incidents.models import Authorization
from contracting.incidents.operations.withdraw import withdraw_authorization
from contracting.incidents.refusals import AuthorizationIncomplete
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, nothing_happens
from tests.incidents.test_authorize import LAST, authorized, lapsed


def test_an_authorization_that_is_withdrawn_ends_with_its_new_last_day(db):
    contract = awarded_contract()
    earlier = authorized(contract)

    withdraw_authorization(
        authorization_id=earlier.pk,
        last_day=date(2026, 4, 30),
        reason="Finding of the assessor.",
        by=actor("security_reviewer"),
        at=AWARDED_AT + timedelta(days=1),
    )

    assert lapsed(contract, datetime(2026, 5, 1, 4, tzinfo=UTC))
    assert not lapsed(contract, datetime(2026, 5, 1, 3, 59, tzinfo=UTC))
    # And what was known before is kept
    known = Authorization.objects.known(AWARDED_AT + timedelta(hours=1))
    assert [row.pk for row in known] == [earlier.pk]


def test_one_that_has_ended_is_not_withdrawn(db):
    earlier = authorized(awarded_contract())

    for last_day, reason in ((LAST, "Late."), (date(2026, 4, 1), " ")):
        with nothing_happens(), pytest.raises(AuthorizationIncomplete):
            withdraw_authorization(
                authorization_id=earlier.pk,
                last_day=last_day,
                reason=reason,
                by=actor("security_reviewer"),
                at=AWARDED_AT,
            )
