"""The signature on a modification: its number, its effects, before and after."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.models import Membership, Warrant
from accounts.queries import actor_of
from accounts.states import Role
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Document
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.queries import balances_of, contract_balance, funds_of
from contracting.ledger.refusals import (
    ContractCeilingExceeded,
    PeriodOfAvailabilityEnded,
)
from contracting.notices.models import Notice
from contracting.orders import calculations
from contracting.orders.invariants import INVARIANTS
from contracting.orders.operations import issue
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.sign import sign_modification
from contracting.orders.queries import conformed
from contracting.orders.refusals import (
    AddedFundsNotCertified,
    AlreadyIssued,
    NotSignedByVendor,
    PriceNotReasonable,
    ScopeNotJustified,
)
from contracting.orders.states import EffectDraft
from tests.builders_orders import (
    MODIFIED_AT,
    drafted_modification,
    funded_modification,
    issued_modification,
    line_of_accounting,
)
from tests.cast import actor, days, nothing_happens, organization, person

MORE = EffectDraft(
    "0001",
    "AA",
    add_dollars=Dollars(30),
    add_ceiling_dollars=Dollars(20),
    add_ceiling_tokens=Tokens(5_000_000),
)


def issued(modification, by="contracting_officer", at=MODIFIED_AT, seen_version=None):
    return issue_modification(
        modification_id=modification.pk,
        by=actor(by) if isinstance(by, str) else by,
        at=at,
        seen_version=seen_version or modification.version,
    )


def balanced():
    return [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)


@pytest.mark.rule("R-MOD-01", case="allowed")
@pytest.mark.rule("R-MOD-03", case="allowed")
@pytest.mark.rule("R-MOD-05", case="allowed")
def test_the_signature_numbers_it_and_changes_the_order(order, vendor_a_signer):
    # Given a certified modification that adds funds and raises both ceilings
    modification = funded_modification(on=order, effects=[MORE])

    # When the officer signs it
    signed = issued(modification)

    # Then it is the order's first, with before, after and the new totals as signed
    assert signed.number == "P00001"
    assert signed.changes == [
        {
            "term": "Line 0001, ceiling in tokens",
            "old": "20,000,000",
            "new": "25,000,000",
        },
        {"term": "Line 0001, ceiling in dollars", "old": "$60.00", "new": "$80.00"},
        {"term": "Line 0001, ACRN AA, funds", "old": "$40.00", "new": "$70.00"},
        {
            "term": "Line 0001, ACRN AA, part of the ceiling",
            "old": "$60.00",
            "new": "$80.00",
        },
        {
            "term": "Total ceiling in tokens",
            "old": "20,000,000",
            "new": "25,000,000",
        },
        {"term": "Total ceiling in dollars", "old": "$60.00", "new": "$80.00"},
        {"term": "Total funds", "old": "$40.00", "new": "$70.00"},
    ]
    # And the order reads so from now on, in its next version
    order.refresh_from_db()
    now = conformed(order)
    assert now.totals.ceiling_dollars == Dollars(80)
    assert now.totals.ceiling_tokens == Tokens(25_000_000)
    assert now.totals.funded_dollars == Dollars(70)
    assert now.modifications == [signed]
    assert order.version == 2
    assert order.content_sha256 == content_sha256(calculations.content(order))
    # And the ledger has it, on the line and on the contract
    (row,) = balances_of(order.current_lines()[0].holder)
    assert (row.ceiling_dollars, row.obligated_dollars, row.ceiling_tokens) == (
        80,
        70,
        25_000_000,
    )
    books = contract_balance(order.contract_id)
    assert books is not None
    assert (books.ordered_dollars, books.ordered_tokens) == (80, 25_000_000)
    assert funds_of(order.contract.agency_id)[0].committed == Dollars(0)
    assert balanced()
    # And it is on paper, and the vendor is told
    paper = Document.objects.get(kind="modification")
    assert paper.context["blocks"]["2"] == "P00001"
    assert paper.context["blocks"]["13B"]["checked"] == ["Administrative change"]
    assert "is now $80.00" in paper.context["blocks"]["14"]
    told = Notice.objects.filter(title__startswith="Modification P00001")
    assert vendor_a_signer.user_id in {each.recipient_user_id for each in told}


@pytest.mark.rule("R-MOD-01", case="allowed")
def test_numbers_of_an_order_have_no_gap(order):
    # Given a first modification, and one that was never signed
    first = issued_modification(on=order)
    order.refresh_from_db()
    office = {"payment_office": "Another office"}
    drafted_modification(on=order, effects=[], terms=office)

    # When a second is signed
    again = {"payment_office": "A third office"}
    second = issued(
        drafted_modification(on=order, effects=[], terms=again),
        at=MODIFIED_AT + days(1),
    )

    # Then it is P00002: the draft took no number
    assert (first.number, second.number) == ("P00001", "P00002")
    assert balanced()


@pytest.mark.rule("R-MOD-01", case="refused")
def test_a_modification_is_signed_once_and_keeps_its_number(order):
    signed = issued_modification(on=order)

    with nothing_happens(), pytest.raises(AlreadyIssued) as refusal:
        issued(signed, by="second_contracting_officer")

    assert refusal.value.rule == "R-MOD-01"
    assert refusal.value.data["number"] == "P00001"


@pytest.mark.rule("R-MOD-03", case="refused")
def test_added_funds_are_certified_before_the_signature(order):
    modification = drafted_modification(on=order)

    with nothing_happens(), pytest.raises(AddedFundsNotCertified) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-MOD-03"


@pytest.mark.rule("R-EVL-07", case="refused")
def test_nothing_is_added_at_prices_that_nobody_found_reasonable(order, monkeypatch):
    # Given a modification that adds, and a contract whose record does not cover it
    modification = funded_modification(on=order)
    monkeypatch.setattr(issue, "has_reasonable_price", lambda _contract: False)

    with nothing_happens(), pytest.raises(PriceNotReasonable) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-EVL-07"


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_a_supplemental_agreement_carries_both_signatures(order):
    # Given one that the vendor has signed
    ends = {"period_end": date(2026, 12, 31)}
    modification = drafted_modification(on=order, effects=[], authority="C", terms=ends)
    sign_modification(
        modification_id=modification.pk,
        by=actor("vendor_a_signer"),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )

    # When the officer signs too
    signed = issued(modification)

    # Then the period is extended, and the paper shows both
    assert signed.order.period_end == date(2026, 12, 31)
    blocks = Document.objects.get(kind="modification").context["blocks"]
    assert blocks["13C"]["checked"] == ["Supplemental agreement"]
    assert blocks["15B"]["signed_by"] == "Quin Meridian"
    assert blocks["16B"]["signed_by"] == "Ada Officer"


@pytest.mark.rule("R-MOD-04", case="refused")
def test_what_lies_out_of_scope_waits_for_its_justification(order):
    modification = drafted_modification(
        on=order,
        effects=[],
        terms={"payment_office": "Another office"},
        is_within_scope=False,
        scope="Another program would use the tokens.",
    )

    with nothing_happens(), pytest.raises(ScopeNotJustified) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-MOD-04"


@pytest.mark.rule("R-MOD-02", case="refused")
def test_without_the_vendor_terms_do_not_change(order):
    ends = {"period_end": date(2026, 12, 31)}
    modification = drafted_modification(on=order, effects=[], authority="C", terms=ends)

    with nothing_happens(), pytest.raises(NotSignedByVendor) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-MOD-02"


def test_a_modification_of_an_older_order_is_drafted_again(order):
    # Given two drafts on the same version of the order
    office = {"payment_office": "Another office"}
    late = drafted_modification(on=order, effects=[], terms=office)
    issued_modification(on=order)

    # When the second is signed after the first
    with nothing_happens(), pytest.raises(Stale) as refusal:
        issued(late)

    assert refusal.value.data == {"seen": 1, "current": 2}


def test_funds_move_to_a_new_acrn_under_the_same_ceiling(order):
    # Given a modification that takes ten dollars from AA and puts them on AB
    second = line_of_accounting("Claims operations")
    effects = [
        EffectDraft("0001", "AA", None, Dollars(-10), Dollars(-10)),
        EffectDraft("0001", "AB", second.pk, Dollars(10), Dollars(10)),
    ]

    # When it is signed
    issued(funded_modification(on=order, effects=effects))

    # Then the line is worth what it was, paid for by two
    rows = balances_of(order.current_lines()[0].holder)
    assert [(r.acrn, r.ceiling_dollars, r.obligated_dollars) for r in rows] == [
        ("AA", 50, 30),
        ("AB", 10, 10),
    ]
    assert balanced()


def test_an_acrn_gives_all_its_funds_back(order):
    effect = EffectDraft("0001", "AA", add_dollars=Dollars(-40))

    issued(drafted_modification(on=order, effects=[effect]))

    (row,) = balances_of(order.current_lines()[0].holder)
    assert row.obligated_dollars == 0
    assert balanced()


def test_orders_together_stay_within_the_contract(order, contracting_officer):
    contract = order.contract
    modification = funded_modification(on=order, effects=[MORE])
    set_contract_ceiling(
        contract_id=contract.pk,
        stream=contract.stream,
        agency_id=contract.agency_id,
        dollars=Dollars("79.99"),
        tokens=Tokens(contract.ceiling_tokens),
        because=contract.subject,
        by=contracting_officer,
        at=MODIFIED_AT,
    )

    with nothing_happens(), pytest.raises(ContractCeilingExceeded) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-TO-02"


def test_funds_are_obligated_inside_their_period_of_availability(order):
    modification = funded_modification(on=order)

    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded):
        issued(modification, at=datetime(2026, 10, 1, 4, 0, tzinfo=UTC))


@pytest.mark.rule("R-ROL-02", case="refused")
def test_the_absolute_change_lies_within_the_warrant(order, contracting_officer):
    # Given a warrant of a cent less than what moves, taken away or added
    modification = drafted_modification(
        on=order, effects=[EffectDraft("0001", "AA", add_dollars=Dollars(-40))]
    )
    held = Warrant.objects.filter(membership_id=contracting_officer.membership_id)
    held.update(limit_dollars=Decimal("39.99"))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-ROL-02"


@pytest.mark.rule("R-ROL-03", case="refused")
@pytest.mark.parametrize("part", ["contract_specialist", "funds_certifier"])
def test_who_drafted_or_certified_it_does_not_sign(order, part):
    modification = funded_modification(on=order)
    acting = actor(part)
    both = Membership.objects.create(
        user=person(acting),
        organization=organization(acting),
        role=Role.CONTRACTING_OFFICER,
    )
    Warrant.objects.create(
        membership=both,
        number="W-0009",
        limit_dollars=Decimal("10000000.00"),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(modification, by=actor_of(both))

    assert refusal.value.rule == "R-ROL-03"


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize(
    "outsider",
    ["program_manager", "other_agency_officer", "vendor_a_signer"],
)
def test_without_a_warrant_of_this_agency_nobody_signs(order, outsider):
    modification = funded_modification(on=order)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(modification, by=outsider)

    assert refusal.value.rule == "R-ROL-01"
