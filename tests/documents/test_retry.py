"""A paper that has failed is asked for again, by those who answer for it."""

import pytest

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
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

    def jam(_):
        raise ValueError("the paper is jammed")

    document = request(contracting_officer, at)
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
