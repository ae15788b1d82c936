"""A successor in interest is recognized: three sign, and the contract is its own."""

from datetime import date, timedelta

import pytest

from contracting.bans.operations.impose import impose_ban
from contracting.bans.refusals import Banned
from contracting.contracts.calculations import content
from contracting.contracts.models import Contract
from contracting.contracts.queries import visible_to
from contracting.core.errors import Refusal
from contracting.documents.models import Document
from contracting.modifications.invariants import INVARIANTS
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.queries import conformed
from contracting.modifications.queries import visible_to as read_by
from contracting.modifications.refusals import (
    HalfSigned,
    NovationIncomplete,
    TermInvalid,
)
from contracting.options.models import VendorSizeChange
from tests.builders_modifications import (
    assumed,
    drafted_contract_modification,
    drafted_novation,
    issued_contract_modification,
    issued_novation,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT, funded_modification
from tests.cast import actor, nothing_happens


def issued(modification, by="contracting_officer", at=MODIFIED_AT):
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=at,
        seen_version=modification.version,
    )


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_three_sign_and_the_contract_is_the_successors(contract, order):
    # Given a novation that the transferor and then the successor have signed
    ready = assumed(signed_by_vendor(drafted_novation(on=contract)))
    before = content(contract)

    # When the contracting officer signs last
    novation = issued(ready)

    # Then the text names the successor from now on, and nothing else is different
    contract.refresh_from_db()
    larkspur = actor("vendor_b_signer").organization_id
    assert novation.number == "P00001"
    assert contract.vendor_id == larkspur
    assert {
        name: (was, content(contract)[name])
        for name, was in before.items()
        if was != content(contract)[name]
    } == {"vendor": (before["vendor"], contract.vendor.public_id)}
    assert [each["term"] for each in novation.changes] == ["Contractor"]
    assert novation.changes[0]["old"] == "Meridian Models, UEI MERD1ANMDLS5"
    assert novation.changes[0]["new"] == "Larkspur AI, UEI LRKSPR2ABCD6"
    # And the successor sees contract and order, the transferor neither
    assert order.contract in visible_to(actor("vendor_b_member"))
    assert not visible_to(actor("vendor_a_signer")).exists()
    # And base and modifications still make the contract
    assert [each.exceptions() for each in INVARIANTS] == [[], [], [], []]
    # And it states its size anew within thirty days
    change = VendorSizeChange.objects.get(contract=contract)
    assert (change.what, change.due_on - change.happened_on) == (
        "NOVATION",
        timedelta(days=30),
    )


def test_the_paper_bears_three_signatures_and_both_vendors_read_it(contract):
    novation = issued_novation(on=contract)

    paper = Document.objects.get(
        subject_kind="modifications.modification", subject_id=novation.pk
    )
    parties = [each.approval.party for each in paper.signatures.order_by("place")]
    assert parties == ["VENDOR", "SUCCESSOR", "OFFICER"]
    blocks = paper.context["blocks"]
    assert blocks["8"].startswith("Larkspur AI")
    assert "Tia Larkspur" in blocks["15A"]
    assert "Guarantee of Meridian Models" in blocks["14"]
    for part in ("vendor_a_signer", "vendor_b_signer", "contracting_officer"):
        assert paper in Document.objects.visible_to(actor(part)), part
    # And the successor reads the award by which it is bound now
    award = Document.objects.get(kind="contract")
    for part, reads in (("vendor_b_signer", True), ("other_agency_officer", False)):
        assert (award in Document.objects.visible_to(actor(part))) is reads


def test_the_conformed_copy_names_who_held_it_on_the_day(contract):
    novation = issued_novation(on=contract, effective_on=date(2026, 4, 10))
    contract.refresh_from_db()

    early = conformed(contract, date(2026, 4, 9))
    late = conformed(contract, date(2026, 4, 10))

    assert early.content["vendor"] == novation.novation.transferor.public_id
    assert late.content["vendor"] == contract.vendor.public_id


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"successor": "vendor_a_signer"}, "another than the one"),
        ({"successor": "contracting_officer"}, "another than the one"),
        ({"transferred_on": MODIFIED_AT.date() + timedelta(days=1)}, "still to come"),
        ({"effective_on": MODIFIED_AT.date() + timedelta(days=1)}, ""),
        ({"agreement_sha256": "x"}, "SHA-256 of the agreement"),
        ({"capability": " "}, "responsible"),
        ({"guarantee": ""}, "guarantees"),
        ({"instrument": ""}, "instrument"),
    ],
)
def test_a_novation_rests_on_all_that_the_regulation_asks(contract, change, said):
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        drafted_novation(on=contract, **change)

    assert said in refusal.value.message


def test_a_successor_that_is_excluded_or_banned_is_not_recognized(contract):
    with nothing_happens(), pytest.raises(NovationIncomplete) as refusal:
        drafted_novation(on=contract, extract={"larkspur": "debarred"})
    assert "Larkspur AI is excluded: debarred." in refusal.value.message

    ready = assumed(signed_by_vendor(drafted_novation(on=contract)))
    impose_ban(
        agency_id=contract.agency_id,
        vendor_id=actor("vendor_b_signer").organization_id,
        reason="FASCSA",
        citation="Order 2026-02",
        text="The vendor is a covered source.",
        valid_from=MODIFIED_AT.date(),
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
    )
    with nothing_happens(), pytest.raises(Banned):
        issued(ready)


def test_a_novation_changes_nothing_else(contract):
    with nothing_happens(), pytest.raises(TermInvalid) as refusal:
        drafted_novation(on=contract, terms={"payment_days": 15})

    assert "nothing but who holds the contract" in refusal.value.message


def test_what_only_the_transferor_has_signed_is_finished_first(contract, order):
    # Given a lower ceiling of an order, signed by the transferor alone
    half = funded_modification(on=order)
    type(half).objects.filter(pk=half.pk).update(
        vendor_signed_at=MODIFIED_AT,
        vendor_signed_by=actor("vendor_a_signer").own_membership_id,
    )
    ready = assumed(signed_by_vendor(drafted_novation(on=contract)))

    with nothing_happens(), pytest.raises(HalfSigned) as refusal:
        issued(ready)

    assert f"a modification of order {order.piid}" in refusal.value.message


def test_it_may_be_handed_on_again_and_the_text_still_conforms(contract):
    issued_novation(on=contract)
    contract.refresh_from_db()
    back = drafted_novation(on=contract, successor="vendor_a_signer", at=MODIFIED_AT)
    signed = signed_by_vendor(back, by="vendor_b_signer")
    issued(assumed(signed, by="vendor_a_signer"))

    contract.refresh_from_db()
    assert contract.vendor_id == actor("vendor_a_signer").organization_id
    assert [each.exceptions() for each in INVARIANTS] == [[], [], [], []]


@pytest.mark.rule("R-MOD-02", case="allowed")
def test_a_vendor_that_changes_its_name_stays_the_same_vendor(contract):
    # Given a change-of-name agreement, signed by both
    changed = issued_contract_modification(
        on=contract,
        description="Change-of-name agreement of 2 April 2026.",
        citation="FAR 42.1205",
        terms={"contractor_name": "Meridian Frontier Models"},
    )

    # Then it is called so, with its history, and its earlier papers keep the old name
    contract = Contract.objects.get(pk=contract.pk)
    assert contract.vendor_id == actor("vendor_a_signer").organization_id
    assert contract.vendor.name == "Meridian Frontier Models"
    assert changed.changes[0] == {
        "term": "Name of the contractor",
        "old": "",
        "new": "Meridian Frontier Models",
    }
    award = Document.objects.get(kind="contract")
    assert "Meridian Models" in str(award.context)
    assert [each.exceptions() for each in INVARIANTS] == [[], [], [], []]


def test_no_name_is_taken_that_another_has_and_none_alone(contract):
    draft = drafted_contract_modification(
        on=contract, terms={"contractor_name": "Larkspur AI"}
    )
    signed = signed_by_vendor(draft)
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        issued(signed)
    assert refusal.value.code == "organization_exists"
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        drafted_contract_modification(
            on=contract, authority="B", terms={"contractor_name": "Meridian"}
        )
    assert refusal.value.rule == "R-MOD-02"


def test_a_draft_novation_is_read_by_both_vendors_and_no_third(contract):
    draft = drafted_novation(on=contract)

    assert ContractModification.objects.count() == 1
    for part, reads in (
        ("vendor_a_member", True),
        ("vendor_b_member", True),
        ("other_agency_officer", False),
    ):
        assert read_by(actor(part)).filter(pk=draft.pk).exists() is reads, part
