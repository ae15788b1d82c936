"""The opening keeps the registration of each offeror as of its receipt."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.models import AuditEvent
from contracting.evaluations.models import RegistrationSnapshot
from contracting.evaluations.operations.keep import keep_registration
from tests.builders import DEADLINE
from tests.builders_orders import registrations
from tests.cast import actor, nothing_happens
from tests.offers import after, latest_version, opened_offers, submitted_offers

pytestmark = pytest.mark.django_db


def test_the_registration_is_kept_as_of_the_receipt():
    # Given two sealed offers and an extract of that day; one registration has ended
    solicitation = submitted_offers()[0].solicitation
    registrations(at=DEADLINE - timedelta(hours=1), until="2026-03-19")
    assert not RegistrationSnapshot.objects.exists()

    # When a quorum opens the offers
    opened_offers(on=solicitation)

    # Then what the extract says is kept for each, once, and on record
    meridian, larkspur = RegistrationSnapshot.objects.order_by("submission_id")
    assert (meridian.status, larkspur.status) == ("INACTIVE", "ACTIVE")
    assert meridian.as_of == latest_version(meridian.submission).received_at
    assert larkspur.registered_until == date(2026, 12, 31)
    events = AuditEvent.objects.filter(event="evaluations.registration.kept")
    assert events.count() == 2
    with nothing_happens():
        again = keep_registration(
            submission_id=meridian.submission_id,
            by=actor("contracting_officer"),
            at=after(solicitation, hours=3),
        )
    assert again == meridian
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        RegistrationSnapshot.objects.update(status="NOT_CHECKED")
