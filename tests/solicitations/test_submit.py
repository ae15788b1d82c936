"""The contracting office sends the package into review."""

import pytest

from contracting.approvals.queries import open_route_of
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.notices.models import Notice
from contracting.solicitations.operations.submit import submit_solicitation
from contracting.solicitations.states import SolicitationState
from tests.builders import complete_solicitation, drafted_solicitation
from tests.cast import nothing_happens


@pytest.fixture
def package(db, at):
    return complete_solicitation(at)


def submit(package, by, at, seen_version=None):
    return submit_solicitation(
        solicitation_id=package.pk,
        by=by,
        at=at,
        seen_version=seen_version or package.version,
    )


def test_exactly_this_version_goes_into_review(package, contracting_officer, at):
    done = submit(package, contracting_officer, at)

    # Then a route is open on its version and hash, closed to all who wrote it
    assert done.state == SolicitationState.IN_REVIEW
    route = open_route_of(done.subject)
    assert route is not None
    assert (route.version, route.content_sha256) == (done.version, done.content_sha256)
    assert Dollars(route.value_dollars) == Dollars(done.maximum_dollars)
    assert set(package.editor_user_ids) <= set(route.excluded_user_ids)
    assert route.excludes(contracting_officer.user_id)
    assert route.url_path == f"/solicitations/{done.public_id}/review"
    assert AuditEvent.objects.filter(
        event="solicitations.solicitation.submitted"
    ).exists()


def test_what_is_missing_stops_the_release_and_not_the_review(contract_specialist, at):
    package = drafted_solicitation(at)

    assert submit(package, contract_specialist, at).state == "IN_REVIEW"
    assert not Notice.objects.filter(recipient_organization__kind="VENDOR").exists()


def test_a_version_that_was_overtaken_is_not_submitted(
    package, contract_specialist, at
):
    with nothing_happens(), pytest.raises(Stale):
        submit(package, contract_specialist, at, seen_version=1)


def test_a_package_is_submitted_once(package, contract_specialist, at):
    submit(package, contract_specialist, at)

    with nothing_happens(), pytest.raises(NotAllowed):
        submit(package, contract_specialist, at)


@pytest.mark.parametrize("outsider", ["legal_reviewer", "other_agency_officer"])
def test_nobody_else_submits_it(request, package, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        submit(package, by, at)
