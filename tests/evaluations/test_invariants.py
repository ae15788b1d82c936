"""What always holds of offers and evaluations."""

import pytest
from django.db import IntegrityError, connection, transaction

from contracting.evaluations.invariants import INVARIANTS as OF_EVALUATIONS
from contracting.evaluations.models import Declaration, PanelMember, Rating
from contracting.evaluations.queries import rated_factors
from contracting.submissions.invariants import INVARIANTS as OF_OFFERS
from contracting.submissions.models import OpenedOffer
from tests.cast import AT
from tests.offers import (
    after,
    agreed_offers,
    decided_solicitation,
    declared_panel,
    latest_version,
    opened_offers,
    rated_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db


def broken() -> dict[str, list[str]]:
    said = {each.code: list(each.check()) for each in [*OF_OFFERS, *OF_EVALUATIONS]}
    return {code: found for code, found in said.items() if found}


def test_a_whole_story_breaks_none():
    solicitation = submitted_offers()[0].solicitation
    submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, seconds=1)
    )
    panel = declared_panel(on=opened_offers(on=solicitation))
    decided_solicitation(on=agreed_offers(on=rated_offers(on=panel)))

    assert broken() == {}


def test_an_offer_that_lies_open_before_its_opening_is_found():
    submission = submitted_offers()[0]
    with transaction.atomic():
        OpenedOffer.objects.create(
            submission=submission,
            version=latest_version(submission),
            technical="Peeked.",
            opened_at=AT,
        )
        found = set(broken())
        with pytest.raises(IntegrityError, match="by a quorum"), transaction.atomic():
            connection.check_constraints()
        transaction.set_rollback(True)

    assert found == {"SUB-2", "SUB-4"}


def test_a_rating_by_somebody_who_has_not_declared_is_found(
    evaluator, contracting_officer
):
    solicitation = opened_offers()
    member = PanelMember.objects.create(
        solicitation=solicitation,
        membership_id=evaluator.own_membership_id,
        role="EVALUATOR",
        designated_by_id=contracting_officer.own_membership_id,
        designated_at=AT,
    )
    Rating.objects.create(
        submission=solicitation.submissions.all()[0],
        factor=rated_factors(solicitation)[0],
        panel_member=member,
        rating="GOOD",
        strengths="s",
        weaknesses="w",
        rated_at=AT,
    )

    assert set(broken()) == {"EVL-1"}
    Declaration.objects.create(panel_member=member, text="", declared_at=AT)
    assert broken() == {}
