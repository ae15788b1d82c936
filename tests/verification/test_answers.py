"""Who is told what about a file: everything, or that it was issued, or nothing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ApiKey
from contracting.contracts.models import Contract
from contracting.documents.models import Document
from contracting.documents.states import DocumentKind
from contracting.verification import gate
from contracting.verification.calculations import Question, question_of
from contracting.verification.queries import verify
from contracting.verification.states import Answer, Status
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import issued_modification, issued_order
from tests.cast import actor, client_for, key_client, machine, nothing_happens
from tests.verification.conftest import TODAY
from tests.verification.printing import paper, print_all, print_of, without_a_press
from tests.worlds import once_per_file


def build():
    """A contract with an order; both were modified, and every paper is printed."""
    order = issued_order()
    contract = Contract.objects.get(pk=order.contract_id)
    issued_modification(on=order)
    issued_contract_modification(on=contract)
    with pytest.MonkeyPatch.context() as patch:
        without_a_press(patch)
        print_all()
    return contract


world = once_per_file(build)
pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def contract(world, db):
    return Contract.objects.get(pk=world)


@pytest.fixture
def signed(contract):
    """The paper of the contract as it was awarded."""
    return paper(kind="contract", number=contract.piid)


@pytest.fixture
def public(contract):
    """The paper of the solicitation, which everybody may read."""
    return paper(kind="solicitation")


def hash_of(document):
    return print_of(document)[0].blob.sha256


def page_of(browser, token, **query):
    return browser.get(reverse("verification:answer", args=[token]), query)


# Everybody ---------------------------------------------------------------------------


def test_a_public_paper_is_told_in_full_to_everybody(public):
    page = page_of(Client(), hash_of(public))

    told = page.content.decode()
    assert page.context["found"].answer == Answer.OF_RECORD
    assert "This file is the paper of record, unchanged." in told
    assert public.number in told
    assert public.agency.name in told
    assert "Completed" in told  # it led to an award


def test_of_any_other_paper_a_stranger_reads_one_sentence(contract):
    others = Document.objects.filter(renderings__isnull=False, is_public=False)
    pages = {
        document.pk: _without_hash(page_of(Client(), hash_of(document)), document)
        for document in others
    }

    assert len({document.kind for document in others}) >= 5
    assert len(set(pages.values())) == 1
    told = next(iter(pages.values()))
    assert "This file was issued by this system and is unchanged." in told
    assert not any(each.number in told for each in others if each.number)
    assert not any(each.get_kind_display() in told for each in others)


def _without_hash(page, document):
    """What the page says, but for the hash that was asked and the form's token."""
    told = page.content.decode().replace(hash_of(document), "")
    return told.replace(page.context["csrf_token"].__str__(), "")


def test_what_a_paper_says_is_not_even_read_for_who_may_not(signed):
    """A long paper would take longer than a short one, and be told apart."""
    for token in (hash_of(signed), signed.verification_code):
        with CaptureQueriesContext(connection) as asked:
            page_of(Client(), token)
        assert not [each for each in asked if '"context"' in each["sql"]]


def test_an_outsider_of_either_side_reads_what_a_stranger_reads(signed):
    for name in ("vendor_b_signer", "other_agency_officer"):
        found = verify(Question(hash_of(signed)), actor=actor(name), at=TODAY)
        assert (found.answer, found.document) == (Answer.ISSUED, None)


def test_an_unknown_hash_is_not_known_and_not_to_be_relied_on(contract):
    page = page_of(Client(), "0" * 64)

    assert page.status_code == 200
    assert page.context["found"].answer == Answer.UNKNOWN
    assert "Do not rely on this file" in page.content.decode()


def test_a_file_of_an_offer_is_no_paper_of_ours(contract):
    from contracting.documents.operations.store import store_blob

    offered = store_blob(content=b"%PDF an offer", media_type="application/pdf")

    found = verify(Question(offered.sha256), actor=actor("auditor"), at=TODAY)
    assert found.answer == Answer.UNKNOWN


# Who may read the paper --------------------------------------------------------------


@pytest.mark.parametrize("name", ["contracting_officer", "vendor_a_signer", "auditor"])
def test_the_parties_read_which_modification_changed_it(signed, name):
    page = page_of(client_for(actor(name)), hash_of(signed))

    found = page.context["found"]
    told = page.content.decode()
    assert found.answer == Answer.OF_RECORD
    assert (found.standing.status, found.standing.by) == (Status.MODIFIED, "P00001")
    assert "Modification P00001, signed on" in told
    assert [(each.name, each.version) for each in found.signers] == [
        ("Quin Meridian", signed.version),
        ("Ada Officer", signed.version),
    ]


def test_an_order_and_its_modification_stand_each_by_itself(contract):
    officer = actor("contracting_officer")
    order = verify(Question(hash_of(paper(kind="task_order"))), actor=officer, at=TODAY)
    changed = paper(kind="modification", subject_kind="orders.modification")
    change = verify(Question(hash_of(changed)), actor=officer, at=TODAY)

    assert order.standing
    assert change.standing
    assert (order.standing.status, order.standing.by) == (Status.MODIFIED, "P00001")
    assert change.standing.status == Status.IN_FORCE


def test_a_source_selection_paper_is_told_to_the_selection_alone(contract):
    decision = paper(kind=DocumentKind.DECISION)
    asked = Question(hash_of(decision))

    told = verify(asked, actor=actor("contracting_officer"), at=TODAY)
    cor = verify(asked, actor=actor("program_manager"), at=TODAY)

    assert told.document == decision
    assert (cor.answer, cor.document) == (Answer.ISSUED, None)


# The code on page one ----------------------------------------------------------------


def test_the_code_of_a_public_paper_leads_to_how_it_stands(public):
    page = page_of(Client(), public.verification_code.upper())

    assert page.context["found"].answer == Answer.NAMED
    assert public.number in page.content.decode()
    assert hash_of(public) in page.content.decode()


def test_the_code_of_any_other_says_no_more_than_that_it_was_issued(signed, contract):
    order = paper(kind="task_order")
    one, other = (page_of(Client(), each.verification_code) for each in (signed, order))

    assert one.context["found"].words == other.context["found"].words
    assert signed.number not in one.content.decode()
    assert "only its file tells" in one.content.decode()


def test_the_code_of_a_paper_that_is_not_printed_is_not_known(signed, at):
    from tests.documents.papers import request

    waiting = request(actor("contracting_officer"), at, kind="letter")

    page = page_of(Client(), waiting.verification_code)
    assert page.context["found"].answer == Answer.UNKNOWN


def test_the_id_of_a_paper_is_no_code(public):
    page = page_of(Client(), public.public_id.removeprefix("doc_"))

    assert page.context["found"].answer == Answer.UNKNOWN


@pytest.mark.parametrize("token", ["0" * 27, "u" * 26, "g" * 64])
def test_what_can_be_no_hash_and_no_code_is_no_address(contract, token):
    assert page_of(Client(), token).status_code == 404


# The form ----------------------------------------------------------------------------


def test_a_file_is_hashed_and_forgotten(signed):
    content = print_of(signed)[1]
    browser = Client()

    with nothing_happens():
        sent = browser.post(reverse("verification:verify"), _file(content))

    assert sent.status_code == 303
    answer = browser.get(sent["Location"])
    assert answer.context["found"].answer == Answer.ISSUED


def test_what_was_added_behind_a_paper_is_told(signed, public):
    browser = Client()
    for document in (signed, public):
        content = print_of(document)[1] + b"7 0 obj\n<<>>\nendobj\n%%EOF\n"
        sent = browser.post(reverse("verification:verify"), _file(content))
        page = browser.get(sent["Location"])
        assert page.context["found"].answer == Answer.ADDED_TO
        assert "something was added behind it" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "status"), [("{code}", 303), (" {sha256} ", 303), ("nothing", 422)]
)
def test_a_hash_or_a_code_is_typed(public, typed, status):
    known = {"code": public.verification_code, "sha256": hash_of(public)}
    page = Client().get(reverse("verification:verify"), {"code": typed.format(**known)})

    assert page.status_code == status
    if status == 422:
        assert "neither a SHA-256" in page.content.decode()


def test_no_file_is_an_error_that_says_what_to_do(contract):
    page = Client().post(reverse("verification:verify"), {})

    assert page.status_code == 422
    assert "Choose the file to be verified." in page.content.decode()


def test_a_file_beyond_the_limit_is_not_taken(contract, monkeypatch):
    from contracting.verification import forms

    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    page = Client().post(reverse("verification:verify"), _file(b"%PDF" * 5))

    assert page.status_code == 422
    assert "larger than 20 MB" in page.content.decode()


def test_who_asks_too_often_waits(contract, monkeypatch):
    monkeypatch.setattr(gate, "QUESTIONS", 2)
    browser = Client()
    pages = [page_of(browser, "0" * 64).status_code for _ in range(3)]

    assert pages == [200, 200, 429]


def _file(content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": SimpleUploadedFile("paper.pdf", content, "application/pdf")}


# The API -----------------------------------------------------------------------------


def test_a_machine_without_a_key_reads_what_a_stranger_reads(signed, public):
    asked = [
        Client().get(f"/api/v1/verifications/{hash_of(each)}").json()
        for each in (signed, public)
    ]

    assert asked[0] == {
        "answer": "issued",
        "is_refused": False,
        "words": "This file was issued by this system and is unchanged.",
        "paper": None,
    }
    assert asked[1]["paper"]["number"] == public.number
    assert asked[1]["paper"]["standing"]["status"] == "completed"


def test_a_key_that_reads_papers_is_told_of_its_own(signed):
    address = f"/api/v1/verifications/{hash_of(signed)}"

    gateway = machine("gateway")
    ApiKey.objects.filter(pk=gateway.key_id or 0).update(scopes=["documents:read"])

    ours = key_client(gateway).get(address).json()

    assert ours["answer"] == "of_record"
    assert ours["paper"]["standing"]["by"] == "P00001"


def test_an_earlier_state_is_told_from_the_last_one(signed):
    from contracting.documents.models import Rendering
    from contracting.documents.operations.store import store_blob

    before, content = print_of(signed)
    later = store_blob(content=content + b"signed\n%%EOF\n", media_type="x/pdf")
    Rendering.objects.create(
        document=signed, blob=later, renderer="x", template_sha256="0" * 64
    )
    officer = actor("contracting_officer")

    def asked(sha256, by):
        return verify(Question(sha256), actor=by, at=TODAY).answer

    assert asked(before.blob.sha256, officer) == Answer.EARLIER
    assert asked(later.sha256, officer) == Answer.OF_RECORD
    assert asked(before.blob.sha256, actor("vendor_b_signer")) == Answer.ISSUED
    assert question_of(content + b"signed\n%%EOF\n").sha256 == later.sha256
