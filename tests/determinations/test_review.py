"""Whoever the ladder asks approves or returns; what is returned counts for nothing."""

import pytest
from django.db import DatabaseError, transaction

from contracting.approvals.refusals import CommentMissing
from contracting.approvals.states import Decided
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.determinations.invariants import INVARIANTS
from contracting.determinations.models import Determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from tests.cast import days, nothing_happens
from tests.determinations.conftest import SUBJECT

pytestmark = pytest.mark.django_db


def decide(determination, by, at, verdict=Decided.CONCUR, comment=""):
    return review_determination(
        determination_id=determination.pk,
        verdict=verdict,
        comment=comment,
        by=by,
        at=at + days(1),
    )


def test_what_is_approved_stands(make, ladder, second_contracting_officer, at):
    made = make()

    decide(made, second_contracting_officer, at)

    assert approved(SUBJECT, Kind.OTHER_THAN_FULL) == made
    assert [each.exceptions() for each in INVARIANTS] == [[]]


def test_what_is_returned_counts_for_nothing_and_another_one_follows(make, ladder, at):
    made = make(value=Dollars("1000000.00"))
    advocate = ladder["COMPETITION"]

    done = decide(made, advocate, at, Decided.RETURN, "Two vendors offer it.")

    assert done.state == "RETURNED"
    assert approved(SUBJECT, Kind.OTHER_THAN_FULL) is None
    make(value=Dollars("1000000.00"), text="Here is the market research.")


def test_nobody_approves_their_own_justification(make, ladder, contracting_officer, at):
    made = make()

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(made, contracting_officer, at)
    assert refusal.value.rule == "R-ROL-09"


def test_a_return_says_why(make, ladder, second_contracting_officer, at):
    made = make()

    with nothing_happens(), pytest.raises(CommentMissing):
        decide(made, second_contracting_officer, at, Decided.RETURN)


def test_a_decision_stands(make, ladder, second_contracting_officer, at):
    made = make()
    decide(made, second_contracting_officer, at)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(made, second_contracting_officer, at)
    assert "nothing waits for a decision" in refusal.value.message


@pytest.mark.parametrize("outsider", ["legal_reviewer", "other_agency_officer"])
def test_nobody_else_decides(request, make, ladder, outsider, at):
    made, by = make(), request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        decide(made, by, at)


def test_its_words_never_change(make, ladder):
    made = make()

    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
        Determination.objects.filter(pk=made.pk).update(text="Something else.")
