"""The agency writes down what it wants to ask the market."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.market_research.calculations import USUAL, QuestionDraft
from contracting.market_research.operations.draft import draft_rfi
from contracting.market_research.refusals import (
    ForeignRequisition,
    QuestionInvalid,
    TermInvalid,
)
from contracting.market_research.states import QuestionKind, RfiState
from tests.builders import drafted_requisition
from tests.builders_market import drafted_rfi
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "part", ["contracting_officer", "contract_specialist", "program_manager"]
)
def test_whoever_prepares_the_purchase_drafts_a_numbered_request(request, part, at):
    by = request.getfixturevalue(part)

    rfi = draft_rfi(title="Access to models", questions=USUAL, by=by, at=at)

    # Then it is the agency's first of fiscal year 2026, at version 1
    assert rfi.number == "RFI-26-00001"
    assert rfi.state == RfiState.DRAFT
    assert rfi.agency_id == by.organization_id
    assert rfi.questions.count() == len(USUAL)
    assert len(rfi.content_sha256) == 64
    event = AuditEvent.objects.get(event="market_research.rfi.drafted")
    assert '"number":"RFI-26-00001"' in event.payload


def test_numbers_have_no_gap(at):
    assert [drafted_rfi(at).number, drafted_rfi(at).number] == [
        "RFI-26-00001",
        "RFI-26-00002",
    ]


def test_the_market_is_asked_for_a_need(program_manager, at):
    need = drafted_requisition(at)

    rfi = draft_rfi(title="T", requisition_id=need.pk, by=program_manager, at=at)

    assert rfi.requisition == need


def test_only_for_a_need_of_the_own_agency(other_agency_officer, at):
    need = drafted_requisition(at)

    with nothing_happens(), pytest.raises(ForeignRequisition):
        draft_rfi(title="T", requisition_id=need.pk, by=other_agency_officer, at=at)


@pytest.mark.parametrize(
    "terms", [{"title": " "}, {"title": "T" * 201}, {"title": "T", "time_zone": "Mars"}]
)
def test_a_term_that_cannot_stand_is_refused(contract_specialist, at, terms):
    with nothing_happens(), pytest.raises(TermInvalid):
        draft_rfi(**terms, by=contract_specialist, at=at)


@pytest.mark.parametrize(
    "wrong",
    [
        QuestionDraft("", QuestionKind.TEXT),
        QuestionDraft("?", "GUESS"),
        QuestionDraft("?", QuestionKind.CHOICE, options=("One", " One ")),
        QuestionDraft("?", QuestionKind.NUMBER, unit=" "),
        QuestionDraft("?", QuestionKind.PRICE),
        QuestionDraft("?", QuestionKind.PRICE, token_class="NO_SUCH_CLASS"),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(contract_specialist, at, wrong):
    asked = [QuestionDraft("How?", QuestionKind.TEXT), wrong]

    with nothing_happens(), pytest.raises(QuestionInvalid) as refusal:
        draft_rfi(title="T", questions=asked, by=contract_specialist, at=at)

    assert refusal.value.data == {"row": 2}


@pytest.mark.parametrize("outsider", ["cor", "vendor_a_signer", "auditor"])
def test_nobody_else_drafts_one(request, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        draft_rfi(title="T", by=by, at=at)
