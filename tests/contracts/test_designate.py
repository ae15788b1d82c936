"""The contracting officer's representative is designated in writing."""

from datetime import date

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.models import CorDesignation
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.queries import is_representative, representatives
from contracting.contracts.refusals import (
    AlreadyDesignated,
    DesignationOutsideContract,
)
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.notices.models import Notice
from tests.builders_orders import AWARDED_AT, awarded_contract, drafted_contract
from tests.cast import actor, nothing_happens
from tests.contracts.seats import also_as

FROM, TO = date(2026, 5, 1), date(2026, 5, 31)


def designated(contract, who, *, by=None, valid_from=FROM, valid_to=TO):
    return designate_cor(
        contract_id=contract.pk,
        membership_id=who.own_membership_id,
        valid_from=valid_from,
        valid_to=valid_to,
        by=by or actor("contracting_officer"),
        at=AWARDED_AT,
    )


def test_a_representative_acts_between_two_days(decision):
    # Given a signed contract, and a second representative
    contract = awarded_contract(on=decision)
    reviewer = actor("technical_reviewer")
    other = also_as("technical_reviewer", "COR")

    # When the contracting officer designates them for May
    designated(contract, other)

    # Then they represent in May, first and last day included, and never outside
    days = {
        date(2026, 4, 30): False,
        FROM: True,
        TO: True,
        date(2026, 6, 1): False,
    }
    for day, expected in days.items():
        assert is_representative(other, contract, day) is expected
    assert representatives(contract, FROM).count() == 2
    assert not is_representative(reviewer, contract, FROM)

    # And they are told, and it is recorded
    told = Notice.objects.get(recipient_user_id=other.user_id)
    assert told.url_path == contract.path
    last = events_of(contract.subject).last()
    assert last is not None
    assert last.event == "contracts.cor.designated"


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize("part_name", ["contract_specialist", "other_agency_officer"])
def test_only_a_contracting_officer_designates(decision, part_name):
    contract = awarded_contract(on=decision)
    other = also_as("technical_reviewer", "COR")

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        designated(contract, other, by=actor(part_name))

    assert refusal.value.rule == "R-ROL-01"


def test_a_representative_is_a_cor_of_the_agency_with_dates_in_order(decision):
    contract = awarded_contract(on=decision)
    other = also_as("technical_reviewer", "COR")

    for who in (actor("evaluator"), actor("other_agency_officer")):
        with nothing_happens(), pytest.raises(DesignationOutsideContract):
            designated(contract, who)
    with nothing_happens(), pytest.raises(DesignationOutsideContract):
        designated(contract, other, valid_from=TO, valid_to=FROM)


def test_a_person_is_designated_once(decision):
    contract = awarded_contract(on=decision)
    assert CorDesignation.objects.count() == 1

    with nothing_happens(), pytest.raises(AlreadyDesignated):
        designated(contract, actor("cor"))


def test_a_draft_has_no_representative(decision):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(IllegalMove):
        designated(contract, actor("cor"))
