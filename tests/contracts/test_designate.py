"""The contracting officer's representative is designated in writing."""

from datetime import date, timedelta

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.models import CorDesignation
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.permissions import as_representative
from contracting.contracts.queries import representatives
from contracting.contracts.refusals import (
    AlreadyDesignated,
    DesignationOutsideContract,
)
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.core.permissions import Allowed
from contracting.documents.models import Document
from contracting.notices.models import Notice
from tests.builders_orders import AWARDED_AT, awarded_contract, drafted_contract
from tests.cast import actor, client_for, nothing_happens, submit
from tests.contracts.seats import also_as

FROM, TO = date(2026, 5, 1), date(2026, 5, 31)


def designated(contract, who, *, by=None, **terms):
    return designate_cor(
        contract_id=contract.pk,
        membership_id=who.own_membership_id,
        **{
            "valid_from": FROM,
            "valid_to": TO,
            "level": "II",
            "certified_until": date(2027, 1, 31),
            **terms,
        },
        by=by or actor("contracting_officer"),
        at=AWARDED_AT,
    )


def acts(who, contract, day):
    """Whether the letter lets this person act on that day."""
    return bool(as_representative(Allowed(), who, contract, day))


@pytest.mark.rule("R-ROL-05", case="allowed")
def test_a_representative_acts_between_two_days_on_an_accepted_letter(decision):
    # Given a signed contract, and a second representative with a letter for May
    contract = awarded_contract(on=decision)
    other = also_as("technical_reviewer", "COR")
    letter = designated(contract, other)
    assert not acts(other, contract, FROM)

    # When they accept it on its page
    page = client_for(other)
    address = f"{contract.path}/accept_designation"
    assert "You may not" in page.get(address).content.decode()
    submit(page, address, {"confirm": "on"})

    # Then they represent in May, first and last day included, and never outside
    days = {
        date(2026, 4, 30): False,
        FROM: True,
        TO: True,
        date(2026, 6, 1): False,
    }
    for day, expected in days.items():
        assert acts(other, contract, day) is expected
    assert representatives(contract, FROM).count() == 2

    # And both are told, the letter is being printed, and it is recorded
    told = Notice.objects.get(recipient_user_id=other.user_id)
    assert told.url_path == address
    paper = Document.objects.get(kind="designation", subject_id=letter.pk)
    assert "change price, quantity" in paper.context["sections"][1]["text"]
    assert "personally liable" in paper.context["sections"][3]["text"]
    events = [each.event for each in events_of(contract.subject)]
    assert events[-2:] == [
        "contracts.cor.designated",
        "contracts.cor.designation_accepted",
    ]


def test_a_new_letter_follows_one_that_is_no_longer_in_force(decision):
    # Given a letter whose certification ends before its last day
    contract = awarded_contract(on=decision)
    other = also_as("technical_reviewer", "COR")
    designated(contract, other, certified_until=date(2026, 5, 10))
    accept_designation(contract_id=contract.pk, by=other, at=AWARDED_AT)
    assert acts(other, contract, date(2026, 5, 10))
    assert not acts(other, contract, date(2026, 5, 11))

    # When the officer designates anew after it, and the letter is accepted
    designate_cor(
        contract_id=contract.pk,
        membership_id=other.own_membership_id,
        valid_from=date(2026, 5, 12),
        valid_to=TO,
        level="III",
        certified_until=date(2028, 5, 31),
        by=actor("contracting_officer"),
        at=AWARDED_AT + timedelta(days=43),
    )
    assert not acts(other, contract, TO)
    accept_designation(
        contract_id=contract.pk, by=other, at=AWARDED_AT + timedelta(days=43)
    )

    # Then the new letter is the one that counts
    assert acts(other, contract, TO)
    assert representatives(contract, TO).count() == 2


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
    for wrong in (
        {"valid_from": TO, "valid_to": FROM},
        {"level": "IV"},
        {"certified_until": date(2026, 4, 30)},
    ):
        with nothing_happens(), pytest.raises(DesignationOutsideContract):
            designated(contract, other, **wrong)


def test_a_person_is_designated_once(decision):
    contract = awarded_contract(on=decision)
    assert CorDesignation.objects.count() == 1

    with nothing_happens(), pytest.raises(AlreadyDesignated):
        designated(contract, actor("cor"))


def test_a_draft_has_no_representative(decision):
    contract = drafted_contract(on=decision)

    with nothing_happens(), pytest.raises(IllegalMove):
        designated(contract, actor("cor"))
