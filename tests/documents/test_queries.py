"""Who may read a paper."""

import pytest

from contracting.core.actors import ANONYMOUS
from contracting.core.errors import NotVisible
from contracting.core.subjects import Subject
from contracting.documents import rendering
from contracting.documents.operations.render import render_document
from contracting.documents.queries import (
    documents_of,
    file_name,
    get_document_for,
    pending_documents,
    rendering_of,
)
from contracting.documents.refusals import NotReady
from tests.documents.papers import request


@pytest.fixture(autouse=True)
def no_press(monkeypatch):
    monkeypatch.setattr(rendering, "render", lambda sheet: f"%PDF {sheet}".encode())


@pytest.fixture
def order_paper(contracting_officer, vendor_a, at):
    """The paper of an order to Meridian Models."""
    return request(contracting_officer, at, vendor_id=vendor_a.pk)


def test_the_agency_and_the_named_vendor_read_it(order_paper, cor, vendor_a_member):
    for reader in (cor, vendor_a_member):
        assert get_document_for(reader, order_paper.public_id) == order_paper


@pytest.mark.parametrize(
    "stranger",
    ["vendor_b_signer", "other_vendor_signer", "other_agency_officer"],
)
def test_a_stranger_finds_nothing(order_paper, stranger, request):
    with pytest.raises(NotVisible):
        get_document_for(request.getfixturevalue(stranger), order_paper.public_id)


def test_an_agency_key_reads_it_and_another_does_not(
    order_paper, gateway, other_agency_gateway
):
    assert get_document_for(gateway, order_paper.public_id) == order_paper
    with pytest.raises(NotVisible):
        get_document_for(other_agency_gateway, order_paper.public_id)


def test_a_public_paper_is_everybodys_once_it_is_printed(
    contracting_officer, other_vendor_signer, at
):
    document = request(contracting_officer, at, kind="solicitation", is_public=True)
    for reader in (ANONYMOUS, other_vendor_signer):
        with pytest.raises(NotVisible):
            get_document_for(reader, document.public_id)

    render_document(document_id=document.pk)

    for reader in (ANONYMOUS, other_vendor_signer):
        assert get_document_for(reader, document.public_id) == document


def test_a_receipt_is_the_vendors_alone(
    contracting_officer, vendor_a, vendor_a_signer, vendor_b_signer, auditor, at
):
    document = request(contracting_officer, at, kind="receipt", vendor_id=vendor_a.pk)

    assert get_document_for(vendor_a_signer, document.public_id) == document
    for reader in (contracting_officer, auditor, vendor_b_signer):
        with pytest.raises(NotVisible):
            get_document_for(reader, document.public_id)


def test_the_papers_of_a_thing_are_listed_newest_first(contracting_officer, at):
    first, second = (request(contracting_officer, at) for _ in range(2))
    request(contracting_officer, at, subject_id=8)

    found = documents_of(Subject("orders.task_order", 7, "contract:1"))

    assert list(found) == [second, first]
    assert not found.visible_to(ANONYMOUS).exists()


def test_what_is_not_printed_is_pending(order_paper):
    assert list(pending_documents()) == [order_paper]

    render_document(document_id=order_paper.pk)

    assert not pending_documents().exists()


def test_a_paper_that_is_not_printed_yet_says_so(order_paper):
    with pytest.raises(NotReady) as refusal:
        rendering_of(order_paper)

    assert refusal.value.retryable


def test_a_file_name_holds_no_surprises(order_paper):
    order_paper.number = '75D/../"x"\r\nSet-Cookie: é'

    assert file_name(order_paper) == "75D-x-Set-Cookie-task-order-v3.pdf"


def test_the_invariants_hold_and_notice_what_does_not(order_paper, monkeypatch):
    from django.core.files.storage import default_storage

    from contracting.documents.invariants import INVARIANTS

    render_document(document_id=order_paper.pk)
    assert [i.code for i in INVARIANTS if i.exceptions()] == []

    default_storage.delete(order_paper.rendering.blob.name)

    assert [i.code for i in INVARIANTS if i.exceptions()] == ["DOC-1"]
