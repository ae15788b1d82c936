"""Whatever leaves the site as a file is saved, never shown: every door, every file."""

import pytest
from django.urls import reverse

from accounts.models import ApiKey
from contracting.documents import queries, rendering
from contracting.documents.models import Blob, Document
from contracting.documents.operations.render import render_document
from contracting.submissions.calculations import OfferedFile
from tests.architecture.routes import routes
from tests.architecture.tree import ROOT, python_files
from tests.builders import released_solicitation
from tests.cast import client_for, key_client
from tests.documents.papers import request
from tests.offers import after, offer_on, opened_offers, submitted_offer

pytestmark = pytest.mark.django_db

DOORS = {
    "documents:download_document",
    "api:download_document",
    "disputes:answer_file",
    "disputes:evidence_file",
    "evaluations:offer_file",
    "evaluations:revised_file",
    "fair_opportunity:response_file",
    "market_research:comparison_file",
    "proposals:sealed_file",
    "reconciliation:focus_file",
    "reconciliation:waterfall_file",
}


def holds(reply, *, name, media_type):
    """The headers of a file that is saved and never shown."""
    assert reply.status_code == 200
    assert reply["Content-Disposition"] == name
    assert reply["Content-Type"] == media_type
    assert reply["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in reply


def test_every_door_through_which_a_file_leaves_is_known():
    found = {
        str(route)
        for route in routes()
        if str(route).endswith(("download_document", "_file", "download", "export"))
        and not str(route).endswith(
            ("tach_draft_file", "tach_sealed_file", "receive_invoice_file")
        )
    }

    assert found == DOORS


def test_a_paper_is_saved_by_both_doors(
    contracting_officer,
    vendor_a,
    vendor_a_member,
    other_vendor_signer,
    gateway,
    at,
    monkeypatch,
):
    monkeypatch.setattr(rendering, "render", lambda sheet: b"%PDF-1.7 printed")
    paper = request(contracting_officer, at, vendor_id=vendor_a.pk)
    render_document(document_id=paper.pk)
    ApiKey.objects.filter(pk=gateway.key_id).update(scopes=["documents:read"])
    name = queries.file_name(Document.objects.get(pk=paper.pk))
    page = reverse("documents:download_document", args=[paper.public_id])
    machine = reverse("api:download_document", args=[paper.public_id])

    for reply in (
        client_for(vendor_a_member).get(page),
        key_client(gateway).get(machine),
    ):
        holds(
            reply,
            name=f'attachment; filename="{name}"',
            media_type="application/pdf",
        )
    assert client_for(other_vendor_signer).get(page).status_code == 404


@pytest.mark.parametrize(
    ("name", "media_type", "written", "served"),
    [
        (
            "plan.pdf",
            "application/pdf",
            'attachment; filename="plan.pdf"',
            "application/pdf",
        ),
        (
            'Züri "a".txt',
            "text/html",
            "attachment; filename*=utf-8''Z%C3%BCri%20%22a%22.txt",
            "application/octet-stream",
        ),
    ],
)
def test_a_file_of_an_offer_is_saved_under_its_name_with_the_type_of_its_check(
    contracting_officer, vendor_a_signer, monkeypatch, name, media_type, written, served
):
    solicitation = released_solicitation()
    file = OfferedFile(name, media_type, f"<script>{name}</script>".encode())
    submission = submitted_offer(
        on=solicitation, offer=offer_on(solicitation, files=[file])
    )
    opened_offers(on=solicitation)
    late = after(solicitation, hours=3)
    monkeypatch.setattr("contracting.core.clock.now", lambda: late)
    address = reverse("evaluations:offer_file", args=[submission.public_id, 0])

    holds(client_for(contracting_officer).get(address), name=written, media_type=served)
    assert client_for(vendor_a_signer).get(address).status_code == 404


def test_a_type_that_no_check_knows_is_served_as_none_in_particular():
    assert queries.served_type(Blob(media_type="text/html")) == (
        "application/octet-stream"
    )


def test_no_table_leaves_that_a_spreadsheet_could_take_for_formulas():
    # Whoever adds a writer of CSV must escape text cells that begin with = + - @, tab,
    # return or NUL, unless only our own reader reads what it writes, as these do.
    writers = {
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.is_relative_to(ROOT / "contracting")
        and ("csv.writer(" in path.read_text() or "DictWriter(" in path.read_text())
    }

    assert writers == {
        "contracting/billing/calculations/__init__.py",  # JSON, for read_report
        "contracting/billing/queries/drafts.py",  # for read_invoice_file
        "contracting/core/plots/tables.py",  # which escapes every text itself
        "contracting/market_research/views.py",  # of rows that csv_rows has escaped
        "contracting/proposals/views.py",  # of text that csv_cell has escaped
        "contracting/operate/story/settle.py",  # the vendor's system, which reports
    }
