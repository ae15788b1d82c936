"""The contract that archives are made of."""

import pytest

from tests.evidence.packs import paid_contract


@pytest.fixture
def contract(db):
    """Awarded, with an order that was used, invoiced, accepted and paid."""
    return paid_contract()
