"""A paper that has failed is asked for again, by those who answer for it."""

import pytest

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.desk.queries import failing
from contracting.documents import rendering
from contracting.documents.operations import render
from contracting.documents.operations.render import render_document
from contracting.documents.operations.retry import retry_document
from contracting.documents.states import DocumentState
from tests.cast import nothing_happens
from tests.documents.papers import request


@pytest.fixture
def failed(contracting_officer, at, monkeypatch):
    """A task order's paper that could not be printed."""
    return jammed(request(contracting_officer, at), monkeypatch)


@pytest.fixture
def failed_receipt(contracting_officer, vendor_a, at, monkeypatch):
    """A receipt of vendor A that could not be printed."""
    paper = request(contracting_officer, at, kind="receipt", vendor_id=vendor_a.pk)
    return jammed(paper, monkeypatch)


def jammed(document, monkeypatch):
    """The paper after the press has failed so often that it is given up."""

    def jam(_):
        raise ValueError("the paper is jammed")

    with monkeypatch.context() as patched:
        patched.setattr(rendering, "render", jam)
        for _ in range(render.MAX_ATTEMPTS):
            render_document(document_id=document.pk)
    document.refresh_from_db()
    return document


def test_a_failed_paper_is_queued_again(failed, contract_specialist, at):
    assert failed.state == DocumentState.FAILED

    document = retry_document(document_id=failed.pk, by=contract_specialist, at=at)

    assert document.state == DocumentState.REQUESTED
    assert document.attempts == 0
    last = list(events_of(document.as_subject))[-1]
    assert last.event == "documents.document.retried"
    assert last.actor_name == contract_specialist.name


def test_a_paper_that_waits_is_not_requested_again(contracting_officer, at):
    document = request(contracting_officer, at)

    with nothing_happens(), pytest.raises(NotAllowed):
        retry_document(document_id=document.pk, by=contracting_officer, at=at)


@pytest.mark.parametrize(
    "somebody", ["cor", "vendor_a_signer", "other_agency_officer", "gateway"]
)
def test_others_do_not_request_it_again(failed, at, somebody, request):
    by = request.getfixturevalue(somebody)

    with nothing_happens(), pytest.raises(NotAllowed):
        retry_document(document_id=failed.pk, by=by, at=at)


@pytest.mark.parametrize("somebody", ["vendor_a_member", "vendor_a_signer"])
def test_a_vendor_requests_its_own_receipt_again(failed_receipt, at, somebody, request):
    by = request.getfixturevalue(somebody)

    document = retry_document(document_id=failed_receipt.pk, by=by, at=at)

    assert document.state == DocumentState.REQUESTED


@pytest.mark.parametrize(
    "somebody",
    ["contracting_officer", "administrator", "vendor_b_signer", "other_agency_officer"],
)
def test_nobody_else_requests_a_receipt_again(failed_receipt, at, somebody, request):
    by = request.getfixturevalue(somebody)

    with nothing_happens(), pytest.raises(NotAllowed):
        retry_document(document_id=failed_receipt.pk, by=by, at=at)


def test_the_administrator_sees_that_receipts_failed_and_not_whose_or_how_many(
    failed_receipt, administrator, other_agency_officer, vendor_a
):
    (item,) = failing(administrator)

    assert item.text == "Receipts for offers that would not print"
    shown = f"{item.text} {item.note} {item.url}"
    assert vendor_a.name not in shown
    assert failed_receipt.number not in shown
    assert failed_receipt.last_error not in shown
    assert failing(other_agency_officer) == []
