"""One switch stops a vendor or a model everywhere, and lists what it touches."""

from datetime import timedelta

import pytest

from accounts.models import Organization
from contracting.audit.models import AuditEvent
from contracting.bans.models import Ban
from contracting.bans.operations.impose import impose_ban
from contracting.bans.operations.lift import lift_ban
from contracting.bans.queries import affected_by, deny_list, in_force
from contracting.bans.refusals import AlreadyBanned, BanIncomplete, Banned
from contracting.contracts.models import RateRow
from contracting.contracts.operations.award import award_contract
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens
from contracting.determinations.operations.make import make_determination
from contracting.determinations.states import Kind
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.notices.models import Notice
from contracting.orders.calculations import models_of
from contracting.orders.models import TaskOrder
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from tests.builders_modifications import (
    NEW_MODEL,
    drafted_contract_modification,
    drafted_on_ramp,
    recorded_terms,
    signed_by_vendor,
)
from tests.builders_orders import (
    AWARDED_AT,
    CEILING_DOLLARS,
    CEILING_TOKENS,
    ISSUED_AT,
    MODIFIED_AT,
    certified_contract,
    certified_order,
    drafted_order,
    funded_modification,
    issued_order,
)
from tests.cast import actor, client_for, days, nothing_happens

pytestmark = pytest.mark.django_db

BANNED_AT = ISSUED_AT - timedelta(hours=1)
AUTHORITY = {
    "reason": "FASCSA",
    "citation": "Order 2026-01 of 2 April 2026",
    "text": "The vendor is a covered source.",
}


def banned(at=BANNED_AT, by="contracting_officer", **named):
    by = actor(by) if isinstance(by, str) else by
    agency = Organization.objects.get(
        pk=actor("contracting_officer").own_organization_id
    )
    terms = {"valid_from": agency.local_day(at), **AUTHORITY, **named}
    return impose_ban(agency_id=agency.pk, **terms, by=by, at=at)


def of_vendor_a(**more):
    return banned(vendor_id=actor("vendor_a_signer").organization_id, **more)


def signed(order, at=ISSUED_AT):
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=order.version,
    )


def signed_modification(modification):
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


def waived(subject, agency_id, at):
    return make_determination(
        kind=Kind.BAN_WAIVER,
        subject=subject,
        agency_id=agency_id,
        title="Order",
        path="/orders/",
        value=Dollars(),
        text="Continuity of claims processing.",
        document_sha256="a" * 64,
        by=actor("contracting_officer"),
        at=at,
    )


@pytest.mark.rule("R-AI-01", case="refused")
def test_a_banned_family_is_not_ordered_before_the_head_waives_it():
    # Given an order that is ready to sign, and a ban on the family of its model
    order = certified_order()
    (model,) = models_of(order)
    ban = banned(family=model.family)

    # When the officer signs, it is refused under the rule, with the authority
    with nothing_happens(), pytest.raises(Banned) as refusal:
        signed(order)
    assert (refusal.value.rule, refusal.value.data["models"]) == (
        "R-AI-01",
        [model.snapshot],
    )
    assert "Order 2026-01" in refusal.value.message

    # And what is touched is listed at once: all of it is left, nothing is signed
    (touched,) = affected_by(ban, BANNED_AT)
    assert (touched.number, touched.is_signed) == (order.name, False)
    assert (touched.dollars_left, touched.tokens_left) == (
        CEILING_DOLLARS,
        CEILING_TOKENS,
    )

    # When the agency's head waives it for this order, it is signed
    waived(order.subject, ban.agency_id, BANNED_AT + timedelta(minutes=5))
    assert signed(order).piid


@pytest.mark.rule("R-AI-01", case="refused")
def test_nothing_more_is_bought_of_a_banned_vendor_on_what_is_signed():
    # Given a signed order with a modification that adds funds, and a ban
    modification = funded_modification()
    order, before = modification.order, MODIFIED_AT - timedelta(hours=1)
    ban = of_vendor_a(at=before)

    # Then neither is the modification signed nor another order drafted
    with nothing_happens(), pytest.raises(Banned):
        issue_modification(
            modification_id=modification.pk,
            by=actor("contracting_officer"),
            at=MODIFIED_AT,
            seen_version=modification.version,
        )
    with nothing_happens(), pytest.raises(Banned):
        drafted_order(on=order.contract, at=MODIFIED_AT)

    # And the order is on the deny list, its representative told what is left of it
    listed = deny_list(ban.agency, MODIFIED_AT)
    assert [each["piid"] for each in listed["orders"]] == [order.piid]
    assert [each["name"] for each in listed["vendors"]] == ["Meridian Models"]
    told = Notice.objects.filter(title="Banned: vendor Meridian Models")
    assert actor("cor").user_id in {each.recipient_user_id for each in told}
    assert "1 signed order has" in told[0].body
    (event,) = AuditEvent.objects.filter(event="bans.ban.imposed")
    assert f'"{order.piid}"' in event.payload

    # When it is waived for this contract, the order leaves the list
    waived(order.contract.subject, ban.agency_id, MODIFIED_AT)
    assert deny_list(ban.agency, MODIFIED_AT)["orders"] == []


def test_the_page_of_an_order_says_that_its_model_is_banned(monkeypatch):
    order = issued_order()
    (model,) = models_of(order)
    ban = banned(model_id=model.pk, at=ISSUED_AT + timedelta(hours=1))
    monkeypatch.setattr(clock, "now", lambda: MODIFIED_AT)

    page = client_for(actor("program_manager")).get(order.path).content.decode()
    assert f"Banned: model {model.snapshot}" in page
    assert ban.path in page


@pytest.mark.rule("R-AI-01", case="refused")
def test_a_contract_takes_on_nothing_that_is_banned():
    # Given an on-ramp and a longer ordering period that only the officer has to sign
    contract = issued_order().contract
    recorded_terms(on=contract)
    on_ramp = signed_by_vendor(drafted_on_ramp(on=contract))
    longer = signed_by_vendor(drafted_contract_modification(on=contract))
    renamed = drafted_contract_modification(
        on=contract, authority="B", terms={"title": "Language models"}
    )

    # When the new model is banned, it does not come onto the contract
    before = MODIFIED_AT - timedelta(hours=1)
    banned(at=before, model_id=on_ramp.on_ramp.model_id)
    with nothing_happens(), pytest.raises(Banned) as refusal:
        signed_modification(on_ramp)
    assert refusal.value.data["models"] == [NEW_MODEL]

    # When its vendor is, nothing is added to it; what adds nothing is signed
    of_vendor_a(at=before)
    with nothing_happens(), pytest.raises(Banned):
        signed_modification(longer)
    assert signed_modification(renamed).number == "P00001"


@pytest.mark.rule("R-AI-01", case="refused")
def test_a_banned_model_is_not_awarded():
    contract = certified_contract()
    model = RateRow.objects.filter(line__contract=contract)[0].model
    banned(model_id=model.pk, at=AWARDED_AT - timedelta(minutes=1))

    with nothing_happens(), pytest.raises(Banned) as refusal:
        award_contract(
            contract_id=contract.pk,
            by=actor("contracting_officer"),
            at=AWARDED_AT,
            seen_version=contract.version,
        )

    assert refusal.value.data["models"] == [model.snapshot]


@pytest.mark.rule("R-AI-01", case="allowed")
def test_a_ban_holds_within_its_days_in_its_agency_and_until_it_is_lifted():
    order = certified_order()
    today = ISSUED_AT.date()

    # Given bans on another vendor, from tomorrow on, for today alone, and a lifted one
    banned(vendor_id=actor("vendor_b_signer").organization_id)
    later = of_vendor_a(valid_from=today + timedelta(days=1))
    once = of_vendor_a(valid_to=today)
    lift_ban(
        ban_id=once.pk,
        reason="The order was withdrawn.",
        by=actor("administrator"),
        at=BANNED_AT,
    )

    # Then today's order is signed, and tomorrow's would not be
    assert signed(order).piid
    tomorrow = ISSUED_AT + days(1)
    assert later in in_force(later.agency, tomorrow)
    assert once not in in_force(once.agency, tomorrow)
    (touched,) = affected_by(later, tomorrow)
    assert (touched.number, touched.tokens_left) == (
        TaskOrder.objects.get(pk=order.pk).piid,
        Tokens(20_000_000),
    )


def test_a_ban_names_one_thing_by_its_authority_and_once():
    vendor = actor("vendor_a_signer").organization_id
    for wrong in (
        {"family": "no such family"},
        {},
        {"vendor_id": vendor, "family": "opus"},
        {"vendor_id": vendor, "citation": " "},
        {"vendor_id": vendor, "reason": "DISLIKE"},
        {"vendor_id": vendor, "valid_from": BANNED_AT.date() - timedelta(days=1)},
        {"vendor_id": vendor, "valid_to": BANNED_AT.date() - timedelta(days=1)},
    ):
        with nothing_happens(), pytest.raises(BanIncomplete):
            banned(**wrong)
    of_vendor_a()
    with nothing_happens(), pytest.raises(AlreadyBanned):
        of_vendor_a()


@pytest.mark.parametrize(
    "part", ["contract_specialist", "vendor_a_signer", "other_agency_officer"]
)
def test_nobody_else_bans(part):
    with nothing_happens(), pytest.raises(NotAllowed):
        of_vendor_a(by=part)

    assert not Ban.objects.exists()
