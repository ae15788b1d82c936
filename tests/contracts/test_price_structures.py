"""What a contract line is measured in follows from how it is priced."""

import pytest
from django.db import IntegrityError, transaction

from contracting.contracts.models import ContractLine
from contracting.reference.states import UNITS_OF, PriceStructure, Unit
from tests.builders_orders import awarded_contract


def test_a_line_has_a_unit_of_its_structure_and_no_other(decision):
    # Given the one line of a signed contract
    (line,) = awarded_contract(on=decision).lines.all()
    rows = ContractLine.objects.filter(pk=line.pk)
    assert (line.structure, line.unit) == ("UNIT_PRICE", "MTOK")

    # When it is measured in any unit, then only those of its structure stand
    for structure in PriceStructure:
        for unit in Unit:
            wanted = {"structure": structure.value, "unit": unit.value}
            if unit in UNITS_OF[structure]:
                assert rows.update(**wanted) == 1
                continue
            with (
                pytest.raises(IntegrityError, match="in_a_unit_of_its_structure"),
                transaction.atomic(),
            ):
                rows.update(**wanted)
