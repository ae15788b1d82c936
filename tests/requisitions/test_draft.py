"""A program manager writes down a need."""

from typing import Any

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.models import LineOfAccounting
from contracting.requisitions.operations.draft import draft_requisition
from contracting.requisitions.refusals import ForeignLineOfAccounting, NeedMissing
from contracting.requisitions.states import RequisitionState
from tests.builders import drafted_requisition
from tests.cast import nothing_happens

NEED: dict[str, Any] = {
    "title": "Tokens for the claims assistant",
    "need": "Summarise claims.",
    "planned_dollars": Dollars("400000.00"),
}


def test_a_program_manager_drafts_a_numbered_need(program_manager, agency, at):
    requisition = draft_requisition(**NEED, by=program_manager, at=at)

    # Then it is the agency's first of fiscal year 2026, at version 1
    assert requisition.number == "PR-26-00001"
    assert requisition.state == RequisitionState.DRAFT
    assert requisition.agency == agency
    assert requisition.version == 1
    assert len(requisition.content_sha256) == 64
    event = AuditEvent.objects.get(event="requisitions.requisition.drafted")
    assert '"number":"PR-26-00001"' in event.payload


def test_numbers_have_no_gap_and_are_counted_for_each_agency(program_manager, at):
    first = drafted_requisition(at)
    second = drafted_requisition(at)

    assert [first.number, second.number] == ["PR-26-00001", "PR-26-00002"]


@pytest.mark.parametrize("missing", ["title", "need"])
def test_a_need_without_words_is_refused(program_manager, at, missing):
    with nothing_happens(), pytest.raises(NeedMissing):
        draft_requisition(**{**NEED, missing: "  "}, by=program_manager, at=at)


def test_a_planned_amount_has_whole_cents(program_manager, at):
    planned = Dollars("1.001")

    with nothing_happens(), pytest.raises(NeedMissing):
        draft_requisition(
            **{**NEED, "planned_dollars": planned}, by=program_manager, at=at
        )


def test_funds_are_expected_from_the_agencys_own_lines_only(
    program_manager, other_agency_officer, at
):
    # Given a line of accounting of another agency
    foreign = LineOfAccounting.objects.create(
        agency_id=other_agency_officer.organization_id,
        label="Elsewhere",
        treasury_account_symbol="020-2026/2026-0101-000",
        funds_available_from=at.date(),
        appropriation="Elsewhere",
    )

    with nothing_happens(), pytest.raises(ForeignLineOfAccounting):
        draft_requisition(
            **NEED, line_of_accounting_id=foreign.pk, by=program_manager, at=at
        )


@pytest.mark.parametrize("outsider", ["cor", "vendor_a_signer", "contracting_officer"])
def test_nobody_else_drafts_a_need(request, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        draft_requisition(**NEED, by=by, at=at)
