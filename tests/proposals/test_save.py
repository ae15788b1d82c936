"""Saving one part of a draft."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.proposals.models import Draft, DraftPart
from contracting.proposals.operations.save import save_draft
from contracting.proposals.queries import workspace_of
from contracting.proposals.refusals import (
    DraftChanged,
    DraftClosed,
    DraftTooLarge,
)
from contracting.submissions.models import Submission
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import after, before

pytestmark = pytest.mark.django_db


def save(solicitation, by, text, *, seen=0, at=None, part="TECHNICAL"):
    return save_draft(
        solicitation_id=solicitation.pk,
        part=part,
        content={"text": text},
        seen_version=seen,
        by=by,
        at=at or before(solicitation),
    )


def text_of(solicitation, by):
    return workspace_of(by, solicitation, before(solicitation)).technical


def test_what_one_saves_a_colleague_reads_and_no_rival(
    vendor_a_member, vendor_a_signer, vendor_b_signer
):
    solicitation = released_solicitation()

    save(solicitation, vendor_a_member, "First words.")

    assert text_of(solicitation, vendor_a_signer) == "First words."
    assert text_of(solicitation, vendor_b_signer) == ""
    assert Submission.objects.count() == 0


def test_the_same_content_twice_is_one_save(vendor_a_member):
    solicitation = released_solicitation()
    first = save(solicitation, vendor_a_member, "Words.")

    with nothing_happens():
        again = save(solicitation, vendor_a_member, "Words.", seen=0)

    assert (again.pk, again.version) == (first.pk, 1)


def test_two_colleagues_do_not_overwrite_each_other(vendor_a_member, vendor_a_signer):
    # Given that both have read version 1, and one has saved
    solicitation = released_solicitation()
    save(solicitation, vendor_a_member, "Words.")
    save(solicitation, vendor_a_signer, "Other words.", seen=1)

    # When the other saves too
    with nothing_happens(), pytest.raises(DraftChanged) as refusal:
        save(solicitation, vendor_a_member, "My words.", seen=1)

    # Then they are told who saved what, and may do it knowingly
    assert vendor_a_signer.name in str(refusal.value)
    assert "version 2" in str(refusal.value)
    save(solicitation, vendor_a_member, "My words.", seen=2)
    assert text_of(solicitation, vendor_a_signer) == "My words."


def test_saves_of_one_sitting_are_one_event(vendor_a_member):
    solicitation = released_solicitation()
    first = before(solicitation)
    for number, minutes in enumerate((0, 2, 4, 30)):
        at = first + timedelta(minutes=minutes)
        save(solicitation, vendor_a_member, f"Words {number}.", seen=number, at=at)

    events = AuditEvent.objects.filter(event="proposals.draft.saved")
    assert events.count() == 2
    assert all('"data":{}' in event.payload for event in events)
    assert DraftPart.objects.get().version == 4


def test_after_the_deadline_it_says_so_and_keeps_what_was_saved(vendor_a_member):
    solicitation = released_solicitation()
    save(solicitation, vendor_a_member, "Words.")

    with nothing_happens(), pytest.raises(DraftClosed) as refusal:
        save(solicitation, vendor_a_member, "More.", seen=1, at=after(solicitation))

    assert "What was saved before is still here" in str(refusal.value)
    assert text_of(solicitation, vendor_a_member) == "Words."


def test_nobody_else_saves_one(contracting_officer, vendor_a_administrator):
    solicitation = released_solicitation()
    save(solicitation, actor("vendor_a_member"), "Words.")

    for outsider in (contracting_officer, vendor_a_administrator):
        with nothing_happens(), pytest.raises(NotAllowed):
            save(solicitation, outsider, "Words.", seen=1)


def test_more_than_a_part_holds_is_refused(vendor_a_member):
    solicitation = released_solicitation()

    with nothing_happens(), pytest.raises(DraftTooLarge):
        save(solicitation, vendor_a_member, "x" * 200_001)

    assert Draft.objects.count() == 0
