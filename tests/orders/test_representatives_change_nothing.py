"""No verb on a contract, an order, a modification or funds is a representative's."""

import inspect
from types import ModuleType
from typing import Any

import pytest

from contracting.contracts import permissions as of_contracts
from contracting.core.permissions import Refused
from contracting.core.quantities import Dollars
from contracting.ledger import permissions as of_funds
from contracting.orders import permissions as of_orders
from contracting.payments import permissions as of_payments
from contracting.requisitions import permissions as of_needs
from tests.builders_orders import MODIFIED_AT, drafted_modification, line_of_accounting
from tests.cast import actor

OWN = {"can_accept_designation", "can_see_statement"}
"""The letter is theirs to accept, and what the ledger says is theirs to read."""


@pytest.mark.rule("R-ROL-05", case="refused", held_by="verdict")
def test_a_representative_changes_no_price_quantity_schedule_or_term(order):
    # Given the designated representative of a signed order with a draft modification
    cor = actor("cor")
    contract = order.contract
    known: dict[str, Any] = {
        "by": cor,
        "actor": cor,
        "on": MODIFIED_AT.date(),
        "agency_id": contract.agency_id,
        "order": order,
        "contract": contract,
        "modification": drafted_modification(on=order),
        "solicitation": contract.solicitation,
        "submission": contract.offer,
        "requisition": contract.solicitation.requisition,
        "line": line_of_accounting(),
        "limit": Dollars("1000.00"),
    }

    # When every verb on them is asked whether it may be done, then all refuse
    for where in (of_contracts, of_orders, of_funds, of_needs):
        for name, can in _permissions(where):
            asked = {each: known[each] for each in inspect.signature(can).parameters}
            assert isinstance(can(**asked), Refused), name

    # And no payment is certified by whoever may accept
    assert "Role.COR" not in inspect.getsource(of_payments)


def _permissions(where: ModuleType) -> list[tuple[str, Any]]:
    return [
        (name, found)
        for name, found in vars(where).items()
        if name.startswith("can_")
        and name not in OWN
        and getattr(found, "__module__", "") == where.__name__
    ]
