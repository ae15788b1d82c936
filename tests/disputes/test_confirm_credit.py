"""The officer confirms a proposed credit, and the vendor owes it from then on."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.billing.models import CreditDue
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes import calculations
from contracting.disputes.models import ServiceCredit
from contracting.disputes.operations.confirm_credit import confirm_service_credit
from contracting.disputes.refusals import CaseIncomplete
from contracting.disputes.states import CreditState
from tests.builders_service import MEASURED_AT
from tests.cast import actor, client_for, nothing_happens, submit
from tests.disputes.test_decline_credit import _missed
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(_missed)
LATER = MEASURED_AT + timedelta(days=1)


def confirmed(world, *, by="contracting_officer", reason="Clause H-7, April."):
    return confirm_service_credit(
        credit_id=world, reason=reason, by=actor(by), at=LATER
    )


def test_a_confirmed_credit_is_due_once(world):
    confirmed(world)

    credit = ServiceCredit.objects.get(pk=world)
    assert credit.state == CreditState.CONFIRMED
    due = CreditDue.objects.get(order=credit.order)
    assert (due.kind, due.dollars, due.acrn) == ("SLA", Decimal("0.02"), "AA")
    assert (due.because_kind, due.because_id) == (credit.subject.kind, credit.pk)
    with nothing_happens(), pytest.raises(NotAllowed):
        confirmed(world)


def test_it_is_confirmed_with_a_reason(world):
    with nothing_happens(), pytest.raises(CaseIncomplete):
        confirmed(world, reason=" ")


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_confirms(world, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        confirmed(world, by=outsider)


def test_the_page_confirms_and_shows_it(world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)
    credit = ServiceCredit.objects.get(pk=world)
    officer = client_for(actor("contracting_officer"))
    page = officer.get(credit.path).content.decode()
    assert "The service was missed in 1 of 1 measured months" in page
    assert "<svg" in page
    form = f"/service_credits/{credit.public_id}/confirm_service_credit"
    assert form in page
    assert submit(officer, form, {"text": "Clause H-7."}).status_code == 303
    page = client_for(actor("vendor_a_member")).get(credit.path).content.decode()
    assert "Clause H-7." in page
    for part in ("other_vendor_signer", "other_agency_officer"):
        assert client_for(actor(part)).get(form).status_code == 404


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_a_split_sums_to_the_whole_and_is_within_a_cent_of_its_share(cents, weights):
    whole = Dollars(Decimal(cents).scaleb(-2))
    parts = calculations.split_by(whole, [Decimal(each) for each in weights])

    assert total_dollars(parts) == whole
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part == part.to_cents()
        if total:
            assert abs(part.amount * 100 * total - cents * weight) < total


def test_rooms_are_filled_in_their_order():
    rooms = [Dollars("1.005"), Dollars("-1"), Dollars("2")]

    assert calculations.filled(Dollars("1.50"), rooms) == [
        Dollars("1.00"),
        Dollars(),
        Dollars("0.50"),
    ]
    assert calculations.filled(Dollars("4"), rooms)[-1] == Dollars("3")


def test_the_vendor_learns_of_a_credit_when_it_is_decided(world, monkeypatch):
    # Given a credit that the agency has proposed and nobody has decided
    monkeypatch.setattr(clock, "now", lambda: LATER)
    credit = ServiceCredit.objects.get(pk=world)
    page = f"{credit.order.contract.path}/service_levels"
    verbs = [
        f"/service_credits/{credit.public_id}/{verb}_service_credit"
        for verb in ("confirm", "decline")
    ]
    agency = client_for(actor("cor"))
    signer = client_for(actor("vendor_a_signer"))
    assert str(credit.dollars) in agency.get(page).content.decode()

    # Then the vendor sees nothing of it, and strangers not even the page
    assert "<h2>Credits</h2>" not in signer.get(page).content.decode()
    assert {signer.get(verb).status_code for verb in verbs} == {404}
    for outsider in ("other_agency_officer", "other_vendor_signer"):
        assert client_for(actor(outsider)).get(page).status_code == 404

    # And once it is confirmed, the vendor reads it with its reason
    confirmed(world)
    assert "Clause H-7, April." in signer.get(page).content.decode()
    assert {signer.get(verb).status_code for verb in verbs} == {403}
