"""The page that lists everything to be done on a contract."""

from __future__ import annotations

from typing import Any

from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries.administration import tasks_of
from contracting.core import clock
from contracting.core.periods import accounting_day
from contracting.core.views import PageView


class AdministrationPage(PageView):
    """What is to be done on this contract, and by when?"""

    template_name = "contracts/administration.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        at = clock.now()
        on = accounting_day(at, contract.time_zone)
        every = tasks_of(contract, self.actor, at)
        groups = sorted({task.group for task in every})
        group = self.request.GET.get("group", "")
        shown = [task for task in every if group in ("", task.group)]
        return {
            "contract": contract,
            "rows": [(t, t.days_left(on), t.is_overdue(on)) for t in shown],
            "every": every,
            "overdue": [task for task in every if task.is_overdue(on)],
            "next": next((t for t in every if t.due_on and not t.is_overdue(on)), None),
            "groups": groups,
            "group": group,
        }
