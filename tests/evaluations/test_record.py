"""Recording what was decided on a certificate of competency."""

from datetime import date

import pytest

from contracting.core.errors import NotAllowed
from contracting.evaluations.refusals import ReferralUnfit
from contracting.evaluations.standing.responsibility import withheld_because
from tests.cast import nothing_happens
from tests.evaluations.competency import found, recorded, referred
from tests.offers import opened_offers

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer():
    """Meridian's opened offer, with a finding on it."""
    offer = opened_offers().submissions.order_by("pk")[0]
    found(offer)
    return offer


def test_a_certificate_makes_the_vendor_responsible(offer):
    referred(offer)
    assert "withheld" in withheld_because(offer)

    recorded(offer, is_issued=True)

    assert withheld_because(offer) == ""
    with nothing_happens(), pytest.raises(ReferralUnfit):
        recorded(offer, is_issued=False)


def test_a_denial_leaves_it_as_it_was(offer):
    referred(offer)

    recorded(offer, is_issued=False)

    assert "withheld" in withheld_because(offer)


@pytest.mark.rule("R-EVL-09", case="refused")
@pytest.mark.parametrize(
    "change",
    [{"reference": " "}, {"on": date(2026, 3, 30)}, {"on": date(2026, 3, 22)}],
    ids=["no number", "in the future", "before the referral"],
)
def test_a_decision_has_its_number_and_day(offer, change):
    referred(offer)

    with nothing_happens(), pytest.raises(ReferralUnfit) as refusal:
        recorded(offer, is_issued=True, **change)

    assert refusal.value.rule == "R-EVL-09"


def test_nothing_is_decided_that_was_not_referred_and_by_the_officer_alone(offer):
    with nothing_happens(), pytest.raises(ReferralUnfit):
        recorded(offer, is_issued=True)
    referred(offer)
    for outsider in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            recorded(offer, is_issued=True, by=outsider)
