"""Who did what in a case, and whether duties were kept apart."""

import pytest
from django.urls import reverse

from contracting.audit.events import known_event
from contracting.audit.operations.record import record_event
from contracting.contracts.events import CONTRACT_FUNDS_CERTIFIED
from contracting.desk.invariants import INVARIANTS
from contracting.desk.queries.duties import Did, separations
from contracting.desk.states import APART, EVENTS_OF_DUTY, Duty
from tests.builders_orders import awarded_contract
from tests.cast import AT, client_for

ORDER, OTHER = ("orders.task_order", 1), ("orders.task_order", 2)


@pytest.mark.parametrize("apart", APART, ids=lambda each: f"{each.one}-{each.other}")
def test_two_duties_on_one_thing_are_a_breach_and_on_two_only_in_the_whole_case(apart):
    def held(one, other):
        done = [Did(1, "Ada", apart.one, one), Did(1, "Ada", apart.other, other)]
        (found,) = [each for each in separations(done) if each.apart == apart]
        return found.broken_by, found.beside

    assert held(ORDER, ORDER) == (["Ada"], [])
    seen = (["Ada"], []) if apart.in_the_whole_case else ([], ["Ada"])
    assert held(ORDER, OTHER) == seen


def test_each_duty_is_told_by_events_that_there_are():
    told = [event for events in EVENTS_OF_DUTY.values() for event in events]

    assert [event for event in told if known_event(event) is None] == []


def test_two_people_break_nothing():
    done = [Did(n, f"P{n}", duty, ORDER) for n, duty in enumerate(Duty)]

    assert not any(each.broken_by or each.beside for each in separations(done))


def test_the_page_and_the_nightly_check_read_the_whole_case(
    auditor, contracting_officer, cor, vendor_a_signer, other_agency_officer
):
    # Given a contract that was requested, written, certified and signed by four people
    contract = awarded_contract()
    url = reverse("desk:duties", args=[contract.public_id])
    page = client_for(auditor).get(url).text
    assert "nobody held two duties that must be apart" in page
    for name in ("Dev Manager", "Cleo Specialist", "Mia Funds", "Ada Officer"):
        assert name in page
    assert INVARIANTS[0].exceptions() == []

    # When its record shows that the signer has also certified the funds
    record_event(
        CONTRACT_FUNDS_CERTIFIED,
        subject=contract.subject,
        by=contracting_officer,
        at=AT,
    )

    # Then both name the person and the rule
    (broken,) = INVARIANTS[0].exceptions()
    assert "Ada Officer certifies funds and signs (R-ROL-03)" in broken
    page = client_for(contracting_officer).get(url).text
    assert "Ada Officer certifies funds and signs, which must be apart" in page

    # And nobody else finds the page
    for other in (cor, vendor_a_signer, other_agency_officer):
        assert client_for(other).get(url).status_code == 404
