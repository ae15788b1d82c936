"""Handing in an offer."""

from datetime import timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.documents.models import Document
from contracting.notices.models import Notice
from contracting.submissions.calculations import Offer, OfferedFile
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.refusals import (
    AlreadyOpened,
    AlreadySubmitted,
    AmendmentNotAcknowledged,
    NotReceiptable,
    OfferIncomplete,
)
from contracting.submissions.states import SubmissionState
from tests.builders import released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import (
    after,
    amended_solicitation,
    before,
    deadline,
    latest_version,
    offer_on,
    opened_offers,
    submitted_offer,
)

pytestmark = pytest.mark.django_db
INSTANT = timedelta(microseconds=1)


@pytest.mark.rule("R-SUB-01", case="allowed")
def test_an_offer_that_arrives_at_the_very_deadline_is_in_time(vendor_a_signer):
    # Given a released solicitation
    solicitation = released_solicitation()

    # When an offer is complete at the deadline, to the microsecond
    submission = submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer_on(solicitation),
        acknowledged=[],
        by=vendor_a_signer,
        at=deadline(solicitation),
    )

    # Then it is in time
    assert submission.state == SubmissionState.SUBMITTED
    assert latest_version(submission).is_late is False
    assert submission.version_of_record == latest_version(submission)


@pytest.mark.rule("R-SUB-01", case="allowed")
def test_an_offer_one_microsecond_late_is_sealed_in_quarantine(vendor_a_signer):
    # Given a released solicitation
    solicitation = released_solicitation()

    # When an offer is complete a microsecond after the deadline
    submission = submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer_on(solicitation),
        acknowledged=[],
        by=vendor_a_signer,
        at=deadline(solicitation) + INSTANT,
    )

    # Then it is kept sealed with a receipt, and is late; a notice would name the vendor
    assert submission.state == SubmissionState.LATE
    assert latest_version(submission).is_late is True
    assert submission.version_of_record is None
    assert not Notice.objects.filter(title__startswith="Your offer").exists()


def test_a_late_offer_is_received_even_after_the_opening(other_vendor_signer):
    solicitation = opened_offers()

    submission = submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, hours=9)
    )

    # Then nothing is left to seal of who it is, and its vendor is told
    assert submission.state == SubmissionState.LATE
    assert not hasattr(submission, "opened_offer")
    assert submission.vendor.name == other_vendor_signer.organization_name
    told = Notice.objects.filter(recipient_user_id=other_vendor_signer.user_id)
    assert "received late" in told.get(title__startswith="Your offer").title


def test_nothing_of_the_content_stands_in_the_rows_of_a_sealed_offer():
    solicitation = released_solicitation()

    submission = submitted_offer(on=solicitation)

    version = latest_version(submission)
    assert [part["name"] for part in version.files] == [
        "Technical proposal",
        "Price schedule",
    ]
    assert submission.vendor_id is None
    assert not hasattr(version, "attribution")
    assert not hasattr(submission, "opened_offer")


@pytest.mark.rule("R-SUB-07", case="allowed")
def test_the_receipt_names_time_parts_and_hashes_on_page_and_paper(vendor_a_signer):
    # Given an offer with a file
    solicitation = released_solicitation()
    file = OfferedFile("plan.pdf", "application/pdf", b"%PDF-1.7 our plan")

    # When it is handed in
    submission = submitted_offer(
        on=solicitation, offer=offer_on(solicitation, files=[file])
    )

    # Then the receipt lists every part with its SHA-256, and a paper says the same
    version = latest_version(submission)
    assert version.received_at == before(solicitation)
    listed = {part["name"]: part for part in version.files}
    assert listed["File 1"] == {
        "name": "File 1",
        "size_bytes": 17,
        "sha256": "9074016bb770be1a4aa5a380b3c3bfbbdb31f94a06984242b8dc7a664249917c",
    }
    paper = Document.objects.get(kind="receipt")
    assert paper.number == version.public_id
    assert paper.content_sha256 == version.plain_sha256
    assert paper.context["files"] == version.files
    assert paper.context["time_zone"] == solicitation.time_zone

    # And both instants that are known stand there in UTC and in the zone
    facts = {fact["label"]: fact["value"] for fact in paper.context["facts"]}
    at = version.received_at
    completed = facts["Receipt completed, to the microsecond"]
    assert completed.startswith(f"{at:%Y-%m-%d %H:%M:%S.%f} UTC, ")
    assert completed.endswith((" EST", " EDT"))
    assert (
        f"{version.recorded_at:%S.%f} UTC"
        in (facts["Recorded by the database, to the microsecond"])
    )
    assert facts["Mode of sealing"] == "by the server, in memory, on receipt"


@pytest.mark.rule("R-SUB-07", case="refused")
@pytest.mark.parametrize(
    "files",
    [
        [OfferedFile("plan.pdf", "application/pdf", b"")],
        [OfferedFile("plan.pdf", "application/pdf", b"a")] * 2,
        [OfferedFile("Price schedule", "text/plain", b"a")],
        [OfferedFile("plan\x00.pdf", "application/pdf", b"a")],
        [OfferedFile("plan.pdf" * 20, "application/pdf", b"a")],
    ],
    ids=["empty", "twice", "a name that is taken", "no name", "too long a name"],
)
def test_what_no_receipt_could_list_is_refused(vendor_a_signer, files):
    solicitation = released_solicitation()
    offer = offer_on(solicitation, files=files)

    with nothing_happens(), pytest.raises(NotReceiptable) as refusal:
        submitted_offer(on=solicitation, offer=offer)

    assert refusal.value.rule == "R-SUB-07"
    assert refusal.value.status == 422


@pytest.mark.rule("R-SUB-05", case="allowed")
def test_an_offer_acknowledges_every_amendment(vendor_a_signer):
    solicitation = amended_solicitation()

    submission = submitted_offer(on=solicitation)

    assert latest_version(submission).acknowledged == ["0001"]


@pytest.mark.rule("R-SUB-05", case="refused")
@pytest.mark.parametrize("acknowledged", [[], ["0001", "0002"], ["0002"]])
def test_an_offer_that_does_not_acknowledge_what_was_issued_is_refused(
    vendor_a_signer, acknowledged
):
    solicitation = amended_solicitation()

    with nothing_happens(), pytest.raises(AmendmentNotAcknowledged) as refusal:
        submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer_on(solicitation),
            acknowledged=acknowledged,
            by=vendor_a_signer,
            at=before(solicitation),
        )

    assert refusal.value.rule == "R-SUB-05"


def test_an_offer_prices_every_line_once_and_no_other(vendor_a_signer):
    solicitation = released_solicitation()
    whole = offer_on(solicitation)
    broken = [
        Offer(whole.technical, whole.prices[1:]),
        Offer(whole.technical, [*whole.prices, whole.prices[0]]),
        Offer("  ", whole.prices),
    ]

    for offer in broken:
        with nothing_happens(), pytest.raises(OfferIncomplete):
            submitted_offer(on=solicitation, offer=offer)


def test_a_price_that_no_column_holds_is_refused(vendor_a_signer):
    solicitation = released_solicitation()
    slin = solicitation.lines.order_by("slin")[0].slin

    with nothing_happens(), pytest.raises(OfferIncomplete):
        submitted_offer(
            on=solicitation, offer=offer_on(solicitation, prices={slin: "1000000"})
        )

    assert UnitPrice(1_000_000) > UnitPrice("999999.999999")


def test_a_second_offer_of_the_same_vendor_is_refused(vendor_a_signer):
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)

    with nothing_happens(), pytest.raises(AlreadySubmitted):
        submitted_offer(on=solicitation, by="vendor_a_signer")


def test_an_offer_that_was_on_its_way_when_the_others_were_opened_is_refused(
    other_vendor_signer,
):
    solicitation = opened_offers()

    with nothing_happens(), pytest.raises(AlreadyOpened):
        submitted_offer(
            on=solicitation, by="other_vendor_signer", at=deadline(solicitation)
        )


def test_nobody_but_a_signer_of_a_vendor_submits():
    solicitation = released_solicitation()

    for part in (
        "vendor_a_member",
        "contracting_officer",
        "administrator",
        "vendor_a_administrator",
        "auditor",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            submit_submission(
                solicitation_id=solicitation.pk,
                offer=offer_on(solicitation),
                acknowledged=[],
                by=actor(part),
                at=before(solicitation),
            )


def test_a_machine_never_submits(vendor_a_machine):
    solicitation = released_solicitation()

    with nothing_happens(), pytest.raises(NotAllowed):
        submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer_on(solicitation),
            acknowledged=[],
            by=vendor_a_machine,
            at=before(solicitation),
        )


def test_the_stream_of_the_solicitation_says_nothing_of_a_sealed_offer(
    vendor_a_signer,
):
    # Given a released solicitation
    solicitation = released_solicitation()
    told = AuditEvent.objects.filter(stream=solicitation.stream).count()

    # When two offers arrive
    first = submitted_offer(on=solicitation)
    submitted_offer(on=solicitation, by="vendor_b_signer")

    # Then its stream is as long as before; each submission's own stream has the record
    after_it = AuditEvent.objects.filter(stream=solicitation.stream).count()
    assert after_it == told
    own = AuditEvent.objects.filter(stream=first.subject.stream)
    assert list(own.order_by("seq").values_list("event", flat=True))[-2:] == [
        "submissions.version.received",
        "submissions.submission.submitted",
    ]
    assert Submission.objects.count() == SubmissionVersion.objects.count() == 2
