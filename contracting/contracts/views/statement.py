"""The rows of the ledger behind an amount of a whole contract."""

from __future__ import annotations

from typing import Any, Final

from contracting.contracts.queries import get_contract_for
from contracting.core.errors import NotVisible
from contracting.core.permissions import Refused
from contracting.core.views import PageView
from contracting.ledger.permissions import can_see_statement
from contracting.ledger.queries import transfers_behind
from contracting.ledger.states import BALANCE_COLUMNS, COLUMNS, TOKEN_COLUMNS
from contracting.ledger.views import shown_transfers

_DOLLARS: Final = tuple(each for each in BALANCE_COLUMNS if each not in TOKEN_COLUMNS)


class ContractStatementPage(PageView):
    """Which rows make up this amount, over all lines and orders of the contract?"""

    template_name = "contracts/statement.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        verdict = can_see_statement(self.actor)
        if isinstance(verdict, Refused) or contract.awarded_at is None:
            raise NotVisible("There is no such page.")
        figure = self.request.GET.get("figure", "obligated_dollars")
        if figure not in BALANCE_COLUMNS:
            raise NotVisible("There is no such figure.")
        rows = transfers_behind(figure, contract_id=contract.pk)
        return {
            "contract": contract,
            "figures": [
                (unit, [(name, COLUMNS[name].label) for name in names])
                for unit, names in (("Dollars", _DOLLARS), ("Tokens", TOKEN_COLUMNS))
            ],
            "name": figure,
            **shown_transfers(self, rows, figure),
        }
