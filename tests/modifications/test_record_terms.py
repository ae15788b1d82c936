"""What a signed contract says of its models is recorded with its source."""

from decimal import Decimal
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.modifications.operations.record_terms import record_model_terms
from contracting.modifications.queries import terms_on_models
from contracting.modifications.refusals import TermInvalid
from tests.builders_modifications import recorded_terms
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, client_for, nothing_happens, submit


def records(contract, by="contract_specialist", **other):
    terms: dict[str, Any] = {
        "list_discount_percent": Decimal(5),
        "ratchet_days": 10,
        "source": "C-9",
    }
    return record_model_terms(
        contract_id=contract.pk, **(terms | other), by=actor(by), at=MODIFIED_AT
    )


@pytest.mark.usefixtures("now")
def test_the_last_record_is_in_force_and_earlier_ones_stay(
    contract, contract_specialist, vendor_a_signer
):
    first = recorded_terms(on=contract)
    office = client_for(contract_specialist)

    done = submit(
        office,
        f"{contract.path}/record_model_terms",
        {
            "list_discount_percent": "12.5",
            "ratchet_days": "",
            "retirement_days": "90",
            "source": "P00003",
        },
    )

    assert done.status_code == 303
    last = terms_on_models(contract)
    assert last is not None
    assert last != first
    assert (last.list_discount_percent, last.ratchet_days) == (Decimal("12.5"), None)
    page = client_for(vendor_a_signer).get(f"{contract.path}/models")
    assert "12.50 percent" in page.content.decode()


def test_terms_name_their_source_and_outsiders_record_none(contract):
    for wrong in ({"source": " "}, {"list_discount_percent": Decimal(101)}):
        with nothing_happens(), pytest.raises(TermInvalid):
            records(contract, **wrong)
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            records(contract, by=outsider)
