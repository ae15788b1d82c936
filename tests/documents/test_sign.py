"""Approvals are put in their places on a paper, and out of order they are refused."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.queries import events_of
from contracting.core.canonical import content_sha256
from contracting.core.subjects import Subject
from contracting.documents.models import Approval, Document, DocumentSignature
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.render import render_document
from contracting.documents.operations.request import request_document
from contracting.documents.operations.sign import sign_document
from contracting.documents.queries import issued_for, read_blob, rendering_of
from contracting.documents.refusals import NothingToSign, OutOfOrder
from contracting.documents.signing import signatures
from contracting.documents.states import DocumentState
from tests.cast import actor, nothing_happens
from tests.documents import files
from tests.documents.papers import PAPERS, context_of

SEALS = True


def subject(number=7):
    return Subject("orders.task_order", number, "contract:1")


def approval(party, by, at, **more):
    action = "issue_modification" if party == "OFFICER" else "sign_modification"
    return record_approval(
        **{
            "action": action,
            "party": party,
            "subject": subject(),
            "version": 3,
            "content_sha256": "ab" * 32,
            "by": by,
            "at": at,
        }
        | more
    )


def requested(by, at, vendor, approvals, order="bilateral_modification"):
    context = context_of("modification")
    return request_document(
        kind="modification",
        subject=subject(),
        title=PAPERS["modification"]["title"],
        number=PAPERS["modification"]["number"],
        agency_id=by.own_organization_id,
        vendor_id=vendor.organization_id,
        context=context,
        content_sha256=content_sha256(context),
        version=3,
        by=by,
        at=at,
        order=order,
        approvals=approvals,
    )


def sign(paper, by, at):
    """The vendor's signature, where the paper waits for it."""
    return sign_document(
        document_id=paper.pk, action="accept_award", party="VENDOR", by=by, at=at
    )


@pytest.fixture
def signer(db):
    return actor("vendor_a_signer")


@pytest.fixture
def prints_quickly(monkeypatch):
    from contracting.documents import rendering

    monkeypatch.setattr(rendering, "render", lambda sheet: files.pdf())


@pytest.mark.django_db
def test_two_signatures_given_before_the_print_are_on_it(
    contracting_officer, signer, at, prints_quickly
):
    given = [
        approval("VENDOR", signer, at),
        approval("OFFICER", contracting_officer, at),
    ]
    paper = requested(contracting_officer, at, signer, given)

    render_document(document_id=paper.pk)

    made = rendering_of(Document.objects.get(pk=paper.pk))
    found = signatures.found_in(read_blob(made.blob))
    assert [each.record for each in found] == [each.record for each in given]
    assert (made.signatures, made.level, made.base) == (2, "B-B", None)


@pytest.mark.django_db
def test_the_second_signature_is_a_revision_of_the_same_file(
    contracting_officer, signer, at, prints_quickly
):
    # Given an award that is offered, printed and signed by the contracting officer
    officer = approval("OFFICER", contracting_officer, at)
    paper = requested(contracting_officer, at, signer, [officer], "quoted_order")
    render_document(document_id=paper.pk)
    first = rendering_of(Document.objects.get(pk=paper.pk))
    assert first.signatures == 1

    # When the vendor accepts
    sign(paper, signer, at)
    paper.refresh_from_db()
    assert paper.state == DocumentState.REQUESTED
    assert paper.rendering == first  # still there to be read
    render_document(document_id=paper.pk)

    # Then the file has grown behind what was there
    paper.refresh_from_db()
    second = rendering_of(paper)
    assert paper.state == DocumentState.RENDERED
    assert second.base == first
    assert second.signatures == 2
    assert read_blob(second.blob).startswith(read_blob(first.blob))
    assert second.unsealed_sha256 == first.unsealed_sha256
    assert [each.event for each in events_of(paper.as_subject)] == [
        "documents.document.rendered",
        "documents.document.signed",
    ]
    # And each party may have the file as it was before its own signature
    assert issued_for(paper, "VENDOR") == read_blob(first.blob)
    assert len(issued_for(paper, "OFFICER")) == first.revisions[1]


@pytest.mark.django_db
def test_a_signature_out_of_its_order_is_refused(contracting_officer, signer, at):
    officer = approval("OFFICER", contracting_officer, at)
    with nothing_happens(), pytest.raises(OutOfOrder, match="The contractor signs"):
        requested(contracting_officer, at, signer, [officer])

    both = [approval("VENDOR", signer, at), officer]
    paper = requested(contracting_officer, at, signer, both)
    with nothing_happens(), pytest.raises(OutOfOrder, match="Everybody"):
        sign(paper, signer, at)


@pytest.mark.django_db
@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_database_refuses_a_signature_out_of_its_order(
    contracting_officer, signer, at, place
):
    vendor = approval("VENDOR", signer, at)
    paper = requested(contracting_officer, at, signer, [vendor])
    wrong = approval("VENDOR", signer, at, version=8)

    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentSignature.objects.create(document=paper, place=place, approval=wrong)


@pytest.mark.django_db
def test_an_approval_older_than_the_one_before_it_is_refused(
    contracting_officer, signer, at
):
    paper = requested(contracting_officer, at, signer, [approval("VENDOR", signer, at)])
    early = approval("OFFICER", contracting_officer, at - timedelta(hours=1))

    with (
        pytest.raises(DatabaseError, match="in its order"),
        transaction.atomic(),
    ):
        DocumentSignature.objects.create(document=paper, place=2, approval=early)


@pytest.mark.django_db
def test_an_approval_never_changes(contracting_officer, at):
    approval("OFFICER", contracting_officer, at)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Approval.objects.update(record="{}")


@pytest.mark.django_db
def test_who_signs_later_has_nothing_to_sign_yet(
    contracting_officer, signer, at, prints_quickly
):
    vendor = approval("VENDOR", signer, at)
    paper = requested(contracting_officer, at, signer, [vendor])
    render_document(document_id=paper.pk)
    three = [*paper.parties, "REPRESENTATIVE"]

    with pytest.raises(NothingToSign, match="no field"):
        issued_for(paper, "CERTIFIER")
    paper.parties = three
    with pytest.raises(NothingToSign, match="contracting officer signs this paper"):
        issued_for(paper, "REPRESENTATIVE")
