"""A notice of funds goes to both sides, or again to the one that took no note."""

import pytest

from contracting.metering.models import FundsNotice
from contracting.metering.operations.deliver_notice import deliver_notice
from contracting.notices.models import Notice
from tests.builders_metering import DELIVERED_AT
from tests.cast import actor

pytestmark = pytest.mark.django_db


def test_a_repeat_goes_to_one_side_and_says_so(funded, burn):
    # Given a notice that both sides have in their inboxes
    burn(20)
    notice = FundsNotice.objects.get()
    vendor, before = funded.contract.vendor_id, Notice.objects.count()

    # When it is delivered once more to the vendor alone
    deliver_notice(notice=notice, by=actor("cor"), at=DELIVERED_AT, to=[vendor])

    # Then only the vendor's people have it twice, and the repeat is on record
    last = notice.deliveries.latest("pk")
    assert (last.organization_id, last.attempt, last.people) == (vendor, 2, 3)
    assert Notice.objects.count() == before + 3
    again = Notice.objects.filter(title__startswith="Again: ")
    assert set(again.values_list("recipient_organization", flat=True)) == {vendor}
