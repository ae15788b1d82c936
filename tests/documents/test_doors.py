"""Pages and endpoints of papers."""

import base64
import hashlib

import pytest
from django.test import Client

from accounts.models import ApiKey
from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.documents.operations import render
from contracting.documents.operations.render import render_document
from contracting.documents.queries import file_name
from tests.cast import client_for, key_client, submit
from tests.documents.papers import request

PDF = b"%PDF-1.7 printed"


@pytest.fixture(autouse=True)
def no_press(monkeypatch):
    monkeypatch.setattr(rendering, "render", lambda sheet: PDF)


@pytest.fixture
def requested(contracting_officer, vendor_a, at):
    """A paper that is being prepared."""
    return request(contracting_officer, at, vendor_id=vendor_a.pk)


@pytest.fixture
def ready(requested):
    """A paper that is printed."""
    render_document(document_id=requested.pk)
    return Document.objects.get(pk=requested.pk)


@pytest.fixture
def reading_key(gateway):
    """The gateway's key, with leave to read papers."""
    ApiKey.objects.filter(pk=gateway.key_id).update(scopes=["documents:read"])
    return key_client(gateway)


def test_a_paper_that_is_being_prepared_says_so_and_looks_again(requested, cor):
    page = client_for(cor).get(f"/documents/{requested.public_id}")

    text = page.content.decode()
    assert page.status_code == 200
    assert "Look again" in text
    assert "http-equiv" not in text  # WCAG 2.2.1: no page reloads by itself
    assert "is being prepared" in text
    assert "Download" not in text


def test_a_paper_that_is_ready_shows_its_hashes_and_its_file(ready, cor):
    page = client_for(cor).get(f"/documents/{ready.public_id}").content.decode()

    assert "http-equiv" not in page
    assert ready.content_sha256 in page
    assert hashlib.sha256(PDF).hexdigest() in page
    assert f"/documents/{ready.public_id}/download" in page


def test_the_file_is_the_stored_bytes_with_its_headers(ready, vendor_a_member):
    response = client_for(vendor_a_member).get(f"/documents/{ready.public_id}/download")

    assert response.status_code == 200
    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="')
    assert response["Content-Disposition"].endswith('-task-order-v3.pdf"')
    assert response["ETag"] == f'"{hashlib.sha256(PDF).hexdigest()}"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("door", ["page", "api"])
def test_both_doors_hand_the_file_over_alike(ready, vendor_a_member, reading_key, door):
    browser = client_for(vendor_a_member) if door == "page" else reading_key
    address = f"{'' if door == 'page' else '/api/v1'}/documents/{ready.public_id}"

    whole = browser.get(f"{address}/download")
    head = browser.head(f"{address}/download")
    part = browser.get(f"{address}/download", headers={"Range": "bytes=0-3"})

    # Then the hash comes with the file, and nobody is given a part of it as the whole
    digest = base64.b64encode(hashlib.sha256(PDF).digest()).decode()
    assert whole["Repr-Digest"] == f"sha-256=:{digest}:"
    assert whole["Accept-Ranges"] == "none"
    assert (part.status_code, part.content) == (200, PDF)

    # And HEAD tells the same without the bytes
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Disposition", "ETag", "Repr-Digest"):
        assert head[name] == whole[name]


@pytest.mark.parametrize("wrong", ["doc_0", "doc_" + "0" * 26, "ord_" + "0" * 26])
def test_an_address_that_does_not_exist_is_not_found(cor, reading_key, wrong):
    assert client_for(cor).get(f"/documents/{wrong}/download").status_code == 404
    found = reading_key.get(f"/api/v1/documents/{wrong}/download")
    assert found.status_code == 404


@pytest.mark.parametrize(
    ("number", "named"),
    [
        ('P"1";\r\nX: y', "P-1-X-y-task-order-v3.pdf"),
        ("../../etc/passwd", "etc-passwd-task-order-v3.pdf"),
        ("\u202eFDP\u2066 \U0001f600", "FDP-task-order-v3.pdf"),
        ("№", "paper-task-order-v3.pdf"),
    ],
)
def test_a_file_name_holds_letters_digits_and_hyphens_only(number, named):
    assert file_name(Document(number=number, kind="task_order", version=3)) == named


def test_a_file_that_is_not_there_yet_is_a_refusal_with_words(requested, cor):
    response = client_for(cor).get(f"/documents/{requested.public_id}/download")

    assert response.status_code == 409
    assert "still being prepared" in response.content.decode()


@pytest.mark.parametrize("tail", ["", "/download", "/retry"])
@pytest.mark.parametrize("stranger", ["vendor_b_signer", "other_agency_officer"])
def test_a_stranger_gets_404(ready, tail, stranger, request):
    browser = client_for(request.getfixturevalue(stranger))

    assert browser.get(f"/documents/{ready.public_id}{tail}").status_code == 404


@pytest.mark.parametrize("tail", ["", "/download", "/retry"])
def test_nobody_who_is_not_signed_in_sees_a_paper(ready, tail):
    response = Client().get(f"/documents/{ready.public_id}{tail}")

    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_a_public_paper_needs_no_login(contracting_officer, at):
    document = request(contracting_officer, at, kind="solicitation", is_public=True)
    address = f"/documents/{document.public_id}"
    assert Client().get(address).status_code == 302

    render_document(document_id=document.pk)

    assert Client().get(address).status_code == 200
    assert Client().get(f"{address}/download").content == PDF


def test_a_failed_paper_is_requested_again_from_its_page(
    requested, contracting_officer, cor, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "render", _jam)
        for _ in range(render.MAX_ATTEMPTS):
            render_document(document_id=requested.pk)
    address = f"/documents/{requested.public_id}"
    assert "the paper is jammed" in client_for(cor).get(address).content.decode()
    assert client_for(cor).get(f"{address}/retry").status_code == 403

    response = submit(client_for(contracting_officer), f"{address}/retry")

    assert response.status_code == 303
    assert response["Location"] == address
    requested.refresh_from_db()
    assert requested.state == "REQUESTED"


def test_a_key_reads_a_paper_and_its_file(ready, reading_key):
    address = f"/api/v1/documents/{ready.public_id}"

    found = reading_key.get(address)
    file = reading_key.get(f"{address}/download", headers={"Accept": "application/pdf"})

    assert found.status_code == 200
    assert found.json()["id"] == ready.public_id
    assert found.json()["state"] == "RENDERED"
    assert found.json()["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert found.json()["download"] == f"{address}/download"
    assert file.content == PDF
    assert file["Content-Type"] == "application/pdf"


def test_a_key_is_told_that_a_file_is_not_ready(requested, reading_key):
    address = f"/api/v1/documents/{requested.public_id}"

    problem = reading_key.get(
        f"{address}/download", headers={"Accept": "application/pdf"}
    )

    assert problem.status_code == 409
    assert problem.json()["code"] == "not_ready"
    assert problem.json()["retryable"] is True
    assert reading_key.get(address).json()["download"] is None


def test_a_key_without_the_scope_is_refused(ready, gateway):
    response = key_client(gateway).get(f"/api/v1/documents/{ready.public_id}")

    assert response.status_code == 403


@pytest.mark.parametrize("tail", ["", "/download"])
def test_a_strangers_key_gets_404_and_no_key_gets_401(
    ready, tail, other_agency_gateway
):
    address = f"/api/v1/documents/{ready.public_id}{tail}"
    ApiKey.objects.filter(pk=other_agency_gateway.key_id).update(
        scopes=["documents:read"]
    )

    assert key_client(other_agency_gateway).get(address).status_code == 404
    assert Client().get(address).status_code == 401


def _jam(_):
    raise ValueError("the paper is jammed")
