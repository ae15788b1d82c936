"""Work goes on by a second letter; what was used meanwhile is held."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.models import UsageHold
from contracting.terminations.operations.resume import resume_work
from contracting.terminations.refusals import AlreadyStopped
from tests.builders_metering import CALLED_AT, event, ingested, statuses
from tests.builders_orders import issued_order
from tests.cast import actor, nothing_happens
from tests.terminations.test_stop import STOPPED_AT, stopped

pytestmark = pytest.mark.django_db

RESUMED_AT = CALLED_AT + timedelta(hours=1)


def resumed(order, by="contracting_officer", text="The risk is gone."):
    return resume_work(order_id=order.pk, text=text, by=actor(by), at=RESUMED_AT)


def test_what_is_used_while_work_is_stopped_is_held():
    order = issued_order()
    with nothing_happens(), pytest.raises(AlreadyStopped):
        resumed(order)
    letter = stopped(order)
    with nothing_happens(), pytest.raises(NotAllowed):
        resumed(order, by="vendor_a_signer")

    # When calls come in before, while and after it
    resumed(order)
    receipt = ingested(
        event("before", order=order, at=STOPPED_AT - timedelta(minutes=1)),
        event("while", order=order, at=CALLED_AT),
        event("after", order=order, at=RESUMED_AT),
        at=RESUMED_AT + timedelta(hours=1),
    )

    # Then what was called while it was stopped waits for a person
    assert statuses(receipt) == ["accepted", "held", "accepted"]
    assert UsageHold.objects.get(event_id="call-while").reason == "WORK_STOPPED"
    letter.refresh_from_db()
    assert letter.lifted_by.sent_at == RESUMED_AT
