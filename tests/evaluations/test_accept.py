"""Lower prices that came late count, of the selected offer alone (R-SUB-02)."""

import pytest
from django.urls import reverse

from contracting.approvals.models import Override
from contracting.contracts.calculations import line_prices
from contracting.contracts.models import RateRow
from contracting.core.errors import NotAllowed
from contracting.evaluations.models import AcceptedModification
from contracting.evaluations.operations.accept import accept_prices
from contracting.evaluations.refusals import ModificationUnfit
from contracting.submissions.queries import offers_of
from tests.builders_orders import drafted_contract
from tests.cast import actor, client_for, nothing_happens, submit
from tests.evaluations.test_lower import figures, lowered
from tests.offers import after, decided_solicitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def selected():
    """The offer of a vendor that is selected, and of which no award is drafted."""
    return decided_solicitation().selections.get().submission


def accepted(modification, by="contracting_officer", reason="Two lines are cheaper."):
    return accept_prices(
        modification_id=modification.pk,
        reason=reason,
        by=actor(by),
        at=after(modification.submission.solicitation, hours=201),
    )


@pytest.mark.rule("R-SUB-02", case="allowed")
def test_the_award_is_drafted_at_the_lower_prices(selected):
    # Given lower prices of the selected offer
    before = figures(selected)
    made = lowered(selected)

    # When an officer accepts them
    accepted(made)

    # Then they count, it is on record as an override, and the award has them
    now = figures(selected)
    assert sum(now[line] < before[line] for line in before) == 1
    assert sum(now[line] == before[line] for line in before) == len(before) - 1
    override = Override.objects.get(rule="R-SUB-02")
    assert override.reason_code == "MORE_FAVORABLE"
    contract = drafted_contract(on=selected.selection.decision)
    rows = RateRow.objects.filter(line__contract=contract).order_by("slin")
    assert sorted(row.usd_per_million_tokens for row in rows) == sorted(now.values())
    assert line_prices(contract.solicitation, selected.opened_offer)


@pytest.mark.rule("R-SUB-02", case="refused")
def test_prices_of_an_offer_that_is_not_selected_do_not_count(selected):
    others = offers_of(selected.solicitation)
    other = next(x.submission for x in others if x.submission_id != selected.pk)
    made = lowered(other)
    with nothing_happens(), pytest.raises(ModificationUnfit) as refused:
        accepted(made)
    assert refused.value.rule == "R-SUB-02"


def test_once_without_a_reason_and_the_last_alone(selected):
    first = lowered(selected, price="1")
    with nothing_happens(), pytest.raises(ModificationUnfit):
        accepted(first, reason="1.")
    second = lowered(selected, price="0.9")
    with nothing_happens(), pytest.raises(ModificationUnfit):
        accepted(first)
    accepted(second)
    with nothing_happens(), pytest.raises(ModificationUnfit):
        accepted(second)


def test_not_once_an_award_is_drafted_and_by_no_one_else(selected):
    made = lowered(selected)
    with nothing_happens(), pytest.raises(NotAllowed):
        accepted(made, by="contract_specialist")
    drafted_contract(on=selected.selection.decision)
    with nothing_happens(), pytest.raises(NotAllowed):
        accepted(made)


def test_the_page_shows_both_prices_and_accepts(
    selected,
    contracting_officer,
    other_agency_officer,
    vendor_a_signer,
):
    made = lowered(selected)
    page = reverse("evaluations:accept_prices", args=[made.public_id])
    browser = client_for(contracting_officer)
    assert b"data-answer" in browser.get(page).content
    assert client_for(other_agency_officer).get(page).status_code == 404
    assert client_for(vendor_a_signer).get(page).status_code == 404
    data = {"reason": "Two lines are cheaper."}
    assert submit(browser, page, data).status_code == 303
    assert AcceptedModification.objects.count() == 1
