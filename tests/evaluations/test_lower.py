"""A vendor lowers its prices after the opening; nothing counts before an officer."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.evaluations.models import rates_of
from contracting.evaluations.operations.lower import lower_prices
from contracting.evaluations.refusals import ModificationUnfit, NotOpened
from contracting.submissions.queries import offers_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    after,
    decided_solicitation,
    opened_offers,
    submitted_offer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def selected():
    """The offer of a vendor that is selected, and of which no award is drafted."""
    return decided_solicitation().selections.get().submission


def lowered(submission, by=None, price="0.000001", words="We lower it.", lines=1):
    rates = rates_of(submission.opened_offer)
    return lower_prices(
        submission_id=submission.pk,
        prices={rate.line_id: UnitPrice(price) for rate in rates[:lines]},
        words=words,
        by=actor(by or signer_of(submission)),
        at=after(submission.solicitation, hours=200),
    )


def signer_of(submission):
    is_first = submission.is_of(actor("vendor_a_signer"))
    return "vendor_a_signer" if is_first else "vendor_b_signer"


def figures(submission):
    rates = rates_of(submission.opened_offer)
    return {rate.line_id: rate.usd_per_million_tokens for rate in rates}


@pytest.mark.rule("R-SUB-02", case="allowed")
def test_lower_prices_are_kept_and_do_not_count_yet(selected, contracting_officer):
    before = figures(selected)

    made = lowered(selected)

    assert made.rates.count() == len(before)
    assert figures(selected) == before
    page = client_for(contracting_officer).get(
        reverse("evaluations:offer", args=[selected.public_id])
    )
    assert reverse("evaluations:accept_prices", args=[made.public_id]) in (
        page.content.decode()
    )


@pytest.mark.rule("R-SUB-02", case="refused")
@pytest.mark.parametrize(
    "other",
    [{"price": "999"}, {"lines": 0}, {"words": " - "}, {"price": "0"}],
    ids=["higher", "none", "no words", "nothing"],
)
def test_a_late_modification_only_lowers(selected, other):
    with nothing_happens(), pytest.raises(ModificationUnfit) as refused:
        lowered(selected, **other)
    assert (refused.value.rule, refused.value.status) == ("R-SUB-02", 422)


def test_only_a_signer_of_the_vendor_lowers(selected):
    for who in ("vendor_a_member", "contracting_officer", "other_vendor_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            lowered(selected, by=who)


def test_the_page_states_what_is_typed(selected):
    browser = client_for(actor(signer_of(selected)))
    page = reverse("evaluations:lower_prices", args=[selected.public_id])
    form = browser.get(page).context["form"]
    typed = {name: form.initial[name] for name in form.fields if name != "words"}
    first = next(iter(typed))
    data = {**typed, first: "0.5", "words": "We lower it."}
    assert submit(browser, page, data).status_code == 303
    assert selected.late_modifications.count() == 1


def test_before_the_opening_it_is_replaced_instead(vendor_a_signer):
    sealed = submitted_offer(on=released_solicitation())
    page = reverse("evaluations:lower_prices", args=[sealed.public_id])
    with nothing_happens():
        assert client_for(vendor_a_signer).get(page).status_code in (409, 422)


def test_after_a_cancellation_nothing_is_lowered():
    from contracting.solicitations.operations.cancel import cancel_solicitation

    solicitation = opened_offers()
    offer = offers_of(solicitation)[0].submission
    cancel_solicitation(
        solicitation_id=solicitation.pk,
        reason="The need is gone.",
        memo="The office does without.",
        by=actor("contracting_officer"),
        at=after(solicitation, hours=3),
    )
    with nothing_happens(), pytest.raises(NotOpened):
        lowered(offer)
