"""An archive is handed to who may read all of it now, and that is written down."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.audit.queries import reads_of
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.notices.models import Notice
from tests.cast import actor, nothing_happens
from tests.evidence.packs import bundle, gathered, pack


def handed(archive, by: str):
    return hand_over_archive(archive_id=archive.pk, by=actor(by), at=clock.now())


def test_it_is_recorded_who_was_handed_it(contract):
    archive = gathered(pack(contract))

    made, whole = handed(archive, "contracting_officer")

    assert len(whole) == made.blob.size_bytes
    (event,) = AuditEvent.objects.filter(event="evidence.archive.handed_over")
    assert event.actor_name == "Ada Officer"
    assert made.blob.sha256 in event.payload
    (read,) = reads_of(contract.stream)
    assert read.actor_name == "Ada Officer"


def test_the_third_within_an_hour_is_told_to_who_watches(contract):
    archive = gathered(pack(contract))
    told = Notice.objects.filter(title__contains="downloaded within an hour")

    for _ in range(2):
        handed(archive, "contracting_officer")
    assert not told.exists()
    for _ in range(2):
        handed(archive, "contracting_officer")

    assert set(told.values_list("recipient_user__name", flat=True)) == {
        "Ola Auditor",
        "Pia Administrator",
    }


def test_who_may_not_read_one_of_its_papers_is_refused(contract):
    # Given a bundle with the source selection decision in it
    archive = gathered(pack(contract))

    # Then who takes part in no selection is not handed it
    for outsider in ("cor", "program_manager", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            handed(archive, outsider)


def test_a_bundle_is_asked_again_paper_by_paper(contract):
    # Given what the officer may read, which the representative may not
    archive = gathered(bundle(contract, by="contracting_officer"))
    handed(archive, "cor")
    more = gathered(pack(contract, by="contracting_officer"))

    with nothing_happens(), pytest.raises(NotAllowed):
        handed(more, "cor")
    with nothing_happens(), pytest.raises(NotAllowed, match="may not read"):
        handed(archive, "other_agency_officer")
