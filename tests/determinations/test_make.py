"""What a rule asks for is put in writing, and approved by whom the ladder names."""

import pytest

from accounts.states import ReviewField
from contracting.approvals.models import Step
from contracting.approvals.queries import open_route_of
from contracting.approvals.refusals import NoPolicy
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.core.periods import fiscal_year
from contracting.core.quantities import Dollars
from contracting.determinations.queries import approved, approved_kinds
from contracting.determinations.refusals import (
    AlreadyDetermined,
    DeterminationIncomplete,
)
from contracting.determinations.states import Kind
from contracting.documents.queries import documents_of
from tests.cast import nothing_happens
from tests.determinations.conftest import SUBJECT

pytestmark = pytest.mark.django_db


def test_a_memo_stands_at_once_and_is_on_record(make):
    memo = make(kind=Kind.RESPONSE_WINDOW, text="The funds lapse on Friday.")

    assert memo.is_approved
    assert approved(SUBJECT, Kind.RESPONSE_WINDOW) == memo
    (event,) = AuditEvent.objects.filter(event="determinations.determination.made")
    assert "The funds lapse on Friday." in event.payload


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("900000.00", "contracting officer"),
        ("900000.01", "competition advocate reviewer"),
        ("20000000.00", "competition advocate reviewer"),
        ("20000000.01", "head of activity reviewer"),
        ("90000000.00", "head of activity reviewer"),
        ("90000000.01", "procurement executive reviewer"),
    ],
)
def test_the_value_says_who_approves_a_justification(make, ladder, value, asked):
    made = make(value=Dollars(value))

    assert not made.is_approved
    assert approved_kinds(SUBJECT) == frozenset()
    route = open_route_of(made.subject)
    (step,) = Step.objects.filter(route=route)
    assert step.label == asked


def test_a_finding_on_the_rule_of_two_goes_to_the_small_business_specialist(
    make, ladder
):
    made = make(kind=Kind.RULE_OF_TWO, authority="")

    (step,) = Step.objects.filter(route=open_route_of(made.subject))
    assert step.review_field == ReviewField.SMALL_BUSINESS


def test_nothing_goes_into_a_review_that_no_policy_knows(make):
    with nothing_happens(), pytest.raises(NoPolicy):
        make()


@pytest.mark.parametrize(
    "without",
    [
        {"text": "  "},
        {"authority": ""},
        {"kind": Kind.CIO_WAIVER},
        {"kind": Kind.CIO_WAIVER, "document_sha256": "not a hash"},
    ],
)
def test_what_it_rests_on_is_named(make, ladder, without):
    with nothing_happens(), pytest.raises(DeterminationIncomplete):
        make(**without)


def test_one_of_a_kind_is_in_review_at_a_time(make, ladder):
    make()

    with nothing_happens(), pytest.raises(AlreadyDetermined):
        make(text="Another reason.")


def test_a_specialist_writes_a_justification_and_no_memo(
    make, ladder, contract_specialist
):
    make(by=contract_specialist)

    with nothing_happens(), pytest.raises(NotAllowed):
        make(kind=Kind.RESPONSE_WINDOW, by=contract_specialist)


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_nobody_else_determines_anything(request, make, ladder, outsider):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        make(by=by)


def test_each_agency_counts_its_memos_and_its_justifications_apart(make, ladder, at):
    # Given a memo, a justification and another memo of one fiscal year
    memo = {"kind": Kind.RESPONSE_WINDOW, "authority": ""}
    made = [make(**memo), make(), make(kind=Kind.CANCELLATION, authority="")]

    # Then each series has no gap, and the paper bears the number
    year = fiscal_year(at.date()) % 100
    numbers = [each.number for each in made]
    assert numbers == [f"DF-{year}-00001", f"JA-{year}-00001", f"DF-{year}-00002"]
    assert documents_of(made[2].subject).get().number == numbers[2]

    # And the next fiscal year begins its own
    later = make(**memo, at=at.replace(year=at.year + 1))
    assert later.number == f"DF-{year + 1}-00001"
