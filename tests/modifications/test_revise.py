"""A draft whose base has moved keeps both texts and is written anew on the new one."""

import pytest

from contracting.core.errors import NotAllowed, Stale
from contracting.modifications import calculations, queries
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.revise import revise_contract_modification
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
    proposal,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens

TERMS = {"notice_percent": 60, "payment_days": 15}


def revised(modification, by="contract_specialist", seen_version=None, **other):
    return revise_contract_modification(
        modification_id=modification.pk,
        proposal=proposal(**{"terms": TERMS, **other}),
        by=actor(by),
        at=MODIFIED_AT,
        seen_version=seen_version or modification.version,
    )


def test_the_loser_keeps_both_texts_and_is_rebased(contract):
    # Given two drafts on one text, both signed by the vendor, and one of them issued
    draft = drafted_contract_modification(on=contract, terms=TERMS)
    signed_by_vendor(draft)
    won = issued_contract_modification(on=contract, terms={"notice_percent": 80})
    draft.refresh_from_db()
    draft.contract.refresh_from_db()

    # Then three texts are side by side, and it is said which term clashes
    assert queries.signed_since(draft) == [won]
    assert [
        (row.base, row.in_force, row.drafted, row.is_clash)
        for row in queries.clashes(draft)
    ] == [("75", "80", "60", True), ("30", "30", "15", False)]

    # When the office puts its draft on the version in force
    again = revised(draft)

    # Then the vendor's signature on the old words is void, and it signs the new ones
    assert again.vendor_signed_at is None
    assert (again.version, again.base_version) == (2, 2)
    assert [each.old for each in calculations.changes_of(again)] == ["80", "30"]
    signed_by_vendor(again)
    issued = issue_contract_modification(
        modification_id=again.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=2,
    )
    assert issued.number == "P00002"
    assert queries.conformed(issued.contract, MODIFIED_AT.date()).content[
        "notice_percent"
    ] == (60)


def test_a_draft_is_revised_as_it_was_read_and_by_the_office(contract):
    draft = drafted_contract_modification(on=contract)

    with nothing_happens(), pytest.raises(Stale):
        revised(draft, seen_version=2)
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            revised(draft, by=outsider)
