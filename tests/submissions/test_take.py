"""A quotation is written down in the open; never where a seal is promised."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.submissions.operations.take import take_quotation
from contracting.submissions.refusals import AlreadySubmitted, OfferIncomplete
from tests.builders import released_solicitation, submitted_requisition
from tests.cast import AT, actor, nothing_happens
from tests.offers import offer_on
from tests.solicitations.test_request import requested

pytestmark = pytest.mark.django_db


def taken(solicitation, offer=None, by="contracting_officer"):
    return take_quotation(
        solicitation_id=solicitation.pk,
        vendor_id=actor("vendor_a_signer").own_organization_id,
        offer=offer or offer_on(solicitation),
        by=actor(by),
        at=AT,
    )


def test_a_quotation_lies_open_at_once_and_is_taken_once():
    request = requested(submitted_requisition())

    made = taken(request)

    assert made.state == "OPENED"
    assert made.opened_offer.rates.count() == request.lines.count()
    assert made.latest_version.mode == "OPEN"
    with nothing_happens(), pytest.raises(AlreadySubmitted):
        taken(request)


@pytest.mark.rule("R-SUB-03", case="refused")
def test_what_is_asked_for_under_a_seal_is_never_written_down():
    sealed = released_solicitation()
    offer = offer_on(sealed)
    with nothing_happens(), pytest.raises(NotAllowed) as refused:
        taken(sealed, offer)
    assert refused.value.rule == "R-SUB-03"


def test_a_quotation_prices_every_line():
    request = requested(submitted_requisition())
    whole = offer_on(request)
    short = type(whole)(technical="4711", prices=whole.prices[:1])
    with nothing_happens(), pytest.raises(OfferIncomplete):
        taken(request, short)


def test_a_specialist_takes_none():
    request = requested(submitted_requisition())
    with nothing_happens(), pytest.raises(NotAllowed):
        taken(request, by="contract_specialist")
