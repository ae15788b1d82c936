"""Finding a vendor not responsible."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.evaluations.refusals import FindingIncomplete, NotOpened
from tests.cast import nothing_happens
from tests.evaluations.competency import WHY, found
from tests.offers import opened_offers, submitted_offers

pytestmark = pytest.mark.django_db


def test_a_finding_is_recorded_once_with_its_reason():
    offer = opened_offers().submissions.order_by("pk")[0]
    for outsider in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            found(offer, by=outsider)
        assert refusal.value.rule == "R-EVL-09"
    with nothing_happens(), pytest.raises(FindingIncomplete):
        found(offer, reason=" ... ")

    finding = found(offer)

    assert finding.is_small
    event = AuditEvent.objects.get(event="evaluations.nonresponsible.found")
    assert WHY in event.payload
    with nothing_happens(), pytest.raises(FindingIncomplete):
        found(offer)


def test_whoever_offers_on_a_set_aside_is_small():
    offer = opened_offers().submissions.order_by("pk")[0]
    type(offer.solicitation).objects.update(set_aside="SMALL_BUSINESS")

    with nothing_happens(), pytest.raises(FindingIncomplete, match="set aside"):
        found(offer, is_small=False)


def test_nobody_is_found_wanting_whose_offer_is_sealed():
    sealed = submitted_offers()[0]

    with nothing_happens(), pytest.raises(NotOpened):
        found(sealed)
