"""A non-concurrence is disposed of in writing, by the contracting officer."""

import pytest

from contracting.approvals import queries
from contracting.approvals.operations.dispose import dispose_nonconcurrence
from contracting.approvals.refusals import CommentMissing, NothingToDispose
from contracting.core.errors import NotAllowed, NotVisible
from tests.cast import nothing_happens


@pytest.fixture
def route(submit_for_review, decide, technical_reviewer, finance_reviewer):
    """A route on which technical does not concur and finance does."""
    route = submit_for_review()
    decide(route, technical_reviewer, verdict="NONCONCUR", comment="Too large.")
    decide(route, finance_reviewer)
    return route


@pytest.fixture
def decision(route):
    return queries.undisposed_nonconcurrences(route)[0]


def test_the_contracting_officer_disposes_of_it(
    route, decision, contracting_officer, at
):
    dispose_nonconcurrence(
        decision_id=decision.pk, text="Scope halved.", by=contracting_officer, at=at
    )

    assert queries.undisposed_nonconcurrences(route) == []
    said = [d for step in queries.standing(route) for d in step.decisions]
    assert {d.disposition for d in said} == {"", "Scope halved."}


def test_nobody_else_disposes_of_it(decision, technical_reviewer, at):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        dispose_nonconcurrence(
            decision_id=decision.pk, text="No.", by=technical_reviewer, at=at
        )

    assert refusal.value.rule == "R-TO-09"


def test_for_another_agency_it_does_not_exist(decision, other_agency_officer, at):
    with nothing_happens(), pytest.raises(NotVisible):
        dispose_nonconcurrence(
            decision_id=decision.pk, text="No.", by=other_agency_officer, at=at
        )


def test_it_needs_words_and_is_done_once(decision, contracting_officer, at):
    given = {"decision_id": decision.pk, "by": contracting_officer, "at": at}
    with nothing_happens(), pytest.raises(CommentMissing):
        dispose_nonconcurrence(**given, text=" ")
    dispose_nonconcurrence(**given, text="Scope halved.")

    with nothing_happens(), pytest.raises(NothingToDispose):
        dispose_nonconcurrence(**given, text="Again.")


def test_a_concurrence_needs_none(route, contracting_officer, at):
    concurs = route.decisions.get(verdict="CONCUR")

    with nothing_happens(), pytest.raises(NothingToDispose):
        dispose_nonconcurrence(
            decision_id=concurs.pk, text="Fine.", by=contracting_officer, at=at
        )
