"""Referring the finding on a small business for a certificate of competency."""

from datetime import date

import pytest

from contracting.core.errors import NotAllowed
from contracting.evaluations.refusals import ReferralUnfit
from contracting.evaluations.standing.responsibility import certificate_due_on
from contracting.notices.models import Notice
from tests.cast import actor, nothing_happens
from tests.evaluations.competency import DUE_ON, found, referred
from tests.offers import opened_offers

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer():
    """Meridian's opened offer."""
    return opened_offers().submissions.order_by("pk")[0]


def test_a_referral_gives_fifteen_business_days_and_tells_the_vendor(offer):
    found(offer)

    referral = referred(offer)

    assert certificate_due_on(referral) == DUE_ON
    told = Notice.objects.filter(title__endswith="is referred for a certificate")
    assert told.filter(recipient_user_id=actor("vendor_a_signer").user_id).exists()
    with nothing_happens(), pytest.raises(ReferralUnfit):
        referred(offer)


@pytest.mark.rule("R-EVL-09", case="refused")
@pytest.mark.parametrize(
    "change",
    [{"office": " "}, {"on": date(2026, 3, 24)}, {"on": date(2026, 3, 22)}],
    ids=["no office", "tomorrow", "before the finding"],
)
def test_a_referral_has_its_office_and_day(offer, change):
    found(offer)

    with nothing_happens(), pytest.raises(ReferralUnfit) as refusal:
        referred(offer, **change)

    assert refusal.value.rule == "R-EVL-09"


def test_only_a_finding_on_a_small_business_is_referred_by_the_officer(offer):
    with nothing_happens(), pytest.raises(ReferralUnfit):
        referred(offer)
    found(offer, is_small=False)
    with nothing_happens(), pytest.raises(ReferralUnfit):
        referred(offer)
    for outsider in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            referred(offer, by=outsider)
