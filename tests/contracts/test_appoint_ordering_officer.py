"""The contracting officer lets people of other offices sign orders, within limits."""

from datetime import timedelta

import pytest

from accounts.states import Role
from contracting.contracts.models import OrderingOfficer
from contracting.contracts.operations.appoint_ordering_officer import (
    appoint_ordering_officer,
)
from contracting.contracts.refusals import AlreadyAppointed, AppointmentInvalid
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.core.quantities import Dollars
from contracting.desk.permissions import work_of
from contracting.documents.models import Approval, Document
from contracting.notices.models import Notice
from contracting.orders.operations.issue import issue_task_order
from tests.builders_orders import (
    AWARDED_AT,
    ISSUED_AT,
    awarded_contract,
    certified_contract,
    certified_order,
)
from tests.cast import (
    actor,
    client_for,
    days,
    membership,
    nothing_happens,
    organization,
    submit,
)
from tests.contracts.seats import also_as

pytestmark = pytest.mark.django_db

BEFORE = ISSUED_AT.date() - timedelta(days=1)
AFTER = ISSUED_AT.date() + timedelta(days=1)


def orderer():
    """A person of another office of the agency, without any warrant."""
    return also_as("auditor", Role.CONTRACT_SPECIALIST)


def appointed(contract, who, *, by="contracting_officer", at=AWARDED_AT, **terms):
    return appoint_ordering_officer(
        contract_id=contract.pk,
        membership_id=who.own_membership_id,
        **{
            "office": "Office of Records",
            "order_limit": Dollars("100.00"),
            "valid_from": AWARDED_AT.date(),
            "valid_to": contract.ordering_end,
            **terms,
        },
        by=actor(by),
        at=at,
    )


def signed(order, by, at=ISSUED_AT):
    return issue_task_order(order_id=order.pk, by=by, at=at, seen_version=order.version)


@pytest.mark.rule("R-ROL-01", case="allowed")
@pytest.mark.rule("R-ROL-02", case="allowed")
def test_an_ordering_officer_signs_an_order_within_the_letter():
    # Given a certified order of sixty dollars, and a letter up to a hundred
    order = certified_order()
    who = orderer()
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, who)
    assert refusal.value.rule == "R-ROL-01"
    letter = appointed(order.contract, who)

    # When the ordering officer finds it at the desk and signs it
    asked = [each.asked for each in work_of(who, ISSUED_AT, ISSUED_AT.date())]
    assert "Sign the order" in asked
    issued = signed(order, who)

    # Then it is issued under the letter, and its paper says in which capacity
    assert issued.piid
    assert issued.signed_under == letter
    paper = Document.objects.get(kind="task_order")
    assert paper.context["blocks"]["23"].endswith("Ordering officer")
    assert Approval.objects.filter(membership_id=who.own_membership_id).exists()


@pytest.mark.rule("R-ROL-02", case="refused")
def test_an_order_beyond_the_letter_is_signed_by_somebody_with_a_warrant():
    order = certified_order()
    who = orderer()
    appointed(order.contract, who, order_limit=Dollars("59.99"))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, who)
    assert refusal.value.rule == "R-ROL-02"
    assert "$59.99 an order" in refusal.value.message

    assert signed(order, actor("contracting_officer")).signed_under is None


@pytest.mark.rule("R-ROL-02", case="refused")
def test_all_orders_under_a_letter_stay_within_its_sum():
    # Given a letter for a hundred dollars together, and one order of sixty under it
    order = certified_order()
    who = orderer()
    appointed(order.contract, who, total_limit=Dollars("100.00"))
    signed(order, who)

    # When a second one of sixty comes
    second = certified_order(on=order.contract)
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(second, who)

    # Then the sum is named
    assert refusal.value.rule == "R-ROL-02"
    assert "come to $120;" in refusal.value.message


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize("terms", [{"valid_to": BEFORE}, {"valid_from": AFTER}])
def test_a_letter_counts_on_its_days_alone(terms):
    order = certified_order()
    who = orderer()
    appointed(order.contract, who, **terms)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, who)
    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-03", case="refused")
def test_a_letter_lets_nobody_sign_what_they_requested():
    order = certified_order()
    who = actor("program_manager")
    appointed(order.contract, who)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        signed(order, who)
    assert refusal.value.rule == "R-ROL-03"


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize(
    "by", ["contract_specialist", "other_agency_officer", "vendor_a_signer"]
)
def test_only_a_contracting_officer_appoints(by):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        appointed(contract, actor("program_manager"), by=by)
    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-02", case="refused")
def test_a_letter_carries_no_more_than_the_warrant_of_its_signer():
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        appointed(
            contract, actor("program_manager"), order_limit=Dollars("10000000.01")
        )
    assert refusal.value.rule == "R-ROL-02"


@pytest.mark.parametrize(
    "terms",
    [
        {"order_limit": Dollars()},
        {"order_limit": Dollars("0.001")},
        {"total_limit": Dollars("99.99")},
        {"office": "  "},
        {"valid_to": AWARDED_AT.date() - timedelta(days=1)},
    ],
)
def test_a_letter_that_does_not_fit_is_not_signed(terms):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(AppointmentInvalid):
        appointed(contract, actor("program_manager"), **terms)


@pytest.mark.parametrize("who", ["cor", "vendor_a_signer", "contracting_officer"])
def test_who_cannot_order_is_not_appointed(who):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(AppointmentInvalid):
        appointed(contract, actor(who))


def test_a_second_letter_waits_for_the_end_of_the_first():
    contract = awarded_contract()
    appointed(contract, actor("program_manager"))

    with nothing_happens(), pytest.raises(AlreadyAppointed):
        appointed(contract, actor("program_manager"))


def test_nobody_orders_on_a_draft():
    contract = certified_contract()

    with nothing_happens(), pytest.raises(IllegalMove):
        appointed(contract, actor("program_manager"))


def test_the_guide_says_who_may_order_and_everybody_concerned_is_told(monkeypatch):
    # Given an awarded contract, and its officer at the guide
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT + days(1))
    contract = awarded_contract()
    browser = client_for(actor("contracting_officer"))
    guide = f"{contract.path}/ordering_guide"
    assert "Nobody orders by letter" in browser.get(guide).content.decode()
    assert guide in browser.get(contract.path).content.decode()

    # When they sign the letter on its page
    manager = actor("program_manager")
    sent = submit(
        browser,
        f"{contract.path}/appoint_ordering_officer",
        {
            "membership": membership(manager).public_id,
            "office": "Office of Records",
            "order_limit": "2500.00",
            "total_limit": "",
            "valid_from": "2026-05-01",
            "valid_to": str(contract.ordering_end),
        },
    )

    # Then the guide, the paper and the notices say so, to the vendor too
    assert sent.status_code == 303, sent.content.decode()
    letter = OrderingOfficer.objects.get()
    assert Document.objects.filter(kind="designation", subject_id=letter.pk).exists()
    told = Notice.objects.filter(title__contains="may place orders")
    assert {each.recipient_organization_id for each in told} == {
        organization(manager).pk,
        contract.vendor_id,
    }
    for name in ("program_manager", "vendor_a_signer"):
        page = client_for(actor(name)).get(guide).content.decode()
        assert "Office of Records" in page
        assert "$2,500.00" in page
    for name in ("other_agency_officer", "vendor_b_signer"):
        assert client_for(actor(name)).get(guide).status_code == 404
    assert (
        client_for(manager).get(f"{contract.path}/appoint_ordering_officer").status_code
        == 403
    )
