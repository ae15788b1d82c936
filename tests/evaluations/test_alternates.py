"""What is found about a vendor holds for each of its offers (FAR 9.104-1)."""

import pytest

from contracting.evaluations.refusals import FindingIncomplete, FoundNonresponsible
from contracting.evaluations.standing.responsibility import (
    finding_of,
    require_responsible,
)
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.evaluations.competency import found
from tests.offers import opened_offers, submitted_offer

pytestmark = pytest.mark.django_db


def test_who_is_found_not_responsible_is_awarded_by_none_of_its_offers():
    # Given two offers of one vendor, and one of another
    solicitation = released_solicitation()
    base = submitted_offer(on=solicitation)
    first = submitted_offer(on=solicitation, alternate=1)
    other = submitted_offer(on=solicitation, by="vendor_b_signer")
    opened_offers(on=solicitation)
    for each in (base, first, other):
        each.refresh_from_db()

    # When the vendor is found wanting on the page of one offer
    finding = found(base)

    # Then the other offer of that vendor is withheld too, and found wanting once
    assert finding_of(first) == finding
    with pytest.raises(FoundNonresponsible):
        require_responsible(first)
    with nothing_happens(), pytest.raises(FindingIncomplete):
        found(first)

    # And nobody else's
    assert finding_of(other) is None
    require_responsible(other)
