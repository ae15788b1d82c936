"""Who sees which solicitation, and what the reads say."""

import pytest

from contracting.core.actors import ANONYMOUS
from contracting.core.errors import NotVisible
from contracting.opportunities.queries import past_opportunities
from contracting.solicitations import queries
from contracting.solicitations.invariants import INVARIANTS
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.cancel import cancel_solicitation
from tests.builders import DEADLINE, approved_solicitation, released_solicitation
from tests.cast import days


def test_a_draft_is_seen_by_its_agency_alone(
    at, contracting_officer, other_agency_officer, vendor_a_signer, db
):
    package = approved_solicitation(at)

    assert queries.get_solicitation_for(contracting_officer, package.public_id)
    for outsider in (other_agency_officer, vendor_a_signer, ANONYMOUS):
        with pytest.raises(NotVisible):
            queries.get_solicitation_for(outsider, package.public_id)
        assert not queries.visible_to(outsider).exists()
    with pytest.raises(NotVisible):
        queries.get_opportunity(package.public_id)


def test_a_released_one_is_an_opportunity_for_everybody(
    at, contracting_officer, vendor_a_signer, other_agency_officer, db
):
    package = released_solicitation(at)

    assert queries.get_opportunity(package.public_id) == package
    assert list(queries.visible_to(ANONYMOUS)) == [package]
    assert list(queries.visible_to(vendor_a_signer)) == [package]

    # But its working page is still the agency's own
    for outsider in (vendor_a_signer, other_agency_officer):
        with pytest.raises(NotVisible):
            queries.get_solicitation_for(outsider, package.public_id)


def test_an_opportunity_is_open_until_its_deadline_that_instant_included(db, at):
    package = released_solicitation(at)

    assert list(queries.open_opportunities(DEADLINE)) == [package]
    late = DEADLINE.replace(microsecond=1)
    assert list(queries.open_opportunities(late)) == []
    assert list(past_opportunities(late)) == [package]


def test_a_cancelled_one_is_not_open_and_still_public(contracting_officer, at):
    package = released_solicitation(at)
    cancel_solicitation(
        solicitation_id=package.pk,
        reason="Gone.",
        memo="The funds were withdrawn.",
        by=contracting_officer,
        at=at + days(2),
    )

    assert not queries.open_opportunities(at + days(2)).exists()
    assert queries.get_opportunity(package.public_id)


def test_the_invariants_hold_for_a_released_solicitation(db, at):
    released_solicitation(at)

    for invariant in INVARIANTS:
        assert invariant.exceptions() == [], invariant.sentence


def test_a_deadline_that_moved_without_an_amendment_is_found(
    contracting_officer, at, db
):
    from contracting.solicitations.operations.amend import amend_solicitation

    package = released_solicitation(at)
    amend_solicitation(
        solicitation_id=package.pk,
        summary="Later.",
        terms={"deadline": DEADLINE + days(1)},
        by=contracting_officer,
        at=at + days(2),
        seen_version=package.version,
    )
    Solicitation.objects.update(deadline=DEADLINE)

    broken = [each.code for each in INVARIANTS if each.exceptions()]
    assert broken == ["SOL-2"]
