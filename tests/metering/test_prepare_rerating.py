"""An operation works a re-rating out part by part, and its report is one."""

import pytest

from accounts.models import Membership
from contracting.documents.operations.work_operation import work_operation
from contracting.metering.models import RatingRun
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.rerate import rerate_usage
from contracting.notices.models import Notice
from tests.builders_metering import event, ingested, usage_source
from tests.builders_reratings import KNOWN_AT, prepared, price_fell
from tests.cast import actor
from tests.metering.test_rerate import AFTER, BEFORE, NEXT, rows_of


@pytest.fixture
def fell(order, contract):
    """A call before the day and two after it; then it is known that a price fell."""
    ingested(event(1, order=order, at=BEFORE))
    ingested(event(2, order=order, at=AFTER), at=AFTER)
    ingested(event(3, order=order, at=NEXT), at=NEXT)
    price_fell(contract)
    return contract


@pytest.mark.parametrize("lines", [1, 2, 3, 5])
def test_however_it_is_divided_the_report_is_the_same(fell, monkeypatch, lines):
    # Given a correction too
    correct_usage(
        source_id=usage_source().pk,
        event_id="call-2",
        correction_id="call-2-again",
        changes={"IN_UNCACHED": -100},
        reason="Counted twice by the gateway.",
        by=actor("cor"),
        at=KNOWN_AT,
    )
    whole = prepared(fell)

    # When a run takes a few rated lines at a time
    monkeypatch.setattr(
        "contracting.metering.operations.prepare_rerating.LINES_OF_A_PART", lines
    )
    divided = prepared(fell)

    # Then it comes to the same, and no instant was cut in two
    assert divided.content_sha256 == whole.content_sha256
    assert (divided.calls, divided.left) == (whole.calls, whole.left)
    assert rows_of(divided) == rows_of(whole)
    assert divided.request
    assert whole.request
    parts = list(divided.request.parts.order_by("position"))
    (all_,) = whole.request.parts.all()
    assert sum(part.lines for part in parts) == all_.lines == 7
    assert len(parts) > 1
    assert len({part.until for part in parts}) == len(parts)


def test_an_operation_that_finds_nothing_says_so(fell):
    request = rerate_usage(
        contract_id=fell.pk,
        first_day=BEFORE.date(),
        last_day=BEFORE.date(),
        reason="Is anything different?",
        by=actor("contract_specialist"),
        at=KNOWN_AT,
    )

    work_operation(operation_id=request.operation_id)

    request.operation.refresh_from_db()
    assert request.operation.state == "FAILED"
    assert "Nothing changes: of 1 calls 1 cost" in request.operation.last_error
    assert not RatingRun.objects.exists()


def test_who_no_longer_answers_for_the_contract_prepares_nothing(fell):
    specialist = actor("contract_specialist")
    request = rerate_usage(
        contract_id=fell.pk,
        first_day=BEFORE.date(),
        last_day=NEXT.date(),
        reason="The price fell.",
        by=specialist,
        at=KNOWN_AT,
    )
    held = Membership.objects.filter(pk=specialist.own_membership_id)
    held.update(is_active=False)

    work_operation(operation_id=request.operation_id)

    request.operation.refresh_from_db()
    assert request.operation.state == "FAILED"
    assert not RatingRun.objects.exists()


def test_who_asked_is_told_that_the_report_can_be_read(fell):
    prepared(fell)

    (told,) = Notice.objects.filter(title__endswith=": prepared")
    assert told.recipient_user_id == actor("contract_specialist").user_id
    assert told.url_path == RatingRun.objects.get().path
