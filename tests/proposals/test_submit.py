"""Submitting a draft as an offer."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.proposals.models import Draft
from contracting.proposals.operations.submit import submit_draft
from contracting.proposals.queries import workspace_of
from contracting.proposals.refusals import (
    DraftChanged,
    DraftIncomplete,
    DraftMissing,
)
from contracting.submissions.models import OfferedRate, OpenedOffer, Submission
from contracting.submissions.refusals import DeadlinePassed
from contracting.submissions.states import SubmissionState
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import (
    after,
    amended_solicitation,
    before,
    deadline,
    latest_version,
    opened_offers,
    submitted_offer,
)
from tests.proposals.drafts import WORDS, prices_on, saved, whole_draft

pytestmark = pytest.mark.django_db


def submit(solicitation, by, *, seen=None, at=None):
    if seen is None:
        seen = workspace_of(by, solicitation, before(solicitation)).fingerprint
    return submit_draft(
        solicitation_id=solicitation.pk,
        seen=seen,
        by=by,
        at=at or before(solicitation),
    )


def test_what_was_checked_is_what_is_sealed_and_later_opened(vendor_a_signer):
    # Given a whole draft on an amended solicitation
    solicitation = amended_solicitation()
    whole_draft(on=solicitation)

    # When a signer submits it at the very deadline
    submission = submit(solicitation, vendor_a_signer, at=deadline(solicitation))

    # Then it is an offer in time, and no draft is left that could be read
    version = latest_version(submission)
    assert not version.is_late
    assert version.acknowledged == ["0001"]
    assert [part["name"] for part in version.files][2:] == ["File 1"]
    assert Draft.objects.count() == 0

    # And the openers read just that
    opened_offers(on=solicitation)
    opened = OpenedOffer.objects.get(submission=submission)
    assert opened.technical == WORDS
    prices = OfferedRate.objects.filter(offer=opened)
    assert {str(each.usd_per_million_tokens) for each in prices} == {"2.500000"}


def test_no_event_of_that_instant_tells_whose_offer_it_is(vendor_a_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    before_it = AuditEvent.objects.latest("pk").pk

    submission = submit(solicitation, vendor_a_signer)

    events = AuditEvent.objects.filter(pk__gt=before_it)
    assert "proposals.draft.submitted" in {event.event for event in events}
    assert {event.stream for event in events} == {submission.subject.stream}
    told = repr(list(events.values()))
    assert vendor_a_signer.name not in told
    assert f"organization:{vendor_a_signer.organization_id}" not in told


def test_a_second_draft_replaces_the_offer(vendor_a_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    first = submit(solicitation, vendor_a_signer)
    whole_draft(on=solicitation)

    second = submit(solicitation, vendor_a_signer)

    assert second == first
    assert latest_version(second).number == 2


def test_a_late_draft_is_received_as_late_and_replaces_nothing(vendor_a_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)

    late = submit(solicitation, vendor_a_signer, at=after(solicitation))
    assert late.state == SubmissionState.LATE


def test_after_the_deadline_a_draft_replaces_no_offer(vendor_a_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    submitted_offer(on=solicitation)

    with nothing_happens(), pytest.raises(DeadlinePassed):
        submit(solicitation, vendor_a_signer, at=after(solicitation))


def test_only_a_signer_submits(vendor_a_member, contracting_officer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)

    for other in (vendor_a_member, contracting_officer):
        with nothing_happens(), pytest.raises(NotAllowed):
            submit(solicitation, other, seen="")


def test_a_rival_signer_has_nothing_to_submit(vendor_b_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)

    with nothing_happens(), pytest.raises(DraftMissing):
        submit(solicitation, vendor_b_signer)


def test_what_changed_since_it_was_checked_is_not_submitted(vendor_a_signer):
    # Given that a colleague saves after the signer has checked
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    seen = workspace_of(vendor_a_signer, solicitation, before(solicitation)).fingerprint
    saved(solicitation, "TECHNICAL", {"text": "Other words."}, seen=1)

    with nothing_happens(), pytest.raises(DraftChanged) as refusal:
        submit(solicitation, vendor_a_signer, seen=seen)

    assert "Nothing was submitted" in str(refusal.value)
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    ("part", "content", "lacks"),
    [
        ("TECHNICAL", {"text": "  "}, "technical"),
        ("PRICES", {"0001AA": ""}, "prices"),
        ("PRICES", {"0001AA": "0"}, "prices"),
        ("PRICES", {"0001AA": "cheap"}, "prices"),
        ("AMENDMENTS", {"acknowledged": []}, "amendments"),
    ],
)
def test_an_incomplete_draft_is_refused_with_what_it_lacks(
    vendor_a_signer, part, content, lacks
):
    solicitation = amended_solicitation()
    whole_draft(on=solicitation)
    if part == "PRICES":
        content = prices_on(solicitation, **content)
    saved(solicitation, part, content, seen=1)

    with nothing_happens(), pytest.raises(DraftIncomplete) as refusal:
        submit(solicitation, vendor_a_signer)

    assert refusal.value.data["missing"] == [lacks]


def test_a_price_of_nothing_is_submitted_once_it_is_confirmed(vendor_a_signer):
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    free = {**prices_on(solicitation, **{"0001AA": "0"}), "zeros": ["0001AA"]}
    saved(solicitation, "PRICES", free, seen=1)

    assert submit(solicitation, vendor_a_signer).state == SubmissionState.SUBMITTED
