"""A change of a signed contract is drafted with its authority, scope and effects."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.modifications import calculations, queries
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.modifications.queries import get_modification_for
from contracting.modifications.refusals import (
    ChangesNothing,
    EffectiveDateInvalid,
    NoAuthority,
    OrderingPeriodOver,
    PriceNotReasonable,
    PriceRise,
    ScopeNotDetermined,
    TermInvalid,
    UsageAccepted,
)
from contracting.modifications.states import RateDraft
from contracting.notices.models import Notice
from contracting.orders.states import ModificationState
from contracting.solicitations.publishing.options import OptionDraft
from contracting.solicitations.states import OptionKind
from tests.builders_modifications import (
    drafted_contract_modification,
    proposal,
    signed_by_both,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens
from tests.modifications.prices import card
from tests.overridden import name_of, overridden

JUNE = date(2026, 6, 1)


@pytest.mark.rule("R-MOD-02", case="allowed")
@pytest.mark.rule("R-MOD-04", case="allowed")
@pytest.mark.rule("R-MOD-06", case="allowed")
def test_terms_change_by_supplemental_agreement(contract, vendor_a_signer):
    # When six months of ordering and a lower notice are drafted
    terms = {"ordering_end": date(2027, 9, 30), "notice_percent": 60}
    modification = drafted_contract_modification(on=contract, terms=terms)

    # Then it has no number, keeps its scope determination, and compares both texts
    assert modification.state == ModificationState.DRAFT
    assert modification.number == ""
    assert modification.is_within_scope
    assert "as competed" in modification.scope
    assert [each.plain() for each in calculations.changes_of(modification)] == [
        {
            "term": "Last day of the ordering period",
            "old": "2027-03-31",
            "new": "2027-09-30",
        },
        {"term": "Notice, percent of an order's funds", "old": "75", "new": "60"},
    ]
    assert [each.change for each in calculations.figures(modification)] == [
        "+183 days",
        "-15",
    ]
    # And the vendor's signers are asked
    assert get_modification_for(vendor_a_signer, modification.public_id)
    told = Notice.objects.filter(title__startswith="To sign:")
    assert [each.recipient_user_id for each in told] == [vendor_a_signer.user_id]


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_what_touches_nobodys_rights_binds_without_the_vendor(
    contract, vendor_a_signer
):
    modification = drafted_contract_modification(
        on=contract, authority="B", terms={"title": "Tokens for claims"}
    )

    assert calculations.needs_both_signatures(modification) == []
    assert not queries.visible_to(vendor_a_signer).exists()


@pytest.mark.rule("R-MOD-02", case="refused")
@pytest.mark.parametrize(
    "block_13",
    [
        {"authority": "BC"},
        {"citation": " "},
        {"authority": "A"},
        {"authority": "B"},
        {"authority": "B", "terms": {}, "line_ceilings": {"0001": Dollars(300_000)}},
    ],
    ids=["two", "no citation", "a change order", "one-sided term", "one-sided ceiling"],
)
def test_one_authority_that_carries_the_change(contract, block_13):
    with nothing_happens(), pytest.raises(NoAuthority) as refusal:
        drafted_contract_modification(on=contract, **block_13)

    assert refusal.value.rule == "R-MOD-02"


@pytest.mark.rule("R-MOD-04", case="refused")
def test_the_scope_is_determined_in_words(contract):
    with nothing_happens(), pytest.raises(ScopeNotDetermined) as refusal:
        drafted_contract_modification(on=contract, scope=" ")

    assert refusal.value.rule == "R-MOD-04"


@pytest.mark.rule("R-MOD-05", case="refused")
def test_a_modification_changes_something(contract):
    same = {"notice_percent": contract.notice_percent, "title": contract.title}

    with nothing_happens(), pytest.raises(ChangesNothing) as refusal:
        drafted_contract_modification(on=contract, terms=same)

    assert refusal.value.rule == "R-MOD-05"


@pytest.mark.rule("R-MOD-06", case="refused")
def test_a_period_that_has_ended_is_not_extended(contract):
    # Given 1 April 2027, the day after the ordering period has ended
    late = datetime(2027, 4, 1, 14, 0, tzinfo=UTC)

    with nothing_happens(), pytest.raises(OrderingPeriodOver) as refusal:
        drafted_contract_modification(
            on=contract, at=late, effective_on=date(2027, 3, 31)
        )

    assert refusal.value.rule == "R-MOD-06"


@pytest.mark.rule("R-MOD-06", case="refused")
def test_after_physical_completion_nothing_is_modified(contract):
    contract.move_to(ContractState.COMPLETED)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        drafted_contract_modification(on=contract)

    assert refusal.value.rule == "R-MOD-06"


@pytest.mark.rule("R-MOD-07", case="refused")
def test_a_term_reads_differently_from_the_signature_on(contract):
    with nothing_happens(), pytest.raises(EffectiveDateInvalid) as refusal:
        drafted_contract_modification(on=contract, effective_on=JUNE)

    assert refusal.value.rule == "R-MOD-07"


@pytest.mark.rule("R-MOD-07", case="refused")
def test_an_option_is_a_term_from_the_signature_on(contract):
    option = OptionDraft(
        number=1,
        kind=OptionKind.QUANTITY,
        opens_days=30,
        dollars=Dollars("1000.00"),
        tokens=Tokens(1_000_000),
    )

    with nothing_happens(), pytest.raises(EffectiveDateInvalid):
        drafted_contract_modification(
            on=contract, terms={}, new_options=[option], effective_on=JUNE
        )


@pytest.mark.rule("R-MOD-07", case="refused")
@pytest.mark.parametrize(
    ("price", "credit"), [("1.5", ""), ("2.5", "Credited.")], ids=["lower", "dearer"]
)
def test_accepted_usage_keeps_its_price(contract, monkeypatch, price, credit):
    # Given that usage up to the end of June is accepted
    accepted = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    monkeypatch.setattr(queries, "_ACCEPTED", [lambda orders: accepted])

    # When another price shall hold from 1 June on, without a credit, or a dearer one
    with nothing_happens(), pytest.raises(UsageAccepted) as refusal:
        drafted_contract_modification(
            on=contract,
            terms={},
            rates=[card("0001AA", price, JUNE)],
            consideration="Longer context.",
            price_memo="Below the public list.",
            credit_memo=credit,
        )

    assert refusal.value.rule == "R-MOD-07"


@pytest.mark.rule("R-MOD-07", case="allowed")
def test_a_lower_price_reaches_back_by_credit(contract, order, monkeypatch):
    # Given that usage up to the end of June is accepted on the order with that price
    accepted = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    ends = {order.pk: accepted}
    monkeypatch.setattr(
        queries, "_ACCEPTED", [lambda orders: max(ends[each] for each in orders)]
    )

    # When a lower one shall hold from 1 June, and the difference is credited
    modification = drafted_contract_modification(
        on=contract,
        terms={},
        rates=[card("0001AA", "1.5", JUNE)],
        credit_memo="The difference for June is credited on the next invoice.",
    )

    # Then it is drafted, and the memo stays on it
    assert modification.credit_memo.startswith("The difference")

    # And once it is signed the record names the officer who reaches back
    signed = signed_by_both(modification)
    assert overridden("R-MOD-07", signed.subject) == (
        *(name_of("contracting_officer"), "CREDITED", modification.credit_memo),
    )


@pytest.mark.rule("R-MOD-10", case="refused")
@pytest.mark.parametrize(
    "dearer",
    [{"authority": "B"}, {"authority": "D"}, {"consideration": " "}],
    ids=["administrative", "other", "no consideration"],
)
def test_a_price_rises_only_for_consideration_and_by_both(contract, dearer):
    with nothing_happens(), pytest.raises(PriceRise) as refusal:
        drafted_contract_modification(
            on=contract,
            **{
                "terms": {},
                "rates": [card("0001AA", "2.5", JUNE)],
                "consideration": "A context twice as long.",
                "price_memo": "Below the public list.",
                **dearer,
            },
        )

    assert refusal.value.rule == "R-MOD-10"


@pytest.mark.rule("R-EVL-07", case="refused")
def test_a_dearer_price_has_a_memo_that_finds_it_fair(contract):
    with nothing_happens(), pytest.raises(PriceNotReasonable) as refusal:
        drafted_contract_modification(
            on=contract,
            terms={},
            rates=[card("0001AA", "2.5", JUNE)],
            consideration="A context twice as long.",
        )

    assert refusal.value.rule == "R-EVL-07"


@pytest.mark.parametrize(
    "change",
    [
        {"terms": {"minimum_dollars": 1}},
        {"terms": {"notice_percent": 101}},
        {"terms": {"ceiling_dollars": 999}},
        {"terms": {"ordering_end": date(2026, 3, 1)}},
        {"terms": {"title": " "}},
        {"line_ceilings": {"0002": Dollars(5)}},
        {"line_ceilings": {"0001": Dollars("59.99")}},
        {"rates": [replace(card("0001AA", "1", JUNE), snapshot="gpt-0")]},
        {"rates": [RateDraft("0001", "0002AA", "x", "y", UnitPrice(1), JUNE, "z")]},
        {"description": " "},
    ],
)
def test_what_cannot_stand_is_refused(contract, change):
    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_contract_modification(on=contract, **change)


@pytest.mark.parametrize(
    "outsider", ["program_manager", "other_agency_officer", "vendor_a_signer"]
)
def test_an_outsider_drafts_nothing(contract, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        draft_contract_modification(
            contract_id=contract.pk,
            proposal=proposal(),
            by=actor(outsider),
            at=MODIFIED_AT,
        )
