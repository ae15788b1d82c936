"""Two modifications that were drafted on one text are signed at one instant."""

from contracting.contracts.models import Contract
from contracting.modifications.invariants import INVARIANTS
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.revise import revise_contract_modification
from contracting.modifications.queries import clashes, signed_since
from contracting.modifications.refusals import BaseMoved
from contracting.orders.states import ModificationState
from tests.builders_modifications import (
    drafted_contract_modification,
    proposal,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT, awarded_contract
from tests.cast import actor
from tests.faults.test_two_officers_issue import OFFICERS, at_one_instant

PERCENTS = (60, 80)


def test_one_wins_and_the_other_keeps_both_texts_and_is_rebased(own_database):
    # Given two drafts of one term on one text, each signed by the vendor
    contract = awarded_contract()
    drafts = dict(
        zip(
            [actor(part) for part in OFFICERS],
            [
                signed_by_vendor(
                    drafted_contract_modification(
                        on=contract, terms={"notice_percent": percent}
                    )
                )
                for percent in PERCENTS
            ],
            strict=True,
        )
    )

    # When two officers sign one each, at one instant
    told = at_one_instant(
        list(drafts),
        lambda by: issue_contract_modification(
            modification_id=drafts[by].pk, by=by, at=MODIFIED_AT, seen_version=1
        ),
    )

    # Then one is P00001, and the other is told that its base has moved
    assert [type(each) for each in told if each is not None] == [BaseMoved]
    for draft in drafts.values():
        draft.refresh_from_db()
    won, lost = sorted(drafts.values(), key=lambda draft: draft.number, reverse=True)
    assert (won.number, lost.number) == ("P00001", "")
    assert lost.state == ModificationState.DRAFT
    # And both texts are there, beside the one on which both were drafted
    lost.contract = Contract.objects.get(pk=contract.pk)
    assert signed_since(lost) == [won]
    (row,) = clashes(lost)
    assert row.is_clash
    assert row.base == "75"
    assert {int(row.in_force), int(row.drafted)} == set(PERCENTS)
    # And put on the version in force, it is signed as the next
    again = revise_contract_modification(
        modification_id=lost.pk,
        proposal=proposal(terms=lost.terms),
        by=actor("contract_specialist"),
        at=MODIFIED_AT,
        seen_version=1,
    )
    last = issue_contract_modification(
        modification_id=signed_by_vendor(again).pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=2,
    )
    assert last.number == "P00002"
    assert [each.exceptions() for each in INVARIANTS] == [[], [], [], []]
