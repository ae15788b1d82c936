"""The signature on a modification: its number, the conformed contract, its paper."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Warrant
from contracting.approvals.states import Decided
from contracting.contracts.calculations import content
from contracting.contracts.models import RateRow
from contracting.core.actors import SYSTEM
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.determinations.operations.adopt_ladder import (
    adopt_justification_ladder,
)
from contracting.determinations.operations.make import make_determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.states import Kind
from contracting.documents.models import Document
from contracting.ledger.queries import contract_balance
from contracting.ledger.refusals import ContractCeilingExceeded
from contracting.modifications import permissions
from contracting.modifications.invariants import INVARIANTS
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.queries import conformed
from contracting.modifications.refusals import (
    AlreadyIssued,
    BaseMoved,
    NotSignedByVendor,
    OutOfScope,
)
from contracting.notices.models import Notice
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import AT, actor, membership, nothing_happens
from tests.justified import PARTS
from tests.modifications.prices import card
from tests.overridden import overridden

DAY = timedelta(days=1)
MORE = {"ceiling_dollars": Decimal("500000.00"), "ceiling_tokens": 50_000_000_000}


def issued(modification, by="contracting_officer", at=MODIFIED_AT):
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=at,
        seen_version=modification.version,
    )


def holds():
    return [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)


@pytest.mark.rule("R-MOD-01", case="allowed")
@pytest.mark.rule("R-MOD-02", case="allowed")
@pytest.mark.rule("R-MOD-05", case="allowed")
@pytest.mark.rule("R-MOD-07", case="allowed")
@pytest.mark.rule("R-ROL-02", case="allowed")
def test_both_signatures_number_it_and_conform_the_contract(contract, vendor_a_signer):
    # Given a supplemental agreement on higher ceilings, which the vendor has signed
    modification = drafted_contract_modification(
        on=contract, terms=MORE, line_ceilings={"0001": Dollars(500_000)}
    )
    signed_by_vendor(modification)

    # When an officer with a warrant signs it
    modification = issued(modification)

    # Then it is the contract's first, on the day of the system, with the new totals
    assert modification.number == "P00001"
    assert modification.issued_at == MODIFIED_AT
    assert [(row["term"], row["new"]) for row in modification.changes] == [
        ("Contract ceiling in dollars", "$500,000.00"),
        ("Contract ceiling in tokens", "50,000,000,000"),
        ("Line 0001, not to exceed", "$500,000.00"),
    ]
    # And the contract reads so from now on, in its next version, and in the ledger
    contract.refresh_from_db()
    assert contract.version == modification.base_version + 1
    assert contract.content_sha256 == content_sha256(content(contract))
    books = contract_balance(contract.pk)
    assert books is not None
    assert (books.ceiling_dollars, books.ceiling_tokens) == (500_000, 50_000_000_000)
    assert holds()
    # And it is on standard form 30, and the vendor is told
    blocks = Document.objects.get(subject_id=modification.pk, kind="modification")
    blocks = blocks.context["blocks"]
    assert (blocks["2"], blocks["10A"]["text"]) == ("P00001", contract.piid)
    assert blocks["13C"]["checked"] == ["Supplemental agreement"]
    assert "rises by $100,000.00 and is now $500,000" in blocks["14"]
    assert blocks["15B"]["signed_by"] == "Quin Meridian"
    assert blocks["16B"]["signed_by"] == "Ada Officer"
    told = Notice.objects.filter(title__startswith="Modification P00001")
    assert vendor_a_signer.user_id in {each.recipient_user_id for each in told}


@pytest.mark.rule("R-MOD-01", case="allowed")
@pytest.mark.rule("R-MOD-10", case="allowed")
def test_the_award_and_its_modifications_make_the_contract_of_any_day(contract):
    # Given five modifications: of a term, by another office, of a price twice, and one
    # that the first has overtaken in its effective date
    day = MODIFIED_AT.date()
    awarded = content(contract)
    issued_contract_modification(on=contract)
    issued_contract_modification(
        on=contract,
        authority="B",
        administering_office="Regional office 4",
        terms={"title": "Tokens for claims"},
        at=MODIFIED_AT + DAY,
        effective_on=day + DAY,
    )
    lower = [card("0001AA", "1.75", date(2026, 6, 1))]
    issued_contract_modification(
        on=contract, terms={}, rates=lower, at=MODIFIED_AT + 2 * DAY
    )
    dearer = [card("0001AA", "2.25", date(2026, 5, 1)), card("0001AC", "7", day)]
    issued_contract_modification(
        on=contract,
        terms={},
        rates=dearer,
        at=MODIFIED_AT + 3 * DAY,
        consideration="The vendor doubles the rate limit.",
        price_memo="Ten percent below the public list.",
    )
    last = issued_contract_modification(
        on=contract,
        terms={"ordering_end": date(2027, 6, 30), "payment_days": 15},
        at=MODIFIED_AT + 4 * DAY,
        effective_on=day - DAY,
    )

    # Then they are numbered by series, and the base with all of them is in force
    numbers = ContractModification.objects.order_by("pk").values_list("number")
    assert [number for (number,) in numbers] == [
        *("P00001", "A00001", "P00002", "P00003"),
        last.number,
    ]
    assert last.number == "P00004"
    contract.refresh_from_db()
    assert conformed(contract, day + 9 * DAY).content == content(contract)
    assert conformed(contract, day + 9 * DAY).content_sha256 == contract.content_sha256
    assert holds()
    # And a day before them all has what was awarded, with what reaches back to it
    before = conformed(contract, day - 2 * DAY)
    assert (before.content, before.modifications) == (awarded, [])
    reached = conformed(contract, day - DAY)
    assert reached.modifications == [last]
    assert reached.content["payment_days"] == 15
    assert reached.content["title"] == awarded["title"]
    # And each price row ends where the next begins, and none was changed
    live = RateRow.objects.filter(slin="0001AA", superseded_at__isnull=True)
    assert [
        (row.usd_per_million_tokens, row.in_force.upper and row.in_force.upper.date())
        for row in live.order_by("in_force")
    ] == [(Decimal("2"), date(2026, 5, 1)), (Decimal("2.25"), None)]
    assert RateRow.objects.get(slin="0001AA", source="P00003").in_force.upper is None


@pytest.mark.rule("R-MOD-04", case="refused")
def test_what_lies_out_of_scope_waits_for_its_justification(contract):
    # Given a signed draft that is determined to lie out of scope
    modification = drafted_contract_modification(
        on=contract, is_within_scope=False, scope="Images were not competed."
    )
    signed_by_vendor(modification)

    with nothing_happens(), pytest.raises(OutOfScope) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-MOD-04"


@pytest.mark.rule("R-MOD-04", case="allowed")
def test_a_justified_change_out_of_scope_is_signed(contract):
    # Given one whose justification is approved
    modification = drafted_contract_modification(
        on=contract, is_within_scope=False, scope="Images were not competed."
    )
    signed_by_vendor(modification)
    about = permissions.about_modification(
        actor("contracting_officer"), modification.public_id
    )
    adopt_justification_ladder(
        agency_id=about.agency_id, valid_from=AT.date(), by=SYSTEM, at=MODIFIED_AT
    )
    made = make_determination(
        kind=Kind.OTHER_THAN_FULL,
        subject=about.subject,
        agency_id=about.agency_id,
        title=about.title,
        path=about.path,
        value=about.value,
        text="One source can add images to the assistant before the claims season.",
        authority="FAR 6.302-1",
        parts=PARTS,
        by=actor("contract_specialist"),
        at=MODIFIED_AT,
    )
    review_determination(
        determination_id=made.pk,
        verdict=Decided.CONCUR,
        comment="",
        by=actor("second_contracting_officer"),
        at=MODIFIED_AT,
    )

    # Then it is signed, and the record names the rule on scope
    assert issued(modification).number == "P00001"
    _who, code, words = overridden("R-MOD-04", about.subject)
    assert (code, words) == ("OTHER_THAN_FULL", made.text)


@pytest.mark.rule("R-MOD-02", case="refused")
def test_without_the_vendor_terms_do_not_change(contract):
    modification = drafted_contract_modification(on=contract)

    with nothing_happens(), pytest.raises(NotSignedByVendor) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-MOD-02"


@pytest.mark.rule("R-MOD-01", case="refused")
def test_a_modification_is_signed_once_and_keeps_its_number(contract):
    modification = issued_contract_modification(on=contract)

    with nothing_happens(), pytest.raises(AlreadyIssued) as refusal:
        issued(modification, by="second_contracting_officer")
    # And the database keeps what was signed
    with pytest.raises(DatabaseError), transaction.atomic():
        ContractModification.objects.update(description="Something else.")

    assert refusal.value.rule == "R-MOD-01"


@pytest.mark.rule("R-MOD-05", case="refused")
def test_what_was_drafted_on_an_older_text_is_not_signed(contract):
    # Given two drafts on one text, of which one is signed
    other = drafted_contract_modification(on=contract, terms={"payment_days": 15})
    signed_by_vendor(other)
    issued_contract_modification(on=contract)

    with nothing_happens(), pytest.raises(BaseMoved) as refusal:
        issued(other)

    assert refusal.value.rule == "R-MOD-05"
    assert (refusal.value.data["seen"], refusal.value.data["current"]) == (1, 2)


def test_no_ceiling_falls_below_what_is_ordered(contract):
    low = {"ceiling_tokens": 19_999_999}
    modification = drafted_contract_modification(on=contract, terms=low)
    signed_by_vendor(modification)

    with nothing_happens(), pytest.raises(ContractCeilingExceeded):
        issued(modification)


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize("other", ["contract_specialist", "vendor_a_signer"])
def test_only_an_officer_signs(contract, other):
    modification = signed_by_vendor(drafted_contract_modification(on=contract))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(modification, by=other)

    assert refusal.value.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-02", case="refused")
def test_the_warrant_covers_the_absolute_change(contract):
    # Given an officer whose warrant ends at $99,999.99, and $100,000 more or less
    Warrant.objects.filter(membership=membership(actor("contracting_officer"))).update(
        limit_dollars=Decimal("99999.99")
    )
    modification = signed_by_vendor(
        drafted_contract_modification(
            on=contract, terms={"ceiling_dollars": Decimal("300000.00")}
        )
    )

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-ROL-02"


@pytest.mark.rule("R-ROL-03", case="refused")
def test_who_drafted_it_does_not_sign_it(contract):
    modification = signed_by_vendor(
        drafted_contract_modification(on=contract, by="contracting_officer")
    )

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        issued(modification)

    assert refusal.value.rule == "R-ROL-03"
