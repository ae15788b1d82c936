"""Figures of every price structure in an offer, whoever has sealed it."""

from decimal import Decimal

import pytest

from contracting.core.quantities import UnitPrice
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import Offer, OfferedPrice
from contracting.submissions.models import OpenedOffer
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.refusals import OfferIncomplete
from tests.builders_structures import FIGURES, structured_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import before, offer_on, opened_offers, submitted_offer
from tests.sealed_offers import priced_rows, sealed_offer

pytestmark = pytest.mark.django_db


def handed_in(solicitation, offer, by="vendor_a_signer"):
    return submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer,
        acknowledged=[],
        by=actor(by),
        at=before(solicitation),
    )


def sealed_rows(solicitation, **figures):
    """The rows as a browser seals them: no model where no tokens are bought."""
    said = {**FIGURES, **figures}
    rows = priced_rows(solicitation)
    for row, line in zip(rows, lines_of(solicitation), strict=True):
        if line.slin in said:
            row["usd_per_million_tokens"] = f"{Decimal(said[line.slin]):013.6f}"
        if not line.names_a_model:
            row["model"] = ""
    return rows


def rates(submission):
    offer = OpenedOffer.objects.get(submission=submission)
    found = {rate.line.slin: rate for rate in offer.rates.select_related("line")}
    return offer.flaws, found


def test_both_modes_lie_open_with_every_figure_and_no_model_of_seats():
    # Given one offer that its vendor sealed, and one that the server did
    solicitation = structured_solicitation()
    rows = sealed_rows(solicitation)
    sealed = handed_in(solicitation, sealed_offer(solicitation, prices=rows))
    other = submitted_offer(
        on=solicitation,
        by="vendor_b_signer",
        offer=offer_on(solicitation, prices=FIGURES),
    )

    opened_offers(on=solicitation)

    for submission in (sealed, other):
        flaws, found = rates(submission)
        assert flaws == []
        assert {slin: found[slin].usd_per_million_tokens for slin in FIGURES} == {
            slin: Decimal(figure) for slin, figure in FIGURES.items()
        }
        assert {slin for slin, rate in found.items() if rate.model is None} == {
            *("0004", "0005", "0006")
        }
        assert found["0003"].model == found["0003AA"].model
        assert found["0003AA"].figure_words == "1.25 ACU"
        assert found["0004"].figure_words == "$30.00"


def test_a_pool_that_burns_beyond_belief_is_named_before_and_after_the_seal():
    solicitation = structured_solicitation()
    dear = {"0003": "900000", "0003AA": "2"}

    # In server mode it is refused, and nothing is kept
    plain = offer_on(solicitation, prices={**FIGURES, **dear})
    with nothing_happens(), pytest.raises(OfferIncomplete, match="0003AA"):
        handed_in(solicitation, plain)

    # What a browser has sealed is looked into at the opening: the price is left out
    rows = sealed_rows(solicitation, **dear)
    sealed = handed_in(solicitation, sealed_offer(solicitation, prices=rows))
    opened_offers(on=solicitation)
    flaws, found = rates(sealed)
    assert "Line 0003AA burns implausibly much at the price of its unit." in flaws
    assert "0003AA" not in found
    assert "0003AB" not in found


def test_tokens_are_served_by_a_model_wherever_they_are_bought():
    solicitation = structured_solicitation()
    whole = offer_on(solicitation, prices=FIGURES)
    pool = solicitation.lines.get(slin="0003").pk
    bare = Offer(
        technical=whole.technical,
        prices=[
            OfferedPrice(each.line_id, None, UnitPrice(1))
            if each.line_id == pool
            else each
            for each in whole.prices
        ],
    )

    with nothing_happens(), pytest.raises(OfferIncomplete, match="Name a model"):
        handed_in(solicitation, bare)
