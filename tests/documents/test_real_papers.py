"""What the verbs really put into their papers, against the list of blocks."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction

from contracting.documents import paperwork
from contracting.documents.models import Document
from contracting.modifications.operations.conform import conform_contract
from tests.builders import released_solicitation
from tests.builders_orders import MODIFIED_AT, issued_modification, issued_order
from tests.builders_settlement import (
    accepted_invoice,
    certified_payment,
    reported,
    used_order,
)
from tests.cast import actor
from tests.offers import amended_solicitation

FOR_WHICH = {"yes", "amendment", "modification"}


@pytest.fixture(scope="module")
def _all_papers(django_db_setup, django_db_blocker) -> Iterator[list[Document]]:
    """One story for the whole file, in a transaction around all its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        amended_solicitation()
        released_solicitation(terms={"kind": "RFQ"})
        order = issued_order()
        issued_modification(on=order)
        conform_contract(
            contract_id=order.contract_id,
            on=MODIFIED_AT.date(),
            by=actor("contracting_officer"),
            at=MODIFIED_AT,
        )
        reported(used_order(order=order))
        certified_payment(invoice=accepted_invoice(order=order))
        yield list(Document.objects.order_by("pk"))
        transaction.set_rollback(True)


@pytest.fixture
def papers(_all_papers: list[Document]) -> list[Document]:
    """What was asked for between the release of a solicitation and a voucher."""
    return _all_papers


def test_every_required_block_of_every_form_is_filled(papers):
    on_forms = [paper for paper in papers if paper.kind in paperwork.FORM_OF]
    assert {paper.kind for paper in on_forms} == set(paperwork.FORM_OF)

    empty = [
        f"{paper.title}: block {block.block}, {block.caption[:40]}"
        for paper in on_forms
        for block in paperwork.form_blocks(paperwork.FORM_OF[paper.kind])
        if block.section != "schedule"
        and _is_required(block, paper)
        and not paper.context["blocks"].get(block.block)
    ]

    assert empty == []


def test_every_column_of_a_forms_schedule_is_filled(papers):
    for paper in papers:
        for row in paper.context.get(paperwork.FORM_TABLE.get(paper.kind, ""), []):
            assert all(row.values()), f"{paper.title}: {row}"


def test_only_blocks_of_the_form_are_handed_over(papers):
    for paper in papers:
        form = paperwork.FORM_OF.get(paper.kind, "")
        known = {block.block for block in paperwork.form_blocks(form)}
        assert set(paper.context.get("blocks", {})) <= known


def test_every_tick_is_a_choice_of_its_block(papers):
    for paper in papers:
        for rows in paperwork.laid_out(paper.kind, paper.context)["form"].values():
            for block in (
                b for row in rows for column in row for b in column["blocks"]
            ):
                given = paper.context["blocks"].get(block["number"])
                asked = given.get("checked", []) if isinstance(given, dict) else []
                asked = [asked] if isinstance(asked, str) else asked
                labels = [choice["label"] for choice in block["choices"]]
                assert set(asked) <= set(labels), f"{paper.title}: {asked}"


def test_nothing_is_printed_in_codes_of_the_house(papers):
    for paper in papers:
        laid = paperwork.laid_out(paper.kind, paper.context)
        cells = [
            cell["text"]
            for table in laid["tables"]
            for row in table["rows"]
            for cell in row
        ]
        codes = [text for text in cells if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", text)]
        assert codes == [], paper.title


def test_an_order_states_every_part_of_its_token_block(papers):
    order = next(paper for paper in papers if paper.kind == "task_order").context

    facts = {label: value for label, value, *_shape in order["facts"]}
    for part in (
        "Token ceiling",
        "Dollar ceiling",
        "Funded",
        "Notice when used of the funds",
        "Data boundary",
        "Time zone of days and months",
        "Fair opportunity",
        "Representative",
    ):
        assert facts[part] not in {"", None}, part
    for key, column in (
        ("token_lines", "base_item"),
        ("token_lines", "unit_price"),
        ("models", "snapshot"),
        ("funding", "acrn"),
        ("gateway_keys", "key"),
        ("tolerances", "measure"),
    ):
        assert order[key], key
        assert all(row[column] for row in order[key]), key


def _is_required(block, paper) -> bool:
    if block.required not in FOR_WHICH:
        return False
    if paper.kind != "modification":
        return bool(block.required == "yes")
    amends = bool(paper.context["blocks"].get("9A"))
    return bool(block.required in {"yes", "amendment" if amends else "modification"})
