"""A model is retired only after the contract's days, and everybody concerned knows."""

from datetime import date
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.queries import documents_of
from contracting.modifications.models import ModelRetirement
from contracting.modifications.operations.record_retirement import (
    record_model_retirement,
)
from contracting.modifications.queries import retirements_of
from contracting.modifications.refusals import (
    AlreadyIssued,
    NoticeTooShort,
    SubstituteNotOnRamped,
    TermInvalid,
)
from contracting.notices.models import Notice
from tests.builders import MODEL
from tests.builders_modifications import NEW_MODEL, recorded_terms
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, client_for, nothing_happens, submit
from tests.documents.papers import readers_of, squeezed, words_on
from tests.overridden import name_of, overridden

TODAY = MODIFIED_AT.date()


def retires(contract, by="contract_specialist", **other):
    notice: dict[str, Any] = {
        "snapshot": MODEL,
        "noticed_on": TODAY,
        "retires_on": date(2026, 7, 14),
        "words": "The model is switched off.",
    }
    return record_model_retirement(
        contract_id=contract.pk, **(notice | other), by=actor(by), at=MODIFIED_AT
    )


@pytest.mark.rule("R-MOD-11", case="allowed")
def test_a_notice_in_time_lists_its_orders_and_is_told(contract, order, cor):
    # Given a contract that asks for ninety days, and an order that runs to September
    recorded_terms(on=contract, retirement_days=90)

    # When the vendor gives notice on the ninetieth day
    retirement = retires(contract, by="vendor_a_signer")

    # Then it is in time, its orders are listed, and officer and representative know
    assert (retirement.days, retirement.is_short) == (90, False)
    assert retirements_of(contract) == [(retirement, [order])]
    told = Notice.objects.filter(title__contains="is retired on 2026-07-14")
    people = {each.recipient_user_id for each in told}
    assert {cor.user_id, actor("contracting_officer").user_id} <= people
    with nothing_happens(), pytest.raises(AlreadyIssued):
        retires(contract)

    # And the notice is a letter from the vendor, with what the register knows
    paper = documents_of(contract.subject).get(kind="letter")
    words = words_on(paper)
    for said in (
        "Notice of Model Retirement",
        f"From {contract.vendor.name}",
        "Days of notice 90 The contract says 90 Notice in time",
        f"Orders that run longer {order.piid}",
        "The model is switched off.",
    ):
        assert squeezed(said) in words, said
    parts = ("cor", "vendor_a_signer", "vendor_b_signer", "other_agency_officer")
    assert readers_of(paper, *parts) == set(parts[:2])


@pytest.mark.rule("R-MOD-11", case="refused")
@pytest.mark.parametrize(
    ("by", "why"),
    [("vendor_a_signer", "We hurry."), ("contracting_officer", " ")],
    ids=["nobody but the officer accepts it", "the officer says why"],
)
def test_a_notice_that_is_too_short_is_refused(contract, by, why):
    with nothing_happens(), pytest.raises(NoticeTooShort) as refusal:
        retires(contract, by=by, short_notice_accepted=why)

    assert refusal.value.rule == "R-MOD-11"
    assert (refusal.value.data["days"], refusal.value.data["required"]) == (90, 180)


@pytest.mark.rule("R-MOD-11", case="refused")
def test_a_substitute_is_on_the_contract_first(contract):
    with nothing_happens(), pytest.raises(SubstituteNotOnRamped) as refusal:
        retires(contract, substitute=NEW_MODEL)

    assert refusal.value.rule == "R-MOD-11"


@pytest.mark.usefixtures("now")
@pytest.mark.rule("R-MOD-11", case="allowed")
def test_the_officer_accepts_a_shorter_notice_in_writing(contract, contracting_officer):
    office = client_for(contracting_officer)

    done = submit(
        office,
        f"{contract.path}/record_model_retirement",
        {
            "snapshot": MODEL,
            "noticed_on": "2026-04-10",
            "retires_on": "2026-07-14",
            "words": "The model is switched off.",
            "short_notice_accepted": "A better model replaces it in June.",
        },
    )

    assert done.status_code == 303, done.content.decode()
    assert ModelRetirement.objects.get().days == 95
    page = " ".join(office.get(f"{contract.path}/models").content.decode().split())
    assert "95 of 180 days" in page
    assert "A better model replaces it in June." in page
    assert overridden("R-MOD-11", contract.subject) == (
        *(name_of("contracting_officer"), "SHORTER_NOTICE"),
        "A better model replaces it in June.",
    )


def test_what_is_no_notice_and_outsiders_are_refused(contract):
    for wrong in (
        {"snapshot": NEW_MODEL},
        {"words": " "},
        {"noticed_on": date(2026, 4, 16)},
    ):
        with nothing_happens(), pytest.raises(TermInvalid):
            retires(contract, **wrong)
    for outsider in ("cor", "vendor_a_member", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            retires(contract, by=outsider)
