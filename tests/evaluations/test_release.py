"""Showing the prices to the panel before it has agreed."""

import pytest

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.core.permissions import Allowed, Refused, require
from contracting.evaluations.operations.release import release_prices
from contracting.evaluations.permissions import can_analyse_price, can_read_prices
from contracting.evaluations.refusals import AlreadyReleased, NotOpened, ReasonMissing
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import after, agreed_offers, locked_ratings

pytestmark = pytest.mark.django_db


def released(solicitation, *, by, reason="The factors hang on the price."):
    return release_prices(
        solicitation_id=solicitation.pk,
        reason=reason,
        by=by,
        at=after(solicitation, hours=5),
    )


@pytest.mark.rule("R-EVL-02", case="refused")
def test_no_evaluator_sees_a_price_before_the_panel_has_agreed(evaluator):
    solicitation = locked_ratings()

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        require(can_read_prices(evaluator, solicitation))

    assert refusal.value.rule == "R-EVL-02"


@pytest.mark.rule("R-EVL-02", case="refused")
def test_an_evaluator_sees_no_price_in_another_role_either(evaluator, agency):
    # Given an evaluator who is a contract specialist as well
    solicitation = locked_ratings()
    seat = Membership.objects.create(
        user_id=evaluator.user_id, organization=agency, role="CONTRACT_SPECIALIST"
    )
    specialist = actor("contract_specialist")
    both = type(specialist)(
        **{
            name: getattr(specialist, name)
            for name in specialist.__slots__
            if name not in {"user_id", "membership_id"}
        },
        user_id=evaluator.user_id,
        membership_id=seat.pk,
    )

    # When they ask as a specialist
    with nothing_happens():
        refusals = [
            can(both, solicitation) for can in (can_read_prices, can_analyse_price)
        ]

    # Then the rule knows the person
    assert all(isinstance(each, Refused) for each in refusals)
    assert {each.rule for each in refusals} == {"R-EVL-02"}
    assert can_read_prices(specialist, solicitation)


@pytest.mark.rule("R-EVL-02", case="allowed")
def test_once_the_panel_has_agreed_it_sees_the_prices(evaluator):
    assert isinstance(can_read_prices(evaluator, agreed_offers()), Allowed)


@pytest.mark.rule("R-EVL-02", case="allowed")
def test_the_officer_shows_the_prices_earlier_and_says_why(
    contracting_officer, evaluator, monkeypatch
):
    # Given a panel that has not agreed yet
    solicitation = locked_ratings()
    at = after(solicitation, hours=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    browser = client_for(contracting_officer)
    page = f"/solicitations/{solicitation.public_id}/price"
    assert "Show the prices to the panel earlier" in browser.get(page).content.decode()

    # When the officer shows the prices
    reply = submit(browser, f"{page}/release", {"reason": "They belong together."})

    # Then the panel sees them, and everybody who reads them sees why
    assert reply.url == page
    said = client_for(evaluator).get(page).content.decode()
    assert "They belong together." in said
    with nothing_happens(), pytest.raises(AlreadyReleased):
        released(solicitation, by=contracting_officer)


@pytest.mark.rule("R-EVL-02", case="refused")
def test_prices_are_not_shown_earlier_without_a_reason(contracting_officer):
    solicitation = locked_ratings()

    with nothing_happens(), pytest.raises(ReasonMissing) as refusal:
        released(solicitation, by=contracting_officer, reason=" ")

    assert refusal.value.rule == "R-EVL-02"


def test_sealed_prices_are_shown_to_nobody(contracting_officer):
    solicitation = released_solicitation()

    with nothing_happens(), pytest.raises(NotOpened):
        released(solicitation, by=contracting_officer)


def test_nobody_else_shows_them():
    solicitation = locked_ratings()

    for part in ("evaluator", "contract_specialist", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            released(solicitation, by=actor(part))
