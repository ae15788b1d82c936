"""Reviewers decide on exactly one version; nobody decides on what they wrote."""

import pytest

from accounts.models import Membership
from accounts.queries import actor_of
from accounts.states import ReviewField, Role
from contracting.approvals.refusals import CommentMissing
from contracting.approvals.states import Decided
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.solicitations import queries
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.review import review_solicitation
from contracting.solicitations.operations.submit import submit_solicitation
from contracting.solicitations.publishing.changes import merged
from contracting.solicitations.states import SolicitationState
from tests.builders import drafted_solicitation, solicitation_in_review
from tests.cast import nothing_happens
from tests.worlds import once_per_file

world = once_per_file(solicitation_in_review)


@pytest.fixture
def package(world, db):
    return Solicitation.objects.get(pk=world)


@pytest.fixture
def review(at):
    def _review(package, by, verdict=Decided.CONCUR, comment="", seen_version=None):
        return review_solicitation(
            solicitation_id=package.pk,
            verdict=verdict,
            comment=comment,
            by=by,
            at=at,
            seen_version=seen_version or package.version,
        )

    return _review


def test_the_last_decision_of_the_route_approves_the_version(
    package, review, technical_reviewer, legal_reviewer
):
    first = review(package, technical_reviewer)
    assert first.state == SolicitationState.IN_REVIEW

    second = review(package, legal_reviewer)
    assert second.state == SolicitationState.APPROVED
    event = AuditEvent.objects.filter(
        event="solicitations.solicitation.reviewed"
    ).latest("pk")
    assert '"steps_left":0' in event.payload


def test_a_returned_package_is_a_draft_again(package, review, technical_reviewer):
    done = review(package, technical_reviewer, Decided.RETURN, "Name the boundary.")

    assert done.state == SolicitationState.DRAFT


def test_a_return_says_why(package, review, technical_reviewer):
    with nothing_happens(), pytest.raises(CommentMissing):
        review(package, technical_reviewer, Decided.RETURN)


def test_a_decision_is_taken_on_the_version_that_was_read(
    package, review, technical_reviewer
):
    with nothing_happens(), pytest.raises(Stale):
        review(package, technical_reviewer, seen_version=1)


@pytest.mark.rule("R-ROL-09", case="allowed")
def test_somebody_who_wrote_no_part_of_it_decides(package, review, technical_reviewer):
    assert review(package, technical_reviewer).state == SolicitationState.IN_REVIEW


@pytest.mark.rule("R-ROL-09", case="refused")
def test_nobody_decides_on_what_they_wrote_whatever_their_role(
    package, review, contract_specialist
):
    # Given a package, written by somebody who is a technical reviewer as well
    both = Membership.objects.create(
        user_id=contract_specialist.user_id,
        organization_id=contract_specialist.organization_id,
        role=Role.REVIEWER,
        review_field=ReviewField.TECHNICAL,
    )

    # When they decide on it in that other role
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        review(package, actor_of(both))

    # Then the rule is named, and the package still waits
    assert refusal.value.rule == "R-ROL-09"


def test_whoever_is_not_asked_now_does_not_decide(package, review, legal_reviewer):
    with nothing_happens(), pytest.raises(NotAllowed):
        review(package, legal_reviewer)


def test_a_draft_is_not_reviewed(at, review, technical_reviewer):
    package = drafted_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        review(package, technical_reviewer)


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_decides_nothing(request, package, review, outsider):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        review(package, by)


def test_a_reviewer_sees_what_changed_since_they_decided(
    package, review, technical_reviewer, contract_specialist, at
):
    # Given a decision on version 2, and two changes after it
    review(package, technical_reviewer, Decided.RETURN, "Raise the ceiling.")
    for version, ceiling in ((2, 7), (3, 8)):
        edit_solicitation(
            solicitation_id=package.pk,
            terms={"maximum_tokens": ceiling, "psc": f"DA1{version}"},
            by=contract_specialist,
            at=at,
            seen_version=version,
        )
    again = submit_solicitation(
        solicitation_id=package.pk, by=contract_specialist, at=at, seen_version=4
    )

    # When they look again, then each term is shown from what they saw to what stands
    seen = queries.last_reviewed_version(again, technical_reviewer.user_id)
    assert seen == 2
    changes = merged(queries.changes_since(again, seen))
    assert {each["term"]: (each["old"], each["new"]) for each in changes} == {
        "Maximum in tokens": ("40,000,000,000", "8"),
        "Product service code": ("DA10", "DA13"),
    }
