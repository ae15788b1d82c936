"""A signed copy is handed in by a page or a key, kept, and checked by a worker."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import ApiKey
from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.documents import rendering
from contracting.documents.checking.upload import check_upload
from contracting.documents.models import Document, Operation, SignedCopy
from contracting.documents.operations.render import render_document
from contracting.documents.operations.upload import upload_signed_copy
from contracting.documents.operations.work_operation import work_operation
from contracting.documents.queries import issued_for
from contracting.documents.refusals import NothingToSign
from contracting.documents.signing import copies
from contracting.documents.signing.copies import Look
from tests.cast import actor, client_for, key_client, nothing_happens, submit
from tests.documents import files
from tests.documents.signers import signed_by, vera
from tests.documents.test_sign import approval, requested

SEALS = True

SIGNATURE = {
    "field": "ContractingOfficer",
    "signer": "Otto Officer",
    "issuer": "Authority of the tests",
    "certificate_sha256": "ab" * 32,
    "valid_from": "2026-01-01T00:00:00+00:00",
    "valid_to": "2027-01-01T00:00:00+00:00",
    "signed_at": "2026-03-02T15:00:00+00:00",
    "stamped_at": "",
    "is_trusted": False,
    "doubt": "self_made",
}


@pytest.fixture
def paper(contracting_officer, vendor_a_signer, at, monkeypatch):
    """A modification that both have signed, printed."""
    monkeypatch.setattr(rendering, "render", lambda sheet: files.pdf())
    given = [
        approval("VENDOR", vendor_a_signer, at),
        approval("OFFICER", contracting_officer, at),
    ]
    made = requested(contracting_officer, at, vendor_a_signer, given)
    render_document(document_id=made.pk)
    return Document.objects.get(pk=made.pk)


@pytest.fixture
def looked(monkeypatch):
    """What the look of the worker finds; the look itself takes seconds elsewhere."""
    found = [Look("", SIGNATURE)]
    monkeypatch.setattr(copies, "look_at", lambda *_, **__: found[-1])
    return found


def copy_of(paper, party="VENDOR"):
    field = {"VENDOR": "Contractor", "OFFICER": "ContractingOfficer"}[party]
    return signed_by(vera(), issued_for(paper, party), field)


def file_of(content):
    verdict = check_upload("signed.pdf", content, allowed=("pdf",))
    assert verdict.is_fit, verdict.words
    return verdict


def test_a_copy_is_kept_and_checked_by_a_worker(paper, vendor_a_signer, at, looked):
    copy = upload_signed_copy(
        document_id=paper.pk, file=file_of(copy_of(paper)), by=vendor_a_signer, at=at
    )
    work_operation(operation_id=copy.operation_id)

    copy.refresh_from_db()
    assert copy.party == "VENDOR"
    assert copy.check_of_it.result == "NOT_TRUSTED"
    assert copy.check_of_it.signature["signer"] == "Otto Officer"
    assert [each.event for each in events_of(paper.as_subject)][-2:] == [
        "documents.signed_copy.uploaded",
        "documents.signed_copy.checked",
    ]
    # And the paper of record is what it was
    assert paper.rendering == Document.objects.get(pk=paper.pk).rendering


def test_the_same_copy_is_kept_once(paper, vendor_a_signer, at, looked):
    file = file_of(copy_of(paper))
    first = upload_signed_copy(
        document_id=paper.pk, file=file, by=vendor_a_signer, at=at
    )

    assert first == upload_signed_copy(
        document_id=paper.pk, file=file, by=vendor_a_signer, at=at
    )
    assert Operation.objects.count() == 1


@pytest.mark.parametrize(
    "part", ["vendor_a_member", "cor", "contract_specialist", "vendor_b_signer"]
)
def test_only_who_signs_for_a_party_hands_in_its_copy(paper, at, part):
    file = file_of(copy_of(paper))

    with nothing_happens(), pytest.raises(NotAllowed, match="signatories"):
        upload_signed_copy(document_id=paper.pk, file=file, by=actor(part), at=at)


def test_a_paper_that_is_not_printed_takes_no_copy(
    contracting_officer, vendor_a_signer, at
):
    officer = approval("OFFICER", contracting_officer, at)
    made = requested(contracting_officer, at, vendor_a_signer, [officer], "unilateral")
    file = file_of(files.pdf())

    with nothing_happens(), pytest.raises(NotAllowed):
        upload_signed_copy(document_id=made.pk, file=file, by=vendor_a_signer, at=at)


def test_who_signs_second_waits_for_the_first(
    contracting_officer, vendor_a_signer, at, monkeypatch
):
    monkeypatch.setattr(rendering, "render", lambda sheet: files.pdf())
    vendor = approval("VENDOR", vendor_a_signer, at)
    made = requested(contracting_officer, at, vendor_a_signer, [vendor])
    render_document(document_id=made.pk)
    Document.objects.get(pk=made.pk)

    assert issued_for(made, "OFFICER")  # the vendor has signed
    made.parties = ["VENDOR", "REPRESENTATIVE", "OFFICER"]
    with pytest.raises(NothingToSign, match="representative signs this paper first"):
        issued_for(made, "OFFICER")


def test_a_party_hands_in_a_copy_on_the_page_and_both_see_the_result(
    paper, vendor_a_signer, contracting_officer, looked
):
    browser = client_for(vendor_a_signer)
    page = f"/documents/{paper.public_id}"
    given = browser.get(f"{page}/download_for_signature")
    assert given.content == issued_for(paper, "VENDOR")
    signed = signed_by(vera(), given.content, "Contractor")

    done = submit(
        browser,
        f"{page}/upload_signed_copy",
        {"file": SimpleUploadedFile("signed.pdf", signed)},
    )

    assert done.status_code == 303
    assert "Being checked" in browser.get(page).content.decode()
    copy = SignedCopy.objects.get()
    work_operation(operation_id=copy.operation_id)
    for reader in (browser, client_for(contracting_officer)):
        shown = reader.get(page).content.decode()
        assert "Valid, but not trusted: signed by Otto Officer" in shown
        assert "signed by nobody but itself" in shown
        address = f"{page}/signed_copies/{copy.public_id}"
        assert reader.get(address).content == signed


def test_a_refused_copy_is_told_and_not_handed_on(paper, vendor_a_signer, at, looked):
    looked.append(Look("changed", {}))
    copy = upload_signed_copy(
        document_id=paper.pk, file=file_of(copy_of(paper)), by=vendor_a_signer, at=at
    )
    work_operation(operation_id=copy.operation_id)

    browser, page = client_for(vendor_a_signer), f"/documents/{paper.public_id}"
    assert "a page was added, hidden" in browser.get(page).content.decode()
    gone = browser.get(f"{page}/signed_copies/{copy.public_id}")
    assert gone.status_code == 404


def test_what_is_no_pdf_is_refused_on_the_page(paper, vendor_a_signer):
    url = f"/documents/{paper.public_id}/upload_signed_copy"
    sent = {"file": SimpleUploadedFile("signed.pdf", b"no pdf at all")}
    browser = client_for(vendor_a_signer)
    browser.get(url)

    with nothing_happens():
        page = submit(browser, url, sent)

    assert page.status_code == 422
    assert "its content is" in page.content.decode()


def test_the_page_shows_who_signs_it_and_what_they_stated(paper, vendor_a_signer):
    page = client_for(vendor_a_signer).get(f"/documents/{paper.public_id}")

    text = page.content.decode()
    assert "I agree for the vendor to version 3 of this modification" in text
    assert "Approval record" in text
    assert "2 of 2 (PAdES B-B) are on the file" in text


@pytest.mark.parametrize("tail", ["download_for_signature", "upload_signed_copy"])
@pytest.mark.parametrize("part", ["vendor_b_signer", "other_agency_officer"])
def test_a_stranger_gets_404(paper, tail, part):
    found = client_for(actor(part)).get(f"/documents/{paper.public_id}/{tail}")

    assert found.status_code == 404


@pytest.fixture
def writing_key(vendor_a_machine):
    """The vendor's key, with leave to hand in signed copies."""
    scopes = ["documents:read", "documents:write"]
    ApiKey.objects.filter(pk=vendor_a_machine.key_id).update(scopes=scopes)
    return key_client(vendor_a_machine)


def send(client, paper, content):
    return client.post(
        f"/api/v1/documents/{paper.public_id}/signed_copies",
        content,
        content_type="application/pdf",
        headers={"Idempotency-Key": "0123456789abcdef"},
    )


def test_a_key_hands_in_a_copy_once_and_reads_what_was_found(
    paper, writing_key, looked
):
    address = f"/api/v1/documents/{paper.public_id}/download_for_signature"
    signed = signed_by(vera(), writing_key.get(address).content, "Contractor")

    first, again = (send(writing_key, paper, signed) for _ in range(2))

    assert (first.status_code, again.status_code) == (202, 202)
    assert again["Idempotent-Replayed"] == "true"
    assert first["Location"].startswith("/api/v1/operations/op_")
    assert first.json()["result"] is None
    work_operation(operation_id=SignedCopy.objects.get().operation_id)
    listed = writing_key.get(f"/api/v1/documents/{paper.public_id}/signed_copies")
    (copy,) = listed.json()["data"]
    assert copy["result"] == "NOT_TRUSTED"
    assert copy["signature"]["doubt"] == "self_made"


def test_a_key_without_the_scope_hands_in_nothing(paper, writing_key, vendor_a_machine):
    ApiKey.objects.filter(pk=vendor_a_machine.key_id).update(scopes=["documents:read"])

    with nothing_happens():
        assert send(writing_key, paper, b"%PDF-").status_code == 403
