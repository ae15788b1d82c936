"""A small business is referred before its offer is rejected."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.evaluations.models import OfferRejection
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.refusals import (
    CertificateAwaited,
    FindingIncomplete,
    FoundNonresponsible,
)
from contracting.notices.models import Notice
from tests.builders_orders import registrations
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.evaluations.competency import (
    OFFICE,
    WHY,
    day_after,
    found,
    recorded,
    referred,
    rejected,
)
from tests.offers import after, analysed_prices, opened_offers

pytestmark = pytest.mark.django_db

LAST_MINUTE = datetime(2026, 4, 14, 3, 59, tzinfo=UTC)
"""A minute before midnight in Washington on the fifteenth business day."""


@pytest.fixture
def offer():
    """Meridian's opened offer."""
    return opened_offers().submissions.order_by("pk")[0]


@pytest.mark.rule("R-EVL-09", case="refused")
def test_a_small_business_is_not_rejected_without_a_referral(offer):
    found(offer)

    with nothing_happens(), pytest.raises(CertificateAwaited, match="refer") as refusal:
        rejected(offer)

    assert refusal.value.rule == "R-EVL-09"


@pytest.mark.rule("R-EVL-09", case="refused")
def test_nor_while_the_certificate_may_still_come(offer):
    found(offer)
    referred(offer)

    with nothing_happens(), pytest.raises(CertificateAwaited) as refusal:
        rejected(offer, at=LAST_MINUTE)

    assert refusal.value.rule == "R-EVL-09"
    assert rejected(offer, at=LAST_MINUTE.replace(minute=0) + days(1) / 24).pk


@pytest.mark.rule("R-EVL-09", case="refused")
def test_nor_with_a_certificate(offer):
    found(offer)
    referred(offer)
    recorded(offer, is_issued=True)

    with nothing_happens(), pytest.raises(CertificateAwaited, match="holds") as refusal:
        rejected(offer)

    assert refusal.value.rule == "R-EVL-09"


@pytest.mark.rule("R-EVL-09", case="allowed")
def test_once_the_certificate_is_denied_it_is_rejected_and_told(offer):
    # Given a referral that was denied
    found(offer)
    referred(offer)
    recorded(offer, is_issued=False)

    # When the officer rejects the offer
    rejected(offer)

    # Then the vendor is told, it is on record once, and never changes
    told = Notice.objects.filter(title__endswith="is rejected")
    assert told.filter(recipient_user_id=actor("vendor_a_signer").user_id).exists()
    assert AuditEvent.objects.filter(event="evaluations.offer.rejected").count() == 1
    with nothing_happens(), pytest.raises(FindingIncomplete):
        rejected(offer)
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        OfferRejection.objects.update(reason="Another.")


@pytest.mark.rule("R-EVL-09", case="allowed")
def test_whoever_is_not_small_or_is_excluded_needs_no_referral(offer):
    other = offer.solicitation.submissions.order_by("pk")[1]
    found(other, is_small=False)
    assert rejected(other).pk

    found(offer)
    registrations(at=day_after(offer), exclusion="Debarred")
    assert rejected(offer).pk


def test_a_rejection_has_a_finding_and_words(offer):
    with nothing_happens(), pytest.raises(FindingIncomplete):
        rejected(offer)
    found(offer, is_small=False)
    with nothing_happens(), pytest.raises(FindingIncomplete):
        rejected(offer, reason="...")
    for outsider in ("contract_specialist", "other_agency_officer", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            rejected(offer, by=outsider)


@pytest.mark.rule("R-EVL-09", case="refused")
def test_a_small_business_found_wanting_is_not_selected_without_a_certificate():
    # Given analysed prices, and a finding on the cheapest offeror
    analysis = analysed_prices()
    solicitation = analysis.solicitation
    offer = solicitation.submissions.order_by("pk")[0]
    found(offer, at=after(solicitation, hours=6))

    with nothing_happens(), pytest.raises(FoundNonresponsible) as refusal:
        decide_selection(
            solicitation_id=solicitation.pk,
            selected={offer.pk: ""},
            rationale="The ratings are equal, so the lower price decides; I select it.",
            seen_analysis_id=analysis.pk,
            by=actor("source_selection_authority"),
            at=after(solicitation, hours=7),
        )

    assert refusal.value.rule == "R-EVL-09"


def test_from_the_finding_to_the_rejection_in_the_browser(offer, monkeypatch):
    now = day_after(offer)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    officer = client_for(actor("contracting_officer"))
    page = reverse("evaluations:responsibility", args=[offer.public_id])
    assert "Nobody has found this vendor not responsible" in officer.get(page).text

    def done(verb, **data):
        url = reverse(f"evaluations:{verb}", args=[offer.public_id])
        assert submit(officer, url, data).status_code == 303
        return officer.get(page).text

    # When the officer finds, refers, records the denial and rejects
    assert "refer the finding" in done(
        "find_nonresponsible", is_small="yes", reason=WHY
    )
    shown = done("refer_nonresponsibility", office=OFFICE, received_on="2026-03-23")
    assert "13 Apr 2026" in shown
    shown = done(
        "record_certificate",
        is_issued="no",
        reference="L-1",
        decided_on="2026-03-23",
    )
    assert "Denied" in shown
    assert "was rejected" in done("reject_offer", reason=WHY)

    # Then the vendor reads why, and outsiders find nothing
    signer = client_for(actor("vendor_a_signer"))
    status = reverse("contracts:status", args=[offer.public_id])
    assert "Our offer was rejected" in signer.get(status).text
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        assert client_for(actor(outsider)).get(page).status_code == 404
