"""What is not issued yet is printed as a draft: on every page, and signed by nobody."""

import json
from dataclasses import dataclass

import pytest
from django.urls import reverse

import drawdown_verify
from contracting.contracts.models import Contract
from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.documents.states import DRAFT_CODE
from contracting.modifications.models import ContractModification
from contracting.modifications.paperwork import modification_draft as contract_draft
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.paperwork import order_draft
from contracting.orders.paperwork.modifications import modification_draft
from contracting.solicitations.models import Solicitation
from contracting.solicitations.paperwork import release_draft
from contracting.verification.calculations import question_of
from contracting.verification.queries import verify
from contracting.verification.states import REFUSED, Answer
from drawdown_verify_lists import Trust
from tests.builders import complete_solicitation
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.builders_orders import (
    MODIFIED_AT,
    drafted_modification,
    drafted_order,
    issued_order,
)
from tests.cast import actor, client_for, nothing_happens
from tests.documents.papers import read, squeezed, texts_of
from tests.worlds import once_per_file


@dataclass
class Drafts:
    """One of each, before its signature, on one contract with one signed order."""

    order: TaskOrder
    modification: Modification
    of_contract: ContractModification
    package: Solicitation


def build():
    """A signed order; beside it an order, a package and two modifications in draft."""
    signed = issued_order()
    contract = Contract.objects.get(pk=signed.contract_id)
    drafted_order(on=contract, title="Second pilot")
    drafted_modification(on=signed)
    drafted_contract_modification(on=contract)
    complete_solicitation()
    return contract


world = once_per_file(build)


@pytest.fixture
def drafts(world, db):
    return Drafts(
        order=TaskOrder.objects.get(contract=world, title="Second pilot"),
        modification=Modification.objects.get(order__contract=world),
        of_contract=ContractModification.objects.get(contract=world),
        package=Solicitation.objects.get(state="DRAFT"),
    )


def officer():
    return actor("contracting_officer")


def test_a_draft_is_signed_by_nobody_and_is_no_paper_of_record(drafts, tmp_path):
    # Given an order that nobody has signed, printed as it stands
    with nothing_happens():
        sheet = order_draft(drafts.order, by=officer(), at=MODIFIED_AT)
        pdf = rendering.render(sheet)

    # Then every page says so, and no name stands where one signs
    pages = [squeezed(page) for page in texts_of(pdf)]
    assert all("draft,notissued" in page for page in pages)
    assert officer().name not in str(sheet.context["blocks"])
    assert not {"1", "3", "23"} & set(sheet.context["blocks"])
    assert read(pdf).metadata.title.startswith("Draft: ")
    record = json.loads(sheet.enclosures[0].content)
    assert record["number"] == "DRAFT"
    assert "binds nobody" in record["context"]["draft"]

    # And whoever asks about its file is told that it is a draft
    asked = question_of(pdf)
    assert asked.named == DRAFT_CODE
    found = verify(asked, actor=officer(), at=MODIFIED_AT)
    assert (found.answer, found.document) == (Answer.DRAFT, None)
    assert found.answer in REFUSED
    page = client_for(officer()).get(f"/verify/{DRAFT_CODE}").content.decode()
    assert "A draft is no paper of record" in page

    # Also by the program that asks nobody
    file = tmp_path / "draft.pdf"
    file.write_bytes(pdf)
    trust = Trust(site="https://site.example", certificates={})
    report = drawdown_verify.verify_file(file, trust, None, MODIFIED_AT)
    assert report.verdict == drawdown_verify.REFUSED
    assert "a draft" in " ".join(report.reasons)


def test_the_draft_of_a_modification_shows_the_order_as_it_will_read(drafts):
    # Given a modification that adds twenty dollars, before and after its signature
    made = drafts.modification
    draft = modification_draft(made, by=officer(), at=MODIFIED_AT).context
    certify_modification_funds(
        modification_id=made.pk,
        by=actor("funds_certifier"),
        at=MODIFIED_AT,
        seen_version=made.version,
    )
    issue_modification(
        modification_id=made.pk, by=officer(), at=MODIFIED_AT, seen_version=made.version
    )
    issued = Document.objects.filter(kind="modification").latest("pk").context

    # Then both say the same, but for who signed which number when
    for part in ("funding", "changes"):
        assert draft[part] == issued[part]
    assert draft["blocks"]["14"] == issued["blocks"]["14"]
    assert [row[1] for row in draft["facts"]] == [row[1] for row in issued["facts"]]
    assert {"2", "16A", "16C"} <= set(issued["blocks"])
    assert not {"2", "16A", "16C"} & set(draft["blocks"])


def test_the_draft_of_a_contracts_modification_has_its_coming_ceilings(drafts):
    made = drafts.of_contract
    draft = contract_draft(made, by=officer(), at=MODIFIED_AT).context
    signed = issued_contract_modification(on=made.contract)
    issued = Document.objects.filter(kind="modification").latest("pk").context

    assert signed.issued_at is not None
    assert draft["blocks"]["14"] == issued["blocks"]["14"]
    assert draft["facts"] == issued["facts"][:2]


def test_the_draft_of_a_package_has_no_number_and_no_releaser(drafts):
    sheet = release_draft(drafts.package, by=officer(), at=MODIFIED_AT)

    words = squeezed(rendering.html_of(sheet))
    assert drafts.package.piid is None
    assert sheet.context["blocks"]["5"] is None
    assert "releasedby" not in words
    assert "draft,notissued" in words


@pytest.mark.parametrize(
    ("door", "name", "ended"),
    [
        ("orders:preview_task_order", "order", "DISCARDED"),
        ("orders:preview_modification", "modification", "DISCARDED"),
        ("modifications:preview_contract_modification", "of_contract", "DISCARDED"),
        ("solicitations:preview_solicitation", "package", "DISCARDED"),
    ],
)
def test_a_draft_is_handed_out_while_there_is_one(
    drafts, monkeypatch, door, name, ended
):
    monkeypatch.setattr(rendering, "render_apart", lambda sheet: b"%PDF-1.7")
    monkeypatch.setattr("contracting.core.clock.now", lambda: MODIFIED_AT)
    thing = getattr(drafts, name)
    address = reverse(door, args=[thing.public_id])
    count = Document.objects.count()

    for part in ("contracting_officer", "contract_specialist"):
        reply = client_for(actor(part)).get(address)
        assert reply.status_code == 200
        assert reply["Content-Type"] == "application/pdf"
        assert "draft-" in reply["Content-Disposition"]
    assert Document.objects.count() == count
    for outsider in ("other_agency_officer", "vendor_b_signer"):
        assert client_for(actor(outsider)).get(address).status_code == 404
    page = client_for(officer()).get(address.removesuffix("/preview"))
    assert address in page.content.decode()

    thing.move_to(ended)
    assert client_for(officer()).get(address).status_code == 404
