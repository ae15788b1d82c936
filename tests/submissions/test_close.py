"""Closing the receipts: one root over everything that was in time."""

from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.clock import now
from contracting.core.errors import NotAllowed
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.submissions.calculations import receipt_content
from contracting.submissions.invariants import INVARIANTS
from contracting.submissions.models import (
    Closing,
    InclusionProof,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.queries import closing_of, published_root
from contracting.submissions.refusals import (
    NotOpenForOffers,
    ReceiptsClosed,
    StillSealed,
    WrongPassphrase,
)
from contracting.submissions.sealing.tree import DEPTH, leaf_of, root_from
from contracting.submissions.tasks import close_due_receipts
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.offers import (
    PASSPHRASE,
    after,
    amended_solicitation,
    before,
    deadline,
    latest_version,
    offer_on,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
CLOCK = "contracting.core.clock.now"


def closed(solicitation, *, at=None, by=SYSTEM):
    return close_receipts(
        solicitation_id=solicitation.pk, by=by, at=at or after(solicitation, seconds=1)
    )


@contextmanager
def checked_at_once():
    """What the database looks at before a commit, looked at now."""
    with transaction.atomic(), connection.cursor() as cursor:
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def broken():
    """The codes of the rules of this app that do not hold."""
    return [each.code for each in INVARIANTS if list(each.check())]


@pytest.mark.rule("R-SUB-01", case="allowed")
def test_every_receipt_in_time_is_under_the_root_and_no_late_one(vendor_a_signer):
    # Given an offer that was replaced, one that was withdrawn, and a late one
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    replace_submission(
        submission_id=submission.pk,
        offer=offer_on(solicitation, technical="Second thoughts."),
        acknowledged=[],
        by=vendor_a_signer,
        at=deadline(solicitation),
    )
    gone = submitted_offer(on=solicitation, by="vendor_b_signer")
    withdraw_submission(
        submission_id=gone.pk, by=actor("vendor_b_signer"), at=before(solicitation)
    )
    late = submitted_offer(
        on=solicitation,
        by="other_vendor_signer",
        at=deadline(solicitation) + INSTANT,
    )

    # When receipts are closed a microsecond after the deadline
    closing = closed(solicitation, at=deadline(solicitation) + INSTANT)

    # Then each receipt in time leads to the root, and the late one has no proof
    proofs = {row.version: row.proof for row in InclusionProof.objects.all()}
    assert len(proofs) == 3
    assert latest_version(late) not in proofs
    for version, proof in proofs.items():
        leaf = leaf_of(receipt_content(version))
        assert root_from(leaf, proof) == closing.root
        assert len(proof.path) == DEPTH
    assert broken() == []

    # And the root stands in the audit chain of the solicitation, which all can verify
    assert published_root(solicitation) == closing.root


def test_a_root_without_a_receipt_looks_like_any_other():
    solicitation = released_solicitation()

    closing = closed(solicitation)

    assert len(closing.root) == 64
    assert InclusionProof.objects.count() == 0
    told = AuditEvent.objects.get(event="submissions.receipts.closed")
    assert closing.root in told.payload


@pytest.mark.rule("R-SUB-03", case="refused")
@pytest.mark.parametrize("early", [timedelta(0), INSTANT])
def test_receipts_are_not_closed_up_to_the_deadline(early):
    solicitation = submitted_offers()[0].solicitation

    with nothing_happens(), pytest.raises(StillSealed) as refusal:
        closed(solicitation, at=deadline(solicitation) - early)

    assert refusal.value.rule == "R-SUB-03"


def test_receipts_are_closed_once():
    solicitation = submitted_offers()[0].solicitation
    closed(solicitation)

    with nothing_happens(), pytest.raises(ReceiptsClosed):
        closed(solicitation, at=after(solicitation))


def test_a_deadline_that_an_amendment_moved_closes_at_the_new_one_only():
    # Given a released solicitation, of which amendment 0001 moved the deadline by a day
    solicitation = amended_solicitation()
    old = solicitation.amendments.get().old_deadline

    # When the old deadline passes, nothing is closed
    with nothing_happens(), pytest.raises(StillSealed):
        closed(solicitation, at=old + INSTANT)

    # And when the new one has, it is
    assert closed(solicitation).deadline == deadline(solicitation)


def test_a_deadline_never_moves_once_receipts_are_closed():
    solicitation = released_solicitation()
    closed(solicitation)

    later = deadline(solicitation) + timedelta(days=1)
    with pytest.raises(IntegrityError, match="never moves"), checked_at_once():
        Solicitation.objects.filter(pk=solicitation.pk).update(deadline=later)


@pytest.mark.rule("R-SUB-01", case="refused")
def test_nothing_that_is_stamped_in_time_happens_after_the_root(vendor_a_signer):
    # Given closed receipts, and stamps from before: no page can hand them in
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    closed(solicitation)
    given: dict[str, Any] = {"by": vendor_a_signer, "at": before(solicitation)}
    offer: dict[str, Any] = {"offer": offer_on(solicitation), "acknowledged": []}

    # When an offer, a replacement or a withdrawal bears one, it is refused
    with nothing_happens(), pytest.raises(ReceiptsClosed) as refusal:
        replace_submission(submission_id=submission.pk, **offer, **given)
    assert refusal.value.rule == "R-SUB-01"
    with nothing_happens(), pytest.raises(ReceiptsClosed):
        withdraw_submission(submission_id=submission.pk, **given)
    other = {**given, "by": actor("vendor_b_signer")}
    with nothing_happens(), pytest.raises(ReceiptsClosed):
        submit_submission(solicitation_id=solicitation.pk, **offer, **other)

    # And what is late is received as late
    late = submit_submission(
        solicitation_id=solicitation.pk,
        **offer,
        by=actor("vendor_b_signer"),
        at=after(solicitation),
    )
    assert latest_version(late).is_late


def test_the_database_takes_no_receipt_in_time_after_the_root():
    solicitation = released_solicitation()
    version = latest_version(submitted_offer(on=solicitation))
    closed(solicitation)

    version.pk, version.number, version.public_id = None, 2, "rct_another"
    version._state.adding = True
    version.recorded_at = now()
    with pytest.raises(IntegrityError, match="after the root"), transaction.atomic():
        version.save()


def test_the_database_takes_no_proof_of_a_late_receipt():
    solicitation = released_solicitation()
    late = submitted_offer(on=solicitation, at=after(solicitation, seconds=1))
    closing = closed(solicitation, at=after(solicitation))

    with pytest.raises(IntegrityError, match="in time"), checked_at_once():
        InclusionProof.objects.create(
            closing=closing,
            version=latest_version(late),
            position=0,
            path=["0" * 64] * DEPTH,
        )


def test_an_altered_receipt_or_root_is_found_when_it_is_computed_again(monkeypatch):
    # Given closed receipts, of which one is read back with another time
    solicitation = submitted_offers()[0].solicitation
    closed(solicitation)
    assert broken() == []
    earlier = INSTANT

    def shifted(version):
        content = receipt_content(version)
        return {**content, "received_at": version.received_at - earlier}

    # Then the recomputed check names it
    monkeypatch.setattr("contracting.submissions.invariants.receipt_content", shifted)
    assert broken() == ["SUB-8"]
    monkeypatch.undo()

    # And so it does when the root is not the one that the audit recorded
    monkeypatch.setattr(
        "contracting.submissions.invariants.published_root", lambda each: "f" * 64
    )
    assert broken() == ["SUB-9"]


def test_the_first_share_closes_receipts_where_nothing_else_has(contract_specialist):
    # Given sealed offers whose receipts nobody has closed
    solicitation = submitted_offers()[0].solicitation
    share = {"solicitation_id": solicitation.pk, "by": contract_specialist}

    # When a share is refused, nothing is closed either
    with nothing_happens(), pytest.raises(WrongPassphrase):
        open_submissions(
            **share, passphrase="none of the herons", at=after(solicitation)
        )

    # When the first share is given, then the root is published before anything opens
    open_submissions(**share, passphrase=PASSPHRASE, at=after(solicitation))
    closing = Closing.objects.get()
    assert closing.closed_at == after(solicitation)
    told = AuditEvent.objects.filter(stream=solicitation.stream)
    names = list(told.order_by("seq").values_list("event", flat=True))
    assert names[-2:] == ["submissions.receipts.closed", "submissions.share.given"]


def test_an_opening_leaves_a_root_that_is_there_as_it_is():
    solicitation = submitted_offers()[0].solicitation
    closing = closed(solicitation)

    opened_offers(on=solicitation)

    assert closing_of(solicitation) == closing
    assert broken() == []


def test_what_was_cancelled_is_not_closed(contracting_officer):
    solicitation = released_solicitation()
    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need is gone.",
        memo="The program ended.",
        by=contracting_officer,
        at=before(solicitation),
    )

    with nothing_happens(), pytest.raises(NotOpenForOffers):
        closed(solicitation)


def test_the_sweep_closes_what_is_due_and_nothing_else(monkeypatch):
    # Given sealed offers, at the deadline, and then after it
    solicitation = released_solicitation()
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Longer than the database's clock has gone.",
        terms={
            "deadline": now() + timedelta(days=1),
            "ordering_start": date(2031, 4, 1),
            "ordering_end": date(2032, 3, 31),
        },
        by=actor("contracting_officer"),
        at=before(solicitation, days=3),
        seen_version=solicitation.version,
    )
    solicitation.refresh_from_db()
    submitted_offers(on=solicitation)
    monkeypatch.setattr(CLOCK, lambda: deadline(solicitation))
    assert close_due_receipts() == 0

    # When the sweep runs, twice
    monkeypatch.setattr(CLOCK, lambda: after(solicitation, seconds=1))
    assert close_due_receipts() == 1
    assert close_due_receipts() == 0

    # Then the root is there
    assert published_root(solicitation) == Closing.objects.get().root


def test_the_sweep_leaves_alone_what_is_told_after_the_fact(monkeypatch):
    # Given a solicitation whose box the database recorded after its deadline
    solicitation = submitted_offers()[0].solicitation
    assert solicitation.boxes.latest("pk").recorded_at > deadline(solicitation)
    monkeypatch.setattr(CLOCK, lambda: after(solicitation, seconds=1))

    # Then the sweep does not end its receiving: whoever tells it does
    assert close_due_receipts() == 0
    assert closed(solicitation)


def test_one_that_cannot_be_closed_now_holds_up_no_other(monkeypatch):
    solicitation = submitted_offers()[0].solicitation
    monkeypatch.setattr(CLOCK, lambda: after(solicitation))
    monkeypatch.setattr(
        "contracting.submissions.tasks.due_to_close",
        lambda _at: [solicitation.pk, solicitation.pk],
    )

    assert close_due_receipts() == 1


def test_nobody_but_the_system_or_an_opener_closes(gateway):
    solicitation = submitted_offers()[0].solicitation

    for part in (
        "administrator",
        "program_manager",
        "auditor",
        "evaluator",
        "vendor_a_signer",
        "other_agency_officer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            closed(solicitation, by=actor(part))
    with nothing_happens(), pytest.raises(NotAllowed):
        closed(solicitation, by=gateway)


def test_the_tables_count_no_more_than_the_receipts_do():
    # What is stated as the limit: whoever reads the tables can count, and only there
    solicitation = submitted_offers()[0].solicitation
    closed(solicitation)

    assert InclusionProof.objects.count() == SubmissionVersion.objects.count()
    assert Submission.objects.count() == 2


def test_everybody_reads_the_root_once_receipts_are_closed(contract_specialist):
    # Given a released solicitation, on whose public page no root stands yet
    solicitation = released_solicitation()
    page = reverse("submissions:published_box", args=[solicitation.public_id])
    opening = reverse("submissions:opening", args=[solicitation.public_id])
    give = reverse("submissions:open_submissions", args=[solicitation.public_id])
    browser = client_for(contract_specialist)
    assert "Not published yet" in Client().get(page).content.decode()
    first = "Your share first ends the receiving"
    assert first in browser.get(give).content.decode()

    # When receipts are closed
    closing = closed(solicitation)

    # Then a stranger and whoever opens read it
    assert closing.root in Client().get(page).content.decode()
    assert closing.root in browser.get(opening).content.decode()
    assert first not in browser.get(give).content.decode()
