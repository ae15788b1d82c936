"""A copy of a paper for everybody: what is withheld is nowhere in it."""

import io
import re
import zlib

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.paperwork.redaction import Withheld, left_of
from contracting.documents.queries import read_blob, rendering_of
from contracting.documents.signing.signatures import found_in
from contracting.evidence import permissions
from contracting.evidence.calculations import words_of
from contracting.evidence.models import ReleaseCopy
from contracting.evidence.operations.release_copy import release_copy
from contracting.evidence.queries.papers import is_awarded
from contracting.evidence.refusals import NotWithheld
from contracting.notices.models import Notice
from contracting.verification.operations.publish_status_list import (
    publish_status_list,
)
from contracting.verification.queries import status_list_content
from tests.cast import actor, client_for, nothing_happens, submit
from tests.documents.papers import KINDS, context_of, sheet, squeezed, text_of
from tests.evidence.packs import paid_contract
from tests.worlds import once_per_file

REQUEST = "FOIA 2027-00042"


def build():
    """A contract with an order that was used and paid, every paper printed."""
    return paid_contract()


world = once_per_file(build)


@pytest.fixture
def order(world, db):
    """The paper of the order, which the agency and the vendor may read."""
    return Document.objects.get(kind="task_order")


def release(document, *withheld, by="contracting_officer", request=REQUEST):
    return release_copy(
        document_id=document.pk,
        answers=request,
        withheld=[Withheld(*each) for each in withheld],
        by=actor(by),
        at=clock.now(),
    )


def price_of(document):
    """A figure of the order as it is printed."""
    words = words_of(
        sheet(document.kind, context=document.context, number=document.number)
    )
    return max(re.findall(r"\$\d[\d,.]*\d", words), key=len)


def everything_in(pdf):
    """Every byte of the file that a program can unpack, and every word of its pages."""
    found = [pdf, squeezed(text_of(pdf)).encode()]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for each in opened.objects:
            if isinstance(each, pikepdf.Stream):
                try:
                    found.append(each.read_bytes())
                except pikepdf.PdfError:
                    found.append(each.read_raw_bytes())
        found += [
            opened.attachments[name].get_file().read_bytes()
            for name in opened.attachments
        ]
    for start in re.finditer(rb"stream\r?\n", pdf):
        packed = pdf[start.end() : start.end() + 1_000_000]
        try:
            found.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(found)


# What the copy holds -----------------------------------------------------------------


def test_what_is_withheld_is_in_no_byte_of_the_copy(order):
    # Given a price and a name that stand in an order
    price, name = price_of(order), order.vendor.name

    # When a copy is released without them
    copy = release(order, (price, "(b)(4)"), (name, "(b)(6)")).document
    render_document(document_id=copy.pk)
    pdf = read_blob(rendering_of(copy).blob)

    # Then no program finds them, and each place says why
    inside = everything_in(pdf)
    figure = price.strip("$")
    for canary in (price, figure, figure.replace(",", ""), name, squeezed(name)):
        assert canary.encode() not in inside
    told = squeezed(text_of(pdf))
    assert "[redacted:(b)(4)]" in told
    assert "[redacted:(b)(6)]" in told
    assert squeezed(REQUEST) in told

    # And it is sealed, signed by nobody, and names no hash of the whole text
    assert [each.field for each in found_in(pdf)] == ["Seal"]
    assert (copy.parties, copy.is_public) == ([], True)
    assert order.content_sha256 not in inside.decode("latin1")


def test_a_column_is_withheld_whole(order):
    copy = release(order, ("Unit price", "(b)(4)", True)).document

    words = words_of(sheet(copy.kind, context=copy.context, number=copy.number))
    lines = copy.context["lines"]
    assert {each["unit_price"] for each in lines} == {"[redacted: (b)(4)]"}
    assert "[redacted: (b)(4)]" in words


@pytest.mark.parametrize("kind", KINDS)
def test_of_every_kind_a_figure_and_a_passage_are_cut_wherever_they_stand(kind):
    context = context_of(kind)
    whole = words_of(sheet(kind, context=context))
    own = words_of(sheet(kind, context={"time_zone": "UTC"}))
    money = [each for each in re.findall(r"\$\d[\d,.]*\d", whole) if each not in own]
    texts = [
        *(each["text"] for each in context.get("sections") or [] if "text" in each),
        *(context.get("notes") or []),
        context.get("summary") or "",
    ]
    passages = [" ".join(text.split()[:4]) for text in texts if len(text) > 20]
    passages = [each for each in passages if each in whole]

    withheld = [Withheld(each, "(b)(5)") for each in {*money, *passages}]
    left = left_of(kind, context, withheld) | {"release": REQUEST}
    words = words_of(sheet(kind, context=left))

    assert REQUEST in words
    assert [each.passage for each in withheld if each.pattern.search(words)] == []
    assert bool(withheld) is ("[redacted: (b)(5)]" in words)


# Who reads it, and what becomes of the paper -----------------------------------------


def test_everybody_reads_the_copy_and_nobody_more_the_paper(order):
    copy = release(order, (order.vendor.name, "(b)(6)")).document
    render_document(document_id=copy.pk)

    stranger = Client()
    for document, status in ((copy, 200), (order, 302)):
        page = reverse("documents:document", args=[document.public_id])
        assert stranger.get(page).status_code == status
    assert order.vendor.name not in str(stranger.get(f"/documents/{copy.public_id}"))
    order.refresh_from_db()
    assert (order.is_public, order.state) == (False, "RENDERED")
    assert order.vendor_id in Notice.objects.filter(
        title__contains="was released"
    ).values_list("recipient_organization_id", flat=True)


def test_a_source_selection_decision_is_released_after_the_award(order):
    decision = Document.objects.get(kind="decision")
    copy = release(decision, (order.vendor.name, "(b)(4)")).document
    render_document(document_id=copy.pk)

    # Its copy is no source selection information: whoever reads it is not written down
    stranger, before = Client(), AuditEvent.objects.count()
    for page in ("document", "download_document"):
        address = reverse(f"documents:{page}", args=[copy.public_id])
        assert stranger.get(address).status_code == 200
    assert AuditEvent.objects.count() == before
    words = squeezed(text_of(read_blob(rendering_of(copy).blob)))
    assert squeezed("COPY FOR RELEASE") in words
    assert squeezed("SOURCE SELECTION INFORMATION - SEE FAR") not in words
    assert squeezed(order.vendor.name) not in words


def test_the_site_and_the_list_call_it_a_copy_for_release(order):
    first = release(order, (order.vendor.name, "(b)(6)")).document
    second = release(order, request="FOIA 2027-00043").document
    for copy in (first, second):
        render_document(document_id=copy.pk)

    for copy in (first, second):
        made = rendering_of(copy).blob.sha256
        told = Client().get(reverse("verification:answer", args=[made])).content
        assert b"copy for release, unchanged as it was issued" in told
        assert b"the paper of record, unchanged" not in told
        assert b"issued again" not in told
    whole = Client().get(
        reverse("verification:answer", args=[rendering_of(order).blob.sha256])
    )
    assert b"This file was issued by this system and is unchanged." in whole.content
    listed = status_list_content(number=1, previous="", at=clock.now())["papers"]
    by_hash = {each["sha256"]: each for each in listed}
    assert by_hash[rendering_of(first).blob.sha256]["status"] == "record"
    assert publish_status_list(by=SYSTEM, at=clock.now()).number == 1


def test_the_agency_keeps_what_was_withheld_and_why(order):
    made = release(order, (order.vendor.name, "(b)(6)"), ("Unit price", "(b)(4)", True))

    page = client_for(actor("contracting_officer")).get(
        reverse("evidence:release_copy", args=[order.public_id])
    )
    told = page.content.decode()
    assert f"“{order.vendor.name}” (b)(6)" in told
    assert ReleaseCopy.objects.get().withheld == made.withheld


# What is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("withheld", "why"),
    [
        (("No such words", "(b)(4)"), "is not in the paper"),
        (("No such heading", "(b)(4)", True), "is not in the paper"),
        (("Larkspur", " "), "names its exemption"),
        (("x", "(b)(4)"), "two letters or more"),
    ],
)
def test_what_is_not_there_or_has_no_exemption_is_not_withheld(order, withheld, why):
    with nothing_happens(), pytest.raises(NotWithheld, match=re.escape(why)):
        release(order, withheld)


def test_a_copy_in_which_something_would_be_left_is_not_made(order):
    with nothing_happens(), pytest.raises(NotWithheld, match="would still stand"):
        release(order, (order.number, "(b)(4)"))
    with nothing_happens(), pytest.raises(NotWithheld, match="what it answers"):
        release(order, request=" ")


def test_public_papers_and_open_competitions_are_not_released(order, monkeypatch):
    public = Document.objects.filter(is_public=True, kind="solicitation").first()
    waiting = release(order).document
    refused = {
        public: "Everybody may read it already",
        waiting: "Everybody may read it already",
    }
    for document, why in refused.items():
        with nothing_happens(), pytest.raises(NotAllowed, match=why):
            release(document)
    assert not is_awarded("solicitation:0")
    assert not is_awarded("contract:0")
    assert is_awarded(order.stream)
    monkeypatch.setattr(permissions, "is_awarded", lambda stream: False)
    with nothing_happens(), pytest.raises(NotAllowed, match="before its award"):
        release(order)


@pytest.mark.parametrize("by", ["auditor", "vendor_a_signer", "other_agency_officer"])
def test_only_the_contracting_office_releases(order, by):
    with nothing_happens(), pytest.raises(NotAllowed):
        release(order, by=by)
    page = reverse("evidence:release_copy", args=[order.public_id])
    status = {"other_agency_officer": 404}.get(by, 403)
    assert client_for(actor(by)).get(page).status_code == status


# The page ----------------------------------------------------------------------------


def test_what_is_cut_is_read_before_it_is_released(order):
    browser = client_for(actor("contracting_officer"))
    page = reverse("evidence:release_copy", args=[order.public_id])
    form = {
        "request": REQUEST,
        "passages": f"{order.vendor.name} | (b)(6)",
        "headings": "Unit price | (b)(4)",
    }

    shown = submit(browser, page, form)
    assert shown.status_code == 422
    assert "What is cut" in shown.text
    assert "[redacted: (b)(6)]" in shown.text
    assert not ReleaseCopy.objects.exists()

    sent = submit(browser, page, form | {"confirm": "on"})
    assert sent.status_code == 303
    made = ReleaseCopy.objects.get()
    assert sent["Location"] == f"/documents/{made.document.public_id}"
    assert made.withheld == [
        [order.vendor.name, "(b)(6)", False],
        ["Unit price", "(b)(4)", True],
    ]
    wrong = submit(browser, page, form | {"passages": "no bar"})
    assert "a bar and its exemption" in wrong.text
