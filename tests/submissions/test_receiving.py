"""From the stamp of a receipt to its commit the receiving of offers is held."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.submissions.models import SubmissionVersion
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.queries import hold_receiving, receiving_key
from tests.builders import released_solicitation
from tests.cast import client_for, submit
from tests.offers import before, deadline, latest_version, offer_on, submitted_offer
from tests.submissions.test_doors import filled_in

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
HELD = """
SELECT mode FROM pg_locks
WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
  AND (classid::bigint << 32) | objid::bigint = %s
"""


def held(solicitation) -> list[str]:
    """In which modes this connection holds the receiving of the solicitation."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [receiving_key(solicitation.pk)])
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def stamps(monkeypatch):
    """Every reading of the door's clock, and whether the door held receiving at it."""
    seen: dict[datetime, bool] = {}
    taken: list[int] = []

    def hold(solicitation_id):
        taken.append(solicitation_id)
        hold_receiving(solicitation_id)

    def watch(solicitation):
        def now():
            instant = before(solicitation) + INSTANT * len(seen)
            seen[instant] = taken == [solicitation.pk] and bool(held(solicitation))
            return instant

        monkeypatch.setattr("contracting.core.clock.now", now)
        monkeypatch.setattr("contracting.submissions.queries.hold_receiving", hold)
        return seen

    return watch


def handed_in(verb, target, by):
    """The form of one of the two verbs that hand an offer in, sent; the receipt."""
    solicitation = getattr(target, "solicitation", target)
    url = reverse(f"submissions:{verb}", args=[target.public_id])
    reply = submit(client_for(by), url, filled_in(solicitation))
    assert reply.status_code == 303
    return SubmissionVersion.objects.latest("pk")


def test_a_receipt_is_stamped_while_receiving_is_held(vendor_a_signer, stamps):
    # Given a door whose clock notes whether receiving is held when it is read
    solicitation = released_solicitation()
    seen = stamps(solicitation)

    # When an offer is handed in, then its stamp was taken under the lock
    receipt = handed_in("submit_submission", solicitation, vendor_a_signer)
    assert seen[receipt.received_at]


def test_a_replacement_is_stamped_while_receiving_is_held(vendor_a_signer, stamps):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    seen = stamps(solicitation)

    receipt = handed_in("replace_submission", submission, vendor_a_signer)

    assert receipt.number == 2
    assert seen[receipt.received_at]


def test_a_withdrawal_is_stamped_while_receiving_is_held(vendor_a_signer, stamps):
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    seen = stamps(solicitation)
    url = reverse("submissions:withdraw_submission", args=[submission.public_id])

    submit(client_for(vendor_a_signer), url, {"understood": "on"})

    stamped = AuditEvent.objects.get(event="submissions.submission.withdrawn")
    assert seen[stamped.at]


def test_looking_at_the_form_holds_nothing(vendor_a_signer, stamps):
    solicitation = released_solicitation()
    seen = stamps(solicitation)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])

    client_for(vendor_a_signer).get(url)

    assert set(seen.values()) == {False}


def test_every_verb_holds_receiving_whoever_calls_it(vendor_a_signer):
    # Given verbs that are called without a page, as the demonstration does
    solicitation = released_solicitation()
    given: dict[str, Any] = {"by": vendor_a_signer, "at": before(solicitation)}
    offer: dict[str, Any] = {"offer": offer_on(solicitation), "acknowledged": []}
    assert held(solicitation) == []

    # When each of them is called, then the lock is held until the commit
    submission = submit_submission(solicitation_id=solicitation.pk, **offer, **given)
    assert held(solicitation) == ["ShareLock"]
    replace_submission(submission_id=submission.pk, **offer, **given)
    withdraw_submission(submission_id=submission.pk, **given)
    assert held(solicitation) == ["ShareLock"]


@pytest.mark.rule("R-SUB-01", case="allowed")
@pytest.mark.parametrize(
    ("later", "is_late"), [(-INSTANT, False), (0 * INSTANT, False), (INSTANT, True)]
)
def test_in_time_is_up_to_the_deadline_to_the_microsecond(
    later, is_late, vendor_a_signer
):
    solicitation = released_solicitation()

    submission = submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer_on(solicitation),
        acknowledged=[],
        by=vendor_a_signer,
        at=deadline(solicitation) + later,
    )

    assert latest_version(submission).is_late is is_late
