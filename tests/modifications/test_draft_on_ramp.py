"""A new model comes onto a contract with its whole checklist, or not at all."""

from dataclasses import replace
from decimal import Decimal

import pytest

from contracting.approvals.models import Override
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Tokens
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.queries import checklist, models_of
from contracting.modifications.refusals import NotOnRamped, TermInvalid
from contracting.orders.queries import contract_rates
from tests.builders import MODEL
from tests.builders_modifications import (
    NEW_MODEL,
    drafted_on_ramp,
    new_price,
    recorded_terms,
    signed_by_both,
    signed_by_vendor,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, client_for, nothing_happens, submit
from tests.overridden import name_of, overridden


@pytest.fixture
def contract(contract):
    """A contract whose new models cost ten percent less than the public list."""
    recorded_terms(on=contract)
    return contract


@pytest.mark.rule("R-MOD-08", case="allowed")
def test_a_new_model_comes_on_and_orders_may_take_it_up(contract, order):
    # Given an on-ramp with its whole checklist, at 90 percent of the list
    modification = drafted_on_ramp(on=contract)
    assert all(each.is_done for each in checklist(modification, MODIFIED_AT.date()))

    # When both sign it
    signed_by_vendor(modification)
    issued = issue_contract_modification(
        modification_id=modification.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=1,
    )

    # Then its prices stand on a new line, with the modification as their source
    assert issued.number == "P00001"
    assert [model.snapshot for model in models_of(contract)] == [NEW_MODEL, MODEL]
    line = contract.lines.get(clin="0002")
    rates = contract_rates(line, order.boundary, order.period)
    assert [(row.slin, row.usd_per_million_tokens, row.source) for row in rates] == [
        ("0002AA", Decimal("1.8"), "P00001"),
        ("0002AB", Decimal("7.2"), "P00001"),
    ]


@pytest.mark.rule("R-MOD-08", case="allowed")
def test_a_price_above_the_list_needs_the_officers_memo(contract):
    memo = {"price_exception": "The vendor lists a smaller context than it gives us."}

    dear = drafted_on_ramp(
        on=contract, rates=[new_price("0002AA", "IN_UNCACHED", "2.5")], ramp=memo
    )

    assert dear.on_ramp.price_exception.startswith("The vendor lists")
    assert not Override.objects.exists()

    # And it is on record once it is signed, of the officer who signs
    signed = signed_by_both(dear)
    assert overridden("R-MOD-08", signed.subject) == (
        *(name_of("contracting_officer"), "PRICE_ABOVE_LIST", memo["price_exception"]),
    )


@pytest.mark.rule("R-MOD-08", case="refused")
@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"rates": [new_price("0002AA", "IN_UNCACHED", "1.81")]}, "Not above"),
        ({"rates": [new_price("0002AA", "EMBED", "0.01")]}, "Not above"),
        ({"rates": []}, "Rate rows"),
        ({"ramp": {"corpus_sha256": "c"}}, "Equivalence test"),
        ({"ramp": {"model_tokens": Tokens(0)}}, "Equivalence test"),
        ({"ramp": {"model_tokens": Tokens(1_120_000)}}, "Same work"),
        ({"ramp": {"security_sha256": ""}}, "Security evidence"),
        ({"ramp": {"documents": {}}}, "Required documents"),
        (
            {
                "rates": [
                    replace(new_price("0002AA", "IN_UNCACHED", "1"), boundary="IL5")
                ]
            },
            "Security evidence",
        ),
    ],
)
def test_what_is_missing_keeps_a_model_off(contract, change, missing):
    with nothing_happens(), pytest.raises(NotOnRamped) as refusal:
        drafted_on_ramp(on=contract, **change)

    assert refusal.value.rule == "R-MOD-08"
    assert any(each.startswith(missing) for each in refusal.value.data["missing"])


def test_a_model_is_registered_and_an_on_ramp_is_one(contract):
    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_on_ramp(on=contract, ramp={"snapshot": "gpt-0"})
    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_on_ramp(on=contract, kind="TERMS")
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            drafted_on_ramp(on=contract, by=outsider)


@pytest.mark.usefixtures("now")
def test_the_checklist_is_filled_in_on_a_page(contract, contract_specialist):
    office = client_for(contract_specialist)
    path = f"{contract.path}/draft_on_ramp"
    form = office.get(path).content.decode()
    assert "less 10.00 percent" in form
    papers = {
        name.split('"')[0]: "d" * 64
        for name in form.split('name="')
        if name.startswith("paper_")
    }

    done = submit(
        office,
        path,
        {
            **papers,
            "snapshot": NEW_MODEL,
            "boundary": "FEDRAMP_MOD",
            "first_day": "2026-05-01",
            "clin": "0001",
            "citation": "FAR 43.103(a)",
            "description": "A new model.",
            "scope": "Any text model of the vendor was competed.",
            "corpus": "Reference corpus",
            "corpus_sha256": "c" * 64,
            "model_tokens": "1000",
            "reference_tokens": "1000",
            "counted_by": "VENDOR",
            "security_evidence": "FedRAMP Moderate",
            "security_sha256": "e" * 64,
            "price_memo": "Below the list.",
            "rows-TOTAL_FORMS": "1",
            "rows-INITIAL_FORMS": "0",
            "rows-0-slin": "0001BA",
            "rows-0-token_class": "IN_UNCACHED",
            "rows-0-price": "1.5",
        },
    )

    assert done.status_code == 303, done.content.decode()
    modification = ContractModification.objects.get()
    page = office.get(modification.path).content.decode()
    assert "vendor&#x27;s figure" in page
    assert "missing" not in page.split("Checklist of the new model")[1][:2000]
    assert NEW_MODEL in office.get(f"{contract.path}/models").content.decode()
